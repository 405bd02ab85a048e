// SPDX-License-Identifier: MIT OR Apache-2.0
// The filter language of AION_LOG (docs/errors.md, "Logs of the command line").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/events.hpp"

namespace aion::cli {

/// Which events are shown. Text that is not of the language gives the default filter, `warn`.
class EventFilter {
  public:
    /// `text`: the variable's value, or nothing if it is unset.
    explicit EventFilter(std::optional<std::string_view> text);

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
};

}  // namespace aion::cli
