// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/net/postgres_ledger.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/error.hpp"
#include "aion/base/utf8.hpp"
#include "aion/tlog/note.hpp"
#include "base/try.hpp"

namespace aion::net {
namespace {

// Entries that are asked for at a time when a machine catches up: 64 MiB of the longest.
constexpr std::uint64_t entries_at_a_time = 1024;
// What PQputCopyData is given at a time, in bytes.
constexpr std::size_t copy_piece = std::size_t{1} << 20U;

struct ConnectionDeleter {
    void operator()(PGconn* connection) const noexcept { ::PQfinish(connection); }
};

using Connection = std::unique_ptr<PGconn, ConnectionDeleter>;

struct AnswerDeleter {
    void operator()(PGresult* answer) const noexcept { ::PQclear(answer); }
};

using Answer = std::unique_ptr<PGresult, AnswerDeleter>;

// SQLSTATE 55P03: lock_timeout, as somebody else's turn does not end.
bool is_lock_timeout(const PGresult* answer) {
    const char* const state = ::PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    return state != nullptr && std::string_view(state) == "55P03";
}

void append_big_endian(Bytes& out, std::uint64_t value, unsigned size) {
    for (unsigned i = size; i > 0; --i) {
        out.push_back(static_cast<std::uint8_t>(value >> (8 * (i - 1))));
    }
}

std::optional<std::uint64_t> decimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

// A connection and what is asked over it.
class Session {
  public:
    [[nodiscard]] static Result<Session> open(const PostgresSettings& settings);

    [[nodiscard]] bool is_alive() const { return ::PQstatus(connection_.get()) == CONNECTION_OK; }

    /// One statement that gives no rows.
    [[nodiscard]] Result<> run(std::string_view doing, const std::string& statement);
    /// One statement with texts for its parameters; rows as text or in binary.
    [[nodiscard]] Result<Answer> ask(std::string_view doing, const char* statement,
                                     std::span<const std::string> values, bool binary = false);
    /// Ends the transaction without its work, in the middle of COPY, too. What fails in that the
    /// server does itself when the connection goes.
    void give_up();

    /// COPY: begins, gives pieces of the data, ends.
    [[nodiscard]] Result<> begin_copy(const char* statement);
    [[nodiscard]] Result<> put(ByteView piece);
    [[nodiscard]] Result<> end_copy();

  private:
    explicit Session(Connection connection) : connection_(std::move(connection)) {}

    [[nodiscard]] std::string_view complaint() const { return ::PQerrorMessage(connection_.get()); }

