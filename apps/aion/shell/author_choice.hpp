// SPDX-License-Identifier: MIT OR Apache-2.0
// Authors as people type them: by id, or by the name that a registry has for them.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/trust/registry.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// An author id, or a name that nobody looked up yet.
using AuthorChoice = std::variant<AuthorId, std::string>;

/// What can be said of `text` before there is a registry: a decimal number is an id, what
/// `trust::check_author_name` lets pass is a name. The error is that of a number.
[[nodiscard]] std::expected<AuthorChoice, std::string_view> parse_author(std::string_view text);

/// As it was meant: `1001`, `alice`. Not escaped.
[[nodiscard]] std::string to_text(const AuthorChoice& choice);

/// The author. An id need not be one of `registry`'s; a name must be, and whoever mistyped one is
/// told what it could have been.
[[nodiscard]] Outcome<AuthorId> resolve_author(const AuthorChoice& choice,
                                               const trust::Registry& registry);
/// The same where no registry was named, so that names are nobody's.
[[nodiscard]] Outcome<AuthorId> resolve_author(const AuthorChoice& choice);
/// All of them, in the order given.
[[nodiscard]] Outcome<std::vector<AuthorId>> resolve_authors(std::span<const AuthorChoice> choices,
                                                             const trust::Registry& registry);

}  // namespace aion::cli
