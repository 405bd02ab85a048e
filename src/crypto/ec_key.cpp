// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/ec_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/encoder.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <optional>

#include "aion/base/base64.hpp"
#include "aion/base/hex.hpp"
#include "aion/crypto/sha256.hpp"
#include "base/try.hpp"
#include "crypto/openssl.hpp"

namespace aion::crypto {
namespace {

using Key = std::unique_ptr<EVP_PKEY, openssl::Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, openssl::Freed<EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, openssl::Freed<EVP_MD_CTX_free>>;
using SecretNumber = std::unique_ptr<BIGNUM, openssl::Freed<BN_clear_free>>;
using Input = std::unique_ptr<BIO, openssl::Freed<BIO_free_all>>;

struct Facts {
    EcCurve curve;
    std::string_view name;
    int number;                 // OpenSSL's.
    const char* group;          // What OpenSSL says that a key is of.
    const char* digest;         // What goes with it.
    std::size_t size;           // Of a coordinate, in bytes.
    std::uint8_t highest;       // The bits that the first byte of a scalar may have.
    std::string_view in_front;  // Of x and y in a SubjectPublicKeyInfo, in hex.
};

constexpr std::array<Facts, 3> all_facts{{
    {EcCurve::p256, "P-256", NID_X9_62_prime256v1, "prime256v1", "SHA2-256", 32, 0xff,
     "3059301306072a8648ce3d020106082a8648ce3d03010703420004"},
    {EcCurve::p384, "P-384", NID_secp384r1, "secp384r1", "SHA2-384", 48, 0xff,
     "3076301006072a8648ce3d020106052b8104002203620004"},
    {EcCurve::p521, "P-521", NID_secp521r1, "secp521r1", "SHA2-512", 66, 0x01,
     "30819b301006072a8648ce3d020106052b810400230381860004"},
}};

const Facts& facts_of(EcCurve curve) noexcept {
    return all_facts[static_cast<std::size_t>(curve)];
}

std::unexpected<Error> no_public_key(std::string reason) {
    return fail(error_because(ErrorCode::invalid_public_key, std::move(reason)));
}

std::unexpected<Error> no_private_key(std::string reason) {
    return fail(error_because(ErrorCode::invalid_private_key, std::move(reason)));
}

// --- PEM -----------------------------------------------------------------------------------------

constexpr std::string_view pem_begin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view pem_end = "-----END PUBLIC KEY-----";

// What stands between the lines, without white space; nothing where there is not exactly one key.
std::optional<std::string> inside(std::string_view pem) {
    const std::size_t begin = pem.find(pem_begin);
    const std::size_t end = pem.find(pem_end);
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin ||
        pem.find("-----BEGIN", begin + 1) != std::string_view::npos) {
        return std::nullopt;
    }
    std::string text;
    for (const char c : pem.substr(begin + pem_begin.size(), end - begin - pem_begin.size())) {
        if (c != '\n' && c != '\r' && c != ' ' && c != '\t') {
            text += c;
        }
    }
    return text;
}

// --- OpenSSL -------------------------------------------------------------------------------------

OSSL_PARAM group_of(EcCurve curve) {
    return openssl::word(OSSL_PKEY_PARAM_GROUP_NAME, facts_of(curve).group);
}

// A point and, if it is given in the machine's order, the scalar. Nullptr for what is no point of
// the curve.
Key import_key(EcCurve curve, ByteView point, MutableByteView native_scalar = {}) {
    std::array parameters{group_of(curve), openssl::octets(OSSL_PKEY_PARAM_PUB_KEY, point),
                          OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
    const bool is_whole = !native_scalar.empty();
    if (is_whole) {
        parameters[2] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native_scalar.data(),
                                                native_scalar.size());
    }
    const KeyContext context(EVP_PKEY_CTX_new_from_name(openssl::whole_context(), "EC", nullptr));
    openssl::require(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
    EVP_PKEY* made = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &made, is_whole ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                          parameters.data()) != 1) {
        openssl::require_memory();
        return nullptr;
    }
    return Key(made);
}

// Whole, from what `EcSigningKey` keeps.
Key import_key(const EcPublicKey& half, ByteView point, ByteView scalar) {
    SecretBytes native = SecretBytes::copy_of(scalar);
    if constexpr (std::endian::native == std::endian::little) {
        std::ranges::reverse(native.view());
    }
    Key key = import_key(half.curve(), point, native.view());
    openssl::require(key != nullptr);
    return key;
}

