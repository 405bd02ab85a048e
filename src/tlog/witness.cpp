// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/witness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/base/hex.hpp"
#include "base/try.hpp"
#include "tlog/answers.hpp"
#include "tlog/service_details.hpp"
#include "tlog/text.hpp"

namespace aion::tlog {
namespace {

using supply::line_of_text;
using supply::ServedAnswer;
using supply::ServedRequest;

constexpr std::string_view submission_path = "/add-checkpoint";
constexpr std::string_view checkpoint_name = "/checkpoint";
constexpr std::uint64_t ns_per_s = 1'000'000'000;

constexpr int bad_request = 400;
constexpr int forbidden = 403;
constexpr int not_found = 404;
constexpr int conflict = 409;
constexpr int unprocessable = 422;
constexpr int internal_error = 500;
constexpr int unavailable = 503;

crypto::Sha256Digest hash_of(std::string_view origin) {
    return crypto::sha256(as_bytes(origin));
}

ServedAnswer size_known(std::uint64_t size) {
    auto answer = line_of_text(conflict, std::to_string(size));
    answer.content_type = "text/x.tlog.size";
    return answer;
}

// The lines of signatures of a note.
std::string lines_of(std::vector<NoteSignature> signatures, const std::string& text) {
    const Note note{.text = text, .signatures = std::move(signatures)};
    return note.str().substr(text.size() + 1);
}

bool read_wrong_root(std::string_view text, Checkpoint& into) {
    const auto origin = take_line(text);
    const auto size = take_line(text);
    const auto digest = take_line(text);
    if (!digest || *size != "0" || !text.empty()) {
        return false;
    }
    const auto root = strict_base64_of<Sha256Tree::Digest>(*digest);
    if (!root) {
        return false;
    }
    into = {.origin = std::string(*origin), .size = 0, .root = *root};
    return true;
}

}  // namespace

/// A request that could be read.
struct Witness::Asked {
    std::uint64_t old_size = 0;
    std::vector<Sha256Tree::Digest> proof;
    Note note;
    Checkpoint checkpoint;
    bool has_wrong_root = false;        ///< Of an empty log, which has only one.
    std::vector<NoteSignature> of_log;  ///< Genuine ones.

