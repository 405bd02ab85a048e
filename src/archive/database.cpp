// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <mutex>
#include <new>
#include <tuple>
#include <utility>

#include "aion/base/files.hpp"
#include "aion/base/utf8.hpp"
#include "archive/details.hpp"
#include "archive/disk.hpp"
#include "archive/owner.hpp"
#include "base/try.hpp"

namespace aion::archive {
namespace {

// The file's header (sqlite.org/fileformat2.html).
constexpr std::size_t header_size = 100;
constexpr std::string_view magic{"SQLite format 3\0", 16};
constexpr std::size_t write_format_at = 18;  // 1: rollback journal; 2: write-ahead log.
constexpr std::size_t read_format_at = 19;
constexpr std::size_t version_at = 60;
constexpr std::size_t application_at = 68;
constexpr std::uint32_t others_may_write = 022;
// Above every value that we keep.
constexpr int max_value_size = 64 << 20;
constexpr int few = 8;

struct Close {
    void operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }
};

using Connection = std::unique_ptr<sqlite3, Close>;

struct Free {
    void operator()(void* memory) const noexcept { sqlite3_free(memory); }
};

// Held while a database is made and while one is opened. Closing a file drops all locks that the
// process has on it, so nobody may open the new one while it is being written.
std::mutex& opening_mutex() {
    static std::mutex mutex;
    return mutex;
}

int succeeded_or(int so_far, int next) noexcept {
    return so_far != SQLITE_OK ? so_far : next;
}

std::uint32_t big_endian_at(ByteView bytes, std::size_t at) noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) {
        value = value << 8U | bytes[at + i];
    }
    return value;
}

std::string shown(const std::filesystem::path& path) {
    return escape_bad_bytes(path.string());
}

// A page that could not be read is among what the check of all pages finds, with the reason:
// 0 if there is none.
int code_in(std::string_view found) noexcept {
    constexpr std::string_view before = "error code=";
    const std::size_t at = found.find(before);
    int code = 0;
    if (at != std::string_view::npos) {
        found.remove_prefix(at + before.size());
        std::ignore = std::from_chars(found.data(), found.data() + found.size(), code);
    }
    return code;
}

bool is_lack_of_memory(int code) noexcept {
    return (code & 0xFF) == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM;
}

// What says nothing of the database.
bool is_outside(int code) noexcept {
    return is_lack_of_memory(code) ||
           ((code & 0xFF) == SQLITE_IOERR && code != SQLITE_IOERR_SHORT_READ);
}

// The bytes of an empty database of that kind: made in memory, so that the file comes into being
// as every other of ours does.
Bytes empty_database(const DatabaseKind& kind) {
    sqlite3* opened = nullptr;
    int result =
        sqlite3_open_v2(":memory:", &opened,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    const Connection connection(opened);
    const auto run = [&](const char* sql) {
        result = succeeded_or(result, result == SQLITE_OK ? sqlite3_exec(connection.get(), sql,
                                                                         nullptr, nullptr, nullptr)
                                                          : SQLITE_OK);
    };
    run("PRAGMA page_size=4096");
    run(fmt::format("PRAGMA application_id={}", kind.application_id).c_str());
    run(fmt::format("PRAGMA user_version={}", kind.version).c_str());
    for (const char* table : kind.tables) {
        run(table);
    }
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, Free> bytes(
        result == SQLITE_OK ? sqlite3_serialize(connection.get(), "main", &size, 0) : nullptr);
    if (bytes == nullptr) {
        throw std::bad_alloc();  // Nothing but memory takes part in this.
    }
    return {bytes.get(), bytes.get() + size};
}

Result<> make(Env& env, const std::filesystem::path& path, const DatabaseKind& kind) {
    const Bytes content = empty_database(kind);
    AION_TRY_ASSIGN(const Place place, locate_to_write(env, path));
    WriteOptions how;
    how.secret = true;
    const ByteView piece = content;
    const auto written = write_file_atomically(env, place, {&piece, 1}, how);
    if (!written && written.error().code() != ErrorCode::file_exists) {
        return fail(written.error());
    }
    return {};  // Whoever came first made the same.
}

// What is at `path`, a link itself included.
Result<std::optional<FileInfo>> what_is_at(Env& env, const std::filesystem::path& path) {
    auto folder = env.open_directory(path.parent_path());
    if (!folder) {
        if (folder.error().os_error() == ENOENT || folder.error().os_error() == ENOTDIR) {
            return std::nullopt;
        }
        return fail(std::move(folder).error());
    }
    return (*folder)->info(path.filename().string());
}

// Content that is believed may be nobody else's, and neither may the journal, from which SQLite
// would restore what it says.
Result<> check_owned(Env& env, const std::filesystem::path& path, const FileInfo& file,
                     std::string_view what) {
    if (!is_trusted(file.user)) {
        return fail(operation_not_permitted(
            fmt::format("using the {} in {}, which belongs to another user ({})", what, shown(path),
                        file.user),
            "a file of your own"));
    }
    if ((file.mode & others_may_write) != 0) {
        return fail(operation_not_permitted(
            fmt::format("using the {} in {}, which others may write (mode {:04o})", what,
                        shown(path), file.mode),
            fmt::format("chmod 600 {}", shown(path))));
    }
    return check_folder_of(env, path, what, Beside::nobody);
}

}  // namespace

