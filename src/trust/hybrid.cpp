// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/trust/hybrid.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/kdf.hpp"
#include "aion/trust/registry_chain.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "trust/current_epoch.hpp"
#include "trust/details.hpp"

namespace aion::trust {
namespace {

// The zero byte is part of it.
constexpr std::string_view domain("AION_V2_HYBRID_V1\0", 18);
constexpr std::string_view note_key_info = "AION_V2_NOTE_ML_DSA_44";
constexpr std::uint8_t form_version = 1;

constexpr NameTable finding_names(std::to_array<Named<HybridFinding>>({
    {HybridFinding::valid, "valid"},
    {HybridFinding::other_author, "other_author"},
    {HybridFinding::unknown_author, "unknown_author"},
    {HybridFinding::no_current_key, "no_current_key"},
    {HybridFinding::other_key, "other_key"},
    {HybridFinding::no_hybrid_key, "no_hybrid_key"},
    {HybridFinding::classical_invalid, "classical_invalid"},
    {HybridFinding::post_quantum_invalid, "post_quantum_invalid"},
}));

constexpr NameTable finding_words(
    std::to_array<Named<HybridFinding>>({
        {HybridFinding::valid, "both halves hold"},
        {HybridFinding::other_author, "it is said to be of another author"},
        {HybridFinding::unknown_author, "the registry does not know the author"},
        {HybridFinding::no_current_key, "the author has no key that may sign"},
        {HybridFinding::other_key, "it was made with another key than the author's"},
        {HybridFinding::no_hybrid_key,
         "the registry binds no post-quantum key to the author's key"},
        {HybridFinding::classical_invalid, "the Ed25519 half does not hold"},
        {HybridFinding::post_quantum_invalid, "the ML-DSA-65 half does not hold"},
    }),
    Naming::other_words);

// One of our files: what it is called, how it begins, how long it is.
struct Form {
    std::string_view what;
    std::string_view magic;
    std::size_t size;
};

constexpr Form key_form{"hybrid public key", "AHPK", hybrid_public_key_size};
constexpr Form signature_form{"hybrid signature", "AHSG", hybrid_signature_size};

class Writer {
  public:
    explicit Writer(const Form& form) {
        out_.reserve(form.size);
        put(as_bytes(form.magic));
        out_.push_back(form_version);
    }

    Writer& put(ByteView bytes) {
        out_.insert(out_.end(), bytes.begin(), bytes.end());
        return *this;
    }

    Writer& number(std::uint64_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
            out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
        }
        return *this;
    }

    Bytes done() { return std::move(out_); }

  private:
    Bytes out_;
};

// Takes fields from bytes whose number was checked.
class Reader {
  public:
    static Result<Reader> over(const Form& form, ByteView bytes) {
        if (!as_text(bytes).starts_with(form.magic)) {
            return fail(invalid<TrustDetail::hybrid_bad_magic>(form.what, form.magic));
        }
        if (bytes.size() > form.magic.size() && bytes[form.magic.size()] != form_version) {
            return fail(invalid<TrustDetail::hybrid_version>(form.what, bytes[form.magic.size()]));
        }
        if (bytes.size() != form.size) {
            return fail(invalid<TrustDetail::hybrid_bad_size>(form.what, form.size, bytes.size()));
        }
        return Reader(bytes.subspan(form.magic.size() + 1));
    }

    ByteView take(std::size_t size) {
        const ByteView taken = left_.first(size);
        left_ = left_.subspan(size);
        return taken;
    }

    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; const std::uint8_t byte : take(size)) {
            value |= std::uint64_t{byte} << (8 * i++);
        }
        return value;
    }

    template <class T>
    T octets() {
        T value;
        std::ranges::copy(take(T::size), value.bytes.begin());
        return value;
    }

    // All that is left.
    [[nodiscard]] Bytes rest() const { return {left_.begin(), left_.end()}; }

  private:
    explicit Reader(ByteView left) : left_(left) {}

    ByteView left_;
};

bool classical_holds(const PublicKey& key, ByteView payload, const Signature& signature) {
    return crypto::verify(key, {as_bytes(domain), payload, ByteView{}}, signature);
}

Result<bool> post_quantum_holds(ByteView key, ByteView payload, ByteView signature) {
    return crypto::verify_ml_dsa_65(key, hybrid_message(payload), signature);
}

}  // namespace

std::string_view name_of(HybridAlgorithm algorithm) noexcept {
    return algorithm == HybridAlgorithm::ml_dsa_65 ? "MlDsa65" : "unknown";
}

Result<HybridAlgorithm> hybrid_algorithm_from_code(std::uint16_t code) {
    if (code != std::to_underlying(HybridAlgorithm::ml_dsa_65)) {
        return fail(invalid<TrustDetail::hybrid_unknown_algorithm>(code));
    }
    return HybridAlgorithm::ml_dsa_65;
}

Bytes hybrid_message(ByteView payload) {
    Bytes message(domain.size() + payload.size());
    const auto end = std::ranges::copy(as_bytes(domain), message.begin()).out;
    std::ranges::copy(payload, end);
    return message;
}

Result<HybridKey> HybridKey::generate(Env& env) {
    AION_TRY_ASSIGN(crypto::MlDsaKey post_quantum, crypto::MlDsaKey::generate(env));
    AION_TRY_ASSIGN(crypto::SigningKey classical, crypto::SigningKey::generate(env));
    return HybridKey(std::move(classical), std::move(post_quantum));
}

