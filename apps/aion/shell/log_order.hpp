// SPDX-License-Identifier: MIT OR Apache-2.0
// The order of signatures and revocations that a command judges by.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "aion/tlog/log_order.hpp"
#include "aion/tlog/policy.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// What the options say.
struct OrderTexts {
    std::vector<std::string> proofs;  ///< `--tlog-proof`.
    std::string log;                  ///< `--tlog`: a folder, or for `commit` a URL.
    std::string policy;               ///< `--tlog-policy`.

    [[nodiscard]] bool is_wanted() const noexcept {
        return !proofs.empty() || !log.empty() || !policy.empty();
    }
};

/// What `verify` is to be told by `VerifyOptions::log`: all that is given, proven under the policy.
/// None if nothing is asked for. Fails where a proof or the log does not hold, or they are given
/// without the policy that says whom to believe, or that without them.
/// `kinds`: what proofs may be of, besides records of the registry.
[[nodiscard]] Outcome<std::unique_ptr<tlog::LogOrderReader>> open_log_order(
    Context& context, const OrderTexts& texts,
    std::span<const tlog::EntryKind> kinds = tlog::kinds_of_versions);

/// A policy that was read at `path`. `refused`: what is said where it is none.
[[nodiscard]] Outcome<tlog::LogPolicy> parse_log_policy(ByteView text, const std::string& path,
                                                        const std::string& refused);

/// The policy in a file. `refused`: what is said where it cannot be read.
[[nodiscard]] Outcome<tlog::LogPolicy> load_log_policy(Context& context, const std::string& path,
                                                       const std::string& refused);

}  // namespace aion::cli
