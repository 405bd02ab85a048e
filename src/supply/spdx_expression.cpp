// SPDX-License-Identifier: MIT OR Apache-2.0
#include "supply/spdx_expression.hpp"

#include <algorithm>

#include "aion/base/ascii.hpp"

namespace aion::supply {
namespace {

constexpr bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_hex(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr bool is_id_character(char c) noexcept {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.';
}

bool is_id(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, is_id_character);
}

bool is_listed(std::string_view list, std::string_view id) noexcept {
    for (std::size_t at = list.find(id); at != std::string_view::npos; at = list.find(id, at + 1)) {
        if (list[at - 1] == ' ' && list[at + id.size()] == ' ') {
            return true;
        }
    }
    return false;
}

bool is_same_in_any_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

// `LicenseRef-x`, `DocumentRef-d:LicenseRef-x`; for exceptions `AdditionRef-x`.
bool is_reference(std::string_view word, std::string_view beginning) noexcept {
    constexpr std::string_view document = "DocumentRef-";
    if (word.starts_with(document)) {
        const std::size_t colon = word.find(':');
        if (colon == std::string_view::npos || !is_id(word.substr(0, colon))) {
            return false;
        }
        word.remove_prefix(colon + 1);
    }
    return word.starts_with(beginning) && is_id(word.substr(beginning.size()));
}

bool is_operator(std::string_view word, std::string_view upper, std::string_view lower) noexcept {
    return word == upper || word == lower;
}

// Goes over an expression word by word.
class Parser {
  public:
    SpdxExpression parse(std::string_view text) {
        while (true) {
            text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
            if (text.empty()) {
                break;
            }
            const bool is_bracket = text.front() == '(' || text.front() == ')';
            const std::size_t size =
                is_bracket ? 1 : std::min(text.find_first_of(" \t()"), text.size());
            if (!take(text.substr(0, size))) {
                return {};
            }
            text.remove_prefix(size);
        }
        if (state_ == State::operand || state_ == State::exception || open_ != 0) {
            return {};
        }
        found_.is_valid = true;
        return found_;
    }

  private:
    enum class State : std::uint8_t {
        operand,    // A licence or an opening bracket comes next.
        license,    // Behind a licence.
        complete,   // Behind a licence with its exception, or a closing bracket.
        exception,  // Behind WITH.
    };

    bool take(std::string_view word) {
        switch (state_) {
            case State::operand:
                return take_operand(word);
            case State::exception:
                return take_exception(word);
            case State::license:
                if (is_operator(word, "WITH", "with")) {
                    state_ = State::exception;
                    return true;
                }
                break;
            case State::complete:
                break;
        }
        if (word == ")") {
            state_ = State::complete;
            return open_-- > 0;
        }
        state_ = State::operand;
        return is_operator(word, "AND", "and") || is_operator(word, "OR", "or");
    }

    bool take_operand(std::string_view word) {
        if (word == "(") {
            ++open_;
            return true;
        }
        state_ = State::license;
        found_.is_compound = ++licenses_ > 1;
        if (word.starts_with("LicenseRef-") || word.starts_with("DocumentRef-")) {
            return is_reference(word, "LicenseRef-");
        }
        const std::string_view id = word.ends_with('+') ? word.substr(0, word.size() - 1) : word;
        if (!is_spdx_license(id)) {
            found_.unknown.push_back(id);
        }
        return is_id(id);
    }

    bool take_exception(std::string_view word) {
        state_ = State::complete;
        if (word.starts_with("AdditionRef-") || word.starts_with("DocumentRef-")) {
            return is_reference(word, "AdditionRef-");
        }
        if (!is_listed(spdx_exception_ids, word)) {
            found_.unknown.push_back(word);
        }
        return is_id(word);
    }

