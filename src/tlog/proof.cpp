// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/proof.hpp"

#include <utility>

#include "aion/base/base64.hpp"
#include "base/try.hpp"
#include "tlog/details.hpp"
#include "tlog/note_details.hpp"
#include "tlog/text.hpp"

namespace aion::tlog {
namespace {

constexpr std::string_view header = "c2sp.org/tlog-proof@v1";
constexpr std::string_view extra_word = "extra ";
constexpr std::string_view index_word = "index ";

Error bad_line(std::size_t number, std::string_view why) {
    return invalid<NoteDetail::proof_bad_line>(number, why);
}

// Takes the lines before the checkpoint, and the empty one behind them.
Result<> take_head(std::string_view& text, LogProof& proof) {
    std::size_t number = 1;
    auto line = take_line(text);
    if (line != header) {
        return fail(bad_line(number, "expected c2sp.org/tlog-proof@v1"));
    }
    line = take_line(text);
    ++number;
    if (line && line->starts_with(extra_word)) {
        proof.extra = strict_base64(line->substr(extra_word.size()));
        if (!proof.extra) {
            return fail(bad_line(number, "what is behind extra is not base64"));
        }
        line = take_line(text);
        ++number;
    }
    const auto index = line && line->starts_with(index_word)
                           ? decimal(line->substr(index_word.size()))
                           : std::nullopt;
    if (!index) {
        return fail(bad_line(number, "expected index and a number without leading zeros"));
    }
    proof.index = *index;
    for (;;) {
        line = take_line(text);
        ++number;
        if (line && line->empty()) {
            return {};
        }
        const auto digest = line ? strict_base64_of<Sha256Tree::Digest>(*line) : std::nullopt;
        if (!digest) {
            return fail(bad_line(number, "expected a digest of 32 bytes in base64"));
        }
        if (proof.path.size() == max_inclusion_path) {
            return fail(bad_line(number, "more digests than any proof has"));
        }
        proof.path.push_back(*digest);
    }
}

}  // namespace

Result<LogProof> LogProof::parse(std::string_view text) {
    if (text.size() > max_proof_size) {
        return fail(bad_line(1, "the proof has more bytes than one may have"));
    }
    LogProof proof;
    AION_TRY(take_head(text, proof));
    AION_TRY_ASSIGN(const Checkpoint checkpoint, Checkpoint::of_note(text));
    if (proof.index >= checkpoint.size) {
        return fail(invalid<TlogDetail::proof_bad_index>("index " + std::to_string(proof.index),
                                                         checkpoint.size));
    }
    const std::size_t expected = inclusion_path_length(proof.index, checkpoint.size);
    if (proof.path.size() != expected) {
        return fail(invalid<TlogDetail::proof_wrong_length>(proof.path.size(), expected));
    }
    proof.checkpoint = text;
    return proof;
}

std::string LogProof::str() const {
    std::string out = std::string(header) + '\n';
    if (extra) {
        out += std::string(extra_word) + to_base64(*extra) + '\n';
    }
    out += std::string(index_word) + std::to_string(index) + '\n';
    for (const Sha256Tree::Digest& digest : path) {
        out += to_base64(digest.bytes) + '\n';
    }
    return out + '\n' + checkpoint;
}

Result<AcceptedCheckpoint> verify_proof(const LogProof& proof, ByteView entry,
                                        const LogPolicy& policy) {
    AION_TRY_ASSIGN(AcceptedCheckpoint accepted, policy.judge(proof.checkpoint));
    AION_TRY(verify_inclusion<Sha256Tree>(Sha256Tree::leaf(entry), proof.index,
                                          accepted.checkpoint.size, proof.path,
                                          accepted.checkpoint.root));
    return accepted;
}

}  // namespace aion::tlog
