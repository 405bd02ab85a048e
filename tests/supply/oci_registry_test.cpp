// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry that keeps to the specification, and many that do not.
#include "aion/supply/oci_registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "supply/registry_world.hpp"

namespace aion::supply {
namespace {

using aion::test::code_of;
using aion::test::ok;
using test::Answer;
using test::detail_of;
using test::password;
using test::Sent;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

using OciRegistry = test::RegistryWorld;

// --- What is there -------------------------------------------------------------------------------

TEST_F(OciRegistry, WhatIsWrittenIsRead) {
    const auto store = open();
    const std::string content = "the content of a blob";
    const OciDescriptor blob = describe_bytes("text/plain", content);
    EXPECT_FALSE(ok(store->has(blob)));
    BytesSource source(content);
    ok(store->write_blob(blob, source));
    EXPECT_TRUE(ok(store->has(blob)));
    EXPECT_EQ(read(*store, blob), content);
    const OciDescriptor written = store_manifest(*store, manifest_of(blob), "v1");
    const OciDescriptor found = ok(store->resolve("v1"));
    EXPECT_EQ(found.digest, written.digest);
    EXPECT_EQ(found.size, written.size);
    EXPECT_EQ(ok(store->read_document(found)), to_json(manifest_of(blob)));
    EXPECT_EQ(ok(store->resolve(written.digest.text())).digest, written.digest);
}

TEST_F(OciRegistry, WhatIsThereIsNotUploadedAgain) {
    const OciDescriptor blob = stored("there");
    BytesSource source("there");
    ok(open()->write_blob(blob, source));
    EXPECT_THAT(network.lines(), ElementsAre("HEAD /v2/team/model/blobs/" + blob.digest.text()));
}

TEST_F(OciRegistry, WhatIsNotThereSaysSo) {
    const auto store = open();
    const auto missing = store->resolve("v9");
    EXPECT_EQ(code_of(missing), ErrorCode::file_not_found);
    EXPECT_THAT(missing.error().message(), HasSubstr("registry.example/team/model:v9"));
    EXPECT_EQ(code_of(reading(describe_bytes("text/plain", "nowhere"))), ErrorCode::file_not_found);
    EXPECT_EQ(code_of(store->resolve("")), ErrorCode::invalid_argument);
}

TEST_F(OciRegistry, HttpIsForThisMachineOnly) {
    ok(open("registry.example")->has(describe_bytes("text/plain", "a")));
    ok(open("localhost:5000")->has(describe_bytes("text/plain", "a")));
    ok(open("127.0.0.1:5000", RegistryScheme::https)->has(describe_bytes("text/plain", "a")));
    ok(open("registry.example", RegistryScheme::http)->has(describe_bytes("text/plain", "a")));
    std::string schemes;
    for (const Sent& sent : network.log) {
        schemes += sent.url.is_secure ? 's' : '-';
    }
    EXPECT_EQ(schemes, "s-s-");
}

// --- Lies ----------------------------------------------------------------------------------------

TEST_F(OciRegistry, OtherContentIsRefused) {
    const OciDescriptor blob = stored("0123456789");
    registry.blobs[blob.digest.text()] = "0123456780";
    EXPECT_EQ(detail_of(reading(blob)), "oci_other_digest");
    registry.blobs[blob.digest.text()] = "01234567890";
    EXPECT_EQ(detail_of(reading(blob)), "registry_bad_answer") << "it says how long it is";
}

TEST_F(OciRegistry, ContentWithoutEndIsCutOff) {
    const OciDescriptor blob = stored("0123456789");
    network.answer = [](const Sent&) { return Answer{.body = std::string(100'000, '0')}; };
    EXPECT_EQ(detail_of(reading(blob)), "oci_other_size");
    network.answer = [](const Sent&) { return Answer{.body = "0123"}; };
    EXPECT_EQ(detail_of(reading(blob)), "oci_other_size");
}

TEST_F(OciRegistry, AnotherPartThanAskedForIsRefused) {
    const OciDescriptor blob = stored("0123456789");
    for (const char* const range : {"", "bytes 0-9/10", "bytes 4-8/10", "bytes 4-9/11", "x"}) {
        bool breaks = true;
        network.answer = [&](const Sent&) -> Result<Answer> {
            if (std::exchange(breaks, false)) {
                return Answer{.body = "0123456789", .breaks_after = 4};
            }
            return Answer{.status = 206, .headers = {{"content-range", range}}, .body = "456789"};
        };
        EXPECT_EQ(detail_of(reading(blob)), "registry_bad_answer") << range;
    }
}

TEST_F(OciRegistry, AFalseDigestOfAManifestIsRefused) {
    const std::string text = to_json(manifest_of(stored("a")));
    const std::string other = OciDigest::of_bytes(as_bytes("other")).text();
    std::string said = other;
    network.answer = [&](const Sent&) {
        return Answer{.headers = {{"content-type", std::string(oci_manifest_type)},
                                  {"docker-content-digest", said}},
                      .body = text};
    };
    EXPECT_EQ(detail_of(open()->resolve("v1")), "registry_other_digest");
    said = "sha256:x";
    EXPECT_EQ(detail_of(open()->resolve("v1")), "registry_other_digest");
    said = OciDigest::of_bytes(as_bytes(text)).text();
    EXPECT_TRUE(open()->resolve("v1"));
    EXPECT_EQ(detail_of(open()->resolve(other)), "oci_other_digest");
}

TEST_F(OciRegistry, WhatIsNoManifestIsRefused) {
    network.answer = [](const Sent&) {
        return Answer{.headers = {{"content-type", "text/html"}}, .body = "<html>"};
    };
    EXPECT_EQ(detail_of(open()->resolve("v1")), "registry_bad_answer");
    network.answer = [](const Sent&) {
        return Answer{.headers = {{"content-type", std::string(oci_manifest_type)}},
                      .body = std::string(max_oci_document + 1, ' ')};
    };
    EXPECT_EQ(detail_of(open()->resolve("v1")), "http_too_long");
}

TEST_F(OciRegistry, ABlobOfAnotherSizeIsNotTheOne) {
    const OciDescriptor blob = stored("0123456789");
    registry.blobs[blob.digest.text()] = "0123";
    EXPECT_EQ(detail_of(open()->has(blob)), "registry_bad_answer");
}

TEST_F(OciRegistry, AnUploadWithoutAPlaceIsRefused) {
    const OciDescriptor blob = describe_bytes("text/plain", "a");
    BytesSource source("a");
    network.answer = [](const Sent& sent) {
        return Answer{.status = sent.method == "HEAD" ? 404 : 202};
    };
    EXPECT_EQ(detail_of(open()->write_blob(blob, source)), "registry_bad_answer");
    network.answer = [](const Sent& sent) {
        return Answer{.status = sent.method == "HEAD" ? 404 : 202,
                      .headers = {{"location", "http://registry.example/upload"}}};
    };
    EXPECT_EQ(detail_of(open()->write_blob(blob, source)), "registry_plain_http");
    EXPECT_EQ(network.log.back().method, "POST") << "nothing of it is sent";
}

TEST_F(OciRegistry, WhatARegistrySaysOfItsRefusalIsShownInPart) {
    network.answer = [](const Sent&) {
        return Answer{.status = 400,
                      .body = R"({"errors":[{"code":"NAME_INVALID","message":"you sent hunter2"},)"
                              R"({"code":"hunter2"}]})"};
    };
    const auto refused = open()->has(describe_bytes("text/plain", "a"));
    EXPECT_EQ(detail_of(refused), "registry_refused");
    EXPECT_THAT(refused.error().full_message(), HasSubstr("400 NAME_INVALID"));
    EXPECT_THAT(refused.error().full_message(), Not(HasSubstr("hunter2")));
}

// --- Redirects -----------------------------------------------------------------------------------

Answer redirect(std::string to) {
    return {.status = 307, .headers = {{"location", std::move(to)}}};
}

TEST_F(OciRegistry, ARedirectIsFollowedWithoutCredentials) {
    const OciDescriptor blob = stored("0123456789");
    network.answer = [&](const Sent& sent) -> Result<Answer> {
        if (sent.url.host == "storage.example") {
            return Answer{.body = "0123456789"};
        }
        if (sent.header("Authorization").empty()) {
            return Answer{.status = 401, .headers = {{"www-authenticate", "Basic realm=\"r\""}}};
        }
        return redirect("https://storage.example/0123?signature=secret");
    };
    EXPECT_EQ(read(*open(), blob), "0123456789");
    ASSERT_THAT(network.log, SizeIs(3));
    EXPECT_EQ(network.log[1].header("Authorization"), "Basic YWxpY2U6Y29ycmVjdC1ob3JzZQ==");
    EXPECT_EQ(network.log[2].header("Authorization"), "");
}

TEST_F(OciRegistry, SomePlacesAreNotGoneTo) {
    const OciDescriptor blob = stored("0123456789");
    for (const char* const to :
         {"http://registry.example/a", "http://storage.example/a", "https://127.0.0.1/a",
          "https://localhost:8443/a", "https://[::1]/a", "file:///etc/passwd",
          "https://u:p@storage.example/", "ftp://storage.example/"}) {
        network.answer = [&](const Sent&) { return redirect(to); };
        network.log.clear();
        EXPECT_EQ(code_of(reading(blob)), ErrorCode::transfer_failed) << to;
        EXPECT_THAT(network.log, SizeIs(1)) << to;
    }
    network.answer = [&](const Sent&) { return Answer{.status = 302}; };
    EXPECT_EQ(detail_of(reading(blob)), "http_bad_redirect");
    // From this machine elsewhere, too, only with encryption.
    network.answer = [&](const Sent&) { return redirect("http://storage.example/a"); };
    EXPECT_EQ(detail_of(reading(blob, "localhost:5000")), "registry_plain_http");
}

TEST_F(OciRegistry, RedirectsEnd) {
    const OciDescriptor blob = stored("0123456789");
    network.answer = [&](const Sent&) { return redirect("https://registry.example/again"); };
    EXPECT_EQ(detail_of(reading(blob)), "http_bad_redirect");
    EXPECT_THAT(network.log, SizeIs(max_redirects + 1));
}

TEST_F(OciRegistry, UploadsAreNotSentElsewhere) {
    const OciDescriptor blob = describe_bytes("text/plain", "a");
    BytesSource source("a");
    network.answer = [](const Sent& sent) {
        return sent.method == "HEAD" ? Answer{.status = 404} : redirect("https://b.example/");
    };
    EXPECT_EQ(detail_of(open()->write_blob(blob, source)), "http_bad_redirect");
}

// --- Credentials ---------------------------------------------------------------------------------

Answer challenge(const std::string& header) {
    return {.status = 401, .headers = {{"www-authenticate", header}}};
}

TEST_F(OciRegistry, ATokenIsFetchedOnceForAScope) {
    const OciDescriptor blob = stored("a");
    network.answer = [&](const Sent& sent) -> Result<Answer> {
        if (sent.url.host == "auth.example") {
            return Answer{.body = R"({"token":"t0ken"})"};
        }
        if (sent.header("Authorization") != "Bearer t0ken") {
            return challenge(R"(Bearer realm="https://auth.example/t?x=y",service="r s",)"
                             R"(scope="repository:team/model:pull")");
        }
        return registry.answer(sent);
    };
    const auto store = open();
    EXPECT_TRUE(ok(store->has(blob)));
    EXPECT_TRUE(ok(store->has(blob)));
    EXPECT_EQ(network.log[1].line(),
              "GET /t?x=y&service=r%20s&scope=repository%3Ateam%2Fmodel%3Apull");
    EXPECT_EQ(network.log[1].header("Authorization"), "Basic YWxpY2U6Y29ycmVjdC1ob3JzZQ==");
    EXPECT_THAT(network.log, SizeIs(4));
}

TEST_F(OciRegistry, AnIdentityTokenIsExchanged) {
    user.known = {.user = {}, .password = {}, .identity_token = "ident/1", .access_token = {}};
    network.answer = [&](const Sent& sent) -> Result<Answer> {
        if (sent.url.host == "auth.example") {
            return Answer{.body = R"({"access_token":"t0ken"})"};
        }
        return sent.header("Authorization") == "Bearer t0ken"
                   ? registry.answer(sent)
                   : challenge(R"(Bearer realm="https://auth.example/t",service="r")");
    };
    EXPECT_FALSE(ok(open()->has(describe_bytes("text/plain", "a"))));
    EXPECT_EQ(network.log[1].line(), "POST /t");
    EXPECT_EQ(network.log[1].body,
              "grant_type=refresh_token&client_id=aion&service=r&refresh_token=ident%2F1");
}

TEST_F(OciRegistry, WhoIsRefusedIsToldOnceAndNotWhatWasSent) {
    network.answer = [&](const Sent&) { return challenge("Basic realm=\"correct-horse\""); };
    const auto refused = open()->has(describe_bytes("text/plain", "a"));
    EXPECT_EQ(detail_of(refused), "registry_denied");
    EXPECT_THAT(network.log, SizeIs(2));
    EXPECT_THAT(refused.error().full_message(), Not(HasSubstr(password)));
}

TEST_F(OciRegistry, SomeQuestionsAreNotAnswered) {
    for (const char* const asked :
         {R"(Bearer realm="http://auth.example/t")", R"(Bearer realm="https://127.0.0.1/t")",
          R"(Bearer realm="http://registry.example/t")", R"(Bearer realm="file:///t")",
          R"(Bearer service="r")", R"(Bearer realm="https://a)",
          R"(Bearer realm="https://u:p@auth.example/")"}) {
        network.answer = [&](const Sent&) { return challenge(asked); };
        network.log.clear();
        EXPECT_EQ(detail_of(open()->has(describe_bytes("text/plain", "a"))),
                  "registry_bad_challenge")
            << asked;
        EXPECT_THAT(network.log, SizeIs(1)) << asked;
    }
    network.answer = [&](const Sent&) { return challenge("Negotiate"); };
    EXPECT_EQ(detail_of(open()->has(describe_bytes("text/plain", "a"))), "registry_denied");
}

TEST_F(OciRegistry, OnThisMachineTheTokenServerMayBeHereToo) {
    network.answer = [&](const Sent& sent) -> Result<Answer> {
        if (sent.url.port == 6000) {
            return Answer{.body = R"({"token":"t0ken"})"};
        }
        return sent.header("Authorization").empty()
                   ? challenge(R"(Bearer realm="http://127.0.0.1:6000/t")")
                   : registry.answer(sent);
    };
    EXPECT_FALSE(ok(open("localhost:5000")->has(describe_bytes("text/plain", "a"))));
}

TEST_F(OciRegistry, ATokenThatCouldBeginAHeaderIsRefused) {
    for (const char* const body :
         {R"({"token":"a\r\nX: y"})", R"({"token":""})", "{}", "[]", "x", R"({"token":"a b"})"}) {
        network.answer = [&](const Sent& sent) -> Result<Answer> {
            return sent.url.host == "auth.example"
                       ? Answer{.body = body}
                       : challenge(R"(Bearer realm="https://auth.example/t")");
        };
        EXPECT_EQ(detail_of(open()->has(describe_bytes("text/plain", "a"))),
                  "registry_bad_challenge")
            << body;
    }
}

// --- Referrers -----------------------------------------------------------------------------------

TEST_F(OciRegistry, ReferrersAreFoundByTheApi) {
    const auto store = open();
    const OciDescriptor subject = store_manifest(*store, manifest_of(stored("a")), "v1");
    const OciDescriptor about =
        store_manifest(*store, make_referrer("text/x-note", stored("note"), subject));
    const auto found = ok(store->referrers(subject, "text/x-note"));
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found.front().digest, about.digest);
    EXPECT_THAT(ok(store->referrers(subject, "text/x-other")), SizeIs(0));
    EXPECT_THAT(network.lines(),
                testing::Contains("GET /v2/team/model/referrers/" + subject.digest.text() +
                                  "?artifactType=text%2Fx-note"));
}

TEST_F(OciRegistry, WithoutTheApiThereIsATag) {
    registry.has_referrers_api = false;
    const auto store = open();
    const OciDescriptor subject = store_manifest(*store, manifest_of(stored("a")), "v1");
    EXPECT_THAT(ok(store->referrers(subject)), SizeIs(0));
    OciManifest note = make_referrer("text/x-note", stored("note"), subject, {{"k", "v"}});
    const OciDescriptor about = store_manifest(*store, note);
    store_manifest(*store, note);
    store_manifest(*store, make_referrer("text/x-more", stored("more"), subject));
    const auto found = ok(store->referrers(subject));
    ASSERT_THAT(found, SizeIs(2)) << "the same twice is once";
    EXPECT_EQ(found.front().digest, about.digest);
    EXPECT_EQ(found.front().artifact_type, "text/x-note");
    EXPECT_EQ(found.front().annotations, (OciAnnotations{{"k", "v"}}));
    EXPECT_EQ(registry.manifests.count("sha256-" + std::string(subject.digest.hex())), 1);
}

TEST_F(OciRegistry, AnotherClientThatWritesTheTagAtTheSameTimeLosesNothing) {
    registry.has_referrers_api = false;
    const auto store = open();
    const OciDescriptor subject = store_manifest(*store, manifest_of(stored("a")), "v1");
    const std::string tag = "sha256-" + std::string(subject.digest.hex());
    const OciDescriptor others = describe_bytes(oci_manifest_type, "another's");
    bool interferes = true;
    network.answer = [&](const Sent& sent) -> Result<Answer> {
        Answer answer = *registry.answer(sent);
        if (sent.method == "PUT" && sent.url.target.ends_with(tag) &&
            std::exchange(interferes, false)) {
            registry.manifests[tag].second = to_json(OciIndex{.manifests = {others}});
        }
        return answer;
    };
    store_manifest(*store, make_referrer("text/x-note", stored("note"), subject));
    EXPECT_THAT(ok(store->referrers(subject)), SizeIs(2));
}

TEST_F(OciRegistry, PagesAreTurnedOnTheSameRegistryAndEnd) {
    const OciDescriptor subject = describe_bytes(oci_manifest_type, "{}");
    unsigned page = 0;
    unsigned last = 3;
    std::string next = "/v2/team/model/referrers/x?page=";
    network.answer = [&](const Sent&) {
        ++page;
        const OciDescriptor each = describe_bytes(oci_manifest_type, std::to_string(page));
        const std::string link = "<" + next + std::to_string(page) + ">; rel=\"next\"";
        return Answer{.headers = {{"content-type", std::string(oci_index_type)},
                                  {"link", page == last ? "" : link}},
                      .body = to_json(OciIndex{.manifests = {each}})};
    };
    EXPECT_THAT(ok(open()->referrers(subject)), SizeIs(3));
    last = 0;
    EXPECT_EQ(detail_of(open()->referrers(subject)), "registry_no_end");
    EXPECT_EQ(page, 3 + max_registry_pages);
    network.answer = [&](const Sent& sent) {
        return Answer{.headers = {{"content-type", std::string(oci_index_type)},
                                  {"link", "<" + sent.url.target + ">; rel=\"next\""}},
                      .body = to_json(OciIndex())};
    };
    EXPECT_EQ(detail_of(open()->referrers(subject)), "registry_no_end") << "the same page again";
    network.answer = [&](const Sent&) {
        return Answer{.headers = {{"content-type", std::string(oci_index_type)},
                                  {"link", "<https://elsewhere.example/page>; rel=\"next\""}},
                      .body = to_json(OciIndex())};
    };
    EXPECT_EQ(detail_of(open()->referrers(subject)), "http_bad_redirect");
}

TEST_F(OciRegistry, TagsAreListed) {
    network.answer = [&](const Sent& sent) {
        const bool is_first = sent.url.target == "/v2/team/model/tags/list";
        return Answer{.headers = {{"content-type", "application/json; charset=utf-8"},
                                  {"link", is_first ? "</v2/team/model/tags/list?last=b>; "
                                                      "rel=\"next\""
                                                    : ""}},
                      .body = is_first ? R"({"name":"x","tags":["a","b","not/a tag"]})"
                                       : R"({"name":"x","tags":["c"]})"};
    };
    EXPECT_THAT(ok(open()->tags()), ElementsAre("a", "b", "c"));
    network.answer = [](const Sent&) { return Answer{.status = 404}; };
    EXPECT_EQ(detail_of(open()->tags()), "registry_not_found");
}

}  // namespace
}  // namespace aion::supply
