// SPDX-License-Identifier: MIT OR Apache-2.0
// A log in a folder, and who signs it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/log_store.hpp"
#include "support/keys.hpp"
#include "support/results.hpp"

namespace aion::tlog::test {

inline constexpr std::uint8_t operators = 0x61;
inline constexpr std::uint8_t next_operators = 0x62;
inline constexpr std::uint8_t strangers = 0x63;
inline constexpr std::string_view log_name = "log.example.org/heron";

/// With a key of `filler`, which lives as long as the program.
inline NoteSigner signer_of(std::uint8_t filler = operators, std::string_view name = log_name,
                            NoteKeyType type = NoteKeyType::ed25519) {
    return aion::test::ok(NoteSigner::make(name, type, aion::test::key_of(filler)));
}

/// The entry of number `i`, whose length varies.
inline Bytes entry_of(std::uint64_t i) {
    const std::string payload = "heron/" + std::to_string(i) + std::string(i % 7, '.');
    return make_entry(EntryKind::dsse_envelope, i, as_bytes(payload));
}

inline std::vector<ByteView> views_of(const std::vector<Bytes>& entries) {
    return {entries.begin(), entries.end()};
}

/// Entries from `first` to before `end`.
inline std::vector<Bytes> entries_of(std::uint64_t first, std::uint64_t end) {
    std::vector<Bytes> entries;
    for (; first < end; ++first) {
        entries.push_back(entry_of(first));
    }
    return entries;
}

/// A log of an environment, without a database.
struct LogWorld {
    explicit LogWorld(Env& environment, std::filesystem::path where = "/w/log")
        : env(environment), folder(std::move(where)) {}

    Result<> create() {
        const std::vector<NoteSigner> signers{signer_of()};
        return create_log(env, folder, signers);
    }

    Result<std::unique_ptr<LogWriter>> write(std::uint8_t filler = operators) {
        return LogWriter::open(env, folder, {signer_of(filler)}, options);
    }

    Result<Appended> append(const std::vector<Bytes>& entries, std::uint8_t filler = operators) {
        auto writer = write(filler);
        if (!writer) {
            return fail(writer.error());
        }
        return (*writer)->append(views_of(entries));
    }

    Result<std::unique_ptr<LogStore>> read() {
        return LogStore::open(env, folder, std::nullopt, options);
    }

    Env& env;
    std::filesystem::path folder;
    LogOptions options{.indexing = LogIndexing::none, .lock_wait_ms = 0};
};

}  // namespace aion::tlog::test
