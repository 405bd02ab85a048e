// SPDX-License-Identifier: MIT OR Apache-2.0
// A SQLite database of ours, which may have been damaged, replaced or written by a stranger.
//
// Whether it is there, what it is and its making go through Env; what SQLite then reads, writes,
// locks and syncs itself is the one exception to that door (docs/architecture.md), and that is
// narrowed to the database and its journal (disk.hpp). Nothing of the file is mapped into memory,
// and so no write-ahead log is used, whose index would be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace aion::archive {

/// What a database has to be. A file that is anything else, by one table or by one letter, is not
/// touched.
struct DatabaseKind {
    std::string_view what;                ///< For messages, e.g. `pins`.
    std::string_view remedy;              ///< What to do about one that is damaged or none.
    std::uint32_t application_id;         ///< In the file's header.
    std::uint32_t version;                ///< Likewise: of the tables and what is in them.
    std::span<const char* const> tables;  ///< The statements that make them.
    /// How many of those a database of version 1, 2, … has, which is brought up to `version` when
    /// it is opened: by making the others, which then are empty. Before that, none is read.
    std::span<const std::size_t> tables_then = {};
    /// Whether what it says is believed: then others may not be able to write it or to put a
    /// journal beside it, and each page is looked at when it is opened. What is not believed has
    /// no journal beside it, which others could write: a crash while it is written may damage it.
    bool believed;
};

enum class DatabaseOpening : std::uint8_t { create, existing };

class Database;
class Disk;

/// A prepared statement. What is bound is borrowed until `reset`. Its database outlives it.
class Statement {
  public:
    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(int parameter, std::uint64_t number) noexcept;
    Statement& bind(int parameter, ByteView bytes) noexcept;

    /// Goes to the next row: false when there is none, and the statement is reset.
    /// Errors: those of `Database`; it is reset then, too.
    [[nodiscard]] Result<bool> step();

    /// Steps to the end. For what gives no rows.
    [[nodiscard]] Result<> run();

    /// Lets go of rows and of what was bound.
    void reset() noexcept;

    /// A column of the current row: zero or nothing where it is of another type.
    [[nodiscard]] std::uint64_t number(int column) const noexcept;
    /// Valid until the next step. May throw `std::bad_alloc`.
    [[nodiscard]] ByteView bytes(int column) const;

  private:
    friend class Database;
    Statement(const Database& database, sqlite3_stmt* statement) noexcept;

    const Database* database_;
    sqlite3_stmt* statement_;
    int problem_ = 0;  // The first of binding.
};

/// One connection. Not thread-safe. Every call may throw `std::bad_alloc`. Errors, wherever nothing
/// else is said: `conflict` when another process held it for all the time allowed;
/// `invalid_format` with a detail when it is damaged; `file_read_error`; `file_write_error`.
class Database {
  public:
    /// Opens the database at `path`, and makes it if it is not there and `opening` says so: with
    /// mode 0600, all at once and durable. What is there is looked at before anything in it is
    /// used: that it is a regular file, header, tables. `wait_ms`: how long to wait for others.
    /// `kind` is borrowed.
    /// Errors: also `file_not_found`; `operation_not_permitted` when others may write it and it is
    /// to be believed.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(Env& env,
                                                                const std::filesystem::path& path,
                                                                const DatabaseKind& kind,
                                                                DatabaseOpening opening,
                                                                int wait_ms);

    ~Database();
    Database(Database&&) = delete;
    Database& operator=(Database&&) = delete;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Runs one statement without parameters and rows.
    [[nodiscard]] Result<> run(const char* sql) const;

    [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;

    /// Runs `work`, a Result<> (), in a transaction that nobody writes beside: all of it is durable
    /// when this returns, or nothing is changed. (If the journal's folder cannot be synced in the
    /// end, it is changed, and an error all the same.)
    template <class Work>
    [[nodiscard]] Result<> change(const Work& work) const {
        if (auto begun = run("BEGIN IMMEDIATE"); !begun) {
            return begun;
        }
        const Rollback rollback(*this);
        if (Result<> done = work(); !done) {
            return done;
        }
        return run("COMMIT");
    }

    /// Runs `work`, likewise, on one state of the database, which is locked once for it.
    template <class Work>
    [[nodiscard]] Result<> look(const Work& work) const {
        if (!at_rest()) {
            return work();
        }
        if (auto begun = run("BEGIN"); !begun) {
            return begun;
        }
        const Rollback rollback(*this);
        return work();
    }

    /// What a result code of SQLite, other than success, is to the caller.
    [[nodiscard]] Error failed(int code) const;

    /// The error for content that cannot be what we wrote.
    [[nodiscard]] Error damaged(std::string_view how) const;

    /// The error for a file that is no such database.
    [[nodiscard]] Error foreign(std::string_view how) const;

    /// False while a transaction is open.
    [[nodiscard]] bool at_rest() const noexcept;

  private:
    class Rollback {  // Unless it was committed.
      public:
        explicit Rollback(const Database& database) noexcept : database_(&database) {}

        ~Rollback();
        Rollback(const Rollback&) = delete;
        Rollback& operator=(const Rollback&) = delete;
        Rollback(Rollback&&) = delete;
        Rollback& operator=(Rollback&&) = delete;

      private:
        const Database* database_;
    };

    Database(std::string shown, const DatabaseKind& kind);
    [[nodiscard]] Result<> connect(const std::filesystem::path& path, int wait_ms);
    [[nodiscard]] Result<> check_header() const;
    [[nodiscard]] Result<> check_tables();
    [[nodiscard]] Result<> list_tables();
    [[nodiscard]] Result<> bring_up_to_date() const;
    [[nodiscard]] Result<std::uint64_t> read_version() const;
    [[nodiscard]] Result<> check_pages() const;

    std::unique_ptr<Disk> disk_;
    sqlite3* connection_ = nullptr;
    std::string shown_;  // Path, for messages.
    const DatabaseKind* kind_;
    bool is_former_ = false;  // Of a version before that of its kind.
};

}  // namespace aion::archive
