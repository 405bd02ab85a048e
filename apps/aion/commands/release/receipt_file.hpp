// SPDX-License-Identifier: MIT OR Apache-2.0
// What the commands of receipts read: receipts, one or a line each; policies, judged first; what
// was decided about.
#pragma once

#include <string>
#include <vector>

#include "aion/release/judged_policy.hpp"
#include "aion/release/receipt.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// At least one; `-` for standard input.
[[nodiscard]] Outcome<std::vector<release::Receipt>> read_receipts(Context& context,
                                                                   const std::string& path);
/// The only one.
[[nodiscard]] Outcome<release::Receipt> read_receipt(Context& context, const std::string& path);

/// The only one that a text is, or those of its lines. Error: it is none.
[[nodiscard]] Outcome<std::vector<release::Receipt>> receipts_in(std::string_view text,
                                                                 const std::string& path);

/// The policy in a file. Fails where it is not VALID, with that verdict. `log`: as
/// `VerifyOptions::log`.
[[nodiscard]] Outcome<release::JudgedPolicy> judge_policy(Context& context, const std::string& path,
                                                          const trust::Registry& registry,
                                                          const trust::LogOrder* log = nullptr);

/// What was decided about, as options say it.
struct InputTexts {
    std::vector<std::string> files;    ///< `NAME=FILE`.
    std::vector<std::string> digests;  ///< `NAME=HEX`.
};

/// --input and --input-digest.
void input_options(Options& options, InputTexts& into);
/// Files are hashed in pieces. Fails where there is none.
[[nodiscard]] Outcome<std::vector<supply::Subject>> read_inputs(Context& context,
                                                                const InputTexts& texts);

/// --decision.
void decision_option(Options& options, std::optional<release::Decision>& into);

/// `aion receipt approve`, and `witness`.
void declare_receipt_signing(const Declared& receipt);
/// `aion receipt verify`, and `show`.
void declare_receipt_verification(const Declared& receipt);

}  // namespace aion::cli
