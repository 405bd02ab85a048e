// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/requirement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "aion/base/utf8.hpp"
#include "base/try.hpp"

namespace aion::policy {

namespace {

// What of a word an error says.
constexpr std::size_t most_said = 128;

constexpr std::string_view white = " \t";

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(white);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(white) - begin + 1);
}

std::unexpected<Error> refuse(std::string reason) {
    return fail(error_because(ErrorCode::invalid_argument, std::move(reason)));
}

std::unexpected<Error> refuse_form() {
    return refuse(
        "a requirement is `any 2 of alice,bob,1003`, `all of alice,bob` or a single author");
}

std::string said(std::string_view word) {
    return escape_controls(to_valid_utf8(word.substr(0, most_said)));
}

// The first word of `text`, which is taken from it.
std::string_view take_word(std::string_view& text) {
    text = trimmed(text);
    const std::size_t end = std::min(text.find_first_of(white), text.size());
    const std::string_view word = text.substr(0, end);
    text = trimmed(text.substr(end));
    return word;
}

// Nothing for what is no number, or one that is too large.
template <class Number>
std::optional<Number> number_in(std::string_view digits) {
    Number number{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() ? std::optional(number)
                                                                        : std::nullopt;
}

Result<AuthorId> author_in(std::string_view word, const trust::Registry& registry) {
    if (word.empty()) {
        return refuse("there is an author missing in the list");
    }
    if (const auto named = registry.author_named(word)) {
        return *named;
    }
    const auto id = number_in<AuthorId::rep>(word);
    if (!id || !registry.authors().contains(AuthorId{*id})) {
        return refuse(fmt::format("the registry does not know author {}", said(word)));
    }
    return AuthorId{*id};
}

Result<std::vector<AuthorId>> authors_in(std::string_view list, const trust::Registry& registry) {
    std::vector<AuthorId> authors;
    for (bool is_last = false; !is_last;) {
        const std::size_t comma = list.find(',');
        is_last = comma == std::string_view::npos;
        AION_TRY_ASSIGN(const AuthorId author, author_in(trimmed(list.substr(0, comma)), registry));
        authors.push_back(author);
        if (authors.size() > max_required_authors) {
            return refuse(fmt::format("at most {} authors can be named", max_required_authors));
        }
        list.remove_prefix(is_last ? list.size() : comma + 1);
    }
    std::ranges::sort(authors);
    const auto twice = std::ranges::adjacent_find(authors);
    if (twice != authors.end()) {
        return refuse(fmt::format("author {} is named twice", twice->value));
    }
    return authors;
}

Result<Requirement> any_of(std::string_view threshold, std::string_view list,
                           const trust::Registry& registry) {
    const auto number = number_in<std::uint32_t>(threshold);
    if (!number) {
        return refuse(
            fmt::format("how many authors have to sign is a number, not {}", said(threshold)));
    }
    AION_TRY_ASSIGN(std::vector<AuthorId> authors, authors_in(list, registry));
    if (*number == 0 || *number > authors.size()) {
        return refuse(fmt::format("{} of {} authors cannot be required: 1 to {} can", *number,
                                  authors.size(), authors.size()));
    }
    return Requirement{*number, std::move(authors)};
}

}  // namespace

Result<Requirement> requirement_from_text(std::string_view text, const trust::Registry& registry) {
    if (text.size() > max_requirement_size) {
        return refuse(fmt::format("a requirement has at most {} bytes", max_requirement_size));
    }
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    text = trimmed(text);
    std::string_view rest = text;
    const std::string_view first = take_word(rest);
    // A name has no white space, so one that is `any` or `all` cannot be meant where more follows.
    if (first == "any" && !rest.empty() && rest.front() != ',') {
        const std::string_view threshold = take_word(rest);
        return take_word(rest) == "of" ? any_of(threshold, rest, registry) : refuse_form();
    }
    if (first == "all" && !rest.empty() && rest.front() != ',') {
        if (take_word(rest) != "of") {
            return refuse_form();
        }
        AION_TRY_ASSIGN(std::vector<AuthorId> authors, authors_in(rest, registry));
        return Requirement{static_cast<std::uint32_t>(authors.size()), std::move(authors)};
    }
    if (first.empty() || text.find_first_of(", \t") != std::string_view::npos) {
        return refuse_form();
    }
    AION_TRY_ASSIGN(const AuthorId only, author_in(text, registry));
    return Requirement{1, {only}};
}

std::string to_text(const Requirement& requirement, const trust::Registry& registry) {
    std::string text = fmt::format("any {} of ", requirement.threshold);
    for (std::size_t i = 0; i < requirement.authors.size(); ++i) {
        const std::string_view name = registry.author_name(requirement.authors[i]);
        text += i == 0 ? "" : ", ";
        text += name.empty() ? to_string(requirement.authors[i]) : std::string(name);
    }
    return text;
}

}  // namespace aion::policy
