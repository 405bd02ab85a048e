// SPDX-License-Identifier: MIT OR Apache-2.0
// Bindings of signing keys to hardware: an author's master key says that the key of an epoch goes
// with a statement of some hardware, e.g. the quote of a TPM (tpm2_quote.hpp).
//
// The master signature covers which evidence it is, not that it is true: whether hardware says what
// is claimed, an evidence verifier decides. What none of those at hand can judge is refused.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/trust/registry.hpp"

namespace aion::attest {

/// What kind of statement the evidence is, with the number that is signed.
enum class EvidenceKind : std::uint16_t {
    tpm2_quote = 1,         ///< A quote of a TPM 2.0; see tpm2_quote.hpp.
    nvidia_nras = 2,        ///< A token of NVIDIA's remote attestation service.
    amd_sev_snp = 3,        ///< A report of SEV-SNP.
    intel_tdx = 4,          ///< A quote of a TDX domain.
    intel_sgx = 5,          ///< A quote of an SGX enclave.
    aws_nitro = 6,          ///< A document of a Nitro enclave.
    arm_cca = 7,            ///< A token of a CCA realm.
    azure_attestation = 8,  ///< A token of Azure Attestation.
    custom = 0xFFFF,        ///< Whatever the application makes of it.
};

/// `tpm2-quote`, `nvidia-nras` and so on, as documents have it; `unknown` for no kind.
[[nodiscard]] std::string_view name_of(EvidenceKind kind) noexcept;
/// Error: `invalid_format` (`Unknown attestation kind: {n}`), detail `evidence_kind_unknown`.
[[nodiscard]] Result<EvidenceKind> evidence_kind_from_code(std::uint16_t code);
/// Exactly as `name_of` writes it; nothing for any other text.
[[nodiscard]] std::optional<EvidenceKind> evidence_kind_named(std::string_view name) noexcept;

/// What makes evidence fresh: 32 bytes that its maker could not foresee.
using Nonce = Octets<32, struct NoncePurpose>;

/// A nonce from the system's generator. Error: `entropy_unavailable`.
[[nodiscard]] Result<Nonce> fresh_nonce(Env& env);

/// Of the evidence, in bytes.
inline constexpr std::size_t max_evidence_size = std::size_t{1} << 20U;

struct Evidence {
    EvidenceKind kind = EvidenceKind::custom;
    Nonce nonce;
    Bytes bytes;  ///< What the hardware said, in the form that its kind has.
    friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// One binding, of which nothing is verified.
struct HardwareBinding {
    AuthorId author;
    Epoch epoch;
    PublicKey public_key;  ///< Of that epoch.
    Evidence evidence;
    Signature master_signature;

    static constexpr std::size_t message_size = 136;
    /// What the master key signs: `AION_V2_KEY_ATTESTATION_V1`, author, epoch, key, kind, nonce,
    /// and the BLAKE3 of the evidence (docs/cli-hardware.md#what-is-signed).
    [[nodiscard]] std::array<std::uint8_t, message_size> message() const;
    friend bool operator==(const HardwareBinding&, const HardwareBinding&) = default;
};

/// Signs a binding with the author's master key. Whether author, epoch and key go together, nobody
/// asks here: `judge_binding` does. Errors: the signer's own; `resource_exhausted` for evidence
/// beyond `max_evidence_size`.
[[nodiscard]] Result<HardwareBinding> sign(HardwareBinding binding, crypto::Signer& master);

/// Of the JSON text, in bytes.
inline constexpr std::size_t max_binding_text = std::size_t{2} << 20U;

/// `{"type": "aion.hardware-binding.v1", …}`: bytes in padded base64, a newline at the end.
[[nodiscard]] std::string to_json(const HardwareBinding& binding);
/// Strict: every key is required and no other is allowed, because the signature would not cover it.
/// Checks the form only. Errors: `invalid_format` with the place and a detail: one of JSON's, or
/// `binding_bad_type`, `binding_bad_base64`, `binding_bad_size`, `evidence_kind_unknown`,
/// `evidence_too_large`.
[[nodiscard]] Result<HardwareBinding> hardware_binding_from_json(std::string_view text);

/// Judges evidence of some kinds. One object is for one thread at a time.
class EvidenceVerifier {
  public:
    virtual ~EvidenceVerifier() = default;

    /// Whether `verify` can judge evidence of that kind.
    [[nodiscard]] virtual bool knows(EvidenceKind kind) const noexcept = 0;

    /// Success if hardware that is trusted vouches for `expected` and the evidence's nonce. Errors:
    /// the verifier's own, which say why not.
    [[nodiscard]] virtual Result<> verify(const Evidence& evidence, const PublicKey& expected) = 0;

  protected:
    EvidenceVerifier() = default;
    EvidenceVerifier(const EvidenceVerifier&) = default;
    EvidenceVerifier& operator=(const EvidenceVerifier&) = default;
    EvidenceVerifier(EvidenceVerifier&&) = default;
    EvidenceVerifier& operator=(EvidenceVerifier&&) = default;
};

/// Under which conditions a binding counts.
struct BindingRules {
    /// The version at which the registry is asked. Nothing: the author's newest epoch, unless it
    /// was revoked.
    std::optional<VersionNumber> at_version = {};
    /// The nonce that was asked for. Nothing: whatever the binding has, so that an old one counts.
    std::optional<Nonce> nonce = {};
    /// A nonce of zeros is one that nobody drew, but the reference lets it pass.
    bool allow_zero_nonce = false;
};

/// What was found of a binding, in the order in which it is looked for.
enum class BindingFinding : std::uint8_t {
    valid,
    unknown_author,        ///< The registry has no such author.
    no_active_epoch,       ///< The author has no key that would be valid (at that version).
    other_epoch,           ///< The binding is of another epoch or key than that one.
    bad_master_signature,  ///< Not the author's master key's signature over this binding.
    zero_nonce,            ///< The nonce is all zeros.
    other_nonce,           ///< Not the nonce that was asked for.
    evidence_refused,      ///< The evidence verifier said no.
};

/// `valid`, `unknown_author`, …
[[nodiscard]] std::string_view name_of(BindingFinding finding) noexcept;

struct BindingVerdict {
    BindingFinding finding = BindingFinding::unknown_author;
    std::optional<Error> refusal;  ///< What the evidence verifier said, of `evidence_refused`.

    [[nodiscard]] bool is_valid() const noexcept { return finding == BindingFinding::valid; }

    /// Why not, in a sentence for people; empty if it is valid.
    [[nodiscard]] std::string reason() const;
};

/// Judges a binding, stopping at the first thing that is wrong. The verifier is asked once, and
/// only when all else is right. Error, for want of a verdict: `invalid_format` with the detail
/// `evidence_kind_unsupported` when all else is right and `verifier` does not know the kind.
[[nodiscard]] Result<BindingVerdict> judge_binding(const HardwareBinding& binding,
                                                   const trust::Registry& registry,
                                                   const BindingRules& rules,
                                                   EvidenceVerifier& verifier);

}  // namespace aion::attest
