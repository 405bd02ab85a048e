// SPDX-License-Identifier: MIT OR Apache-2.0
// How many of whom must have signed the head of a file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/trust/registry.hpp"

namespace aion::policy {

/// At least `threshold` of `authors`, with distinct keys and distinct master keys: one person who
/// is registered twice counts once.
struct Requirement {
    std::uint32_t threshold = 1;
    std::vector<AuthorId> authors;  ///< Ascending, none twice, at least `threshold`.
    friend bool operator==(const Requirement&, const Requirement&) = default;
};

inline constexpr std::size_t max_required_authors = 1024;
/// Of the text, in bytes.
inline constexpr std::size_t max_requirement_size = std::size_t{64} << 10U;

/// Reads `any 2 of alice,bob,1003`, `all of alice,bob` or `alice` alone: names that `registry` has,
/// or author ids that it has. White space around words, and one line feed at the end, are ignored.
/// Errors: `invalid_argument`, saying what is wrong: no such form, an author whom the registry does
/// not know or who is there twice, a threshold of 0 or above the number of authors.
[[nodiscard]] Result<Requirement> requirement_from_text(std::string_view text,
                                                        const trust::Registry& registry);

/// `any 2 of alice, bob, 1003`: the names of `registry`, where it has them.
[[nodiscard]] std::string to_text(const Requirement& requirement, const trust::Registry& registry);

}  // namespace aion::policy
