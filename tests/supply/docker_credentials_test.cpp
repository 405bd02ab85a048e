// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "aion/base/files.hpp"
#include "aion/base/memory_env.hpp"
#include "aion/supply/registry_credentials.hpp"
#include "support/results.hpp"

namespace aion::supply {
namespace {

using test::ok;
using testing::HasSubstr;
using testing::Not;

class DockerCredentialsTest : public testing::Test {
  public:
    Result<std::optional<RegistryCredentials>> find(std::string_view config,
                                                    const std::string& registry) {
        const ByteView bytes = as_bytes(config);
        ok(write_file_atomically(env, "/config.json", {&bytes, 1}, {.replace = Replace::always}));
        return DockerCredentials(env, "/config.json",
                                 [this](const std::string& program, std::string_view input) {
                                     asked = program + " " + std::string(input);
                                     return Result<HelperAnswer>(helper);
                                 })
            .find(registry);
    }

    MemoryEnv env;
    HelperAnswer helper;
    std::string asked;
};

TEST_F(DockerCredentialsTest, WithoutAFileNobodyIsKnown) {
    EXPECT_EQ(ok(DockerCredentials(env, "/none.json", nullptr).find("a.example")), std::nullopt);
}

TEST_F(DockerCredentialsTest, TheFileItselfHasThem) {
    constexpr std::string_view config = R"({"auths":{
        "a.example":{"auth":"YWxpY2U6aHVudGVyOjI="},
        "https://b.example/v1/":{"username":"bob","password":"p"},
        "c.example:5000":{"identitytoken":"t"},
        "d.example":{},
        "https://index.docker.io/v1/":{"registrytoken":"r"}},"HttpHeaders":{"x":"y"}})";
    const auto alice = ok(find(config, "a.example"));
    EXPECT_EQ(alice->user, "alice");
    EXPECT_EQ(alice->password, "hunter:2");
    EXPECT_EQ(ok(find(config, "b.example"))->user, "bob");
    EXPECT_EQ(ok(find(config, "c.example:5000"))->identity_token, "t");
    EXPECT_EQ(ok(find(config, "docker.io"))->access_token, "r");
    for (const char* const none : {"c.example", "d.example", "xa.example", "example"}) {
        EXPECT_EQ(ok(find(config, none)), std::nullopt) << none;
    }
}

TEST_F(DockerCredentialsTest, HelpersComeFirst) {
    constexpr std::string_view config = R"({"credsStore":"all","credHelpers":{"a.example":"one"},
        "auths":{"a.example":{"auth":"YWxpY2U6cA=="}}})";
    helper = {.exit_code = 0, .output = R"({"ServerURL":"x","Username":"h","Secret":"s"})"};
    EXPECT_EQ(ok(find(config, "a.example"))->user, "h");
    EXPECT_EQ(asked, "docker-credential-one a.example");
    EXPECT_EQ(ok(find(config, "b.example"))->password, "s");
    EXPECT_EQ(asked, "docker-credential-all b.example");
    helper.output = R"({"Username":"<token>","Secret":"s"})";
    EXPECT_EQ(ok(find(config, "b.example"))->identity_token, "s");
    helper = {.exit_code = 1, .output = "credentials not found in native keychain\n"};
    EXPECT_EQ(ok(find(config, "a.example"))->user, "alice");
    EXPECT_EQ(ok(find(config, "b.example")), std::nullopt);
}

TEST_F(DockerCredentialsTest, WhatIsUnusableSaysSoWithoutTheSecret) {
    for (const char* const config :
         {R"({"auths":{"a.example":{"auth":"hunter2"}}})",
          R"({"auths":{"a.example":{"auth":"aHVudGVyMg=="}}})",
          R"({"auths":{"a.example":{"auth":["hunter2"]}}})", R"({"auths":["hunter2"]})", "hunter2",
          "[]", R"({"credsStore":"../hunter2"})", R"({"credsStore":"hunter2 x"})"}) {
        const auto found = find(config, "a.example");
        ASSERT_FALSE(found) << config;
        EXPECT_EQ(found.error().detail(), "registry_bad_credentials") << config;
        EXPECT_THAT(found.error().full_message(), Not(HasSubstr("hunter2"))) << config;
    }
    constexpr std::string_view config = R"({"credsStore":"s"})";
    for (const char* const output : {"hunter2", "{}", R"({"Username":"hunter2"})", "[]"}) {
        helper = {.exit_code = 0, .output = output};
        const auto found = find(config, "a.example");
        ASSERT_FALSE(found) << output;
        EXPECT_THAT(found.error().full_message(), Not(HasSubstr("hunter2"))) << output;
    }
    helper = {.exit_code = 3, .output = "hunter2"};
    EXPECT_THAT(find(config, "a.example").error().full_message(), HasSubstr("ended with 3"));
}

}  // namespace
}  // namespace aion::supply
