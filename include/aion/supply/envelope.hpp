// SPDX-License-Identifier: MIT OR Apache-2.0
// DSSE envelopes (https://github.com/secure-systems-lab/dsse, v1.0.2): a payload, its type, and
// signatures over both.
//
// An envelope says nothing by itself: `open_envelope` gives out its payload when enough authors of
// a registry have signed it, and not before.
//
/// Example: sign a text, and open what somebody sent.
///
///     #include "aion/trust/keystore.hpp"
///
///     Env& env = Env::system();
///     const auto registry = trust::Registry::load(env, "registry.json");
///     if (!registry) {
///         return fail(registry.error());
///     }
///     auto key = trust::Keystore(env, "keys").load(trust::KeyId{1001});
///     if (!key) {
///         return fail(key.error());
///     }
///     const auto made =
///         supply::sign_envelope("text/plain", as_bytes("hello"), AuthorId{1001}, *key);
///     if (!made) {
///         return fail(made.error());
///     }
///     const std::string sent = supply::to_json(*made);
///
///     const auto received = supply::envelope_from_json(sent);
///     if (!received) {
///         return fail(received.error());
///     }
///     const auto opened =
///         supply::open_envelope(*received, *registry, {.payload_type = "text/plain"});
///     if (!opened) {
///         return fail(opened.error());  // verdict_invalid: nobody who counts has signed this
///     }
///     std::cout << as_text(opened->payload) << '\n';  // hello
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/trust/registry.hpp"

