// SPDX-License-Identifier: MIT OR Apache-2.0
// SQLite's way to the file system, narrowed to one database.
//
// Left alone, SQLite obeys what lies beside a database: a journal there says what to write into it,
// and may name another file, a super-journal, which is then deleted. Whoever may write into the
// folder could so have any file of the user deleted.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string_view>

namespace aion::archive {

/// Where SQLite keeps what undoes a transaction.
enum class Journal : std::uint8_t {
    in_memory,  ///< No file is seen or made beside the database; a torn write stays torn.
    beside,     ///< In `<database>-journal`.
};

/// What one connection may open, look at and delete: the database and its journal, if it keeps one
/// there. A write-ahead log is not seen and cannot be made, and a journal that names a
/// super-journal, as none of ours does, makes a damaged database. Outlives its connection.
class Disk {
  public:
    explicit Disk(Journal journal) noexcept;
    ~Disk() = default;
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    Disk(Disk&&) = delete;
    Disk& operator=(Disk&&) = delete;

    /// `sqlite3_open_v2` by this way, once. In the whole process one thread at a time may open.
    [[nodiscard]] int open(const char* path, int flags, sqlite3** connection) noexcept;

  private:
    struct Way {
        sqlite3_vfs ours;  // First, so that SQLite's pointer to it is one to all of this.
        sqlite3_vfs* real;
        Journal journal;
        const char* database;                 // As SQLite spells it; kept while it is open.
        sqlite3_io_methods database_methods;  // Those of `real`, without shared memory.
        sqlite3_io_methods journal_methods;
    };

    static Way& way_of(sqlite3_vfs* disk) noexcept;
    static bool is_database(const Way& way, const char* name) noexcept;
    static bool is_beside(const Way& way, const char* name, std::string_view suffix) noexcept;
    static int open_file(sqlite3_vfs* disk, const char* name, sqlite3_file* file, int flags,
                         int* flags_out) noexcept;
    static int delete_file(sqlite3_vfs* disk, const char* name, int sync) noexcept;
    static int look_at_file(sqlite3_vfs* disk, const char* name, int flags, int* found) noexcept;

    Way way_{};
};

}  // namespace aion::archive
