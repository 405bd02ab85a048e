// SPDX-License-Identifier: MIT OR Apache-2.0
// Parts of an AIBOM as JSON, for the document itself and for formats that carry them as texts.
#pragma once

#include <string>
#include <string_view>

#include "aion/base/json_writer.hpp"
#include "aion/supply/aibom.hpp"
#include "base/json_reader.hpp"

namespace aion::supply {

/// How errors about AIBOMs begin.
inline constexpr std::string_view aibom_prefix = "AIBOM: ";

void write(JsonWriter& out, const License& license);
void write(JsonWriter& out, const SafetyAttestation& attestation);
void write(JsonWriter& out, const ExportControl& control);
void write(JsonWriter& out, const ExternalReference& reference);

[[nodiscard]] Result<License> license_in(const json::ObjectReader& object);
[[nodiscard]] Result<SafetyAttestation> safety_attestation_in(const json::ObjectReader& object);
[[nodiscard]] Result<ExportControl> export_control_in(const json::ObjectReader& object);
[[nodiscard]] Result<ExternalReference> reference_in(const json::ObjectReader& object);

/// One part as a text.
template <class Part>
[[nodiscard]] std::string part_json(const Part& part) {
    std::string text;
    JsonWriter out(text, JsonStyle::minimal);
    write(out, part);
    return text;
}

/// 64 hex digits in either case. Error: `aibom_bad_digest`.
[[nodiscard]] Result<Hash> digest_in(const json::ObjectReader& object, std::string_view key,
                                     std::string_view hex);

/// A text or nothing.
[[nodiscard]] Result<std::optional<std::string>> optional_text(const json::ObjectReader& object,
                                                               std::string_view key);

}  // namespace aion::supply
