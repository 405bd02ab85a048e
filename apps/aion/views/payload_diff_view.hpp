// SPDX-License-Identifier: MIT OR Apache-2.0
// What differs in the payloads of two files (docs/diff.md#payloads).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/document_writer.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/examine.hpp"
#include "aion/report/structural_diff.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// Payloads of more bytes are not compared but by their hashes.
inline constexpr std::uint64_t largest_payload = std::uint64_t{64} << 20U;

/// How payloads are compared.
enum class PayloadForm : std::uint8_t { lines, markers, structure };

struct PayloadDiffView {
    PayloadForm form = PayloadForm::lines;
    std::size_t context = 3;  ///< Equal lines around each change.
    std::string a_label;      ///< Not escaped.
    std::string b_label;
    const policy::Examination& a;
    const policy::Examination& b;
    /// If that was asked for and both payloads are there.
    std::optional<report::StructuralDiff> structure = {};
};

/// Why the payload of a file is not there to be compared; nothing if it is.
[[nodiscard]] std::optional<std::string> why_no_payload(const policy::Examination& file);

/// Whether the payloads can be compared by lines, if that is asked for. What follows is of those
/// that can.
[[nodiscard]] Result<> check_payloads(const PayloadDiffView& view);

/// Exactly what patch(1) takes, unless standard output is a terminal.
void write_text(Console& console, const PayloadDiffView& view);
void write(DocumentWriter& out, const PayloadDiffView& view);

}  // namespace aion::cli
