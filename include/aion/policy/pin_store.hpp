// SPDX-License-Identifier: MIT OR Apache-2.0
// What is remembered of files from one verification to the next, so that none goes back.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"

namespace aion::policy {

/// What was accepted of one file.
struct Pin {
    FileId file_id;
    VersionNumber version;  ///< The highest that was accepted.
    Hash head;              ///< Its version hash.
    Hash registry;          ///< Fingerprint of the registry under which it was accepted last.
    std::string name;       ///< Where it was seen last, e.g. an absolute path; empty for none.
    Timestamp first_seen;
    Timestamp last_seen;
    friend bool operator==(const Pin&, const Pin&) = default;
};

/// What a store knows that concerns one file, asked for by id and name.
struct PinnedState {
    std::optional<Pin> pin;       ///< Of the file with this id.
    std::optional<FileId> named;  ///< The file that was seen under this name last.
    /// The registry asked about was in use before the one under which the file was accepted.
    bool registry_is_older = false;
};

/// A change of what is pinned that only a person may make.
struct PinDecision {
    enum class Kind : std::uint8_t { accept, forget };

    Kind kind = Kind::accept;
    Timestamp time;
    std::optional<Pin> before;
    std::optional<Pin> after;
    std::string reason;  ///< As given; may be empty.
};

/// Pins by file id. Thread-safe. `registry` is `trust::Registry::fingerprint()`.
class PinStore {
  public:
    virtual ~PinStore() = default;
    PinStore(const PinStore&) = delete;
    PinStore& operator=(const PinStore&) = delete;
    PinStore(PinStore&&) = delete;
    PinStore& operator=(PinStore&&) = delete;

    /// Errors: what reading may end in.
    [[nodiscard]] virtual Result<PinnedState> find(FileId file_id, std::string_view name,
                                                   const Hash& registry) = 0;

    /// Remembers what was accepted: that of a file that is not pinned, or of one that went forward
    /// or stayed; `first_seen` of what was there is kept. What another process recorded since
    /// `find` is looked at again in the same transaction.
    /// Errors: `conflict` if it would go back behind that or contradict it (lower version; equal
    /// version with another head); what writing may end in. Nothing is changed then.
    [[nodiscard]] virtual Result<> record(const Pin& pin) = 0;

    /// Puts `pin` in the place of whatever is pinned, by a person's decision, and notes that.
    /// `pin.registry` becomes the newest registry. Errors: what writing may end in.
    [[nodiscard]] virtual Result<> accept(const Pin& pin, std::string_view reason) = 0;

    /// Forgets a file, and notes that; `now` is noted. False if it was not pinned.
    [[nodiscard]] virtual Result<bool> forget(FileId file_id, Timestamp now,
                                              std::string_view reason) = 0;

    /// Each pin, by file id. `visit` must not call the store. Errors: what reading may end in.
    [[nodiscard]] virtual Result<> for_each(const std::function<void(const Pin&)>& visit) = 0;

    /// Each decision, the oldest first. As above.
    [[nodiscard]] virtual Result<> for_each_decision(
        const std::function<void(const PinDecision&)>& visit) = 0;

  protected:
    PinStore() = default;
};

}  // namespace aion::policy
