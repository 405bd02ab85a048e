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
});

constexpr DatabaseKind kind = {
    .what = "pins",
    .remedy = "bring back a copy, or remove it, whereby all that is pinned is forgotten",
    .application_id = application_id,
    .version = 1,
    .tables = tables,
    .believed = true};

enum Sql : std::size_t {
    find_pin,
    find_name,
    find_registry,
    put_pin,
    put_name,
    put_registry,
    put_decision,
    last_decision,
    drop_pin,
    drop_names,
    all_pins,
    all_names,
    all_registries,
    all_decisions,
};

constexpr auto sql = std::to_array<std::string_view>({
    "SELECT file_id, version, head, registry, name, first_seen, last_seen, digest FROM pins "
    "WHERE file_id = ?1",
    "SELECT file_id, digest FROM names WHERE name = ?1",
    "SELECT superseded, digest FROM registries WHERE fingerprint = ?1",
    "INSERT OR REPLACE INTO pins VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    "INSERT OR REPLACE INTO names VALUES(?1, ?2, ?3)",
    "INSERT OR REPLACE INTO registries VALUES(?1, ?2, ?3)",
    "INSERT INTO decisions VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    "SELECT max(number) FROM decisions",
    "DELETE FROM pins WHERE file_id = ?1",
    "DELETE FROM names WHERE file_id = ?1",
    "SELECT file_id, version, head, registry, name, first_seen, last_seen, digest FROM pins "
    "ORDER BY file_id",
    "SELECT name, file_id, digest FROM names",
    "SELECT fingerprint, superseded, digest FROM registries ORDER BY fingerprint",
    "SELECT number, kind, time, before, after, reason, digest FROM decisions ORDER BY number",
});
static_assert(sql.size() == all_decisions + 1);

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
        AION_TRY(superseded_in_row(*fingerprint, rows, 1));
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

// --- Rows ----------------------------------------------------------------------------------------

Result<Pin> PinTables::pin_in_row(const Statement& row) const {
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

Result<bool> PinTables::superseded_in_row(const Hash& fingerprint, const Statement& row,
                                          int column) const {
    const std::uint64_t superseded = row.number(column);
    if (superseded > 1 ||
        Hash::from(row.bytes(column + 1)) != digest_of_registry(fingerprint, superseded)) {
        return fail(database_->damaged("a registry"));
    }
    return superseded == 1;
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

Result<PinTables::Standing> PinTables::standing(const Hash& registry) {
    Statement& row = statement(find_registry);
    const Reading reading(row);
    AION_TRY_ASSIGN(const bool found, row.bind(1, registry.view()).step());
    if (!found) {
        return Standing::unseen;
    }
    AION_TRY_ASSIGN(const bool superseded, superseded_in_row(registry, row, 0));
    return superseded ? Standing::superseded : Standing::current;
}

Result<> PinTables::write_registry(const Hash& fingerprint, bool superseded) {
    const std::uint64_t flag = superseded ? 1 : 0;
    const Hash sum = digest_of_registry(fingerprint, flag);
    return statement(put_registry)
        .bind(1, fingerprint.view())
        .bind(2, flag)
        .bind(3, sum.view())
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

Result<> PinTables::move_pin(Pin& pin) {
    AION_TRY_ASSIGN(const std::optional<Pin> before, this->pin(pin.file_id));
    AION_TRY_ASSIGN(const Standing now, standing(pin.registry));
    if (now == Standing::unseen) {
        AION_TRY(write_registry(pin.registry, false));
    }
    if (before && before->registry != pin.registry && now != Standing::superseded) {
        AION_TRY(write_registry(before->registry, true));
    }
    if (!pin.name.empty()) {
        AION_TRY(write_name(pin.name, pin.file_id));
    }
    return write_pin(pin);
}

Result<> PinTables::drop(FileId file_id) {
    const FileKey key = key_of(file_id);
    AION_TRY(statement(drop_pin).bind(1, key).run());
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
        if (Hash::from(rows.bytes(6)) != row.digest() || row.kind > 1 ||
            decision.before.has_value() == row.before.empty() ||
            decision.after.has_value() == row.after.empty()) {
            return fail(database_->damaged("a decision"));
        }
        visit(decision);
    }
}

}  // namespace aion::archive
