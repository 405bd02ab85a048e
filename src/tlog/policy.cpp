// SPDX-License-Identifier: MIT OR Apache-2.0
// Judging checkpoints. Reading policies is policy_read.cpp.
#include "aion/tlog/policy.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "aion/base/utf8.hpp"
#include "base/try.hpp"
#include "tlog/note_details.hpp"

namespace aion::tlog {
namespace {

// What is known of a node: nothing, or since when at the earliest enough of its witnesses have seen
// the checkpoint; 0 where they do not say.
using Seen = std::optional<std::uint64_t>;

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        out += (out.empty() ? "" : ", ") + name;
    }
    return out.empty() ? "nobody" : escape_bad_bytes(out);
}

}  // namespace

LogPolicy LogPolicy::of(NoteKey log) {
    LogPolicy policy;
    policy.logs_.push_back({.key = std::move(log), .url = {}});
    return policy;
}

LogPolicy LogPolicy::with_log(NoteKey log) const {
    LogPolicy policy = *this;
    policy.logs_.push_back({.key = std::move(log), .url = {}});
    return policy;
}

LogPolicy LogPolicy::without_witnesses() const {
    LogPolicy policy;
    policy.logs_ = logs_;
    return policy;
}

// All of them are looked at, needed or not: a signature that is not genuine is refused whoever
// else signed (c2sp.org/signed-note).
Result<AcceptedCheckpoint> LogPolicy::judge(std::string_view note) const {
    AION_TRY_ASSIGN(const Note read, Note::parse(note));
    std::vector<const NoteKey*> signers;
    for (const Log& log : logs_) {
        AION_TRY_ASSIGN(const NoteVerdict verdict, verify_note(read, log.key));
        if (verdict.signed_by_key) {
            signers.push_back(&log.key);
        }
    }
    std::vector<Seen> seen(nodes_.size());
    std::vector<std::string> witnesses;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const Node& node = nodes_[i];
        if (node.witness) {
            AION_TRY_ASSIGN(const NoteVerdict verdict,
                            verify_note(read, witnesses_[*node.witness].key));
            if (verdict.signed_by_key) {
                seen[i] = verdict.time.value_or(0);
                witnesses.push_back(node.name);
            }
            continue;
        }
        // Members stand before their group.
        std::vector<std::uint64_t> times;
        for (const std::size_t member : node.members) {
            if (seen[member]) {
                times.push_back(*seen[member]);
            }
        }
        if (times.size() >= node.needed) {
            std::ranges::sort(times, std::greater());
            seen[i] = times[node.needed - 1];
        }
    }
    if (signers.empty()) {
        return fail(invalid<NoteDetail::note_not_signed>(
            logs_.size() == 1 ? logs_.front().key.name() : "no log of the policy"));
    }
    AION_TRY_ASSIGN(Checkpoint checkpoint, Checkpoint::parse(read.text));
    const auto signer = std::ranges::find(signers, checkpoint.origin, &NoteKey::name);
    if (signer == signers.end()) {
        return fail(invalid<NoteDetail::checkpoint_other_origin>(escape_controls(checkpoint.origin),
                                                                 signers.front()->name()));
    }
    if (quorum_ && !seen[*quorum_]) {
        return fail(invalid<NoteDetail::policy_no_quorum>(joined(witnesses)));
    }
    const Seen time = quorum_ && *seen[*quorum_] != 0 ? seen[*quorum_] : std::nullopt;
    return AcceptedCheckpoint{.checkpoint = std::move(checkpoint),
                              .log = **signer,
                              .witnesses = std::move(witnesses),
                              .time = time};
}

}  // namespace aion::tlog
