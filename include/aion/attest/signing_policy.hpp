// SPDX-License-Identifier: MIT OR Apache-2.0
// How many of whom must have signed, as a signed document: a DSSE envelope around the JSON that the
// reference writes of a policy.
//
//     {"threshold":2,"total_signers":3,"authorized_signers":[1001,1002,1003]}
//
// The same can stand as `any 2 of alice,bob,carol` in an .aion file (policy/requirement.hpp), which
// has a history and can be pinned; an envelope has neither, so an older one stays as good as a
// newer one as long as the key of whoever signed it is not revoked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/policy/requirement.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/trust/registry.hpp"

namespace aion::attest {

inline constexpr std::string_view signing_policy_type =
    "application/vnd.aion.signing-policy.v1+json";

/// Of an envelope with a policy, in bytes.
inline constexpr std::size_t max_signing_policy_envelope = std::size_t{256} << 10U;

/// Reads the JSON, which the reference takes as it is; nothing is accepted here that would require
/// nobody, or could never be met. Members other than the three are refused, since nobody knows
/// what they restrict.
/// Errors: `invalid_format` with the place and a detail of base/json_details.hpp or:
/// `signing_policy_threshold` (0, or more than there are signers), `signing_policy_total` (not the
/// number of signers), `signing_policy_signer` (no author id), `signing_policy_twice`,
/// `signing_policy_too_many` (`policy::max_required_authors`).
[[nodiscard]] Result<policy::Requirement> signing_policy_from_json(std::string_view text);

/// In one line without an end of line, as the reference writes it.
[[nodiscard]] std::string to_json(const policy::Requirement& policy);

/// `2-of-3`.
[[nodiscard]] std::string describe(const policy::Requirement& policy);

/// An envelope around the policy. Errors: the signer's own.
[[nodiscard]] Result<supply::Envelope> sign_policy(const policy::Requirement& policy,
                                                   AuthorId signer, crypto::Signer& key);

/// Who may set a policy.
struct PolicySetters {
    std::vector<AuthorId> authors;  ///< At least one: else anybody could name himself alone.
    std::uint32_t threshold = 1;    ///< How many of them must have signed.
};

/// Opens an envelope, in this order: who signed it, what type it is of, what it says; nothing of a
/// payload is read before enough have signed it.
/// Errors: `invalid_argument` if nobody may set it; `resource_exhausted` beyond
/// `max_signing_policy_envelope`; those of `supply::envelope_from_json`, `supply::open_envelope`
/// and `signing_policy_from_json`; `invalid_format` with `signing_policy_unknown` for a signer
/// whom the registry does not know.
[[nodiscard]] Result<policy::Requirement> open_policy(std::string_view envelope,
                                                      const trust::Registry& registry,
                                                      const PolicySetters& setters);

}  // namespace aion::attest
