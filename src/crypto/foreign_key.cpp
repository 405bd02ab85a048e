// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/foreign_key.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <memory>
#include <span>
#include <string_view>

#include "crypto/openssl.hpp"

namespace aion::crypto {
namespace {

using Key = std::unique_ptr<EVP_PKEY, openssl::Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, openssl::Freed<EVP_PKEY_CTX_free>>;

const EVP_MD* digest_for(ForeignHash hash) {
    static constinit std::array<std::atomic<EVP_MD*>, 2> digests{};
    const bool is_short = hash == ForeignHash::sha256;
    return openssl::made_once(
        digests[is_short ? 0 : 1],
        [&] {
            return EVP_MD_fetch(openssl::whole_context(), is_short ? "SHA2-256" : "SHA2-384",
                                nullptr);
        },
        EVP_MD_free);
}

// --- DER (X.690) ---------------------------------------------------------------------------------

constexpr std::uint8_t integer_tag = 0x02;
constexpr std::uint8_t bit_string_tag = 0x03;
constexpr std::uint8_t sequence_tag = 0x30;

// At most 65535 bytes.
void append_element(Bytes& out, std::uint8_t tag, ByteView content) {
    out.push_back(tag);
    const std::size_t size = content.size();
    if (size >= 0x100) {
        out.push_back(0x82);
        out.push_back(static_cast<std::uint8_t>(size >> 8U));
    } else if (size >= 0x80) {
        out.push_back(0x81);
    }
    out.push_back(static_cast<std::uint8_t>(size));
    out.insert(out.end(), content.begin(), content.end());
}

// A number that is not negative, most significant byte first.
void append_integer(Bytes& out, ByteView number) {
    while (number.size() > 1 && number.front() == 0) {
        number = number.subspan(1);
    }
    Bytes content;
    if (number.empty() || number.front() >= 0x80) {
        content.push_back(0);
    }
    content.insert(content.end(), number.begin(), number.end());
    append_element(out, integer_tag, content);
}

constexpr auto exponent = std::to_array<std::uint8_t>({0x01, 0x00, 0x01});

// AlgorithmIdentifiers: rsaEncryption with NULL; id-ecPublicKey with a named curve.
constexpr auto rsa_algorithm = std::to_array<std::uint8_t>(
    {0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00});
constexpr auto p256_algorithm =
    std::to_array<std::uint8_t>({0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                                 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07});
constexpr auto p384_algorithm =
    std::to_array<std::uint8_t>({0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                                 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22});

Bytes uncompressed(const EcKey& key) {
    Bytes point(1 + key.x.size() + key.y.size(), 0x04);
    const auto end = std::ranges::copy(key.x, point.begin() + 1).out;
    std::ranges::copy(key.y, end);
    return point;
}

// --- OpenSSL -------------------------------------------------------------------------------------

// Its own numbers are in the machine's order.
Bytes native(ByteView most_significant_first) {
    Bytes number(most_significant_first.begin(), most_significant_first.end());
    if constexpr (std::endian::native == std::endian::little) {
        std::ranges::reverse(number);
    }
    return number;
}

OSSL_PARAM big_number(const char* name, Bytes& native) {
    return OSSL_PARAM_construct_BN(name, native.data(), native.size());
}

// Nullptr for what is no key. `parameters` is only read.
Key key_from(const char* type, std::span<OSSL_PARAM> parameters) {
    const KeyContext context(EVP_PKEY_CTX_new_from_name(openssl::whole_context(), type, nullptr));
    openssl::require(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
    EVP_PKEY* made = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.data()) != 1) {
        openssl::require_memory();
        return nullptr;
    }
    return Key(made);
}

bool holds(EVP_PKEY* key, std::span<const OSSL_PARAM> parameters, ForeignHash hash,
           ByteView message, ByteView signature) {
    const Bytes digest = foreign_digest(hash, {message});
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(openssl::whole_context(), key, nullptr));
    openssl::require(context != nullptr);
    if (EVP_PKEY_verify_init_ex(context.get(), parameters.data()) != 1) {
        openssl::require_memory();
        return false;
    }
    const bool is_valid = EVP_PKEY_verify(context.get(), openssl::readable(signature),
                                          signature.size(), digest.data(), digest.size()) == 1;
    if (!is_valid) {
        openssl::require_memory();
    }
    return is_valid;
}

const char* name_of(ForeignHash hash) {
    return hash == ForeignHash::sha256 ? "SHA2-256" : "SHA2-384";
}

