// SPDX-License-Identifier: MIT OR Apache-2.0
// Why an export cannot be made or read.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::report {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class ExportDetail : std::uint8_t {
    export_not_like_reference,  ///< The reference would not export this file.
    export_too_large,           ///< More bytes than an export may have.
    export_unknown_form,        ///< Neither the keys nor the columns of an export.
    export_newer,               ///< Of a later kind than this program knows.
    export_missing_key,         ///< A key that must be there is not.
    export_wrong_value,         ///< A value of another type, form or range.
    export_contradiction,       ///< Two places say different things.
    csv_syntax,                 ///< No table.
};

inline constexpr NameTable export_details(std::to_array<DetailRow<ExportDetail>>({
    {ExportDetail::export_not_like_reference, "export_not_like_reference",
     "aion-context 1.0.0 does not export this file: {}"},
    {ExportDetail::export_too_large, "export_too_large", "an export of {} bytes, more than {}"},
    {ExportDetail::export_unknown_form, "export_unknown_form", "not an export: {}"},
    {ExportDetail::export_newer, "export_newer",
     "aion_export is {}: written by a newer version of this program, which reads 1"},
    {ExportDetail::export_missing_key, "export_missing_key", "{}: missing"},
    {ExportDetail::export_wrong_value, "export_wrong_value", "{}: {}"},
    {ExportDetail::export_contradiction, "export_contradiction", "{}: {}"},
    {ExportDetail::csv_syntax, "csv_syntax", "{} in line {}"},
}));

consteval const auto& details_of(ExportDetail /*of which layer*/) {
    return export_details;
}

}  // namespace aion::report
