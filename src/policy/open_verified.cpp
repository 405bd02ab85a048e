// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/open_verified.hpp"

#include "base/try.hpp"
#include "policy/judge.hpp"
#include "policy/pin_check.hpp"

namespace aion::policy {

Refusal::Refusal(VerificationReport verdict)
    : error(error_because(ErrorCode::verdict_invalid, verdict.summary())),
      report(std::move(verdict)) {}

// The one maker of VerifiedPayload.
struct VerifiedPayloadMaker {
    using Opened = std::expected<VerifiedPayload, Refusal>;

    // A signature that counts carries the key of one of its author's epochs.
    static Epoch epoch_of(const format::SignatureRecord& signature, const trust::Registry& registry,
                          VersionNumber version) {
        const trust::Registry::Author* const author = registry.find(AuthorId{signature.author});
        const trust::EpochRecord* const epoch =
            author == nullptr ? nullptr : author->find(signature.public_key, version);
        return epoch == nullptr ? Epoch{} : epoch->epoch;
    }

    static Opened open(PrivateFile& file, std::string_view name, const trust::Registry& registry,
                       Timestamp now, const VerifyOptions& options) {
        const Subject subject(file);
        Evaluated evaluated = judge(subject, registry, now, options, Keep::payload);
        AION_TRY(file.finish());
        AION_TRY(ask_pins(options, name, registry, now, subject, evaluated));
        conclude(subject, evaluated, options);
        if (!evaluated.report.is_valid()) {
            return std::unexpected<Refusal>(Refusal(std::move(evaluated.report)));
        }
        const format::VersionRecord& head = subject.versions->back();
        VerifiedPayload opened;
        opened.version_ = VersionNumber{head.number};
        opened.author_ = AuthorId{head.author};
        opened.epoch_ = epoch_of(subject.signatures->back(), registry, opened.version_);
        opened.timestamp_ = Timestamp{head.timestamp};
        opened.rules_hash_ = head.rules_hash;
        opened.payload_ = std::move(evaluated.plaintext);
        opened.report_ = std::move(evaluated.report);
        return opened;
    }
};

std::expected<VerifiedPayload, Refusal> open_verified(ByteView file,
                                                      const trust::Registry& registry,
                                                      Timestamp now, const VerifyOptions& options) {
    AION_TRY(require_strict(options));
    PrivateFile copy = PrivateFile::copy_of(file, Hold::records);
    return VerifiedPayloadMaker::open(copy, pinned_name(options, options.pin_path), registry, now,
                                      options);
}

std::expected<VerifiedPayload, Refusal> open_verified(Env& env, const std::filesystem::path& path,
                                                      const trust::Registry& registry,
                                                      const VerifyOptions& options,
                                                      const ReadOptions& read) {
    AION_TRY(require_strict(options));
    AION_TRY_ASSIGN(auto opened, env.open(path, read));
    AION_TRY_ASSIGN(PrivateFile file, PrivateFile::copy_of(std::move(opened), Hold::records));
    return VerifiedPayloadMaker::open(file, pinned_name(options, path), registry, env.now(),
                                      options);
}

}  // namespace aion::policy
