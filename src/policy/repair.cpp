// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/repair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>

#include "aion/base/spool.hpp"
#include "aion/format/file_image.hpp"
#include "base/try.hpp"
#include "policy/authority.hpp"
#include "policy/implied.hpp"
#include "policy/judge.hpp"
#include "policy/repair_changes.hpp"

namespace aion::policy {

using format::AuditRecord;
using format::FileImage;
using format::HeaderRecord;
using format::SignatureRecord;
using format::VersionRecord;

namespace {

using HeaderBytes = std::array<std::uint8_t, format::header_size>;

/// A file under another header than it has.
class WithHeader final : public ReadableFile {
  public:
    WithHeader(std::unique_ptr<ReadableFile> file, const HeaderBytes& header)
        : file_(std::move(file)), header_(header) {}

    [[nodiscard]] const FileInfo& info() const noexcept override { return file_->info(); }

    [[nodiscard]] Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        AION_TRY(file_->read_at(offset, out));
        if (offset < header_.size()) {
            const ByteView instead = ByteView(header_).subspan(offset);
            std::ranges::copy(instead.first(std::min(instead.size(), out.size())), out.begin());
        }
        return {};
    }

    [[nodiscard]] Result<> check_unchanged() const override { return file_->check_unchanged(); }

  private:
    std::unique_ptr<ReadableFile> file_;
    HeaderBytes header_;
};

/// What stands where the header is. Nothing of a file that is too short.
std::optional<HeaderRecord> header_in(const PrivateFile& file) {
    const format::FileBytes& bytes = file.bytes();
    if (bytes.size() < format::header_size + format::integrity_size) {
        return std::nullopt;
    }
    HeaderBytes header{};
    std::ranges::copy(bytes.slice({0, format::header_size}), header.begin());
    return std::bit_cast<HeaderRecord>(header);
}

/// A header that no reader takes for its flags or reserved bytes alone, without these: they can
/// have one value only.
HeaderBytes readable(HeaderRecord header) {
    header.flags = format::flag_encrypted;
    header.reserved = {};
    return std::bit_cast<HeaderBytes>(header);
}

std::unexpected<Error> refuse(std::string_view gate, std::string_view why) {
    return fail(error_because(
        ErrorCode::verdict_invalid,
        fmt::format("{}: {}; nothing that is signed says what it should be", gate, why)));
}

// Where a gate could not look, the layout says why.
std::unexpected<Error> refuse(const VerificationReport& report, Gate gate) {
    for (const Gate told : {gate, Gate::structure}) {
        if (const Finding* const finding = report.first(told)) {
            return refuse(name_of(told), finding->message);
        }
    }
    return refuse(name_of(gate), "it could not be located");
}

/// A sound file has a zero byte behind every message. What is behind the last one belongs to
/// nothing.
std::uint64_t strings_size(const Subject& subject, std::uint64_t table) {
    std::uint64_t end = 0;
    for (const VersionRecord& version : *subject.versions) {
        const std::uint64_t offset = version.message_offset;
        const std::uint64_t length = version.message_length;
        // A message that is not inside is found by whoever looks at what was built.
        if (offset <= table && length <= table - offset) {
            end = std::max(end, offset + length + 1);
        }
    }
    return end;
}

VersionRecord without_reserved(const VersionRecord& record) {
    VersionRecord clean = record;
    clean.reserved = {};
    return clean;
}

SignatureRecord without_reserved(const SignatureRecord& record) {
    SignatureRecord clean = record;
    clean.reserved = {};
    return clean;
}

/// All but payload and trailing hash, as the signed history has it.
Result<FileImage> rebuild(const Subject& subject) {
    AION_TRY_ASSIGN(const ByteView strings, subject.view->strings());
    const std::span versions = *subject.versions;
    const std::uint64_t kept = strings_size(subject, strings.size());
    FileImage image({.payload_size = subject.payload->length,
                     .versions = versions.size(),
                     .signatures = versions.size(),
                     .audit = versions.size(),
                     .strings_size = kept},
                    FileImage::Payload::passes_by);
    fill_header(image.header(), subject.view->file_id(), versions.front(), versions.back());
    std::ranges::transform(versions, image.versions().begin(),
                           [](const VersionRecord& record) { return without_reserved(record); });
    std::ranges::transform(subject.signatures->first(versions.size()), image.signatures().begin(),
                           [](const SignatureRecord& record) { return without_reserved(record); });
    const AuditRecord* previous = nullptr;
    for (std::size_t i = 0; i < versions.size(); ++i) {
        image.audit()[i] = audit_entry_of(versions[i], previous);
        previous = &image.audit()[i];
    }
    std::ranges::copy(strings.first(std::min<std::uint64_t>(kept, strings.size())),
                      image.strings().begin());
    // What ends a message is nobody's text.
    for (const VersionRecord& version : versions) {
        const std::uint64_t end = version.message_offset + version.message_length;
        if (end >= version.message_length && end < kept) {
            image.strings()[end] = 0;
        }
    }
    return image;
}

/// Whether what was built passes the gates that look at it. What the payload and its seal are was
/// judged where they were read, and they stay what they are.
Result<> require_sound(const FileImage& image, const trust::Registry& registry,
                       const VerifyOptions& options) {
    PrivateFile made(image);
    const Subject subject(made);
    const trust::SeenRegistry seen = seen_by(subject, registry, options);
    for (const GateOutcome& outcome :
         {structure_gate(subject), header_gate(subject), chain_gate(subject),
          signature_gate(subject, seen, options).outcome, audit_gate(subject)}) {
        if (outcome.state() != GateState::passed) {
            return refuse(name_of(outcome.gate()), outcome.findings().empty()
                                                       ? "it could not be located"
                                                       : outcome.findings().front().message);
        }
    }
    return {};
}

}  // namespace

