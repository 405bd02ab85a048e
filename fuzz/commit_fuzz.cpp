// SPDX-License-Identifier: MIT OR Apache-2.0
// Writing where any bytes may be the file: commit, a session of two versions, create over it.
// Either an error and the file as it was, byte for byte, or a file that verifies strictly and
// contains the old history; nothing else is left in the directory. One call to the system may
// fail on the way.
//
// Input: a byte of flags (see Plan), a byte that says which call fails (0: none), a byte with the
// length of the message, the message, which is also the payload, and the file.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string_view>

#include "aion/base/memory_env.hpp"
#include "aion/base/utf8.hpp"
#include "aion/policy/commit.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/policy/verify.hpp"
#include "support/fuzz_input.hpp"
#include "support/repair.hpp"
#include "support/require.hpp"
#include "support/world.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program
using fuzz::require;
using policy::CommitReceipt;

constexpr const char* directory = "/policies";
constexpr const char* path = "/policies/policy.aion";

enum class Operation : std::uint8_t { commit, session, replace, create };

struct Plan {
    fuzz::Repair repair;        // Bits 0 and 1.
    Operation operation;        // Bits 2 and 3.
    bool unchecked;             // Bit 4: Authorization::not_checked.
    bool stranger;              // Bit 5: signs with a key that is not the author's.
    bool early;                 // Bit 6: asks for the time 1.
    std::uint8_t failing_call;  // From 1; 0: none.
    std::string_view message;
    Bytes file;

    [[nodiscard]] bool appends() const { return operation <= Operation::session; }
};

Plan plan_of(fuzz::Input input) {
    const std::uint8_t flags = input.byte();
    Plan plan{};
    plan.repair = static_cast<fuzz::Repair>(flags & 3U);
    plan.operation = static_cast<Operation>(flags >> 2U & 3U);
    plan.unchecked = (flags & 16U) != 0;
    plan.stranger = (flags & 32U) != 0;
    plan.early = (flags & 64U) != 0;
    plan.failing_call = input.byte();
    plan.message = as_text(input.bytes(input.byte()));
    const ByteView file = input.rest();
    plan.file.assign(file.begin(), file.end());
    fuzz::repair(plan.file, plan.repair);
    return plan;
}

crypto::SigningKey& signer(const Plan& plan) {
    return plan.stranger ? fuzz::colleague_key() : fuzz::author_key();
}

policy::NewVersion version_of(const Plan& plan) {
    return {.payload = as_bytes(plan.message),
            .author = fuzz::author,
            .message = plan.message,
            .timestamp = plan.early ? std::optional(Timestamp{1}) : std::nullopt};
}

policy::CommitOptions commit_options(const Plan& plan) {
    policy::CommitOptions options;
    options.verify.threads = 1;
    if (plan.unchecked) {
        options.authorization = policy::Authorization::not_checked;
    }
    return options;
}

Result<CommitReceipt> run_commit(Env& env, const Plan& plan) {
    return policy::commit(env, path, version_of(plan), signer(plan), fuzz::registry(),
                          commit_options(plan));
}

Result<CommitReceipt> run_session(Env& env, const Plan& plan) {
    auto session = policy::CommitSession::open(env, path, fuzz::registry(), commit_options(plan));
    if (!session) {
        return fail(session.error());
    }
    Result<CommitReceipt> receipt;
    for (std::size_t pending = 1; pending <= 2; ++pending) {
        receipt = session->add(version_of(plan), signer(plan));
        if (!receipt) {
            require(session->pending() == pending - 1);
            return receipt;
        }
    }
    if (const auto saved = session->save(); !saved) {
        require(session->pending() == 2);
        return fail(saved.error());
    }
    require(session->pending() == 0);
    return receipt;
}

Result<CommitReceipt> run_create(Env& env, const Plan& plan) {
    policy::CreateOptions options;
    options.replace_existing = plan.operation == Operation::replace;
    return policy::create(env, path, version_of(plan), signer(plan), options);
}

Result<CommitReceipt> run(Env& env, const Plan& plan) {
    switch (plan.operation) {
        case Operation::commit:
            return run_commit(env, plan);
        case Operation::session:
            return run_session(env, plan);
        case Operation::replace:
        case Operation::create:
            break;
    }
    return run_create(env, plan);
}

