// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/pin_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "archive/pin_rows.hpp"
#include "base/try.hpp"

namespace aion::archive {
namespace {

using policy::ChainPoint;
using policy::Pin;
using policy::PinDecision;

constexpr int wait_ms = 5000;
constexpr std::uint32_t application_id = 0x61696F70;  // "aiop"

constexpr auto tables = std::to_array<const char*>({
    "CREATE TABLE pins(file_id BLOB PRIMARY KEY, version INTEGER, head BLOB, registry BLOB, "
    "name BLOB, first_seen INTEGER, last_seen INTEGER, digest BLOB) WITHOUT ROWID",
    "CREATE TABLE names(name BLOB PRIMARY KEY, file_id BLOB, digest BLOB) WITHOUT ROWID",
    "CREATE TABLE registries(fingerprint BLOB PRIMARY KEY, superseded INTEGER, digest BLOB) "
    "WITHOUT ROWID",
    "CREATE TABLE decisions(number INTEGER PRIMARY KEY, kind INTEGER, time INTEGER, before BLOB, "
    "after BLOB, reason BLOB, digest BLOB)",
    // Since version 2. What it says of a registry is part of that one's digest.
    "CREATE TABLE chained(fingerprint BLOB PRIMARY KEY, root BLOB, number INTEGER, head BLOB, "
    "forward INTEGER) WITHOUT ROWID",
    "CREATE TABLE chains(root BLOB PRIMARY KEY, number INTEGER, head BLOB, digest BLOB) WITHOUT "
    "ROWID",
    // The pins that are so, and the records that they left. That is part of their digests, too.
    "CREATE TABLE exempt(file_id BLOB PRIMARY KEY, root BLOB, number INTEGER, head BLOB) WITHOUT "
    "ROWID",
});
constexpr auto tables_then = std::to_array<std::size_t>({4});

constexpr DatabaseKind kind = {
    .what = "pins",
    .remedy = "bring back a copy, or remove it, whereby all that is pinned is forgotten",
    .application_id = application_id,
    .version = 2,
    .tables = tables,
    .tables_then = tables_then,
    .believed = true};

enum Sql : std::size_t {
    find_pin,
    find_pin_under,
    find_name,
    find_registry,
    find_chain,
    put_pin,
    put_exempt,
    put_name,
    put_registry,
    put_chained,
    put_chain,
    put_decision,
    last_decision,
    drop_pin,
    drop_exempt,
    drop_names,
    all_pins,
    all_names,
    all_registries,
    all_decisions,
    lost_exempt,
};

constexpr auto sql = std::to_array<std::string_view>({
    "SELECT file_id, version, pins.head, registry, name, first_seen, last_seen, digest, "
    "exempt.file_id IS NOT NULL, root, number, exempt.head "
    "FROM pins LEFT JOIN exempt USING(file_id) WHERE file_id = ?1",
    "SELECT 1 FROM pins WHERE registry = ?1 LIMIT 1",
    "SELECT file_id, digest FROM names WHERE name = ?1",
    "SELECT superseded, digest, root, number, head, forward FROM registries "
    "LEFT JOIN chained USING(fingerprint) WHERE fingerprint = ?1",
    "SELECT number, head, digest FROM chains WHERE root = ?1",
    "INSERT OR REPLACE INTO pins VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    "INSERT OR REPLACE INTO exempt VALUES(?1, ?2, ?3, ?4)",
    "INSERT OR REPLACE INTO names VALUES(?1, ?2, ?3)",
    "INSERT OR REPLACE INTO registries VALUES(?1, ?2, ?3)",
    "INSERT OR REPLACE INTO chained VALUES(?1, ?2, ?3, ?4, ?5)",
    "INSERT OR REPLACE INTO chains VALUES(?1, ?2, ?3, ?4)",
    "INSERT INTO decisions VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    "SELECT max(number) FROM decisions",
    "DELETE FROM pins WHERE file_id = ?1",
    "DELETE FROM exempt WHERE file_id = ?1",
    "DELETE FROM names WHERE file_id = ?1",
    "SELECT file_id, version, pins.head, registry, name, first_seen, last_seen, digest, "
    "exempt.file_id IS NOT NULL, root, number, exempt.head "
    "FROM pins LEFT JOIN exempt USING(file_id) ORDER BY file_id",
    "SELECT name, file_id, digest FROM names",
    "SELECT fingerprint, superseded, digest, root, number, head, forward FROM registries "
    "LEFT JOIN chained USING(fingerprint) ORDER BY fingerprint",
    "SELECT number, kind, time, before, after, reason, digest FROM decisions ORDER BY number",
    "SELECT count(*) FROM exempt WHERE file_id NOT IN (SELECT file_id FROM pins)",
});
static_assert(sql.size() == lost_exempt + 1);

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

}  // namespace

PinTables::PinTables(std::unique_ptr<Database> database) noexcept
    : database_(std::move(database)) {}

Result<std::unique_ptr<PinTables>> PinTables::open(Env& env, const std::filesystem::path& path,
                                                   DatabaseOpening opening) {
    AION_TRY_ASSIGN(std::unique_ptr<Database> database,
                    Database::open(env, path, kind, opening, wait_ms));
    auto made = std::make_unique<PinTables>(std::move(database));
    AION_TRY(made->prepare());
    AION_TRY(made->database_->look([&] { return made->check(); }));
    return made;
}

Result<> PinTables::prepare() {
    statements_.reserve(sql.size());
    for (const std::string_view text : sql) {
        AION_TRY_ASSIGN(Statement made, database_->prepare(text));
        statements_.push_back(std::move(made));
    }
    return {};
}

// --- Whether all is there ------------------------------------------------------------------------

Result<> PinTables::check() {
    AION_TRY_ASSIGN(const std::vector<Hash> registries, check_registries());
    std::vector<FileId> pinned;
    Statement& rows = statement(all_pins);
    const Reading reading(rows);
    for (;;) {
        AION_TRY_ASSIGN(const bool more, rows.step());
        if (!more) {
            break;
        }
        AION_TRY_ASSIGN(const Pin pin, pin_in_row(rows));
        if (!std::ranges::binary_search(registries, pin.registry)) {
            return fail(database_->damaged(
                fmt::format("the registry of file {} is missing", to_string(pin.file_id))));
        }
        pinned.push_back(pin.file_id);
    }
    AION_TRY(check_names(pinned));
    AION_TRY(check_exempt());
    return for_each_decision([](const PinDecision&) {});
}

Result<std::vector<Hash>> PinTables::check_registries() {
    std::vector<Hash> known;
    Statement& rows = statement(all_registries);
    const Reading reading(rows);
    for (;;) {
        AION_TRY_ASSIGN(const bool more, rows.step());
        if (!more) {
            return known;
        }
        const auto fingerprint = Hash::from(rows.bytes(0));
        if (!fingerprint) {
            return fail(database_->damaged("a registry is none"));
        }
        AION_TRY_ASSIGN(const RegistryRow row, registry_in_row(*fingerprint, rows, 1));
        if (row.chain && row.forward != 0) {
            AION_TRY_ASSIGN(const auto newest, this->newest(row.chain->root));
            if (!newest || newest->number < row.chain->number) {
                return fail(database_->damaged("a chain of records that was accepted is missing"));
            }
        }
        chains_.insert_or_assign(*fingerprint, row.chain);
        known.push_back(*fingerprint);
    }
}

// A pin that is lost was perhaps not that of every name.
Result<> PinTables::check_names(const std::vector<FileId>& pinned) {
    Statement& rows = statement(all_names);
    const Reading reading(rows);
    for (;;) {
        AION_TRY_ASSIGN(const bool more, rows.step());
        if (!more) {
            return {};
        }
        const auto id = file_id_of(rows.bytes(1));
        if (!id || Hash::from(rows.bytes(2)) != digest_of_name(as_text(rows.bytes(0)), *id)) {
            return fail(database_->damaged("a name of a file"));
        }
        if (!std::ranges::binary_search(pinned, *id)) {
            return fail(
                database_->damaged(fmt::format("the pin of file {} is missing", to_string(*id))));
        }
    }
}

Result<> PinTables::check_exempt() {
    Statement& row = statement(lost_exempt);
    const Reading reading(row);
    AION_TRY(row.step());
    if (row.number(0) != 0) {
        return fail(database_->damaged("the pin of a file that is exempt is missing"));
    }
    return {};
}

// --- Rows ----------------------------------------------------------------------------------------

Result<Pin> PinTables::pin_in_row(const Statement& row) {
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
               .exempt = row.number(8) != 0,
               .name = std::string(as_text(row.bytes(4))),
               .first_seen = Timestamp{row.number(5)},
               .last_seen = Timestamp{row.number(6)}};
    if (const auto root = Hash::from(row.bytes(9))) {
        pin.left = {.root = *root,
                    .number = row.number(10),
                    .hash = Hash::from(row.bytes(11)).value_or(Hash{})};
    }
    if (digest_of(pin) != *sum) {
        return fail(database_->damaged(fmt::format("the pin of file {}", to_string(*id))));
    }
    auto whole = std::optional(std::move(pin));
    AION_TRY(add_chain(whole));
    return *std::move(whole);
}

