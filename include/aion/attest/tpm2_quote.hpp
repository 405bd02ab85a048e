// SPDX-License-Identifier: MIT OR Apache-2.0
// Quotes of a TPM 2.0 (TCG TPM 2.0 Library, part 2) as evidence for a signing key: the attestation
// key of a TPM signs digests of its PCRs together with data that the asker chose. Here that data is
// made of a nonce and of the key that is vouched for.
//
// To judge the binding in a file, whose TPM was seen when the machine was set up.
//
//     const auto binding = attest::hardware_binding_from_json(text);
//     if (!binding) {
//         return fail(binding.error());
//     }
//     const auto key = attest::parse_key_pin(name_of_attestation_key);
//     if (!key) {
//         return fail(key.error());
//     }
//     attest::Tpm2QuoteVerifier verifier({.keys = {*key}});
//     const auto verdict = attest::judge_binding(*binding, registry, {}, verifier);
//     if (!verdict) {
//         return fail(verdict.error());
//     }
//     std::cout << (verdict->is_valid() ? "VALID" : verdict->reason()) << '\n';
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "aion/attest/hardware.hpp"
#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/foreign_key.hpp"
#include "aion/crypto/sha256.hpp"

namespace aion::attest {

/// What a quote must have as its qualifying data (`tpm2_quote -q`): the SHA-256 of
/// `AION_V2_TPM2_QUALIFYING_DATA_V1` (31 bytes), the nonce, and the public key.
[[nodiscard]] crypto::Sha256Digest qualifying_data(const Nonce& nonce, const PublicKey& key);

/// What the evidence consists of, in the bytes that tpm2-tools write.
struct Tpm2Evidence {
    Bytes quote;       ///< TPMS_ATTEST: `tpm2_quote --message`.
    Bytes signature;   ///< TPMT_SIGNATURE: `tpm2_quote --signature`.
    Bytes public_key;  ///< TPMT_PUBLIC of the attestation key.
    /// The values of the quoted PCRs one behind the other, in the order of the quote's selection:
    /// `tpm2_quote --pcr FILE --pcrs_format values`. Empty: nobody wrote them down.
    Bytes pcr_values;
    friend bool operator==(const Tpm2Evidence&, const Tpm2Evidence&) = default;
};

/// Of each part, in bytes.
inline constexpr std::size_t max_tpm2_part = 4096;

/// `AION_TPM2_QUOTE_V1` (18 bytes), then each part behind its length (LE16). Error:
/// `invalid_format` (`tpm2_bad_evidence`) for a part beyond `max_tpm2_part`.
[[nodiscard]] Result<Bytes> to_bytes(const Tpm2Evidence& evidence);
/// The other way round; says nothing of what the parts are. Error: `invalid_format`
/// (`tpm2_bad_evidence`).
[[nodiscard]] Result<Tpm2Evidence> tpm2_evidence_from_bytes(ByteView bytes);

/// TPMT_PUBLIC of a file that holds that or, as `tpm2_createak --public` and `tpm2_readpublic
/// --output` write by default, TPM2B_PUBLIC. Borrows.
[[nodiscard]] ByteView without_size(ByteView public_key) noexcept;

/// Which PCR: its bank by TPM_ALG_ID, and its number.
enum class PcrBank : std::uint16_t {
    sha1 = 0x0004,
    sha256 = 0x000B,
    sha384 = 0x000C,
    sha512 = 0x000D,
    sm3_256 = 0x0012,
};

/// `sha1`, `sha256`, …, as tpm2-tools have it.
[[nodiscard]] std::string_view name_of(PcrBank bank) noexcept;
/// Bytes of a value.
[[nodiscard]] std::size_t size_of(PcrBank bank) noexcept;

struct Pcr {
    PcrBank bank = PcrBank::sha256;
    std::uint8_t number = 0;  ///< At most 31.
    Bytes value;              ///< Empty where it is not known.
    friend bool operator==(const Pcr&, const Pcr&) = default;
};

/// `sha256:7`
[[nodiscard]] std::string to_string(const Pcr& pcr);
/// Reads `sha256:7=HEX`. Error: `invalid_argument`.
[[nodiscard]] Result<Pcr> parse_pcr(std::string_view text);

/// The signature schemes of TPMs that are verified here.
enum class Tpm2Scheme : std::uint16_t {
    rsassa = 0x0014,  ///< PKCS #1 v1.5
    rsapss = 0x0016,
    ecdsa = 0x0018,
};

/// `rsassa`, `rsapss`, `ecdsa`
[[nodiscard]] std::string_view name_of(Tpm2Scheme scheme) noexcept;

/// An attestation key: RSA of 2048 to 4096 bits with the exponent 65537, or ECDSA with P-256 or
/// P-384; SHA-256 or SHA-384.
struct AttestationKey {
    Bytes name;                 ///< As TPMs name it: TPM_ALG_ID and a digest of all it says.
    crypto::Sha256Digest spki;  ///< SHA-256 of its SubjectPublicKeyInfo in DER.
    crypto::ForeignKey key;
    Tpm2Scheme scheme = Tpm2Scheme::rsassa;
    crypto::ForeignHash hash = crypto::ForeignHash::sha256;
    std::uint32_t attributes = 0;  ///< TPMA_OBJECT.

