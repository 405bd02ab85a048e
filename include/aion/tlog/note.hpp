// SPDX-License-Identifier: MIT OR Apache-2.0
// Signed notes (c2sp.org/signed-note v1.0.0): a text and lines of signatures under it. And their
// keys: of logs, and of witnesses who cosign (c2sp.org/tlog-cosignature v1.0.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/ml_dsa.hpp"
#include "aion/crypto/signing.hpp"

namespace aion::tlog {

/// The first byte of a key in a verifier key, and what is signed with it.
enum class NoteKeyType : std::uint8_t {
    ed25519 = 0x01,                ///< The text of the note.
    ed25519_cosignature = 0x04,    ///< `cosignature/v1`, the time, and the text.
    ml_dsa_44_cosignature = 0x06,  ///< `subtree/v1`: names, the time, size and root.
};
[[nodiscard]] std::string_view name_of(NoteKeyType type) noexcept;

/// Of a note in bytes, signatures included; and how many signatures one may have.
inline constexpr std::size_t max_note_size = std::size_t{1} << 20U;
inline constexpr std::size_t max_note_signatures = 256;

/// Whether a text names a key: not empty, UTF-8, without white space, control characters and `+`.
[[nodiscard]] bool is_key_name(std::string_view name) noexcept;

class NoteKey;

/// One line of signature: `— NAME BASE64(id || signature)`.
struct NoteSignature {
    std::string name;
    std::uint32_t key_id = 0;
    Bytes signature;  ///< Behind the id: what it is depends on the type of the key.

    /// Whether it claims to be of that key.
    [[nodiscard]] bool is_of(const NoteKey& key) const noexcept;
    friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

/// A note as it stands, of which nothing is verified.
struct Note {
    std::string text;  ///< Ends with an end of line.
    std::vector<NoteSignature> signatures;

    /// Reads a note: UTF-8 without control characters but ends of line, an empty line, and at least
    /// one signature, to the last byte.
    /// Errors: `invalid_format` with the detail `note_not_text`, `note_no_signature`,
    /// `note_bad_signature_line` or `note_too_many_signatures`.
    [[nodiscard]] static Result<Note> parse(std::string_view bytes);

    [[nodiscard]] std::string str() const;

    /// Puts a signature under it. One that claims to be of the same key makes way.
    void put(const NoteSignature& signature);

    /// The first signature that claims to be of that key, or nullptr.
    [[nodiscard]] const NoteSignature* find(const NoteKey& key) const noexcept;
};

/// A key that verifies: `NAME+ID+BASE64(type || key)`, where the id is 8 hex digits.
class NoteKey {
  public:
    /// Errors: `invalid_format` with the detail `note_bad_key`: no such text, an id that the key
    /// does not have, an unknown type, a key of another length.
    [[nodiscard]] static Result<NoteKey> parse(std::string_view text);
    /// Error: `invalid_argument` for a name that is none (with ML-DSA: or has more than 255
    /// bytes), or a key of another length.
    [[nodiscard]] static Result<NoteKey> make(std::string_view name, NoteKeyType type,
                                              ByteView public_key);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    [[nodiscard]] NoteKeyType type() const noexcept { return type_; }

    /// The first 4 bytes, big-endian, of SHA-256 of name, end of line, type and key.
    [[nodiscard]] std::uint32_t id() const noexcept { return id_; }

    [[nodiscard]] ByteView public_key() const noexcept { return public_key_; }

    [[nodiscard]] std::string text() const;

    friend bool operator==(const NoteKey&, const NoteKey&) = default;

  private:
    std::string name_;
    NoteKeyType type_ = NoteKeyType::ed25519;
    std::uint32_t id_ = 0;
    Bytes public_key_;
};

/// What a signature of a key says of a note.
struct NoteVerdict {
    bool signed_by_key = false;  ///< There is a signature of that key, and it is genuine.
    /// Of a cosignature: seconds since the epoch; of several the latest, and nothing for 0, by
    /// which a cosigner says nothing of time.
    std::optional<std::uint64_t> time;
};

/// Whether `key` has signed `note`. Lines of other keys are passed over; one of this key that is
/// not genuine is an error, whatever else there is: whoever made it has no business there. Several
/// lines of one key are each judged. The note of a cosignature of type 06 must be a checkpoint.
/// Errors: `invalid_format` with the detail `note_wrong_signature`; where ML-DSA is asked of a
/// libcrypto that lacks it, as `crypto::check_ml_dsa_65`.
[[nodiscard]] Result<NoteVerdict> verify_note(const Note& note, const NoteKey& key);

/// A key that signs notes: a name, and who holds the private half. Borrows the signer.
class NoteSigner {
  public:
    /// With Ed25519, as a log (`ed25519`) or as a witness (`ed25519_cosignature`).
    /// Errors: `invalid_argument` for a name that is none or a type of ML-DSA; the signer's own.
    [[nodiscard]] static Result<NoteSigner> make(std::string_view name, NoteKeyType type,
                                                 crypto::Signer& signer);
    /// With ML-DSA-44. `env` is asked for randomness when signing. Borrows both.
    [[nodiscard]] static Result<NoteSigner> make(std::string_view name,
                                                 const crypto::MlDsa44Key& key, Env& env);

    [[nodiscard]] const NoteKey& key() const noexcept { return key_; }

    /// A signature of the text of a note. `time`: of a cosignature, seconds since the epoch; a log
    /// that signs its own checkpoint with ML-DSA gives 0.
    /// Errors: the signer's own; `invalid_argument` for what cannot be the text of a note, or a
    /// time beyond 2^63 - 1; `invalid_format` for a cosignature of a text that is no checkpoint.
    [[nodiscard]] Result<NoteSignature> sign(std::string_view text, std::uint64_t time = 0) const;

  private:
    NoteSigner() = default;
    NoteKey key_;
    crypto::Signer* signer_ = nullptr;
    const crypto::MlDsa44Key* ml_dsa_key_ = nullptr;
    Env* env_ = nullptr;
};

/// The signers of a log (`ed25519`) or a witness (`ed25519_cosignature`) with a key of Ed25519 and,
/// unless it is null, one of ML-DSA-44. Borrows all of them. Errors: those of `NoteSigner::make`.
[[nodiscard]] Result<std::vector<NoteSigner>> note_signers(Env& env, std::string_view name,
                                                           NoteKeyType type, crypto::Signer& signer,
                                                           const crypto::MlDsa44Key* post_quantum);

}  // namespace aion::tlog
