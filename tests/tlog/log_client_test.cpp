// SPDX-License-Identifier: MIT OR Apache-2.0
// A log and witnesses behind a network of functions.
#include "aion/tlog/log_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tlog/small_log.hpp"

namespace aion::tlog::test {
namespace {

using supply::HttpRequest;
using supply::HttpResponse;
using testing::ElementsAre;
using testing::HasSubstr;

// What is asked, and what is answered.
class Network final : public supply::HttpClient {
  public:
    std::function<HttpResponse(const std::string& line, const std::string& body)> answer;
    std::vector<std::string> lines;
    std::vector<std::uint64_t> bounds;
    std::uint64_t waited_ms = 0;

    Result<HttpResponse> send(const HttpRequest& request) override {
        std::string body;
        if (request.body) {
            ok(request.body->give([&](ByteView piece) -> Result<> {
                body += as_text(piece);
                return {};
            }));
            EXPECT_EQ(body.size(), request.body->size);
        }
        lines.push_back(std::string(name_of(request.method)) + " " + request.url.text());
        bounds.push_back(request.max_body);
        HttpResponse response = answer(lines.back(), body);
        if (response.body.size() > request.max_body) {
            return fail(supply::too_long_error("host", request.max_body, "content"));
        }
        return response;
    }

    Result<> wait(std::uint32_t milliseconds) override {
        waited_ms += milliseconds;
        return {};
    }
};

HttpResponse text(int status, std::string_view body) {
    return {.status = status, .headers = {}, .body = Bytes(body.begin(), body.end())};
}

class LogClientTest : public testing::Test {
  protected:
    LogClientTest() {
        network.answer = [this](const std::string& line, const std::string& body) {
            return serve(line, body);
        };
    }

    // As a log does.
    HttpResponse serve(const std::string& line, const std::string& /*body*/) {
        const std::string start = "GET http://log.example/a/";
        if (line == start + "checkpoint") {
            return text(200, log.note());
        }
        const auto name = TileName::parse(line.substr(start.size()));
        const auto tile = name ? log.tile(*name) : Result<Bytes>(fail(invalid_format("none")));
        return tile ? text(200, as_text(*tile)) : text(404, "no such file\n");
    }

