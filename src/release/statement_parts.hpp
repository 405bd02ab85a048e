// SPDX-License-Identifier: MIT OR Apache-2.0
// What the statements of receipts and of approvals have in common: they are read by any reader of
// in-toto, and written in one form only, that of the reference.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/release/receipt.hpp"
#include "aion/supply/statement.hpp"
#include "base/json_reader.hpp"

namespace aion::release {

/// How a digest in BLAKE3 is referred to.
inline constexpr std::string_view reference_prefix = "blake3:";

/// Of a text of at most `max_receipt_size` bytes. Errors: those of `json::parse`.
[[nodiscard]] Result<json::Document> parse_text(std::string_view text, std::string_view prefix);

/// The members `subject` and `decision` of a statement and a predicate. Errors: `invalid_format`
/// with a detail of base/json_details.hpp, `receipt_too_many`, `receipt_bad_decision`.
[[nodiscard]] Result<std::vector<supply::Subject>> subjects_in(const json::ObjectReader& statement);
[[nodiscard]] Result<Decision> decision_in(const json::ObjectReader& predicate);

/// `{"_type":…,"subject":[…],"predicateType":…,"predicate":`, for the predicate to follow.
void begin_statement(std::string& out, std::string_view type,
                     std::span<const supply::Subject> subjects, std::string_view predicate_type);

/// The digest that a subject must have, if it is one.
[[nodiscard]] std::optional<Hash> blake3_of(const supply::Subject& subject);

/// Why these are not what a statement can be about, empty if they are: somebody looks for each by
/// its name, and knows it again by its digests.
[[nodiscard]] std::string fault_of(std::span<const supply::Subject> subjects);

}  // namespace aion::release
