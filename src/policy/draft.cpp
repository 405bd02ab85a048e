// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "aion/base/utf8.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "crypto/hash_threads.hpp"
#include "policy/details.hpp"
#include "policy/implied.hpp"
#include "policy/sealing.hpp"

namespace aion::policy {

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

Result<Draft> Draft::continuing(Env& env, const Subject& past, std::optional<HistoryDigest> history,
                                unsigned threads) {
    Draft draft(env);
    draft.threads_ = threads;
    if (!past.has_versions() || !past.signatures || !past.audit) {
        return fail(invalid<PolicyDetail::draft_unsound>("the past of a file lacks a section"));
    }
    draft.file_id_ = past.view->file_id();
    draft.versions_ = *past.versions;
    draft.signatures_ = *past.signatures;
    draft.audit_ = *past.audit;
    AION_TRY_ASSIGN(draft.strings_, past.view->strings());
    draft.history_ = std::move(history);
    return draft;
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

Result<Draft::Unsigned> Draft::prepare(const NewVersion& version, Ownership ownership,
                                       const MaySign& may_sign) {
    AION_TRY(require_message(version.message));
    Unsigned next;
    next.message = version.message;
    VersionRecord& record = next.record;
    CommitReceipt& receipt = next.receipt;
    AION_TRY_ASSIGN(receipt.version, next_number());
    record.number = receipt.version.value;
    if (const VersionRecord* parent = last()) {
        record.parent_hash = format::version_hash(*parent);
    }
    AION_TRY_ASSIGN(receipt.timestamp, time_for(version, receipt.timestamp_clamped));
    if (may_sign) {
        AION_TRY(may_sign(receipt.version));
    }
    AION_TRY_ASSIGN(TakenIn taken, take_in(*env_, version.payload, ownership, threads_));
    next.payload = std::move(taken.source);
    record.rules_hash = taken.hash;
    record.author = version.author.value;
    record.timestamp = receipt.timestamp.value;
    record.message_offset = strings_.size() + new_strings_.size();
    record.message_length = static_cast<std::uint32_t>(version.message.size());
    receipt.file_id = file_id_;
    receipt.version_hash = format::version_hash(record);
    receipt.rules_hash = record.rules_hash;
    AION_TRY(env_->random(next.nonce));
    make_room(new_versions_, 1);
    make_room(new_signatures_, 1);
    make_room(new_audit_, 1);
    make_room(new_strings_, version.message.size() + 1);
    return next;
}

// Memory that ends here would leave half a version behind: `prepare` made room for all of it.
void Draft::append(Unsigned next, const std::optional<SignatureRecord>& signature) {
    new_audit_.push_back(audit_of(next.record));
    new_versions_.push_back(next.record);
    if (signature) {
        new_signatures_.push_back(*signature);
    }
    new_strings_.insert(new_strings_.end(), next.message.begin(), next.message.end());
    new_strings_.push_back(0);
    payload_ = std::move(next.payload);
    nonce_ = next.nonce;
}

AuditRecord Draft::audit_of(const VersionRecord& record) const {
    const AuditRecord* previous = audit_.empty() ? nullptr : &audit_.back();
    if (!new_audit_.empty()) {
        previous = &new_audit_.back();
    }
    return audit_entry_of(record, previous);
}

void Draft::fill_header(HeaderRecord& header) const {
    const VersionRecord& first = versions_.empty() ? new_versions_.front() : versions_.front();
    policy::fill_header(header, file_id_, first, *last());
}

format::Layout Draft::layout() const noexcept {
    return {.payload_size = payload_.size() + seal_overhead,
            .versions = versions_.size() + new_versions_.size(),
            .signatures = signatures_.size() + new_versions_.size(),
            .audit = audit_.size() + new_audit_.size(),
            .strings_size = strings_.size() + new_strings_.size()};
}

std::uint64_t Draft::file_size() const noexcept {
    return layout().file_size();
}

void Draft::fill_records(FileImage& image) const {
    copy_records(image.versions(), versions_, new_versions_);
    copy_records(image.signatures(), signatures_, new_signatures_);
    copy_records(image.audit(), audit_, new_audit_);
    std::ranges::copy(new_strings_, std::ranges::copy(strings_, image.strings().begin()).out);
}

// Once, however often the file has to be written.
Result<> Draft::sign(const SignLast& sign_last) {
    if (new_signatures_.size() < new_versions_.size()) {
        if (!sign_last) {
            return fail(invalid<PolicyDetail::draft_unsound>("its last version is not signed"));
        }
        AION_TRY_ASSIGN(const SignatureRecord signature, sign_last());
        new_signatures_.push_back(signature);
    }
    return {};
}

// The past was verified where it was read and every new signature when it was made, so this looks
// at what was put together here: layout, header, new records, new links of chain and audit trail.
Result<> Draft::require_sound(const FileImage& image) const {
    PrivateFile made(image);
    const Subject subject(made);
    const format::CheckedBefore past{.records = versions_.size(), .strings = strings_.size()};
    for (const GateOutcome& outcome : {structure_gate(subject, past), header_gate(subject),
                                       chain_gate(subject, past), audit_gate(subject, past)}) {
        if (outcome.state() != GateState::passed) {
            return fail(invalid<PolicyDetail::draft_unsound>(
                outcome.findings().empty() ? name_of(outcome.gate())
                                           : outcome.findings().front().message));
        }
    }
    return {};
}

Result<FileImage> Draft::write(const ProducedContent::Append& append, const SignLast& sign_last) {
    const bool is_small = payload_.is_in_memory() && payload_.size() < sealed_in_pieces_size;
    return is_small ? write_held(append, sign_last) : write_in_pieces(append, sign_last);
}

// One buffer, one write.
Result<FileImage> Draft::write_held(const ProducedContent::Append& append,
                                    const SignLast& sign_last) {
    FileImage image(layout());
    fill_header(image.header());
    AION_TRY(seal_payload(payload_.bytes(), file_id_, VersionNumber{last()->number}, nonce_,
                          image.payload()));
    AION_TRY(sign(sign_last));
    fill_records(image);
    crypto::hash_in_threads(threads_, image.bytes().size(),
                            [&](crypto::Parallelism parallelism) { image.finish(parallelism); });
    AION_TRY(require_sound(image));
    AION_TRY(append(image.bytes()));
    return image;
}

Result<FileImage> Draft::write_in_pieces(const ProducedContent::Append& append,
                                         const SignLast& sign_last) {
    FileImage image(layout(), FileImage::Payload::passes_by);
    fill_header(image.header());
    AION_TRY_ASSIGN(const SealingKey key,
                    sealing_key(file_id_, VersionNumber{last()->number}, nonce_));
    AION_TRY_ASSIGN(crypto::Blake3 hasher,
                    seal_in_pieces(payload_, last()->rules_hash, key, image.before_payload(),
                                   append, threads_));
    AION_TRY(sign(sign_last));
    fill_records(image);
    image.finish(hasher, crypto::Parallelism::one_thread);
    AION_TRY(require_sound(image));
    AION_TRY(append(image.behind_payload()));
    return image;
}

std::optional<HistoryDigest> Draft::history() const {
    std::optional<HistoryDigest> grown = history_;
    if (grown) {
        grown->append(new_versions_, new_signatures_, new_audit_);
    }
    return grown;
}

std::optional<Hash> Draft::hash_of(VersionNumber number) const {
    const std::uint64_t index = number.value - 1;  // Wraps around for 0, which there is not either.
    if (index < versions_.size()) {
        return format::version_hash(versions_[index]);
    }
    if (index - versions_.size() < new_versions_.size()) {
        return format::version_hash(new_versions_[index - versions_.size()]);
    }
    return std::nullopt;
}

Result<SignatureRecord> sign(const VersionRecord& version, const PublicKey& key,
                             crypto::Signer& signer, crypto::KeyCache* keys) {
    const auto message = format::version_message(version);
    AION_TRY_ASSIGN(const Signature signature, signer.sign(message));
    if (!crypto::verify(key, message, signature, keys != nullptr ? keys : &keys_of_signers())) {
        return fail(error_because(ErrorCode::invalid_signature, "signature verification failed"));
    }
    SignatureRecord record{};
    record.author = version.author;
    record.public_key = key;
    record.signature = signature;
    return record;
}

}  // namespace aion::policy
