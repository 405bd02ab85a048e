// SPDX-License-Identifier: MIT OR Apache-2.0
// Rotation and revocation records as files, so that a master key can sign on another machine.
#include <fmt/format.h>

#include "aion/base/base64.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/trust/registry.hpp"
#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "trust/details.hpp"

namespace aion::trust {
namespace {

constexpr std::string_view rotation_type = "aion.rotation.v1";
constexpr std::string_view revocation_type = "aion.revocation.v1";
constexpr std::string_view prefix = "signed record: ";
constexpr std::size_t max_size = std::size_t{64} << 10U;

void write_record(DocumentWriter& out, const RotationRecord& record) {
    out.member("type", rotation_type)
        .member("author_id", record.author.value)
        .member("from_epoch", record.from_epoch.value)
        .member("to_epoch", record.to_epoch.value)
        .member("to_public_key", to_base64(record.to_public_key.view()))
        .member("effective_from_version", record.effective_from.value)
        .member("master_signature", to_base64(record.master_signature.view()));
}

void write_record(DocumentWriter& out, const RevocationRecord& record) {
    out.member("type", revocation_type)
        .member("author_id", record.author.value)
        .member("epoch", record.epoch.value)
        .member("reason", name_of(record.reason))
        .member("effective_from_version", record.effective_from.value)
        .member("master_signature", to_base64(record.master_signature.view()));
}

template <class T>
Result<T> read_octets(const json::ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const std::string_view text, object.text(key));
    const auto bytes = from_base64(text);
    if (!bytes) {
        return fail(
            object.error_at(key, told<TrustDetail::record_bad_base64>(bytes.error().message())));
    }
    if (const auto octets = T::from(*bytes)) {
        return *octets;
    }
    return fail(object.error_at(key, told<TrustDetail::record_bad_size>(T::size, bytes->size())));
}

// A key that nobody knows is refused: the signature would not cover it.
Result<SignedRecord> read_rotation(const json::ObjectReader& object) {
    AION_TRY(object.check_only({"type", "author_id", "from_epoch", "to_epoch", "to_public_key",
                                "effective_from_version", "master_signature"}));
    RotationRecord record;
    AION_TRY_ASSIGN(record.author.value, object.u64("author_id"));
    AION_TRY_ASSIGN(record.from_epoch.value, object.u32("from_epoch"));
    AION_TRY_ASSIGN(record.to_epoch.value, object.u32("to_epoch"));
    AION_TRY_ASSIGN(record.to_public_key, read_octets<PublicKey>(object, "to_public_key"));
    AION_TRY_ASSIGN(record.effective_from.value, object.u64("effective_from_version"));
    AION_TRY_ASSIGN(record.master_signature, read_octets<Signature>(object, "master_signature"));
    return record;
}

Result<SignedRecord> read_revocation(const json::ObjectReader& object) {
    AION_TRY(object.check_only(
        {"type", "author_id", "epoch", "reason", "effective_from_version", "master_signature"}));
    RevocationRecord record;
    AION_TRY_ASSIGN(record.author.value, object.u64("author_id"));
    AION_TRY_ASSIGN(record.epoch.value, object.u32("epoch"));
    AION_TRY_ASSIGN(const std::string_view name, object.text("reason"));
    const auto reason = revocation_reason_from_name(name);
    if (!reason) {
        return fail(object.error_at("reason", told<TrustDetail::revocation_bad_reason>()));
    }
    record.reason = *reason;
    AION_TRY_ASSIGN(record.effective_from.value, object.u64("effective_from_version"));
    AION_TRY_ASSIGN(record.master_signature, read_octets<Signature>(object, "master_signature"));
    return record;
}

}  // namespace

std::string to_json(const SignedRecord& record) {
    std::string text;
    JsonWriter out(text, JsonStyle::pretty);
    out.begin_object();
    std::visit([&](const auto& one) { write_record(out, one); }, record);
    out.end_object();
    return text + "\n";
}

Result<SignedRecord> signed_record_from_json(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(text, {.error_prefix = prefix, .max_size = max_size}));
    AION_TRY_ASSIGN(const auto object, json::ObjectReader::root(document, prefix));
    AION_TRY_ASSIGN(const std::string_view type, object.text("type"));
    if (type == rotation_type) {
        return read_rotation(object);
    }
    if (type == revocation_type) {
        return read_revocation(object);
    }
    return fail(object.error_at(
        "type", told<TrustDetail::record_bad_type>("aion.rotation.v1 or aion.revocation.v1")));
}

}  // namespace aion::trust