    Connection connection_;
};

Result<Session> Session::open(const PostgresSettings& settings) {
    const std::string timeout = std::to_string(settings.timeout_s);
    // The last two win over what `where` says: a database that waits for ever is nobody's wish, and
    // names of ours that it shows its keeper.
    const std::array<const char*, 4> keys = {"dbname", "connect_timeout",
                                             "fallback_application_name", nullptr};
    const std::array<const char*, 4> values = {settings.where.c_str(), timeout.c_str(), "aion tlog",
                                               nullptr};
    Connection connection(::PQconnectdbParams(keys.data(), values.data(), /*expand_dbname=*/1));
    if (connection == nullptr) {
        throw std::bad_alloc();
    }
    if (::PQstatus(connection.get()) != CONNECTION_OK) {
        return fail(tlog::ledger_error("connect", ::PQerrorMessage(connection.get())));
    }
    // Notices ("relation already exists") would go to standard error.
    ::PQsetNoticeReceiver(
        connection.get(), [](void* /*ours*/, const PGresult* /*notice*/) {}, nullptr);
    Session session(std::move(connection));
    const std::uint64_t most_ms = std::uint64_t{settings.timeout_s} * 1000;
    AION_TRY(session.run("set up", fmt::format("SET lock_timeout = {}; SET statement_timeout = {}; "
                                               "SET idle_in_transaction_session_timeout = {}; "
                                               "SET client_encoding = 'UTF8'",
                                               most_ms, 2 * most_ms, 4 * most_ms)));
    return session;
}

Result<> Session::run(std::string_view doing, const std::string& statement) {
    const Answer answer(::PQexec(connection_.get(), statement.c_str()));
    if (::PQresultStatus(answer.get()) != PGRES_COMMAND_OK) {
        return fail(tlog::ledger_error(doing, complaint()));
    }
    return {};
}

Result<Answer> Session::ask(std::string_view doing, const char* statement,
                            std::span<const std::string> values, bool binary) {
    std::vector<const char*> pointers;
    pointers.reserve(values.size());
    for (const std::string& value : values) {
        pointers.push_back(value.c_str());
    }
    Answer answer(::PQexecParams(connection_.get(), statement, static_cast<int>(values.size()),
                                 nullptr, pointers.data(), nullptr, nullptr, binary ? 1 : 0));
    const ExecStatusType status = ::PQresultStatus(answer.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        return answer;
    }
    if (is_lock_timeout(answer.get())) {
        return fail(
            error_because(ErrorCode::conflict, "another machine's turn to append does not end"));
    }
    return fail(tlog::ledger_error(doing, complaint()));
}

void Session::give_up() {
    if (::PQputCopyEnd(connection_.get(), "given up") == 1) {
        Answer answer(::PQgetResult(connection_.get()));
        while (answer != nullptr) {
            answer.reset(::PQgetResult(connection_.get()));
        }
    }
    static_cast<void>(run("end the turn", "ROLLBACK"));
}

Result<> Session::begin_copy(const char* statement) {
    const Answer begun(::PQexec(connection_.get(), statement));
    if (::PQresultStatus(begun.get()) != PGRES_COPY_IN) {
        return fail(tlog::ledger_error("write entries", complaint()));
    }
    return {};
}

Result<> Session::put(ByteView piece) {
    const std::string_view data = as_text(piece);
    if (::PQputCopyData(connection_.get(), data.data(), static_cast<int>(data.size())) != 1) {
        return fail(tlog::ledger_error("write entries", complaint()));
    }
    return {};
}

Result<> Session::end_copy() {
    if (::PQputCopyEnd(connection_.get(), nullptr) != 1) {
        return fail(tlog::ledger_error("write entries", complaint()));
    }
    std::optional<Error> failed;
    while (const Answer answer = Answer(::PQgetResult(connection_.get()))) {
        if (::PQresultStatus(answer.get()) != PGRES_COMMAND_OK) {
            failed = tlog::ledger_error("write entries", ::PQresultErrorMessage(answer.get()));
        }
    }
    if (failed) {
        return fail(*std::move(failed));
    }
    return {};
}

class PostgresTurn final : public tlog::LedgerTurn {
  public:
    PostgresTurn(Session& session, const std::string& origin, std::uint64_t size,
                 std::string checkpoint)
        : session_(&session), origin_(&origin), size_(size), checkpoint_(std::move(checkpoint)) {}

    ~PostgresTurn() override {
        if (!is_over_) {
            session_->give_up();
        }
    }

    PostgresTurn(const PostgresTurn&) = delete;
    PostgresTurn& operator=(const PostgresTurn&) = delete;
    PostgresTurn(PostgresTurn&&) = delete;
    PostgresTurn& operator=(PostgresTurn&&) = delete;

    [[nodiscard]] std::uint64_t size() const noexcept override { return size_; }

    [[nodiscard]] const std::string& checkpoint() const noexcept override { return checkpoint_; }

    [[nodiscard]] Result<> each_entry(
        std::uint64_t first, std::uint64_t end,
        const std::function<Result<>(std::uint64_t index, ByteView entry)>& each) override;

    [[nodiscard]] Result<> add(ByteView entry) override;
    [[nodiscard]] Result<> commit(const std::string& checkpoint) override;

