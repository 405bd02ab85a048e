// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/result_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <new>
#include <tuple>
#include <utility>

#include "aion/base/files.hpp"
#include "aion/base/utf8.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/crypto/secret.hpp"
#include "aion/version.hpp"
#include "archive/database.hpp"
#include "archive/demands.hpp"
#include "archive/encoding.hpp"
#include "archive/entry.hpp"
#include "archive/owner.hpp"
#include "base/try.hpp"

namespace aion::archive {
namespace {

constexpr int wait_ms = 1000;
constexpr std::uint32_t application_id = 0x61696F63;  // "aioc"
constexpr std::size_t secret_size = 32;
constexpr std::uint64_t max_secret_file_size = 4096;
constexpr std::uint32_t folder_mode = 0700;
constexpr std::uint32_t others = 077;
// The clock's tick, of file systems that count in two seconds, and some more.
constexpr std::uint64_t settling_ns = 3'000'000'000;
constexpr std::size_t most_waiting_bytes = std::size_t{8} << 20U;

constexpr auto tables = std::to_array<const char*>({
    "CREATE TABLE results(id INTEGER PRIMARY KEY, entry BLOB)",
});

constexpr DatabaseKind kind = {.what = "remembered verdicts",
                               .remedy = "remove it to have it made anew",
                               .application_id = application_id,
                               .version = 1,
                               .tables = tables,
                               .believed = false};

std::unexpected<Error> unusable(const std::filesystem::path& path, std::string_view why) {
    return fail(error_because(
        ErrorCode::invalid_private_key,
        fmt::format("the cache's secret {} {}", escape_bad_bytes(path.string()), why)));
}

Result<crypto::SecretBytes> read_secret(Env& env, const std::filesystem::path& path) {
    ReadOptions how;
    how.max_size = max_secret_file_size;
    how.regular_only = true;
    AION_TRY_ASSIGN(const auto content, env.read(path, how));
    if (!is_trusted(content->info().user)) {
        return unusable(path, fmt::format("belongs to another user ({}), who can forge verdicts: "
                                          "name another file",
                                          content->info().user));
    }
    if ((content->info().mode & others) != 0) {
        return unusable(path, fmt::format("may be used by others (mode {:04o}); whoever knows it "
                                          "can forge verdicts: remove it, and the cache with it",
                                          content->info().mode));
    }
    if (content->bytes().size() != secret_size) {
        return unusable(path, fmt::format("has {} bytes instead of {}; remove it to have it made "
                                          "anew",
                                          content->bytes().size(), secret_size));
    }
    return crypto::SecretBytes::copy_of(content->bytes());
}

// Of two who make one at once, one is first, and the other takes that one.
Result<crypto::SecretBytes> make_secret(Env& env, const std::filesystem::path& path) {
    if (path.has_parent_path()) {
        AION_TRY(env.create_directories(path.parent_path(), folder_mode));
    }
    AION_TRY_ASSIGN(const Place place, locate_to_write(env, path));
    crypto::SecretBytes secret(secret_size);
    AION_TRY(env.random(secret.view()));
    WriteOptions how;
    how.secret = true;
    const ByteView piece = std::as_const(secret).view();
    const auto written = write_file_atomically(env, place, {&piece, 1}, how);
    if (!written) {
        return written.error().code() == ErrorCode::file_exists ? read_secret(env, path)
                                                                : fail(written.error());
    }
    return secret;
}

Result<crypto::SecretBytes> secret_at(Env& env, const std::filesystem::path& path) {
    AION_TRY(check_folder_of(env, path, "the cache's secret", Beside::sticky_for_all));
    auto secret = read_secret(env, path);
    if (!secret && (secret.error().os_error() == ENOENT || secret.error().os_error() == ENOTDIR)) {
        return make_secret(env, path);
    }
    return secret;
}

// Everything but the file that a verdict depends on. A store of pins is asked after this.
Hash context_of(const trust::Registry& registry, const policy::VerifyOptions& options) {
    Encoder context;
    context.sized("aion remembered verdict 4")
        .sized(version_string)
        .raw(registry.fingerprint().view())
        .number(static_cast<std::uint64_t>(options.profile));
    put_pins(context, options.pins);
    put_signers(context, options);
    return crypto::blake3(context.view());
}

// Where an entry lies. Files of one device are in the order of their inodes; where two meet, the
// later one stays, and the other is a miss.
std::int64_t row_of(const FileInfo& info) noexcept {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
    return static_cast<std::int64_t>(info.identity.inode ^ (info.identity.device * odd));
}

}  // namespace

struct ResultCache::State {
    std::mutex mutex;
    crypto::SecretBytes key;  // Of digests: made of the secret and the context.
    std::unique_ptr<Database> database;
    std::optional<Statement> find;
    std::optional<Statement> put;
    policy::Pins pins;
    bool is_pin_asked = false;
    std::map<std::int64_t, Bytes> waiting;  // Entries by row.
    std::size_t waiting_bytes = 0;
    std::string trouble;

