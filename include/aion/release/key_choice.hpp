// SPDX-License-Identifier: MIT OR Apache-2.0
// Which key of an author counts for what is no version of a file: a release, a receipt.
//
// Such a thing says itself at which version it was signed, and whoever stole a key says what suits:
// the registry's windows alone stop nobody. So a key that was revoked, or whose epoch has no
// version left, counts for what a log shows to have been there before the record that ended it,
// and for nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/tlog/log_order.hpp"
#include "aion/trust/registry.hpp"

namespace aion::release {

enum class KeyFinding : std::uint8_t {
    counts,
    unknown_author,   ///< The registry does not have the author.
    no_active_epoch,  ///< No key of the author may sign at that version.
    other_key,        ///< Another key of the author may sign at that version.
    revoked,          ///< The key was revoked, and no log was asked.
    not_logged,       ///< The key was ended, and the log does not have what was signed.
    end_not_logged,   ///< The log does not have the record that ended the key.
    logged_too_late,  ///< What was signed stands in the log behind that record.
};

/// `counts`, `unknown_author`, …: stable.
[[nodiscard]] std::string_view name_of(KeyFinding finding) noexcept;

/// Of one author, one of whose keys may have made a signature.
struct KeyChoice {
    KeyFinding finding = KeyFinding::unknown_author;
    /// The key to verify with: also of one that does not count, to tell whose the signature is.
    /// nullptr where there is none. Points into the registry.
    const trust::EpochRecord* epoch = nullptr;
    bool leans_on_log = false;  ///< It counts because of its place in a log.
    /// The log could not be read, which counts as not logged.
    std::optional<Error> failure = {};

    [[nodiscard]] bool counts() const noexcept { return finding == KeyFinding::counts; }

    /// Why not, for people, as what follows `author 7: `; empty if it counts.
    [[nodiscard]] std::string reason() const;
};

/// The key of `author` that counts for something signed at `version`: that of the epoch that is
/// active then, unless it was revoked since. `key` says whose signature it is: if that is another
/// key of the author, or one that was revoked, it counts if `log` has one of `entries` in front of
/// every record that ended its epoch; `entries` are what was signed as entries of a log, in every
/// form that it may have been logged in. Records that end an epoch are those of a registry's chain:
/// what a registry without one has revoked is never before.
[[nodiscard]] KeyChoice choose_key(const trust::Registry& registry, AuthorId author,
                                   VersionNumber version, const std::optional<PublicKey>& key = {},
                                   const tlog::LogOrderReader* log = nullptr,
                                   std::span<const Bytes> entries = {});

}  // namespace aion::release
