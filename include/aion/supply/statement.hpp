// SPDX-License-Identifier: MIT OR Apache-2.0
// in-toto statements (https://github.com/in-toto/attestation, Statement v1): something is said of
// subjects, which are named by their digests. What is said is a predicate: SLSA provenance, a
// summary of a verdict, or anything that others define.
//
// A statement keeps the text that it was read from: what nobody here knows is not lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/supply/manifest.hpp"

namespace aion::supply {

inline constexpr std::string_view statement_type_uri = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view provenance_type = "https://slsa.dev/provenance/v1";
inline constexpr std::string_view verification_summary_type =
    "https://slsa.dev/verification_summary/v1";

/// Digests by the name of their algorithm, e.g. `sha256`, as in-toto has them.
using DigestSet = std::vector<std::pair<std::string, std::string>>;

/// How digests of ours are named beside `sha256`.
inline constexpr std::string_view blake3_digest_name = "blake3-256";

struct Subject {
    std::string name;
    DigestSet digest;
    friend bool operator==(const Subject&, const Subject&) = default;
};

/// `sha256` and `blake3-256` of an artefact, as far as they are known.
[[nodiscard]] DigestSet digests_of(const Artifact& artifact);

/// Whether all digests that both have of `sha256` and `blake3-256` are the same, and there is one.
[[nodiscard]] bool is_same(const Artifact& artifact, const Subject& subject);

class Statement {
  public:
    /// Of the text, in bytes.
    static constexpr std::size_t max_size = std::size_t{64} << 20U;

    /// Reads a statement. Its `_type` must be v1's, it must have a subject, and each subject a
    /// digest. Errors: `invalid_format` with the place and a detail of base/json_details.hpp, or
    /// `statement_other_type`, `statement_no_subject`.
    [[nodiscard]] static Result<Statement> from_json(std::string text);

    /// The very text that was read, or made.
    [[nodiscard]] const std::string& json() const noexcept { return json_; }

    [[nodiscard]] const std::vector<Subject>& subjects() const noexcept { return subjects_; }

    [[nodiscard]] const std::string& predicate_type() const noexcept { return predicate_type_; }

    /// The subject that an artefact is by its digests, whatever its name, or nullptr.
    [[nodiscard]] const Subject* find(const Artifact& artifact) const;

  private:
    Statement() = default;

    std::string json_;
    std::vector<Subject> subjects_;
    std::string predicate_type_;
};

/// Something that a build needed or left, in SLSA's provenance.
struct ResourceDescriptor {
    std::optional<std::string> name = {};
    std::optional<std::string> uri = {};
    std::optional<DigestSet> digest = {};
    std::optional<std::string> media_type = {};
    friend bool operator==(const ResourceDescriptor&, const ResourceDescriptor&) = default;
};

/// How something was built (https://slsa.dev/spec/v1.1/provenance). What SLSA has beyond this is in
/// a foreign statement's text, and stays there.
struct Provenance {
    static constexpr std::string_view generic_build_type =
        "https://aion-context.dev/buildtypes/generic/v1";

    std::string builder_id;  ///< Not empty: a URI.
    std::string build_type = std::string(generic_build_type);
    std::string external_parameters = "{}";               ///< JSON.
    std::optional<std::string> internal_parameters = {};  ///< JSON.
    std::vector<ResourceDescriptor> resolved_dependencies = {};
    std::optional<std::string> invocation_id = {};
    std::optional<std::string> started_on = {};   ///< RFC 3339.
    std::optional<std::string> finished_on = {};  ///< RFC 3339.
    std::vector<ResourceDescriptor> byproducts = {};
    friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// How a statement is made.
enum class StatementForm : std::uint8_t {
    standard,  ///< Subjects have all digests that are known; JSON parts are canonical (RFC 8785).
    /// The reference's bytes: subjects have `blake3-256` alone; JSON parts as it sorts them.
    reference,
};

/// Says of `subjects` how they were built. Errors: `invalid_argument` for no subject, an empty
/// builder id, times that are not RFC 3339 (not in the reference's form); `invalid_format` for
/// parameters that are no JSON.
[[nodiscard]] Result<Statement> make_provenance(std::span<const Artifact> subjects,
                                                const Provenance& provenance,
                                                StatementForm form = StatementForm::standard);

/// The provenance that a statement has. Errors: `invalid_format` with the place and a detail of
/// base/json_details.hpp, or `statement_other_predicate`.
[[nodiscard]] Result<Provenance> provenance_of(const Statement& statement);

/// What a verifier found, for those who trust it to have looked
/// (https://slsa.dev/spec/v1.1/verification_summary).
struct VerificationSummary {
    std::string verifier_id;  ///< A URI.
    Timestamp time_verified{};
    std::string resource_uri;  ///< What was verified, as others know it.
    std::string policy_uri;    ///< By what rules: of a registry.
    DigestSet policy_digest;
    bool has_passed = false;
    std::vector<std::string> verified_levels = {};
    friend bool operator==(const VerificationSummary&, const VerificationSummary&) = default;
};

/// Says of `subject` what was found. Errors: `invalid_argument` for an empty URI.
[[nodiscard]] Result<Statement> make_verification_summary(const Artifact& subject,
                                                          const VerificationSummary& summary);

/// The summary that a statement has. Errors: as `provenance_of`.
[[nodiscard]] Result<VerificationSummary> verification_summary_of(const Statement& statement);

}  // namespace aion::supply
