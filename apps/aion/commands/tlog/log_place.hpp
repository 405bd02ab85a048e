// SPDX-License-Identifier: MIT OR Apache-2.0
// Logs that a command line names by a folder or a URL, and whom it believes about them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/supply/http.hpp"
#include "aion/tlog/log_client.hpp"
#include "aion/tlog/policy.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"
#include "shell/registry_choice.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

[[nodiscard]] bool is_url(std::string_view text) noexcept;

/// `http://…` and `https://…` alone.
[[nodiscard]] Outcome<supply::HttpUrl> parse_url(const std::string& text);

/// A log that can be read.
struct LogPlace {
    std::unique_ptr<supply::HttpClient> client;  ///< Null for a folder.
    std::unique_ptr<tlog::LogSource> source;
    tlog::LogClient* remote = nullptr;  ///< The source, if it is at a URL.
};

/// Opens what `place` names. For a URL the command line may be handed over: nothing may have been
/// read or written before.
[[nodiscard]] Outcome<LogPlace> open_log_place(Context& context, const std::string& place,
                                               const RegistryChoice& network);

/// --timeout and --ca-file.
void network_options(Options& options, RegistryChoice& into);

/// --tlog-policy of commands for which a log's key is not enough.
[[nodiscard]] Outcome<tlog::LogPolicy> read_log_policy(Context& context, const std::string& path);

/// The latest checkpoint of a log, as it stands.
[[nodiscard]] Outcome<std::string> fetch_checkpoint(tlog::LogSource& log);

}  // namespace aion::cli
