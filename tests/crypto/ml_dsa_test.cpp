// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/ml_dsa.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/base/memory_env.hpp"
#include "aion/crypto/backend.hpp"
#include "crypto/openssl.hpp"
#include "crypto/support.hpp"

namespace aion::crypto {
namespace {

using test::counting;
using test::text;
using test::third_party_vectors;
using test::unhex;

static_assert(!std::is_copy_constructible_v<MlDsaKey>);
static_assert(std::is_nothrow_move_constructible_v<MlDsaKey>);
static_assert(!std::is_same_v<MlDsaKey, MlDsa44Key>);

Result<bool> verify_with(MlDsa65 /*set*/, ByteView key, ByteView message, ByteView signature) {
    return verify_ml_dsa_65(key, message, signature);
}

Result<bool> verify_with(MlDsa44 /*set*/, ByteView key, ByteView message, ByteView signature) {
    return verify_ml_dsa_44(key, message, signature);
}

template <class Set>
class MlDsa : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!backend().has_ml_dsa) {
            GTEST_SKIP() << "this libcrypto has no ML-DSA";
        }
    }

    static bool holds(ByteView key, ByteView message, ByteView signature) {
        const auto verdict = verify_with(Set(), key, message, signature);
        EXPECT_TRUE(verdict) << verdict.error().message();
        return verdict.value_or(false);
    }

    static MlDsaKeyOf<Set> key_of(std::uint8_t fill) {
        auto key = MlDsaKeyOf<Set>::from_seed(Bytes(MlDsaKeyOf<Set>::seed_size, fill));
        EXPECT_TRUE(key) << key.error().message();
        return *std::move(key);
    }

    static nlohmann::json acvp(const std::string& mode) {
        const std::string number = std::is_same_v<Set, MlDsa65> ? "65" : "44";
        return third_party_vectors("acvp-mldsa" + number + "-" + mode + ".json");
    }

    MemoryEnv env;
};

using Sets = ::testing::Types<MlDsa65, MlDsa44>;
TYPED_TEST_SUITE(MlDsa, Sets);

// The interface of the standard that has no context, which those vectors are of.
bool holds_as_encoded(const char* algorithm, ByteView public_key, ByteView message,
                      ByteView signature) {
    const openssl::ErrorScope errors;
    std::array parameters{openssl::octets(OSSL_PKEY_PARAM_PUB_KEY, public_key),
                          OSSL_PARAM_construct_end()};
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> importing(
        EVP_PKEY_CTX_new_from_name(openssl::context(), algorithm, nullptr), EVP_PKEY_CTX_free);
    EVP_PKEY* imported = nullptr;
    EXPECT_EQ(EVP_PKEY_fromdata_init(importing.get()), 1);
    EXPECT_EQ(EVP_PKEY_fromdata(importing.get(), &imported, EVP_PKEY_PUBLIC_KEY, parameters.data()),
              1);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(imported, EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    int encoding = 0;
    const std::array raw{OSSL_PARAM_construct_int("message-encoding", &encoding),
                         OSSL_PARAM_construct_end()};
    EXPECT_EQ(EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, openssl::context(), nullptr,
                                      key.get(), raw.data()),
              1);
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                            message.size()) == 1;
}

TYPED_TEST(MlDsa, MakesTheKeysOfAcvp) {
    const nlohmann::json file = TestFixture::acvp("keygen");
    EXPECT_EQ(file["tests"].size(), 10U);
    for (const auto& one : file["tests"]) {
        const auto key = MlDsaKeyOf<TypeParam>::from_seed(unhex(one["seed"].get<std::string>()));
        ASSERT_TRUE(key);
        EXPECT_TRUE(equal(key->public_half(), unhex(one["pk"].get<std::string>())))
            << one["tcId"].dump();
    }
}

