// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/append_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "aion/base/files.hpp"
#include "support/temporary_folder.hpp"
#include "tlog/small_log.hpp"

namespace aion::tlog::test {
namespace {

using supply::ServedAnswer;
using supply::ServedRequest;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

Bytes entry_of(const std::string& payload) {
    return make_entry(EntryKind::dsse_envelope, 1, as_bytes(payload));
}

ServedRequest post(const std::string& target, ByteView body,
                   std::vector<supply::HttpHeader> headers = {}) {
    return {.method = "POST",
            .target = target,
            .headers = std::move(headers),
            .body = std::string(as_text(body))};
}

ServedRequest adding(const std::string& payload) {
    return post("/add-entry", entry_of(payload));
}

class AppendServiceTest : public testing::Test {
  protected:
    AppendServiceTest() {
        ok(create_log(Env::system(), folder / "log", {&signer, 1}));
        open();
    }

    void open(AppendSettings settings = {}) {
        service.reset();
        writer.reset();
        writer = ok(LogWriter::open(Env::system(), folder / "log", {signer}));
        service = std::make_unique<AppendService>(
            Env::system(), *writer, std::move(settings),
            [this](const Error& error) { errors.push_back(error.full_message()); });
    }

    ServedAnswer ask(const ServedRequest& request) {
        return service->answer({&request, 1}).front();
    }

    ServedAnswer get(const std::string& target) { return ask({.method = "GET", .target = target}); }

    [[nodiscard]] std::uint64_t index_in(const ServedAnswer& answer) const {
        return ok(LogProof::parse(answer.body)).index;
    }

    [[nodiscard]] static std::string header(const ServedAnswer& answer, std::string_view name) {
        for (const supply::HttpHeader& each : answer.headers) {
            if (each.name == name) {
                return each.value;
            }
        }
        return "";
    }

