// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "aion/base/utf8.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/hash.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "crypto/hash_threads.hpp"
#include "policy/details.hpp"
#include "policy/evaluate.hpp"
#include "policy/payload.hpp"

namespace aion::policy {

using format::AuditAction;
using format::AuditRecord;
using format::FileImage;
using format::HeaderRecord;
using format::SignatureRecord;
using format::VersionRecord;

namespace {

template <class Record>
void copy_records(std::span<Record> to, std::span<const Record> past,
                  const std::vector<Record>& added) {
    std::ranges::copy(added, std::ranges::copy(past, to.begin()).out);
}

Result<> require_message(std::string_view message) {
    if (message.size() > UINT32_MAX) {
        return fail(error_because(ErrorCode::resource_exhausted,
                                  "a commit message is limited to 4294967295 bytes"));
    }
    if (const auto fault = find_utf8_fault(message)) {
        return fail(
            error_because(ErrorCode::invalid_utf8, "commit message: " + aion::describe(*fault)));
    }
    return {};
}

// For those who sign in this process and bring no cache: whoever signs often gets a table. It holds
// one of the widest, or a few dozen of the usual ones; verdicts never depend on it.
crypto::KeyCache& keys_of_signers() {
    constexpr std::size_t memory_bound = std::size_t{4} << 20U;
    // Never destroyed: something may still be signed while the process ends.
    static crypto::KeyCache& keys = *std::make_unique<crypto::KeyCache>(memory_bound).release();
    return keys;
}

}  // namespace

Result<Draft> Draft::empty(Env& env, std::optional<FileId> file_id, unsigned threads) {
    Draft draft(env);
    draft.threads_ = threads;
    if (file_id) {
        draft.file_id_ = *file_id;
        return draft;
    }
    std::array<std::uint8_t, sizeof(std::uint64_t)> random{};
    AION_TRY(env.random(random));
    for (const std::uint8_t byte : random) {
        draft.file_id_.value = draft.file_id_.value << 8U | byte;
    }
    return draft;
}

Result<Draft> Draft::continuing(Env& env, ByteView file, unsigned threads) {
    Draft draft(env);
    draft.threads_ = threads;
    AION_TRY_ASSIGN(const auto view, format::FileView::parse(file));
    draft.file_id_ = view.file_id();
    AION_TRY_ASSIGN(draft.versions_, view.versions());
    AION_TRY_ASSIGN(draft.signatures_, view.signatures());
    AION_TRY_ASSIGN(draft.audit_, view.audit());
    AION_TRY_ASSIGN(draft.strings_, view.strings());
    return draft;
}

// In as many threads as the caller allows: by itself, hashing takes what AION_THREADS does.
template <class Hashing>
void Draft::hash_in_threads(std::size_t size, const Hashing& hashing) const {
    const unsigned threads = crypto::hash_threads(threads_, size);
    const auto parallelism =
        threads > 1 ? crypto::Parallelism::all_cores : crypto::Parallelism::one_thread;
    together(threads, [&] { hashing(parallelism); });
}

const VersionRecord* Draft::last() const noexcept {
    if (!new_versions_.empty()) {
        return &new_versions_.back();
    }
    return versions_.empty() ? nullptr : &versions_.back();
}

Result<VersionNumber> Draft::next_number() const {
    if (last() == nullptr) {
        return genesis_version;
    }
    const auto number = next(VersionNumber{last()->number});
    if (!number) {
        return fail(version_overflow(VersionNumber{UINT64_MAX}));
    }
    return *number;
}

Result<Timestamp> Draft::time_for(const NewVersion& version, bool& clamped) const {
    const Timestamp earliest{last() == nullptr ? 0 : std::uint64_t{last()->timestamp}};
    if (!version.timestamp) {
        const Timestamp now = env_->now();
        clamped = now < earliest;
        return std::max(now, earliest);
    }
    if (*version.timestamp < earliest) {
        return fail(error_because(
            ErrorCode::invalid_timestamp,
            fmt::format("{} is before the last version's {}; time never runs backwards in a file",
                        version.timestamp->value, earliest.value)));
    }
    return *version.timestamp;
}

Result<Draft::Unsigned> Draft::prepare(const NewVersion& version) const {
    AION_TRY(require_message(version.message));
    Unsigned next{.version = version, .record = {}, .receipt = {}};
    VersionRecord& record = next.record;
    CommitReceipt& receipt = next.receipt;
    AION_TRY_ASSIGN(receipt.version, next_number());
    record.number = receipt.version.value;
    if (const VersionRecord* parent = last()) {
        record.parent_hash = format::version_hash(*parent);
    }
    AION_TRY_ASSIGN(receipt.timestamp, time_for(version, receipt.timestamp_clamped));
    hash_in_threads(version.payload.size(), [&](crypto::Parallelism parallelism) {
        record.rules_hash = crypto::blake3(version.payload, parallelism);
    });
    record.author = version.author.value;
    record.timestamp = receipt.timestamp.value;
    record.message_offset = strings_.size() + new_strings_.size();
    record.message_length = static_cast<std::uint32_t>(version.message.size());
    receipt.file_id = file_id_;
    receipt.version_hash = format::version_hash(record);
    receipt.rules_hash = record.rules_hash;
    return next;
}

Result<CommitReceipt> Draft::sign(const Unsigned& next, const PublicKey& key,
                                  crypto::Signer& signer, crypto::KeyCache* keys) {
    std::array<std::uint8_t, crypto::aead_nonce_size> nonce{};
    AION_TRY(env_->random(nonce));

    const auto message = format::version_message(next.record);
    AION_TRY_ASSIGN(const Signature signature, signer.sign(message));
    if (!crypto::verify(key, message, signature, keys != nullptr ? keys : &keys_of_signers())) {
        return fail(error_because(ErrorCode::invalid_signature, "signature verification failed"));
    }

    SignatureRecord signed_by{};
    signed_by.author = next.version.author.value;
    signed_by.public_key = key;
    signed_by.signature = signature;
    append_audit(next.record);
    new_versions_.push_back(next.record);
    new_signatures_.push_back(signed_by);
    const std::string_view text = next.version.message;
    new_strings_.insert(new_strings_.end(), text.begin(), text.end());
    new_strings_.push_back(0);
    payload_ = next.version.payload;
    nonce_ = nonce;
    return next.receipt;
}

void Draft::append_audit(const VersionRecord& record) {
    const AuditRecord* previous = audit_.empty() ? nullptr : &audit_.back();
    if (!new_audit_.empty()) {
        previous = &new_audit_.back();
    }
    AuditRecord entry{};
    entry.timestamp = record.timestamp;
    entry.author = record.author;
    entry.action = static_cast<std::uint16_t>(previous == nullptr ? AuditAction::create_genesis
                                                                  : AuditAction::commit_version);
    if (previous != nullptr) {
        entry.previous_hash = format::audit_hash(*previous);
    }
    new_audit_.push_back(entry);
}

void Draft::fill_header(HeaderRecord& header) const {
    const VersionRecord& first = versions_.empty() ? new_versions_.front() : versions_.front();
    header.flags = format::flag_encrypted;
    header.file_id = file_id_.value;
    header.current_version = last()->number;
    header.root_hash = first.rules_hash;
    header.current_hash = last()->rules_hash;
    header.created_at = first.timestamp;
    header.modified_at = last()->timestamp;
}

Result<FileImage> Draft::image() const {
    FileImage image({.payload_size = payload_.size() + seal_overhead,
                     .versions = versions_.size() + new_versions_.size(),
                     .signatures = signatures_.size() + new_signatures_.size(),
                     .audit = audit_.size() + new_audit_.size(),
                     .strings_size = strings_.size() + new_strings_.size()});
    fill_header(image.header());
    AION_TRY(
        seal_payload(payload_, file_id_, VersionNumber{last()->number}, nonce_, image.payload()));
    copy_records(image.versions(), versions_, new_versions_);
    copy_records(image.signatures(), signatures_, new_signatures_);
    copy_records(image.audit(), audit_, new_audit_);
    std::ranges::copy(new_strings_, std::ranges::copy(strings_, image.strings().begin()).out);
    hash_in_threads(image.bytes().size(),
                    [&](crypto::Parallelism parallelism) { image.finish(parallelism); });

    // The past was verified where it was read and every new signature when it was made, so this
    // looks at what was put together here: layout, header, new links of chain and audit trail.
    PrivateFile made(image);
    const Subject subject(made);
    for (const GateOutcome& outcome :
         {structure_gate(subject), header_gate(subject), chain_gate(subject, versions_.size()),
          audit_gate(subject, versions_.size())}) {
        if (outcome.state() != GateState::passed) {
            return fail(invalid<PolicyDetail::draft_unsound>(
                outcome.findings().empty() ? name_of(outcome.gate())
                                           : outcome.findings().front().message));
        }
    }
    return image;
}

void Draft::remember(const trust::Registry& registry, HistoryCache* cache) const {
    if (cache == nullptr) {
        return;
    }
    std::vector<VersionRecord> versions(versions_.begin(), versions_.end());
    versions.insert(versions.end(), new_versions_.begin(), new_versions_.end());
    std::vector<SignatureRecord> signatures(signatures_.begin(), signatures_.end());
    signatures.insert(signatures.end(), new_signatures_.begin(), new_signatures_.end());
    HistoryCacheAccess::insert(*cache, history_digest(versions, signatures, registry));
}

}  // namespace aion::policy
