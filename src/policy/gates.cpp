// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/gates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "aion/base/hex.hpp"
#include "aion/base/utf8.hpp"
#include "aion/format/layout_check.hpp"

namespace aion::policy {

using format::AuditAction;
using format::AuditRecord;
using format::HeaderRecord;
using format::LayoutFault;
using format::Section;
using format::VersionRecord;

// The structure reasons are the layout reasons: both enumerations begin with the same list.
static_assert(static_cast<std::size_t>(Reason::integrity_hash_mismatch) ==
              format::layout_reason_count);

void GateOutcome::add(Reason reason, std::optional<std::uint64_t> index,
                      std::optional<std::uint64_t> offset, std::string message) {
    ++count_;
    if (full()) {
        return;
    }
    // By its place: what a hostile record says of its own number may be anything.
    std::optional<VersionNumber> version;
    if (index) {
        version = VersionNumber{*index + 1};
    }
    findings_.push_back({gate_, reason, version, offset, std::move(message)});
}

void GateOutcome::tell(VerificationReport& report) && {
    const auto index = static_cast<std::size_t>(gate_);
    report.gates[index] = state();
    report.finding_counts[index] = count_;
    std::ranges::move(findings_, std::back_inserter(report.findings));
}

GateState GateOutcome::state() const noexcept {
    if (count_ != 0) {
        return GateState::failed;
    }
    return skipped_ ? GateState::skipped : GateState::passed;
}

namespace {

template <class T>
std::optional<T> if_located(Result<T> result) {
    return result ? std::optional<T>(*result) : std::nullopt;
}

}  // namespace

Subject::Subject(PrivateFile& private_file) : source(private_file), file(private_file.bytes()) {
    // One section out of bounds must not hide what is wrong with the others.
    const auto parsed = format::FileView::parse(file, format::FileView::Bounds::as_used);
    if (!parsed) {
        return;
    }
    view = *parsed;
    versions = if_located(view->versions());
    signatures = if_located(view->signatures());
    audit = if_located(view->audit());
    payload = if_located(view->extent(Section::payload));
}

GateOutcome structure_gate(const Subject& subject, const format::CheckedBefore& before) {
    GateOutcome outcome(Gate::structure);
    for (const LayoutFault& fault : format::check_layout(subject.file, before)) {
        // Records of these sections are one a version; the other two sections have no records.
        const bool of_version = fault.section && *fault.section != Section::payload &&
                                *fault.section != Section::strings;
        outcome.add(static_cast<Reason>(fault.reason), of_version ? fault.index : std::nullopt,
                    fault.offset, outcome.full() ? std::string() : format::describe(fault));
    }
    return outcome;
}

namespace {

struct HeaderCheck {
    GateOutcome& outcome;
    const format::FileView& view;

    template <class T>
    void number(Reason reason, const T& field, std::uint64_t expected, std::string_view name) {
        if (field != expected) {
            outcome.add(reason, std::nullopt, view.offset_of(&field),
                        fmt::format("header says {} {}, the chain implies {}", name,
                                    static_cast<std::uint64_t>(field), expected));
        }
    }

