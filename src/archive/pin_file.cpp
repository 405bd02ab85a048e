// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/pin_file.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "archive/database.hpp"
#include "archive/pin_rows.hpp"
#include "base/try.hpp"

namespace aion::archive {
namespace {

using policy::contradiction;
using policy::Pin;
using policy::PinDecision;
using policy::PinnedState;
using policy::VersionHashes;

constexpr int wait_ms = 5000;
constexpr std::size_t most_waiting = 10'000;
constexpr std::uint32_t application_id = 0x61696F70;  // "aiop"

// Each row ends in a digest of the others, so that damage which leaves a sound database behind is
// seen, too: what was pinned must not turn into something else, or into nothing.
constexpr auto tables = std::to_array<const char*>({
    "CREATE TABLE pins(file_id BLOB PRIMARY KEY, version INTEGER, head BLOB, registry BLOB, "
    "name BLOB, first_seen INTEGER, last_seen INTEGER, digest BLOB) WITHOUT ROWID",
    "CREATE TABLE names(name BLOB PRIMARY KEY, file_id BLOB, digest BLOB) WITHOUT ROWID",
    "CREATE TABLE registries(fingerprint BLOB PRIMARY KEY, number INTEGER, digest BLOB) "
    "WITHOUT ROWID",
    "CREATE TABLE decisions(number INTEGER PRIMARY KEY, kind INTEGER, time INTEGER, before BLOB, "
    "after BLOB, reason BLOB, digest BLOB)",
});

constexpr DatabaseKind kind = {
    .what = "pins",
    .remedy = "bring back a copy, or remove it, whereby all that is pinned is forgotten",
    .application_id = application_id,
    .version = 1,
    .tables = tables,
    .believed = true};

class PinFile final : public policy::PinStore {
  public:
    explicit PinFile(std::unique_ptr<Database> database) : database_(std::move(database)) {}

    ~PinFile() override;
    PinFile(const PinFile&) = delete;
    PinFile& operator=(const PinFile&) = delete;
    PinFile(PinFile&&) = delete;
    PinFile& operator=(PinFile&&) = delete;

    [[nodiscard]] Result<> prepare();

    [[nodiscard]] Result<PinnedState> find(FileId file_id, std::string_view name,
                                           const Hash& registry) override;
    [[nodiscard]] Result<> record(const Pin& pin, const VersionHashes& hash_of) override;
    [[nodiscard]] Result<> accept(const Pin& pin, std::string_view reason) override;
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
    [[nodiscard]] Result<std::optional<Pin>> read_pin(FileId file_id);
    [[nodiscard]] Result<std::optional<FileId>> read_name(std::string_view name);
    [[nodiscard]] Result<std::optional<std::uint64_t>> read_registry(const Hash& fingerprint);
    [[nodiscard]] Result<PinnedState> state_of(FileId file_id, std::string_view name,
                                               const Hash& registry);
    [[nodiscard]] Result<PinnedState> looked_up(FileId file_id, std::string_view name,
                                                const Hash& registry);
    [[nodiscard]] Result<> write_name(std::string_view name, FileId id);
    [[nodiscard]] Result<> write_pin(Pin& pin);
    [[nodiscard]] Result<> write_registry(const Hash& fingerprint, std::uint64_t number);
    [[nodiscard]] Result<std::uint64_t> next_registry();
    [[nodiscard]] Result<> note(PinDecision::Kind what, Timestamp time,
                                const std::optional<Pin>& before, const std::optional<Pin>& after,
                                std::string_view reason);
    [[nodiscard]] Result<> record_now(const Pin& pin, const VersionHashes& hash_of);
    [[nodiscard]] Result<> write_waiting();
    [[nodiscard]] Result<std::set<FileId>> overtaken();
    [[nodiscard]] Result<Pin> pin_in_row(const Statement& row) const;

    [[nodiscard]] Statement& statement(std::size_t which) { return statements_[which]; }

