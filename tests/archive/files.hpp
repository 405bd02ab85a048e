// SPDX-License-Identifier: MIT OR Apache-2.0
// Files as a stranger, or a fault, changes them.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace aion::archive::test {

inline std::string slurp(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// In place, as a fault of the disk would.
inline void spill(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// What anybody with a copy of SQLite may do to a database.
inline void meddle(const std::filesystem::path& path, const std::string& sql) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &connection), SQLITE_OK);
    char* why = nullptr;
    ASSERT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, &why), SQLITE_OK) << why;
    sqlite3_close(connection);
}

/// Puts a journal beside a database that names another file as super-journal, which SQLite, left to
/// itself, deletes.
inline void plant_journal(const std::filesystem::path& database,
                          const std::filesystem::path& victim) {
    const auto number = [](std::uint32_t value) {
        std::string bytes;
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes += static_cast<char>(value >> shift & 0xFFU);
        }
        return bytes;
    };
    const std::string magic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";
    const auto pages = static_cast<std::uint32_t>(std::filesystem::file_size(database) / 4096);
    std::string journal =
        magic + number(0) + number(0) + number(pages) + number(512) + number(4096);
    journal.resize(512, '\0');
    const std::string name = victim.string();
    std::uint32_t sum = 0;
    for (const char letter : name) {
        sum += static_cast<unsigned char>(letter);
    }
    constexpr std::uint32_t lock_page = 0x40000000 / 4096 + 1;
    journal += number(lock_page) + name + number(static_cast<std::uint32_t>(name.size())) +
               number(sum) + magic;
    spill(database.string() + "-journal", journal);
}

}  // namespace aion::archive::test
