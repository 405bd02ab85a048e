// SPDX-License-Identifier: MIT OR Apache-2.0
// A record of a registry's chain as a file of its own.
#include "aion/base/base64.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/trust/registry_record.hpp"
#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "trust/details.hpp"

namespace aion::trust {
namespace {

constexpr std::string_view record_type = "aion.registry-record.v1";
constexpr std::string_view prefix = "registry record: ";
// Base64 of the longest record, and room for whoever lays out the rest.
constexpr std::size_t max_size =
    ((max_record_size + (max_record_signatures * (PublicKey::size + Signature::size))) / 3 * 4) +
    (std::size_t{64} << 10U);

}  // namespace

std::string to_json(const RegistryRecord& record) {
    std::string text;
    JsonWriter out(text, JsonStyle::pretty);
    out.begin_object();
    out.member("type", record_type).member("record", to_base64(encode(record)));
    out.end_object();
    return text + "\n";
}

Result<RegistryRecord> registry_record_from_json(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(text, {.error_prefix = prefix, .max_size = max_size}));
    AION_TRY_ASSIGN(const auto object, json::ObjectReader::root(document, prefix));
    AION_TRY_ASSIGN(const std::string_view type, object.text("type"));
    if (type != record_type) {
        return fail(object.error_at("type", told<TrustDetail::record_bad_type>(record_type)));
    }
    AION_TRY(object.check_only({"type", "record"}));
    AION_TRY_ASSIGN(const std::string_view encoded, object.text("record"));
    const auto bytes = from_base64(encoded);
    if (!bytes) {
        return fail(object.error_at("record",
                                    told<TrustDetail::record_bad_base64>(bytes.error().message())));
    }
    return decode_record(*bytes);
}

}  // namespace aion::trust
