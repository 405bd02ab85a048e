// SPDX-License-Identifier: MIT OR Apache-2.0
// Every call to the outside fails, once and from then on, in every operation: the error names the
// cause and has the code of what failed, the old state or the new one is there, whoever is told
// of success has the new one, and the operation succeeds when tried again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "durability/operations.hpp"

namespace aion::test {
namespace {

using Call = MemoryEnv::Call;

struct Fault {
    std::uint64_t index = 0;
    int cause = EIO;
    bool for_good = false;
};

/// Codes that an operation may end with when a call of this kind fails. Those of a keystore are
/// its own, whatever the call.
bool fits(ErrorCode code, Call call) {
    switch (call) {
        case Call::read:
        case Call::open:
        case Call::info:
        case Call::access:
        case Call::locate:
        case Call::open_directory:
        case Call::list:
            return code == ErrorCode::file_read_error || code == ErrorCode::keyring_error ||
                   code == ErrorCode::key_not_found;
        case Call::lock:
            return code == ErrorCode::file_read_error || code == ErrorCode::keyring_error ||
                   code == ErrorCode::conflict;
        case Call::random:
            return code == ErrorCode::entropy_unavailable;
        case Call::machine_id:
            return code == ErrorCode::invalid_private_key;
        case Call::create:
        case Call::append:
        case Call::reserve:
        case Call::sync:
        case Call::close:
        case Call::rename:
        case Call::rename_exclusive:
        case Call::remove:
        case Call::sync_directory:
        case Call::create_directories:
        case Call::copy_access:
        case Call::create_unlinked:
        case Call::link:
        case Call::create_unnamed:
            return code == ErrorCode::file_write_error || code == ErrorCode::keyring_error;
    }
    return false;
}

/// The text tells what the system said, and about which file or key.
void expect_clear(const Error& error, const Fault& fault, const std::set<Call>& failed) {
    const std::string text = error.full_message();
    EXPECT_TRUE(std::ranges::any_of(failed, [&](Call call) { return fits(error.code(), call); }))
        << text;
    if (error.code() == ErrorCode::entropy_unavailable ||
        error.code() == ErrorCode::invalid_private_key) {
        return;
    }
    EXPECT_NE(text.find("(os error " + std::to_string(fault.cause) + ")"), std::string::npos)
        << text;
    EXPECT_TRUE(text.find("/w") != std::string::npos || text.find("/tmp") != std::string::npos ||
                text.find("author") != std::string::npos ||
                text.find("Key 1001") != std::string::npos)
        << "no path in: " << text;
}

/// The directory that could not be synced holds the new file all the same, and the error says so.
bool says_new_is_in_place(const Error& error) {
    return error.full_message().find("power cut") != std::string::npos;
}

/// False when the operation ended before the fault.
bool try_fault(const Operation& operation, const Files& before, const Fault& fault) {
    SCOPED_TRACE(operation.name + ", call " + std::to_string(fault.index) + ", cause " +
                 std::to_string(fault.cause) + (fault.for_good ? ", for good" : ", once"));
    const auto machine = prepared(operation);
    std::set<Call> failed;
    machine->env.set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord& call) {
        const bool hit = index == fault.index || (fault.for_good && index > fault.index);
        if (hit) {
            failed.insert(call.call);
        }
        return hit ? fault.cause : 0;
    });
    const auto result = operation.run(machine->site);
    machine->env.set_fault({});
    if (failed.empty()) {
        EXPECT_TRUE(result);
        return false;
    }
    const bool is_old = files_of(machine->env) == before;
    EXPECT_EQ(what_is_wrong(machine->site), "");
    EXPECT_TRUE(!result || !is_old) << "reported as done, and not done";
    if (!result) {
        expect_clear(result.error(), fault, failed);
        EXPECT_TRUE(is_old || says_new_is_in_place(result.error()))
            << "done, and reported as failed: " << result.error().full_message();
    }
    if (!fault.for_good && !failed.contains(Call::remove)) {
        EXPECT_EQ(temporaries_of(machine->env), std::vector<std::string>{});
    }
    const auto again = is_old ? operation.run(machine->site) : operation.later(machine->site);
    EXPECT_TRUE(again) << (again ? "" : again.error().full_message());
    EXPECT_EQ(what_is_wrong(machine->site), "");
    EXPECT_EQ(temporaries_of(machine->env), std::vector<std::string>{});
    return true;
}

class Faults : public ::testing::TestWithParam<std::size_t> {
  protected:
    void fail_each_call(bool for_good) const {
        const Operation& operation = operations()[GetParam()];
        const Files before = files_of(prepared(operation)->env);
        std::uint64_t most = 0;
        for (const int cause : {EIO, ENOSPC, EACCES, EINTR}) {
            if (operation.cost != Cost::little && cause != EIO) {
                continue;
            }
            Fault fault{0, cause, for_good};
            while (!HasFailure() && try_fault(operation, before, fault)) {
                ++fault.index;
            }
            most = std::max(most, fault.index);
        }
        EXPECT_GE(most, 3U) << "hardly a call was made";
    }
};

TEST_P(Faults, OneCallFails) {
    fail_each_call(false);
}

TEST_P(Faults, EveryCallFailsFromOneOn) {
    fail_each_call(true);
}

TEST_P(Faults, NobodyLooksThroughADirectoryToWrite) {
    const Operation& operation = operations()[GetParam()];
    const auto machine = prepared(operation);
    machine->env.set_fault({});
    ASSERT_TRUE(operation.run(machine->site));
    for (const MemoryEnv::CallRecord& call : machine->env.calls()) {
        // A new log's folder has to be empty, and of a tile that is full the partial ones go, of
        // which there are 255 at most.
        const bool is_of_log = call.path == "/w/log" || call.path.ends_with(".p");
        EXPECT_TRUE(call.call != Call::list || is_of_log) << call.path;
    }
}

std::string name_of(const ::testing::TestParamInfo<std::size_t>& info) {
    return operations()[info.param].name;
}

INSTANTIATE_TEST_SUITE_P(Operations, Faults, ::testing::Range(std::size_t{0}, operations().size()),
                         name_of);

}  // namespace
}  // namespace aion::test