// A pin's row names its registry only.
Result<> PinTables::add_chain(std::optional<Pin>& pin) {
    if (!pin) {
        return {};
    }
    auto known = chains_.find(pin->registry);
    if (known == chains_.end()) {
        AION_TRY_ASSIGN(const std::optional<RegistryRow> row, registry(pin->registry));
        if (!row) {
            return {};
        }
        known = chains_.emplace(pin->registry, row->chain).first;
    }
    pin->chain = known->second;
    return {};
}

// From `column` on: superseded, digest, root, number, head, forward.
Result<RegistryRow> PinTables::registry_in_row(const Hash& fingerprint, const Statement& row,
                                               int column) const {
    RegistryRow registry{.superseded = row.number(column)};
    if (const auto root = Hash::from(row.bytes(column + 2))) {
        registry.chain = {.root = *root,
                          .number = row.number(column + 3),
                          .hash = Hash::from(row.bytes(column + 4)).value_or(Hash{})};
        registry.forward = row.number(column + 5);
    }
    if (registry.superseded > 1 ||
        Hash::from(row.bytes(column + 1)) != digest_of_registry(fingerprint, registry)) {
        return fail(database_->damaged("a registry"));
    }
    return registry;
}

Result<std::optional<Pin>> PinTables::pin(FileId file_id) {
    const FileKey key = key_of(file_id);
    Statement& row = statement(find_pin);
    const Reading reading(row);
    AION_TRY_ASSIGN(const bool found, row.bind(1, key).step());
    if (!found) {
        return std::nullopt;
    }
    AION_TRY_ASSIGN(Pin read, pin_in_row(row));
    return read;
}

