// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/pin_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "archive/pin_tables.hpp"
#include "base/try.hpp"

namespace aion::archive {
namespace {

using policy::AskedRegistry;
using policy::contradiction;
using policy::Pin;
using policy::PinDecision;
using policy::PinnedState;
using policy::Sighting;
using policy::VersionHashes;

// Pins and names that wait, and the bytes of those names: some megabytes at most.
constexpr std::size_t most_waiting = 20'000;
constexpr std::size_t most_waiting_bytes = std::size_t{4} << 20U;

class PinFile final : public policy::PinStore {
  public:
    explicit PinFile(std::unique_ptr<PinTables> tables) : tables_(std::move(tables)) {}

    ~PinFile() override;
    PinFile(const PinFile&) = delete;
    PinFile& operator=(const PinFile&) = delete;
    PinFile(PinFile&&) = delete;
    PinFile& operator=(PinFile&&) = delete;

    [[nodiscard]] Result<PinnedState> find(FileId file_id, std::string_view name,
                                           const AskedRegistry& registry) override;
    [[nodiscard]] Result<> record(const Sighting& seen, const AskedRegistry& registry,
                                  const VersionHashes& hash_of) override;
    [[nodiscard]] Result<> accept(const Sighting& seen, const AskedRegistry& registry,
                                  std::string_view reason) override;
    [[nodiscard]] Result<> withdrawn(FileId file_id, const AskedRegistry& registry) override;
    [[nodiscard]] Result<bool> forget(FileId file_id, Timestamp now,
                                      std::string_view reason) override;
    void begin_many() override;
    [[nodiscard]] Result<> end_many() override;
    [[nodiscard]] Result<> for_each(const std::function<void(const Pin&)>& visit) override;
    [[nodiscard]] Result<> for_each_decision(
        const std::function<void(const PinDecision&)>& visit) override;

  private:
    struct Waiting {
        std::optional<Pin> before;  // What it was when it was looked at.
        Pin after;
    };

    // Of these, each is called with the mutex held.
    [[nodiscard]] Result<PinnedState> state_of(FileId file_id, std::string_view name,
                                               const AskedRegistry& registry);
    [[nodiscard]] Result<PinnedState> looked_up(FileId file_id, std::string_view name,
                                                const AskedRegistry& registry);
    [[nodiscard]] Result<> record_now(const Pin& pin, const AskedRegistry& registry,
                                      const VersionHashes& hash_of);
    [[nodiscard]] bool may_wait(const PinnedState& state, const Hash& registry) const;
    void let_wait(const PinnedState& state, const Pin& pin);
    [[nodiscard]] Result<> write_waiting();
    [[nodiscard]] Result<bool> is_overtaken(const Waiting& waiting);
    [[nodiscard]] Result<std::set<FileId>> overtaken();

