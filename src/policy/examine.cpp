// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/examine.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "aion/base/utf8.hpp"
#include "aion/crypto/hash.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "policy/authority.hpp"
#include "policy/judge.hpp"
#include "policy/pin_check.hpp"

namespace aion::policy {

namespace {

constexpr NameTable signature_states(std::to_array<Named<SignatureState>>({
    {SignatureState::valid, "valid"},
    {SignatureState::refused, "refused"},
    {SignatureState::not_judged, "not_judged"},
}));

/// Hashes a file whose absent bytes pass by once, in order, while it is judged.
class Digester {
  public:
    explicit Digester(PrivateFile& file) : file_(file) {
        add(before());
        file.watch_absent([this](ByteView piece) {
            seen_ += piece.size();
            add(piece);
        });
    }

    /// Nothing if not all of the file passed.
    std::optional<FileDigests> finish() {
        const format::Extent absent = file_.bytes().absent();
        if (seen_ != absent.length) {
            return std::nullopt;
        }
        add(file_.bytes().stored().subspan(absent.offset));
        return FileDigests{blake3_.digest(), sha256_.digest()};
    }

  private:
    [[nodiscard]] ByteView before() const {
        return file_.bytes().stored().first(file_.bytes().absent().offset);
    }

    void add(ByteView piece) {
        blake3_.update(piece);
        sha256_.update(piece);
    }

    PrivateFile& file_;
    crypto::Blake3 blake3_;
    crypto::Sha256 sha256_;
    std::uint64_t seen_ = 0;
};

/// How many messages are shown, from the first: all, unless together they are longer than the file.
/// In a file that nobody judged yet many long messages may lie over the same bytes, so that 10 MB
/// would show 100 GB.
std::uint64_t shown_messages(const Subject& subject) {
    std::uint64_t total = 0;
    std::uint64_t count = 0;
    if (!subject.versions) {
        return 0;
    }
    for (const format::VersionRecord& version : *subject.versions) {
        total += version.message_length;
        if (total > subject.file.size()) {
            break;
        }
        ++count;
    }
    return count;
}

}  // namespace

std::string_view name_of(SignatureState state) noexcept {
    return signature_states.name(state);
}

FileDigests digests_of(ByteView bytes) {
    return {crypto::blake3(bytes), crypto::sha256(bytes)};
}

struct Examination::State {
    State(PrivateFile given, const trust::Registry& by, const ExamineOptions& how)
        : file(std::move(given)),
          subject(file),
          registry(seen_by(subject, by, how.verify)),
          pins(how.verify.pins) {}

    PrivateFile file;
    Subject subject;
    trust::SeenRegistry registry;

    /// Under the reference profile what cannot be read ends the judging.
    [[nodiscard]] bool signatures_were_judged() const noexcept {
        const GateState gate = report.state(Gate::signatures);
        return gate == GateState::passed || (gate == GateState::failed && !refused.empty());
    }

    /// Why the signature at `index` does not count, or nullptr.
    [[nodiscard]] const RefusedSignature* refusal_of(std::uint64_t index) const noexcept {
        const auto found = std::ranges::lower_bound(refused, index, {}, &RefusedSignature::index);
        return found != refused.end() && found->index == index ? &*found : nullptr;
    }

    Pins pins;
    VerificationReport report;
    std::vector<RefusedSignature> refused;  ///< By index.
    std::optional<Bytes> payload;
    std::optional<FileDigests> digests;
    std::uint64_t messages = 0;
};

// The one maker of Examination.
struct Examiner {
    static Result<Examination> examine(PrivateFile file, std::string_view name,
                                       const trust::Registry& registry, Timestamp now,
                                       const ExamineOptions& options) {
        auto state = std::make_unique<Examination::State>(std::move(file), registry, options);
        std::optional<Digester> digester;
        if (options.digests) {
            digester.emplace(state->file);
        }
        const Subject& subject = state->subject;
        const bool keeps = subject.payload && payload_length(subject) <= options.max_payload &&
                           options.verify.profile == Profile::strict;
        Evaluated evaluated =
            judge(subject, registry, now, options.verify, keeps ? Keep::payload : Keep::nothing);
        AION_TRY(state->file.finish());
        AION_TRY(ask_pins(options.verify, name, registry, now, subject, evaluated));
        conclude(subject, evaluated, options.verify);
        if (digester) {
            state->digests = digester->finish();
            state->file.watch_absent({});
        }
        if (keeps && evaluated.report.state(Gate::payload) == GateState::passed) {
            state->payload = std::move(evaluated.plaintext);
        }
        state->report = std::move(evaluated.report);
        state->refused = std::move(evaluated.refused);
        state->messages = shown_messages(subject);
        return Examination(std::move(state));
    }

