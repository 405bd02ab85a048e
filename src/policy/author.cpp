// SPDX-License-Identifier: MIT OR Apache-2.0
// One way to make history: a draft collects signed versions in memory and is written once.
// `create` is a draft without a past, `commit` a draft of one version under the file's lock.
#include "aion/policy/author.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "aion/base/files.hpp"
#include "aion/base/utf8.hpp"
#include "base/try.hpp"
#include "policy/draft.hpp"
#include "policy/evaluate.hpp"
#include "policy/events.hpp"

namespace aion::policy {

namespace {

Error conflict(const std::filesystem::path& path) {
    return error_because(ErrorCode::conflict,
                         fmt::format("{} was changed by another writer: open it again and repeat "
                                     "the change; nothing was written",
                                     escape_controls(path.string())));
}

VerifyOptions verify_options(const CommitOptions& options) {
    return {.profile = Profile::strict,
            .pins = options.pins,
            .threads = options.threads,
            .key_cache = options.key_cache,
            .history_cache = options.history_cache,
            .events = options.events};
}

// A file's content as a writer read it, found VALID.
struct Base {
    std::shared_ptr<const FileContent> content;
};

Result<Base> read_valid(Env& env, const std::filesystem::path& path,
                        const trust::Registry& registry, const CommitOptions& options) {
    // A private copy: what is verified here is what is carried forward.
    AION_TRY_ASSIGN(auto content, env.read(path, {}));
    PrivateFile file(content);
    const auto report = verify(file, registry, env.now(), verify_options(options));
    if (!report.is_valid()) {
        return fail(error_because(ErrorCode::verdict_invalid, report.summary()));
    }
    return Base{std::move(content)};
}

Result<> require_same_file(Env& env, const std::filesystem::path& path,
                           const FileInfo::Identity& expected) {
    AION_TRY_ASSIGN(const auto now, env.info(path));
    if (!now || now->identity != expected) {
        return fail(conflict(path));
    }
    return {};
}

// Replaces the file that `lock` holds, if it is still what `expected` says.
Result<> replace_locked(Env& env, const std::filesystem::path& path,
                        const FileInfo::Identity& expected, ByteView bytes, bool sync) {
    const std::array<ByteView, 1> pieces = {bytes};
    return write_file_atomically(
        env, path, pieces,
        {.replace = Replace::always, .mode = std::nullopt, .sync = sync, .before_rename = [&] {
             return require_same_file(env, path, expected);
         }});
}

}  // namespace

Result<CommitReceipt> create(Env& env, const std::filesystem::path& path, ByteView payload,
                             AuthorId author, crypto::Signer& signer,
                             const CreateOptions& options) {
    AION_TRY_ASSIGN(const auto existing, env.info(path));
    if (existing && !options.replace_existing) {
        return fail(error_at_path(ErrorCode::file_exists, path.string()));
    }
    // Everybody who replaces a file holds its lock.
    std::unique_ptr<FileLock> lock;
    if (existing) {
        AION_TRY_ASSIGN(lock, env.lock(path, CommitOptions{}.lock_wait_ms));
    }
    AION_TRY_ASSIGN(Draft draft, Draft::empty(env, options.file_id));
    AION_TRY_ASSIGN(const CommitReceipt receipt, draft.add({.payload = payload,
                                                            .author = author,
                                                            .message = options.message,
                                                            .timestamp = options.timestamp,
                                                            .registry = nullptr},
                                                           signer));
    AION_TRY_ASSIGN(const format::FileImage image, draft.image());
    const std::array<ByteView, 1> pieces = {image.bytes()};
    AION_TRY(write_file_atomically(
        env, path, pieces,
        {.replace = options.replace_existing ? Replace::always : Replace::never,
         .mode = std::nullopt,
         .sync = options.sync,
         .before_rename = {}}));
    emit_initialized(options.events, receipt, author);
    return receipt;
}

namespace {

Result<CommitReceipt> commit_locked(Env& env, const std::filesystem::path& path, ByteView payload,
                                    AuthorId author, crypto::Signer& signer,
                                    const trust::Registry& registry, const CommitOptions& options,
                                    FileId& file_id) {
    AION_TRY_ASSIGN(const auto lock, env.lock(path, options.lock_wait_ms));
    AION_TRY_ASSIGN(const Base base, read_valid(env, path, registry, options));
    AION_TRY_ASSIGN(const FileInfo locked, lock->info());
    if (locked.identity != base.content->info().identity) {
        return fail(conflict(path));
    }
    AION_TRY_ASSIGN(Draft draft, Draft::continuing(env, base.content->bytes()));
    file_id = draft.file_id();
    const bool authorized = options.authorization == Authorization::required;
    AION_TRY_ASSIGN(const CommitReceipt receipt,
                    draft.add({.payload = payload,
                               .author = author,
                               .message = options.message,
                               .timestamp = options.timestamp,
                               .registry = authorized ? &registry : nullptr,
                               .key_cache = options.key_cache},
                              signer));
    AION_TRY_ASSIGN(const format::FileImage image, draft.image());
    AION_TRY(replace_locked(env, path, locked.identity, image.bytes(), options.sync));
    if (authorized) {
        draft.remember(registry, options.history_cache);
    }
    return receipt;
}

}  // namespace

Result<CommitReceipt> commit(Env& env, const std::filesystem::path& path, ByteView payload,
                             AuthorId author, crypto::Signer& signer,
                             const trust::Registry& registry, const CommitOptions& options) {
    FileId file_id;
    auto receipt = commit_locked(env, path, payload, author, signer, registry, options, file_id);
    if (receipt) {
        emit_committed(options.events, *receipt, author);
    } else {
        emit_commit_rejected(options.events, file_id, author, receipt.error());
    }
    return receipt;
}

struct CommitSession::State {
    Env& env;
    std::filesystem::path path;
    /// A copy: what is remembered of this session's verdicts must be what gave them, whatever
    /// becomes of the caller's registry.
    trust::Registry registry;
    CommitOptions options;
    /// Owns the bytes that `draft` continues: what was read, later what was written.
    std::shared_ptr<const void> owner;
    ByteView base;
    Draft draft;
    /// The last payload; only the last one is ever stored.
    Bytes payload;
    std::vector<std::pair<CommitReceipt, AuthorId>> pending;
    /// Used when the caller has none: one author's many new signatures are each checked.
    crypto::KeyCache own_keys;
};

CommitSession::CommitSession(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}

CommitSession::~CommitSession() = default;
CommitSession::CommitSession(CommitSession&&) noexcept = default;
CommitSession& CommitSession::operator=(CommitSession&&) noexcept = default;

Result<CommitSession> CommitSession::open(Env& env, const std::filesystem::path& path,
                                          const trust::Registry& registry,
                                          const CommitOptions& options) {
    AION_TRY_ASSIGN(Base base, read_valid(env, path, registry, options));
    const ByteView bytes = base.content->bytes();
    AION_TRY_ASSIGN(Draft draft, Draft::continuing(env, bytes));
    auto state = std::make_unique<State>(State{env,
                                               path,
                                               registry,
                                               options,
                                               std::move(base.content),
                                               bytes,
                                               std::move(draft),
                                               {},
                                               {},
                                               crypto::KeyCache()});
    if (state->options.key_cache == nullptr) {
        state->options.key_cache = &state->own_keys;
    }
    return CommitSession(std::move(state));
}

Result<CommitReceipt> CommitSession::add(ByteView payload, AuthorId author, crypto::Signer& signer,
                                         std::string_view message,
                                         std::optional<Timestamp> timestamp) {
    State& state = *state_;
    const bool authorized = state.options.authorization == Authorization::required;
    Bytes copy(payload.begin(), payload.end());
    auto receipt = state.draft.add({.payload = copy,
                                    .author = author,
                                    .message = message,
                                    .timestamp = timestamp,
                                    .registry = authorized ? &state.registry : nullptr,
                                    .key_cache = state.options.key_cache},
                                   signer);
    if (!receipt) {
        emit_commit_rejected(state.options.events, state.draft.file_id(), author, receipt.error());
        return receipt;
    }
    state.payload = std::move(copy);  // The draft's view follows: a vector keeps its buffer.
    state.pending.emplace_back(*receipt, author);
    return receipt;
}

std::size_t CommitSession::pending() const noexcept {
    return state_->pending.size();
}

Result<> CommitSession::save() {
    State& state = *state_;
    if (state.pending.empty()) {
        return {};
    }
    AION_TRY_ASSIGN(const auto lock, state.env.lock(state.path, state.options.lock_wait_ms));
    AION_TRY_ASSIGN(const auto current, state.env.read(state.path, {}));
    AION_TRY_ASSIGN(const FileInfo locked, lock->info());
    if (!equal(current->bytes(), state.base) || locked.identity != current->info().identity) {
        return fail(conflict(state.path));
    }
    AION_TRY_ASSIGN(auto made, state.draft.image());
    auto image = std::make_shared<const format::FileImage>(std::move(made));
    AION_TRY(
        replace_locked(state.env, state.path, locked.identity, image->bytes(), state.options.sync));
    if (state.options.authorization == Authorization::required) {
        state.draft.remember(state.registry, state.options.history_cache);
    }
    for (const auto& [receipt, author] : state.pending) {
        emit_committed(state.options.events, receipt, author);
    }
    state.pending.clear();
    AION_TRY_ASSIGN(state.draft, Draft::continuing(state.env, image->bytes()));
    state.base = image->bytes();
    state.owner = std::move(image);
    return {};
}

}  // namespace aion::policy
