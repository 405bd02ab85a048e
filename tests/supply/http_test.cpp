// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/results.hpp"

namespace aion::supply {
namespace {

using test::code_of;
using test::ok;
using testing::HasSubstr;
using testing::Not;

TEST(HttpUrlTest, IsTakenApart) {
    const HttpUrl url = ok(http_url("https://Registry.Example:5000/v2/?a=b"));
    EXPECT_TRUE(url.is_secure);
    EXPECT_EQ(url.host, "registry.example");
    EXPECT_EQ(url.port, 5000);
    EXPECT_EQ(url.target, "/v2/?a=b");
    EXPECT_EQ(url.text(), "https://registry.example:5000/v2/?a=b");
    EXPECT_EQ(ok(http_url("HTTP://[::1]?q")).text(), "http://[::1]/?q");
    EXPECT_EQ(ok(http_url("https://a.example:443")).text(), "https://a.example/");
}

TEST(HttpUrlTest, IsRefusedWhereProgramsWouldDiffer) {
    for (const char* const text :
         {"", "ftp://a.example/", "https:/a.example", "https://", "https://:80/", "https://a:0/",
          "https://a:65536/", "https://a:80b/", "https://u:p@a.example/", "https://a.example/#f",
          "https://a.example/ b", "https://a.example/\r\nX: y", "https://a.example\\@b.example/",
          "https://[::1/", "https://[::1]x/", "https://[g::1]/", "https://a\xc3\xa4.example/",
          "https://a%2e.example/", "//a.example/"}) {
        EXPECT_EQ(code_of(http_url(text)), ErrorCode::transfer_failed) << text;
    }
    EXPECT_FALSE(http_url("https://a.example/" + std::string(max_url_size, 'a')));
}

TEST(HttpUrlTest, ErrorsShowNeitherUsersNorQueries) {
    for (const char* const text :
         {"https://alice:secret@a.example/", "ftp://a.example/?token=secret"}) {
        EXPECT_THAT(http_url(text).error().full_message(), Not(HasSubstr("secret"))) << text;
    }
    EXPECT_EQ(ok(http_url("https://a.example/b?secret")).shown(), "https://a.example/b");
}

TEST(HttpUrlTest, ReferencesAreResolved) {
    const HttpUrl base = ok(http_url("http://a.example:5000/v2/x/blobs?y=z"));
    const auto resolved = [&](std::string_view text) { return ok(http_url(base, text)).text(); };
    EXPECT_EQ(resolved("https://b.example/c"), "https://b.example/c");
    EXPECT_EQ(resolved("//b.example/c"), "http://b.example/c");
    EXPECT_EQ(resolved("/c?d=https://e"), "http://a.example:5000/c?d=https://e");
    EXPECT_EQ(resolved("c"), "http://a.example:5000/v2/x/c");
    EXPECT_EQ(resolved("?c"), "http://a.example:5000/v2/x/blobs?c");
    EXPECT_FALSE(http_url(base, "file:///etc/passwd"));
}

TEST(HttpUrlTest, KnowsThisMachine) {
    for (const char* const host : {"localhost", "127.0.0.1", "127.9.9.9", "[::1]"}) {
        EXPECT_TRUE(ok(http_url("http://" + std::string(host) + ":5000/")).is_loopback()) << host;
    }
    for (const char* const host : {"127.0.0.1.example", "localhost.example", "128.0.0.1"}) {
        EXPECT_FALSE(ok(http_url("http://" + std::string(host) + "/")).is_loopback()) << host;
    }
}

TEST(HttpResponseTest, HeadersAreFoundAndNumbersReadStrictly) {
    const HttpResponse response{
        .status = 200,
        .headers = {{"a", "1"}, {"a", "2"}, {"b", "-1"}, {"c", "1x"}, {"d", ""}},
        .body = {}};
    EXPECT_EQ(response.header("a"), "1");
    EXPECT_EQ(response.header("x"), std::nullopt);
    EXPECT_EQ(response.number("a"), 1);
    for (const char* const name : {"b", "c", "d", "x"}) {
        EXPECT_EQ(response.number(name), std::nullopt) << name;
    }
}

TEST(PercentEncoding, LeavesNothingThatMeansSomething) {
    EXPECT_EQ(percent_encoded("sha256:aZ9-._~/&=+% \xff"), "sha256%3AaZ9-._~%2F%26%3D%2B%25%20%FF");
}

}  // namespace
}  // namespace aion::supply
