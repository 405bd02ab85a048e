// SPDX-License-Identifier: MIT OR Apache-2.0
// Hybrid signatures: Ed25519 and ML-DSA-65 over the same bytes, of which both have to hold
// (docs/cli-hybrid.md#the-files). Whoever breaks one of the two has forged nothing.
//
// The message and the order of checks are the reference's, which has neither files of hybrid keys
// and signatures nor a place for them in its registry; those here are our own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/ml_dsa.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/trust/registry.hpp"

namespace aion::trust {

/// The post-quantum half's, with its number in keys and signatures.
enum class HybridAlgorithm : std::uint16_t { ml_dsa_65 = 1 };

/// `MlDsa65`, as errors have it.
[[nodiscard]] std::string_view name_of(HybridAlgorithm algorithm) noexcept;
/// Error: `invalid_format` (`Unknown hybrid PQ algorithm: {n}`) for any number but 1.
[[nodiscard]] Result<HybridAlgorithm> hybrid_algorithm_from_code(std::uint16_t code);

/// What both halves sign: `AION_V2_HYBRID_V1`, a zero byte, the payload.
[[nodiscard]] Bytes hybrid_message(ByteView payload);

/// Of what the commands sign, in bytes: the message has to be in memory in one piece.
inline constexpr std::size_t max_hybrid_payload = std::size_t{1} << 30U;

struct HybridPublicKey {
    HybridAlgorithm algorithm = HybridAlgorithm::ml_dsa_65;
    PublicKey classical;
    Bytes post_quantum;  ///< 1952 bytes; a key of another length verifies nothing.
    friend bool operator==(const HybridPublicKey&, const HybridPublicKey&) = default;
};

struct HybridSignature {
    HybridAlgorithm algorithm = HybridAlgorithm::ml_dsa_65;
    Signature classical;
    Bytes post_quantum;  ///< 3309 bytes; one of another length does not hold.
    friend bool operator==(const HybridSignature&, const HybridSignature&) = default;
};

/// Both private halves. Move-only; the seeds live in memory that is wiped.
class HybridKey {
  public:
    HybridKey(crypto::SigningKey classical, crypto::MlDsaKey post_quantum) noexcept
        : classical_(std::move(classical)), post_quantum_(std::move(post_quantum)) {}

    /// Two new random halves. Errors: as `crypto::MlDsaKey::generate`.
    [[nodiscard]] static Result<HybridKey> generate(Env& env);

    [[nodiscard]] HybridPublicKey public_half() const;

    /// Both signatures over `hybrid_message(payload)`. The Ed25519 half is the same each time, the
    /// other is not. Errors: as `crypto::MlDsaKey::sign`.
    [[nodiscard]] Result<HybridSignature> sign(Env& env, ByteView payload);

    [[nodiscard]] const crypto::SigningKey& classical() const noexcept { return classical_; }

    [[nodiscard]] const crypto::MlDsaKey& post_quantum() const noexcept { return post_quantum_; }

  private:
    crypto::SigningKey classical_;
    crypto::MlDsaKey post_quantum_;
};

/// The key of ML-DSA-44 that goes with a post-quantum half, as transparency logs and witnesses sign
/// with it (c2sp.org/tlog-cosignature): its seed is HKDF-SHA-256 (RFC 5869) of the half's, without
/// salt, for `AION_V2_NOTE_ML_DSA_44`. Errors: as `crypto::check_ml_dsa_44`.
[[nodiscard]] Result<crypto::MlDsa44Key> note_key(const crypto::MlDsaKey& post_quantum);

/// Success if both halves hold. Errors, the first that applies: `invalid_format` (different
/// algorithms); `invalid_signature` (the Ed25519 half); `invalid_format` (the ML-DSA half is longer
/// than 3309 bytes, or does not hold); as `crypto::check_ml_dsa_65`, which is no verdict.
[[nodiscard]] Result<> verify(const HybridPublicKey& key, ByteView payload,
                              const HybridSignature& signature);

/// A public key as a file: `AHPK`, version 1, algorithm (LE16), Ed25519 key, ML-DSA-65 key.
inline constexpr std::size_t hybrid_public_key_size =
    4 + 1 + 2 + PublicKey::size + crypto::ml_dsa_65_public_key_size;
/// `key.post_quantum` has its length.
[[nodiscard]] Bytes encode(const HybridPublicKey& key);
/// Reads what `encode` writes and nothing else. Checks form only. Errors: `invalid_format`.
[[nodiscard]] Result<HybridPublicKey> decode_hybrid_public_key(ByteView bytes);

/// A signature with whose it is said to be, which nothing signs: the registry has that author's
/// keys, and no other key counts.
struct SignedHybrid {
    AuthorId author;
    PublicKey classical_key;
    HybridSignature signature;
    friend bool operator==(const SignedHybrid&, const SignedHybrid&) = default;
};

/// As a file: `AHSG`, version 1, algorithm (LE16), author (LE64), Ed25519 key, Ed25519 signature,
/// ML-DSA-65 signature.
inline constexpr std::size_t hybrid_signature_size =
    4 + 1 + 2 + 8 + PublicKey::size + Signature::size + crypto::ml_dsa_65_signature_size;
/// `one.signature.post_quantum` has its length.
[[nodiscard]] Bytes encode(const SignedHybrid& one);
/// Reads what `encode` writes and nothing else. Checks form only. Errors: `invalid_format`.
[[nodiscard]] Result<SignedHybrid> decode_signed_hybrid(ByteView bytes);

/// When a hybrid signature counts.
struct HybridRules {
    /// Whose it must be; nothing: whose it says.
    std::optional<AuthorId> author = {};
    /// The version at which the epochs of the registry are asked for. Nothing: an author's newest
    /// epoch, unless it was revoked.
    std::optional<VersionNumber> at_version = {};
};

/// What decided, in the order in which it is looked for.
enum class HybridFinding : std::uint8_t {
    valid,                ///< Both halves hold under the author's keys.
    other_author,         ///< It says that it is of another author than it must be.
    unknown_author,       ///< The registry does not know the author.
    no_current_key,       ///< The author has no key that would be valid (at that version).
    other_key,            ///< Made with another key than that.
    no_hybrid_key,        ///< The registry binds no post-quantum key to that one.
    classical_invalid,    ///< The Ed25519 half does not hold.
    post_quantum_invalid  ///< The ML-DSA-65 half does not hold.
};

/// `valid`, `other_author`, …
[[nodiscard]] std::string_view name_of(HybridFinding finding) noexcept;
/// In a sentence for people.
[[nodiscard]] std::string_view in_words(HybridFinding finding) noexcept;

struct HybridVerdict {
    HybridFinding finding = HybridFinding::no_current_key;
    AuthorId author;
    std::optional<Epoch> epoch;                 ///< Of the key that counts, if there is one.
    std::optional<bool> is_classical_valid;     ///< Nothing: there was no key to judge it by.
    std::optional<bool> is_post_quantum_valid;  ///< The same.

    [[nodiscard]] bool is_valid() const noexcept { return finding == HybridFinding::valid; }
};

/// Judges a signature by the keys that `registry` has of its author; both halves, if there are
/// keys, so that each is told of.
/// Errors, which are no verdict: `operation_not_permitted` for a registry without a chain, which
/// can have no hybrid keys; as `crypto::check_ml_dsa_65`.
[[nodiscard]] Result<HybridVerdict> judge_hybrid(const SignedHybrid& one, ByteView payload,
                                                 const Registry& registry,
                                                 const HybridRules& rules = {});

}  // namespace aion::trust