    std::mutex mutex_;
    std::unique_ptr<Database> database_;
    std::vector<Statement> statements_;  // In the order of `Sql`.
    int many_ = 0;
    std::map<FileId, Waiting> waiting_;
    std::map<std::string, FileId, std::less<>> waiting_names_;
    std::optional<Hash> known_registry_;  // One that is in the database.
    std::optional<Error> refused_;        // The first of those that waited in vain.
};

enum Sql : std::size_t {
    find_pin,
    find_name,
    find_registry,
    last_registry,
    put_pin,
    put_name,
    put_registry,
    put_decision,
    last_decision,
    drop_pin,
    drop_names,
    all_pins,
    all_decisions,
};

constexpr auto sql = std::to_array<std::string_view>({
    "SELECT file_id, version, head, registry, name, first_seen, last_seen, digest FROM pins "
    "WHERE file_id = ?1",
    "SELECT file_id, digest FROM names WHERE name = ?1",
    "SELECT number, digest FROM registries WHERE fingerprint = ?1",
    "SELECT max(number) FROM registries",
    "INSERT OR REPLACE INTO pins VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    "INSERT OR REPLACE INTO names VALUES(?1, ?2, ?3)",
    "INSERT OR REPLACE INTO registries VALUES(?1, ?2, ?3)",
    "INSERT INTO decisions VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    "SELECT max(number) FROM decisions",
    "DELETE FROM pins WHERE file_id = ?1",
    "DELETE FROM names WHERE file_id = ?1",
    "SELECT file_id, version, head, registry, name, first_seen, last_seen, digest FROM pins "
    "ORDER BY file_id",
    "SELECT number, kind, time, before, after, reason, digest FROM decisions ORDER BY number",
});
static_assert(sql.size() == all_decisions + 1);

Result<> PinFile::prepare() {
    // A record is there when the call returns, whatever happens to the power then: also the name
    // of the journal, which would undo it, is gone for good.
    AION_TRY(database_->run("PRAGMA synchronous=EXTRA"));
    statements_.reserve(sql.size());
    for (const std::string_view text : sql) {
        AION_TRY_ASSIGN(Statement made, database_->prepare(text));
        statements_.push_back(std::move(made));
    }
    return {};
}

PinFile::~PinFile() {
    try {
        std::ignore = write_waiting();
    } catch (const std::bad_alloc&) {
        many_ = 0;  // Whoever wants to know calls end_many.
    }
}

// --- Rows ----------------------------------------------------------------------------------------

// A statement whose rows are read lets go of them when this ends.
class Reading {
  public:
    explicit Reading(Statement& statement) noexcept : statement_(&statement) {}

    ~Reading() { statement_->reset(); }

    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    Reading(Reading&&) = delete;
    Reading& operator=(Reading&&) = delete;

