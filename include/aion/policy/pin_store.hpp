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
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/trust/registry.hpp"

namespace aion::policy {

/// A record of a registry's chain.
struct ChainPoint {
    Hash root;                 ///< Hash of record 0: which chain it is.
    std::uint64_t number = 0;  ///< Of the record.
    Hash hash;                 ///< Of the record.
    friend bool operator==(const ChainPoint&, const ChainPoint&) = default;
};

/// What a store of pins is told of the registry by which a file was judged. It is made of all that
/// there is to tell, so that nobody leaves the chain out.
class AskedRegistry {
  public:
    /// Borrows `registry`, which must not be changed meanwhile.
    explicit AskedRegistry(const trust::Registry& registry);

    /// Of a registry that is not at hand. `records`: the hashes of its chain's records, which are
    /// borrowed; none: it has no chain.
    AskedRegistry(const Hash& fingerprint, std::span<const Hash> records) noexcept
        : fingerprint_(fingerprint), records_(records) {}

    /// Where no file was judged: no registry at all.
    [[nodiscard]] static AskedRegistry none() noexcept { return {Hash{}, {}}; }

    [[nodiscard]] const Hash& fingerprint() const noexcept { return fingerprint_; }

    /// The newest record of its chain; nothing where it has none.
    [[nodiscard]] std::optional<ChainPoint> newest() const;

    /// The hash of one record of its chain; nothing where there is none of that number.
    [[nodiscard]] std::optional<Hash> hash_of(std::uint64_t number) const;

    /// Whether `point` is a record of its chain.
    [[nodiscard]] bool continues(const ChainPoint& point) const {
        return hash_of(point.number) == point.hash;
    }

  private:
    Hash fingerprint_;
    std::span<const Hash> records_;
};

/// What was accepted of one file.
struct Pin {
    FileId file_id;
    VersionNumber version;  ///< The highest that was accepted.
    Hash head;              ///< Its version hash.
    Hash registry;          ///< Fingerprint of the registry under which it was accepted last.
    std::optional<ChainPoint> chain = {};  ///< The newest record of that registry, if it has any.
    /// That registry led back when a person accepted the file under it: for this file alone it is
    /// not refused.
    bool exempt = false;
    /// Of a pin that is: the record that it held before, if any, which is not forgotten for that.
    std::optional<ChainPoint> left = {};
    std::string name;  ///< Where it was seen last, e.g. an absolute path; empty for none.
    Timestamp first_seen;
    Timestamp last_seen;

    /// The record that registries must have, or lead back for this file.
    [[nodiscard]] const std::optional<ChainPoint>& held() const noexcept {
        return left ? left : chain;
    }

    friend bool operator==(const Pin&, const Pin&) = default;
};

/// What is to be pinned of a file.
struct Sighting {
    FileId file_id;
    VersionNumber version;  ///< The last one.
    Hash head;              ///< Its version hash.
    std::string name;       ///< Where it was seen; empty for none.
    Timestamp time;
};

/// What a store knows that concerns one file, asked for by id and name.
struct PinnedState {
    std::optional<Pin> pin;  ///< Of the file with this id.
    /// The file that was seen under this name last, though it was seen elsewhere since.
    std::optional<FileId> named;
    /// In words for people, why the registry asked about is superseded for this file, if it is;
    /// else empty.
    std::string older_because;

    [[nodiscard]] bool registry_is_older() const noexcept { return !older_because.empty(); }
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
/// A registry is superseded from when a pinned file moved from it to another, and stays so: it is
/// refused for every file, known or not, also for one that was never seen under the other, but for
/// one that a person accepted under it nevertheless (`Pin::exempt`).
///
/// Of registries with a chain a store also knows, by the hash of record 0, the newest record under
/// which anything was accepted: a registry of that chain that does not have this very record is
/// older, or a fork, and superseded, though it was never seen before. So is, for a file that was
/// accepted under a chain, one that has no chain or does not have that record, also while it is
/// exempt under another. One without a chain that was never seen is not superseded for files that
/// were accepted under none: a store cannot tell an older one that it never met from a newer one.
class PinStore {
  public:
    virtual ~PinStore() = default;
    PinStore(const PinStore&) = delete;
    PinStore& operator=(const PinStore&) = delete;
    PinStore(PinStore&&) = delete;
    PinStore& operator=(PinStore&&) = delete;

    /// Errors: what reading may end in.
    [[nodiscard]] virtual Result<PinnedState> find(FileId file_id, std::string_view name,
                                                   const AskedRegistry& registry) = 0;