    /// Without what sealing adds.
    static std::uint64_t payload_length(const Subject& subject) {
        return subject.payload->length -
               std::min<std::uint64_t>(subject.payload->length, seal_overhead);
    }
};

Examination::Examination(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}

Examination::~Examination() = default;
Examination::Examination(Examination&&) noexcept = default;
Examination& Examination::operator=(Examination&&) noexcept = default;

const VerificationReport& Examination::report() const noexcept {
    return state_->report;
}

std::uint64_t Examination::size() const noexcept {
    return state_->subject.file.size();
}

const std::optional<FileDigests>& Examination::digests() const noexcept {
    return state_->digests;
}

const format::HeaderRecord* Examination::header() const noexcept {
    return state_->subject.view ? &state_->subject.view->header() : nullptr;
}

std::uint64_t Examination::version_count() const noexcept {
    return state_->subject.versions ? state_->subject.versions->size() : 0;
}

std::uint64_t Examination::signature_count() const noexcept {
    return state_->subject.signatures ? state_->subject.signatures->size() : 0;
}

std::uint64_t Examination::audit_count() const noexcept {
    return state_->subject.audit ? state_->subject.audit->size() : 0;
}

ExaminedVersion Examination::version(std::uint64_t index) const {
    const Subject& subject = state_->subject;
    const format::VersionRecord& record = (*subject.versions)[index];
    ExaminedVersion version;
    version.position = index + 1;
    version.number = VersionNumber{record.number};
    version.author = AuthorId{record.author};
    version.timestamp = Timestamp{record.timestamp};
    if (index < state_->messages) {
        version.message = to_valid_utf8(subject.view->message(record));
    }
    version.rules_hash = record.rules_hash;
    version.parent_hash = record.parent_hash;
    version.version_hash = format::version_hash(record);
    version.epoch = state_->registry.active_epoch(version.author, version.number);
    if (subject.signatures && index < subject.signatures->size()) {
        version.key = (*subject.signatures)[index].public_key;
        version.signer = AuthorId{(*subject.signatures)[index].author};
    }
    version.signature = signature_state(index);
    if (version.signature == SignatureState::refused) {
        const RefusedSignature& refused = *state_->refusal_of(index);
        version.refused = refused.reason;
        version.why = describe(refused, subject, state_->registry);
    }
    return version;
}

std::optional<trust::SignedVersion> Examination::signed_version(std::uint64_t index) const {
    const Subject& subject = state_->subject;
    if (index >= version_count() || index >= signature_count()) {
        return std::nullopt;
    }
    const format::VersionRecord& version = (*subject.versions)[index];
    return policy::signed_version(subject.view->file_id(), version, format::version_hash(version),
                                  (*subject.signatures)[index].signature);
}

ExaminedSignature Examination::signature(std::uint64_t index) const {
    const Subject& subject = state_->subject;
    const format::SignatureRecord& record = (*subject.signatures)[index];
    ExaminedSignature signature{index + 1, std::nullopt, AuthorId{record.author}, record.public_key,
                                SignatureState::not_judged};
    if (index < version_count()) {
        signature.version = VersionNumber{(*subject.versions)[index].number};
        signature.state = signature_state(index);
    }
    return signature;
}

const format::VersionRecord& Examination::version_record(std::uint64_t index) const noexcept {
    return (*state_->subject.versions)[index];
}

SignatureState Examination::signature_state(std::uint64_t index) const noexcept {
    if (!state_->subject.signatures || !state_->signatures_were_judged()) {
        return SignatureState::not_judged;
    }
    return state_->refusal_of(index) != nullptr ? SignatureState::refused : SignatureState::valid;
}

ExaminedAuditEntry Examination::audit_entry(std::uint64_t index) const {
    const auto& audit = *state_->subject.audit;
    const format::AuditRecord& record = audit[index];
    const Hash expected = index == 0 ? Hash{} : format::audit_hash(audit[index - 1]);
    return {index + 1,
            record.action,
            AuthorId{record.author},
            Timestamp{record.timestamp},
            record.previous_hash,
            format::audit_hash(record),
            record.previous_hash == expected};
}

std::optional<ByteView> Examination::payload() const noexcept {
    return state_->payload ? std::optional<ByteView>(*state_->payload) : std::nullopt;
}

std::optional<std::uint64_t> Examination::payload_size() const noexcept {
    return state_->subject.payload ? std::optional(Examiner::payload_length(state_->subject))
                                   : std::nullopt;
}

const trust::Registry& Examination::registry() const noexcept {
    return state_->registry.registry();
}

const trust::SeenRegistry& Examination::seen() const noexcept {
    return state_->registry;
}

const Pins& Examination::pins() const noexcept {
    return state_->pins;
}

Result<Examination> examine(Env& env, const std::filesystem::path& path,
                            const trust::Registry& registry, const ExamineOptions& options) {
    AION_TRY_ASSIGN(PrivateFile file, PrivateFile::open(env, path, hold_for(options.verify)));
    return Examiner::examine(std::move(file), pinned_name(options.verify, path), registry,
                             env.now(), options);
}

Result<Examination> examine(Env& env, std::unique_ptr<ReadableFile> file,
                            const trust::Registry& registry, const ExamineOptions& options) {
    AION_TRY_ASSIGN(PrivateFile copy,
                    PrivateFile::copy_of(std::move(file), hold_for(options.verify)));
    return Examiner::examine(std::move(copy), pinned_name(options.verify, options.verify.pin_path),
                             registry, env.now(), options);
}

Result<Examination> examine(ByteView file, const trust::Registry& registry, Timestamp now,
                            const ExamineOptions& options) {
    return Examiner::examine(PrivateFile::copy_of(file, hold_for(options.verify)),
                             pinned_name(options.verify, options.verify.pin_path), registry, now,
                             options);
}

}  // namespace aion::policy