  private:
    void append_tuple(ByteView entry);

    Session* session_;
    const std::string* origin_;
    std::uint64_t size_;
    std::string checkpoint_;
    std::uint64_t added_ = 0;
    Bytes piece_;  // Of COPY's data: what was not given to libpq yet.
    bool is_over_ = false;
};

Result<> PostgresTurn::each_entry(
    std::uint64_t first, std::uint64_t end,
    const std::function<Result<>(std::uint64_t index, ByteView entry)>& each) {
    while (first < end) {
        const std::uint64_t until = first + std::min(end - first, entries_at_a_time);
        AION_TRY_ASSIGN(
            const Answer rows,
            session_->ask("read entries",
                          "SELECT entry FROM aion_tlog_entry WHERE origin = $1 AND "
                          "index >= $2::bigint AND index < $3::bigint ORDER BY index",
                          std::array{*origin_, std::to_string(first), std::to_string(until)},
                          /*binary=*/true));
        if (std::cmp_not_equal(::PQntuples(rows.get()), until - first)) {
            return fail(tlog::ledger_error(
                "read entries",
                fmt::format("of the entries {} to {} some are missing", first, until - 1)));
        }
        for (int row = 0; first < until; ++row, ++first) {
            const std::string_view entry(
                ::PQgetvalue(rows.get(), row, 0),
                static_cast<std::size_t>(::PQgetlength(rows.get(), row, 0)));
            AION_TRY(each(first, as_bytes(entry)));
        }
    }
    return {};
}

// PostgreSQL's documentation, COPY, "Binary Format".
void PostgresTurn::append_tuple(ByteView entry) {
    append_big_endian(piece_, 3, 2);
    append_big_endian(piece_, origin_->size(), 4);
    piece_.insert(piece_.end(), origin_->begin(), origin_->end());
    append_big_endian(piece_, 8, 4);
    append_big_endian(piece_, size_ + added_, 8);
    append_big_endian(piece_, entry.size(), 4);
    piece_.insert(piece_.end(), entry.begin(), entry.end());
}

Result<> PostgresTurn::add(ByteView entry) {
    if (added_ == 0) {
        AION_TRY(
            session_->begin_copy("COPY aion_tlog_entry (origin, index, entry) FROM STDIN BINARY"));
        constexpr std::array<std::uint8_t, 11> signature = {'P',  'G',  'C',  'O',  'P', 'Y',
                                                            '\n', 0xff, '\r', '\n', 0};
        piece_.assign(signature.begin(), signature.end());
        append_big_endian(piece_, 0, 4);  // flags
        append_big_endian(piece_, 0, 4);  // length of what else the header has
    }
    append_tuple(entry);
    ++added_;
    if (piece_.size() >= copy_piece) {
        AION_TRY(session_->put(piece_));
        piece_.clear();
    }
    return {};
}

Result<> PostgresTurn::commit(const std::string& checkpoint) {
    if (added_ > 0) {
        append_big_endian(piece_, 0xffff, 2);
        AION_TRY(session_->put(piece_));
        AION_TRY(session_->end_copy());
    }
    AION_TRY(session_->ask(
        "write the checkpoint",
        "UPDATE aion_tlog_head SET size = $2::bigint, checkpoint = $3 WHERE origin = $1",
        std::array{*origin_, std::to_string(size_ + added_), checkpoint}));
    is_over_ = true;
    AION_TRY_ASSIGN(const Answer done, session_->ask("commit", "COMMIT", {}));
    // A transaction that something broke is rolled back by that, without an error.
    if (std::string_view(::PQcmdStatus(done.get())) != "COMMIT") {
        return fail(tlog::ledger_error("commit", "it was rolled back"));
    }
    return {};
}

class PostgresLedger final : public tlog::SharedLedger {
  public:
    PostgresLedger(PostgresSettings settings, Session session)
        : settings_(std::move(settings)), session_(std::move(session)) {}