// Of a key that OpenSSL has read. `out` has the curve's size.
bool take_number(const EVP_PKEY* key, const char* name, MutableByteView out) {
    BIGNUM* number = nullptr;
    const bool is_there = EVP_PKEY_get_bn_param(key, name, &number) == 1;
    const SecretNumber owned(number);
    return is_there && BN_bn2binpad(number, out.data(), static_cast<int>(out.size())) ==
                           static_cast<int>(out.size());
}

const Facts* curve_of(const EVP_PKEY* key) {
    std::array<char, 64> name{};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) {
        return nullptr;  // A curve that the key describes itself is none.
    }
    const auto* const found =
        std::ranges::find(all_facts, std::string_view(name.data(), size), &Facts::group);
    return found == all_facts.end() ? nullptr : found;
}

// That scalar and point are of the curve, and belong together.
bool is_sound(EVP_PKEY* key) {
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(openssl::whole_context(), key, nullptr));
    openssl::require(context != nullptr);
    const bool sound = EVP_PKEY_check(context.get()) == 1;
    if (!sound) {
        openssl::require_memory();
    }
    return sound;
}

// What keys are protected with is looked up by name, and a program may have told OpenSSL to know
// none (crypto/startup.hpp). To be called before anything fetches a cipher, as random numbers do:
// whatever is fetched keeps what was known of its name then.
void know_ciphers() {
    openssl::require(EVP_add_cipher(EVP_aes_128_cbc()) == 1 &&
                     EVP_add_cipher(EVP_aes_192_cbc()) == 1 &&
                     EVP_add_cipher(EVP_aes_256_cbc()) == 1 && EVP_add_digest(EVP_sha1()) == 1 &&
                     EVP_add_digest(EVP_sha256()) == 1 && EVP_add_digest(EVP_sha512()) == 1);
}

int give_passphrase(char* buffer, int size, int /*writing*/, void* passphrase) {
    const auto& given = *static_cast<const ByteView*>(passphrase);
    if (given.empty() || given.size() > static_cast<std::size_t>(size)) {
        return -1;
    }
    std::ranges::copy(given, buffer);
    return static_cast<int>(given.size());
}

// The first private key of the curves' kind, or nullptr. What comes before it is passed over.
Key decode(ByteView pem, ByteView passphrase) {
    using Decoder = std::unique_ptr<OSSL_DECODER_CTX, openssl::Freed<OSSL_DECODER_CTX_free>>;
    EVP_PKEY* read = nullptr;
    const Decoder decoder(OSSL_DECODER_CTX_new_for_pkey(
        &read, "PEM", nullptr, "EC", EVP_PKEY_KEYPAIR, openssl::whole_context(), nullptr));
    const Input input(BIO_new_mem_buf(openssl::readable(pem), static_cast<int>(pem.size())));
    openssl::require(
        decoder != nullptr && input != nullptr &&
        OSSL_DECODER_CTX_set_pem_password_cb(decoder.get(), give_passphrase, &passphrase) == 1);
    for (std::int64_t at = -1; read == nullptr;) {
        static_cast<void>(OSSL_DECODER_from_bio(decoder.get(), input.get()));
        const std::int64_t now = BIO_tell(input.get());
        if (read == nullptr && (BIO_eof(input.get()) != 0 || now <= at)) {
            openssl::require_memory();
            return nullptr;
        }
        at = now;
    }
    return Key(read);
}

}  // namespace

std::string_view name_of(EcCurve curve) noexcept {
    return facts_of(curve).name;
}

// --- Public keys ---------------------------------------------------------------------------------

Result<EcPublicKey> EcPublicKey::from_pem(std::string_view pem) {
    const auto text = pem.size() <= max_pem_size ? inside(pem) : std::nullopt;
    if (!text) {
        return no_public_key("expected one 'PUBLIC KEY' in PEM");
    }
    const Bytes der = from_base64(*text).value_or(Bytes());
    const auto* const facts = std::ranges::find_if(all_facts, [&](const Facts& one) {
        return der.size() == one.in_front.size() / 2 + 2 * one.size &&
               to_hex(ByteView(der).first(one.in_front.size() / 2)) == one.in_front;
    });
    if (facts == all_facts.end()) {
        return no_public_key("expected an uncompressed point of P-256, P-384 or P-521");
    }
    // The last byte in front says that it is uncompressed, and belongs to the point.
    EcPublicKey key(facts->curve,
                    Bytes(der.end() - static_cast<std::ptrdiff_t>(1 + 2 * facts->size), der.end()));
    const openssl::ErrorScope errors;
    if (import_key(key.curve_, key.point_) == nullptr) {
        return no_public_key("not a point of the curve");
    }
    return key;
}

