// SPDX-License-Identifier: MIT OR Apache-2.0
// What the commands over releases have in common.
#pragma once

#include <string>

#include "aion/release/verdict.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// The bundle in `folder`, of which nothing is verified.
[[nodiscard]] Outcome<release::Bundle> read_release(Context& context, const std::string& folder);

/// Judges it with its files, showing progress.
[[nodiscard]] Outcome<release::ReleaseReport> judge_release(Context& context,
                                                            const std::string& folder,
                                                            const release::Bundle& bundle,
                                                            const trust::Registry& registry,
                                                            const release::JudgeOptions& options);

/// `aion release seal`.
void declare_release_sealing(const Declared& release);
/// `aion release push` and `aion release pull`.
void declare_release_transfers(const Declared& release);
/// `aion release diff`.
void declare_release_comparison(const Declared& release);

}  // namespace aion::cli