    /// Makes what is not there.
    [[nodiscard]] Result<> set_up();

    [[nodiscard]] Result<std::unique_ptr<tlog::LedgerTurn>> begin() override;

  private:
    [[nodiscard]] Result<std::unique_ptr<tlog::LedgerTurn>> begin_here();

    PostgresSettings settings_;
    Session session_;
};

Result<> PostgresLedger::set_up() {
    // One machine at a time: CREATE TABLE IF NOT EXISTS fails where two do it at once. The number
    // is nothing but ours.
    AION_TRY(session_.run("make tables",
                          "BEGIN; SELECT pg_advisory_xact_lock(7166181023);"
                          "CREATE TABLE IF NOT EXISTS aion_tlog_head ("
                          " origin text PRIMARY KEY, size bigint NOT NULL,"
                          " checkpoint text NOT NULL);"
                          "CREATE TABLE IF NOT EXISTS aion_tlog_entry ("
                          " origin text NOT NULL, index bigint NOT NULL, entry bytea NOT NULL,"
                          " PRIMARY KEY (origin, index));"
                          "COMMIT"));
    AION_TRY(session_.ask("make the log's row",
                          "INSERT INTO aion_tlog_head VALUES ($1, 0, '') ON CONFLICT DO NOTHING",
                          std::array{settings_.origin}));
    return {};
}

Result<std::unique_ptr<tlog::LedgerTurn>> PostgresLedger::begin() {
    auto turn = begin_here();
    if (turn || session_.is_alive()) {
        return turn;
    }
    AION_TRY_ASSIGN(session_, Session::open(settings_));
    return begin_here();
}

Result<std::unique_ptr<tlog::LedgerTurn>> PostgresLedger::begin_here() {
    AION_TRY(session_.run("begin a turn", "BEGIN ISOLATION LEVEL READ COMMITTED"));
    // remote_apply and the others wait for more than the local disk; `off` and `local` for less.
    AION_TRY(session_.ask("begin a turn",
                          "SELECT set_config('synchronous_commit', 'on', true) "
                          "WHERE current_setting('synchronous_commit') IN ('off', 'local')",
                          {}));
    auto rows = session_.ask("wait for a turn",
                             "SELECT size, checkpoint FROM aion_tlog_head WHERE origin = $1 "
                             "FOR UPDATE",
                             std::array{settings_.origin});
    if (!rows || ::PQntuples(rows->get()) != 1) {
        session_.give_up();
        return fail(rows ? tlog::ledger_error("wait for a turn", "the log's row is gone")
                         : std::move(rows).error());
    }
    const auto size = decimal(::PQgetvalue(rows->get(), 0, 0));
    std::string checkpoint = ::PQgetvalue(rows->get(), 0, 1);
    if (!size || checkpoint.size() > tlog::max_note_size) {
        session_.give_up();
        return fail(tlog::ledger_error("wait for a turn", "the log's row is none of ours"));
    }
    return std::make_unique<PostgresTurn>(session_, settings_.origin, *size, std::move(checkpoint));
}

}  // namespace

Result<std::unique_ptr<tlog::SharedLedger>> open_postgres_ledger(PostgresSettings settings) {
    char* said = nullptr;
    PQconninfoOption* const options = ::PQconninfoParse(settings.where.c_str(), &said);
    if (options == nullptr) {
        const std::string why = said == nullptr ? std::string("no memory") : escape_controls(said);
        ::PQfreemem(said);
        return fail(error_because(ErrorCode::invalid_argument, why));
    }
    ::PQconninfoFree(options);
    AION_TRY_ASSIGN(Session session, Session::open(settings));
    auto ledger = std::make_unique<PostgresLedger>(std::move(settings), std::move(session));
    AION_TRY(ledger->set_up());
    return ledger;
}

}  // namespace aion::net
