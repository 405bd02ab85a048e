// SPDX-License-Identifier: MIT OR Apache-2.0
#include "supply/registry_challenge.hpp"

#include <algorithm>

#include "aion/base/ascii.hpp"

namespace aion::supply {
namespace {

bool is_in_tokens(char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// Takes a header apart from front to back. What is read is cut off; nothing is read twice.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    [[nodiscard]] bool is_at_end() const { return text_.empty(); }

    // True if something was skipped.
    bool skip_space() {
        const std::size_t end = std::min(text_.find_first_not_of(" \t"), text_.size());
        text_.remove_prefix(end);
        return end != 0;
    }

    bool skip(char c) {
        if (!text_.starts_with(c)) {
            return false;
        }
        text_.remove_prefix(1);
        return true;
    }

    // Between challenges and parameters there may be empty elements.
    void skip_commas() {
        while (skip_space() || skip(',')) {
        }
    }

    [[nodiscard]] std::string token() {
        const auto* const end = std::ranges::find_if_not(text_, is_in_tokens);
        const auto size = static_cast<std::size_t>(end - text_.begin());
        std::string out(text_.substr(0, size));
        text_.remove_prefix(size);
        return out;
    }

    // `token` or `"quoted"`; nothing if it is neither.
    [[nodiscard]] std::optional<std::string> value() {
        if (!skip('"')) {
            std::string plain = token();
            return plain.empty() ? std::nullopt : std::optional(std::move(plain));
        }
        std::string out;
        while (!text_.empty()) {
            if (skip('"')) {
                return out;
            }
            skip('\\');
            if (text_.empty()) {
                break;
            }
            out += text_.front();
            text_.remove_prefix(1);
        }
        return std::nullopt;
    }

    // Whether what follows is `name =`, a parameter and no new challenge.
    [[nodiscard]] bool is_parameter() const {
        Scanner ahead = *this;
        const bool has_name = !ahead.token().empty();
        ahead.skip_space();
        return has_name && ahead.skip('=') && !ahead.text_.starts_with('=');
    }

  private:
    std::string_view text_;
};

}  // namespace

std::string_view Challenge::parameter(std::string_view name) const {
    const auto found =
        std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
    return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::vector<Challenge>> parse_challenges(std::string_view header) {
    std::vector<Challenge> out;
    Scanner scanner(header);
    scanner.skip_commas();
    while (!scanner.is_at_end()) {
        Challenge challenge{.scheme = ascii_lowered(scanner.token()), .parameters = {}};
        if (challenge.scheme.empty() || out.size() == max_challenges) {
            return std::nullopt;
        }
        scanner.skip_commas();
        while (scanner.is_parameter()) {
            std::string name = ascii_lowered(scanner.token());
            scanner.skip_space();
            scanner.skip('=');
            scanner.skip_space();
            auto value = scanner.value();
            if (!value || challenge.parameters.size() == max_challenge_parameters) {
                return std::nullopt;
            }
            challenge.parameters.emplace_back(std::move(name), *std::move(value));
            scanner.skip_commas();
        }
        out.push_back(std::move(challenge));
    }
    return out;
}

}  // namespace aion::supply
