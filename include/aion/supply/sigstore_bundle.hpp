// SPDX-License-Identifier: MIT OR Apache-2.0
// Sigstore bundles (https://docs.sigstore.dev/about/bundle, v0.3) with a plain public key: what
// cosign and its kin read and write where no certificate is involved.
//
// A bundle has exactly one signature, of an envelope or of the very bytes of a file. It does not
// have the key, only a hint at it: whoever verifies brings the key.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/sha256.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/trust/registry.hpp"

namespace aion::supply {

inline constexpr std::string_view sigstore_bundle_type =
    "application/vnd.dev.sigstore.bundle.v0.3+json";

/// A signature over the bytes of a file, without any domain: it says nothing of what the file is
/// for.
struct BlobSignature {
    /// Of the file, to find it by; the signature is over the file itself. cosign gives none where
    /// the key is Ed25519.
    std::optional<crypto::Sha256Digest> digest;
    Bytes signature;
    friend bool operator==(const BlobSignature&, const BlobSignature&) = default;
};

struct SigstoreBundle {
    std::string key_hint;  ///< Which key is meant, in whatever words; `ssh_fingerprint` in ours.
    std::variant<Envelope, BlobSignature> content;
    friend bool operator==(const SigstoreBundle&, const SigstoreBundle&) = default;
};

/// Whether a JSON text claims to be a bundle of sigstore's, of whatever version: enough to choose
/// between this reader and `envelope_from_json`.
[[nodiscard]] bool is_sigstore_bundle(std::string_view text);

/// Reads a bundle of v0.3. Certificates, log entries and timestamps are passed over: nothing here
/// judges them, and a bundle that has them still needs its key. Errors: `invalid_format` with the
/// place and a detail of base/json_details.hpp, `dsse_bad_base64`, `bundle_other_type`,
/// `bundle_other_content`.
[[nodiscard]] Result<SigstoreBundle> sigstore_bundle_from_json(std::string_view text);

/// In one line without an end of line. Error: `invalid_argument` for an envelope that has not
/// exactly one signature.
[[nodiscard]] Result<std::string> to_json(const SigstoreBundle& bundle);

/// Signs the bytes of a file as they are. Errors: `invalid_argument` for bytes that begin as what
/// signatures of this library are over (`AION_V2_`, `DSSEv1 `): a signature of such a file could be
/// taken for another thing; the signer's own.
[[nodiscard]] Result<BlobSignature> sign_blob(ByteView content, crypto::Signer& key);

/// Whose signature of `content` it is, of those who count by `rules`: type and threshold of these
/// are about envelopes. Nothing: nobody's, or the digest is that of something else, or the bytes
/// begin as those that `sign_blob` refuses. Of a registry with more authors than `max_key_trials`
/// only so many are tried.
[[nodiscard]] std::optional<AuthorId> signer_of(ByteView content, const BlobSignature& signature,
                                                const trust::Registry& registry,
                                                const EnvelopeRules& rules);

}  // namespace aion::supply
