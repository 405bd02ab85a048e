// SPDX-License-Identifier: MIT OR Apache-2.0
// Registries that are busy and connections that break.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "supply/registry_world.hpp"

namespace aion::supply {
namespace {

using aion::test::code_of;
using aion::test::ok;
using test::Answer;
using test::detail_of;
using test::Sent;
using testing::ElementsAre;
using testing::SizeIs;

using RegistryBlobs = test::RegistryWorld;

TEST_F(RegistryBlobs, ABusyRegistryIsAskedAgainAndNotForEver) {
    unsigned busy = 2;
    network.answer = [&](const Sent& sent) -> Result<Answer> {
        if (busy > 0) {
            --busy;
            return Answer{.status = 429, .headers = {{"retry-after", "3"}}};
        }
        return registry.answer(sent);
    };
    const OciDescriptor blob = stored("there");
    EXPECT_TRUE(ok(open()->has(blob)));
    EXPECT_GE(network.waited_ms, 6000);
    busy = 1000;
    network.log.clear();
    EXPECT_EQ(detail_of(open()->has(blob)), "registry_refused");
    EXPECT_THAT(network.log, SizeIs(max_registry_tries));
    network.answer = [](const Sent&) -> Result<Answer> {
        return Answer{.status = 503, .headers = {{"retry-after", "86400"}}};
    };
    network.log.clear();
    EXPECT_EQ(detail_of(open()->has(blob)), "registry_refused");
    EXPECT_THAT(network.log, SizeIs(1)) << "nobody waits a day";
}

TEST_F(RegistryBlobs, ADownloadGoesOnWhereItBrokeOff) {
    const std::string content = "0123456789";
    const OciDescriptor blob = stored(content);
    std::vector<std::string> ranges;
    network.answer = [&](const Sent& sent) -> Result<Answer> {
        ranges.push_back(sent.header("Range"));
        Answer answer = *registry.answer(sent);
        if (ranges.size() < 4) {
            answer.breaks_after = 2;
        }
        return answer;
    };
    EXPECT_EQ(read(*open(), blob), content);
    EXPECT_THAT(ranges, ElementsAre("", "bytes=2-9", "bytes=4-9", "bytes=6-9"));
}

TEST_F(RegistryBlobs, ARegistryWithoutRangesSendsAllOfItAgain) {
    const std::string content = "0123456789";
    const OciDescriptor blob = stored(content);
    bool breaks = true;
    network.answer = [&](const Sent& sent) -> Result<Answer> {
        Sent whole = sent;
        whole.headers.clear();
        Answer answer = *registry.answer(whole);
        if (std::exchange(breaks, false)) {
            answer.breaks_after = 4;
        }
        return answer;
    };
    EXPECT_EQ(read(*open(), blob), content);
}

TEST_F(RegistryBlobs, ADownloadThatGetsNowhereEnds) {
    const OciDescriptor blob = stored("0123456789");
    network.answer = [&](const Sent& sent) -> Result<Answer> {
        Answer answer = *registry.answer(sent);
        answer.breaks_after = 0;
        return answer;
    };
    EXPECT_EQ(detail_of(reading(blob)), "http_broken_off");
    EXPECT_THAT(network.log, SizeIs(max_registry_tries));
}

TEST_F(RegistryBlobs, WhatTheSinkSaysEndsIt) {
    const OciDescriptor blob = stored("0123456789");
    const auto stopped =
        open()->read_blob(blob, [](ByteView) -> Result<> { return fail(test::broken_off()); });
    EXPECT_EQ(detail_of(stopped), "http_broken_off");
    EXPECT_THAT(network.log, SizeIs(1)) << "that the sink refuses is no break";
}

TEST_F(RegistryBlobs, AnUploadGoesOnWhereItBrokeOff) {
    const std::string content(resumable_upload_size + 5, 'x');
    const OciDescriptor blob = describe_bytes("text/plain", content);
    network.breaks_upload_after = 1000;
    BytesSource source(content);
    ok(open()->write_blob(blob, source));
    EXPECT_EQ(registry.blobs[blob.digest.text()], content);
    std::vector<std::string> ranges;
    for (const Sent& sent : network.log) {
        if (sent.method == "PATCH") {
            ranges.push_back(sent.header("Content-Range"));
        }
    }
    EXPECT_THAT(ranges, ElementsAre("0-67108868", "1000-67108868"));
}

TEST_F(RegistryBlobs, AnUploadThatIsForgottenBeginsAnew) {
    const std::string content(resumable_upload_size, 'x');
    const OciDescriptor blob = describe_bytes("text/plain", content);
    network.breaks_upload_after = 1000;
    network.answer = [&](const Sent& sent) -> Result<Answer> {
        if (sent.method == "GET") {
            return Answer{.status = 404};
        }
        return registry.answer(sent);
    };
    BytesSource source(content);
    ok(open()->write_blob(blob, source));
    EXPECT_EQ(registry.blobs[blob.digest.text()].size(), content.size());
    EXPECT_EQ(network.count("POST /v2/team/model/blobs/uploads/"), 2);
}

TEST_F(RegistryBlobs, ARegistryThatTakesOnlyWholeBlobsGetsThem) {
    const std::string content(resumable_upload_size, 'x');
    const OciDescriptor blob = describe_bytes("text/plain", content);
    network.answer = [&](const Sent& sent) -> Result<Answer> {
        return sent.method == "PATCH" ? Answer{.status = 405} : registry.answer(sent);
    };
    BytesSource source(content);
    ok(open()->write_blob(blob, source));
    EXPECT_EQ(registry.blobs.count(blob.digest.text()), 1);
}

TEST_F(RegistryBlobs, ASmallUploadThatBreaksOffIsDoneAgain) {
    network.breaks_upload_after = 3;
    BytesSource source("0123456789");
    const OciDescriptor blob = describe_bytes("text/plain", "0123456789");
    ok(open()->write_blob(blob, source));
    EXPECT_EQ(registry.blobs[blob.digest.text()], "0123456789");
}

TEST_F(RegistryBlobs, ASourceThatIsSomethingElseIsNotTriedAgain) {
    const OciDescriptor blob = describe_bytes("text/plain", "0123456789");
    BytesSource other("0123456780");
    EXPECT_EQ(code_of(open()->write_blob(blob, other)), ErrorCode::invalid_format);
    EXPECT_EQ(network.count("POST /v2/team/model/blobs/uploads/"), 1);
    EXPECT_EQ(registry.blobs.count(blob.digest.text()), 0);
}

}  // namespace
}  // namespace aion::supply
