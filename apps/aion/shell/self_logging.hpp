// SPDX-License-Identifier: MIT OR Apache-2.0
// Commands that log what they did.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "aion/crypto/signing.hpp"
#include "aion/tlog/log_store.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// What the options say.
struct LoggingTexts {
    std::string log;  ///< `--tlog`: a folder.
    std::string key;  ///< `--tlog-key`: in the keystore.
};

/// A log that is held for writing, from before something is done until it was logged: who could not
/// log it then learns so before it is done.
class OwnLog {
  public:
    /// Nothing is held if nothing is asked for. Fails where the log cannot be written with that
    /// key.
    [[nodiscard]] static Outcome<OwnLog> open(Context& context, const LoggingTexts& texts);

    [[nodiscard]] bool is_open() const noexcept { return writer_ != nullptr; }

    /// Logs what was done, if it is open and there is anything. `deed`: that, as a sentence
    /// without its end; `catch_up`: what is logged later by `aion tlog append`.
    /// What cannot be logged stays done: the failure says so.
    [[nodiscard]] Outcome<> append(Context& context, std::span<const Bytes> entries,
                                   const std::string& deed, const std::string& catch_up);

  private:
    std::string folder_;
    std::string key_id_;
    std::unique_ptr<crypto::SigningKey> key_;
    std::unique_ptr<tlog::LogWriter> writer_;
};

}  // namespace aion::cli
