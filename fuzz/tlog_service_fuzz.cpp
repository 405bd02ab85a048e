// SPDX-License-Identifier: MIT OR Apache-2.0
// What logs and witnesses are asked. Whatever comes in, a witness never goes back, never cosigns
// what does not continue what it has seen, and says nothing that it has not kept; a log has each
// entry that it was given once, and proves it.
//
// Input: steps. Each begins with what it is (its first byte modulo 5) and two bytes for which sizes
// of which log, and where something is changed; then the length of its own bytes, and those.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/tlog/append_service.hpp"
#include "aion/tlog/log_store.hpp"
#include "aion/tlog/proof.hpp"
#include "aion/tlog/witness.hpp"
#include "support/fuzz_input.hpp"
#include "support/require.hpp"

namespace {

using namespace aion;
using namespace aion::tlog;
using aion::fuzz::Input;
using aion::fuzz::require;
using supply::ServedAnswer;
using supply::ServedRequest;

constexpr std::uint64_t most_entries = 16;
constexpr std::size_t fork_at = 5;
constexpr int steps_at_most = 12;

crypto::SigningKey key_from(std::uint8_t filler) {
    return *crypto::SigningKey::from_seed(Bytes(crypto::SigningKey::seed_size, filler));
}

class Memory final : public WitnessMemory {
  public:
    std::optional<SeenLog> seen;

    Result<std::optional<SeenLog>> find(const crypto::Sha256Digest& /*origin*/) override {
        return seen;
    }

    Result<> advance(const crypto::Sha256Digest& /*origin*/, const std::optional<SeenLog>& before,
                     const SeenLog& after) override {
        require(before == seen);
        require(!seen || after.time >= seen->time);
        seen = after;
        return {};
    }
};

// Two logs of one name and key, which are the same up to `fork_at`.
struct World {
    crypto::SigningKey logs = key_from(1);
    crypto::SigningKey witnesses = key_from(2);
    NoteSigner log = *NoteSigner::make("log.example", NoteKeyType::ed25519, logs);
    NoteSigner cosigner =
        *NoteSigner::make("witness.example", NoteKeyType::ed25519_cosignature, witnesses);
    MerkleTree<Sha256Tree> one;
    MerkleTree<Sha256Tree> other;

    World() {
        for (std::uint64_t i = 0; i < most_entries; ++i) {
            const std::string text = "entry " + std::to_string(i);
            one.append(Sha256Tree::leaf(as_bytes(text)));
            other.append(Sha256Tree::leaf(as_bytes(i < fork_at ? text : "other " + text)));
        }
    }

