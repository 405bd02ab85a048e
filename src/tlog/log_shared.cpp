// SPDX-License-Identifier: MIT OR Apache-2.0
// A log that several machines write: turns, and what others wrote.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aion/tlog/entry.hpp"
#include "aion/tlog/shared_ledger.hpp"
#include "base/change.hpp"
#include "base/try.hpp"
#include "tlog/ledger_details.hpp"
#include "tlog/log_state.hpp"

namespace aion::tlog {
namespace {

using Digest = Sha256Tree::Digest;

// Of what others wrote, as many leaves as that go to the index at once; of more, it looks them up.
constexpr std::uint64_t most_leaves_kept = std::uint64_t{1} << 20U;

}  // namespace

Result<> LogWriter::share(SharedLedger& ledger) {
    AION_TRY(state_->resume());
    state_->ledger = &ledger;
    AION_TRY_ASSIGN(const auto turn, state_->take_turn());
    LogStore& log = *state_->log;
    if (!turn->checkpoint().empty()) {
        return {};
    }
    AION_TRY(log.each(0, log.size(),
                      [&](std::uint64_t /*index*/, ByteView entry) { return turn->add(entry); }));
    return turn->commit(log.note());
}

Result<std::unique_ptr<LedgerTurn>> LogWriter::State::take_turn() {
    AION_TRY_ASSIGN(auto turn, ledger->begin());
    AION_TRY(catch_up(*turn));
    return turn;
}

Result<JudgedCheckpoint> LogWriter::State::checkpoint_of(const LedgerTurn& turn) const {
    const NoteKey& key = signers.front().key();
    auto checkpoint = open_checkpoint(turn.checkpoint(), key);
    if (!checkpoint) {
        return fail(invalid<LedgerDetail::ledger_other_log>(turn.size(), log->folder().string(),
                                                            checkpoint.error().message()));
    }
    if (checkpoint->size != turn.size()) {
        return fail(invalid<LedgerDetail::ledger_other_log>(
            turn.size(), log->folder().string(),
            "its checkpoint is of " + std::to_string(checkpoint->size)));
    }
    return JudgedCheckpoint{
        .note = turn.checkpoint(), .checkpoint = *std::move(checkpoint), .key = key};
}

Result<> LogWriter::State::catch_up(LedgerTurn& turn) {
    if (turn.size() == 0 && turn.checkpoint().empty()) {
        return {};
    }
    const LogStore::State& store = *log->state_;
    const std::uint64_t here = edge.size();
    if (turn.size() < here) {
        return fail(
            invalid<LedgerDetail::ledger_went_back>(turn.size(), store.folder.string(), here));
    }
    AION_TRY_ASSIGN(JudgedCheckpoint next, checkpoint_of(turn));
    std::vector<Digest> leaves;
    LogEdge to = edge;
    const Change change(store.env);
    if (turn.size() > here) {
        AION_TRY(write_entries(to, [&](const Put& put) {
            return turn.each_entry(here, turn.size(),
                                   [&](std::uint64_t /*index*/, ByteView entry) -> Result<> {
                                       AION_TRY(EntryView::parse(entry));
                                       const Digest leaf = Sha256Tree::leaf(entry);
                                       if (turn.size() - here <= most_leaves_kept) {
                                           leaves.push_back(leaf);
                                       }
                                       return put(entry, leaf);
                                   });
        }));
    }
    // What was written until here is nothing before there is a checkpoint of it.
    if (to.root() != next.checkpoint.root) {
        return fail(invalid<LedgerDetail::ledger_other_log>(turn.size(), store.folder.string(),
                                                            "they have another root"));
    }
    if (turn.size() == here) {
        return {};
    }
    AION_TRY_ASSIGN(const auto seen, present());
    AION_TRY_ASSIGN(const Note note, Note::parse(next.note));
    AION_TRY(replace(*seen, note));
    go_on(std::move(to), std::move(next), leaves);
    return {};
}

}  // namespace aion::tlog