    [[nodiscard]] Hash digest(const FileInfo& info, ByteView payload) const {
        Encoder facts;
        facts.number(info.identity.device)
            .number(info.identity.inode)
            .number(info.identity.size)
            .number(info.identity.modified_ns)
            .number(info.changed_ns);
        crypto::Blake3 hasher(std::as_const(key).view().first<secret_size>());
        hasher.update(facts.view()).update(payload);
        return hasher.digest();
    }

    [[nodiscard]] Result<> open(Env& env, const std::filesystem::path& file,
                                const std::filesystem::path& secret_file, const Hash& context);
    [[nodiscard]] Result<> prepare();
    [[nodiscard]] Result<std::optional<policy::VerificationReport>> look_up(const FileInfo& info);
    [[nodiscard]] Result<> write();
    [[nodiscard]] std::optional<policy::VerificationReport> read(const FileInfo& info,
                                                                 ByteView entry) const;
    void give_up(const Error& error);
};

Result<> ResultCache::State::prepare() {
    AION_TRY(database->run("PRAGMA cache_size=-8192"));
    AION_TRY_ASSIGN(find, database->prepare("SELECT entry FROM results WHERE id = ?1"));
    AION_TRY_ASSIGN(put, database->prepare("INSERT OR REPLACE INTO results VALUES(?1, ?2)"));
    return {};
}

void ResultCache::State::give_up(const Error& error) {
    if (trouble.empty()) {
        trouble = error.full_message();
    }
    waiting.clear();
    waiting_bytes = 0;
    find.reset();
    put.reset();
    database.reset();
}

std::optional<policy::VerificationReport> ResultCache::State::read(const FileInfo& info,
                                                                   ByteView entry) const {
    if (entry.size() < Hash::size) {
        return std::nullopt;
    }
    const ByteView payload = entry.subspan(Hash::size);
    if (!crypto::equal_constant_time(digest(info, payload).view(), entry.first(Hash::size))) {
        return std::nullopt;
    }
    return decoded_entry(payload);
}

Result<std::optional<policy::VerificationReport>> ResultCache::State::look_up(
    const FileInfo& info) {
    // Each by itself: nothing is locked while files are read, so that another process can write.
    AION_TRY_ASSIGN(const bool row, find->bind(1, static_cast<std::uint64_t>(row_of(info))).step());
    std::optional<policy::VerificationReport> found =
        row ? read(info, find->bytes(0)) : std::nullopt;
    find->reset();
    return found;
}

Result<> ResultCache::State::write() {
    if (waiting.empty()) {
        return {};
    }
    AION_TRY(database->change([&]() -> Result<> {
        for (const auto& [row, entry] : waiting) {
            AION_TRY(put->bind(1, static_cast<std::uint64_t>(row)).bind(2, entry).run());
        }
        return {};
    }));
    waiting.clear();
    waiting_bytes = 0;
    return {};
}

Result<> ResultCache::State::open(Env& env, const std::filesystem::path& file,
                                  const std::filesystem::path& secret_file, const Hash& context) {
    AION_TRY_ASSIGN(const crypto::SecretBytes secret, secret_at(env, secret_file));
    Hash derived = crypto::blake3_keyed(secret.view().first<secret_size>(), context.view());
    key = crypto::SecretBytes::copy_of(derived.view());
    crypto::wipe(derived.view());
    AION_TRY_ASSIGN(database, Database::open(env, file, kind, DatabaseOpening::create, wait_ms));
    return prepare();
}

ResultCache ResultCache::open(Env& env, const std::filesystem::path& file,
                              const std::filesystem::path& key, const trust::Registry& registry,
                              const policy::VerifyOptions& options) {
    if (options.log != nullptr) {
        return none("what a transparency log says of files is not remembered");
    }
    auto state = std::make_unique<State>();
    state->pins = options.pins;
    state->is_pin_asked = options.expects_anything();
    if (const auto opened = state->open(env, file, key, context_of(registry, options)); !opened) {
        state->give_up(opened.error());
    }
    return ResultCache(std::move(state));
}

ResultCache ResultCache::none(std::string why) {
    auto state = std::make_unique<State>();
    state->trouble = std::move(why);
    return ResultCache(std::move(state));
}

ResultCache::ResultCache(std::unique_ptr<State> state) : state_(std::move(state)) {}

ResultCache::~ResultCache() {
    if (state_ == nullptr) {
        return;
    }
    try {
        flush();
    } catch (const std::bad_alloc&) {
        state_->waiting_bytes = 0;  // What waits is lost, which costs time.
    }
}

ResultCache::ResultCache(ResultCache&&) noexcept = default;
ResultCache& ResultCache::operator=(ResultCache&&) noexcept = default;

std::optional<policy::VerificationReport> ResultCache::find(const FileInfo& info) {
    if (info.kind != FileKind::regular) {
        return std::nullopt;
    }
    const std::scoped_lock lock(state_->mutex);
    if (const auto known = state_->waiting.find(row_of(info)); known != state_->waiting.end()) {
        return state_->read(info, known->second);
    }
    if (state_->database == nullptr) {
        return std::nullopt;
    }
    auto found = state_->look_up(info);
    if (!found) {
        state_->give_up(found.error());
        return std::nullopt;
    }
    return *std::move(found);
}

void ResultCache::put(const FileInfo& info, Timestamp opened,
                      const policy::VerificationReport& judged) {
    const std::uint64_t changed = std::max(info.identity.modified_ns, info.changed_ns);
    if (info.kind != FileKind::regular || opened.value < settling_ns ||
        changed > opened.value - settling_ns) {
        return;
    }
    if (const std::scoped_lock lock(state_->mutex); state_->database == nullptr) {
        return;  // There may be no secret either.
    }
    const std::optional<Bytes> payload = encoded(judged, state_->pins, state_->is_pin_asked);
    if (!payload) {
        return;
    }
    const Hash sum = state_->digest(info, *payload);
    Bytes entry(sum.bytes.begin(), sum.bytes.end());
    entry.insert(entry.end(), payload->begin(), payload->end());

    const std::scoped_lock lock(state_->mutex);
    if (state_->database == nullptr) {
        return;
    }
    state_->waiting_bytes += entry.size();
    state_->waiting.insert_or_assign(row_of(info), std::move(entry));
    if (state_->waiting_bytes >= most_waiting_bytes) {
        if (const auto written = state_->write(); !written) {
            state_->give_up(written.error());
        }
    }
}

void ResultCache::flush() {
    const std::scoped_lock lock(state_->mutex);
    if (state_->database != nullptr) {
        if (const auto written = state_->write(); !written) {
            state_->give_up(written.error());
        }
    }
}

std::string ResultCache::trouble() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->trouble;
}

}  // namespace aion::archive