struct Repair::State {
    VerificationReport before;
    std::vector<RepairChange> changes;
    std::shared_ptr<ReadableFile> file;
    format::Extent payload;  ///< In `file`.
    std::optional<FileImage> image;
    bool trailing_hash_fits = true;
    std::uint64_t versions = 0;
    std::uint64_t versions_named = 0;

    /// Hands the sealed payload to `append`.
    [[nodiscard]] Result<> pass_payload(const ProducedContent::Append& append) const {
        return copy_pieces(*file, payload.offset, payload.offset + payload.length, append);
    }

    /// Builds what the file has to be. `report`: the verdict on `subject`, which is the file,
    /// perhaps with another header than `header`, which it has.
    [[nodiscard]] Result<> build(const HeaderRecord& header, const Subject& subject,
                                 const VerificationReport& report, const trust::Registry& registry,
                                 const VerifyOptions& options) {
        for (const Gate gate : {Gate::chain, Gate::payload, Gate::signatures}) {
            if (report.state(gate) != GateState::passed) {
                return refuse(report, gate);
            }
        }
        payload = *subject.payload;
        auto built = rebuild(subject);
        if (!built) {
            return refuse(name_of(Gate::structure), built.error().message());
        }
        image = *std::move(built);
        AION_TRY(require_sound(*image, registry, options));
        AION_TRY(finish());
        versions = subject.versions->size();
        changes = changes_between(header, subject, *image, before);
        const bool fits_now = equal(subject.file.stored().last(format::integrity_size),
                                    image->bytes().last(format::integrity_size));
        trailing_hash_fits = fits_now || before.state(Gate::integrity) == GateState::passed;
        // What hashes to what was written behind it has all the versions that there were.
        if (!fits_now) {
            versions_named = std::max({std::uint64_t{header.current_version},
                                       std::uint64_t{header.signatures.count},
                                       std::uint64_t{header.audit.count}});
        }
        return {};
    }

    [[nodiscard]] Result<> finish() {
        crypto::Blake3 hasher;
        hasher.update(image->before_payload());
        AION_TRY(pass_payload([&](ByteView piece) {
            hasher.update(piece);
            return Result<>();
        }));
        image->finish(hasher, crypto::Parallelism::one_thread);
        return {};
    }

    [[nodiscard]] Result<> write(const ProducedContent::Append& append) const {
        AION_TRY(append(image->before_payload()));
        AION_TRY(pass_payload(append));
        return append(image->behind_payload());
    }
};

Repair::Repair(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}

Repair::~Repair() = default;
Repair::Repair(Repair&&) noexcept = default;
Repair& Repair::operator=(Repair&&) noexcept = default;

Result<Repair> Repair::plan(Env& env, const std::filesystem::path& path,
                            const trust::Registry& registry, const VerifyOptions& options) {
    AION_TRY_ASSIGN(auto file, env.open(path, {}));
    return plan(env, std::move(file), registry, options);
}

Result<Repair> Repair::plan(Env& env, std::unique_ptr<ReadableFile> file,
                            const trust::Registry& registry, const VerifyOptions& options) {
    VerifyOptions judging;
    judging.threads = options.threads;
    judging.key_cache = options.key_cache;
    judging.events = options.events;
    AION_TRY_ASSIGN(auto spooled, spool(env, *file));
    file.reset();
    AION_TRY_ASSIGN(PrivateFile copy, PrivateFile::copy_of(share(spooled), Hold::records));
    const Subject subject(copy);
    Evaluated evaluated = judge(subject, registry, env.now(), judging, Keep::nothing);
    AION_TRY(copy.finish());
    conclude(subject, evaluated, judging);
    auto state = std::make_unique<State>();
    state->file = std::move(spooled);
    state->before = std::move(evaluated.report);
    if (state->before.is_valid()) {
        state->versions = subject.versions->size();
        return Repair(std::move(state));
    }
    if (subject.view) {
        AION_TRY(state->build(subject.view->header(), subject, state->before, registry, judging));
        return Repair(std::move(state));
    }
    const std::optional<HeaderRecord> header = header_in(copy);
    if (!header) {
        return refuse(state->before, Gate::chain);
    }
    judging.events = {};  // there was a verdict on this file
    AION_TRY_ASSIGN(
        PrivateFile changed,
        PrivateFile::copy_of(std::make_unique<WithHeader>(share(state->file), readable(*header)),
                             Hold::records));
    const Subject other(changed);
    const Evaluated again = judge(other, registry, env.now(), judging, Keep::nothing);
    AION_TRY(state->build(*header, other, again.report, registry, judging));
    return Repair(std::move(state));
}

const VerificationReport& Repair::before() const noexcept {
    return state_->before;
}

const std::vector<RepairChange>& Repair::changes() const noexcept {
    return state_->changes;
}

bool Repair::trailing_hash_fits() const noexcept {
    return state_->trailing_hash_fits;
}

std::uint64_t Repair::versions() const noexcept {
    return state_->versions;
}

std::optional<std::uint64_t> Repair::versions_named() const noexcept {
    return state_->versions_named > state_->versions ? std::optional(state_->versions_named)
                                                     : std::nullopt;
}

ProducedContent Repair::content() const {
    if (!state_->image) {
        return {};
    }
    return {.size = state_->image->file_bytes().size(),
            .produce = [state = state_.get()](const ProducedContent::Append& append,
                                              const ProducedContent::Ready&) {
                return state->write(append);
            }};
}

}  // namespace aion::policy
