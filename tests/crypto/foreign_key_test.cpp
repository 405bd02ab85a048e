// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/foreign_key.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "aion/base/hex.hpp"
#include "crypto/openssl.hpp"

namespace aion::crypto {
namespace {

using Key = std::unique_ptr<EVP_PKEY, openssl::Freed<EVP_PKEY_free>>;
using Number = std::unique_ptr<BIGNUM, openssl::Freed<BN_free>>;

Key generate(bool is_rsa, const char* curve) {
    return Key(is_rsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})
                      : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
}

Bytes number_of(EVP_PKEY* key, const char* name, std::size_t size) {
    BIGNUM* number = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &number), 1);
    const Number owned(number);
    Bytes out(size);
    EXPECT_GE(BN_bn2binpad(number, out.data(), static_cast<int>(size)), 0);
    return out;
}

RsaKey rsa_of(EVP_PKEY* key) {
    return {number_of(key, OSSL_PKEY_PARAM_RSA_N, 256)};
}

EcKey ec_of(EVP_PKEY* key, Curve curve) {
    return {curve, number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, size_of(curve)),
            number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, size_of(curve))};
}

Bytes sign(EVP_PKEY* key, ForeignHash hash, bool is_pss, ByteView message) {
    const std::unique_ptr<EVP_MD_CTX, openssl::Freed<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    EXPECT_EQ(EVP_DigestSignInit_ex(context.get(), &parameters,
                                    hash == ForeignHash::sha256 ? "SHA256" : "SHA384", nullptr,
                                    nullptr, key, nullptr),
              1);
    if (is_pss) {
        EXPECT_GT(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING), 0);
    }
    std::size_t size = 1024;
    Bytes out(size);
    EXPECT_EQ(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()), 1);
    out.resize(size);
    return out;
}

// Of a DER signature of ECDSA, whose numbers are short.
std::pair<Bytes, Bytes> numbers_in(const Bytes& der) {
    const std::size_t first = 4;
    const std::size_t second = first + der[3] + 2;
    const auto part = [&der](std::size_t at) {
        const std::size_t size = der[at - 1];
        const std::size_t skipped = der[at] == 0 ? 1 : 0;
        const auto from = der.begin() + static_cast<std::ptrdiff_t>(at);
        return Bytes(from + static_cast<std::ptrdiff_t>(skipped),
                     from + static_cast<std::ptrdiff_t>(size));
    };
    return {part(first), part(second)};
}

Bytes spki_by_openssl(EVP_PKEY* key) {
    std::uint8_t* out = nullptr;
    const int size = i2d_PUBKEY(key, &out);
    EXPECT_GT(size, 0);
    Bytes bytes(out, out + size);
    OPENSSL_free(out);
    return bytes;
}

const Bytes message{1, 2, 3};

TEST(ForeignDigests, AreThoseOfTheStandard) {
    EXPECT_EQ(to_hex(foreign_digest(ForeignHash::sha256, {as_bytes("a"), as_bytes("bc")})),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(foreign_digest(ForeignHash::sha384, {as_bytes("abc")})),
              "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
              "8086072ba1e7cc2358baeca134c825a7");
}

TEST(ForeignKeys, OfRsaVerifyWhatTheySigned) {
    const Key key = generate(true, nullptr);
    const RsaKey rsa = rsa_of(key.get());
    for (const ForeignHash hash : {ForeignHash::sha256, ForeignHash::sha384}) {
        for (const bool is_pss : {false, true}) {
            const RsaPadding padding = is_pss ? RsaPadding::pss : RsaPadding::pkcs1;
            const RsaPadding other = is_pss ? RsaPadding::pkcs1 : RsaPadding::pss;
            Bytes signature = sign(key.get(), hash, is_pss, message);
            EXPECT_TRUE(verify_rsa(rsa, padding, hash, message, signature));
            EXPECT_FALSE(verify_rsa(rsa, other, hash, message, signature));
            EXPECT_FALSE(
                verify_rsa(rsa, padding,
                           hash == ForeignHash::sha256 ? ForeignHash::sha384 : ForeignHash::sha256,
                           message, signature));
            EXPECT_FALSE(verify_rsa(rsa, padding, hash, Bytes{1, 2}, signature));
            signature[9] ^= 1;
            EXPECT_FALSE(verify_rsa(rsa, padding, hash, message, signature));
            EXPECT_FALSE(verify_rsa(rsa, padding, hash, message, {}));
        }
    }
}