policy::VerificationReport verify(ByteView file) {
    policy::VerifyOptions options;
    options.threads = 1;
    return policy::verify(file, fuzz::registry(), fuzz::now, options);
}

template <class Record>
bool starts_with(std::span<const Record> whole, std::span<const Record> part) {
    return whole.size() >= part.size() &&
           std::ranges::equal(whole.first(part.size()), part, [](const auto& a, const auto& b) {
               return equal(format::bytes_of(a), format::bytes_of(b));
           });
}

void require_history_kept(ByteView before, ByteView after, std::size_t added) {
    const auto old = format::FileView::parse(before);
    const auto young = format::FileView::parse(after);
    require(old.has_value() && young.has_value());
    require(young->version_count() == old->version_count() + added);
    require(young->file_id() == old->file_id());
    require(starts_with(*young->versions(), *old->versions()));
    require(starts_with(*young->signatures(), *old->signatures()));
    require(starts_with(*young->audit(), *old->audit()));
    const ByteView strings = *old->strings();
    require(equal(young->strings()->first(strings.size()), strings));
}

// A new file that holds in everything but, where nobody asked, the signer's authority.
void require_written(const Plan& plan, ByteView after, const CommitReceipt& receipt) {
    const auto report = verify(after);
    for (const policy::Gate gate : policy::all_gates) {
        require(!report.asked(gate) || report.state(gate) == policy::GateState::passed ||
                (gate == policy::Gate::signatures && plan.stranger));
    }
    require(report.is_valid() == !plan.stranger);
    require(report.head == receipt.version_hash);
    const auto view = format::FileView::parse(after);
    const auto payload = policy::payload_unverified(*view);
    require(payload.has_value() && equal(*payload, as_bytes(plan.message)));
    const auto history = policy::history(*view);
    require(history.has_value() && history->back().message == plan.message &&
            history->back().number == receipt.version);
}

// What must succeed: a genuine file, an author who may, a message that is text, no mishap.
bool must_succeed(const Plan& plan, bool was_valid) {
    const bool allowed = plan.appends()
                             ? was_valid && !plan.early && (!plan.stranger || plan.unchecked)
                             : plan.operation == Operation::replace;
    return allowed && plan.failing_call == 0 && !find_utf8_fault(plan.message);
}

// A call that fails, once.
MemoryEnv::Fault fault_of(const Plan& plan) {
    return [wanted = plan.failing_call](std::uint64_t index, const MemoryEnv::CallRecord&) {
        return index + 1 == wanted ? EIO : 0;
    };
}

// Calls after which a failure is told though the new file is in place, or a temporary file stays.
bool struck(const MemoryEnv& env, const Plan& plan, MemoryEnv::Call call) {
    const auto calls = env.calls();
    return plan.failing_call != 0 && plan.failing_call <= calls.size() &&
           calls[plan.failing_call - 1U].call == call;
}

void check(const Plan& plan) {
    MemoryEnv env;
    env.set_now(fuzz::now);
    env.put(path, plan.file);
    const bool was_valid = verify(plan.file).is_valid();
    env.set_fault(fault_of(plan));
    const auto receipt = run(env, plan);
    const bool sync_failed = struck(env, plan, MemoryEnv::Call::sync_directory);
    const bool remove_failed = struck(env, plan, MemoryEnv::Call::remove);
    env.set_fault({});

    const Bytes after = *env.get(path);
    require(remove_failed || (*env.open_directory(directory))->list()->size() == 1);
    require(receipt.has_value() || !must_succeed(plan, was_valid));
    if (!receipt) {
        require(!receipt.error().full_message().empty());
        require(equal(after, plan.file) ||
                (sync_failed && verify(after).is_valid() != plan.stranger));
        return;
    }
    require(plan.operation != Operation::create);
    require_written(plan, after, *receipt);
    if (plan.appends()) {
        require(was_valid && (!plan.stranger || plan.unchecked));
        require_history_kept(plan.file, after, plan.operation == Operation::commit ? 1 : 2);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check(plan_of(fuzz::Input(data, size)));
    return 0;
}
