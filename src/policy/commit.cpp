// SPDX-License-Identifier: MIT OR Apache-2.0
// One way to make history: a draft collects signed versions in memory and is written once.
// `create` is a draft without a past, `commit` a draft of one version under the file's lock.
#include "aion/policy/commit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "aion/base/files.hpp"
#include "aion/base/utf8.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/trust/registry_chain.hpp"
#include "base/conflict.hpp"
#include "base/try.hpp"
#include "policy/authority.hpp"
#include "policy/draft.hpp"
#include "policy/events.hpp"
#include "policy/judge.hpp"
#include "policy/pin_check.hpp"

namespace aion::policy {

namespace {

// What a writer read, found VALID: what is verified here is what is carried forward.
struct Past {
    PrivateFile file;
    std::optional<HistoryDigest> history;  ///< If there is a cache to remember what it grows to.
};

// What the store of pins knows is only looked at: recorded is what the file becomes, or that it may
// not be continued because a key was withdrawn.
Result<Past> read_valid(Env& env, std::unique_ptr<ReadableFile> file, std::string_view name,
                        const trust::Registry& registry, VerifyOptions options) {
    const PinUse use = std::exchange(options.pin_use, PinUse::check);
    const Timestamp now = env.now();
    AION_TRY_ASSIGN(PrivateFile read, PrivateFile::copy_of(std::move(file), Hold::records));
    const Subject subject(read);
    Evaluated evaluated = judge(subject, registry, now, options, Keep::nothing);
    AION_TRY(read.finish());
    AION_TRY(ask_pins(options, name, registry, now, subject, evaluated));
    if (evaluated.is_withdrawn) {
        options.pin_use = use;
        AION_TRY(tell_withdrawn(options, registry, evaluated.report));
    }
    conclude(subject, evaluated, options);
    if (!evaluated.report.is_valid()) {
        return fail(error_because(ErrorCode::verdict_invalid, evaluated.report.summary()));
    }
    Past past{std::move(read), std::nullopt};
    // What counts by a log only is not remembered.
    if (evaluated.history && !evaluated.leans_on_log) {
        past.history = std::move(evaluated.history->digest);
    }
    return past;
}

Result<> require_authorized(const trust::SeenRegistry& registry, AuthorId author,
                            VersionNumber number, const PublicKey& key) {
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

// A version that is to be appended, and by whose key.
struct Accepted {
    Draft::Unsigned next;
    PublicKey key;
};

// Whoever allows only some authors would refuse the file otherwise.
Result<> require_allowed(std::span<const AuthorId> allowed, AuthorId author, VersionNumber number) {
    if (!allowed.empty() && std::ranges::find(allowed, author) == allowed.end()) {
        return fail(unauthorized_signer(author, number)
                        .in_context("it is none of the authors that are allowed"));
    }
    return {};
}

// Who may append: one of `allowed`, if there are any, with the key that `registry`, if there is one
// to ask, holds.
struct Signers {
    const trust::SeenRegistry* registry = nullptr;
    std::span<const AuthorId> allowed = {};
};

// Whether `version`, which is new, is listed: somebody made the very same one before.
bool is_listed(const CommitReceipt& version, const trust::Registry& registry) {
    return registry.chain() != nullptr &&
           std::ranges::binary_search(
               registry.chain()->listed(),
               trust::RegistryChain::Listed{version.version, version.version_hash});
}

// A version that is listed has the windows of a history that has it, which may be others than those
// of what it continues.
Result<> require_authorized_still(const Draft& draft, const trust::Registry& registry,
                                  const CommitReceipt& version, AuthorId author,
                                  const PublicKey& key) {
    if (!is_listed(version, registry)) {
        return {};
    }
    const trust::SeenRegistry seen(registry, [&](VersionNumber number) {
        return number == version.version ? version.version_hash : draft.hash_of(number);
    });
    return require_authorized(seen, author, version.version, key);
}

Result<Accepted> accept(Draft& draft, const NewVersion& version, Ownership ownership,
                        crypto::Signer& signer, const Signers& signers) {
    AION_TRY_ASSIGN(const PublicKey key, signer.public_key());
    const auto may_sign = [&](VersionNumber number) -> Result<> {
        AION_TRY(require_allowed(signers.allowed, version.author, number));
        return signers.registry == nullptr
                   ? Result<>()
                   : require_authorized(*signers.registry, version.author, number, key);
    };
    AION_TRY_ASSIGN(Draft::Unsigned next, draft.prepare(version, ownership, may_sign));
    if (signers.registry != nullptr) {
        AION_TRY(require_authorized_still(draft, signers.registry->registry(), next.receipt,
                                          version.author, key));
    }
    return Accepted{std::move(next), key};
}

Signers asked(const trust::SeenRegistry& registry, const CommitOptions& options) {
    return {.registry = options.authorization == Authorization::required ? &registry : nullptr,
            .allowed = options.verify.authors};
}

// `registry` as the history of `draft` sees it, with all that was appended.
trust::SeenRegistry seen_by(const Draft& draft, const trust::Registry& registry) {
    return {registry, [&draft](VersionNumber number) { return draft.hash_of(number); }};
}

// What the history cache of `options`, if any, will know the new file by. A history is remembered
// as signed throughout only if its newest signatures were authorized too; with `other_windows` than
// those that the past was judged by, it is not.
std::optional<Hash> name_of_history(const Draft& draft, const trust::Registry& registry,
                                    const CommitOptions& options, bool other_windows) {
    if (options.verify.history_cache == nullptr || other_windows ||
        options.authorization != Authorization::required) {
        return std::nullopt;
    }
    const auto history = draft.history();
    return history ? std::optional(history->under(registry)) : std::nullopt;
}

// Of a file that is in its place.
void remember(const std::optional<Hash>& history, const CommitOptions& options) {
    if (history) {
        HistoryCacheAccess::insert(*options.verify.history_cache, *history);
    }
}

// Whether a head that `author` alone has signed yet is one that those who ask for `required` take.
bool is_met_by(const std::optional<Requirement>& required, AuthorId author) {
    return !required || (required->threshold <= 1 &&
                         std::ranges::find(required->authors, author) != required->authors.end());
}

// A version that was made, and by whom.
struct Newest {
    CommitReceipt receipt;
    AuthorId author;
    bool other_windows = false;  ///< As `name_of_history` has it.
};

// What the store of pins, if any, is to be told of the file that `last` is the newest version of.
// `draft` as it is when that is in its place. A head is accepted only if its signature was, no
// earlier one counts for less by it, and whoever asks for more signatures need not wait for them.
std::optional<NewPin> new_pin(Env& env, const CommitOptions& options, std::string name,
                              const trust::Registry& registry, const Newest& newest,
                              const Draft& draft) {
    if (options.verify.pin_store == nullptr || options.verify.pin_use != PinUse::record ||
        options.authorization != Authorization::required || newest.other_windows ||
        !is_met_by(options.verify.require, newest.author)) {
        return std::nullopt;
    }
    const CommitReceipt& last = newest.receipt;
    const Timestamp now = env.now();
    return NewPin(*options.verify.pin_store,
                  {.file_id = last.file_id,
                   .version = last.version,
                   .head = last.version_hash,
                   .name = std::move(name),
                   .time = now},
                  AskedRegistry(registry),
                  [&draft](VersionNumber number) { return draft.hash_of(number); });
}

// Nobody is asked to sign for a write that is known to be given up.
Draft::SignLast once_ready(const ProducedContent::Ready& ready, const Draft::SignLast& sign_last) {
    if (!sign_last) {
        return nullptr;
    }
    return [&]() -> Result<format::SignatureRecord> {
        AION_TRY(ready());
        return sign_last();
    };
}

// What has to be made of the new file while its write may still fail.
using Made = std::function<Result<>(format::FileImage)>;

// The content of the new file. `made` (if any) is given all of it but a payload that passed by,
// before the file is put in place.
ProducedContent content_of(Draft& draft, Draft::SignLast sign_last, Made made) {
    return {draft.file_size(),
            [&draft, made = std::move(made), sign_last = std::move(sign_last)](
                const ProducedContent::Append& append,
                const ProducedContent::Ready& ready) -> Result<> {
                AION_TRY_ASSIGN(format::FileImage image,
                                draft.write(append, once_ready(ready, sign_last)));
                return made ? made(std::move(image)) : Result<>();
            }};
}

// The version that was accepted joins the draft; its signature comes last, and `signature_hash` is
// made of it.
Draft::SignLast append_to(Draft& draft, Accepted accepted, crypto::Signer& signer,
                          crypto::KeyCache* keys, Hash& signature_hash) {
    const format::VersionRecord record = accepted.next.record;
    draft.append(std::move(accepted.next), std::nullopt);
    return [record, key = accepted.key, &signer, keys, &signature_hash] {
        auto signature = sign(record, key, signer, keys);
        if (signature) {
            signature_hash = crypto::blake3(signature->signature.view());
        }
        return signature;
    };
}

// The file that is locked, whatever its name has come to mean, is the one that is read; and only
// while the name is still that file's, as it was read, is it replaced.
Result<WriteReport> replace_read(Env& env, const Place& place, const FileLock& lock,
                                 const PrivateFile& read, const ProducedContent& content,
                                 bool sync) {
    return write_file_atomically(
        env, place, content,
        {.replace = Replace::always, .sync = sync, .expected = read.identity(), .lock = &lock});
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
    std::optional<trust::SeenRegistry> seen;
    if (options.registry != nullptr) {
        seen.emplace(*options.registry);
    }
    AION_TRY_ASSIGN(Accepted first, accept(draft, version, Ownership::callers, signer,
                                           {.registry = seen ? &*seen : nullptr}));
    CommitReceipt receipt = first.next.receipt;
    auto sign_last = append_to(draft, std::move(first), signer, nullptr, receipt.signature_hash);
    AION_TRY_ASSIGN(receipt.written,
                    write_file_atomically(
                        env, target.place, content_of(draft, std::move(sign_last), nullptr),
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
    std::string name = pinned_name(options.verify, path);
    AION_TRY_ASSIGN(const Place place, env.locate(path));
    AION_TRY_ASSIGN(const auto lock, place.directory->lock(place.name, options.lock_wait_ms));
    AION_TRY_ASSIGN(auto opened, lock->open());
    AION_TRY_ASSIGN(Past past, read_valid(env, std::move(opened), name, registry, options.verify));
    AION_TRY_ASSIGN(Draft draft, Draft::continuing(env, Subject(past.file), std::move(past.history),
                                                   options.verify.threads));
    file_id = draft.file_id();
    const trust::SeenRegistry seen = seen_by(draft, registry);
    AION_TRY_ASSIGN(Accepted accepted,
                    accept(draft, version, Ownership::callers, signer, asked(seen, options)));
    CommitReceipt receipt = accepted.next.receipt;
    auto sign_last = append_to(draft, std::move(accepted), signer, options.verify.key_cache,
                               receipt.signature_hash);
    const Newest newest{.receipt = receipt,
                        .author = version.author,
                        .other_windows = is_listed(receipt, registry)};
    auto pin = new_pin(env, options, std::move(name), registry, newest, draft);
    std::optional<Hash> history;
    const auto made = [&](const format::FileImage& /*image*/) -> Result<> {
        history = name_of_history(draft, registry, options, newest.other_windows);
        return {};
    };
    AION_TRY_ASSIGN(receipt.written,
                    replace_read(env, place, *lock, past.file,
                                 content_of(draft, std::move(sign_last), made), options.sync));
    remember(history, options);
    if (pin) {
        receipt.not_pinned = pin->record();
    }
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
    std::string name;  ///< By which a store of pins knows the file.
    /// A copy: what is remembered of this session's verdicts must be what gave them, whatever
    /// becomes of the caller's registry.
    trust::Registry registry;
    CommitOptions options;
    /// Owns what `draft` continues: what was read, later what was written.
    PrivateFile base;
    std::optional<format::FileImage> written;
    Draft draft;
    std::vector<std::pair<CommitReceipt, AuthorId>> pending;
    /// `registry` as the history of `draft` sees it.
    std::optional<trust::SeenRegistry> seen;
    bool other_windows = false;  ///< As `name_of_history` has it.
    bool is_seen_anew = false;   ///< Before the next version: the last one was listed.
    /// Used when the caller has none: one author's many new signatures are each checked.
    crypto::KeyCache own_keys;

    /// What a session goes on from once it has saved.
    struct Saved {
        format::FileImage image;  ///< What `base` borrows from, wherever it is moved.
        PrivateFile base;
        Draft draft;
        std::optional<Hash> history;
    };

    [[nodiscard]] Result<Saved> saved_as(format::FileImage image) const {
        PrivateFile made(image);
        AION_TRY_ASSIGN(Draft next, Draft::continuing(env, Subject(made), draft.history(),
                                                      options.verify.threads));
        return Saved{std::move(image), std::move(made), std::move(next),
                     name_of_history(draft, registry, options, other_windows)};
    }

    /// Returns what was pending.
    std::vector<std::pair<CommitReceipt, AuthorId>> go_on_from(Saved saved) {
        draft = std::move(saved.draft);
        base = std::move(saved.base);
        written = std::move(saved.image);
        remember(saved.history, options);
        return std::exchange(pending, {});
    }
};

CommitSession::CommitSession(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}

CommitSession::~CommitSession() = default;
CommitSession::CommitSession(CommitSession&&) noexcept = default;
CommitSession& CommitSession::operator=(CommitSession&&) noexcept = default;

Result<CommitSession> CommitSession::open(Env& env, const std::filesystem::path& path,
                                          const trust::Registry& registry,
                                          const CommitOptions& options) {
    AION_TRY(require_strict(options.verify));
    std::string name = pinned_name(options.verify, path);
    AION_TRY_ASSIGN(Place place, env.locate(path));
    AION_TRY_ASSIGN(auto opened, place.directory->open(place.name, {}));
    AION_TRY_ASSIGN(Past past, read_valid(env, std::move(opened), name, registry, options.verify));
    AION_TRY_ASSIGN(Draft draft, Draft::continuing(env, Subject(past.file), std::move(past.history),
                                                   options.verify.threads));
    auto state = std::make_unique<State>(State{env,
                                               std::move(place),
                                               std::move(name),
                                               registry,
                                               options,
                                               std::move(past.file),
                                               std::nullopt,
                                               std::move(draft),
                                               {},
                                               std::nullopt,
                                               false,
                                               false,
                                               crypto::KeyCache()});
    state->seen.emplace(seen_by(state->draft, state->registry));
    if (state->options.verify.key_cache == nullptr) {
        state->options.verify.key_cache = &state->own_keys;
    }
    return CommitSession(std::move(state));
}

namespace {

Result<CommitReceipt> sign_and_append(Draft& draft, const NewVersion& version,
                                      crypto::Signer& signer, const trust::SeenRegistry& registry,
                                      const CommitOptions& options) {
    AION_TRY_ASSIGN(Accepted accepted,
                    accept(draft, version, Ownership::ours, signer, asked(registry, options)));
    AION_TRY_ASSIGN(const format::SignatureRecord signature,
                    sign(accepted.next.record, accepted.key, signer, options.verify.key_cache));
    CommitReceipt receipt = accepted.next.receipt;
    receipt.signature_hash = crypto::blake3(signature.signature.view());
    draft.append(std::move(accepted.next), signature);
    return receipt;
}

// The payload of either may not be in memory: the trailing hash is of it, too, and what neither
// holds is not carried forward.
bool is_same_file(const format::FileBytes& a, const format::FileBytes& b) {
    if (a.is_whole() == b.is_whole()) {
        return a.size() == b.size() && equal(a.stored(), b.stored());
    }
    const std::size_t both = std::min(a.stored().size(), b.stored().size());
    return a.size() == b.size() && both >= format::header_size &&
           equal(a.stored().first(format::header_size), b.stored().first(format::header_size)) &&
           equal(a.stored().last(both - format::header_size),
                 b.stored().last(both - format::header_size));
}

}  // namespace

Result<CommitReceipt> CommitSession::add(const NewVersion& version, crypto::Signer& signer) {
    State& state = *state_;
    make_room(state.pending, 1);  // what is in the draft is also pending, whenever memory ends
    if (state.is_seen_anew) {
        state.seen.emplace(seen_by(state.draft, state.registry));
        state.is_seen_anew = false;
    }
    auto receipt = sign_and_append(state.draft, version, signer, *state.seen, state.options);
    if (!receipt) {
        emit_commit_rejected(state.options.verify.events, state.draft.file_id(), version.author,
                             receipt.error());
        return receipt;
    }
    state.is_seen_anew = is_listed(*receipt, state.registry);
    state.other_windows = state.other_windows || state.is_seen_anew;
    state.pending.emplace_back(*receipt, version.author);
    return receipt;
}

std::size_t CommitSession::pending() const noexcept {
    return state_->pending.size();
}

Result<SaveReport> CommitSession::save() {
    State& state = *state_;
    if (state.pending.empty()) {
        return {};
    }
    const Place& place = state.place;
    AION_TRY_ASSIGN(const auto lock, place.directory->lock(place.name, state.options.lock_wait_ms));
    AION_TRY_ASSIGN(auto opened, lock->open());
    AION_TRY_ASSIGN(PrivateFile current, PrivateFile::copy_of(std::move(opened), Hold::records));
    AION_TRY(current.finish());
    if (!is_same_file(current.bytes(), state.base.bytes())) {
        return fail(changed_by_another_writer(place, "open it"));
    }
    // Behind the rename nothing may fail: a session that has not noticed that it saved would take
    // its own file for another writer's.
    const Newest newest{.receipt = state.pending.back().first,
                        .author = state.pending.back().second,
                        .other_windows = state.other_windows};
    auto pin = new_pin(state.env, state.options, state.name, state.registry, newest, state.draft);
    std::optional<State::Saved> saved;
    const auto made = [&](format::FileImage image) -> Result<> {
        AION_TRY_ASSIGN(saved, state.saved_as(std::move(image)));
        return {};
    };
    SaveReport report;
    AION_TRY_ASSIGN(static_cast<WriteReport&>(report),
                    replace_read(state.env, place, *lock, current,
                                 content_of(state.draft, nullptr, made), state.options.sync));
    const auto told = state.go_on_from(*std::move(saved));
    if (pin) {
        report.not_pinned = pin->record();
    }
    for (const auto& [receipt, author] : told) {
        emit_committed(state.options.verify.events, receipt, author);
    }
    return report;
}

}  // namespace aion::policy
