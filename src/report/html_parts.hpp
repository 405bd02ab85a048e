// SPDX-License-Identifier: MIT OR Apache-2.0
// What pages on one file and on many have in common.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/report/compliance.hpp"
#include "report/html_page.hpp"
#include "report/words.hpp"

namespace aion::report {

/// The last part of a path, or all of it where there is none.
[[nodiscard]] std::string_view last_part(std::string_view path) noexcept;

/// How a verdict looks.
enum class Tone : std::uint8_t {
    good,
    odd,  ///< Good by rules that let pass what is not.
    bad,
};
[[nodiscard]] Tone tone_of(bool is_valid, policy::Profile profile) noexcept;

/// The verdict in words that nobody overlooks, before all else, with what `reason` writes below it.
/// Ends inside the banner, which `end_banner` closes.
void begin_banner(Page& page, Tone tone, std::string_view title, std::string_view word);
/// An entry of what is known at a glance; `<dl class="glance">` is the caller's.
Page& glance(Page& page, Markup name);
void end_banner(Page& page);
/// `2026-11-25 22:40:31Z`: may be broken between day and time.
[[nodiscard]] std::string day_and_time(Timestamp time);

/// A link of the list of contents.
struct Entry {
    Markup id;
    Markup name;
};

/// `names` in a list, and where the page goes on with `<main>`.
void write_contents(Page& page, std::span<const Entry> entries);

/// A part of the page with its heading, `id` being what links name.
void begin_section(Page& page, Markup id, Markup heading);
void end_section(Page& page);

/// The next entry of a `<dl class="facts">`; what is written then belongs to it, up to `end_fact`.
Page& fact(Page& page, Markup name);
void end_fact(Page& page);

/// Entries of a `<dl class="facts">`, whole.
void write_facts(Page& page, std::span<const Fact> facts);

/// The sections of the framework. `versions` is where versions are listed: a link for sections that
/// stand on them.
void write_statements(Page& page, const std::vector<Section>& sections, const Entry& versions);

/// What a page like this one is worth, and how to see for oneself. `check` writes the commands.
void begin_footer(Page& page, const Run& run);
void end_footer(Page& page);

}  // namespace aion::report