std::string EcPublicKey::pem() const {
    constexpr std::size_t line = 64;
    auto der = from_hex(facts_of(curve_).in_front).value();
    der.insert(der.end(), point_.begin() + 1, point_.end());
    const std::string text = to_base64(der);
    std::string out(pem_begin);
    out += '\n';
    for (std::size_t at = 0; at < text.size(); at += line) {
        out += text.substr(at, line) + "\n";
    }
    out += pem_end;
    return out + "\n";
}

std::string EcPublicKey::fingerprint() const {
    return to_hex(sha256(as_bytes(pem())));
}

bool EcPublicKey::verify(std::span<const ByteView> message, ByteView signature) const {
    const openssl::ErrorScope errors;
    const Key key = import_key(curve_, point_);
    const Digest context(EVP_MD_CTX_new());
    openssl::require(key != nullptr && context != nullptr &&
                     EVP_DigestVerifyInit_ex(context.get(), nullptr, facts_of(curve_).digest,
                                             openssl::whole_context(), nullptr, key.get(),
                                             nullptr) == 1);
    for (const ByteView part : message) {
        openssl::require(
            EVP_DigestVerifyUpdate(context.get(), openssl::readable(part), part.size()) == 1);
    }
    const bool holds =
        EVP_DigestVerifyFinal(context.get(), openssl::readable(signature), signature.size()) == 1;
    if (!holds) {
        openssl::require_memory();
    }
    return holds;
}

// --- Private keys --------------------------------------------------------------------------------

bool EcSigningKey::is_encrypted(ByteView pem) noexcept {
    const std::string_view text = as_text(pem);
    return text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") ||
           text.contains("Proc-Type: 4,ENCRYPTED");
}

Result<EcSigningKey> EcSigningKey::from_pem(ByteView pem, ByteView passphrase) {
    const bool encrypted = is_encrypted(pem);
    if (pem.size() > max_pem_size) {
        return no_private_key("more than " + std::to_string(max_pem_size) + " bytes are no key");
    }
    if (encrypted && passphrase.empty()) {
        return no_private_key("the key is under a passphrase, and none was given");
    }
    const openssl::ErrorScope errors;
    know_ciphers();
    const Key key = decode(pem, passphrase);
    if (key == nullptr && encrypted) {
        return fail(error_because(
            ErrorCode::decryption_failed,
            "the passphrase is another, or the key is protected in a way that OpenSSL here does "
            "not know"));
    }
    const Facts* const facts = key != nullptr ? curve_of(key.get()) : nullptr;
    if (facts == nullptr) {
        return no_private_key("expected a private key of P-256, P-384 or P-521 in PEM");
    }
    SecretBytes scalar(facts->size);
    Bytes point(1 + 2 * facts->size, 0x04);
    const MutableByteView coordinates = MutableByteView(point).subspan(1);
    if (!take_number(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar.view()) ||
        !take_number(key.get(), OSSL_PKEY_PARAM_EC_PUB_X, coordinates.first(facts->size)) ||
        !take_number(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y, coordinates.last(facts->size)) ||
        !is_sound(key.get())) {
        openssl::require_memory();
        return no_private_key("its halves do not belong together");
    }
    return EcSigningKey(std::move(scalar), EcPublicKey(facts->curve, std::move(point)));
}

