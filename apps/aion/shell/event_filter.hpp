// SPDX-License-Identifier: MIT OR Apache-2.0
// The filter language of AION_LOG (docs/errors.md#logs-of-the-command-line).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/events.hpp"

namespace aion::cli {

/// Which events are shown: none, unless a filter says so. Text that is not of the language means
/// `warn`: whoever sets the variable wants to see something. Targets of aion-context 1.0.0
/// (`aion_context::operations`) mean ours.
class EventFilter {
  public:
    /// `text`: the variable's value, or nothing if it is unset.
    explicit EventFilter(std::optional<std::string_view> text);

    /// Whether the text was not of the language.
    [[nodiscard]] bool is_malformed() const noexcept { return malformed_; }

    /// Whether an event of `level` from `target` (a whole module path) is shown.
    [[nodiscard]] bool shows(EventLevel level, std::string_view target) const noexcept;

  private:
    enum class Threshold : std::uint8_t { off, error, warn, info, debug, trace };

    struct Directive {
        std::string target;  ///< Empty: the default for everything else.
        Threshold threshold = Threshold::trace;
    };

    [[nodiscard]] static std::optional<Threshold> level_from(std::string_view text);
    [[nodiscard]] bool parse(std::string_view text);
    [[nodiscard]] bool parse_directive(std::string_view text);
    void add(Directive directive);

    std::vector<Directive> directives_;
    bool malformed_ = false;
};

}  // namespace aion::cli