    SpdxExpression found_;
    State state_ = State::operand;
    std::size_t open_ = 0;
    std::size_t licenses_ = 0;
};

// Of a URI behind its scheme; an address in brackets counts as one.
bool is_uri_character(char c) noexcept {
    constexpr std::string_view others = "-._~:/?#[]@!$&'()*+,;=";
    return is_letter(c) || is_digit(c) || others.find(c) != std::string_view::npos;
}

// Brackets are for an IP address in the authority, and a fragment has no second number sign.
bool has_good_brackets(std::string_view rest) noexcept {
    const std::size_t open = rest.find('[');
    const std::size_t close = rest.find(']');
    if (open != std::string_view::npos || close != std::string_view::npos) {
        const std::size_t end = std::min(rest.find_first_of("/?#", 2), rest.size());
        const bool is_address = rest.starts_with("//") && open < close && close < end;
        if (!is_address || rest.find('[', open + 1) != std::string_view::npos ||
            rest.find(']', close + 1) != std::string_view::npos) {
            return false;
        }
        const std::string_view address = rest.substr(open + 1, close - open - 1);
        const bool is_ip = !address.empty() && std::ranges::all_of(address, [](char c) {
            return is_hex(c) || c == ':' || c == '.';
        });
        if (!is_ip || address.find(':') == std::string_view::npos) {
            return false;
        }
    }
    return std::ranges::count(rest, '#') <= 1;
}

// One part of a CPE: what is neither letter, digit, hyphen, point nor underscore is quoted, but for
// the wildcards at its ends.
bool is_cpe_part(std::string_view part) noexcept {
    if (part == "*" || part == "-") {
        return true;
    }
    const std::size_t first = part.find_first_not_of("*?");
    if (first == std::string_view::npos) {
        return false;
    }
    std::size_t end = part.find_last_not_of("*?") + 1;
    if (part[end - 1] == '\\' && end < part.size()) {
        ++end;  // A quoted wildcard is none.
    }
    for (std::size_t i = first; i < end; ++i) {
        const char c = part[i];
        if (c == '\\') {
            ++i;
            if (i == part.size() || part[i] <= ' ' || part[i] > '~') {
                return false;
            }
        } else if (!is_letter(c) && !is_digit(c) && c != '-' && c != '.' && c != '_') {
            return false;
        }
    }
    return true;
}

}  // namespace

SpdxExpression parse_spdx_expression(std::string_view text) {
    return Parser().parse(text);
}

bool is_spdx_license(std::string_view id) noexcept {
    return is_id(id) && is_listed(spdx_license_ids, id);
}

std::string_view spdx_license_like(std::string_view id) noexcept {
    std::string_view list = spdx_license_ids;
    while (!list.empty()) {
        list.remove_prefix(1);
        const std::string_view one = list.substr(0, list.find(' '));
        if (!one.empty() && is_same_in_any_case(one, id)) {
            return one;
        }
        list.remove_prefix(one.size());
    }
    return {};
}

bool is_uri(std::string_view text) noexcept {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || !is_letter(text.front())) {
        return false;
    }
    const bool is_scheme = std::ranges::all_of(text.substr(0, colon), [](char c) {
        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
    const std::string_view rest = text.substr(colon + 1);
    if (!is_scheme || rest.empty() || !has_good_brackets(rest)) {
        return false;
    }
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (rest[i] == '%') {
            if (rest.size() - i < 3 || !is_hex(rest[i + 1]) || !is_hex(rest[i + 2])) {
                return false;
            }
        } else if (!is_uri_character(rest[i])) {
            return false;
        }
    }
    return true;
}

bool is_cpe23(std::string_view text) noexcept {
    constexpr std::string_view beginning = "cpe:2.3:";
    constexpr std::size_t parts = 11;
    if (!text.starts_with(beginning)) {
        return false;
    }
    text.remove_prefix(beginning.size());
    constexpr std::string_view kinds = "aho*-";
    if (text.size() < 2 || text[1] != ':' || kinds.find(text[0]) == std::string_view::npos) {
        return false;
    }
    std::size_t count = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] == '\\') {
            ++i;
        } else if (i == text.size() || text[i] == ':') {
            if (++count > parts || !is_cpe_part(text.substr(begin, i - begin))) {
                return false;
            }
            begin = i + 1;
        }
    }
    return count == parts;
}

}  // namespace aion::supply
