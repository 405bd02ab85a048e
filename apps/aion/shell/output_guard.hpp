// SPDX-License-Identifier: MIT OR Apache-2.0
// What no output may replace, whichever command writes it.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "aion/base/env.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

struct OutputRules {
    bool force = false;  ///< `--force`: a file that is there may be replaced.
    /// Files that the command reads; `-` is whatever file standard input is.
    std::span<const std::string> inputs;
    /// The registry that the command was given, if any; that of `AION_REGISTRY` always counts.
    std::string registry = {};
    /// The output is an .aion file, and with `force` replaces one. Nothing else ever does, not even
    /// one whose first bytes are damaged: a history is nowhere else.
    bool is_aion_file = false;
    /// The output is a registry without a chain, and with `force` replaces one that has none: that
    /// was written from another. One with a chain, or that does not load, is never replaced.
    bool is_plain_registry = false;
};

/// Finds out what is at `path` and whether it may be replaced: never without `--force`, and never
/// a file that is being read, a registry or a stored key, under whichever name. Returns what is
/// there now, links followed, or nothing.
/// Errors: `file_exists`; `invalid_argument` for what is never replaced; `file_read_error`.
[[nodiscard]] Outcome<std::optional<FileInfo>> check_output(Context& context,
                                                            const std::string& path,
                                                            const OutputRules& rules);

/// Refuses standard output and other open descriptors for `what`, e.g. `a registry`, which is
/// replaced as a whole file: a change is announced.
[[nodiscard]] Outcome<> require_a_file(Context& context, const std::string& path,
                                       std::string_view what);

/// Refuses, for a registry that is made or changed, what is no place for one: an open descriptor,
/// a name of the keystore, an `.aion` file, a key.
[[nodiscard]] Outcome<> check_registry_to_change(Context& context, const std::string& path);

/// What is said where something is and `--force` was not given.
[[nodiscard]] std::unexpected<Failure> already_exists(const std::string& path);

}  // namespace aion::cli