    /// Remembers what was accepted: a file that is not pinned, or one that went forward or stayed;
    /// `first_seen` of what was there is kept, and the registry that it held, if that is another
    /// and the pin was not exempt, is superseded. `hash_of` tells of the history that was seen.
    /// What another process recorded since `find` is looked at again in the same transaction.
    /// Errors: that of `contradiction`; what writing may end in. Nothing is changed then.
    [[nodiscard]] virtual Result<> record(const Sighting& seen, const AskedRegistry& registry,
                                          const VersionHashes& hash_of) = 0;

    /// Puts what was seen in the place of whatever is pinned, by a person's decision, and notes
    /// that. `first_seen` of what was there is kept; the name is this file's from now on. Under a
    /// superseded registry, and under one without a chain where the pin holds a chain, that is for
    /// this file alone, whose pin is `exempt`: the registry is superseded for the others, but for
    /// one without a chain under which others are pinned. Under any other, the one that the file's
    /// pin held is superseded, as by `record`. Errors: what writing may end in.
    [[nodiscard]] virtual Result<> accept(const Sighting& seen, const AskedRegistry& registry,
                                          std::string_view reason) = 0;

    /// Remembers that a file was found INVALID under `registry`, which knows a key that signed it
    /// and does not let it sign there: most often because the key was revoked. If it is pinned
    /// under another registry and this one is not superseded, its pin holds this one from now on,
    /// and the other is superseded, so that serving that again does not undo the revocation;
    /// everything else stays. Else nothing is changed, which is no error.
    /// Errors: what reading and writing may end in.
    [[nodiscard]] virtual Result<> withdrawn(FileId file_id, const AskedRegistry& registry) = 0;

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

/// What a store knows of a registry that it is asked about. For those who implement one.
struct RegistryStanding {
    bool is_superseded = false;  ///< A file moved on from it.
    /// The newest record, of the chain that the registry has, under which anything was accepted.
    std::optional<ChainPoint> newest;
};

/// `PinnedState::older_because`, of a file with that pin.
[[nodiscard]] std::string why_older(const AskedRegistry& registry, const RegistryStanding& standing,
                                    const std::optional<Pin>& pin);

/// Whether what is pinned of a file under `registry` says nothing of other files, and is `exempt`:
/// the registry leads back, and only a person may have decided so, now or before.
[[nodiscard]] bool is_exception(const AskedRegistry& registry, const RegistryStanding& standing,
                                const std::optional<Pin>& pin);

/// Makes `pin` exempt, or not, where `before` was pinned. For those who implement a store.
void set_exempt(Pin& pin, bool is_exempt, const std::optional<Pin>& before);

/// What is pinned when `seen` was accepted under `registry` and nothing was pinned before.
[[nodiscard]] Pin pin_of(const Sighting& seen, const AskedRegistry& registry);

/// Pins that last as long as the process.
class PinMemory final : public PinStore {
  public:
    PinMemory() = default;

    [[nodiscard]] Result<PinnedState> find(FileId file_id, std::string_view name,
                                           const AskedRegistry& registry) override;
    [[nodiscard]] Result<> record(const Sighting& seen, const AskedRegistry& registry,
                                  const VersionHashes& hash_of) override;
    [[nodiscard]] Result<> accept(const Sighting& seen, const AskedRegistry& registry,
                                  std::string_view reason) override;
    [[nodiscard]] Result<> withdrawn(FileId file_id, const AskedRegistry& registry) override;
    [[nodiscard]] Result<bool> forget(FileId file_id, Timestamp now,
                                      std::string_view reason) override;
    [[nodiscard]] Result<> for_each(const std::function<void(const Pin&)>& visit) override;
    [[nodiscard]] Result<> for_each_decision(
        const std::function<void(const PinDecision&)>& visit) override;

  private:
    [[nodiscard]] PinnedState state_of(FileId file_id, std::string_view name,
                                       const AskedRegistry& registry) const;
    [[nodiscard]] RegistryStanding standing_of(const AskedRegistry& registry) const;
    void move_on(Pin& pin, const AskedRegistry& registry, const std::optional<Pin>& before);
    void put(Pin pin);

    std::mutex mutex_;
    std::map<FileId, Pin> pins_;
    std::map<std::string, FileId, std::less<>> names_;
    std::set<Hash> superseded_;          ///< Registries.
    std::map<Hash, ChainPoint> chains_;  ///< The newest record that was met, by that of number 0.
    std::vector<PinDecision> decisions_;
};

}  // namespace aion::policy
