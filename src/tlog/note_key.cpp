// SPDX-License-Identifier: MIT OR Apache-2.0
// The keys of notes: reading and writing them, what they sign, and whether they did.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/base/hex.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/sha256.hpp"
#include "aion/tlog/checkpoint.hpp"
#include "aion/tlog/note.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "tlog/note_bytes.hpp"
#include "tlog/note_details.hpp"
#include "tlog/text.hpp"

namespace aion::tlog {
namespace {

struct TypeRow {
    NoteKeyType value;
    std::string_view name;
    std::size_t key_size;
    std::size_t signature_size;  // As it stands in a note, with the time.
};

constexpr std::size_t time_size = 8;

constexpr NameTable types(std::to_array<TypeRow>({
    {NoteKeyType::ed25519, "ed25519", PublicKey::size, Signature::size},
    {NoteKeyType::ed25519_cosignature, "ed25519_cosignature", PublicKey::size,
     time_size + Signature::size},
    {NoteKeyType::ml_dsa_44_cosignature, "ml_dsa_44_cosignature", crypto::ml_dsa_44_public_key_size,
     time_size + crypto::ml_dsa_44_signature_size},
}));

// Names stand behind a byte that says how long they are.
constexpr std::size_t max_signed_name = 255;
constexpr std::uint64_t max_time = std::numeric_limits<std::int64_t>::max();

void append(Bytes& out, std::string_view text) {
    out.insert(out.end(), text.begin(), text.end());
}

void append_u64(Bytes& out, std::uint64_t number) {
    for (unsigned shift = 64; shift > 0;) {
        shift -= 8;
        out.push_back(static_cast<std::uint8_t>(number >> shift));
    }
}

std::uint64_t u64_from(ByteView bytes) noexcept {
    std::uint64_t number = 0;
    for (const std::uint8_t byte : bytes.first(time_size)) {
        number = (number << 8U) | byte;
    }
    return number;
}

void append_name(Bytes& out, std::string_view name) {
    out.push_back(static_cast<std::uint8_t>(name.size()));
    append(out, name);
}

Bytes ed25519_cosigned(std::string_view text, std::uint64_t time) {
    Bytes out;
    append(out, "cosignature/v1\ntime " + std::to_string(time) + "\n");
    append(out, text);
    return out;
}

// Nothing of a text that is no checkpoint, or of an origin that is too long to be signed.
Result<Bytes> ml_dsa_cosigned(std::string_view cosigner, std::string_view text,
                              std::uint64_t time) {
    using namespace std::string_view_literals;
    AION_TRY_ASSIGN(const Checkpoint checkpoint, Checkpoint::parse(text));
    if (checkpoint.origin.size() > max_signed_name) {
        return fail(invalid<NoteDetail::checkpoint_bad_line>(
            1, "of an origin of more than 255 bytes there are no signatures of ML-DSA"));
    }
    Bytes out;
    append(out, "subtree/v1\n\0"sv);
    append_name(out, cosigner);
    append_u64(out, time);
    append_name(out, checkpoint.origin);
    append_u64(out, 0);
    append_u64(out, checkpoint.size);
    out.insert(out.end(), checkpoint.root.bytes.begin(), checkpoint.root.bytes.end());
    return out;
}

std::uint32_t id_of(std::string_view name, NoteKeyType type, ByteView key) {
    crypto::Sha256 hash;
    hash.update(as_bytes(name));
    hash.update(std::array<std::uint8_t, 2>{'\n', static_cast<std::uint8_t>(type)});
    hash.update(key);
    return id_from(hash.digest().bytes);
}

Result<bool> holds(const NoteKey& key, std::string_view text, ByteView signature) {
    if (signature.size() != types.find(key.type())->signature_size) {
        return false;
    }
    if (key.type() == NoteKeyType::ed25519) {
        return crypto::verify(*PublicKey::from(key.public_key()), as_bytes(text),
                              *Signature::from(signature));
    }
    const std::uint64_t time = u64_from(signature);
    const ByteView behind = signature.subspan(time_size);
    if (time > max_time) {
        return false;
    }
    if (key.type() == NoteKeyType::ed25519_cosignature) {
        return crypto::verify(*PublicKey::from(key.public_key()), ed25519_cosigned(text, time),
                              *Signature::from(behind));
    }
    // First, so that it is not taken for a bad signature that nobody could tell.
    AION_TRY(crypto::check_ml_dsa_44());
    const auto message = ml_dsa_cosigned(key.name(), text, time);
    if (!message) {
        return false;
    }
    return crypto::verify_ml_dsa_44(key.public_key(), *message, behind);
}

Error bad_key(std::string_view why) {
    return invalid<NoteDetail::note_bad_key>(why);
}

// What `make` finds wrong, or nothing.
std::optional<std::string_view> why_no_key(std::string_view name, NoteKeyType type,
                                           std::size_t key_size) {
    const TypeRow* const row = types.find(type);
    if (!is_key_name(name)) {
        return "a name is text without white space, control characters and +";
    }
    if (row == nullptr) {
        return "it is of an unknown type";
    }
    if (key_size != row->key_size) {
        return "a key of that type has another length";
    }
    if (type == NoteKeyType::ml_dsa_44_cosignature && name.size() > max_signed_name) {
        return "a name that is signed with ML-DSA has at most 255 bytes";
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(NoteKeyType type) noexcept {
    const TypeRow* const row = types.find(type);
    return row != nullptr ? row->name : std::string_view();
}

Result<NoteKey> NoteKey::make(std::string_view name, NoteKeyType type, ByteView public_key) {
    if (const auto why = why_no_key(name, type, public_key.size())) {
        return fail(
            error_because(ErrorCode::invalid_argument, "verifier key: " + std::string(*why)));
    }
    NoteKey key;
    key.name_ = name;
    key.type_ = type;
    key.id_ = id_of(name, type, public_key);
    key.public_key_.assign(public_key.begin(), public_key.end());
    return key;
}

Result<NoteKey> NoteKey::parse(std::string_view text) {
    const std::size_t first = text.find('+');
    const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
    if (second == std::string_view::npos) {
        return fail(bad_key("expected NAME+ID+BASE64"));
    }
    const std::string_view id = text.substr(first + 1, second - first - 1);
    const auto bytes = strict_base64(text.substr(second + 1));
    if (!bytes || bytes->empty()) {
        return fail(bad_key("what is behind the id is not base64"));
    }
    const auto type = NoteKeyType{bytes->front()};
    const ByteView public_key = ByteView(*bytes).subspan(1);
    if (const auto why = why_no_key(text.substr(0, first), type, public_key.size())) {
        return fail(bad_key(*why));
    }
    AION_TRY_ASSIGN(NoteKey key, make(text.substr(0, first), type, public_key));
    if (id != to_hex(id_bytes(key.id()))) {
        return fail(bad_key("its id is not the one that name and key have"));
    }
    return key;
}

std::string NoteKey::text() const {
    Bytes bytes{static_cast<std::uint8_t>(type_)};
    bytes.insert(bytes.end(), public_key_.begin(), public_key_.end());
    return name_ + '+' + to_hex(id_bytes(id_)) + '+' + to_base64(bytes);
}

Result<NoteVerdict> verify_note(const Note& note, const NoteKey& key) {
    NoteVerdict verdict;
    for (const NoteSignature& line : note.signatures) {
        if (!line.is_of(key)) {
            continue;
        }
        AION_TRY_ASSIGN(const bool is_genuine, holds(key, note.text, line.signature));
        if (!is_genuine) {
            return fail(invalid<NoteDetail::note_wrong_signature>(key.name()));
        }
        verdict.signed_by_key = true;
        if (key.type() != NoteKeyType::ed25519) {
            const std::uint64_t time = u64_from(line.signature);
            // Zero says nothing (c2sp.org/tlog-cosignature).
            if (time > verdict.time.value_or(0)) {
                verdict.time = time;
            }
        }
    }
    return verdict;
}

Result<NoteSigner> NoteSigner::make(std::string_view name, NoteKeyType type,
                                    crypto::Signer& signer) {
    if (type == NoteKeyType::ml_dsa_44_cosignature) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "an Ed25519 key makes no signatures of ML-DSA"));
    }
    AION_TRY_ASSIGN(const PublicKey public_key, signer.public_key());
    NoteSigner made;
    AION_TRY_ASSIGN(made.key_, NoteKey::make(name, type, public_key.bytes));
    made.signer_ = &signer;
    return made;
}

Result<NoteSigner> NoteSigner::make(std::string_view name, const crypto::MlDsa44Key& key,
                                    Env& env) {
    NoteSigner made;
    AION_TRY_ASSIGN(made.key_,
                    NoteKey::make(name, NoteKeyType::ml_dsa_44_cosignature, key.public_half()));
    made.ml_dsa_key_ = &key;
    made.env_ = &env;
    return made;
}

Result<NoteSignature> NoteSigner::sign(std::string_view text, std::uint64_t time) const {
    if (!is_note_text(text) || time > max_time) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "not the text of a note, or a time beyond 2^63"));
    }
    NoteSignature line{.name = key_.name(), .key_id = key_.id(), .signature = {}};
    if (key_.type() == NoteKeyType::ed25519) {
        AION_TRY_ASSIGN(const Signature made, signer_->sign(as_bytes(text)));
        line.signature.assign(made.bytes.begin(), made.bytes.end());
        return line;
    }
    append_u64(line.signature, time);
    if (ml_dsa_key_ != nullptr) {
        AION_TRY_ASSIGN(const Bytes message, ml_dsa_cosigned(key_.name(), text, time));
        AION_TRY_ASSIGN(const Bytes made, ml_dsa_key_->sign(*env_, message));
        line.signature.insert(line.signature.end(), made.begin(), made.end());
        return line;
    }
    // Only of checkpoints does a witness say anything.
    AION_TRY(Checkpoint::parse(text));
    AION_TRY_ASSIGN(const Signature made, signer_->sign(ed25519_cosigned(text, time)));
    line.signature.insert(line.signature.end(), made.bytes.begin(), made.bytes.end());
    return line;
}

Result<std::vector<NoteSigner>> note_signers(Env& env, std::string_view name, NoteKeyType type,
                                             crypto::Signer& signer,
                                             const crypto::MlDsa44Key* post_quantum) {
    std::vector<NoteSigner> signers;
    AION_TRY_ASSIGN(NoteSigner first, NoteSigner::make(name, type, signer));
    signers.push_back(std::move(first));
    if (post_quantum != nullptr) {
        AION_TRY_ASSIGN(NoteSigner second, NoteSigner::make(name, *post_quantum, env));
        signers.push_back(std::move(second));
    }
    return signers;
}

}  // namespace aion::tlog
