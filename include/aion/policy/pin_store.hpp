// SPDX-License-Identifier: MIT OR Apache-2.0
// What is remembered of files from one verification to the next, so that none goes back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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
    std::optional<Pin> pin;  ///< Of the file with this id.
    /// The file that was seen under this name last, though it was seen elsewhere since.
    std::optional<FileId> named;
    /// The registry asked about is superseded, and not the one that this file's pin holds.
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
    friend bool operator==(const PinDecision&, const PinDecision&) = default;
};

/// The version hash of one version of a history; nothing for one that it does not have.
using VersionHashes = std::function<std::optional<Hash>(VersionNumber)>;

/// Pins by file id. Thread-safe. A name that is empty is none: nothing is found by it, and what was
/// known of names stays.
///
/// `registry` is `trust::Registry::fingerprint()`. A registry is superseded from when a pinned file
/// moved from it to another, and stays so: it is refused for every file, known or not, but for one
/// whose pin holds it. One that was never seen is not superseded, so a store cannot tell an older
/// registry that it never met from a newer one.
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

    /// Remembers what was accepted: a file that is not pinned, or one that went forward or stayed;
    /// `first_seen` of what was there is kept, and the registry that it held, if that is another,
    /// is superseded. `hash_of` tells of the history whose head `pin` is.
    /// What another process recorded since `find` is looked at again in the same transaction.
    /// Errors: that of `contradiction`; what writing may end in. Nothing is changed then.
    [[nodiscard]] virtual Result<> record(const Pin& pin, const VersionHashes& hash_of) = 0;

    /// Puts `pin` in the place of whatever is pinned, by a person's decision, and notes that, with
    /// `pin.last_seen` as its time. `first_seen` of what was there is kept; the name is this file's
    /// from now on. Under a superseded registry that is for this file alone: the registry stays
    /// superseded for the others. Under another, the one that the file's pin held is superseded, as
    /// by `record`. Errors: what writing may end in.
    [[nodiscard]] virtual Result<> accept(const Pin& pin, std::string_view reason) = 0;

    /// Remembers that a file was found INVALID under `registry`, which knows a key that signed it
    /// and does not let it sign there: most often because the key was revoked. If it is pinned
    /// under another registry and this one is not superseded, its pin holds this one from now on,
    /// and the other is superseded, so that serving that again does not undo the revocation;
    /// everything else stays. Else nothing is changed, which is no error.
    /// Errors: what reading and writing may end in.
    [[nodiscard]] virtual Result<> withdrawn(FileId file_id, const Hash& registry) = 0;

    /// Forgets a file with all its names, and notes that with `now` as its time. False, and nothing
    /// is noted, if it was not pinned. Errors: what writing may end in.
    [[nodiscard]] virtual Result<bool> forget(FileId file_id, Timestamp now,
                                              std::string_view reason) = 0;

    /// Until `end_many`, what is recorded may wait in memory, some thousand pins at most, so that a
    /// store on disk need not sync for each: it is found by this store at once, and by others, or
    /// after a crash, when it was written. Nested calls are one.
    virtual void begin_many() {}

    /// Writes what waits. Errors: `conflict` for what another process recorded otherwise meanwhile,
    /// which was then not recorded though `record` did not say so; what writing may end in.
    [[nodiscard]] virtual Result<> end_many() { return {}; }

    /// Each pin, by file id. `visit` must not call the store. Errors: what reading may end in.
    [[nodiscard]] virtual Result<> for_each(const std::function<void(const Pin&)>& visit) = 0;

    /// Each decision, the oldest first. As above.
    [[nodiscard]] virtual Result<> for_each_decision(
        const std::function<void(const PinDecision&)>& visit) = 0;

  protected:
    PinStore() = default;
};

/// The name by which a store is to know the file at `path`: the path from `base`, without `.` and
/// doubled slashes; with `..`, since where that leads is not known by names alone. Empty for what
/// no name always means the same file of: an empty path, and what lies below /dev or /proc.
[[nodiscard]] std::string pinned_name(const std::filesystem::path& base,
                                      const std::filesystem::path& path);

/// The detail of an error that says what contradicts what is pinned, which a store that was locked
/// for too long, `conflict` as well, does not have: that is worth another look.
inline constexpr std::string_view contradiction_detail = "pin_contradicted";

/// Why a store that knows `state` must not record what has this id and history: `conflict`, which
/// says whether the history does not contain what is pinned, the name is another file's, or the
/// registry is older, with the detail above. For those who implement `record`.
[[nodiscard]] Result<> contradiction(const PinnedState& state, FileId file_id,
                                     const VersionHashes& hash_of);

/// Pins that last as long as the process.
class PinMemory final : public PinStore {
  public:
    PinMemory() = default;

    [[nodiscard]] Result<PinnedState> find(FileId file_id, std::string_view name,
                                           const Hash& registry) override;
    [[nodiscard]] Result<> record(const Pin& pin, const VersionHashes& hash_of) override;
    [[nodiscard]] Result<> accept(const Pin& pin, std::string_view reason) override;
    [[nodiscard]] Result<> withdrawn(FileId file_id, const Hash& registry) override;
    [[nodiscard]] Result<bool> forget(FileId file_id, Timestamp now,
                                      std::string_view reason) override;
    [[nodiscard]] Result<> for_each(const std::function<void(const Pin&)>& visit) override;
    [[nodiscard]] Result<> for_each_decision(
        const std::function<void(const PinDecision&)>& visit) override;

  private:
    [[nodiscard]] PinnedState state_of(FileId file_id, std::string_view name,
                                       const Hash& registry) const;
    void supersede(FileId file_id, const Hash& registry);
    void put(Pin pin);

    std::mutex mutex_;
    std::map<FileId, Pin> pins_;
    std::map<std::string, FileId, std::less<>> names_;
    std::set<Hash> superseded_;  ///< Registries.
    std::vector<PinDecision> decisions_;
};

}  // namespace aion::policy
