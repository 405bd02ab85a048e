// SPDX-License-Identifier: MIT OR Apache-2.0
// A policy file as receipts refer to it: which versions it has, by whom, under which keys.
#pragma once

#include <optional>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/open_verified.hpp"
#include "aion/policy/verify.hpp"
#include "aion/release/receipt.hpp"
#include "aion/trust/registry.hpp"

namespace aion::release {

/// What a receipt says of a policy.
struct PolicyInForce {
    PolicyReference policy;
    EpochReference trust;

    /// Of a policy that was opened: its last version, and the key that signed it.
    [[nodiscard]] static PolicyInForce of(const policy::VerifiedPayload& opened) noexcept;

    friend bool operator==(const PolicyInForce&, const PolicyInForce&) = default;
};

/// All versions of a policy file that is VALID.
class JudgedPolicy {
  public:
    /// Judges the file first. Errors: `verdict_invalid` with the verdict; `invalid_argument` for
    /// options of another profile than the strict one.
    [[nodiscard]] static Result<JudgedPolicy> judge(ByteView file, const trust::Registry& registry,
                                                    Timestamp now,
                                                    const policy::VerifyOptions& options = {});

    [[nodiscard]] FileId file_id() const noexcept { return file_id_; }

    /// Never empty: number 1 first.
    [[nodiscard]] const std::vector<EpochReference>& versions() const noexcept { return versions_; }

    /// Nothing for a version that the file does not have.
    [[nodiscard]] std::optional<PolicyInForce> at(VersionNumber version) const noexcept;

    /// The last version.
    [[nodiscard]] PolicyInForce current() const noexcept;

  private:
    JudgedPolicy() = default;

    FileId file_id_;
    std::vector<EpochReference> versions_;
};

}  // namespace aion::release