TYPED_TEST(MlDsa, AcceptsTheSignaturesOfAcvpThatAreValid) {
    const nlohmann::json file = TestFixture::acvp("sigver");
    const Bytes key = unhex(file["pk"].get<std::string>());
    EXPECT_EQ(file["tests"].size(), 15U);
    for (const auto& one : file["tests"]) {
        const Bytes message = unhex(one["message"].get<std::string>());
        const Bytes signature = unhex(one["signature"].get<std::string>());
        EXPECT_EQ(holds_as_encoded(TypeParam::name, key, message, signature),
                  one["testPassed"].get<bool>())
            << one["tcId"].dump() << one["reason"].dump();
        EXPECT_FALSE(TestFixture::holds(key, message, signature)) << "of another interface";
    }
}

TYPED_TEST(MlDsa, SignsWhatVerifies) {
    const MlDsaKeyOf<TypeParam> key = TestFixture::key_of(7);
    for (const std::size_t size : {0U, 1U, 100U, 100'000U}) {
        const Bytes message = counting(size);
        const auto signature = key.sign(this->env, message);
        ASSERT_TRUE(signature);
        EXPECT_EQ(signature->size(), TypeParam::signature_size);
        EXPECT_TRUE(TestFixture::holds(key.public_half(), message, *signature));
        Bytes other = message;
        other.push_back(0);
        EXPECT_FALSE(TestFixture::holds(key.public_half(), other, *signature));
    }
    EXPECT_FALSE(
        TestFixture::holds(TestFixture::key_of(8).public_half(), {}, *key.sign(this->env, {})));
}

TYPED_TEST(MlDsa, HedgesEachSignatureWithWhatTheSystemGives) {
    const MlDsaKeyOf<TypeParam> key = TestFixture::key_of(7);
    const auto first = key.sign(this->env, text("m"));
    const auto second = key.sign(this->env, text("m"));
    ASSERT_TRUE(first && second);
    EXPECT_NE(*first, *second);
    // And with nothing else.
    MemoryEnv once;
    MemoryEnv again;
    EXPECT_EQ(*key.sign(once, text("m")), *key.sign(again, text("m")));
}

TYPED_TEST(MlDsa, FailsWithoutRandomness) {
    this->env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::random ? EIO : 0;
    });
    const auto made = MlDsaKeyOf<TypeParam>::generate(this->env);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), ErrorCode::entropy_unavailable);
    const auto signature = TestFixture::key_of(7).sign(this->env, {});
    ASSERT_FALSE(signature);
    EXPECT_EQ(signature.error().code(), ErrorCode::entropy_unavailable);
}

TYPED_TEST(MlDsa, MakesAnotherKeyEachTime) {
    const auto one = MlDsaKeyOf<TypeParam>::generate(this->env);
    const auto two = MlDsaKeyOf<TypeParam>::generate(this->env);
    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->public_half().size(), TypeParam::public_key_size);
    EXPECT_FALSE(equal(one->public_half(), two->public_half()));
    const auto again = MlDsaKeyOf<TypeParam>::from_seed(one->seed());
    ASSERT_TRUE(again);
    EXPECT_TRUE(equal(again->public_half(), one->public_half()));
}

TYPED_TEST(MlDsa, RefusesSeedsOfOtherLengths) {
    for (const std::size_t size : {0U, 31U, 33U}) {
        const auto key = MlDsaKeyOf<TypeParam>::from_seed(Bytes(size));
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error().code(), ErrorCode::invalid_private_key);
    }
}

TYPED_TEST(MlDsa, AKeyThatWasMovedFromRefusesToSign) {
    MlDsaKeyOf<TypeParam> key = TestFixture::key_of(7);
    const MlDsaKeyOf<TypeParam> taken = std::move(key);
    // NOLINTNEXTLINE(bugprone-use-after-move): that is what is asked.
    const auto signature = key.sign(this->env, {});
    ASSERT_FALSE(signature);
    EXPECT_EQ(signature.error().code(), ErrorCode::signing_failed);
    EXPECT_TRUE(taken.sign(this->env, {}));
}

