// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_service_details.hpp"

#include <string>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/tlog/log_client.hpp"
#include "aion/tlog/witness.hpp"
#include "support/keys.hpp"

namespace aion::proof {
namespace {

using namespace tlog;

// Answers always the same.
class OneAnswer final : public supply::HttpClient {
  public:
    OneAnswer(int status, std::string body) : status_(status), body_(std::move(body)) {}

    Result<supply::HttpResponse> send(const supply::HttpRequest& /*request*/) override {
        return supply::HttpResponse{
            .status = status_, .headers = {}, .body = Bytes(body_.begin(), body_.end())};
    }

    Result<> wait(std::uint32_t /*milliseconds*/) override { return {}; }

  private:
    int status_;
    std::string body_;
};

const Bytes entry = make_entry(EntryKind::dsse_envelope, 1, as_bytes(std::string_view("a")));

NoteSigner signer(NoteKeyType type) {
    return *NoteSigner::make("log", type, aion::test::key_of(1));
}

std::string checkpoint_note() {
    const std::string text =
        Checkpoint{.origin = "log", .size = 1, .root = Sha256Tree::leaf(entry)}.text();
    return Note{.text = text, .signatures = {*signer(NoteKeyType::ed25519).sign(text)}}.str();
}

supply::HttpUrl url() {
    return *supply::http_url("http://log.example");
}

Outcome reading(int status, std::string body = {}) {
    OneAnswer network(status, std::move(body));
    return outcome(LogClient(network, url()).checkpoint());
}

Outcome appending(const std::string& body) {
    OneAnswer network(200, body);
    return outcome(LogClient(network, url()).append(entry));
}

Outcome asking(int status, std::string body) {
    OneAnswer network(status, std::move(body));
    const std::vector<NoteKey> keys = {signer(NoteKeyType::ed25519_cosignature).key()};
    return outcome(ask_witness(network, url(), keys, checkpoint_note(), 0, [](std::uint64_t) {
        return Result<std::vector<Sha256Tree::Digest>>();
    }));
}

// Has seen something at a time that is long to come.
class FromTheFuture final : public WitnessMemory {
  public:
    Result<std::optional<SeenLog>> find(const crypto::Sha256Digest& /*origin*/) override {
        return SeenLog{.note = checkpoint_note(), .time = UINT64_MAX / 2};
    }

    Result<> advance(const crypto::Sha256Digest& /*origin*/,
                     const std::optional<SeenLog>& /*before*/, const SeenLog& /*after*/) override {
        return {};
    }
};

Outcome asked_too_early() {
    MemoryEnv env;
    FromTheFuture memory;
    std::optional<Error> told;
    const auto witness = Witness::make(env, {signer(NoteKeyType::ed25519).key()},
                                       {signer(NoteKeyType::ed25519_cosignature)}, memory,
                                       [&](const Error& error) { told = error; });
    static_cast<void>((*witness)->add_checkpoint(witness_request(1, {}, checkpoint_note())));
    return told ? outcome(Result<>(fail(*told))) : std::nullopt;
}

}  // namespace

Outcome provoke(ServiceDetail detail) {
    switch (detail) {
        case ServiceDetail::service_not_found:
            return reading(404);
        case ServiceDetail::service_refused:
            return reading(500, "no\n");
        case ServiceDetail::service_busy:
            return reading(503);
        case ServiceDetail::service_bad_answer:
            return appending("no\n");
        case ServiceDetail::service_other_entry: {
            LogProof proof;
            proof.index = 0;
            proof.checkpoint =
                Note{.text = Checkpoint{.origin = "log", .size = 1, .root = {}}.text(),
                     .signatures = {*signer(NoteKeyType::ed25519).sign("a\n")}}
                    .str();
            return appending(proof.str());
        }
        case ServiceDetail::witness_ahead:
            return asking(409, "2\n");
        case ServiceDetail::witness_other_log:
            return asking(422, "");
        case ServiceDetail::witness_no_cosignature: {
            const std::string note = checkpoint_note();
            return asking(200, note.substr(note.find("\n\n") + 2));
        }
        case ServiceDetail::witness_clock:
            return asked_too_early();
    }
    return std::nullopt;
}

}  // namespace aion::proof
