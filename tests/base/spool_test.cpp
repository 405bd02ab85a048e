// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/spool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "aion/base/memory_env.hpp"
#include "support/places.hpp"
#include "support/results.hpp"

namespace aion::test {
namespace {

Bytes counting_bytes(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::uint8_t>(i * 7 / 3);
    }
    return bytes;
}

/// What comes out of a spool that was given `all` in pieces.
std::unique_ptr<ReadableFile> spooled(Env& env, const Bytes& all, std::size_t piece) {
    Spool spool(env);
    for (ByteView rest = all; !rest.empty();) {
        const ByteView next = rest.first(std::min(rest.size(), piece));
        ok(spool.append(next));
        rest = rest.subspan(next.size());
    }
    EXPECT_EQ(spool.size(), all.size());
    return spool.finish("somewhere");
}

void expect_reads_back(ReadableFile& file, const Bytes& all) {
    ASSERT_EQ(file.info().size, all.size());
    Bytes read(all.size());
    for (int again = 0; again < 2; ++again) {
        ok(file.read_at(0, read));
        EXPECT_TRUE(equal(read, all));
    }
    Bytes some(all.size() / 2);
    ok(file.read_at(all.size() - some.size(), some));
    EXPECT_TRUE(equal(some, ByteView(all).last(some.size())));
    Bytes beyond(1);
    EXPECT_EQ(code_of(file.read_at(all.size(), beyond)), ErrorCode::file_changed);
    ok(file.check_unchanged());
}

TEST(Spool, GivesBackWhatItWasGiven) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, Spool::most_in_memory - 1,
                                   Spool::most_in_memory, Spool::most_in_memory + 70'000}) {
        const Bytes all = counting_bytes(size);
        MemoryEnv memory;
        for (Env* const env : {static_cast<Env*>(&memory), &Env::system()}) {
            for (const std::size_t piece : {std::size_t{65'536}, std::size_t{10} << 20U}) {
                const auto file = spooled(*env, all, piece);
                expect_reads_back(*file, all);
            }
        }
        // What is small costs no call.
        EXPECT_EQ(memory.call_count() == 0 || size >= Spool::most_in_memory, true);
        EXPECT_TRUE(memory.all_paths().empty());
    }
}

TEST(Spool, KeepsWhatItHoldsForWhoTriesAgain) {
    const Bytes all = counting_bytes(Spool::most_in_memory + 5);
    for (const auto failing : {MemoryEnv::Call::create_unnamed, MemoryEnv::Call::append}) {
        MemoryEnv env;
        Spool spool(env);
        ok(spool.append(ByteView(all).first(100)));
        env.set_fault([failing](std::uint64_t, const MemoryEnv::CallRecord& call) {
            return call.call == failing ? ENOSPC : 0;
        });
        EXPECT_EQ(code_of(spool.append(ByteView(all).subspan(100))), ErrorCode::file_write_error);
        EXPECT_EQ(spool.size(), 100U);
        env.set_fault({});
        ok(spool.append(ByteView(all).subspan(100)));
        expect_reads_back(*spool.finish("somewhere"), all);
    }
}

TEST(Spool, SaysWhyItCannotKeepWhatComes) {
    const Bytes all = counting_bytes(Spool::most_in_memory);
    for (const auto failing : {MemoryEnv::Call::create_unnamed, MemoryEnv::Call::append}) {
        MemoryEnv env;
        env.set_fault([failing](std::uint64_t, const MemoryEnv::CallRecord& call) {
            return call.call == failing ? ENOSPC : 0;
        });
        Spool spool(env);
        const auto refused = spool.append(all);
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code(), ErrorCode::file_write_error);
        EXPECT_EQ(refused.error().os_error(), ENOSPC);
    }
}

TEST(Spool, TakesAllOfAFileOnceAndSharesIt) {
    const Bytes all = counting_bytes(Spool::most_in_memory + 5);
    MemoryEnv env;
    env.put_directory("/d");
    env.put("/d/f", all);
    const auto file = env.open("/d/f", {}).value();
    const auto kept = spool(env, *file).value();
    auto one = share(kept);
    const auto other = share(kept);
    expect_reads_back(*one, all);
    one.reset();
    expect_reads_back(*other, all);
    expect_reads_back(*kept, all);
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::append ? ENOSPC : 0;
    });
    EXPECT_EQ(code_of(spool(env, *file)), ErrorCode::file_write_error);
}

}  // namespace
}  // namespace aion::test
