// SPDX-License-Identifier: MIT OR Apache-2.0
// Commands that log what they did.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aion/tlog/log_store.hpp"
#include "shell/context.hpp"
#include "shell/log_place.hpp"
#include "shell/note_signing_key.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// What the options say.
struct LoggingTexts {
    std::string log;     ///< `--tlog`: a folder or a URL.
    std::string key;     ///< `--tlog-key`: in the keystore, of the log in a folder.
    std::string policy;  ///< `--tlog-policy`: whose log is at a URL.
};

/// To be called before anything is read or written: for a log at a URL, the command line may be
/// handed over to another program. Refuses what does not go together.
[[nodiscard]] Outcome<> reach_log(Context& context, const LoggingTexts& texts);

/// A log that takes entries, from before something is done until it was logged: who could not log
/// it then learns so before it is done. One in a folder is held for writing until then.
class OwnLog {
  public:
    /// To be called behind `reach_log`. Nothing is held if nothing is asked for. Fails where the
    /// log cannot be written with that key, or is not at the URL or not one that the policy
    /// believes.
    [[nodiscard]] static Outcome<OwnLog> open(Context& context, const LoggingTexts& texts);

    [[nodiscard]] bool is_open() const noexcept { return writer_ != nullptr || remote_; }

    /// Logs what was done, if it is open and there is anything. `deed`: that, as a sentence
    /// without its end; `catch_up`: what is logged later by `aion tlog append`.
    /// What cannot be logged stays done: the failure says so.
    [[nodiscard]] Outcome<> append(Context& context, std::span<const Bytes> entries,
                                   const std::string& deed, const std::string& catch_up);

    /// The same for what says itself where it is logged, and so is not done yet: gives out the
    /// indexes, in the order of `entries`. To be called if it is open. What cannot be logged is not
    /// done: the failure says so.
    [[nodiscard]] Outcome<std::vector<std::uint64_t>> append_first(Context& context,
                                                                   std::span<const Bytes> entries);

  private:
    [[nodiscard]] Outcome<> open_folder(Context& context);
    [[nodiscard]] Outcome<> open_remote(Context& context);
    [[nodiscard]] Result<std::vector<std::uint64_t>> log(std::span<const Bytes> entries);
    void tell(Context& context, std::span<const std::uint64_t> indexes) const;
    [[nodiscard]] std::string catch_up_command(const std::string& file) const;

    LoggingTexts texts_;
    std::optional<NoteSigningKey> key_;
    std::unique_ptr<tlog::LogWriter> writer_;
    std::optional<RemoteLog> remote_;
};

}  // namespace aion::cli
