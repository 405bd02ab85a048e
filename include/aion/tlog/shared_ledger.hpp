// SPDX-License-Identifier: MIT OR Apache-2.0
// What several machines that append to one log agree by: a store that all of them reach and that
// lets one of them at a time say which entries come next.
//
// Each machine has the log's files in a directory of its own and brings them up to date from the
// ledger before it appends. The ledger is not believed: what it gives must lead to the checkpoint
// that the log's key signed. What a turn committed is the log's, whether or not the machine that
// did it lived to write its files.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"

namespace aion::tlog {

/// One machine's turn: nobody else's begins before this object is gone.
class LedgerTurn {
  public:
    virtual ~LedgerTurn() = default;
    LedgerTurn(const LedgerTurn&) = delete;
    LedgerTurn& operator=(const LedgerTurn&) = delete;
    LedgerTurn(LedgerTurn&&) = delete;
    LedgerTurn& operator=(LedgerTurn&&) = delete;

    /// How many entries the log has.
    [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;

    /// The note of its last checkpoint; empty as long as nobody committed one.
    [[nodiscard]] virtual const std::string& checkpoint() const noexcept = 0;

    /// Tells of the entries from `first` to before `end`, in order, and keeps few of them in
    /// memory. Errors: `transfer_failed` with the detail `ledger_failed`; what `each` returns.
    [[nodiscard]] virtual Result<> each_entry(
        std::uint64_t first, std::uint64_t end,
        const std::function<Result<>(std::uint64_t index, ByteView entry)>& each) = 0;

    /// Adds an entry behind those that there are. Nobody sees it before `commit`.
    /// Error: `transfer_failed` with the detail `ledger_failed`.
    [[nodiscard]] virtual Result<> add(ByteView entry) = 0;

    /// Makes what was added part of the log, and `checkpoint`, which is of the log with it, the
    /// last one. Both are on stable storage when this returns. To be called once at most; without
    /// it nothing was done.
    /// Error: `transfer_failed` with the detail `ledger_failed`: then nothing was committed, or,
    /// where the connection broke in the middle, perhaps all of it, as the next turn shows.
    [[nodiscard]] virtual Result<> commit(const std::string& checkpoint) = 0;

  protected:
    LedgerTurn() = default;
};

/// One log's ledger. For one thread at a time.
class SharedLedger {
  public:
    virtual ~SharedLedger() = default;
    SharedLedger(const SharedLedger&) = delete;
    SharedLedger& operator=(const SharedLedger&) = delete;
    SharedLedger(SharedLedger&&) = delete;
    SharedLedger& operator=(SharedLedger&&) = delete;

    /// Waits for its turn. The turn must not outlive the ledger.
    /// Errors: `conflict` where another's turn does not end; `transfer_failed` with the detail
    /// `ledger_failed`.
    [[nodiscard]] virtual Result<std::unique_ptr<LedgerTurn>> begin() = 0;

  protected:
    SharedLedger() = default;
};

/// `transfer_failed` with the detail `ledger_failed`, for those who implement one. `doing`: what
/// was tried, e.g. `write entries`; `why`: what the store says, made safe to be shown.
[[nodiscard]] Error ledger_error(std::string_view doing, std::string_view why);

}  // namespace aion::tlog
