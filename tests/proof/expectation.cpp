// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/expectation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace aion::proof {

using policy::Gate;
using policy::GateState;
using policy::Reason;

void Expectation::fail(Gate gate, const Mark& mark) {
    if (line(gate).kind != Kind::fails) {
        line(gate) = {Kind::fails, mark};
    }
}

void Expectation::refuse(Gate gate) {
    line(gate).kind = Kind::refuses;
}

void Expectation::ignore(Gate gate) {
    line(gate).kind = Kind::anything;
}

void Expectation::skip_all_but_structure() {
    for (const Gate gate : policy::all_gates) {
        if (gate != Gate::structure && gate != Gate::pin) {
            line(gate).kind = Kind::skipped;
        }
    }
}

bool Expectation::valid() const noexcept {
    return std::ranges::all_of(lines_, [](const Line& line) { return line.kind == Kind::passes; });
}

namespace {

std::string text_of(const Mark& mark) {
    return fmt::format("{} of version {} at {}", policy::name_of(mark.reason), mark.version,
                       mark.offset);
}

Mark mark_of(const policy::Finding& finding) {
    return {finding.reason, finding.version.value_or(VersionNumber{0}).value,
            finding.offset.value_or(UINT64_MAX)};
}

}  // namespace

std::string Expectation::disagreement(const policy::VerificationReport& report) const {
    const auto complain = [&report](Gate gate, std::string_view what) {
        const policy::Finding* found = report.first(gate);
        return fmt::format(
            "gate {}: {}, but it {}: {}", policy::name_of(gate), what,
            policy::name_of(report.state(gate)),
            found != nullptr ? text_of(mark_of(*found)) + ", " + found->message : "no finding");
    };
    for (const Gate gate : policy::all_gates) {
        const auto& [kind, mark] = lines_[static_cast<std::size_t>(gate)];
        const GateState state = report.state(gate);
        if (!report.asked(gate)) {
            if (gate != Gate::pin || state != GateState::skipped) {
                return complain(gate, "has to be asked");
            }
            continue;
        }
        if (kind == Kind::passes && state != GateState::passed) {
            return complain(gate, "has to pass");
        }
        if (kind == Kind::skipped && state != GateState::skipped) {
            return complain(gate, "has to be skipped");
        }
        if (kind == Kind::refuses && state == GateState::passed) {
            return complain(gate, "must not pass");
        }
        if (kind != Kind::fails) {
            continue;
        }
        const policy::Finding* found = report.first(gate);
        if (state != GateState::failed || found == nullptr) {
            return complain(gate, fmt::format("has to fail for {}", policy::name_of(mark.reason)));
        }
        if (mark_of(*found) != mark) {
            return complain(gate, fmt::format("has to name {}", text_of(mark)));
        }
    }
    if (report.is_valid() && !valid()) {
        return "VALID, though no gate objects";
    }
    return {};
}

Expectation Judge::after_change(const Field& field, ByteView changed, bool rehashed) const {
    Expectation e;
    if (field.part == Part::trailing_hash || (!rehashed && !same(field, changed))) {
        e.fail(Gate::integrity, {Reason::integrity_hash_mismatch, 0, map_.hash()});
    }
    if (field.part < Part::section_offset || field.part == Part::header_reserved) {
        judge_header(e, field, changed);
    } else if (field.part <= Part::section_size) {
        judge_section(e, field, changed);
    } else if (field.part == Part::payload) {
        e.fail(Gate::payload,
               in_version(Reason::payload_undecryptable, map_.count() - 1, map_.section(0)));
    } else if (field.part <= Part::version_reserved) {
        judge_version(e, field, changed);
    } else if (field.part <= Part::signature_reserved) {
        judge_signature(e, field, changed);
    } else if (field.part <= Part::audit_reserved) {
        judge_audit(e, field, changed);
    } else if (const auto fault = message_fault(changed)) {
        e.fail(Gate::structure, *fault);
    }
    return e;
}