    /// Whether by its attributes it is a key that a TPM made, that never leaves the TPM, and that
    /// signs nothing which only looks like a quote.
    [[nodiscard]] bool is_fit() const noexcept;
    friend bool operator==(const AttestationKey&, const AttestationKey&) = default;
};

/// What a quote says, of which nothing is verified.
struct Tpm2Quote {
    Bytes qualified_signer;   ///< The key's name with those of its parents, hashed.
    Bytes extra_data;         ///< The qualifying data.
    std::uint64_t clock = 0;  ///< Milliseconds of the TPM's power-on time.
    std::uint32_t reset_count = 0;
    std::uint32_t restart_count = 0;
    bool is_clock_safe = false;
    std::uint64_t firmware_version = 0;
    std::vector<Pcr> pcrs;  ///< In the order of the selection.
    Bytes pcr_digest;
    AttestationKey key;
    friend bool operator==(const Tpm2Quote&, const Tpm2Quote&) = default;
};

/// Reads what evidence says, strictly. Errors: `invalid_format` with one of the details
/// `tpm2_bad_evidence`, `tpm2_bad_structure`, `tpm2_not_a_quote`, `tpm2_unsupported`.
[[nodiscard]] Result<Tpm2Quote> read_tpm2_quote(ByteView evidence);

/// Which attestation key is meant: by its name, which covers what it may do, or by the digest of
/// its SubjectPublicKeyInfo, where only that is known.
using KeyPin = std::variant<Bytes, crypto::Sha256Digest>;

/// Hex: a name of 34 or 50 bytes (`000b…`, `000c…`), or a SHA-256 of 32. Error: `invalid_argument`.
[[nodiscard]] Result<KeyPin> parse_key_pin(std::string_view text);

/// What a quote must be.
struct Tpm2Rules {
    std::vector<KeyPin> keys = {};  ///< One of these; none means that no quote counts.
    /// Values that these PCRs must have. Where the evidence has no values, all quoted ones are
    /// needed. None: whatever state the machine was in.
    std::vector<Pcr> pcrs = {};
};

/// Judges quotes. Details of its errors, which are `verdict_invalid`: `tpm2_key_not_pinned`,
/// `tpm2_key_unfit`, `tpm2_other_scheme`, `tpm2_bad_signature`, `tpm2_other_qualifying_data`,
/// `tpm2_pcr_digest`, `tpm2_pcr_differs`, `tpm2_pcr_not_quoted`, `tpm2_pcr_unknown`, in the order
/// in which they are looked for; besides those of `read_tpm2_quote`.
class Tpm2QuoteVerifier final : public EvidenceVerifier {
  public:
    explicit Tpm2QuoteVerifier(Tpm2Rules rules) : rules_(std::move(rules)) {}

    [[nodiscard]] bool knows(EvidenceKind kind) const noexcept override {
        return kind == EvidenceKind::tpm2_quote;
    }

    [[nodiscard]] Result<> verify(const Evidence& evidence, const PublicKey& expected) override;

  private:
    Tpm2Rules rules_;
};

/// Whether the evidence holds together, whoever made it: signature under the key that it names,
/// qualifying data, PCR values. For whoever is about to sign a binding. Errors: as the verifier,
/// but for `tpm2_key_not_pinned`.
[[nodiscard]] Result<Tpm2Quote> check_tpm2_evidence(const Evidence& evidence,
                                                    const PublicKey& expected);

}  // namespace aion::attest