Result<crypto::MlDsa44Key> note_key(const crypto::MlDsaKey& post_quantum) {
    crypto::SecretBytes seed(crypto::MlDsa44Key::seed_size);
    AION_TRY(crypto::hkdf_sha256(post_quantum.seed(), {}, as_bytes(note_key_info), seed.view()));
    return crypto::MlDsa44Key::from_seed(std::as_const(seed).view());
}

HybridPublicKey HybridKey::public_half() const {
    const ByteView half = post_quantum_.public_half();
    return {.algorithm = HybridAlgorithm::ml_dsa_65,
            .classical = classical_.public_half(),
            .post_quantum = Bytes(half.begin(), half.end())};
}

Result<HybridSignature> HybridKey::sign(Env& env, ByteView payload) {
    const Bytes message = hybrid_message(payload);
    HybridSignature signature;
    AION_TRY_ASSIGN(signature.post_quantum, post_quantum_.sign(env, message));
    AION_TRY_ASSIGN(signature.classical, classical_.sign(message));
    return signature;
}

Result<> verify(const HybridPublicKey& key, ByteView payload, const HybridSignature& signature) {
    if (signature.algorithm != key.algorithm) {
        return fail(invalid<TrustDetail::hybrid_algorithm_mismatch>(name_of(signature.algorithm),
                                                                    name_of(key.algorithm)));
    }
    if (!classical_holds(key.classical, payload, signature.classical)) {
        return fail(error_because(ErrorCode::invalid_signature, "signature verification failed"));
    }
    if (signature.post_quantum.size() > crypto::ml_dsa_65_signature_size) {
        return fail(invalid<TrustDetail::hybrid_signature_too_long>(
            signature.post_quantum.size(), crypto::ml_dsa_65_signature_size));
    }
    AION_TRY_ASSIGN(const bool holds,
                    post_quantum_holds(key.post_quantum, payload, signature.post_quantum));
    if (!holds) {
        return fail(
            invalid<TrustDetail::hybrid_post_quantum_invalid>("error: verification failed"));
    }
    return {};
}

Bytes encode(const HybridPublicKey& key) {
    return Writer(key_form)
        .number(std::to_underlying(key.algorithm), 2)
        .put(key.classical.view())
        .put(key.post_quantum)
        .done();
}

Result<HybridPublicKey> decode_hybrid_public_key(ByteView bytes) {
    AION_TRY_ASSIGN(Reader reader, Reader::over(key_form, bytes));
    HybridPublicKey key;
    AION_TRY_ASSIGN(key.algorithm,
                    hybrid_algorithm_from_code(static_cast<std::uint16_t>(reader.number(2))));
    key.classical = reader.octets<PublicKey>();
    key.post_quantum = reader.rest();
    return key;
}

Bytes encode(const SignedHybrid& one) {
    return Writer(signature_form)
        .number(std::to_underlying(one.signature.algorithm), 2)
        .number(one.author.value, 8)
        .put(one.classical_key.view())
        .put(one.signature.classical.view())
        .put(one.signature.post_quantum)
        .done();
}

Result<SignedHybrid> decode_signed_hybrid(ByteView bytes) {
    AION_TRY_ASSIGN(Reader reader, Reader::over(signature_form, bytes));
    SignedHybrid one;
    AION_TRY_ASSIGN(one.signature.algorithm,
                    hybrid_algorithm_from_code(static_cast<std::uint16_t>(reader.number(2))));
    one.author = AuthorId{reader.number(8)};
    one.classical_key = reader.octets<PublicKey>();
    one.signature.classical = reader.octets<Signature>();
    one.signature.post_quantum = reader.rest();
    return one;
}

std::string_view name_of(HybridFinding finding) noexcept {
    return finding_names.name(finding);
}

std::string_view in_words(HybridFinding finding) noexcept {
    return finding_words.name(finding);
}

Result<HybridVerdict> judge_hybrid(const SignedHybrid& one, ByteView payload,
                                   const Registry& registry, const HybridRules& rules) {
    AION_TRY(crypto::check_ml_dsa_65());
    if (registry.chain() == nullptr) {
        return fail(operation_not_permitted("a hybrid signature's verification",
                                            "a registry with a chain of records"));
    }
    HybridVerdict verdict{.finding = HybridFinding::other_author,
                          .author = one.author,
                          .epoch = {},
                          .is_classical_valid = {},
                          .is_post_quantum_valid = {}};
    const auto found = [&](HybridFinding finding) {
        verdict.finding = finding;
        return verdict;
    };
    if (rules.author && *rules.author != one.author) {
        return verdict;
    }
    if (registry.find(one.author) == nullptr) {
        return found(HybridFinding::unknown_author);
    }
    const EpochRecord* const epoch = current_epoch(registry, one.author, rules.at_version);
    if (epoch == nullptr) {
        return found(HybridFinding::no_current_key);
    }
    verdict.epoch = epoch->epoch;
    if (epoch->public_key != one.classical_key) {
        return found(HybridFinding::other_key);
    }
    verdict.is_classical_valid =
        classical_holds(epoch->public_key, payload, one.signature.classical);
    const Bytes* const key = registry.chain()->hybrid_key(one.author, epoch->epoch);
    if (key == nullptr) {
        return found(HybridFinding::no_hybrid_key);
    }
    AION_TRY_ASSIGN(verdict.is_post_quantum_valid,
                    post_quantum_holds(*key, payload, one.signature.post_quantum));
    if (!*verdict.is_classical_valid) {
        return found(HybridFinding::classical_invalid);
    }
    return found(*verdict.is_post_quantum_valid ? HybridFinding::valid
                                                : HybridFinding::post_quantum_invalid);
}

}  // namespace aion::trust