    [[nodiscard]] static std::optional<Asked> read(std::string_view body);
};

std::optional<Witness::Asked> Witness::Asked::read(std::string_view body) {
    constexpr std::string_view old = "old ";
    Asked asked;
    auto line = take_line(body);
    if (!line || !line->starts_with(old)) {
        return std::nullopt;
    }
    const auto size = decimal(line->substr(old.size()));
    if (!size || *size > max_tree_size) {
        return std::nullopt;
    }
    asked.old_size = *size;
    while ((line = take_line(body)) && !line->empty()) {
        const auto digest = strict_base64_of<Sha256Tree::Digest>(*line);
        if (!digest || asked.proof.size() == max_witness_proof) {
            return std::nullopt;
        }
        asked.proof.push_back(*digest);
    }
    auto note = Note::parse(body);
    if (!line || !note) {
        return std::nullopt;
    }
    asked.note = *std::move(note);
    auto checkpoint = Checkpoint::parse(asked.note.text);
    if (!checkpoint) {
        // There is a status for a log that is empty but for its root.
        asked.has_wrong_root = read_wrong_root(asked.note.text, asked.checkpoint);
        return asked.has_wrong_root ? std::optional(std::move(asked)) : std::nullopt;
    }
    asked.checkpoint = *std::move(checkpoint);
    return asked;
}

std::string witness_request(std::uint64_t old_size, std::span<const Sha256Tree::Digest> proof,
                            std::string_view note) {
    std::string out = fmt::format("old {}\n", old_size);
    for (const Sha256Tree::Digest& digest : proof) {
        out += to_base64(digest.view()) + "\n";
    }
    out += '\n';
    out += note;
    return out;
}

Result<std::unique_ptr<Witness>> Witness::make(Env& env, std::vector<NoteKey> logs,
                                               std::vector<NoteSigner> signers,
                                               WitnessMemory& memory, OnServiceError on_error) {
    const auto refused = [](std::string why) {
        return fail(error_because(ErrorCode::invalid_argument, std::move(why)));
    };
    if (logs.empty() || signers.empty()) {
        return refused("a witness needs the key of a log, and one of its own");
    }
    auto witness = std::make_unique<Witness>(Key(), env, memory, std::move(on_error));
    for (NoteKey& key : logs) {
        if (key.type() == NoteKeyType::ed25519_cosignature) {
            return refused("the key of " + key.name() + " is a witness's, not a log's");
        }
        witness->logs_[hash_of(key.name())].keys.push_back(std::move(key));
    }
    for (const NoteSigner& signer : signers) {
        if (signer.key().type() == NoteKeyType::ed25519) {
            return refused("the key of " + signer.key().name() + " is a log's, not a witness's");
        }
    }
    witness->signers_ = std::move(signers);
    return witness;
}

std::size_t Witness::max_body(const ServedRequest& request) const {
    return request.path() == submission_path ? max_witness_request : 0;
}

std::vector<ServedAnswer> Witness::answer(std::span<const ServedRequest> requests) {
    std::vector<ServedAnswer> answers;
    for (const ServedRequest& request : requests) {
        answers.push_back(answer_one(request));
    }
    return answers;
}

ServedAnswer Witness::answer_one(const ServedRequest& request) {
    const std::string_view path = request.path();
    if (path == submission_path) {
        return request.method == "POST" ? add_checkpoint(request.body) : only_by("POST");
    }
    if (path.starts_with('/') && path.ends_with(checkpoint_name) &&
        path.size() > checkpoint_name.size()) {
        return request.method == "GET" || request.method == "HEAD"
                   ? checkpoint(path.substr(1, path.size() - checkpoint_name.size() - 1))
                   : only_by("GET");
    }
    return line_of_text(not_found, "nothing is here");
}

ServedAnswer Witness::failed(int status, const Error& error) const {
    if (on_error_) {
        on_error_(error);
    }
    return line_of_text(status, status == unavailable ? "come back later: " + error.message()
                                                      : "the witness failed");
}

std::optional<ServedAnswer> Witness::check_signatures(const Log& log, Asked& asked) const {
    for (const NoteKey& key : log.keys) {
        const auto verdict = verify_note(asked.note, key);
        if (!verdict) {
            return verdict.error().code() == ErrorCode::invalid_format
                       ? line_of_text(forbidden, verdict.error().message())
                       : failed(internal_error, verdict.error());
        }
        if (!verdict->signed_by_key) {
            continue;
        }
        for (const NoteSignature& each : asked.note.signatures) {
            if (each.is_of(key)) {
                asked.of_log.push_back(each);
            }
        }
    }
    if (asked.of_log.empty()) {
        return line_of_text(forbidden, "not signed by the log");
    }
    return std::nullopt;
}

ServedAnswer Witness::add_checkpoint(std::string_view body) {
    auto asked = body.size() > max_witness_request ? std::nullopt : Asked::read(body);
    if (!asked) {
        return line_of_text(bad_request, "expected 'old SIZE', a proof, and a signed checkpoint");
    }
    const Checkpoint& next = asked->checkpoint;
    const auto origin = hash_of(next.origin);
    const auto log = logs_.find(origin);
    if (log == logs_.end()) {
        return line_of_text(not_found, "no log of this witness");
    }
    if (auto refused = check_signatures(log->second, *asked)) {
        return *std::move(refused);
    }
    if (asked->has_wrong_root) {
        return line_of_text(unprocessable, "not the root of an empty log");
    }
    if (asked->old_size > next.size) {
        return line_of_text(bad_request, "the old size is larger than the checkpoint's");
    }
    const auto seen = memory_->find(origin);
    if (!seen) {
        return failed(internal_error, seen.error());
    }
    Checkpoint before{.origin = next.origin, .size = 0, .root = Sha256Tree::empty()};
    if (*seen) {
        auto known = Checkpoint::of_note((*seen)->note);
        if (!known || known->origin != next.origin) {
            return failed(internal_error,
                          known ? invalid_format("it is of another log") : known.error());
        }
        before = *std::move(known);
    }
    if (asked->old_size != before.size) {
        return size_known(before.size);
    }
    if (const auto continues = verify_consistency<Sha256Tree>(before.size, next.size, before.root,
                                                              next.root, asked->proof);
        !continues) {
        return line_of_text(unprocessable, continues.error().message());
    }
    return cosign(origin, *seen, *asked);
}

Result<std::uint64_t> Witness::time_after(const std::optional<SeenLog>& seen) const {
    const std::uint64_t now = env_->now().value / ns_per_s;
    const std::uint64_t last = seen ? seen->time : 1;  // A time of zero would say nothing.
    if (now >= last) {
        return now;
    }
    if (last - now > max_clock_step) {
        return fail(service_error<ServiceDetail::witness_clock>(last - now));
    }
    return last;
}

ServedAnswer Witness::cosign(const crypto::Sha256Digest& origin, const std::optional<SeenLog>& seen,
                             Asked& asked) {
    const auto time = time_after(seen);
    if (!time) {
        return failed(unavailable, time.error());
    }
    std::vector<NoteSignature> ours;
    for (const NoteSigner& signer : signers_) {
        auto signature = signer.sign(asked.note.text, *time);
        if (!signature) {
            return failed(internal_error, signature.error());
        }
        ours.push_back(*std::move(signature));
    }
    Note kept{.text = asked.note.text, .signatures = std::move(asked.of_log)};
    kept.signatures.insert(kept.signatures.end(), ours.begin(), ours.end());
    // Before anybody hears of it. Whoever was faster has seen a later one, by what is there now.
    const auto advanced = memory_->advance(origin, seen, {.note = kept.str(), .time = *time});
    if (!advanced && advanced.error().code() == ErrorCode::conflict) {
        return failed(unavailable, advanced.error());
    }
    if (!advanced) {
        return failed(internal_error, advanced.error());
    }
    return {.status = 200, .body = lines_of(std::move(ours), asked.note.text)};
}

ServedAnswer Witness::checkpoint(std::string_view origin_hash) {
    const auto nothing = [] { return line_of_text(not_found, "no log of this witness"); };
    const auto origin = octets_from_hex<crypto::Sha256Digest>(origin_hash);
    if (!origin || to_hex(*origin) != origin_hash || !logs_.contains(*origin)) {
        return nothing();
    }
    auto seen = memory_->find(*origin);
    if (!seen) {
        return failed(internal_error, seen.error());
    }
    return *seen ? ServedAnswer{.body = std::move((*seen)->note)} : nothing();
}

}  // namespace aion::tlog