namespace aion::supply {

/// Payload types that are ours, and in-toto's.
inline constexpr std::string_view version_attestation_type =
    "application/vnd.aion.attestation.v1+json";
inline constexpr std::string_view manifest_type = "application/vnd.aion.manifest.v1+json";
inline constexpr std::string_view statement_type = "application/vnd.in-toto+json";

/// One signature of an envelope as it stands there.
struct EnvelopeSignature {
    std::string keyid;  ///< Whose it claims to be; empty where the envelope does not say.
    Bytes signature;    ///< Of any length, until somebody judges it.
    friend bool operator==(const EnvelopeSignature&, const EnvelopeSignature&) = default;
};

/// What was signed and by whom, of which nothing is verified.
struct Envelope {
    std::string payload_type;
    Bytes payload;
    std::vector<EnvelopeSignature> signatures;
    friend bool operator==(const Envelope&, const Envelope&) = default;
};

/// Of the JSON text, in bytes.
inline constexpr std::size_t max_envelope_size = std::size_t{512} << 20U;

/// Reads an envelope. Base64 may be padded or not, of either alphabet (DSSE allows both); a missing
/// `keyid` is an empty one; members that DSSE does not have are passed over. Text that is no JSON
/// of one meaning is refused (base/json_reader.hpp), as is base64 with unused bits or of both
/// alphabets. Errors: `invalid_format` with the place and a detail of base/json_details.hpp or
/// `dsse_bad_base64`.
[[nodiscard]] Result<Envelope> envelope_from_json(std::string_view text);

/// How an envelope is written.
enum class EnvelopeForm : std::uint8_t {
    padded,     ///< Standard base64 with padding: what the world reads.
    reference,  ///< Without padding, as the reference writes it and nothing else reads it.
};

/// In one line without an end of line: `{"payloadType":…,"payload":…,"signatures":[…]}`. An empty
/// keyid is left out of a padded envelope.
[[nodiscard]] std::string to_json(const Envelope& envelope,
                                  EnvelopeForm form = EnvelopeForm::padded);

/// `aion:author:7`: how a signature of an author is named.
[[nodiscard]] std::string keyid_of(AuthorId author);

/// The author whom a keyid names, if it is one that `keyid_of` writes: `aion:author:07` is none, so
/// that nobody counts twice.
[[nodiscard]] std::optional<AuthorId> author_of_keyid(std::string_view keyid) noexcept;

/// `SHA256:` and the unpadded base64 of the digest that ssh-keygen shows of an Ed25519 key: how
/// sigstore names keys.
[[nodiscard]] std::string ssh_fingerprint(const PublicKey& key);

/// What securesystemslib computes of an Ed25519 key: 64 hex digits of the SHA-256 of the key as
/// canonical JSON.
[[nodiscard]] std::string securesystemslib_keyid(const PublicKey& key);

/// A new envelope with one signature of `signer`. Errors: the signer's own.
[[nodiscard]] Result<Envelope> sign_envelope(std::string_view payload_type, ByteView payload,
                                             AuthorId signer, crypto::Signer& key);

/// Adds a signature. Errors: the signer's own; `invalid_argument` if there is one of this author
/// already. The envelope is unchanged then.
[[nodiscard]] Result<> add_signature(Envelope& envelope, AuthorId signer, crypto::Signer& key);

/// When a signature counts: at any time, keys are those that authors have now.
struct EnvelopeRules {
    /// What the payload has to be. Empty: anything, for whoever shows an envelope.
    std::string_view payload_type = {};
    /// How many must have signed: distinct authors with distinct keys and distinct master keys.
    std::uint32_t threshold = 1;
    /// Whose signatures count; empty: those of everybody in the registry.
    std::vector<AuthorId> authors = {};
    /// The version at which the epochs of the registry are asked for. Nothing: an author's newest
    /// epoch, unless it was revoked.
    std::optional<VersionNumber> at_version = {};
};

/// Errors: `invalid_argument` for rules that nothing could meet: a threshold of 0 or beyond the
/// number of authors, an author whom the registry does not know.
[[nodiscard]] Result<> check_rules(const EnvelopeRules& rules, const trust::Registry& registry);

/// What was found of one signature, in the order in which it is looked for.
enum class SignatureFinding : std::uint8_t {
    counts,  ///< Valid, of an author who counts and had not been counted.
    /// Its keyid names nobody whom the registry knows, in any way that we know: not ours to judge.
    foreign,
    not_allowed,      ///< Of an author whose signature does not count here.
    no_current_key,   ///< The author has no key that would be valid (at that version).
    wrong_size,       ///< Not 64 bytes.
    invalid,          ///< Not the author's signature over this payload and type.
    counted_already,  ///< Valid, but author, key or person has been counted.
    /// Behind `max_author_trials` signatures in its author's name; or it names no key, and
    /// `max_key_trials` keys had been tried for such.
    not_tried,
};

/// `counts`, `foreign`, …
[[nodiscard]] std::string_view name_of(SignatureFinding finding) noexcept;

/// How many keys are tried, all together, for signatures that do not say whose they are.
inline constexpr std::size_t max_key_trials = 1024;

/// How many signatures are tried in the name of one author, so that an envelope full of bad ones
/// takes no long time. Whoever can put so many before a good one could take that away as well.
inline constexpr std::size_t max_author_trials = 64;

struct EnvelopeVerdict {
    struct Signature {
        SignatureFinding finding = SignatureFinding::foreign;
        std::optional<AuthorId> author;  ///< Whose it is or claims to be, if that is known.
        std::optional<Epoch> epoch;      ///< Of the key, where there is one.
    };

    bool is_type_expected = false;
    std::uint32_t required = 1;
    std::vector<Signature> signatures;  ///< One for each of the envelope, in its order.
    std::vector<AuthorId> signers;      ///< Who counts, ascending.

    [[nodiscard]] bool is_valid() const noexcept {
        return is_type_expected && required > 0 && signers.size() >= required;
    }

    /// Why not, in a sentence for people, e.g. `1 of 2 required signatures`; empty if it is valid.
    [[nodiscard]] std::string reason() const;
};

/// Judges every signature; one that is foreign, damaged or nobody's takes nothing from the others.
/// Time and memory are linear in their number.
[[nodiscard]] EnvelopeVerdict judge_envelope(const Envelope& envelope,
                                             const trust::Registry& registry,
                                             const EnvelopeRules& rules);

/// What an envelope says, by whom.
struct OpenedEnvelope {
    std::string payload_type;
    Bytes payload;
    std::vector<AuthorId> signers;  ///< Who counts, ascending; at least as many as required.
};

/// Judges an envelope and gives out what is in it. Errors: `verdict_invalid` with the verdict's
/// reason; `invalid_argument` as `check_rules` has it.
[[nodiscard]] Result<OpenedEnvelope> open_envelope(const Envelope& envelope,
                                                   const trust::Registry& registry,
                                                   const EnvelopeRules& rules);

}  // namespace aion::supply
