// SPDX-License-Identifier: MIT OR Apache-2.0
#include <array>
#include <utility>

#include "aion/crypto/hash.hpp"
#include "aion/tlog/witness.hpp"
#include "archive/database.hpp"
#include "archive/encoding.hpp"
#include "base/try.hpp"
#include "tlog/seen_table.hpp"

namespace aion::tlog {
namespace {

using archive::Database;
using archive::DatabaseKind;
using archive::DatabaseOpening;

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

Hash digest_of(ByteView origin, const SeenLog& seen) {
    return crypto::blake3(
        archive::Encoder().raw(origin).number(seen.time).raw(as_bytes(seen.note)).view());
}

class WitnessFile final : public WitnessMemory {
  public:
    WitnessFile(std::unique_ptr<Database> database, SeenTable seen)
        : database_(std::move(database)), seen_(std::move(seen)) {}

    [[nodiscard]] Result<std::optional<SeenLog>> find(const crypto::Sha256Digest& origin) override {
        return seen_.find(origin.view());
    }

    [[nodiscard]] Result<> advance(const crypto::Sha256Digest& origin,
                                   const std::optional<SeenLog>& before,
                                   const SeenLog& after) override {
        return seen_.advance(origin.view(), before, after,
                             "another process has cosigned a checkpoint meanwhile");
    }

  private:
    std::unique_ptr<Database> database_;
    SeenTable seen_;  // It goes before it.
};

}  // namespace

Result<std::unique_ptr<WitnessMemory>> open_witness_memory(Env& env,
                                                           const std::filesystem::path& path) {
    AION_TRY_ASSIGN(auto database,
                    Database::open(env, path, kind, DatabaseOpening::create, wait_ms));
    AION_TRY_ASSIGN(SeenTable seen, SeenTable::open(*database, "seen", digest_of));
    return std::make_unique<WitnessFile>(std::move(database), std::move(seen));
}

}  // namespace aion::tlog
