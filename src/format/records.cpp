// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/format/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "aion/crypto/hash.hpp"
#include "aion/crypto/hash_each.hpp"
#include "base/names.hpp"
#include "format/details.hpp"
#include "format/sections.hpp"

namespace aion::format {

namespace {

constexpr std::string_view version_domain_text = "AION_V2_VERSION_SIGNATURE_V1";
constexpr std::string_view attestation_domain_text = "AION_V2_ATTESTATION_V1";

constexpr NameTable action_texts(std::to_array<Named<AuditAction>>({
                                     {AuditAction::create_genesis, "Create genesis version"},
                                     {AuditAction::commit_version, "Commit new version"},
                                     {AuditAction::verify, "Verify signatures"},
                                     {AuditAction::inspect, "Inspect file"},
                                 }),
                                 Naming::other_words);

template <class Record>
ByteView bytes_of_all(std::span<const Record> records) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes of byte structs.
    return {reinterpret_cast<const std::uint8_t*>(records.data()), records.size_bytes()};
}

static_assert(version_domain_text.size() + version_body_size == version_message_size);

}  // namespace

std::string_view describe(AuditAction action) noexcept {
    const Named<AuditAction>* row = action_texts.find(action);
    return row == nullptr ? "Unknown action" : row->name;
}

bool is_known_action(std::uint16_t code) noexcept {
    return action_texts.find(AuditAction{code}) != nullptr;
}

Hash version_hash(const VersionRecord& record) {
    return crypto::blake3(record.body());
}

void version_hashes(std::span<const VersionRecord> records, std::span<Hash> hashes) {
    crypto::blake3_each(bytes_of_all(records), version_record_size, version_body_size, hashes);
}

Hash audit_hash(const AuditRecord& record) {
    return crypto::blake3(record.all());
}

void audit_hashes(std::span<const AuditRecord> records, std::span<Hash> hashes) {
    crypto::blake3_each(bytes_of_all(records), audit_record_size, audit_record_size, hashes);
}

Result<AuditAction> action_of(const AuditRecord& record) {
    const std::uint16_t code = record.action;
    if (!is_known_action(code)) {
        return fail(invalid_action_code(code));
    }
    return static_cast<AuditAction>(code);
}

Result<AuditRecord> audit_record_from(ByteView bytes) {
    if (bytes.size() != audit_record_size) {
        return fail(invalid<FormatDetail::audit_entry_size>(bytes.size()));
    }
    return overlay<AuditRecord>(bytes).front();
}

Result<> check_audit_link(const AuditRecord& entry, const AuditRecord& previous) {
    const Hash expected = audit_hash(previous);
    if (entry.previous_hash != expected) {
        return fail(broken_audit_chain(expected, entry.previous_hash));
    }
    const std::uint64_t time = entry.timestamp;
    const std::uint64_t time_before = previous.timestamp;
    if (time < time_before) {
        return fail(error_because(
            ErrorCode::invalid_timestamp,
            fmt::format("Entry timestamp {} is before previous entry {}", time, time_before)));
    }
    if (!reserved_is_zero(entry)) {
        return fail(invalid<FormatDetail::audit_reserved_bytes>());
    }
    return {};
}

ByteView version_signature_domain() noexcept {
    return as_bytes(version_domain_text);
}

ByteView attestation_domain() noexcept {
    return as_bytes(attestation_domain_text);
}

std::array<std::uint8_t, version_message_size> version_message(
    const VersionRecord& record) noexcept {
    std::array<std::uint8_t, version_message_size> message{};
    const ByteView domain = version_signature_domain();
    std::ranges::copy(domain, message.begin());
    std::ranges::copy(record.body(), std::span(message).subspan(domain.size()).begin());
    return message;
}

}  // namespace aion::format
