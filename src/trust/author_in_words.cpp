// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/author_in_words.hpp"

#include <fmt/format.h>

namespace aion::trust {

namespace {

std::string named_or(std::string_view otherwise, const Registry& registry, AuthorId author) {
    const std::string_view name = registry.author_name(author);
    return name.empty() ? fmt::format("{}{}", otherwise, author.value)
                        : fmt::format("{} ({})", name, author.value);
}

}  // namespace

std::string author_in_words(const Registry& registry, AuthorId author) {
    return named_or("author ", registry, author);
}

std::string author_in_list(const Registry& registry, AuthorId author) {
    return named_or("", registry, author);
}

}  // namespace aion::trust
