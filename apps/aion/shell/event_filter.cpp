// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/event_filter.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/bytes.hpp"
#include "aion/base/utf8.hpp"

namespace aion::cli {
namespace {

constexpr bool is_target_character(char c) noexcept {
    return is_ascii_letter(c) || is_ascii_digit(c) || c == '_' || c == ':' || c == '-';
}

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// What the reference calls `aion_context::operations` is `aion::operations` here.
std::string our_target(std::string_view target) {
    constexpr std::string_view theirs = "aion_context";
    const bool is_theirs = target.starts_with(theirs) &&
                           (target.size() == theirs.size() || target[theirs.size()] == ':');
    return is_theirs ? "aion" + std::string(target.substr(theirs.size())) : std::string(target);
}

}  // namespace

EventFilter::EventFilter(std::optional<std::string_view> text) {
    if (text && (find_utf8_fault(*text) || !parse(*text))) {
        malformed_ = true;
        directives_ = {{"", Threshold::warn}};
    }
}

bool EventFilter::shows(EventLevel level, std::string_view target) const noexcept {
    const Directive* best = nullptr;
    for (const Directive& directive : directives_) {
        if (target.starts_with(directive.target) &&
            (best == nullptr || directive.target.size() >= best->target.size())) {
            best = &directive;
        }
    }
    const Threshold needed = level == EventLevel::warn ? Threshold::warn : Threshold::info;
    return best != nullptr && best->threshold >= needed;
}

std::optional<EventFilter::Threshold> EventFilter::level_from(std::string_view text) {
    static constexpr std::array<std::string_view, 6> names = {"off",  "error", "warn",
                                                              "info", "debug", "trace"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool digit = text.size() == 1 && text[0] == static_cast<char>('0' + i);
        if (digit || std::ranges::equal(text, names[i], {}, ascii_lower)) {
            return static_cast<Threshold>(i);
        }
    }
    return std::nullopt;
}

bool EventFilter::parse(std::string_view text) {
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view item = trimmed(text.substr(0, comma));
        if (!item.empty() && !parse_directive(item)) {
            return false;
        }
        if (comma == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(comma + 1);
    }
}

bool EventFilter::parse_directive(std::string_view text) {
    if (const auto level = level_from(text)) {
        add({"", *level});
        return true;
    }
    const std::size_t equals = text.find('=');
    const std::string_view target = text.substr(0, equals);
    if (target.empty() || !std::ranges::all_of(target, is_target_character)) {
        return false;
    }
    // A word alone that is no level is a misspelt one, unless it is one of our targets.
    if (equals == std::string_view::npos && !our_target(target).starts_with("aion")) {
        return false;
    }
    Directive directive{our_target(target), Threshold::trace};
    if (equals != std::string_view::npos && equals + 1 < text.size()) {
        const auto level = level_from(text.substr(equals + 1));
        if (!level) {
            return false;
        }
        directive.threshold = *level;
    }
    add(std::move(directive));
    return true;
}

void EventFilter::add(Directive directive) {
    const auto same = std::ranges::find(directives_, directive.target, &Directive::target);
    if (same != directives_.end()) {
        *same = std::move(directive);
    } else {
        directives_.push_back(std::move(directive));
    }
}

}  // namespace aion::cli
