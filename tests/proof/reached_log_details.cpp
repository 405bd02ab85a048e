// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_log_details.hpp"

#include "aion/base/memory_env.hpp"
#include "aion/tlog/log_store.hpp"
#include "tlog/log_world.hpp"
#include "tlog/memory_ledger.hpp"

namespace aion::proof {
namespace {

using tlog::LedgerDetail;
using tlog::LogDetail;
using tlog::test::entries_of;
using tlog::test::LogWorld;

// Of a log whose checkpoint was put back.
Outcome went_back() {
    MemoryEnv env;
    LogWorld world(env);
    test::ok(world.create());
    const Bytes former = env.get("/w/log/checkpoint").value();
    test::ok(world.append(entries_of(0, 2)));
    const auto log = test::ok(world.read());
    env.put("/w/log/checkpoint", former);
    return outcome(log->refresh());
}

Outcome bad_keys() {
    MemoryEnv env;
    LogWorld world(env);
    test::ok(world.create());
    env.put("/w/log/keys/1", env.get("/w/log/keys/0").value());
    return outcome(world.read());
}

Outcome other_key() {
    MemoryEnv env;
    LogWorld world(env);
    test::ok(world.create());
    return outcome(world.write(tlog::test::strangers));
}

// Of a log with an entry, and a ledger with other ones.
Outcome shared(const std::vector<Bytes>& entries, bool has_checkpoint) {
    MemoryEnv env;
    LogWorld world(env);
    test::ok(world.create());
    tlog::test::MemoryLedger ledger;
    if (has_checkpoint) {
        ledger.note = test::ok(world.read())->note();
    }
    test::ok(world.append(entries_of(0, 1)));
    ledger.entries = entries;
    return outcome(test::ok(world.write())->share(ledger));
}

}  // namespace

Outcome provoke(LogDetail detail) {
    MemoryEnv env;
    switch (detail) {
        case LogDetail::log_no_log:
            return outcome(tlog::LogStore::open(env, "/w/nowhere"));
        case LogDetail::log_bad_keys:
            return bad_keys();
        case LogDetail::log_other_key:
            return other_key();
        case LogDetail::log_went_back:
            return went_back();
    }
    return std::nullopt;
}

Outcome provoke(LedgerDetail detail) {
    switch (detail) {
        case LedgerDetail::ledger_failed:
            return outcome(Result<>(fail(tlog::ledger_error("commit", "disk full"))));
        case LedgerDetail::ledger_went_back:
            return shared({}, true);
        case LedgerDetail::ledger_other_log:
            return shared(entries_of(0, 2), false);
    }
    return std::nullopt;
}

}  // namespace aion::proof