    [[nodiscard]] std::string note(const MerkleTree<Sha256Tree>& tree, std::uint64_t size) const {
        const std::string text =
            Checkpoint{.origin = "log.example", .size = size, .root = tree.root(size)}.text();
        return Note{.text = text, .signatures = {*log.sign(text)}}.str();
    }
};

const World& world() {
    static const World made;
    return made;
}

std::optional<Checkpoint> seen_by(const Memory& memory) {
    if (!memory.seen) {
        return std::nullopt;
    }
    return *Checkpoint::parse(Note::parse(memory.seen->note)->text);
}

void check_witness_answer(const Memory& memory, const std::optional<Checkpoint>& before,
                          const ServedAnswer& answer) {
    const auto after = seen_by(memory);
    require(!before || after);
    if (answer.status != 200) {
        require(after == before);
        require(answer.body.find("\xe2\x80\x94") == std::string::npos);
        require(answer.status != 409 ||
                answer.body == std::to_string(before ? before->size : 0) + "\n");
        return;
    }
    require(after.has_value() && (!before || after->size >= before->size));
    // One of the two logs, and the one that it has seen if they differ there.
    const bool is_one = after->root == world().one.root(after->size);
    require(is_one || after->root == world().other.root(after->size));
    if (before && before->size > fork_at) {
        require((before->root == world().one.root(before->size)) == is_one);
    }
    const auto cosigned = Note::parse(after->text() + "\n" + answer.body);
    require(cosigned && verify_note(*cosigned, world().cosigner.key())->signed_by_key);
    require(memory.seen->note.ends_with(answer.body));
}

// A good request, of which one byte may be another.
std::string made_request(std::uint8_t which, std::uint8_t where, ByteView change) {
    const auto& tree = (which & 1U) != 0 ? world().one : world().other;
    const std::uint64_t size = which / 2 % (most_entries + 1);
    const std::uint64_t old_size = std::min<std::uint64_t>(where % (most_entries + 1), size);
    std::string body =
        witness_request(old_size, *tree.consistency_path(old_size, size), world().note(tree, size));
    if (change.size() >= 2) {
        body[change[0] * std::size_t{3} % body.size()] = static_cast<char>(change[1]);
    }
    return body;
}

void step_of_witness(Witness& witness, Memory& memory, std::uint8_t kind, Input& input) {
    const std::uint8_t which = input.byte();
    const std::uint8_t where = input.byte();
    const ByteView own = input.bytes(input.byte());
    const auto before = seen_by(memory);
    const std::string body =
        kind == 0 ? std::string(as_text(own)) : made_request(which, where, own);
    check_witness_answer(memory, before, witness.add_checkpoint(body));
    const ServedRequest asked{.method = (where & 1U) != 0 ? "GET" : "POST",
                              .target = std::string(as_text(own))};
    require(witness.answer({&asked, 1}).size() == 1);
    require(witness.max_body(asked) <= max_witness_request);
}

void step_of_log(AppendService& service, LogWriter& writer, std::uint8_t kind, Input& input) {
    const std::uint8_t which = input.byte();
    const std::uint8_t where = input.byte();
    const ByteView own = input.bytes(input.byte());
    std::vector<ServedRequest> requests(1 + which % 3);
    for (ServedRequest& request : requests) {
        request.method = (where & 1U) != 0 ? "GET" : "POST";
        request.target = kind == 2 ? std::string(as_text(own)) : "/add-entry";
        if (kind == 3) {
            request.body = as_text(make_entry(EntryKind::dsse_envelope, which, own));
            request.method = "POST";
        } else if (kind == 4) {
            request.body = as_text(own);
            if ((where & 2U) != 0) {
                request.headers.push_back({"aion-kind", "dsse_envelope"});
            }
            if ((where & 4U) != 0) {
                request.headers.push_back({"aion-timestamp-version", std::string(as_text(own))});
            }
        }
    }
    const std::uint64_t before = writer.log().size();
    const auto answers = service.answer(requests);
    require(answers.size() == requests.size());
    // The same thing asked at once is one entry at most.
    require(writer.log().size() <= before + 1);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        require(answers[i].status != 500);
        if (requests[i].target != "/add-entry" || answers[i].status >= 400) {
            continue;
        }
        const auto proof = LogProof::parse(answers[i].body);
        const auto entry = entry_in(requests[i]);
        require(proof && entry && proof->extra == *entry);
        require(verify_proof(*proof, *entry, LogPolicy::of(world().log.key())).has_value());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    MemoryEnv env;
    env.set_now(Timestamp{1'700'000'000'000'000'000});
    Memory memory;
    const auto witness = *Witness::make(env, {world().log.key()}, {world().cosigner}, memory);
    std::unique_ptr<LogWriter> writer;
    std::unique_ptr<AppendService> service;
    for (int step = 0; step < steps_at_most; ++step) {
        const std::uint8_t kind = input.byte() % 5;
        if (kind < 2) {
            step_of_witness(*witness, memory, kind, input);
            env.advance(1'000'000'000);
            continue;
        }
        if (writer == nullptr) {
            require(create_log(env, "/log", {&world().log, 1}).has_value());
            writer = *LogWriter::open(env, "/log", {world().log}, {.indexing = LogIndexing::none});
            service = std::make_unique<AppendService>(env, *writer, AppendSettings());
        }
        step_of_log(*service, *writer, kind, input);
    }
    return 0;
}
