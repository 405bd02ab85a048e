// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/receipt_issuer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "aion/base/files.hpp"
#include "base/json_reader.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "release/receipt_details.hpp"

namespace aion::release {
namespace {

constexpr std::string_view prefix = "state of receipts: ";
constexpr std::uint64_t max_state_size = 4096;
constexpr std::uint32_t lock_wait_ms = 10'000;

std::string state_text(AuthorId runtime, std::uint64_t next) {
    return fmt::format("{{\"runtime\":{},\"next_receipt_version\":{}}}\n", runtime.value, next);
}

Result<std::uint64_t> next_in(ByteView text, AuthorId runtime) {
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(as_text(text), {.error_prefix = prefix}));
    AION_TRY_ASSIGN(const json::ObjectReader root, json::ObjectReader::root(document, prefix));
    AION_TRY_ASSIGN(const std::uint64_t owner, root.u64("runtime"));
    AION_TRY_ASSIGN(const std::uint64_t next, root.u64("next_receipt_version"));
    if (owner != runtime.value) {
        return fail(
            root.error_at("runtime", told<ReceiptDetail::receipt_bad_state>(runtime.value)));
    }
    return next;
}

}  // namespace

ReceiptIssuer::ReceiptIssuer(Env& env, crypto::Signer& key, IssuerOptions options)
    : env_(&env), key_(&key), options_(std::move(options)) {}

// The file is replaced, never written in place, and each writer holds the lock of the one that it
// replaces: the next one waits, and then locks the new one.
Result<> ReceiptIssuer::reserve(std::uint64_t count) {
    AION_TRY_ASSIGN(const Place place, locate_to_write(*env_, options_.state));
    AION_TRY_ASSIGN(const auto info, place.directory->info(place.name));
    std::unique_ptr<FileLock> lock;
    std::uint64_t next = options_.first.value;
    WriteOptions writing{.replace = Replace::never};
    if (info) {
        AION_TRY_ASSIGN(lock, place.directory->lock(place.name, lock_wait_ms));
        AION_TRY_ASSIGN(const auto content, lock->read(max_state_size));
        AION_TRY_ASSIGN(next, next_in(content->bytes(), options_.runtime));
        writing.replace = Replace::always;
        writing.expected = content->info().identity;
        writing.lock = lock.get();
    }
    const std::uint64_t wanted = std::max<std::uint64_t>(count, options_.block);
    if (next > UINT64_MAX - count) {
        return fail(version_overflow(VersionNumber{UINT64_MAX}));
    }
    const std::uint64_t end = wanted > UINT64_MAX - next ? UINT64_MAX : next + wanted;
    const std::string text = state_text(options_.runtime, end);
    const ByteView bytes = as_bytes(text);
    AION_TRY(write_file_atomically(*env_, place, {&bytes, 1}, writing));
    next_ = next;
    end_ = end;
    return {};
}

Result<VersionNumber> ReceiptIssuer::take(std::uint64_t count) {
    if (count > end_ - next_) {
        auto reserved = reserve(count);
        // Somebody else made the file first.
        if (!reserved && reserved.error().code() == ErrorCode::file_exists) {
            reserved = reserve(count);
        }
        AION_TRY(std::move(reserved));
    }
    return VersionNumber{std::exchange(next_, next_ + count)};
}

void ReceiptIssuer::set_checkpoint(std::optional<tlog::Checkpoint> checkpoint) {
    checkpoint_ = checkpoint ? std::optional(checkpoint_input(*checkpoint)) : std::nullopt;
}

Result<std::vector<Receipt>> ReceiptIssuer::issue(const policy::VerifiedPayload& policy,
                                                  std::span<const DecisionFacts> decisions) {
    return issue(PolicyInForce::of(policy), decisions);
}

Result<std::vector<Receipt>> ReceiptIssuer::issue(const PolicyInForce& policy,
                                                  std::span<const DecisionFacts> decisions) {
    AION_TRY_ASSIGN(const VersionNumber first, take(decisions.size()));
    Bytes nonces(decisions.size() * ReceiptNonce::size);
    AION_TRY(env_->random(nonces));
    std::vector<Result<Receipt>> made(decisions.size());
    for_each_piece(thread_limit(options_.threads), decisions.size(), [&](std::size_t i) {
        made[i] = make(policy, decisions[i], VersionNumber{first.value + i},
                       ByteView(nonces).subspan(i * ReceiptNonce::size, ReceiptNonce::size));
    });
    std::vector<Receipt> receipts;
    receipts.reserve(decisions.size());
    for (Result<Receipt>& one : made) {
        AION_TRY_ASSIGN(Receipt receipt, std::move(one));
        receipts.push_back(std::move(receipt));
    }
    return receipts;
}

Result<Receipt> ReceiptIssuer::make(const PolicyInForce& policy, const DecisionFacts& facts,
                                    VersionNumber number, ByteView nonce) const {
    if (facts.inputs.empty()) {
        // Having seen a checkpoint is no input.
        return fail(invalid<ReceiptDetail::receipt_no_input>());
    }
    ReceiptDraft draft{.policy = policy.policy, .trust = policy.trust};
    draft.decision = facts.decision;
    draft.runtime = {.author = options_.runtime, .receipt_version = number};
    draft.nonce = ReceiptNonce::from(nonce);
    draft.approvals = facts.approvals;
    draft.inputs = facts.inputs;
    if (checkpoint_) {
        draft.inputs.push_back(*checkpoint_);
    }
    return seal_receipt(draft, *key_);
}

}  // namespace aion::release
