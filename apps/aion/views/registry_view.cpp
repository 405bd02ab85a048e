// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/registry_view.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "aion/base/hex.hpp"

namespace aion::cli {
namespace {

using trust::EpochRecord;
using trust::Registry;

Json epoch_document(const EpochRecord& epoch) {
    const auto until = epoch.valid_until();
    Json document = {{"epoch", epoch.epoch.value},
                     {"status", epoch.status()},
                     {"public_key_hex", to_hex(epoch.public_key)},
                     {"active_from_version", epoch.active_from.value},
                     {"valid_until_version", until ? Json(until->value) : Json()},
                     {"rotation", nullptr},
                     {"revocation", nullptr}};
    if (epoch.rotation) {
        document["rotation"] = {{"successor_epoch", epoch.rotation->successor.value},
                                {"effective_from_version", epoch.rotation->effective_from.value}};
    }
    if (epoch.revocation) {
        document["revocation"] = {
            {"reason", name_of(epoch.revocation->reason)},
            {"effective_from_version", epoch.revocation->effective_from.value}};
    }
    return document;
}

Json registry_document(const Registry& registry) {
    Json authors = Json::array();
    for (const auto& [id, author] : registry.authors()) {
        Json epochs = Json::array();
        for (const EpochRecord& epoch : author.epochs) {
            epochs.push_back(epoch_document(epoch));
        }
        authors.push_back({{"author_id", id.value},
                           {"master_key_hex", to_hex(author.master_key)},
                           {"epochs", std::move(epochs)}});
    }
    return {{"authors", std::move(authors)}, {"fingerprint", to_hex(registry.fingerprint())}};
}

void print_epoch(Stream& out, const EpochRecord& epoch) {
    const auto until = epoch.valid_until();
    // The bound is exclusive, so that "0 up to 5" means that version 5 is the next key's.
    const std::string window =
        until ? fmt::format("{} up to, not including, {}", epoch.active_from.value, until->value)
              : fmt::format("{} and later", epoch.active_from.value);
    out.write(fmt::format("  Epoch {}: {}\n    Public Key: {}\n    Versions: {}\n",
                          to_string(epoch.epoch), epoch.status(), to_hex(epoch.public_key),
                          window));
    if (epoch.revocation) {
        out.write(fmt::format("    Revoked: {}, effective from version {}\n",
                              name_of(epoch.revocation->reason),
                              to_string(epoch.revocation->effective_from)));
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

void print_registry(Stream& out, const Registry& registry, Format format) {
    if (format != Format::text) {
        print_document(out, registry_document(registry), format);
        return;
    }
    out.write(fmt::format("{}Key Registry\n============\n\n", out.symbol("🔑 ")));
    for (const auto& [id, author] : registry.authors()) {
        out.write(
            fmt::format("Author {}\n  Master Key: {}\n", to_string(id), to_hex(author.master_key)));
        for (const EpochRecord& epoch : author.epochs) {
            print_epoch(out, epoch);
        }
        out.write("\n");
    }
    out.write(fmt::format("Total: {} author(s), {} epoch(s)\nFingerprint: {}\n",
                          registry.authors().size(), epoch_count(registry),
                          to_hex(registry.fingerprint())));
}

void print_registry_check(Console& console, const Registry& registry, Format format) {
    const auto warnings = registry.warnings();
    if (format != Format::text) {
        Json list = Json::array();
        for (const trust::RegistryWarning& warning : warnings) {
            list.push_back({{"author_id", warning.author.value},
                            {"epoch", warning.epoch.value},
                            {"message", utf8(warning.message)}});
        }
        print_document(console.out(),
                       {{"loadable", true},
                        {"author_count", registry.authors().size()},
                        {"epoch_count", epoch_count(registry)},
                        {"warnings", std::move(list)}},
                       format);
        return;
    }
    console.success(fmt::format("Registry loads: {} author(s), {} epoch(s), {} warning(s)",
                                registry.authors().size(), epoch_count(registry), warnings.size()));
    for (const trust::RegistryWarning& warning : warnings) {
        console.warn(fmt::format("author {} epoch {}: {}", to_string(warning.author),
                                 to_string(warning.epoch), shown(warning.message)));
    }
}

}  // namespace aion::cli