// What is random comes from `env`, as everywhere here.
Result<EcSigningKey> EcSigningKey::generate(Env& env, EcCurve curve) {
    constexpr int most_draws = 64;  // The second is as rare as the first one is zero.
    using Group = std::unique_ptr<EC_GROUP, openssl::Freed<EC_GROUP_free>>;
    using Point = std::unique_ptr<EC_POINT, openssl::Freed<EC_POINT_clear_free>>;
    const Facts& facts = facts_of(curve);
    const openssl::ErrorScope errors;
    know_ciphers();
    const Group group(
        EC_GROUP_new_by_curve_name_ex(openssl::whole_context(), nullptr, facts.number));
    openssl::require(group != nullptr);
    const Point product(EC_POINT_new(group.get()));
    SecretBytes scalar(facts.size);
    for (int draw = 0; draw < most_draws; ++draw) {
        AION_TRY(env.random(scalar.view()));
        scalar.view()[0] &= facts.highest;
        const SecretNumber number(BN_bin2bn(std::as_const(scalar).view().data(),
                                            static_cast<int>(scalar.size()), nullptr));
        openssl::require(product != nullptr && number != nullptr);
        if (BN_is_zero(number.get()) == 1 ||
            BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) {
            continue;
        }
        Bytes point(1 + 2 * facts.size);
        openssl::require(EC_POINT_mul(group.get(), product.get(), number.get(), nullptr, nullptr,
                                      nullptr) == 1 &&
                         EC_POINT_point2oct(group.get(), product.get(),
                                            POINT_CONVERSION_UNCOMPRESSED, point.data(),
                                            point.size(), nullptr) == point.size());
        return EcSigningKey(std::move(scalar), EcPublicKey(curve, std::move(point)));
    }
    return fail(error_because(ErrorCode::entropy_unavailable,
                              "what was drawn is no private key, time and again"));
}

Result<Bytes> EcSigningKey::sign(std::span<const ByteView> message) const {
    if (scalar_.empty()) {
        return fail(error_because(ErrorCode::signing_failed, "the key was moved elsewhere"));
    }
    const openssl::ErrorScope errors;
    const Facts& facts = facts_of(public_.curve());
    const Key key = import_key(public_, public_.point_, scalar_.view());
    unsigned int deterministic = 1;  // Older releases of OpenSSL do not know that, and draw.
    const std::array parameters{OSSL_PARAM_construct_uint("nonce-type", &deterministic),
                                OSSL_PARAM_construct_end()};
    const Digest context(EVP_MD_CTX_new());
    openssl::require(context != nullptr &&
                     EVP_DigestSignInit_ex(context.get(), nullptr, facts.digest,
                                           openssl::whole_context(), nullptr, key.get(),
                                           parameters.data()) == 1);
    for (const ByteView part : message) {
        openssl::require(
            EVP_DigestSignUpdate(context.get(), openssl::readable(part), part.size()) == 1);
    }
    std::size_t size = 0;
    Bytes signature;
    if (EVP_DigestSignFinal(context.get(), nullptr, &size) == 1) {
        signature.resize(size);
        if (EVP_DigestSignFinal(context.get(), signature.data(), &size) == 1) {
            signature.resize(size);
            return signature;
        }
    }
    openssl::require_memory();
    return fail(error_because(ErrorCode::signing_failed, "OpenSSL made no signature"));
}

Result<SecretBytes> EcSigningKey::to_pem(ByteView passphrase) const {
    using Encoder = std::unique_ptr<OSSL_ENCODER_CTX, openssl::Freed<OSSL_ENCODER_CTX_free>>;
    const openssl::ErrorScope errors;
    know_ciphers();
    const Key key = import_key(public_, public_.point_, scalar_.view());
    const Encoder encoder(OSSL_ENCODER_CTX_new_for_pkey(key.get(), EVP_PKEY_KEYPAIR, "PEM",
                                                        "PrivateKeyInfo", nullptr));
    openssl::require(encoder != nullptr);
    if (!passphrase.empty()) {
        openssl::require(OSSL_ENCODER_CTX_set_cipher(encoder.get(), "AES-256-CBC", nullptr) == 1 &&
                         OSSL_ENCODER_CTX_set_passphrase(encoder.get(), passphrase.data(),
                                                         passphrase.size()) == 1);
    }
    std::uint8_t* data = nullptr;
    std::size_t size = 0;
    if (OSSL_ENCODER_to_data(encoder.get(), &data, &size) != 1) {
        openssl::require_memory();
        return fail(error_because(ErrorCode::encryption_failed, "OpenSSL did not write the key"));
    }
    SecretBytes pem = SecretBytes::copy_of(ByteView(data, size));
    OPENSSL_clear_free(data, size);
    return pem;
}

}  // namespace aion::crypto
