// SPDX-License-Identifier: MIT OR Apache-2.0
// A ledger in memory, which can lie and break.
#pragma once

#include <string>
#include <vector>

#include "aion/tlog/shared_ledger.hpp"

namespace aion::tlog::test {

struct MemoryLedger final : SharedLedger {
    /// How a commit ends.
    enum class Ending : std::uint8_t {
        well,
        refused,  ///< Nothing is committed, and it says so.
        untold,   ///< All is committed, and it says that it is not: the connection broke.
    };

    class Turn final : public LedgerTurn {
      public:
        explicit Turn(MemoryLedger& of) : of_(of), size_(of.entries.size()), note_(of.note) {}

        [[nodiscard]] std::uint64_t size() const noexcept override { return size_; }

        [[nodiscard]] const std::string& checkpoint() const noexcept override { return note_; }

        [[nodiscard]] Result<> each_entry(
            std::uint64_t first, std::uint64_t end,
            const std::function<Result<>(std::uint64_t index, ByteView entry)>& each) override {
            for (; first < end; ++first) {
                if (auto told = each(first, of_.entries[first]); !told) {
                    return told;
                }
            }
            return {};
        }

        [[nodiscard]] Result<> add(ByteView entry) override {
            added_.emplace_back(entry.begin(), entry.end());
            return {};
        }

        [[nodiscard]] Result<> commit(const std::string& checkpoint) override {
            if (of_.ending == Ending::refused) {
                return fail(ledger_error("commit", "disk full"));
            }
            of_.entries.insert(of_.entries.end(), added_.begin(), added_.end());
            of_.note = checkpoint;
            if (of_.ending == Ending::untold) {
                return fail(ledger_error("commit", "server closed the connection"));
            }
            return {};
        }

      private:
        MemoryLedger& of_;
        std::uint64_t size_;
        std::string note_;
        std::vector<Bytes> added_;
    };

    [[nodiscard]] Result<std::unique_ptr<LedgerTurn>> begin() override {
        return std::make_unique<Turn>(*this);
    }

    std::vector<Bytes> entries;
    std::string note;
    Ending ending = Ending::well;
};

}  // namespace aion::tlog::test
