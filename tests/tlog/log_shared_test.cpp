// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gmock/gmock.h>

#include <string>

#include "aion/base/memory_env.hpp"
#include "aion/tlog/log_check.hpp"
#include "tlog/log_world.hpp"
#include "tlog/memory_ledger.hpp"

namespace aion::tlog::test {
namespace {

using aion::test::code_of;
using aion::test::ok;
using ::testing::ElementsAre;

std::string detail_of(const auto& result) {
    return result ? "no error" : std::string(result.error().detail());
}

/// Two machines with a folder each, and what they agree by.
class SharedLog : public ::testing::Test {
  protected:
    SharedLog() : here_(env_, "/here/log"), there_(env_, "/there/log") {
        ok(here_.create());
        ok(there_.create());
    }

    std::unique_ptr<LogWriter> share(LogWorld& world) {
        auto writer = ok(world.write());
        ok(writer->share(ledger_));
        return writer;
    }

    static std::vector<std::uint64_t> append(LogWriter& writer, std::uint64_t first,
                                             std::uint64_t end) {
        return ok(writer.append(views_of(entries_of(first, end)))).indexes;
    }

    MemoryEnv env_;
    LogWorld here_;
    LogWorld there_;
    MemoryLedger ledger_;
};

TEST_F(SharedLog, TwoMachinesMakeOneLog) {
    const auto here = share(here_);
    const auto there = share(there_);
    EXPECT_THAT(append(*here, 0, 2), ElementsAre(0, 1));
    EXPECT_THAT(append(*there, 2, 4), ElementsAre(2, 3));
    EXPECT_THAT(append(*here, 4, 5), ElementsAre(4));
    EXPECT_THAT(append(*there, 0, 3), ElementsAre(0, 1, 2)) << "nothing twice, whoever wrote it";
    EXPECT_EQ(here->log().note(), there->log().note());
    for (LogWorld* world : {&here_, &there_}) {
        const auto log = ok(world->read());
        ASSERT_EQ(log->size(), 5U);
        for (std::uint64_t i = 0; i < 5; ++i) {
            EXPECT_EQ(ok(log->entry(i)), entry_of(i));
        }
    }
}

TEST_F(SharedLog, AWholeHistoryIsCaughtUpWith) {
    const auto here = share(here_);
    append(*here, 0, 700);
    const auto there = share(there_);
    EXPECT_EQ(there->log().note(), here->log().note());
    EXPECT_THAT(append(*there, 699, 701), ElementsAre(699, 700));
    EXPECT_EQ(ok(ok(there_.read())->entry(512)), entry_of(512));
}

TEST_F(SharedLog, ALedgerIsGivenWhatTheFolderHas) {
    ok(here_.append(entries_of(0, 300)));
    const auto here = share(here_);
    EXPECT_EQ(ledger_.entries, entries_of(0, 300));
    EXPECT_EQ(ledger_.note, here->log().note());
    EXPECT_EQ(share(there_)->log().size(), 300U);
}

TEST_F(SharedLog, WhatTheLedgerRefusesIsNotInTheLog) {
    const auto here = share(here_);
    append(*here, 0, 1);
    ledger_.ending = MemoryLedger::Ending::refused;
    EXPECT_EQ(detail_of(here->append(views_of(entries_of(1, 3)))), "ledger_failed");
    EXPECT_EQ(ok(here_.read())->size(), 1U);
    ledger_.ending = MemoryLedger::Ending::well;
    EXPECT_THAT(append(*here, 2, 3), ElementsAre(1));
}

TEST_F(SharedLog, WhatWasCommittedUntoldIsFoundAgain) {
    const auto here = share(here_);
    ledger_.ending = MemoryLedger::Ending::untold;
    EXPECT_EQ(detail_of(here->append(views_of(entries_of(0, 2)))), "ledger_failed");
    EXPECT_EQ(ok(here_.read())->size(), 0U) << "nobody said that it is there";
    ledger_.ending = MemoryLedger::Ending::well;
    EXPECT_THAT(append(*share(there_), 2, 3), ElementsAre(2));
    EXPECT_THAT(append(*here, 1, 3), ElementsAre(1, 2));
    EXPECT_EQ(ok(here_.read())->size(), 3U);
}

TEST_F(SharedLog, ALedgerThatWentBackIsNotContinued) {
    const auto here = share(here_);
    append(*here, 0, 1);
    const std::vector<Bytes> former_entries = ledger_.entries;
    const std::string former_note = ledger_.note;
    append(*here, 1, 2);
    ledger_.entries = former_entries;
    ledger_.note = former_note;
    EXPECT_EQ(detail_of(here->append(views_of(entries_of(2, 3)))), "ledger_went_back");
    EXPECT_THAT(append(*share(there_), 3, 4), ElementsAre(1)) << "who knows of nothing more";
    EXPECT_EQ(detail_of(here->append(views_of(entries_of(2, 3)))), "ledger_other_log")
        << "as long, but another one";
}

TEST_F(SharedLog, WhatTheKeyDidNotSignIsNotTaken) {
    const auto here = share(here_);
    append(*here, 0, 3);
    const auto try_there = [&] {
        auto writer = ok(there_.write());
        return detail_of(writer->share(ledger_));
    };
    const Bytes genuine = ledger_.entries[1];
    ledger_.entries[1] = entry_of(9);
    EXPECT_EQ(try_there(), "ledger_other_log");
    ledger_.entries[1] = Bytes(max_entry_size + 1, 1);
    EXPECT_EQ(try_there(), "entry_too_long");
    ledger_.entries[1] = genuine;
    ledger_.entries.push_back(entry_of(3));
    EXPECT_EQ(try_there(), "ledger_other_log") << "more than the checkpoint says";
    ledger_.entries.pop_back();
    const std::string note = ledger_.note;
    ledger_.note = ok(signer_of(strangers).sign("x\n")).name;
    EXPECT_EQ(try_there(), "ledger_other_log") << "no note";
    EXPECT_EQ(ok(there_.read())->size(), 0U);
    ledger_.note = note;
    EXPECT_EQ(try_there(), "no error");
    EXPECT_EQ(ok(there_.read())->size(), 3U);
}

TEST_F(SharedLog, TheKeyOfASharedLogStays) {
    const auto here = share(here_);
    EXPECT_EQ(code_of(here->rotate({signer_of(next_operators)})), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace aion::tlog::test
