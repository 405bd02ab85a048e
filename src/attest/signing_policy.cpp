// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/attest/signing_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aion/base/json_writer.hpp"
#include "attest/details.hpp"
#include "base/json_reader.hpp"
#include "base/try.hpp"

namespace aion::attest {
namespace {

constexpr std::string_view prefix = "signing policy: ";

Result<std::vector<AuthorId>> signers_of(const json::ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const json::Value list, object.any(key));
    if (!list.is_array()) {
        return fail(object.error_at(key, told<AttestDetail::signing_policy_signer>()));
    }
    std::vector<AuthorId> signers;
    for (const json::Member member : list.children()) {
        const auto id = member.value.integer();
        if (!id) {
            return fail(object.error_at(key, told<AttestDetail::signing_policy_signer>()));
        }
        if (signers.size() == policy::max_required_authors) {
            return fail(object.error_at(
                key, told<AttestDetail::signing_policy_too_many>(policy::max_required_authors)));
        }
        signers.emplace_back(*id);
    }
    std::ranges::sort(signers);
    const auto twice = std::ranges::adjacent_find(signers);
    if (twice != signers.end()) {
        return fail(object.error_at(key, told<AttestDetail::signing_policy_twice>(twice->value)));
    }
    return signers;
}

}  // namespace

Result<policy::Requirement> signing_policy_from_json(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(text, {.error_prefix = prefix,
                                       .max_size = policy::max_requirement_size,
                                       .max_values = 4 * policy::max_required_authors}));
    AION_TRY_ASSIGN(const json::ObjectReader object, json::ObjectReader::root(document, prefix));
    AION_TRY(object.check_only({"threshold", "total_signers", "authorized_signers"}));
    AION_TRY_ASSIGN(const std::uint32_t threshold, object.u32("threshold"));
    AION_TRY_ASSIGN(const std::uint32_t total, object.u32("total_signers"));
    AION_TRY_ASSIGN(std::vector<AuthorId> signers, signers_of(object, "authorized_signers"));
    if (total != signers.size()) {
        return fail(object.error_at("total_signers",
                                    told<AttestDetail::signing_policy_total>(signers.size())));
    }
    if (threshold == 0 || threshold > signers.size()) {
        return fail(object.error_at(
            "threshold", told<AttestDetail::signing_policy_threshold>(threshold, total, total)));
    }
    return policy::Requirement{threshold, std::move(signers)};
}

std::string to_json(const policy::Requirement& policy) {
    std::string text;
    JsonWriter out(text, JsonStyle::compact);
    out.begin_object();
    out.member("threshold", policy.threshold).member("total_signers", policy.authors.size());
    out.key("authorized_signers").begin_array();
    for (const AuthorId author : policy.authors) {
        out.value(author);
    }
    out.end_array().end_object();
    return text;
}

std::string describe(const policy::Requirement& policy) {
    return fmt::format("{}-of-{}", policy.threshold, policy.authors.size());
}

Result<supply::Envelope> sign_policy(const policy::Requirement& policy, AuthorId signer,
                                     crypto::Signer& key) {
    const std::string text = to_json(policy);
    return supply::sign_envelope(signing_policy_type, as_bytes(text), signer, key);
}

Result<policy::Requirement> open_policy(std::string_view envelope, const trust::Registry& registry,
                                        const PolicySetters& setters) {
    if (setters.authors.empty()) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "nobody is named who may set the signing policy"));
    }
    if (envelope.size() > max_signing_policy_envelope) {
        return fail(error_because(
            ErrorCode::resource_exhausted,
            fmt::format("a signing policy of more than {} bytes", max_signing_policy_envelope)));
    }
    AION_TRY_ASSIGN(const supply::Envelope signed_text, supply::envelope_from_json(envelope));
    AION_TRY_ASSIGN(const supply::OpenedEnvelope opened,
                    supply::open_envelope(signed_text, registry,
                                          {.payload_type = signing_policy_type,
                                           .threshold = setters.threshold,
                                           .authors = setters.authors}));
    AION_TRY_ASSIGN(policy::Requirement policy, signing_policy_from_json(as_text(opened.payload)));
    for (const AuthorId author : policy.authors) {
        if (registry.find(author) == nullptr) {
            return fail(invalid<AttestDetail::signing_policy_unknown>(author.value));
        }
    }
    return policy;
}

}  // namespace aion::attest
