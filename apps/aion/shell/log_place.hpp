// SPDX-License-Identifier: MIT OR Apache-2.0
// Logs that a command line names by a folder or a URL.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "aion/supply/http.hpp"
#include "aion/tlog/log_client.hpp"
#include "aion/tlog/policy.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"
#include "shell/registry_choice.hpp"

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

/// The latest checkpoint of a log, as it stands.
[[nodiscard]] Outcome<std::string> fetch_checkpoint(tlog::LogSource& log);

/// A checkpoint that a policy accepts, and its note.
struct BelievedCheckpoint {
    std::string note;
    tlog::Checkpoint checkpoint;
};

/// The latest checkpoint of a log, which fails if the policy does not accept it.
[[nodiscard]] Outcome<BelievedCheckpoint> believed_checkpoint(tlog::LogSource& log,
                                                              const tlog::LogPolicy& policy);

/// A log at a URL that takes entries, of which nothing is believed but what its key has signed.
class RemoteLog {
  public:
    struct Logged {
        std::uint64_t index = 0;
        bool is_new = false;
        tlog::Checkpoint checkpoint;  ///< That has it.
    };

    /// Asks the log for its checkpoint, so that one that is not there, or another than those of
    /// `policy`, is found out before anything is done. Whom the policy names as witnesses is not
    /// asked: they come when there is something to witness. `log` is at a URL.
    [[nodiscard]] static Outcome<RemoteLog> open(LogPlace log, const tlog::LogPolicy& policy);

    /// Logs an entry, or finds out where it is logged already.
    /// Errors: those of `LogClient::append` and `verify_proof`.
    [[nodiscard]] Result<Logged> append(ByteView entry);

  private:
    RemoteLog(LogPlace log, tlog::LogPolicy policy)
        : log_(std::move(log)), policy_(std::move(policy)) {}

    LogPlace log_;
    tlog::LogPolicy policy_;
};

}  // namespace aion::cli