    std::mutex mutex_;
    std::unique_ptr<PinTables> tables_;
    int many_ = 0;
    std::map<FileId, Waiting> waiting_;
    std::map<std::string, FileId, std::less<>> waiting_names_;
    std::size_t waiting_bytes_ = 0;
    std::set<Hash> known_registries_;  // That are in the database.
    std::set<Hash> superseded_;        // Of which this is known; it is for good.
    std::optional<Error> refused_;     // The first of those that waited in vain.
};

PinFile::~PinFile() {
    try {
        std::ignore = write_waiting();
    } catch (const std::bad_alloc&) {
        many_ = 0;  // Whoever wants to know calls end_many.
    }
}

// --- What is asked -------------------------------------------------------------------------------

// What waits goes before what is written.
Result<PinnedState> PinFile::state_of(FileId file_id, std::string_view name,
                                      const AskedRegistry& registry) {
    PinnedState state;
    if (const auto known = waiting_.find(file_id); known != waiting_.end()) {
        state.pin = known->second.after;
    } else {
        AION_TRY_ASSIGN(state.pin, tables_->pin(file_id));
    }
    if (const auto known = waiting_names_.find(name); known != waiting_names_.end()) {
        state.named = known->second;
    } else {
        AION_TRY_ASSIGN(state.named, tables_->named(name));
    }
    if (state.named == file_id && !state.pin) {
        return fail(tables_->database().damaged(
            fmt::format("the pin of file {} is missing", to_string(file_id))));
    }
    AION_TRY_ASSIGN(const policy::RegistryStanding standing, tables_->standing(registry));
    if (standing.is_superseded) {
        superseded_.insert(registry.fingerprint());
    }
    state.older_because = why_older(registry, standing, state.pin);
    return state;
}

Result<PinnedState> PinFile::find(FileId file_id, std::string_view name,
                                  const AskedRegistry& registry) {
    const std::scoped_lock lock(mutex_);
    return looked_up(file_id, name, registry);
}

Result<PinnedState> PinFile::looked_up(FileId file_id, std::string_view name,
                                       const AskedRegistry& registry) {
    PinnedState state;
    AION_TRY(tables_->database().look([&]() -> Result<> {
        AION_TRY_ASSIGN(state, state_of(file_id, name, registry));
        return {};
    }));
    return state;
}

Result<> PinFile::record_now(const Pin& pin, const AskedRegistry& registry,
                             const VersionHashes& hash_of) {
    std::optional<Hash> former;
    AION_TRY(tables_->database().change([&]() -> Result<> {
        AION_TRY_ASSIGN(const PinnedState state, state_of(pin.file_id, pin.name, registry));
        AION_TRY(contradiction(state, pin.file_id, hash_of));
        if (state.pin && !state.pin->exempt && state.pin->registry != pin.registry) {
            former = state.pin->registry;
        }
        Pin written = pin;
        if (state.pin) {
            written.last_seen = std::max(pin.last_seen, state.pin->last_seen);
        }
        return tables_->move_pin(written, registry);
    }));
    known_registries_.insert(pin.registry);  // None is ever removed.
    if (former) {
        superseded_.insert(*former);
    }
    return {};
}

Result<> PinFile::record(const Sighting& seen, const AskedRegistry& registry,
                         const VersionHashes& hash_of) {
    const std::scoped_lock lock(mutex_);
    const Pin pin = pin_of(seen, registry);
    if (many_ == 0 || waiting_.size() + waiting_names_.size() >= most_waiting ||
        waiting_bytes_ >= most_waiting_bytes) {
        AION_TRY(write_waiting());
    }
    if (many_ == 0) {
        return record_now(pin, registry, hash_of);
    }
    AION_TRY_ASSIGN(const PinnedState state, looked_up(pin.file_id, pin.name, registry));
    AION_TRY(contradiction(state, pin.file_id, hash_of));
    if (!may_wait(state, pin.registry)) {
        AION_TRY(write_waiting());
        return record_now(pin, registry, hash_of);
    }
    let_wait(state, pin);
    return {};
}

// --- What waits ----------------------------------------------------------------------------------

// What becomes known of registries is written at once, so that nothing but pins and names waits.
bool PinFile::may_wait(const PinnedState& state, const Hash& registry) const {
    return known_registries_.contains(registry) && (!state.pin || state.pin->registry == registry ||
                                                    superseded_.contains(state.pin->registry));
}

void PinFile::let_wait(const PinnedState& state, const Pin& pin) {
    const auto known = waiting_.find(pin.file_id);
    Waiting next{.before = known == waiting_.end() ? state.pin : known->second.before,
                 .after = pin};
    if (state.pin) {
        set_exempt(next.after, state.pin->exempt && state.pin->registry == pin.registry, state.pin);
        next.after.first_seen = state.pin->first_seen;
        next.after.last_seen = std::max(pin.last_seen, state.pin->last_seen);
        if (pin.name.empty()) {
            next.after.name = state.pin->name;
        }
    }
    waiting_bytes_ += pin.name.size();
    if (!pin.name.empty()) {
        waiting_names_.insert_or_assign(pin.name, pin.file_id);
    }
    waiting_.insert_or_assign(pin.file_id, std::move(next));
}

void PinFile::begin_many() {
    const std::scoped_lock lock(mutex_);
    ++many_;
}

Result<> PinFile::end_many() {
    const std::scoped_lock lock(mutex_);
    many_ = std::max(many_ - 1, 0);
    if (many_ > 0) {
        return {};
    }
    AION_TRY(write_waiting());
    if (refused_) {
        return fail(*std::exchange(refused_, std::nullopt));
    }
    return {};
}

// Whether another process wrote of this file what might contradict it: its history is not here any
// more to ask. That it was seen meanwhile is nothing.
Result<bool> PinFile::is_overtaken(const Waiting& waiting) {
    const Pin& after = waiting.after;
    AION_TRY_ASSIGN(const std::optional<Pin> now, tables_->pin(after.file_id));
    if (!now && waiting.before) {
        return true;  // A person forgot it.
    }
    if (now) {
        const auto is_like = [&](const Pin& pin) {
            return now->version == pin.version && now->head == pin.head;
        };
        const bool is_other = !is_like(after) && !(waiting.before && is_like(*waiting.before));
        const bool is_same = now->registry == after.registry;
        if (is_other ||
            (!is_same && (!waiting.before || now->registry != waiting.before->registry))) {
            return true;
        }
        if (is_same && now->exempt) {
            return false;
        }
    }
    if (after.chain) {
        AION_TRY_ASSIGN(const auto newest, tables_->newest(after.chain->root));
        if (newest && *newest != *after.chain && newest->number >= after.chain->number) {
            return true;
        }
    }
    return tables_->is_superseded(after.registry);
}

// Those that cannot be written because another process came between.
Result<std::set<FileId>> PinFile::overtaken() {
    std::set<FileId> files;
    for (const auto& [id, waiting] : waiting_) {
        AION_TRY_ASSIGN(const bool is_too_late, is_overtaken(waiting));
        if (is_too_late) {
            files.insert(id);
        }
    }
    for (const auto& [name, id] : waiting_names_) {
        AION_TRY_ASSIGN(const auto named, tables_->named(name));
        if (named && *named != id) {
            files.insert(id);
        }
    }
    return files;
}

Result<> PinFile::write_waiting() {
    if (waiting_.empty()) {
        return {};
    }
    std::set<FileId> refused;
    AION_TRY(tables_->database().change([&]() -> Result<> {
        AION_TRY_ASSIGN(refused, overtaken());
        for (const auto& [name, id] : waiting_names_) {
            if (!refused.contains(id)) {
                AION_TRY(tables_->write_name(name, id));
            }
        }
        for (auto& [id, waiting] : waiting_) {
            if (!refused.contains(id)) {
                AION_TRY_ASSIGN(const std::optional<Pin> now, tables_->pin(id));
                if (now) {
                    waiting.after.last_seen = std::max(waiting.after.last_seen, now->last_seen);
                    set_exempt(waiting.after,
                               now->exempt && now->registry == waiting.after.registry, now);
                }
                AION_TRY(tables_->write_pin(waiting.after));
            }
        }
        return {};
    }));
    waiting_.clear();
    waiting_names_.clear();
    waiting_bytes_ = 0;
    if (!refused.empty() && !refused_) {
        refused_ = error_because(
            ErrorCode::conflict,
            fmt::format("file {} was pinned by another process while this one verified files; "
                        "verify it again",
                        to_string(*refused.begin())));
    }
    return {};
}

// --- What a person decides -----------------------------------------------------------------------

Result<> PinFile::accept(const Sighting& seen, const AskedRegistry& registry,
                         std::string_view reason) {
    const std::scoped_lock lock(mutex_);
    AION_TRY(write_waiting());
    return tables_->database().change([&]() -> Result<> {
        AION_TRY_ASSIGN(const std::optional<Pin> before, tables_->pin(seen.file_id));
        Pin after = pin_of(seen, registry);
        AION_TRY(tables_->move_pin(after, registry));
        return tables_->note(PinDecision::Kind::accept, seen.time, before, after, reason);
    });
}

Result<> PinFile::withdrawn(FileId file_id, const AskedRegistry& registry) {
    const std::scoped_lock lock(mutex_);
    const auto is_moved = [&](const PinnedState& state) {
        return state.pin && state.pin->registry != registry.fingerprint() &&
               !state.registry_is_older();
    };
    AION_TRY_ASSIGN(const PinnedState known, looked_up(file_id, {}, registry));
    if (!is_moved(known)) {
        return {};
    }
    AION_TRY(write_waiting());
    return tables_->database().change([&]() -> Result<> {
        AION_TRY_ASSIGN(PinnedState state, state_of(file_id, {}, registry));
        if (!is_moved(state)) {
            return {};
        }
        state.pin->registry = registry.fingerprint();
        state.pin->chain = registry.newest();
        state.pin->name.clear();  // It was not seen there now, which may be another's name.
        return tables_->move_pin(*state.pin, registry);
    });
}

Result<bool> PinFile::forget(FileId file_id, Timestamp now, std::string_view reason) {
    const std::scoped_lock lock(mutex_);
    AION_TRY(write_waiting());
    bool was_pinned = false;
    AION_TRY(tables_->database().change([&]() -> Result<> {
        AION_TRY_ASSIGN(const std::optional<Pin> before, tables_->pin(file_id));
        if (!before) {
            return {};
        }
        was_pinned = true;
        AION_TRY(tables_->drop(file_id));
        return tables_->note(PinDecision::Kind::forget, now, before, std::nullopt, reason);
    }));
    return was_pinned;
}

Result<> PinFile::for_each(const std::function<void(const Pin&)>& visit) {
    const std::scoped_lock lock(mutex_);
    AION_TRY(write_waiting());
    return tables_->for_each(visit);
}

Result<> PinFile::for_each_decision(const std::function<void(const PinDecision&)>& visit) {
    const std::scoped_lock lock(mutex_);
    return tables_->for_each_decision(visit);
}

}  // namespace

Result<std::unique_ptr<policy::PinStore>> open_pin_file(Env& env, const std::filesystem::path& path,
                                                        PinFileMode mode) {
    AION_TRY_ASSIGN(std::unique_ptr<PinTables> tables,
                    PinTables::open(env, path,
                                    mode == PinFileMode::create ? DatabaseOpening::create
                                                                : DatabaseOpening::existing));
    return std::make_unique<PinFile>(std::move(tables));
}

}  // namespace aion::archive
