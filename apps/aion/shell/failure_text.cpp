// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/failure_text.hpp"

#include <fmt/format.h>

#include <span>

namespace aion::cli {

std::string failure_text(const Failure& failure, const std::string& lead) {
    const std::span<const std::string> messages(failure.messages);
    std::string text =
        fmt::format("{} {}\n", lead, messages.empty() ? "" : shown(messages.front()));
    if (!failure.remedy.empty()) {
        text += failure.remedy + "\n";
    }
    if (messages.size() < 2) {
        return text;
    }
    text += "\nCaused by:\n";
    const auto causes = messages.subspan(1);
    for (std::size_t i = 0; i < causes.size(); ++i) {
        text += causes.size() == 1 ? fmt::format("    {}\n", shown(causes[i]))
                                   : fmt::format("{:>5}: {}\n", i, shown(causes[i]));
    }
    return text;
}

void print_failure(Console& console, const Failure& failure) {
    console.write_error(failure_text(failure, console.err().paint(Tone::bad, "Error:")));
}

}  // namespace aion::cli
