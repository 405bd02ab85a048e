// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/registry_explain_view.hpp"

#include <fmt/format.h>

#include <span>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "aion/trust/author_in_words.hpp"
#include "aion/trust/registry_chain.hpp"
#include "shell/chain_facts.hpp"
#include "views/record_text.hpp"
#include "views/registry_log_view.hpp"
#include "views/registry_view.hpp"

namespace aion::cli {
namespace {

using trust::EpochRecord;
using trust::RecordNumber;
using trust::RegistryChain;

const RegistryChain* chain_of(const ExplainView& view) {
    return view.seen.registry().chain();
}

const trust::AuthorFacts* facts_of(const ExplainView& view) {
    return cli::facts_of(chain_of(view), view.author);
}

const trust::EpochFacts* facts_of(const ExplainView& view, const EpochRecord& epoch) {
    const trust::AuthorFacts* const author = facts_of(view);
    return author != nullptr && epoch.epoch.value < author->epochs.size()
               ? &author->epochs[epoch.epoch.value]
               : nullptr;
}

std::string whose(const ExplainView& view) {
    if (!view.file.empty()) {
        return "of this file";
    }
    return facts_of(view) == nullptr ? "of any file" : "of files that no record lists";
}

std::optional<RecordNumber> tightest_bound(const ExplainView& view,
                                           std::span<const RecordNumber> bounds) {
    return chain_of(view)->tightest_bound(bounds, view.points);
}

// Of several bounds of one end the one that counts is marked.
void write_records(Stream& out, const ExplainView& view, const RecordSigners& signers,
                   std::string_view what, std::span<const RecordNumber> numbers) {
    const RegistryChain& chain = signers.chain();
    const auto counts = numbers.size() > 1 ? tightest_bound(view, numbers) : std::nullopt;
    for (const RecordNumber number : numbers) {
        out.write(fmt::format("    {} {}{}\n      {}\n", what, record_in_brief(signers, number),
                              counts == number ? ": the bound that counts" : "",
                              record_text(chain.records()[number].facts, view.seen.registry())));
    }
}

// 0: in no file that is meant.
std::string since(VersionNumber version) {
    return version.value == 0 ? "for every version" : "from version " + to_string(version) + " on";
}

std::string ends_of(const EpochRecord& epoch) {
    std::string text;
    if (epoch.rotation) {
        text += fmt::format("; handed over to epoch {} {}", to_string(epoch.rotation->successor),
                            since(epoch.rotation->effective_from));
    }
    if (epoch.revocation) {
        text += fmt::format("; revoked ({}) {}", word_for(epoch.revocation->reason),
                            since(epoch.revocation->effective_from));
    }
    return text;
}

// Outside of the scope the windows are none of this history.
std::string window_of(const ExplainView& view, const EpochRecord& epoch) {
    if (view.seen.is_in_scope(view.author)) {
        return fmt::format("may sign {} {}", trust::in_words(epoch.window()), whose(view));
    }
    return fmt::format("{}, only in the files of its scope", name_of(epoch.status()));
}

void write_epoch(Stream& out, const ExplainView& view, const RecordSigners* signers,
                 const EpochRecord& epoch) {
    out.write(fmt::format("  Epoch {}, key {}, {}{}\n", to_string(epoch.epoch),
                          to_hex(epoch.public_key), window_of(view, epoch), ends_of(epoch)));
    const trust::EpochFacts* const facts = facts_of(view, epoch);
    if (signers != nullptr && facts != nullptr) {
        write_records(out, view, *signers, "Begun by", {&facts->set_by, 1});
        write_records(out, view, *signers, "Handed over by", facts->rotated);
        write_records(out, view, *signers, "Revoked by", facts->revoked);
        if (facts->hybrid_by) {
            write_records(out, view, *signers, "Post-quantum half by", {&*facts->hybrid_by, 1});
        }
    }
}

std::string answer(const ExplainView& view, VersionNumber version) {
    const EpochRecord* const epoch = view.seen.active_epoch(view.author, version);
    const std::string who = shown(trust::author_in_words(view.seen.registry(), view.author));
    if (!view.seen.is_in_scope(view.author)) {
        return fmt::format(
            "{} may not sign version {}: the file is none of those that the author "
            "may sign",
            who, to_string(version));
    }
    return epoch == nullptr ? fmt::format("{} may not sign version {} {}: no epoch may", who,
                                          to_string(version), whose(view))
                            : fmt::format("{} may sign version {} {} with the key of epoch {}", who,
                                          to_string(version), whose(view), to_string(epoch->epoch));
}

void write_chain_facts(Stream& out, const ExplainView& view, const RecordSigners& signers,
                       const trust::AuthorFacts& facts) {
    if (!facts.contact.empty()) {
        out.write(fmt::format("  Contact: {}\n", shown(facts.contact)));
    }
    out.write(fmt::format("  Master key {}, set by {}\n", to_hex(facts.master_key),
                          record_in_brief(signers, facts.keyed_by)));
    if (facts.scoped_by) {
        out.write(fmt::format("  May sign few files only: {}\n",
                              record_in_brief(signers, *facts.scoped_by)));
    }
    if (!view.file.empty()) {
        out.write(fmt::format("  {}: {} by records of the chain\n", shown(view.file),
                              view.seen.is_listed() ? "listed" : "not listed"));
    }
}

void write_numbers(DocumentWriter& out, std::string_view name,
                   std::span<const RecordNumber> numbers) {
    out.key(name).begin_array();
    for (const RecordNumber number : numbers) {
        out.number(number);
    }
    out.end_array();
}

void write_epoch(DocumentWriter& out, const ExplainView& view, const EpochRecord& epoch) {
    Twins twins(out);
    out.begin_object();
    write_members(out, twins, epoch);
    out.member("may_sign", view.seen.is_in_scope(view.author) ? trust::in_words(epoch.window())
                                                              : trust::in_words(std::nullopt));
    if (const trust::EpochFacts* const facts = facts_of(view, epoch)) {
        write_numbers(out, "begun_by", {&facts->set_by, 1});
        write_numbers(out, "rotated_by", facts->rotated);
        write_numbers(out, "revoked_by", facts->revoked);
        if (facts->hybrid_by) {
            twins.number("hybrid_by", *facts->hybrid_by);
        }
        twins.number("rotation_bound_by", tightest_bound(view, facts->rotated))
            .number("revocation_bound_by", tightest_bound(view, facts->revoked));
    }
    twins.end_object();
}

}  // namespace

void write_text(Console& console, const ExplainView& view) {
    Stream& out = console.out();
    if (view.version) {
        out.write(answer(view, *view.version) + "\n\n");
    }
    out.write(fmt::format("Author {}\n",
                          shown(trust::author_in_list(view.seen.registry(), view.author))));
    std::optional<RecordSigners> signers;
    if (const trust::AuthorFacts* const facts = facts_of(view)) {
        write_chain_facts(out, view, signers.emplace(*chain_of(view)), *facts);
    } else {
        out.write(
            fmt::format("  Master key {}; the registry is unproven: nothing says who set what "
                        "follows\n",
                        to_hex(view.seen.find(view.author)->master_key)));
    }
    for (const EpochRecord& epoch :
         recorded_epochs(view.seen.registry(), view.author, view.points)) {
        write_epoch(out, view, signers ? &*signers : nullptr, epoch);
    }
}

void write(DocumentWriter& out, const ExplainView& view) {
    const trust::AuthorFacts* const facts = facts_of(view);
    const trust::Registry::Author& author = *view.seen.find(view.author);
    Twins twins(out);
    out.begin_object();
    twins.number("author_id", view.author);
    out.member("name", view.seen.registry().author_name(view.author))
        .member("contact", facts == nullptr ? std::string_view() : std::string_view(facts->contact))
        .member("master_key_hex", to_hex(author.master_key));
    twins.path_unless_empty("path", view.file);
    out.key("is_valid");
    if (view.is_valid) {
        out.boolean(*view.is_valid);
    } else {
        out.null();
    }
    out.member("is_listed", view.seen.is_listed())
        .member("is_in_scope", view.seen.is_in_scope(view.author));
    twins.number("keyed_by", facts == nullptr ? std::nullopt : std::optional(facts->keyed_by))
        .number("scoped_by", facts == nullptr ? std::nullopt : facts->scoped_by)
        .number("version_number", view.version);
    const EpochRecord* const epoch =
        view.version ? view.seen.active_epoch(view.author, *view.version) : nullptr;
    twins.number("active_epoch", epoch == nullptr ? std::nullopt : std::optional(epoch->epoch));
    out.key("epochs").begin_array();
    for (const EpochRecord& one : recorded_epochs(view.seen.registry(), view.author, view.points)) {
        write_epoch(out, view, one);
    }
    out.end_array();
    twins.end_object();
}

}  // namespace aion::cli