Result<bool> PinTables::is_any_under(const Hash& registry) {
    Statement& row = statement(find_pin_under);
    const Reading reading(row);
    return row.bind(1, registry.view()).step();
}

Result<std::optional<FileId>> PinTables::named(std::string_view name) {
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

Result<std::optional<RegistryRow>> PinTables::registry(const Hash& fingerprint) {
    Statement& row = statement(find_registry);
    const Reading reading(row);
    AION_TRY_ASSIGN(const bool found, row.bind(1, fingerprint.view()).step());
    if (!found) {
        return std::nullopt;
    }
    AION_TRY_ASSIGN(RegistryRow registry, registry_in_row(fingerprint, row, 0));
    return registry;
}

Result<std::optional<ChainPoint>> PinTables::newest(const Hash& root) {
    Statement& row = statement(find_chain);
    const Reading reading(row);
    AION_TRY_ASSIGN(const bool found, row.bind(1, root.view()).step());
    if (!found) {
        return std::nullopt;
    }
    const ChainPoint newest{
        .root = root, .number = row.number(0), .hash = Hash::from(row.bytes(1)).value_or(Hash{})};
    if (Hash::from(row.bytes(2)) != digest_of_chain(newest)) {
        return fail(database_->damaged("a chain of records"));
    }
    return newest;
}

Result<bool> PinTables::is_superseded(const Hash& registry) {
    AION_TRY_ASSIGN(const std::optional<RegistryRow> row, this->registry(registry));
    return row && row->superseded != 0;
}

Result<policy::RegistryStanding> PinTables::standing(const policy::AskedRegistry& registry) {
    policy::RegistryStanding standing;
    AION_TRY_ASSIGN(standing.is_superseded, is_superseded(registry.fingerprint()));
    if (const auto newest = registry.newest()) {
        AION_TRY_ASSIGN(standing.newest, this->newest(newest->root));
    }
    return standing;
}

Result<> PinTables::write_registry(const Hash& fingerprint, const RegistryRow& registry) {
    const Hash sum = digest_of_registry(fingerprint, registry);
    AION_TRY(statement(put_registry)
                 .bind(1, fingerprint.view())
                 .bind(2, registry.superseded)
                 .bind(3, sum.view())
                 .run());
    if (!registry.chain) {
        return {};
    }
    return statement(put_chained)
        .bind(1, fingerprint.view())
        .bind(2, registry.chain->root.view())
        .bind(3, registry.chain->number)
        .bind(4, registry.chain->hash.view())
        .bind(5, registry.forward)
        .run();
}

Result<> PinTables::write_chain(const ChainPoint& newest) {
    const Hash sum = digest_of_chain(newest);
    return statement(put_chain)
        .bind(1, newest.root.view())
        .bind(2, newest.number)
        .bind(3, newest.hash.view())
        .bind(4, sum.view())
        .run();
}

Result<> PinTables::write_name(std::string_view name, FileId id) {
    const FileKey key = key_of(id);
    const Hash sum = digest_of_name(name, id);
    return statement(put_name).bind(1, as_bytes(name)).bind(2, key).bind(3, sum.view()).run();
}

Result<> PinTables::write_pin(Pin& pin) {
    AION_TRY_ASSIGN(const std::optional<Pin> before, this->pin(pin.file_id));
    const FileKey key = key_of(pin.file_id);
    if (before) {
        pin.first_seen = before->first_seen;
        if (pin.name.empty()) {
            pin.name = before->name;
        }
    }
    if (pin.exempt) {
        AION_TRY(write_exempt(pin));
    } else if (before && before->exempt) {
        AION_TRY(statement(drop_exempt).bind(1, key).run());
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

Result<> PinTables::write_exempt(const Pin& pin) {
    const FileKey key = key_of(pin.file_id);
    const ChainPoint left = pin.left.value_or(ChainPoint{});
    return statement(put_exempt)
        .bind(1, key)
        .bind(2, pin.left ? left.root.view() : ByteView())
        .bind(3, left.number)
        .bind(4, pin.left ? left.hash.view() : ByteView())
        .run();
}

Result<> PinTables::move_pin(Pin& pin, const policy::AskedRegistry& registry) {
    AION_TRY_ASSIGN(const std::optional<Pin> before, this->pin(pin.file_id));
    AION_TRY_ASSIGN(const std::optional<RegistryRow> known, this->registry(pin.registry));
    AION_TRY_ASSIGN(const policy::RegistryStanding now, standing(registry));
    const bool is_alone = is_exception(registry, now, before);
    if (!known) {
        AION_TRY(write_registry(
            pin.registry,
            {.superseded = is_alone ? 1U : 0U, .chain = pin.chain, .forward = is_alone ? 0U : 1U}));
    } else if (is_alone && known->superseded == 0) {
        AION_TRY(leave_to_others(pin.registry, *known));
    }
    if (!is_alone) {
        AION_TRY(go_on(pin, before, now));
    }
    set_exempt(pin, is_alone, before);
    if (!pin.name.empty()) {
        AION_TRY(write_name(pin.name, pin.file_id));
    }
    return write_pin(pin);
}

// A registry under which a file is an exception is superseded, unless others are pinned under it.
Result<> PinTables::leave_to_others(const Hash& registry, RegistryRow known) {
    AION_TRY_ASSIGN(const bool is_in_use, is_any_under(registry));
    if (is_in_use) {
        return {};
    }
    known.superseded = 1;
    return write_registry(registry, known);
}

// What is behind `pin` from now on, for every file.
Result<> PinTables::go_on(const Pin& pin, const std::optional<Pin>& before,
                          const policy::RegistryStanding& standing) {
    if (pin.chain && (!standing.newest || standing.newest->number < pin.chain->number)) {
        AION_TRY(write_chain(*pin.chain));
    }
    // Of one under which the file was an exception, its going on says nothing.
    if (!before || before->exempt || before->registry == pin.registry) {
        return {};
    }
    AION_TRY_ASSIGN(std::optional<RegistryRow> former, registry(before->registry));
    RegistryRow row = former.value_or(RegistryRow{});
    row.superseded = 1;
    return write_registry(before->registry, row);
}

Result<> PinTables::drop(FileId file_id) {
    const FileKey key = key_of(file_id);
    AION_TRY(statement(drop_pin).bind(1, key).run());
    AION_TRY(statement(drop_exempt).bind(1, key).run());
    return statement(drop_names).bind(1, key).run();
}

Result<> PinTables::note(PinDecision::Kind what, Timestamp time, const std::optional<Pin>& before,
                         const std::optional<Pin>& after, std::string_view reason) {
    DecisionRow row;
    {
        // One row, of nothing if there is nothing: that is 0.
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

Result<> PinTables::for_each(const std::function<void(const Pin&)>& visit) {
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

Result<> PinTables::for_each_decision(const std::function<void(const PinDecision&)>& visit) {
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
        AION_TRY(add_chain(decision.before));
        AION_TRY(add_chain(decision.after));
        if (Hash::from(rows.bytes(6)) != row.digest() || row.kind > 1 ||
            decision.before.has_value() == row.before.empty() ||
            decision.after.has_value() == row.after.empty()) {
            return fail(database_->damaged("a decision"));
        }
        visit(decision);
    }
}

}  // namespace aion::archive