bool is_plausible(ByteView modulus) {
    if (modulus.empty() || modulus.front() == 0 || (modulus.back() & 1U) == 0 ||
        modulus.size() > max_rsa_bits / 8) {
        return false;
    }
    return modulus.size() * 8 - static_cast<std::size_t>(std::countl_zero(modulus.front())) >=
           min_rsa_bits;
}

}  // namespace

Bytes foreign_digest(ForeignHash hash, std::initializer_list<ByteView> parts) {
    const openssl::ErrorScope errors;
    const std::unique_ptr<EVP_MD_CTX, openssl::Freed<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    openssl::require(context != nullptr &&
                     EVP_DigestInit_ex2(context.get(), digest_for(hash), nullptr) == 1);
    for (const ByteView part : parts) {
        openssl::require(EVP_DigestUpdate(context.get(), openssl::readable(part), part.size()) ==
                         1);
    }
    Bytes digest(size_of(hash));
    openssl::require(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
    return digest;
}

bool verify_rsa(const RsaKey& key, RsaPadding padding, ForeignHash hash, ByteView message,
                ByteView signature) {
    if (!is_plausible(key.modulus) || signature.size() != key.modulus.size()) {
        return false;
    }
    const openssl::ErrorScope errors;
    Bytes modulus = native(key.modulus);
    Bytes power = native(exponent);
    std::array made_of{big_number(OSSL_PKEY_PARAM_RSA_N, modulus),
                       big_number(OSSL_PKEY_PARAM_RSA_E, power), OSSL_PARAM_construct_end()};
    const Key rsa = key_from("RSA", made_of);
    if (rsa == nullptr) {
        return false;
    }
    const bool is_pss = padding == RsaPadding::pss;
    // Without PSS, the third is one more end.
    const std::array parameters{
        openssl::word(OSSL_SIGNATURE_PARAM_DIGEST, name_of(hash)),
        openssl::word(OSSL_SIGNATURE_PARAM_PAD_MODE,
                      is_pss ? OSSL_PKEY_RSA_PAD_MODE_PSS : OSSL_PKEY_RSA_PAD_MODE_PKCSV15),
        is_pss ? openssl::word(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, OSSL_PKEY_RSA_PSS_SALT_LEN_AUTO)
               : OSSL_PARAM_construct_end(),
        OSSL_PARAM_construct_end(),
    };
    return holds(rsa.get(), parameters, hash, message, signature);
}

bool verify_ecdsa(const EcKey& key, ForeignHash hash, ByteView message, ByteView r, ByteView s) {
    const std::size_t size = size_of(key.curve);
    if (key.x.size() != size || key.y.size() != size || r.size() > size || s.size() > size) {
        return false;
    }
    const openssl::ErrorScope errors;
    const Bytes point = uncompressed(key);
    std::array made_of{
        openssl::word(OSSL_PKEY_PARAM_GROUP_NAME, key.curve == Curve::p256 ? "P-256" : "P-384"),
        openssl::octets(OSSL_PKEY_PARAM_PUB_KEY, point), OSSL_PARAM_construct_end()};
    const Key ec = key_from("EC", made_of);
    if (ec == nullptr) {
        return false;
    }
    Bytes numbers;
    append_integer(numbers, r);
    append_integer(numbers, s);
    Bytes signature;
    append_element(signature, sequence_tag, numbers);
    const std::array parameters{OSSL_PARAM_construct_end()};
    return holds(ec.get(), parameters, hash, message, signature);
}

Bytes subject_public_key_info(const ForeignKey& key) {
    Bytes bits{0};  // of the last byte, none is unused
    Bytes content;
    if (const auto* const rsa = std::get_if<RsaKey>(&key)) {
        Bytes numbers;
        append_integer(numbers, rsa->modulus);
        append_integer(numbers, exponent);
        append_element(bits, sequence_tag, numbers);
        content.assign(rsa_algorithm.begin(), rsa_algorithm.end());
    } else {
        const auto& ec = std::get<EcKey>(key);
        const Bytes point = uncompressed(ec);
        bits.insert(bits.end(), point.begin(), point.end());
        const ByteView algorithm =
            ec.curve == Curve::p256 ? ByteView(p256_algorithm) : ByteView(p384_algorithm);
        content.assign(algorithm.begin(), algorithm.end());
    }
    append_element(content, bit_string_tag, bits);
    Bytes out;
    append_element(out, sequence_tag, content);
    return out;
}

}  // namespace aion::crypto