    void hash(Reason reason, const Hash& field, const Hash& expected, std::string_view name) {
        if (field != expected) {
            outcome.add(reason, std::nullopt, view.offset_of(&field),
                        fmt::format("header says {} {}, the chain implies {}", name, to_hex(field),
                                    to_hex(expected)));
        }
    }
};

}  // namespace

// Every fact of the header but the file id, which nothing in the file repeats: pin_gate compares it
// with what the caller knows.
GateOutcome header_gate(const Subject& subject) {
    GateOutcome outcome(Gate::header);
    if (!subject.has_versions()) {
        outcome.skip();
        return outcome;
    }
    const HeaderRecord& header = subject.view->header();
    const VersionRecord& first = subject.versions->front();
    const VersionRecord& last = subject.versions->back();
    HeaderCheck check{outcome, *subject.view};
    if ((header.flags & format::flag_encrypted) == 0) {
        outcome.add(Reason::encrypted_flag_missing, std::nullopt,
                    subject.view->offset_of(&header.flags),
                    "header does not say that the payload is sealed, which it always is");
    }
    check.number(Reason::current_version_mismatch, header.current_version, last.number,
                 "current version");
    check.hash(Reason::root_hash_mismatch, header.root_hash, first.rules_hash, "root hash");
    check.hash(Reason::current_hash_mismatch, header.current_hash, last.rules_hash, "current hash");
    check.number(Reason::created_at_mismatch, header.created_at, first.timestamp, "created at");
    check.number(Reason::modified_at_mismatch, header.modified_at, last.timestamp, "modified at");
    return outcome;
}

namespace {

void check_genesis(GateOutcome& outcome, const format::FileView& view, const VersionRecord& first) {
    if (first.number != genesis_version.value) {
        outcome.add(Reason::genesis_invalid, 0, view.offset_of(&first.number),
                    fmt::format("the first version is numbered {}, not 1",
                                static_cast<std::uint64_t>(first.number)));
    }
    if (!first.parent_hash.is_zero()) {
        outcome.add(Reason::genesis_invalid, 0, view.offset_of(&first.parent_hash),
                    "the first version has a parent hash");
    }
}

void check_child(GateOutcome& outcome, const format::FileView& view, const VersionRecord& parent,
                 const Hash& parent_hash, const VersionRecord& child, std::size_t index) {
    const auto expected = next(VersionNumber{parent.number});  // nothing follows the last number
    if (!expected || child.number != expected->value) {
        outcome.add(Reason::version_number_invalid, index, view.offset_of(&child.number),
                    fmt::format("version {} of the chain is numbered {} after {}", index + 1,
                                static_cast<std::uint64_t>(child.number),
                                static_cast<std::uint64_t>(parent.number)));
    }
    if (child.parent_hash != parent_hash) {
        outcome.add(Reason::parent_hash_mismatch, index, view.offset_of(&child.parent_hash),
                    fmt::format("the parent hash of version {} is not the hash of version {}",
                                index + 1, index));
    }
}

}  // namespace

GateOutcome chain_gate(const Subject& subject, const format::CheckedBefore& before) {
    GateOutcome outcome(Gate::chain);
    if (!subject.has_versions()) {
        outcome.skip();
        return outcome;
    }
    const auto versions = *subject.versions;
    std::size_t first = before.records;
    if (first == 0) {
        check_genesis(outcome, *subject.view, versions.front());
        first = 1;
    }
    if (first >= versions.size()) {
        return outcome;
    }
    // Many short hashes at once cost a fraction of one after the other.
    std::vector<Hash> parents(versions.size() - first);
    format::version_hashes(versions.subspan(first - 1, parents.size()), parents);
    for (std::size_t i = first; i < versions.size(); ++i) {
        check_child(outcome, *subject.view, versions[i - 1], parents[i - first], versions[i], i);
    }
    return outcome;
}

namespace {

// Compares one audit entry with the version it has to mirror.
void check_mirror(GateOutcome& outcome, const format::FileView& view, const AuditRecord& entry,
                  const VersionRecord& version, std::size_t index) {
    if (entry.author != version.author) {
        outcome.add(Reason::audit_author_mismatch, index, view.offset_of(&entry.author),
                    fmt::format("audit entry {} names author {}, the version {}", index + 1,
                                static_cast<std::uint64_t>(entry.author),
                                static_cast<std::uint64_t>(version.author)));
    }
    if (entry.timestamp != version.timestamp) {
        outcome.add(Reason::audit_timestamp_mismatch, index, view.offset_of(&entry.timestamp),
                    fmt::format("audit entry {} has time {}, the version {}", index + 1,
                                static_cast<std::uint64_t>(entry.timestamp),
                                static_cast<std::uint64_t>(version.timestamp)));
    }
    const auto expected = index == 0 ? AuditAction::create_genesis : AuditAction::commit_version;
    if (entry.action != static_cast<std::uint16_t>(expected)) {
        outcome.add(Reason::audit_action_mismatch, index, view.offset_of(&entry.action),
                    fmt::format("audit entry {} has action {}, expected {}", index + 1,
                                static_cast<std::uint16_t>(entry.action),
                                static_cast<std::uint16_t>(expected)));
    }
    if (entry.details_offset != 0 || entry.details_length != 0) {
        outcome.add(
            Reason::audit_details_present, index, view.offset_of(&entry.details_offset),
            fmt::format("audit entry {} refers to details, which no writer makes", index + 1));
    }
}

void check_link(GateOutcome& outcome, const format::FileView& view,
                std::span<const AuditRecord> audit, std::size_t index, const Hash& previous) {
    const AuditRecord& entry = audit[index];
    if (entry.previous_hash != previous) {
        outcome.add(Reason::audit_link_broken, index, view.offset_of(&entry.previous_hash),
                    index == 0 ? std::string("the first audit entry has a previous hash")
                               : fmt::format("the previous hash of audit entry {} is not the hash "
                                             "of entry {}",
                                             index + 1, index));
    }
    if (index > 0 && entry.timestamp < audit[index - 1].timestamp) {
        outcome.add(Reason::timestamp_regression, index, view.offset_of(&entry.timestamp),
                    fmt::format("audit entry {} is earlier than entry {}", index + 1, index));
    }
}

// What the previous hash of each entry from `first` on has to be.
std::vector<Hash> previous_hashes(std::span<const AuditRecord> audit, std::size_t first) {
    std::vector<Hash> hashes(audit.size() - first);
    const std::size_t without = first == 0 ? 1 : 0;  // The first entry of all follows zeros.
    if (hashes.size() > without) {
        format::audit_hashes(audit.subspan(first + without - 1, hashes.size() - without),
                             std::span(hashes).subspan(without));
    }
    return hashes;
}

}  // namespace

GateOutcome audit_gate(const Subject& subject, const format::CheckedBefore& before) {
    GateOutcome outcome(Gate::audit);
    if (!subject.audit || !subject.versions) {
        outcome.skip();
        return outcome;
    }
    const auto audit = *subject.audit;
    const auto versions = *subject.versions;
    const format::FileView& view = *subject.view;
    if (audit.size() != versions.size()) {
        outcome.add(Reason::audit_count_mismatch, std::nullopt,
                    view.offset_of(&view.header().audit.count),
                    fmt::format("the audit trail has {} entries for {} versions", audit.size(),
                                versions.size()));
    }
    // A trail may be shorter than the chain.
    const std::size_t first = std::min<std::size_t>(before.records, audit.size());
    const std::vector<Hash> previous = previous_hashes(audit, first);
    for (std::size_t i = first; i < audit.size(); ++i) {
        check_link(outcome, view, audit, i, previous[i - first]);
        if (i < versions.size()) {
            check_mirror(outcome, view, audit[i], versions[i], i);
        }
    }
    return outcome;
}

}  // namespace aion::policy
