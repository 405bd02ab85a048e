// SPDX-License-Identifier: MIT OR Apache-2.0
// One way to make history: a draft collects signed versions in memory and is written once.
// `create` is a draft without a past, `commit` a draft of one version under the file's lock.
#include "aion/policy/commit.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "aion/base/files.hpp"
#include "aion/base/utf8.hpp"
#include "base/conflict.hpp"
#include "base/try.hpp"
#include "policy/authority.hpp"
#include "policy/draft.hpp"
#include "policy/events.hpp"
#include "policy/judge.hpp"

namespace aion::policy {

namespace {

// What a writer read, found VALID. A private copy: what is verified here is what is carried
// forward.
using Content = std::shared_ptr<const FileContent>;

Result<> require_valid(Env& env, const Content& content, const trust::Registry& registry,
                       const VerifyOptions& options) {
    PrivateFile file(content);
    const auto report = verify(file, registry, env.now(), options);
    if (!report.is_valid()) {
        return fail(error_because(ErrorCode::verdict_invalid, report.summary()));
    }
    return {};
}

Result<> require_authorized(const trust::Registry& registry, AuthorId author, VersionNumber number,
                            const PublicKey& key) {
    const trust::EpochRecord* epoch = registry.active_epoch(author, number);
    if (epoch == nullptr) {
        return fail(
            unauthorized_signer(author, number).in_context(why_no_key(registry, author, number)));
    }
    if (epoch->public_key != key) {
        Error mismatch = key_mismatch(author, epoch->epoch);
        const std::string what = what_key_it_is(registry, author, number, key);
        return fail(what.empty() ? std::move(mismatch)
                                 : std::move(mismatch).in_context("it is " + what));
    }
    return {};
}

// Appends to a history that exists what `options` allow.
Result<CommitReceipt> append(Draft& draft, const NewVersion& version, crypto::Signer& signer,
                             const trust::Registry& registry, const CommitOptions& options) {
    AION_TRY_ASSIGN(const PublicKey key, signer.public_key());
    AION_TRY_ASSIGN(const Draft::Unsigned next, draft.prepare(version));
    if (options.authorization == Authorization::required) {
        AION_TRY(require_authorized(registry, version.author, next.receipt.version, key));
    }
    return draft.sign(next, key, signer, options.verify.key_cache);
}

// A history is remembered as signed throughout only if its newest signatures were authorized too.
void remember(const Draft& draft, const trust::Registry& registry, const CommitOptions& options) {
    if (options.authorization == Authorization::required) {
        draft.remember(registry, options.verify.history_cache);
    }
}

// The file that is locked, whatever its name has come to mean, is the one that is read; and only
// while the name is still that file's, as it was read, is it replaced.
Result<WriteReport> replace_read(Env& env, const Place& place, const FileLock& lock,
                                 const FileContent& read, ByteView bytes, bool sync) {
    const std::array<ByteView, 1> pieces = {bytes};
    return write_file_atomically(env, place, pieces,
                                 {.replace = Replace::always,
                                  .sync = sync,
                                  .expected = read.info().identity,
                                  .lock = &lock});
}

// Everybody who replaces a file holds its lock.
struct Target {
    Place place;
    std::unique_ptr<FileLock> lock;  // null for a file that is yet to come
    std::optional<FileInfo::Identity> identity;
};

Result<Target> target_of_create(Env& env, const std::filesystem::path& path,
                                const CreateOptions& options) {
    Target target;
    AION_TRY_ASSIGN(target.place, locate_to_write(env, path));
    const Place& place = target.place;
    AION_TRY_ASSIGN(const auto existing, place.directory->info(place.name));
    if (!existing) {
        return target;
    }
    if (!options.replace_existing) {
        return fail(error_at_path(ErrorCode::file_exists, path.string()));
    }
    if (existing->kind == FileKind::regular) {  // else the write says what is wrong
        AION_TRY_ASSIGN(target.lock, place.directory->lock(place.name, options.lock_wait_ms));
        AION_TRY_ASSIGN(const FileInfo locked, target.lock->info());
        target.identity = locked.identity;
    }
    return target;
}

}  // namespace

Result<CommitReceipt> create(Env& env, const std::filesystem::path& path, const NewVersion& version,
                             crypto::Signer& signer, const CreateOptions& options) {
    AION_TRY_ASSIGN(const Target target, target_of_create(env, path, options));
    AION_TRY_ASSIGN(Draft draft, Draft::empty(env, options.file_id, options.threads));
    AION_TRY_ASSIGN(const PublicKey key, signer.public_key());
    AION_TRY_ASSIGN(const Draft::Unsigned first, draft.prepare(version));
    if (options.registry != nullptr) {
        AION_TRY(require_authorized(*options.registry, version.author, genesis_version, key));
    }
    AION_TRY_ASSIGN(CommitReceipt receipt, draft.sign(first, key, signer, nullptr));
    AION_TRY_ASSIGN(const format::FileImage image, draft.image());
    const std::array<ByteView, 1> pieces = {image.bytes()};
    AION_TRY_ASSIGN(receipt.written,
                    write_file_atomically(
                        env, target.place, pieces,
                        {.replace = options.replace_existing ? Replace::always : Replace::never,
                         .sync = options.sync,
                         .expected = target.identity,
                         .lock = target.lock.get()}));
    emit_initialized(options.events, receipt, version.author);
    return receipt;
}

namespace {

Result<CommitReceipt> commit_locked(Env& env, const std::filesystem::path& path,
                                    const NewVersion& version, crypto::Signer& signer,
                                    const trust::Registry& registry, const CommitOptions& options,
                                    FileId& file_id) {
    AION_TRY(require_strict(options.verify));
    AION_TRY_ASSIGN(const Place place, env.locate(path));
    AION_TRY_ASSIGN(const auto lock, place.directory->lock(place.name, options.lock_wait_ms));
    AION_TRY_ASSIGN(const Content base, lock->read(UINT64_MAX));
    AION_TRY(require_valid(env, base, registry, options.verify));
    AION_TRY_ASSIGN(Draft draft, Draft::continuing(env, base->bytes(), options.verify.threads));
    file_id = draft.file_id();
    AION_TRY_ASSIGN(CommitReceipt receipt, append(draft, version, signer, registry, options));
    AION_TRY_ASSIGN(const format::FileImage image, draft.image());
    AION_TRY_ASSIGN(receipt.written,
                    replace_read(env, place, *lock, *base, image.bytes(), options.sync));
    remember(draft, registry, options);
    return receipt;
}

}  // namespace

Result<CommitReceipt> commit(Env& env, const std::filesystem::path& path, const NewVersion& version,
                             crypto::Signer& signer, const trust::Registry& registry,
                             const CommitOptions& options) {
    const EventSink& events = options.verify.events;
    FileId file_id;
    auto receipt = commit_locked(env, path, version, signer, registry, options, file_id);
    if (receipt) {
        emit_committed(events, *receipt, version.author);
    } else {
        emit_commit_rejected(events, file_id, version.author, receipt.error());
    }
    return receipt;
}

struct CommitSession::State {
    Env& env;
    Place place;
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
    AION_TRY(require_strict(options.verify));
    AION_TRY_ASSIGN(Place place, env.locate(path));
    AION_TRY_ASSIGN(Content content, place.directory->read(place.name, {}));
    AION_TRY(require_valid(env, content, registry, options.verify));
    const ByteView bytes = content->bytes();
    AION_TRY_ASSIGN(Draft draft, Draft::continuing(env, bytes, options.verify.threads));
    auto state = std::make_unique<State>(State{env,
                                               std::move(place),
                                               registry,
                                               options,
                                               std::move(content),
                                               bytes,
                                               std::move(draft),
                                               {},
                                               {},
                                               crypto::KeyCache()});
    if (state->options.verify.key_cache == nullptr) {
        state->options.verify.key_cache = &state->own_keys;
    }
    return CommitSession(std::move(state));
}

Result<CommitReceipt> CommitSession::add(const NewVersion& version, crypto::Signer& signer) {
    State& state = *state_;
    Bytes payload(version.payload.begin(), version.payload.end());
    NewVersion kept = version;
    kept.payload = payload;
    auto receipt = append(state.draft, kept, signer, state.registry, state.options);
    if (!receipt) {
        emit_commit_rejected(state.options.verify.events, state.draft.file_id(), version.author,
                             receipt.error());
        return receipt;
    }
    state.payload = std::move(payload);  // The draft's view follows: a vector keeps its buffer.
    state.pending.emplace_back(*receipt, version.author);
    return receipt;
}

std::size_t CommitSession::pending() const noexcept {
    return state_->pending.size();
}

Result<WriteReport> CommitSession::save() {
    State& state = *state_;
    if (state.pending.empty()) {
        return {};
    }
    const Place& place = state.place;
    AION_TRY_ASSIGN(const auto lock, place.directory->lock(place.name, state.options.lock_wait_ms));
    AION_TRY_ASSIGN(const auto current, lock->read(UINT64_MAX));
    if (!equal(current->bytes(), state.base)) {
        return fail(changed_by_another_writer(place, "open it"));
    }
    AION_TRY_ASSIGN(auto made, state.draft.image());
    auto image = std::make_shared<const format::FileImage>(std::move(made));
    AION_TRY_ASSIGN(WriteReport written, replace_read(state.env, place, *lock, *current,
                                                      image->bytes(), state.options.sync));
    remember(state.draft, state.registry, state.options);
    for (const auto& [receipt, author] : state.pending) {
        emit_committed(state.options.verify.events, receipt, author);
    }
    state.pending.clear();
    AION_TRY_ASSIGN(state.draft,
                    Draft::continuing(state.env, image->bytes(), state.options.verify.threads));
    state.base = image->bytes();
    state.owner = std::move(image);
    return written;
}

}  // namespace aion::policy