// --- Statement -----------------------------------------------------------------------------------

Statement::Statement(const Database& database, sqlite3_stmt* statement) noexcept
    : database_(&database), statement_(statement) {}

Statement::~Statement() {
    sqlite3_finalize(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      problem_(other.problem_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(database_, other.database_);
    std::swap(statement_, other.statement_);
    std::swap(problem_, other.problem_);
    return *this;
}

Statement& Statement::bind(int parameter, std::uint64_t number) noexcept {
    problem_ = succeeded_or(
        problem_, sqlite3_bind_int64(statement_, parameter, static_cast<sqlite3_int64>(number)));
    return *this;
}

Statement& Statement::bind(int parameter, ByteView bytes) noexcept {
    // A null pointer would make it no value.
    const void* const start = bytes.empty() ? static_cast<const void*>("") : bytes.data();
    problem_ = succeeded_or(
        problem_, sqlite3_bind_blob64(statement_, parameter, start, bytes.size(), SQLITE_STATIC));
    return *this;
}

Result<bool> Statement::step() {
    const int result = problem_ != SQLITE_OK ? problem_ : sqlite3_step(statement_);
    if (result == SQLITE_ROW) {
        return true;
    }
    if (result == SQLITE_DONE) {
        reset();
        return false;
    }
    Error error = database_->failed(result);
    reset();
    return fail(std::move(error));
}

Result<> Statement::run() {
    for (;;) {
        AION_TRY_ASSIGN(const bool row, step());
        if (!row) {
            return {};
        }
    }
}

void Statement::reset() noexcept {
    std::ignore = sqlite3_reset(statement_);
    std::ignore = sqlite3_clear_bindings(statement_);
    problem_ = SQLITE_OK;
}

std::uint64_t Statement::number(int column) const noexcept {
    return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
}

ByteView Statement::bytes(int column) const {
    if (sqlite3_column_type(statement_, column) != SQLITE_BLOB) {
        return {};
    }
    const auto* const start =
        static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    if (start == nullptr && size != 0) {
        throw std::bad_alloc();
    }
    return {start, size};
}

// --- Database ------------------------------------------------------------------------------------

Database::Database(std::string shown, const DatabaseKind& kind)
    : disk_(std::make_unique<Disk>(kind.believed ? Journal::beside : Journal::in_memory)),
      shown_(std::move(shown)),
      kind_(&kind) {}

Database::~Database() {
    sqlite3_close_v2(connection_);
}

Result<std::unique_ptr<Database>> Database::open(Env& env, const std::filesystem::path& path,
                                                 const DatabaseKind& kind, DatabaseOpening opening,
                                                 int wait_ms) {
    const std::scoped_lock guard(opening_mutex());
    AION_TRY_ASSIGN(std::optional<FileInfo> file, what_is_at(env, path));
    if (!file) {
        if (opening == DatabaseOpening::existing) {
            return fail(error_at_path(ErrorCode::file_not_found, path.string()));
        }
        AION_TRY(make(env, path, kind));
        AION_TRY_ASSIGN(file, what_is_at(env, path));
        if (!file) {
            return fail(error_at_path(ErrorCode::file_read_error, path.string(), ENOENT));
        }
    }

    // A private constructor is out of make_unique's reach.
    struct Opened : Database {
        Opened(std::string shown, const DatabaseKind& kind) : Database(std::move(shown), kind) {}
    };

    auto database = std::make_unique<Opened>(shown(path), kind);
    if (file->kind != FileKind::regular) {
        return fail(database->foreign("it is no regular file"));
    }
    if (kind.believed) {
        AION_TRY(check_owned(env, path, *file, kind.what));
        // To open a pipe would wait for somebody at its other end.
        AION_TRY_ASSIGN(const auto journal, what_is_at(env, path.string() + "-journal"));
        if (journal && journal->kind != FileKind::regular) {
            return fail(database->foreign("the journal beside it is no regular file"));
        }
    }
    AION_TRY(database->connect(path, wait_ms));
    AION_TRY_ASSIGN(const std::optional<FileInfo> again, what_is_at(env, path));
    if (!again || again->identity.device != file->identity.device ||
        again->identity.inode != file->identity.inode) {
        return fail(error_because(ErrorCode::conflict,
                                  fmt::format("{} was replaced while it was opened", shown(path))));
    }
    AION_TRY(database->check_header());
    AION_TRY(database->check_tables());
    if (kind.believed) {
        AION_TRY(database->check_pages());
    }
    if (database->is_former_) {
        AION_TRY(database->bring_up_to_date());
    }
    return std::unique_ptr<Database>(std::move(database));
}

Result<> Database::connect(const std::filesystem::path& path, int wait_ms) {
    // An absolute or dotted path is never taken for a URI or for `:memory:`.
    const std::filesystem::path named = path.is_absolute() ? path : "." / path;
    int result = disk_->open(named.c_str(),
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE,
                             &connection_);
    const auto set = [&](int option, int value) {
        result = succeeded_or(
            result, sqlite3_db_config(connection_, option, value, static_cast<int*>(nullptr)));
    };
    if (result == SQLITE_OK) {
        set(SQLITE_DBCONFIG_DEFENSIVE, 1);
        set(SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
        set(SQLITE_DBCONFIG_ENABLE_TRIGGER, 0);
        set(SQLITE_DBCONFIG_ENABLE_VIEW, 0);
        sqlite3_limit(connection_, SQLITE_LIMIT_LENGTH, max_value_size);
        sqlite3_limit(connection_, SQLITE_LIMIT_ATTACHED, 0);
        sqlite3_limit(connection_, SQLITE_LIMIT_TRIGGER_DEPTH, 0);
        sqlite3_limit(connection_, SQLITE_LIMIT_COLUMN, few * few);
        result = succeeded_or(result, sqlite3_busy_timeout(connection_, wait_ms));
    }
    return result == SQLITE_OK ? Result<>{} : fail(failed(result));
}

Result<> Database::check_header() const {
    sqlite3_file* file = nullptr;
    if (const int result = sqlite3_file_control(connection_, "main", SQLITE_FCNTL_FILE_POINTER,
                                                static_cast<void*>(&file));
        result != SQLITE_OK || file == nullptr || file->pMethods == nullptr) {
        return fail(failed(SQLITE_CANTOPEN));
    }
    std::array<std::uint8_t, header_size> header{};
    const int result = file->pMethods->xRead(file, header.data(), header_size, 0);
    if (result == SQLITE_IOERR_SHORT_READ) {
        return fail(damaged("it is cut off"));
    }
    if (result != SQLITE_OK) {
        return fail(failed(result));
    }
    const ByteView bytes = header;
    const std::uint32_t version = big_endian_at(bytes, version_at);
    if (!as_text(bytes).starts_with(magic) ||
        big_endian_at(bytes, application_at) != kind_->application_id) {
        return fail(foreign("its first bytes are others"));
    }
    if (version > kind_->version) {
        return fail(invalid<ArchiveDetail::database_newer>(kind_->what, shown_, version));
    }
    const bool is_known =
        version == kind_->version || (version != 0 && version <= kind_->tables_then.size());
    if (!is_known || header[write_format_at] != 1 || header[read_format_at] != 1) {
        return fail(foreign("its header is another"));
    }
    return {};
}

// Nothing in the database has been used before this: no statement of ours was prepared.
Result<> Database::check_tables() {
    AION_TRY(run("PRAGMA mmap_size=0"));
    AION_TRY(run("PRAGMA cell_size_check=1"));
    AION_TRY(run("PRAGMA temp_store=MEMORY"));
    AION_TRY(run(kind_->believed ? "PRAGMA journal_mode=DELETE" : "PRAGMA journal_mode=MEMORY"));
    // What is believed is there when a call returns, whatever happens to the power then: also the
    // name of the journal, which would undo it, is gone for good. To lose the last of what is not
    // costs time only; a torn file would cost all of it.
    AION_TRY(run(kind_->believed ? "PRAGMA synchronous=EXTRA" : "PRAGMA synchronous=NORMAL"));
    return look([this] { return list_tables(); });
}

// Another process may have brought it up to date since the header was read.
Result<> Database::list_tables() {
    std::size_t expected = kind_->tables.size();
    if (!kind_->tables_then.empty()) {
        AION_TRY_ASSIGN(const std::uint64_t version, read_version());
        is_former_ = version != 0 && version <= kind_->tables_then.size();
        expected = is_former_ ? kind_->tables_then[version - 1] : expected;
    }
    AION_TRY_ASSIGN(Statement listed,
                    prepare("SELECT CAST(sql AS BLOB) FROM sqlite_schema ORDER BY rowid"));
    std::size_t count = 0;
    for (;; ++count) {
        AION_TRY_ASSIGN(const bool row, listed.step());
        if (!row) {
            break;
        }
        if (count == expected || as_text(listed.bytes(0)) != kind_->tables[count]) {
            return fail(foreign("it has other tables"));
        }
    }
    return count == expected ? Result<>{} : fail(foreign("it lacks tables"));
}

Result<std::uint64_t> Database::read_version() const {
    AION_TRY_ASSIGN(Statement asked, prepare("PRAGMA user_version"));
    AION_TRY_ASSIGN(const bool row, asked.step());
    return row ? asked.number(0) : 0;
}

Result<> Database::bring_up_to_date() const {
    return change([this]() -> Result<> {
        AION_TRY_ASSIGN(const std::uint64_t version, read_version());
        if (version == 0 || version > kind_->tables_then.size()) {
            return {};  // Whoever came first did the same.
        }
        for (const char* const table : kind_->tables.subspan(kind_->tables_then[version - 1])) {
            AION_TRY(run(table));
        }
        return run(fmt::format("PRAGMA user_version={}", kind_->version).c_str());
    });
}

Result<> Database::check_pages() const {
    AION_TRY_ASSIGN(Statement check,
                    prepare("SELECT CAST(quick_check AS BLOB) FROM pragma_quick_check(1)"));
    AION_TRY_ASSIGN(const bool row, check.step());
    const std::string found(row ? as_text(check.bytes(0)) : "");
    if (found == "ok") {
        return {};
    }
    const int code = code_in(found);
    return fail(is_outside(code) ? failed(code) : damaged(found));
}

Result<> Database::run(const char* sql) const {
    const int result = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
    return result == SQLITE_OK ? Result<>{} : fail(failed(result));
}

Result<Statement> Database::prepare(std::string_view sql) const {
    sqlite3_stmt* statement = nullptr;
    const int result = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK) {
        return fail(failed(result));
    }
    return Statement(*this, statement);
}

Error Database::foreign(std::string_view how) const {
    return invalid<ArchiveDetail::database_foreign>(kind_->what, shown_, how);
}

Error Database::damaged(std::string_view how) const {
    return invalid<ArchiveDetail::database_damaged>(kind_->what, shown_, how, kind_->remedy);
}

Error Database::failed(int code) const {
    const int os_error = connection_ == nullptr ? 0 : sqlite3_system_errno(connection_);
    const auto at_path = [&](PathCode kind, int cause) {
        return error_at_path(kind, shown_, cause)
            .in_context(fmt::format("{}: SQLite says: {}", kind_->what, sqlite3_errstr(code)));
    };
    if (is_lack_of_memory(code)) {
        throw std::bad_alloc();
    }
    switch (code & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
            return error_because(
                ErrorCode::conflict,
                fmt::format("another process holds the {} in {}; try again", kind_->what, shown_));
        case SQLITE_CORRUPT:
        case SQLITE_MISMATCH:
            return damaged(sqlite3_errstr(code));
        case SQLITE_NOTADB:
        case SQLITE_ERROR:  // What we ask for is not there.
        case SQLITE_SCHEMA:
            return foreign(sqlite3_errstr(code));
        case SQLITE_FULL:
            return at_path(ErrorCode::file_write_error, ENOSPC);
        case SQLITE_READONLY:
            return at_path(ErrorCode::file_write_error, os_error != 0 ? os_error : EACCES);
        default:
            break;
    }
    const bool reading = code == SQLITE_IOERR_READ || code == SQLITE_IOERR_SHORT_READ ||
                         code == SQLITE_IOERR_FSTAT || (code & 0xFF) == SQLITE_CANTOPEN ||
                         (code & 0xFF) == SQLITE_PERM || (code & 0xFF) == SQLITE_AUTH;
    return reading ? at_path(ErrorCode::file_read_error, os_error)
                   : at_path(ErrorCode::file_write_error, os_error);
}

bool Database::at_rest() const noexcept {
    return sqlite3_get_autocommit(connection_) != 0;
}

Database::Rollback::~Rollback() {
    if (!database_->at_rest()) {
        std::ignore = sqlite3_exec(database_->connection_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

}  // namespace aion::archive