TEST(ForeignKeys, OfRsaAreNeitherShortNorStrange) {
    const Key key = generate(true, nullptr);
    const Bytes signature = sign(key.get(), ForeignHash::sha256, false, message);
    const auto verifies = [&signature](const Bytes& modulus) {
        return verify_rsa({modulus}, RsaPadding::pkcs1, ForeignHash::sha256, message, signature);
    };
    Bytes modulus = rsa_of(key.get()).modulus;
    EXPECT_TRUE(verifies(modulus));
    modulus.back() ^= 1;  // even
    EXPECT_FALSE(verifies(modulus));
    EXPECT_FALSE(verifies({}));
    EXPECT_FALSE(verifies(Bytes(256)));
    EXPECT_FALSE(verifies(Bytes(513, 0xFF)));
    EXPECT_FALSE(verify_rsa({Bytes(128, 0xFF)}, RsaPadding::pkcs1, ForeignHash::sha256, message,
                            Bytes(128, 1)));
}

TEST(ForeignKeys, OfCurvesVerifyWhatTheySigned) {
    for (const Curve curve : {Curve::p256, Curve::p384}) {
        const Key key = generate(false, curve == Curve::p256 ? "P-256" : "P-384");
        EcKey ec = ec_of(key.get(), curve);
        for (const ForeignHash hash : {ForeignHash::sha256, ForeignHash::sha384}) {
            auto [r, s] = numbers_in(sign(key.get(), hash, false, message));
            EXPECT_TRUE(verify_ecdsa(ec, hash, message, r, s));
            EXPECT_FALSE(verify_ecdsa(ec, hash, message, s, r));
            EXPECT_FALSE(verify_ecdsa(ec, hash, Bytes{1}, r, s));
            EXPECT_FALSE(verify_ecdsa(ec, hash, message, {}, {}));
            EXPECT_FALSE(verify_ecdsa(ec, hash, message, r, Bytes(size_of(curve))));
            EXPECT_FALSE(verify_ecdsa(ec, hash, message, r, Bytes(size_of(curve), 0xFF)));
            s.back() ^= 1;
            EXPECT_FALSE(verify_ecdsa(ec, hash, message, r, s));
            s.back() ^= 1;
            ec.y.back() ^= 1;  // no point
            EXPECT_FALSE(verify_ecdsa(ec, hash, message, r, s));
            ec.y.back() ^= 1;
            ec.x.push_back(0);
            EXPECT_FALSE(verify_ecdsa(ec, hash, message, r, s));
            ec.x.pop_back();
        }
    }
}

TEST(ForeignKeys, AreWrittenAsOpensslWritesThem) {
    const Key rsa = generate(true, nullptr);
    EXPECT_EQ(subject_public_key_info(rsa_of(rsa.get())), spki_by_openssl(rsa.get()));
    for (const Curve curve : {Curve::p256, Curve::p384}) {
        const Key key = generate(false, curve == Curve::p256 ? "P-256" : "P-384");
        EXPECT_EQ(subject_public_key_info(ec_of(key.get(), curve)), spki_by_openssl(key.get()));
    }
}

TEST(ForeignKeys, LeaveNoErrorsBehind) {
    ERR_clear_error();
    EXPECT_FALSE(verify_ecdsa({Curve::p256, Bytes(32, 1), Bytes(32, 1)}, ForeignHash::sha256,
                              message, Bytes(32, 1), Bytes(32, 1)));
    EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace aion::crypto
