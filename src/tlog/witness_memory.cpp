// SPDX-License-Identifier: MIT OR Apache-2.0
#include <array>
#include <string>
#include <utility>

#include "aion/crypto/hash.hpp"
#include "aion/tlog/witness.hpp"
#include "archive/database.hpp"
#include "base/try.hpp"

namespace aion::tlog {
namespace {

using archive::Database;
using archive::DatabaseKind;
using archive::DatabaseOpening;
using archive::Statement;

constexpr int wait_ms = 5000;
constexpr std::uint32_t application_id = 0x61696F77;  // "aiow"

constexpr auto tables = std::to_array<const char*>({
    "CREATE TABLE seen(origin BLOB PRIMARY KEY, note BLOB, time INTEGER, digest BLOB) "
    "WITHOUT ROWID",
});

constexpr DatabaseKind kind = {
    .what = "checkpoints that this witness cosigned",
    .remedy =
        "a copy may be older than what was cosigned since: rather begin anew, with another "
        "name and key",
    .application_id = application_id,
    .version = 1,
    .tables = tables,
    .believed = true};

// Of all that a row says, so that one which was changed by mistake is found out.
Hash digest_of(const crypto::Sha256Digest& origin, const SeenLog& seen) {
    std::array<std::uint8_t, sizeof(std::uint64_t)> time{};
    for (std::size_t i = 0; i < time.size(); ++i) {
        time[i] = static_cast<std::uint8_t>(seen.time >> (8 * i));
    }
    crypto::Blake3 hasher;
    hasher.update(origin.view()).update(time).update(as_bytes(seen.note));
    return hasher.digest();
}

class WitnessFile final : public WitnessMemory {
  public:
    WitnessFile(std::unique_ptr<Database> database, Statement find, Statement put)
        : database_(std::move(database)), find_(std::move(find)), put_(std::move(put)) {}

    [[nodiscard]] Result<std::optional<SeenLog>> find(const crypto::Sha256Digest& origin) override {
        find_.bind(1, origin.view());
        AION_TRY_ASSIGN(const bool is_there, find_.step());
        std::optional<SeenLog> seen;
        bool is_sound = true;
        if (is_there) {
            seen = {.note = std::string(as_text(find_.bytes(0))), .time = find_.number(1)};
            is_sound = equal(find_.bytes(2), digest_of(origin, *seen).view());
        }
        find_.reset();
        if (!is_sound) {
            return fail(database_->damaged("a checkpoint is not what was written"));
        }
        return seen;
    }

    [[nodiscard]] Result<> advance(const crypto::Sha256Digest& origin,
                                   const std::optional<SeenLog>& before,
                                   const SeenLog& after) override {
        return database_->change([&]() -> Result<> {
            AION_TRY_ASSIGN(const auto now, find(origin));
            if (now != before) {
                return fail(error_because(ErrorCode::conflict,
                                          "another process has cosigned a checkpoint meanwhile"));
            }
            const Hash digest = digest_of(origin, after);
            put_.bind(1, origin.view())
                .bind(2, as_bytes(after.note))
                .bind(3, after.time)
                .bind(4, digest.view());
            return put_.run();
        });
    }

  private:
    std::unique_ptr<Database> database_;
    Statement find_;  // They go before it.
    Statement put_;
};

}  // namespace

Result<std::unique_ptr<WitnessMemory>> open_witness_memory(Env& env,
                                                           const std::filesystem::path& path) {
    AION_TRY_ASSIGN(auto database,
                    Database::open(env, path, kind, DatabaseOpening::create, wait_ms));
    // So that the name of the journal, which would undo a change, is gone for good, too.
    AION_TRY(database->run("PRAGMA synchronous=EXTRA"));
    AION_TRY_ASSIGN(auto find,
                    database->prepare("SELECT note, time, digest FROM seen WHERE origin = ?1"));
    AION_TRY_ASSIGN(auto put,
                    database->prepare("INSERT OR REPLACE INTO seen VALUES(?1, ?2, ?3, ?4)"));
    return std::make_unique<WitnessFile>(std::move(database), std::move(find), std::move(put));
}

}  // namespace aion::tlog