    aion::test::TemporaryFolder folder;
    NoteSigner signer = signer_of(small_log_name, NoteKeyType::ed25519, logs_key);
    NoteSigner cosigner = signer_of(witness_name, NoteKeyType::ed25519_cosignature, witness_key);
    std::unique_ptr<LogWriter> writer;
    std::unique_ptr<AppendService> service;
    std::vector<std::string> errors;
};

TEST_F(AppendServiceTest, AnEntryIsAnsweredWithItsProof) {
    const ServedAnswer answer = ask(adding("one"));
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(header(answer, "Aion-Index"), "0");
    const LogProof proof = ok(LogProof::parse(answer.body));
    EXPECT_EQ(proof.extra, entry_of("one"));
    EXPECT_TRUE(verify_proof(proof, entry_of("one"), LogPolicy::of(signer.key())));
    // It is there for whoever reads the folder, too.
    EXPECT_EQ(ok(LogStore::open(Env::system(), folder / "log"))->size(), 1);
}

TEST_F(AppendServiceTest, RequestsThatComeTogetherAreOneAppend) {
    std::vector<ServedRequest> requests;
    for (int i = 0; i < 100; ++i) {
        requests.push_back(adding("entry " + std::to_string(i)));
    }
    const auto answers = service->answer(requests);
    ASSERT_EQ(answers.size(), 100);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        EXPECT_EQ(index_in(answers[i]), i);
        // One checkpoint commits to all of them.
        EXPECT_THAT(answers[i].body, HasSubstr(writer->log().note()));
    }
}

TEST_F(AppendServiceTest, TheSameEntryIsInTheLogOnce) {
    ASSERT_EQ(ask(adding("one")).status, 201);
    const std::vector<ServedRequest> requests = {adding("two"), adding("one"), adding("two")};
    const auto answers = service->answer(requests);
    EXPECT_EQ(answers[1].status, 200);
    EXPECT_EQ(index_in(answers[0]), 1);
    EXPECT_EQ(index_in(answers[1]), 0);
    EXPECT_EQ(index_in(answers[2]), 1);
    EXPECT_EQ(writer->log().size(), 2);
    open();
    EXPECT_EQ(ask(adding("two")).status, 200);
    EXPECT_EQ(writer->log().size(), 2);
}

TEST_F(AppendServiceTest, APayloadBecomesAnEntry) {
    const std::string payload = "a payload";
    ASSERT_EQ(ask(post("/add-entry", as_bytes(payload),
                       {{"aion-kind", "manifest_signature"}, {"aion-timestamp-version", "7"}}))
                  .status,
              201);
    EXPECT_EQ(ok(writer->log().entry(0)),
              make_entry(EntryKind::manifest_signature, 7, as_bytes(payload)));
    // A long one by its hash.
    const Bytes long_payload(max_entry_payload + 1, 'x');
    ASSERT_EQ(ask(post("/add-entry", long_payload, {{"aion-kind", "dsse_envelope"}})).status, 201);
    EXPECT_EQ(ok(writer->log().entry(1)).size(), entry_header_size + 32);
    for (const auto& headers : std::vector<std::vector<supply::HttpHeader>>{
             {{"aion-kind", "nonsense"}},
             {{"aion-kind", ""}},
             {{"aion-kind", "dsse_envelope"}, {"aion-kind", "dsse_envelope"}},
             {{"aion-timestamp-version", "1"}},
             {{"aion-kind", "dsse_envelope"}, {"aion-timestamp-version", "-1"}},
             {{"aion-kind", "dsse_envelope"}, {"aion-timestamp-version", "01"}},
             {{"aion-kind", "dsse_envelope"}, {"aion-timestamp-version", ""}},
             {{"aion-kind", "dsse_envelope"},
              {"aion-timestamp-version", "18446744073709551616"}}}) {
        EXPECT_EQ(ask(post("/add-entry", as_bytes(payload), headers)).status, 400);
    }
    EXPECT_EQ(writer->log().size(), 2);
}

TEST_F(AppendServiceTest, WhatIsNoEntrySpoilsNoOther) {
    const std::string nonsense = "nonsense that is long enough";
    const std::vector<ServedRequest> requests = {adding("one"),
                                                 post("/add-entry", {}),
                                                 post("/add-entry", as_bytes(nonsense)),
                                                 {.method = "GET", .target = "/add-entry"},
                                                 adding("two")};
    std::vector<int> statuses;
    for (const ServedAnswer& answer : service->answer(requests)) {
        statuses.push_back(answer.status);
    }
    EXPECT_THAT(statuses, ElementsAre(201, 400, 400, 405, 201));
    EXPECT_EQ(writer->log().size(), 2);
}

TEST_F(AppendServiceTest, MoreThanABatchIsToldToComeBackLater) {
    open({.max_batch = 2});
    const std::vector<ServedRequest> requests = {adding("1"), adding("2"), adding("3")};
    auto answers = service->answer(requests);
    EXPECT_EQ(answers[1].status, 201);
    EXPECT_EQ(answers[2].status, 503);
    EXPECT_EQ(header(answers[2], "Retry-After"), "1");
    open({.max_batch_size = 2 * entry_of("1").size()});
    answers = service->answer(requests);
    EXPECT_EQ(answers[1].status, 200);
    EXPECT_EQ(answers[2].status, 503);
    EXPECT_EQ(writer->log().size(), 2);
    EXPECT_EQ(service->max_body(adding("1")), max_entry_size);
    EXPECT_EQ(service->max_body(post("/add-entry", {}, {{"aion-kind", "x"}})), max_posted_payload);
    EXPECT_EQ(service->max_body(post("/elsewhere", {})), 0);
}

TEST_F(AppendServiceTest, ServesTheFilesOfTheLogAndNoOther) {
    std::vector<Bytes> entries;
    for (int i = 0; i < 300; ++i) {
        entries.push_back(entry_of(std::to_string(i)));
    }
    ok(writer->append(std::vector<ByteView>(entries.begin(), entries.end())));
    std::ofstream(folder / "log" / "secret") << "secret\n";
    EXPECT_EQ(get("/checkpoint").body, writer->log().note());
    EXPECT_EQ(get("/checkpoint?x").status, 200);
    EXPECT_EQ(get("/tile/0/000").body.size(), 8192);
    EXPECT_EQ(get("/tile/0/001.p/44").status, 200);
    EXPECT_EQ(get("/tile/entries/000").status, 200);
    EXPECT_EQ(get("/tile/0/000").content_type, "application/octet-stream");
    EXPECT_EQ(get("/keys/0").status, 200);
    for (const char* const nowhere :
         {"/", "", "/secret", "/../secret", "/tile/../secret", "/tile/0/../../secret",
          "//checkpoint", "/tile/0/002", "/tile/0/0", "/tile/9/000", "/tile/0/000/", "/keys/",
          "/keys/9", "/keys/../secret", "/keys/00", "/.aion/index", "/tile/0/%30%30%30",
          "/tile/entries/000.p/1", "checkpoint"}) {
        EXPECT_EQ(get(nowhere).status, 404) << nowhere;
    }
    EXPECT_EQ(ask({.method = "HEAD", .target = "/checkpoint"}).status, 200);
    EXPECT_EQ(ask(post("/checkpoint", {})).status, 405);
    EXPECT_TRUE(errors.empty());
}

TEST_F(AppendServiceTest, CosignaturesOfItsWitnessesAreTaken) {
    open({.witnesses = {cosigner.key()}});
    ASSERT_EQ(ask(adding("one")).status, 201);
    const Note own = ok(Note::parse(writer->log().note()));
    const auto cosigned = [&](const std::string& text, const std::vector<Signing>& by) {
        return ask(post("/add-signatures", as_bytes(signed_note(text, by)))).status;
    };
    EXPECT_EQ(cosigned(own.text, {{cosigner, 5}}), 200);
    EXPECT_EQ(ok(verify_note(ok(Note::parse(get("/checkpoint").body)), cosigner.key())).time, 5);
    EXPECT_TRUE(open_checkpoint(get("/checkpoint").body, signer.key()));
    // Neither of strangers, nor of another checkpoint, nor what is not genuine.
    const NoteSigner stranger = signer_of("stranger", NoteKeyType::ed25519_cosignature, 0x77);
    EXPECT_EQ(cosigned(own.text, {{stranger, 5}}), 403);
    EXPECT_EQ(cosigned(own.text, {{signer}}), 403);
    const Checkpoint other{.origin = small_log_name, .size = 9, .root = {}};
    const Note wrong{.text = own.text, .signatures = {ok(cosigner.sign(other.text(), 5))}};
    EXPECT_EQ(ask(post("/add-signatures", as_bytes(wrong.str()))).status, 403);
    EXPECT_EQ(cosigned(other.text(), {{cosigner, 5}}), 409);
    EXPECT_EQ(ask(post("/add-signatures", {})).status, 400);
    EXPECT_EQ(ask({.method = "GET", .target = "/add-signatures"}).status, 405);
    open();
    EXPECT_EQ(cosigned(own.text, {{cosigner, 5}}), 403);
}

TEST_F(AppendServiceTest, ALogThatFailsSaysSoToNobodyButWhoRunsIt) {
    ASSERT_EQ(ask(adding("one")).status, 201);
    std::filesystem::remove_all(folder / "log" / "tile");
    std::ofstream(folder / "log" / "tile") << "in the way\n";
    const ServedAnswer answer = ask(adding("two"));
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body, "the log failed\n");
    EXPECT_FALSE(errors.empty());
}

}  // namespace
}  // namespace aion::tlog::test