  private:
    Statement* statement_;
};

Result<Pin> PinFile::pin_in_row(const Statement& row) const {
    const auto id = file_id_of(row.bytes(0));
    const auto head = Hash::from(row.bytes(2));
    const auto registry = Hash::from(row.bytes(3));
    const auto sum = Hash::from(row.bytes(7));
    if (!id || !head || !registry || !sum) {
        return fail(database_->damaged("a pin is none"));
    }
    Pin pin = {.file_id = *id,
               .version = VersionNumber{row.number(1)},
               .head = *head,
               .registry = *registry,
               .name = std::string(as_text(row.bytes(4))),
               .first_seen = Timestamp{row.number(5)},
               .last_seen = Timestamp{row.number(6)}};
    if (digest_of(pin) != *sum) {
        return fail(database_->damaged(fmt::format("the pin of file {}", to_string(*id))));
    }
    return pin;
}

Result<std::optional<Pin>> PinFile::read_pin(FileId file_id) {
    const FileKey key = key_of(file_id);
    Statement& row = statement(find_pin);
    const Reading reading(row);
    AION_TRY_ASSIGN(const bool found, row.bind(1, key).step());
    if (!found) {
        return std::nullopt;
    }
    AION_TRY_ASSIGN(Pin pin, pin_in_row(row));
    return pin;
}

Result<std::optional<FileId>> PinFile::read_name(std::string_view name) {
    if (name.empty()) {
        return std::nullopt;
    }
    Statement& row = statement(find_name);
    const Reading reading(row);
    AION_TRY_ASSIGN(const bool found, row.bind(1, as_bytes(name)).step());
    if (!found) {
        return std::nullopt;
    }
    const auto id = file_id_of(row.bytes(0));
    if (!id || Hash::from(row.bytes(1)) != digest_of_name(name, *id)) {
        return fail(database_->damaged("a name of a file"));
    }
    return id;
}

Result<std::optional<std::uint64_t>> PinFile::read_registry(const Hash& fingerprint) {
    Statement& row = statement(find_registry);
    const Reading reading(row);
    AION_TRY_ASSIGN(const bool found, row.bind(1, fingerprint.view()).step());
    if (!found) {
        return std::nullopt;
    }
    const std::uint64_t number = row.number(0);
    if (Hash::from(row.bytes(1)) != digest_of_registry(fingerprint, number)) {
        return fail(database_->damaged("the order of registries"));
    }
    return number;
}

// Both statements give one row, of nothing if there is nothing: that is 0.
Result<std::uint64_t> PinFile::next_registry() {
    const Reading reading(statement(last_registry));
    AION_TRY(statement(last_registry).step());
    return statement(last_registry).number(0) + 1;
}

Result<> PinFile::write_registry(const Hash& fingerprint, std::uint64_t number) {
    const Hash sum = digest_of_registry(fingerprint, number);
    return statement(put_registry)
        .bind(1, fingerprint.view())
        .bind(2, number)
        .bind(3, sum.view())
        .run();
}

Result<> PinFile::write_name(std::string_view name, FileId id) {
    const FileKey key = key_of(id);
    const Hash sum = digest_of_name(name, id);
    return statement(put_name).bind(1, as_bytes(name)).bind(2, key).bind(3, sum.view()).run();
}

// Keeps of what is there when it was first seen and, if it has none, the name.
Result<> PinFile::write_pin(Pin& pin) {
    AION_TRY_ASSIGN(const std::optional<Pin> before, read_pin(pin.file_id));
    const FileKey key = key_of(pin.file_id);
    if (!pin.name.empty()) {
        AION_TRY(write_name(pin.name, pin.file_id));
    }
    if (before) {
        pin.first_seen = before->first_seen;
        if (pin.name.empty()) {
            pin.name = before->name;
        }
    }
    const Hash sum = digest_of(pin);
    return statement(put_pin)
        .bind(1, key)
        .bind(2, pin.version.value)
        .bind(3, pin.head.view())
        .bind(4, pin.registry.view())
        .bind(5, as_bytes(pin.name))
        .bind(6, pin.first_seen.value)
        .bind(7, pin.last_seen.value)
        .bind(8, sum.view())
        .run();
}

Result<> PinFile::note(PinDecision::Kind what, Timestamp time, const std::optional<Pin>& before,
                       const std::optional<Pin>& after, std::string_view reason) {
    DecisionRow row;
    {
        const Reading reading(statement(last_decision));
        AION_TRY(statement(last_decision).step());
        row.number = statement(last_decision).number(0) + 1;
    }
    row.kind = static_cast<std::uint64_t>(what);
    row.time = time.value;
    row.before = before ? encoded(*before).take() : Bytes();
    row.after = after ? encoded(*after).take() : Bytes();
    row.reason = reason;
    const Hash sum = row.digest();
    return statement(put_decision)
        .bind(1, row.number)
        .bind(2, row.kind)
        .bind(3, row.time)
        .bind(4, row.before)
        .bind(5, row.after)
        .bind(6, as_bytes(row.reason))
        .bind(7, sum.view())
        .run();
}

// --- What is asked -------------------------------------------------------------------------------

// What waits goes before what is written.
Result<PinnedState> PinFile::state_of(FileId file_id, std::string_view name, const Hash& registry) {
    PinnedState state;
    if (const auto known = waiting_.find(file_id); known != waiting_.end()) {
        state.pin = known->second.after;
    } else {
        AION_TRY_ASSIGN(state.pin, read_pin(file_id));
    }
    if (const auto known = waiting_names_.find(name); known != waiting_names_.end()) {
        state.named = known->second;
    } else {
        AION_TRY_ASSIGN(state.named, read_name(name));
    }
    if (state.pin && state.pin->registry != registry) {
        AION_TRY_ASSIGN(const auto asked, read_registry(registry));
        AION_TRY_ASSIGN(const auto accepted, read_registry(state.pin->registry));
        if (!accepted) {
            return fail(database_->damaged("a registry is missing"));
        }
        state.registry_is_older = asked && *asked < *accepted;
    }
    return state;
}

Result<PinnedState> PinFile::find(FileId file_id, std::string_view name, const Hash& registry) {
    const std::scoped_lock lock(mutex_);
    return looked_up(file_id, name, registry);
}

Result<PinnedState> PinFile::looked_up(FileId file_id, std::string_view name,
                                       const Hash& registry) {
    PinnedState state;
    AION_TRY(database_->look([&]() -> Result<> {
        AION_TRY_ASSIGN(state, state_of(file_id, name, registry));
        return {};
    }));
    return state;
}

Result<> PinFile::record_now(const Pin& pin, const VersionHashes& hash_of) {
    return database_->change([&]() -> Result<> {
        AION_TRY_ASSIGN(const PinnedState state, state_of(pin.file_id, pin.name, pin.registry));
        AION_TRY(contradiction(state, pin.file_id, hash_of));
        AION_TRY_ASSIGN(const auto number, read_registry(pin.registry));
        if (!number) {
            AION_TRY_ASSIGN(const std::uint64_t next, next_registry());
            AION_TRY(write_registry(pin.registry, next));
        }
        Pin written = pin;
        return write_pin(written);
    });
}

Result<> PinFile::record(const Pin& pin, const VersionHashes& hash_of) {
    const std::scoped_lock lock(mutex_);
    if (many_ == 0) {
        return record_now(pin, hash_of);
    }
    if (waiting_.size() >= most_waiting || known_registry_ != pin.registry) {
        AION_TRY(write_waiting());
    }
    if (known_registry_ != pin.registry) {
        AION_TRY(record_now(pin, hash_of));
        known_registry_ = pin.registry;  // None is ever removed.
        return {};
    }
    AION_TRY_ASSIGN(PinnedState state, looked_up(pin.file_id, pin.name, pin.registry));
    AION_TRY(contradiction(state, pin.file_id, hash_of));
    const auto known = waiting_.find(pin.file_id);
    Waiting next{.before = known == waiting_.end() ? state.pin : known->second.before,
                 .after = pin};
    if (state.pin) {
        next.after.first_seen = state.pin->first_seen;
        if (pin.name.empty()) {
            next.after.name = state.pin->name;
        }
    }
    if (!pin.name.empty()) {
        waiting_names_.insert_or_assign(pin.name, pin.file_id);
    }
    waiting_.insert_or_assign(pin.file_id, std::move(next));
    return {};
}

// --- What waits ----------------------------------------------------------------------------------

void PinFile::begin_many() {
    const std::scoped_lock lock(mutex_);
    ++many_;
}

Result<> PinFile::end_many() {
    const std::scoped_lock lock(mutex_);
    if (many_ > 1) {
        --many_;
        return {};
    }
    AION_TRY(write_waiting());
    many_ = 0;
    if (refused_) {
        return fail(*std::exchange(refused_, std::nullopt));
    }
    return {};
}

// Those that cannot be written because another process came between.
Result<std::set<FileId>> PinFile::overtaken() {
    std::set<FileId> files;
    for (const auto& [id, waiting] : waiting_) {
        AION_TRY_ASSIGN(const std::optional<Pin> now, read_pin(id));
        if (now != waiting.before) {
            files.insert(id);
        }
    }
    for (const auto& [name, id] : waiting_names_) {
        AION_TRY_ASSIGN(const auto named, read_name(name));
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
    AION_TRY(database_->change([&]() -> Result<> {
        AION_TRY_ASSIGN(refused, overtaken());
        for (const auto& [name, id] : waiting_names_) {
            if (!refused.contains(id)) {
                AION_TRY(write_name(name, id));
            }
        }
        for (auto& [id, waiting] : waiting_) {
            if (!refused.contains(id)) {
                AION_TRY(write_pin(waiting.after));
            }
        }
        return {};
    }));
    waiting_.clear();
    waiting_names_.clear();
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

Result<> PinFile::accept(const Pin& pin, std::string_view reason) {
    const std::scoped_lock lock(mutex_);
    AION_TRY(write_waiting());
    return database_->change([&]() -> Result<> {
        AION_TRY_ASSIGN(const std::optional<Pin> before, read_pin(pin.file_id));
        AION_TRY_ASSIGN(const std::uint64_t newest, next_registry());
        AION_TRY(write_registry(pin.registry, newest));
        Pin after = pin;
        AION_TRY(write_pin(after));
        return note(PinDecision::Kind::accept, pin.last_seen, before, after, reason);
    });
}

Result<bool> PinFile::forget(FileId file_id, Timestamp now, std::string_view reason) {
    const std::scoped_lock lock(mutex_);
    AION_TRY(write_waiting());
    bool was_pinned = false;
    AION_TRY(database_->change([&]() -> Result<> {
        AION_TRY_ASSIGN(const std::optional<Pin> before, read_pin(file_id));
        if (!before) {
            return {};
        }
        was_pinned = true;
        const FileKey key = key_of(file_id);
        AION_TRY(statement(drop_pin).bind(1, key).run());
        AION_TRY(statement(drop_names).bind(1, key).run());
        return note(PinDecision::Kind::forget, now, before, std::nullopt, reason);
    }));
    return was_pinned;
}

Result<> PinFile::for_each(const std::function<void(const Pin&)>& visit) {
    const std::scoped_lock lock(mutex_);
    AION_TRY(write_waiting());
    Statement& rows = statement(all_pins);
    const Reading reading(rows);
    for (;;) {
        AION_TRY_ASSIGN(const bool more, rows.step());
        if (!more) {
            return {};
        }
        AION_TRY_ASSIGN(const Pin pin, pin_in_row(rows));
        visit(pin);
    }
}

Result<> PinFile::for_each_decision(const std::function<void(const PinDecision&)>& visit) {
    const std::scoped_lock lock(mutex_);
    Statement& rows = statement(all_decisions);
    const Reading reading(rows);
    for (;;) {
        AION_TRY_ASSIGN(const bool more, rows.step());
        if (!more) {
            return {};
        }
        const auto copy = [&](int column) {
            const ByteView bytes = rows.bytes(column);
            return Bytes(bytes.begin(), bytes.end());
        };
        const DecisionRow row{.number = rows.number(0),
                              .kind = rows.number(1),
                              .time = rows.number(2),
                              .before = copy(3),
                              .after = copy(4),
                              .reason = std::string(as_text(rows.bytes(5)))};
        PinDecision decision{.kind = static_cast<PinDecision::Kind>(row.kind),
                             .time = Timestamp{row.time},
                             .before = decoded(row.before),
                             .after = decoded(row.after),
                             .reason = row.reason};
        if (Hash::from(rows.bytes(6)) != row.digest() || row.kind > 1 ||
            decision.before.has_value() == row.before.empty() ||
            decision.after.has_value() == row.after.empty()) {
            return fail(database_->damaged("a decision"));
        }
        visit(decision);
    }
}

}  // namespace

Result<std::unique_ptr<policy::PinStore>> open_pin_file(Env& env, const std::filesystem::path& path,
                                                        PinFileMode mode) {
    AION_TRY_ASSIGN(std::unique_ptr<Database> database,
                    Database::open(env, path, kind,
                                   mode == PinFileMode::create ? DatabaseOpening::create
                                                               : DatabaseOpening::existing,
                                   wait_ms));
    auto store = std::make_unique<PinFile>(std::move(database));
    AION_TRY(store->prepare());
    return std::unique_ptr<policy::PinStore>(std::move(store));
}

}  // namespace aion::archive
