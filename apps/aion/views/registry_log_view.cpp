// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/registry_log_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <variant>

#include "aion/base/base64.hpp"
#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "views/record_text.hpp"

namespace aion::cli {
namespace {

using trust::RecordNumber;
using trust::RegistryChain;
using trust::RegistryRecord;

std::vector<RecordNumber> selected(const RegistryLogView& view) {
    std::vector<RecordNumber> numbers;
    const auto& records = view.registry.chain()->records();
    for (RecordNumber at = records.size(); at-- > view.selection.first;) {
        if (view.selection.limit && numbers.size() == *view.selection.limit) {
            break;
        }
        if (!view.selection.author || author_of(records[at].facts) == view.selection.author) {
            numbers.push_back(at);
        }
    }
    return numbers;
}

void write_entry(Stream& out, const trust::Registry& registry, const RecordSigners& signers,
                 RecordNumber number) {
    const RegistryChain& chain = *registry.chain();
    const RegistryRecord& record = chain.records()[number];
    out.write(fmt::format("{}  {}\nDate:      {}\nSays:      {}\n",
                          out.paint(Tone::caution, fmt::format("record {} {}", number,
                                                               name_of(kind_of(record.facts)))),
                          to_hex(chain.hashes()[number]), rfc3339_seconds(record.time),
                          record_text(record.facts, registry)));
    for (const trust::KeySignature& signature : record.signatures) {
        out.write(fmt::format("Signed by: {} key {}\n", signers.role_of(number, signature.key),
                              to_hex(signature.key)));
    }
    if (!record.reason.empty()) {
        out.write(fmt::format("Note:      {}\n", shown(record.reason)));
    }
}

void write_keys(DocumentWriter& out, std::string_view name, std::span<const PublicKey> keys) {
    out.key(name).begin_array();
    for (const PublicKey& key : keys) {
        out.text(to_hex(key));
    }
    out.end_array();
}

void write_points(DocumentWriter& out, std::string_view name,
                  std::span<const trust::HistoryPoint> points) {
    out.key(name).begin_array();
    for (const trust::HistoryPoint& point : points) {
        Twins twins(out);
        out.begin_object();
        twins.number("version_number", point.version);
        out.member("version_hash_hex", to_hex(point.hash));
        twins.number("file_id", point.file_id).path_unless_empty("name", point.name);
        twins.end_object();
    }
    out.end_array();
}

// The members of what a record says, by kind.
struct Facts {
    DocumentWriter& out;
    Twins& twins;

    void operator()(const trust::RootRecord& one) const {
        write_keys(out, "root_keys_hex", one.keys);
        twins.number("threshold", one.threshold);
    }

    void operator()(const trust::AuthorRegistration& one) const {
        out.member("name", one.name).member("contact", one.contact);
        out.member("master_key_hex", to_hex(one.master_key))
            .member("public_key_hex", to_hex(one.operational_key));
        twins.number("active_from_version", one.active_from);
    }

    void operator()(const trust::EpochRotation& one) const {
        twins.number("epoch", one.from_epoch);
        out.member("public_key_hex", to_hex(one.to_public_key));
        write_bound(one.until);
    }

    void operator()(const trust::EpochRevocation& one) const {
        twins.number("epoch", one.epoch);
        out.member("revocation_reason", name_of(one.reason));
        write_bound(one.until);
    }

    void operator()(const trust::EndTightening& one) const { write_end(one); }

    void operator()(const trust::EndExtension& one) const { write_end(one); }

    void operator()(const trust::AuthorRenaming& one) const {
        out.member("name", one.name).member("contact", one.contact);
    }

    void operator()(const trust::MasterRekeying& one) const {
        out.member("master_key_hex", to_hex(one.master_key));
    }

    void operator()(const trust::AuthorScope& one) const {
        if (one.histories) {
            write_points(out, "histories", *one.histories);
        } else {
            out.member("histories", nullptr);
        }
    }

