// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/registry_view.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/trust/author_in_words.hpp"
#include "aion/trust/registry_chain.hpp"
#include "shell/chain_facts.hpp"
#include "views/chain_warnings.hpp"
#include "views/failure_view.hpp"

namespace aion::cli {
namespace {

using trust::EpochRecord;
using trust::Registry;

std::string status_text(const Stream& out, const EpochRecord& epoch) {
    const std::string_view name = name_of(epoch.status());
    return epoch.revocation ? out.paint(Tone::bad, name) : std::string(name);
}

// Too long to be shown whole: its BLAKE3. Nothing where no record binds one.
std::optional<std::string> hybrid_key_hash(const Registry& registry, AuthorId author, Epoch epoch) {
    const auto* const chain = registry.chain();
    const Bytes* const key = chain == nullptr ? nullptr : chain->hybrid_key(author, epoch);
    return key == nullptr ? std::nullopt : std::optional(to_hex(crypto::blake3(*key)));
}

void print_epoch(Stream& out, const EpochRecord& epoch, bool is_scoped) {
    out.write(fmt::format("  Epoch {}: {}, {}{}\n    Public Key: {}\n", to_string(epoch.epoch),
                          status_text(out, epoch), trust::in_words(epoch.window()),
                          is_scoped ? ", only in the files of its scope" : "",
                          to_hex(epoch.public_key)));
    if (epoch.revocation) {
        const VersionNumber from = epoch.revocation->effective_from;
        out.write(fmt::format(
            "    {} {}, {}\n", out.paint(Tone::bad, "Revoked:"), word_for(epoch.revocation->reason),
            from.value == 0 ? "for every version" : "from version " + to_string(from) + " on"));
    }
}

void print_author(Stream& out, const Registry& registry, AuthorId id,
                  const Registry::Author& author) {
    out.write(fmt::format("Author {}\n", shown(trust::author_in_list(registry, id))));
    const auto* const facts = facts_of(registry.chain(), id);
    if (facts != nullptr) {
        if (!facts->contact.empty()) {
            out.write(fmt::format("  Contact: {}\n", shown(facts->contact)));
        }
        if (facts->scoped_by) {
            out.write(
                fmt::format("  May sign: only files that record {} lists\n", *facts->scoped_by));
        }
    }
    out.write(fmt::format("  Master Key: {}\n", to_hex(author.master_key)));
    for (const EpochRecord& epoch : recorded_epochs(registry, id)) {
        print_epoch(out, epoch, facts != nullptr && facts->scoped_by);
        if (const auto hash = hybrid_key_hash(registry, id, epoch.epoch)) {
            out.write(fmt::format("    Post-Quantum Half: ML-DSA-65, BLAKE3 {}\n", *hash));
        }
    }
}

void print_chain(Stream& out, const trust::RegistryChain& chain) {
    const trust::RootRecord& root = chain.root();
    out.write(fmt::format("Chain: {}, the last is number {}\nDigest: {}\nRoot: {} of {}\n",
                          counted(chain.records().size(), "record"), chain.number(),
                          to_hex(chain.head()), root.threshold, counted(root.keys.size(), "key")));
    for (const PublicKey& key : root.keys) {
        out.write(fmt::format("  Root Key: {}\n", to_hex(key)));
    }
    out.write(fmt::format("Expires: {}\n",
                          chain.expires() ? rfc3339_seconds(*chain.expires()) : "never"));
    if (!chain.listed().empty()) {
        out.write(
            fmt::format("Versions above are those of files that no record lists; {} listed: "
                        "`aion registry explain AUTHOR FILE`\n",
                        counted(chain.listed().size(), "file")));
    }
}

// Null where there is none.
void write_chain(DocumentWriter& out, const trust::RegistryChain* chain) {
    out.member("proof", chain == nullptr ? "unproven" : "chain").key("chain");
    if (chain == nullptr) {
        out.null();
        return;
    }
    Twins twins(out);
    out.begin_object();
    twins.number("number", chain->number());
    out.member("digest_hex", to_hex(chain->head()));
    out.key("root_keys_hex").begin_array();
    for (const PublicKey& key : chain->root().keys) {
        out.text(to_hex(key));
    }
    out.end_array();
    twins.number("threshold", chain->root().threshold);
    if (chain->expires()) {
        twins.time("expires", *chain->expires());
    } else {
        out.member("expires", nullptr);
    }
    twins.end_object();
}

std::size_t epoch_count(const Registry& registry) {
    std::size_t count = 0;
    for (const auto& [id, author] : registry.authors()) {
        count += author.epochs.size();
    }
    return count;
}

}  // namespace

void write_members(DocumentWriter& out, Twins& twins, const EpochRecord& epoch) {
    out.member("epoch", epoch.epoch)
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
}

void write_text(Console& console, const RegistryView& view) {
    const Registry& registry = view.registry;
    Stream& out = console.out();
    for (const auto& [id, author] : registry.authors()) {
        print_author(out, registry, id, author);
        out.write("\n");
    }
    out.write(fmt::format("Total: {} author(s), {} epoch(s)\nFingerprint: {}\n",
                          registry.authors().size(), epoch_count(registry),
                          to_hex(registry.fingerprint())));
    if (registry.chain() != nullptr) {
        print_chain(out, *registry.chain());
    } else {
        out.write("Proof: none, the file has no chain\n");
    }
}

void write_text(Console& console, const AuthorView& view) {
    if (const Registry::Author* const author = view.registry.find(view.author)) {
        print_author(console.out(), view.registry, view.author, *author);
    }
}

void write(DocumentWriter& out, const RegistryView& view) {
    out.begin_object().key("authors").begin_array();
    for (const auto& [id, author] : view.registry.authors()) {
        Twins twins(out);
        out.begin_object();
        twins.number("author_id", id);
        const auto* const facts = facts_of(view.registry.chain(), id);
        out.member("master_key_hex", to_hex(author.master_key)).key("epochs").begin_array();
        for (const EpochRecord& epoch : recorded_epochs(view.registry, id)) {
            Twins of_epoch(out);
            out.begin_object();
            write_members(out, of_epoch, epoch);
            if (const auto hash = hybrid_key_hash(view.registry, id, epoch.epoch)) {
                out.member("post_quantum_algorithm", "ML-DSA-65")
                    .member("post_quantum_key_blake3", *hash);
            }
            of_epoch.end_object();
        }
        out.end_array();
        twins.write();
        out.member("name", facts == nullptr ? std::string() : facts->name)
            .member("contact", facts == nullptr ? std::string() : facts->contact);
        out.member("is_scoped", facts != nullptr && facts->scoped_by.has_value());
        out.end_object();
    }
    out.end_array().member("fingerprint", to_hex(view.registry.fingerprint()));
    write_chain(out, view.registry.chain());
    out.end_object();
}

void write_text(Console& console, const RegistryCheckView& view) {
    const auto warnings = all_warnings(view.registry, view.now);
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
    for (const trust::RegistryWarning& warning : all_warnings(view.registry, view.now)) {
        Twins of_warning(out);
        out.begin_object();
        of_warning.number("author_id", warning.author);
        out.member("epoch", warning.epoch).member("message", warning.message);
        of_warning.end_object();
    }
    out.end_array();
    twins.write();
    out.member("proof", view.registry.chain() == nullptr ? "unproven" : "chain").end_object();
}

void write(DocumentWriter& out, const UnloadableView& view) {
    out.begin_object().member("loadable", false).key("error");
    write_error(out, view.failure);
    out.end_object();
}

}  // namespace aion::cli