    Network network;
    SmallLog log{20};
    LogClient client{network, ok(supply::http_url("http://log.example/a?b"))};
};

TEST_F(LogClientTest, ReadsALogThatIsFiles) {
    EXPECT_EQ(ok(client.checkpoint()), log.note());
    TileTree tree(client.tiles(), 20, log.tree.root());
    EXPECT_EQ(ok(tree.entry(7)), log.entries[7]);
    EXPECT_EQ(ok(tree.consistency_path(3, 20)), ok(log.tree.consistency_path(3, 20)));
    EXPECT_THAT(network.lines,
                testing::IsSupersetOf({"GET http://log.example/a/checkpoint",
                                       "GET http://log.example/a/tile/0/000.p/20",
                                       "GET http://log.example/a/tile/entries/000.p/20"}));
    EXPECT_EQ(client.shown(), "http://log.example/a");
}

TEST_F(LogClientTest, NoAnswerMayBeLongerThanWhatItIs) {
    network.answer = [](const std::string&, const std::string&) {
        return text(200, std::string(17U << 20U, 'x'));
    };
    EXPECT_EQ(detail_of(client.checkpoint()), "http_too_long");
    EXPECT_EQ(detail_of(client.tiles().tile({.level = 0})), "http_too_long");
    EXPECT_EQ(detail_of(client.tiles().tile({})), "http_too_long");
    EXPECT_EQ(detail_of(client.append(log.entries[0])), "http_too_long");
    EXPECT_THAT(network.bounds, ElementsAre(max_note_size, 8192, max_bundle_size, max_proof_size));
}

TEST_F(LogClientTest, APartialTileThatIsGoneIsLookedForInTheFullOne) {
    network.answer = [](const std::string& line, const std::string&) {
        return line.ends_with(".p/20") ? text(404, "") : text(200, "full");
    };
    EXPECT_EQ(as_text(ok(client.tiles().tile({.level = 1, .index = 0, .width = 20}))), "full");
    EXPECT_EQ(network.lines.back(), "GET http://log.example/a/tile/1/000");
}

TEST_F(LogClientTest, TilesOfAnotherLogAreNamed) {
    SmallLog other(19);
    other.append("another");
    log.other_tiles["tile/0/000.p/20"] = ok(other.tile({.level = 0, .index = 0, .width = 20}));
    TileTree tree(client.tiles(), 20, log.tree.root());
    const auto leaf = tree.leaf(3);
    EXPECT_EQ(detail_of(leaf), "tile_other_content");
    EXPECT_THAT(refusal(leaf), HasSubstr("tile/0/000.p/20"));
    log.other_tiles["tile/0/000.p/20"] = Bytes(32, 1);
    EXPECT_EQ(detail_of(TileTree(client.tiles(), 20, log.tree.root()).leaf(3)), "tile_bad_size");
}

TEST_F(LogClientTest, WhatIsNotThereOrRefusedIsNamed) {
    network.answer = [](const std::string&, const std::string&) { return text(404, "no\n"); };
    EXPECT_EQ(detail_of(client.checkpoint()), "service_not_found");
    EXPECT_EQ(detail_of(client.tiles().tile({})), "service_not_found");
    network.answer = [](const std::string&, const std::string&) {
        return text(500, "\x1b[31mred\nmore");
    };
    EXPECT_EQ(detail_of(client.checkpoint()), "service_refused");
    EXPECT_THAT(refusal(client.checkpoint()), HasSubstr("answers 500: \\x1b[31mred"));
}

TEST_F(LogClientTest, ComesBackLaterButNotForEver) {
    int busy = 2;
    network.answer = [&](const std::string& line, const std::string& body) {
        HttpResponse response = busy-- > 0 ? text(503, "") : serve(line, body);
        response.headers.push_back({"retry-after", "3"});
        return response;
    };
    EXPECT_EQ(ok(client.checkpoint()), log.note());
    EXPECT_EQ(network.waited_ms, 6'000);
    busy = 100;
    EXPECT_EQ(detail_of(client.checkpoint()), "service_busy");
    EXPECT_EQ(network.lines.size(), 7);
    network.answer = [](const std::string&, const std::string&) {
        HttpResponse response = text(503, "");
        response.headers.push_back({"retry-after", "100000"});
        return response;
    };
    network.waited_ms = 0;
    EXPECT_FALSE(client.checkpoint());
    EXPECT_EQ(network.waited_ms, 30'000);
}

TEST_F(LogClientTest, AnEntryIsSentAndItsProofLookedAt) {
    const Bytes entry = make_entry(EntryKind::dsse_envelope, 5, as_bytes(std::string_view("new")));
    int status = 201;
    network.answer = [&](const std::string& line, const std::string& body) {
        EXPECT_EQ(line, "POST http://log.example/a/add-entry");
        EXPECT_EQ(body, as_text(entry));
        if (log.entries.back() != entry) {
            log.append(entry);
        }
        LogProof proof{.extra = {},
                       .index = 20,
                       .path = ok(log.tree.inclusion_path(20, 21)),
                       .checkpoint = log.note()};
        proof.extra = entry;
        return text(status, proof.str());
    };
    const LoggedEntry logged = ok(client.append(entry));
    EXPECT_EQ(logged.index, 20);
    EXPECT_TRUE(logged.is_new);
    EXPECT_TRUE(verify_proof(logged.proof, entry, LogPolicy::of(log.key())));
    status = 200;
    EXPECT_FALSE(ok(client.append(entry)).is_new);
    status = 400;
    EXPECT_EQ(detail_of(client.append(entry)), "service_refused");
}

TEST_F(LogClientTest, AProofOfSomethingElseIsNone) {
    network.answer = [&](const std::string&, const std::string&) {
        const LogProof proof{.extra = {},
                             .index = 3,
                             .path = ok(log.tree.inclusion_path(3, 20)),
                             .checkpoint = log.note()};
        return text(200, proof.str());
    };
    EXPECT_TRUE(client.append(log.entries[3]));
    EXPECT_EQ(detail_of(client.append(log.entries[4])), "service_other_entry");
    network.answer = [](const std::string&, const std::string&) { return text(200, "OK\n"); };
    EXPECT_EQ(detail_of(client.append(log.entries[4])), "service_bad_answer");
}

// --- Witnesses -----------------------------------------------------------------------------------

class AskWitnessTest : public LogClientTest {
  protected:
    AskWitnessTest() {
        env.set_now(Timestamp{1'700'000'000'000'000'000});
        witness = ok(Witness::make(env, {log.key()}, {cosigner}, memory));
        network.answer = [this](const std::string& line, const std::string& body) {
            EXPECT_EQ(line, "POST http://witness.example/w/add-checkpoint");
            const auto answer = witness->add_checkpoint(body);
            return text(answer.status, answer.body);
        };
    }

    Result<std::vector<NoteSignature>> ask(std::uint64_t size, std::uint64_t known = 0) {
        const std::vector<NoteKey> keys = {cosigner.key()};
        return ask_witness(network, ok(supply::http_url("http://witness.example/w/")), keys,
                           log.note_at(size), known, [&](std::uint64_t old_size) {
                               proofs_from.push_back(old_size);
                               return log.tree.consistency_path(old_size, size);
                           });
    }

    MemoryEnv env;
    ForgetfulMemory memory;
    NoteSigner cosigner = signer_of(witness_name, NoteKeyType::ed25519_cosignature, witness_key);
    std::unique_ptr<Witness> witness;
    std::vector<std::uint64_t> proofs_from;
};

TEST_F(AskWitnessTest, IsAskedAgainFromWhatItHasSeen) {
    EXPECT_EQ(ok(ask(3)).size(), 1);
    EXPECT_EQ(network.lines.size(), 1);
    EXPECT_EQ(ok(ask(8)).front().name, witness_name);
    EXPECT_EQ(network.lines.size(), 3);
    EXPECT_EQ(ok(ask(13, 8)).size(), 1);
    EXPECT_EQ(network.lines.size(), 4);
    EXPECT_EQ(ok(ask(13, 3)).size(), 1);
    EXPECT_THAT(proofs_from, ElementsAre(3, 8, 3));
}

TEST_F(AskWitnessTest, OneThatHasSeenMoreOrOtherIsNamed) {
    ok(ask(13));
    const auto ahead = ask(8);
    EXPECT_EQ(detail_of(ahead), "witness_ahead");
    EXPECT_THAT(refusal(ahead), HasSubstr("13 entries of this log, which has only 8"));
    SmallLog fork(12);
    for (int i = 0; i < 8; ++i) {
        fork.append("other " + std::to_string(i));
    }
    memory.seen.begin()->second.note = fork.note_at(13);
    EXPECT_EQ(detail_of(ask(20)), "witness_other_log");
}

TEST_F(AskWitnessTest, WhatItSaysIsNotBelieved) {
    const auto answers = [&](int status, const std::string& body) {
        network.answer = [=](const std::string&, const std::string&) { return text(status, body); };
        return detail_of(ask(8));
    };
    EXPECT_EQ(answers(200, ""), "service_bad_answer");
    EXPECT_EQ(answers(200, "nonsense\n"), "service_bad_answer");
    EXPECT_EQ(answers(200, log.note_at(8).substr(log.checkpoint_at(8).text().size() + 1)),
              "witness_no_cosignature");
    EXPECT_EQ(answers(409, "0\n"), "service_bad_answer");
    EXPECT_EQ(answers(409, "-1\n"), "service_bad_answer");
    EXPECT_EQ(answers(409, ""), "service_bad_answer");
    EXPECT_EQ(answers(409, "5\n"), "service_bad_answer");  // And then 5 again.
    EXPECT_EQ(answers(404, "no\n"), "service_refused");
    EXPECT_EQ(answers(302, ""), "service_refused");
    // In its name, and not genuine.
    auto wrong = ok(cosigner.sign(log.checkpoint_at(9).text(), 5));
    EXPECT_EQ(answers(200, Note{.text = "", .signatures = {wrong}}.str().substr(1)),
              "note_wrong_signature");
    EXPECT_EQ(answers(200, std::string(70'000, 'a')), "http_too_long");
}

}  // namespace
}  // namespace aion::tlog::test
