// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/judged_policy.hpp"

#include <algorithm>

#include "aion/format/file_view.hpp"
#include "base/try.hpp"

namespace aion::release {

PolicyInForce PolicyInForce::of(const policy::VerifiedPayload& opened) noexcept {
    return {.policy = {.file_id = opened.file_id(),
                       .version = opened.version(),
                       .author = opened.author()},
            .trust = {.author = opened.author(), .epoch = opened.epoch()}};
}

Result<JudgedPolicy> JudgedPolicy::judge(ByteView file, const trust::Registry& registry,
                                         Timestamp now, const policy::VerifyOptions& options) {
    if (options.profile != policy::Profile::strict) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "receipts are judged by the strict profile only"));
    }
    // Judged and listed are the same bytes.
    const Bytes copy(file.begin(), file.end());
    const policy::VerificationReport report = policy::verify(copy, registry, now, options);
    if (!report.is_valid()) {
        return fail(error_because(ErrorCode::verdict_invalid, report.summary()));
    }
    AION_TRY_ASSIGN(const format::FileView view, format::FileView::parse(copy));
    AION_TRY_ASSIGN(const auto signatures, view.signatures());
    JudgedPolicy judged;
    judged.file_id_ = report.file_id;
    judged.versions_.reserve(signatures.size());
    for (const format::SignatureRecord& signature : signatures) {
        const AuthorId author{signature.author};
        // A signature that counts has the key of one of its author's epochs in it.
        const trust::Registry::Author* const known = registry.find(author);
        const VersionNumber version{judged.versions_.size() + 1};
        const trust::EpochRecord* const epoch =
            known == nullptr ? nullptr : known->find(signature.public_key, version);
        if (epoch == nullptr) {
            return fail(unauthorized_signer(author, version));
        }
        judged.versions_.push_back({author, epoch->epoch});
    }
    return judged;
}

std::optional<PolicyInForce> JudgedPolicy::at(VersionNumber version) const noexcept {
    if (version.value == 0 || version.value > versions_.size()) {
        return std::nullopt;
    }
    const EpochReference& trust = versions_[version.value - 1];
    return PolicyInForce{
        .policy = {.file_id = file_id_, .version = version, .author = trust.author},
        .trust = trust};
}

PolicyInForce JudgedPolicy::current() const noexcept {
    return *at(VersionNumber{versions_.size()});
}

}  // namespace aion::release