    void operator()(const trust::HybridBinding& one) const {
        twins.number("epoch", one.epoch);
        out.member("post_quantum_algorithm", "ML-DSA-65")
            .member("post_quantum_key_base64", to_base64(one.key));
    }

    void operator()(const trust::RegistryExpiry& one) const {
        if (one.at) {
            twins.time("expires", *one.at);
        } else {
            out.member("expires", nullptr);
        }
    }

  private:
    template <class End>
    void write_end(const End& one) const {
        twins.number("epoch", one.epoch);
        out.member("end", one.end == trust::EpochEnd::rotation ? "rotation" : "revocation");
        write_bound(one.until);
    }

    // 0: none at all.
    void write_bound(const trust::Bound& bound) const {
        twins.number("unlisted_until_version", bound.unlisted);
        write_points(out, "listed", bound.listed);
    }
};

void write_record(DocumentWriter& out, const trust::Registry& registry,
                  const RecordSigners& signers, RecordNumber number) {
    const RegistryChain& chain = *registry.chain();
    const RegistryRecord& record = chain.records()[number];
    Twins twins(out);
    out.begin_object();
    twins.number("number", number);
    out.member("hash_hex", to_hex(chain.hashes()[number]));
    twins.time("time", record.time);
    out.member("kind", name_of(kind_of(record.facts)));
    twins.number("author_id", author_of(record.facts));
    out.member("says", record_text(record.facts, registry)).member("note", record.reason);
    out.key("signed_by").begin_array();
    for (const trust::KeySignature& signature : record.signatures) {
        out.begin_object()
            .member("role", signers.role_of(number, signature.key))
            .member("public_key_hex", to_hex(signature.key))
            .end_object();
    }
    out.end_array().key("facts").begin_object();
    Twins of_facts(out);
    std::visit(Facts{out, of_facts}, record.facts);
    of_facts.end_object();
    twins.end_object();
}

}  // namespace

RecordSigners::RecordSigners(const RegistryChain& chain) : chain_(&chain) {
    for (RecordNumber at = 0; at < chain.records().size(); ++at) {
        if (std::holds_alternative<trust::RootRecord>(chain.records()[at].facts)) {
            roots_.push_back(at);
        }
    }
}

// Number 0 is a root, and signed by itself; a later one by the one before it and by itself.
std::string_view RecordSigners::role_of(RecordNumber number, const PublicKey& key) const {
    const auto has = [&](RecordNumber at) {
        const auto& root = std::get<trust::RootRecord>(chain_->records()[at].facts);
        return std::ranges::find(root.keys, key) != root.keys.end();
    };
    const auto behind = std::ranges::upper_bound(roots_, number);
    const auto own = std::prev(behind);
    const bool is_root = has(*own) || (*own == number && own != roots_.begin() && has(own[-1]));
    return is_root ? "root" : "master";
}

std::string record_in_brief(const RecordSigners& signers, RecordNumber number) {
    const RegistryRecord& record = signers.chain().records()[number];
    std::vector<std::string_view> roles;
    roles.reserve(record.signatures.size());
    for (const trust::KeySignature& signature : record.signatures) {
        roles.emplace_back(signers.role_of(number, signature.key) == "root" ? "a root key"
                                                                            : "the master key");
    }
    return fmt::format("record {} ({}, {}, signed by {}{})", number, name_of(kind_of(record.facts)),
                       rfc3339_seconds(record.time), fmt::join(roles, " and "),
                       record.reason.empty() ? "" : ": " + shown(record.reason));
}

void write_text(Console& console, const RegistryLogView& view) {
    const RecordSigners signers(*view.registry.chain());
    bool is_first = true;
    for (const RecordNumber number : selected(view)) {
        console.out().write(is_first ? "" : "\n");
        is_first = false;
        write_entry(console.out(), view.registry, signers, number);
    }
}

void write(DocumentWriter& out, const RegistryLogView& view) {
    const RecordSigners signers(*view.registry.chain());
    out.begin_array();
    for (const RecordNumber number : selected(view)) {
        write_record(out, view.registry, signers, number);
    }
    out.end_array();
}

// --- Two registries ------------------------------------------------------------------------------

std::string_view name_of(RegistryRelation relation) noexcept {
    switch (relation) {
        case RegistryRelation::same:
            return "same";
        case RegistryRelation::continues:
            return "continues";
        case RegistryRelation::behind:
            return "behind";
        case RegistryRelation::forks:
            return "forks";
        case RegistryRelation::unrelated:
            break;
    }
    return "unrelated";
}

RegistryDiffView compare_registries(const trust::Registry& before, const trust::Registry& after) {
    RegistryDiffView view{.before = before, .after = after};
    const RegistryChain* const a = before.chain();
    const RegistryChain* const b = after.chain();
    if (a == nullptr || b == nullptr) {
        view.relation = before == after ? RegistryRelation::same : RegistryRelation::unrelated;
        return view;
    }
    const auto ends = std::ranges::mismatch(a->hashes(), b->hashes());
    view.common = static_cast<std::uint64_t>(ends.in1 - a->hashes().begin());
    const bool all_of_a = view.common == a->hashes().size();
    const bool all_of_b = view.common == b->hashes().size();
    if (all_of_a) {
        view.relation = all_of_b ? RegistryRelation::same : RegistryRelation::continues;
    } else if (all_of_b) {
        view.relation = RegistryRelation::behind;
    } else if (view.common > 0) {
        view.relation = RegistryRelation::forks;
    }
    return view;
}

namespace {

std::uint64_t records_behind(const trust::Registry& registry, std::uint64_t common) {
    return registry.chain() == nullptr ? 0 : registry.chain()->hashes().size() - common;
}

std::string relation_text(const RegistryDiffView& view) {
    switch (view.relation) {
        case RegistryRelation::same:
            return "The registries are the same";
        case RegistryRelation::continues:
            return fmt::format("The new registry continues the old one: {} more",
                               counted(records_behind(view.after, view.common), "record"));
        case RegistryRelation::behind:
            return fmt::format("The new registry is an earlier state of the old one: {} fewer",
                               counted(records_behind(view.before, view.common), "record"));
        case RegistryRelation::forks:
            return fmt::format(
                "The registries fork: {} in common, then {} of the old one and {} of the new one",
                counted(view.common, "record"), records_behind(view.before, view.common),
                records_behind(view.after, view.common));
        case RegistryRelation::unrelated:
            break;
    }
    return view.before.chain() != nullptr && view.after.chain() != nullptr
               ? "The registries have no record in common"
               : "The registries differ, and without a chain in both nothing says how they are "
                 "related";
}

RegistryLogView added_in(const RegistryDiffView& view) {
    RegistryLogView added{view.after, {}};
    added.selection.first = view.common;
    return added;
}

// Of a registry that has nothing in common with the old one, all is new.
bool has_new_records(const RegistryDiffView& view) {
    return view.relation == RegistryRelation::continues || view.relation == RegistryRelation::forks;
}

}  // namespace

void write_text(Console& console, const RegistryDiffView& view) {
    console.out().write(relation_text(view) + "\n");
    if (has_new_records(view)) {
        console.out().write("\n");
        write_text(console, added_in(view));
    }
}

void write(DocumentWriter& out, const RegistryDiffView& view) {
    Twins twins(out);
    out.begin_object().member("relation", name_of(view.relation));
    twins.number("common_records", view.common);
    out.member("before_hex", to_hex(view.before.fingerprint()))
        .member("after_hex", to_hex(view.after.fingerprint()));
    out.key("added");
    if (has_new_records(view)) {
        write(out, added_in(view));
    } else {
        out.begin_array().end_array();
    }
    twins.end_object();
}

}  // namespace aion::cli