TYPED_TEST(MlDsa, RefusesKeysAndSignaturesOfOtherLengths) {
    const MlDsaKeyOf<TypeParam> key = TestFixture::key_of(7);
    const Bytes signature = *key.sign(this->env, {});
    const ByteView half = key.public_half();
    EXPECT_FALSE(TestFixture::holds(half.first(half.size() - 1), {}, signature));
    EXPECT_FALSE(TestFixture::holds({}, {}, signature));
    EXPECT_FALSE(TestFixture::holds(half, {}, {}));
    EXPECT_FALSE(TestFixture::holds(half, {}, ByteView(signature).first(signature.size() - 1)));
    Bytes longer = signature;
    longer.push_back(0);
    EXPECT_FALSE(TestFixture::holds(half, {}, longer));
}

using MlDsa65Only = MlDsa<MlDsa65>;

// What was signed under a context is nothing that was signed under none.
TEST_F(MlDsa65Only, AcceptsTheSignaturesOfWycheproofThatAreValidWithoutAContext) {
    std::size_t valid = 0;
    std::size_t invalid = 0;
    std::size_t all = 0;
    for (const char* part : {"1", "2", "3"}) {
        const auto file =
            third_party_vectors("wycheproof-mldsa_65_verify_test_" + std::string(part) + ".json");
        all += file["numberOfTests"].get<std::size_t>();
        for (const auto& group : file["testGroups"]) {
            const Bytes key = unhex(group["publicKey"].get<std::string>());
            for (const auto& one : group["tests"]) {
                const bool expected =
                    one["result"] == "valid" && one.value("ctx", std::string()).empty();
                ++(expected ? valid : invalid);
                EXPECT_EQ(holds(key, unhex(one["msg"].get<std::string>()),
                                unhex(one["sig"].get<std::string>())),
                          expected)
                    << one["tcId"].dump() << one["comment"].dump();
            }
        }
    }
    EXPECT_EQ(valid + invalid, all);
    EXPECT_GT(valid, 20U);
    EXPECT_GT(invalid, 20U);
}

TEST(MlDsaOfBothSets, AreStrangersToEachOther) {
    if (!backend().has_ml_dsa) {
        GTEST_SKIP() << "this libcrypto has no ML-DSA";
    }
    MemoryEnv env;
    const auto small = MlDsa44Key::from_seed(Bytes(32, 7));
    const auto large = MlDsaKey::from_seed(Bytes(32, 7));
    ASSERT_TRUE(small && large);
    EXPECT_EQ(small->public_half().size(), ml_dsa_44_public_key_size);
    EXPECT_EQ(large->public_half().size(), ml_dsa_65_public_key_size);
    const Bytes signature = *small->sign(env, {});
    EXPECT_TRUE(*verify_ml_dsa_44(small->public_half(), {}, signature));
    EXPECT_FALSE(*verify_ml_dsa_65(large->public_half(), {}, signature));
    EXPECT_FALSE(*verify_ml_dsa_65(small->public_half(), {}, signature));
}

TEST(MlDsaAbsence, IsSaidByWhatTheLibraryOffers) {
    EXPECT_EQ(check_ml_dsa_65().has_value(), backend().has_ml_dsa);
    EXPECT_EQ(check_ml_dsa_44().has_value(), backend().has_ml_dsa);
    const auto offered = openssl::check_offered("ML-DSA-1024", "9.9");
    ASSERT_FALSE(offered);
    EXPECT_EQ(offered.error().code(), ErrorCode::operation_not_permitted);
    EXPECT_EQ(offered.error().detail(), "algorithm_unavailable");
    EXPECT_EQ(offered.error().message(),
              "Operation not permitted: ML-DSA-1024 requires OpenSSL 9.9 or later, and this "
              "program has " +
                  std::string(backend().version));
    if (!backend().has_ml_dsa) {
        MemoryEnv env;
        EXPECT_EQ(MlDsaKey::generate(env).error().detail(), "algorithm_unavailable");
        EXPECT_EQ(MlDsaKey::from_seed(Bytes(32)).error().detail(), "algorithm_unavailable");
        EXPECT_EQ(MlDsa44Key::generate(env).error().detail(), "algorithm_unavailable");
        EXPECT_EQ(verify_ml_dsa_44({}, {}, {}).error().detail(), "algorithm_unavailable");
        EXPECT_EQ(verify_ml_dsa_65({}, {}, {}).error().detail(), "algorithm_unavailable");
    }
}

}  // namespace
}  // namespace aion::crypto
