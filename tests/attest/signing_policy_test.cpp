// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/attest/signing_policy.hpp"

#include <gtest/gtest.h>

#include "attest/parts.hpp"

namespace aion::attest::test {
namespace {

using policy::Requirement;

constexpr std::string_view two_of_three =
    R"({"threshold":2,"total_signers":3,"authorized_signers":[1001,1002,1003]})";

std::string_view refused(std::string_view text) {
    const auto read = signing_policy_from_json(text);
    if (read) {
        return "it was read";
    }
    EXPECT_EQ(read.error().code(), ErrorCode::invalid_format);
    return read.error().detail();
}

TEST(SigningPolicy, ReadsAndWritesTheReferencesText) {
    const Requirement policy = ok(signing_policy_from_json(two_of_three));
    EXPECT_EQ(policy, (Requirement{2, {AuthorId{1001}, AuthorId{1002}, AuthorId{1003}}}));
    EXPECT_EQ(to_json(policy), two_of_three);
    EXPECT_EQ(describe(policy), "2-of-3");
}

TEST(SigningPolicy, SignersAreASet) {
    EXPECT_EQ(ok(signing_policy_from_json(
                  R"({"threshold":1,"total_signers":2,"authorized_signers":[9,3]})")),
              (Requirement{1, {AuthorId{3}, AuthorId{9}}}));
}

TEST(SigningPolicy, RefusesWhatRequiresNobodyOrCannotBeMet) {
    EXPECT_EQ(refused(R"({"threshold":0,"total_signers":1,"authorized_signers":[1]})"),
              "signing_policy_threshold");
    EXPECT_EQ(refused(R"({"threshold":2,"total_signers":1,"authorized_signers":[1]})"),
              "signing_policy_threshold");
    EXPECT_EQ(refused(R"({"threshold":0,"total_signers":0,"authorized_signers":[]})"),
              "signing_policy_threshold");
    EXPECT_EQ(refused(R"({"threshold":1,"total_signers":3,"authorized_signers":[1,2]})"),
              "signing_policy_total");
    EXPECT_EQ(refused(R"({"threshold":2,"total_signers":2,"authorized_signers":[1,1]})"),
              "signing_policy_twice");
    EXPECT_EQ(refused(R"({"threshold":1,"total_signers":1,"authorized_signers":["1"]})"),
              "signing_policy_signer");
    EXPECT_EQ(refused(R"({"threshold":1,"total_signers":1,"authorized_signers":[-1]})"),
              "signing_policy_signer");
    EXPECT_EQ(refused(R"({"threshold":1,"total_signers":1,"authorized_signers":1})"),
              "signing_policy_signer");
}

TEST(SigningPolicy, RefusesWhatTheReaderRefuses) {
    EXPECT_NE(refused(""), "it was read");
    EXPECT_NE(refused("[]"), "it was read");
    EXPECT_NE(refused(R"({"threshold":1,"total_signers":1})"), "it was read");
    EXPECT_NE(refused(R"({"threshold":4294967297,"total_signers":1,"authorized_signers":[1]})"),
              "it was read");
    EXPECT_NE(refused(R"({"threshold":1,"threshold":2,"total_signers":2,)"
                      R"("authorized_signers":[1,2]})"),
              "it was read");
    EXPECT_NE(refused(R"({"threshold":1,"total_signers":1,"authorized_signers":[1],"expires":5})"),
              "it was read");
}

TEST(SigningPolicy, NamesSoManySignersAndNoMore) {
    Requirement policy{1, std::vector<AuthorId>(policy::max_required_authors)};
    std::uint64_t next = 0;
    for (AuthorId& author : policy.authors) {
        author = AuthorId{next++};
    }
    EXPECT_EQ(ok(signing_policy_from_json(to_json(policy))), policy);
    policy.authors.emplace_back(next);
    EXPECT_EQ(refused(to_json(policy)), "signing_policy_too_many");
}

class SignedPolicy : public ::testing::Test {
  protected:
    void SetUp() override {
        for (std::uint8_t number = 1; number <= 3; ++number) {
            ok(registry.pin(AuthorId{number},
                            key_of(static_cast<std::uint8_t>(0x90 + number)).public_half(),
                            key_of(number).public_half()));
        }
    }

    [[nodiscard]] static std::string signed_by(std::uint8_t author, const Requirement& policy) {
        return to_json(ok(sign_policy(policy, AuthorId{author}, key_of(author))));
    }

    trust::Registry registry;
    Requirement policy{2, {AuthorId{1}, AuthorId{2}}};
    PolicySetters first{.authors = {AuthorId{1}}};
};

TEST_F(SignedPolicy, CountsIfWhoeverMaySignedIt) {
    EXPECT_EQ(ok(open_policy(signed_by(1, policy), registry, first)), policy);
    EXPECT_EQ(open_policy(signed_by(2, policy), registry, first).error().code(),
              ErrorCode::verdict_invalid);
    EXPECT_EQ(open_policy(signed_by(1, policy), registry, {}).error().code(),
              ErrorCode::invalid_argument);
    EXPECT_EQ(open_policy(signed_by(1, policy), registry,
                          {.authors = {AuthorId{1}, AuthorId{2}}, .threshold = 2})
                  .error()
                  .code(),
              ErrorCode::verdict_invalid);
}

TEST_F(SignedPolicy, IsOfItsTypeAndUnchanged) {
    const std::string other = to_json(
        ok(supply::sign_envelope("text/plain", as_bytes(to_json(policy)), AuthorId{1}, key_of(1))));
    EXPECT_EQ(open_policy(other, registry, first).error().code(), ErrorCode::verdict_invalid);
    auto envelope = ok(sign_policy(policy, AuthorId{1}, key_of(1)));
    const std::string weaker = to_json(Requirement{1, policy.authors});
    envelope.payload.assign(weaker.begin(), weaker.end());
    EXPECT_EQ(open_policy(to_json(envelope), registry, first).error().code(),
              ErrorCode::verdict_invalid);
}

TEST_F(SignedPolicy, NamesNobodyWhomTheRegistryDoesNotKnow) {
    const Requirement strangers{1, {AuthorId{1}, AuthorId{7}}};
    EXPECT_EQ(open_policy(signed_by(1, strangers), registry, first).error().detail(),
              "signing_policy_unknown");
}

TEST_F(SignedPolicy, IsRefusedWhereItIsTooLongOrNoEnvelope) {
    EXPECT_EQ(open_policy(std::string(max_signing_policy_envelope + 1, ' '), registry, first)
                  .error()
                  .code(),
              ErrorCode::resource_exhausted);
    EXPECT_EQ(open_policy("{}", registry, first).error().code(), ErrorCode::invalid_format);
}

}  // namespace
}  // namespace aion::attest::test
