// SPDX-License-Identifier: MIT OR Apache-2.0
// What predicates have in common when they are read and written.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "aion/base/json_writer.hpp"
#include "aion/supply/statement.hpp"
#include "base/json_reader.hpp"

namespace aion::supply {

/// How errors about statements begin.
inline constexpr std::string_view statement_prefix = "in-toto statement: ";

[[nodiscard]] Result<json::Document> parse_statement(std::string_view text);

/// Error: the statement is of another predicate type. `root` is its object.
[[nodiscard]] Result<> require_predicate(const Statement& statement, const json::ObjectReader& root,
                                         std::string_view type);

/// An object whose members are digests. Error: one that is no string.
[[nodiscard]] Result<DigestSet> digests_in(const json::ObjectReader& object);

/// In the order of their names.
void write_digests(JsonWriter& out, const DigestSet& digests);

/// A statement of `type` about `subjects`, whose predicate, one value, `predicate` writes. Errors:
/// `invalid_argument` for no subject; those of `predicate`.
[[nodiscard]] Result<Statement> make_statement(
    std::span<const Artifact> subjects, std::string_view type, StatementForm form,
    const std::function<Result<>(JsonWriter&)>& predicate);

}  // namespace aion::supply
