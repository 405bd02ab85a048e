// SPDX-License-Identifier: MIT OR Apache-2.0
// SLSA's summary of a verification, written and read.
#include <utility>

#include "aion/base/time_text.hpp"
#include "base/try.hpp"
#include "supply/statement_json.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view passed = "PASSED";
constexpr std::string_view failed = "FAILED";

}  // namespace

Result<Statement> make_verification_summary(const Artifact& subject,
                                            const VerificationSummary& summary) {
    if (summary.verifier_id.empty() || summary.resource_uri.empty() || summary.policy_uri.empty()) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "a summary names its verifier, its resource and its policy"));
    }
    const auto write = [&](JsonWriter& out) -> Result<> {
        out.begin_object().key("verifier").begin_object();
        out.member("id", summary.verifier_id).end_object();
        out.member("timeVerified", rfc3339_seconds(summary.time_verified));
        out.member("resourceUri", summary.resource_uri);
        out.key("policy").begin_object().member("uri", summary.policy_uri).key("digest");
        write_digests(out, summary.policy_digest);
        out.end_object().member("verificationResult", summary.has_passed ? passed : failed);
        out.key("verifiedLevels").begin_array();
        for (const std::string& level : summary.verified_levels) {
            out.value(level);
        }
        out.end_array().member("slsaVersion", "1.1").end_object();
        return {};
    };
    return make_statement({&subject, 1}, verification_summary_type, StatementForm::standard, write);
}

Result<VerificationSummary> verification_summary_of(const Statement& statement) {
    AION_TRY_ASSIGN(const json::Document document, parse_statement(statement.json()));
    AION_TRY_ASSIGN(const json::ObjectReader root,
                    json::ObjectReader::root(document, statement_prefix));
    AION_TRY(require_predicate(statement, root, verification_summary_type));
    AION_TRY_ASSIGN(const json::ObjectReader predicate, root.object("predicate"));
    AION_TRY_ASSIGN(const json::ObjectReader verifier, predicate.object("verifier"));
    AION_TRY_ASSIGN(const json::ObjectReader policy, predicate.object("policy"));
    VerificationSummary summary;
    AION_TRY_ASSIGN(summary.verifier_id, verifier.text("id"));
    AION_TRY_ASSIGN(const std::string_view time, predicate.text("timeVerified"));
    AION_TRY_ASSIGN(const TimeSpan span, parse_time(time));
    summary.time_verified = span.first;
    AION_TRY_ASSIGN(summary.resource_uri, predicate.text("resourceUri"));
    AION_TRY_ASSIGN(summary.policy_uri, policy.text("uri"));
    AION_TRY_ASSIGN(const auto digest, policy.object_if_any("digest"));
    if (digest) {
        AION_TRY_ASSIGN(summary.policy_digest, digests_in(*digest));
    }
    AION_TRY_ASSIGN(const std::string_view result, predicate.text("verificationResult"));
    summary.has_passed = result == passed;
    AION_TRY_ASSIGN(const auto levels, predicate.texts_if_any("verifiedLevels"));
    if (levels) {
        summary.verified_levels.assign(levels->begin(), levels->end());
    }
    return summary;
}

}  // namespace aion::supply