Expectation Judge::after_cut(std::size_t length, bool rehashed) const {
    Expectation e;
    const bool no_room = length < header_size + hash_size;
    for (const Gate gate :
         {Gate::header, Gate::chain, Gate::payload, Gate::signatures, Gate::audit}) {
        e.ignore(gate);
    }
    if (no_room) {
        e.fail(Gate::structure, {Reason::too_small, 0, length});
        e.refuse(Gate::integrity);
    } else if (!rehashed) {
        e.fail(Gate::integrity, {Reason::integrity_hash_mismatch, 0, length - hash_size});
    }
    if (length < header_size) {
        e.skip_all_but_structure();
    }
    // Since the sections filled the file, the first that reaches into what is now the hash.
    for (std::size_t s = 0; !no_room && s < section_count; ++s) {
        if (map_.section(s + 1) > length - hash_size) {
            e.fail(Gate::structure, {Reason::section_out_of_bounds, 0, section_field(s)});
            break;
        }
    }
    return e;
}

bool Judge::same(const Field& field, ByteView changed) const {
    return equal(changed.subspan(field.offset, field.size),
                 ByteView(genuine_.file).subspan(field.offset, field.size));
}

Mark Judge::in_version(Reason reason, std::size_t i, std::size_t offset) const {
    return {reason, i + 1, offset};
}

void Judge::judge_header(Expectation& e, const Field& field, ByteView changed) const {
    const auto differs = [&](Reason reason) { e.fail(Gate::header, {reason, 0, field.offset}); };
    const auto unreadable = [&](Reason reason) {
        e.skip_all_but_structure();
        e.fail(Gate::structure, {reason, 0, field.offset});
    };
    switch (field.part) {
        case Part::magic:
            return unreadable(Reason::bad_magic);
        case Part::format_version:
            return unreadable(Reason::unsupported_version);
        case Part::header_reserved:
            return unreadable(Reason::reserved_nonzero);
        case Part::flags:
            return number_at(changed, field.offset, 2) > 1
                       ? unreadable(Reason::reserved_flags)
                       : differs(Reason::encrypted_flag_missing);
        case Part::file_id:
            // The key that the payload is sealed with follows from it.
            return e.fail(Gate::payload, in_version(Reason::payload_undecryptable, map_.count() - 1,
                                                    map_.section(0)));
        case Part::current_version:
            return differs(Reason::current_version_mismatch);
        case Part::root_hash:
            return differs(Reason::root_hash_mismatch);
        case Part::current_hash:
            return differs(Reason::current_hash_mismatch);
        case Part::created:
            return differs(Reason::created_at_mismatch);
        default:
            return differs(Reason::modified_at_mismatch);
    }
}

// Only the gates that read the section can be affected.
void Judge::judge_section(Expectation& e, const Field& field, ByteView changed) const {
    if (const auto fault = section_fault(changed)) {
        e.fail(Gate::structure, *fault);
    }
    const bool more = field.part == Part::section_size &&
                      number_at(changed, field.offset) > number_at(genuine_.file, field.offset);
    switch (field.index) {
        case 0:
            return e.refuse(Gate::payload);
        case 1:
            for (const Gate gate :
                 {Gate::header, Gate::chain, Gate::payload, Gate::signatures, Gate::audit}) {
                e.ignore(gate);
            }
            return;
        case 2:
            // With more than enough signatures each version may still have its own.
            return more ? e.ignore(Gate::signatures) : e.refuse(Gate::signatures);
        case 3:
            return e.refuse(Gate::audit);
        default:
            return;
    }
}

void Judge::judge_version(Expectation& e, const Field& field, ByteView changed) const {
    const std::size_t i = field.index;
    if (field.part == Part::version_reserved) {
        return e.fail(Gate::structure,
                      in_version(Reason::reserved_nonzero, i, map_.version(i) + 100));
    }
    // All else is signed, and the next version commits to it.
    e.fail(Gate::signatures, signature_fault(changed, i));
    if (field.part == Part::version_number) {
        e.fail(Gate::chain,
               in_version(i == 0 ? Reason::genesis_invalid : Reason::version_number_invalid, i,
                          field.offset));
    } else if (field.part == Part::version_parent) {
        e.fail(Gate::chain,
               in_version(i == 0 ? Reason::genesis_invalid : Reason::parent_hash_mismatch, i,
                          field.offset));
    } else if (i + 1 < map_.count()) {
        e.fail(Gate::chain,
               in_version(Reason::parent_hash_mismatch, i + 1, map_.version(i + 1) + 8));
    }
    if (field.part == Part::version_author) {
        e.fail(Gate::audit, in_version(Reason::audit_author_mismatch, i, map_.audit(i) + 8));
    } else if (field.part == Part::version_time) {
        e.fail(Gate::audit, in_version(Reason::audit_timestamp_mismatch, i, map_.audit(i)));
    } else if (field.part >= Part::version_message_offset) {
        if (const auto fault = message_fault(changed)) {
            e.fail(Gate::structure, *fault);
        }
    }
    judge_head(e, field);
}

