// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/registry_view.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "views/failure_view.hpp"

namespace aion::cli {
namespace {

using trust::EpochRecord;
using trust::Registry;

void write_epoch(DocumentWriter& out, const EpochRecord& epoch) {
    Twins twins(out);
    out.begin_object()
        .member("epoch", epoch.epoch)
        .member("status", name_of(epoch.status()))
        .member("public_key_hex", to_hex(epoch.public_key));
    twins.number("active_from_version", epoch.active_from)
        .number("valid_until_version", epoch.valid_until());
    out.key("rotation");
    if (epoch.rotation) {
        out.begin_object().member("successor_epoch", epoch.rotation->successor);
        Twins(out).number("effective_from_version", epoch.rotation->effective_from).end_object();
    } else {
        out.null();
    }
    out.key("revocation");
    if (epoch.revocation) {
        out.begin_object().member("reason", name_of(epoch.revocation->reason));
        Twins(out).number("effective_from_version", epoch.revocation->effective_from).end_object();
    } else {
        out.null();
    }
    twins.end_object();
}

std::string status_text(const Stream& out, const EpochRecord& epoch) {
    const std::string_view name = name_of(epoch.status());
    return epoch.revocation ? out.paint(Tone::bad, name) : std::string(name);
}

void print_epoch(Stream& out, const EpochRecord& epoch) {
    out.write(fmt::format("  Epoch {}: {}, {}\n    Public Key: {}\n", to_string(epoch.epoch),
                          status_text(out, epoch), trust::in_words(epoch.window()),
                          to_hex(epoch.public_key)));
    if (epoch.revocation) {
        out.write(fmt::format("    {} {}, from version {} on\n", out.paint(Tone::bad, "Revoked:"),
                              word_for(epoch.revocation->reason),
                              to_string(epoch.revocation->effective_from)));
    }
}

void print_author(Stream& out, AuthorId id, const Registry::Author& author) {
    out.write(
        fmt::format("Author {}\n  Master Key: {}\n", to_string(id), to_hex(author.master_key)));
    for (const EpochRecord& epoch : author.epochs) {
        print_epoch(out, epoch);
    }
}

std::size_t epoch_count(const Registry& registry) {
    std::size_t count = 0;
    for (const auto& [id, author] : registry.authors()) {
        count += author.epochs.size();
    }
    return count;
}

}  // namespace

void write_text(Console& console, const RegistryView& view) {
    const Registry& registry = view.registry;
    Stream& out = console.out();
    for (const auto& [id, author] : registry.authors()) {
        print_author(out, id, author);
        out.write("\n");
    }
    out.write(fmt::format("Total: {} author(s), {} epoch(s)\nFingerprint: {}\n",
                          registry.authors().size(), epoch_count(registry),
                          to_hex(registry.fingerprint())));
}

void write_text(Console& console, const AuthorView& view) {
    if (const Registry::Author* const author = view.registry.find(view.author)) {
        print_author(console.out(), view.author, *author);
    }
}

void write(DocumentWriter& out, const RegistryView& view) {
    out.begin_object().key("authors").begin_array();
    for (const auto& [id, author] : view.registry.authors()) {
        Twins twins(out);
        out.begin_object();
        twins.number("author_id", id);
        out.member("master_key_hex", to_hex(author.master_key)).key("epochs").begin_array();
        for (const EpochRecord& epoch : author.epochs) {
            write_epoch(out, epoch);
        }
        out.end_array();
        twins.end_object();
    }
    out.end_array().member("fingerprint", to_hex(view.registry.fingerprint())).end_object();
}

void write_text(Console& console, const RegistryCheckView& view) {
    const auto warnings = view.registry.warnings();
    console.success(fmt::format("Registry loads: {} author(s), {} epoch(s), {} warning(s)",
                                view.registry.authors().size(), epoch_count(view.registry),
                                warnings.size()));
    for (const trust::RegistryWarning& warning : warnings) {
        const std::string whose =
            warning.author && warning.epoch
                ? fmt::format("author {} epoch {}: ", warning.author->value, warning.epoch->value)
                : "";
        console.warn(whose + shown(warning.message));
    }
}

void write(DocumentWriter& out, const RegistryCheckView& view) {
    Twins twins(out);
    out.begin_object().member("loadable", true);
    twins.number("author_count", view.registry.authors().size())
        .number("epoch_count", epoch_count(view.registry));
    out.key("warnings").begin_array();
    for (const trust::RegistryWarning& warning : view.registry.warnings()) {
        Twins of_warning(out);
        out.begin_object();
        of_warning.number("author_id", warning.author);
        out.member("epoch", warning.epoch).member("message", warning.message);
        of_warning.end_object();
    }
    out.end_array();
    twins.end_object();
}

void write(DocumentWriter& out, const UnloadableView& view) {
    out.begin_object().member("loadable", false).key("error");
    write_error(out, view.failure);
    out.end_object();
}

}  // namespace aion::cli
