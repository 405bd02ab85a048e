// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/disk.hpp"

#include <type_traits>

namespace aion::archive {
namespace {

constexpr const char* our_name = "aion";
constexpr std::string_view journal_suffix = "-journal";
constexpr std::string_view log_suffix = "-wal";

}  // namespace

Disk::Disk(Journal journal) noexcept {
    static_assert(std::is_standard_layout_v<Way>);
    way_.journal = journal;
}

int Disk::open(const char* path, int flags, sqlite3** connection) noexcept {
    if (const int ready = sqlite3_initialize(); ready != SQLITE_OK) {
        return ready;
    }
    way_.real = sqlite3_vfs_find(nullptr);
    if (way_.real == nullptr) {
        return SQLITE_CANTOPEN;
    }
    way_.ours = *way_.real;
    way_.ours.pNext = nullptr;
    way_.ours.zName = our_name;
    way_.ours.xOpen = open_file;
    way_.ours.xDelete = delete_file;
    way_.ours.xAccess = look_at_file;
    if (const int known = sqlite3_vfs_register(&way_.ours, 0); known != SQLITE_OK) {
        return known;
    }
    const int result = sqlite3_open_v2(path, connection, flags, our_name);
    // The connection keeps its pointer, and nobody else finds it by name.
    sqlite3_vfs_unregister(&way_.ours);
    return result;
}

Disk::Way& Disk::way_of(sqlite3_vfs* disk) noexcept {
    return *reinterpret_cast<Way*>(disk);
}

bool Disk::is_database(const Way& way, const char* name) noexcept {
    return way.database != nullptr && name != nullptr &&
           std::string_view(name) == std::string_view(way.database);
}

bool Disk::is_beside(const Way& way, const char* name, std::string_view suffix) noexcept {
    if (way.database == nullptr || name == nullptr) {
        return false;
    }
    std::string_view rest(name);
    const std::string_view database(way.database);
    if (!rest.starts_with(database)) {
        return false;
    }
    rest.remove_prefix(database.size());
    return rest == suffix;
}

int Disk::open_file(sqlite3_vfs* disk, const char* name, sqlite3_file* file, int flags,
                    int* flags_out) noexcept {
    Way& way = way_of(disk);
    file->pMethods = nullptr;
    const bool opens_database = (flags & SQLITE_OPEN_MAIN_DB) != 0 && way.database == nullptr;
    const bool opens_journal = (flags & SQLITE_OPEN_MAIN_JOURNAL) != 0 &&
                               way.journal == Journal::beside &&
                               is_beside(way, name, journal_suffix);
    if (!opens_database && !opens_journal) {
        return SQLITE_CANTOPEN;
    }
    const int result = way.real->xOpen(way.real, name, file, flags, flags_out);
    if (file->pMethods != nullptr) {
        sqlite3_io_methods& methods = opens_database ? way.database_methods : way.journal_methods;
        methods = *file->pMethods;
        methods.iVersion = 1;  // Which knows neither shared nor mapped memory.
        file->pMethods = &methods;
    }
    if (result == SQLITE_OK && opens_database) {
        way.database = name;
    }
    return result;
}

int Disk::delete_file(sqlite3_vfs* disk, const char* name, int sync) noexcept {
    const Way& way = way_of(disk);
    return way.journal == Journal::beside && is_beside(way, name, journal_suffix)
               ? way.real->xDelete(way.real, name, sync)
               : SQLITE_IOERR_DELETE;
}

int Disk::look_at_file(sqlite3_vfs* disk, const char* name, int flags, int* found) noexcept {
    const Way& way = way_of(disk);
    const bool is_journal = is_beside(way, name, journal_suffix);
    if (is_database(way, name) || (is_journal && way.journal == Journal::beside)) {
        return way.real->xAccess(way.real, name, flags, found);
    }
    *found = 0;
    // Anything further is named by a journal, and by none that we wrote.
    return is_journal || is_beside(way, name, log_suffix) ? SQLITE_OK : SQLITE_CORRUPT;
}

}  // namespace aion::archive