// What the header repeats of the first and the last version, and what opens the payload.
void Judge::judge_head(Expectation& e, const Field& field) const {
    const bool first = field.index == 0;
    const bool last = field.index + 1 == map_.count();
    const auto payload = [&](Reason reason) {
        e.fail(Gate::payload, in_version(reason, field.index, map_.section(0)));
    };
    const auto header = [&](Reason reason, std::size_t offset) {
        e.fail(Gate::header, {reason, 0, offset});
    };
    if (field.part == Part::version_rules_hash && first) {
        header(Reason::root_hash_mismatch, 24);
    }
    if (field.part == Part::version_time && first) {
        header(Reason::created_at_mismatch, 88);
    }
    if (!last) {
        return;
    }
    if (field.part == Part::version_number) {
        header(Reason::current_version_mismatch, 16);
        payload(Reason::payload_undecryptable);
    } else if (field.part == Part::version_rules_hash) {
        header(Reason::current_hash_mismatch, 56);
        payload(Reason::rules_hash_mismatch);
    } else if (field.part == Part::version_time) {
        header(Reason::modified_at_mismatch, 96);
    }
}

void Judge::judge_signature(Expectation& e, const Field& field, ByteView changed) const {
    if (field.part == Part::signature_reserved) {
        e.fail(Gate::structure, in_version(Reason::reserved_nonzero, field.index, field.offset));
    } else {
        e.fail(Gate::signatures, signature_fault(changed, field.index));
    }
}

void Judge::judge_audit(Expectation& e, const Field& field, ByteView changed) const {
    const std::size_t i = field.index;
    const auto differs = [&](Reason reason, std::size_t offset) {
        e.fail(Gate::audit, in_version(reason, i, map_.audit(i) + offset));
    };
    switch (field.part) {
        case Part::audit_time:
            if (i > 0 && number_at(changed, field.offset) < number_at(changed, map_.audit(i - 1))) {
                differs(Reason::timestamp_regression, 0);
            }
            differs(Reason::audit_timestamp_mismatch, 0);
            break;
        case Part::audit_author:
            differs(Reason::audit_author_mismatch, 8);
            break;
        case Part::audit_action:
            differs(Reason::audit_action_mismatch, 16);
            break;
        case Part::audit_details:
            differs(Reason::audit_details_present, 24);
            break;
        case Part::audit_previous:
            differs(Reason::audit_link_broken, 40);
            break;
        default:
            e.fail(Gate::structure, in_version(Reason::reserved_nonzero, i, field.offset));
            break;
    }
    if (i + 1 < map_.count()) {
        e.fail(Gate::audit, in_version(Reason::audit_link_broken, i + 1, map_.audit(i + 1) + 40));
    }
}

Mark Judge::signature_fault(ByteView file, std::size_t i) const {
    const std::size_t at = map_.signature(i);
    const std::uint64_t author = number_at(file, map_.version(i) + 72);
    if (number_at(file, at) != author) {
        return in_version(Reason::author_mismatch, i, at);
    }
    const PublicKey* key = key_at(genuine_.windows, author, number_at(file, map_.version(i)));
    if (key == nullptr) {
        return in_version(Reason::no_active_epoch, i, at);
    }
    if (!equal(key->view(), file.subspan(at + 8, 32))) {
        return in_version(Reason::pubkey_substitution, i, at + 8);
    }
    return in_version(Reason::bad_signature, i, at + 40);
}

}  // namespace aion::proof
