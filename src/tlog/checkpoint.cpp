// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/checkpoint.hpp"

#include <array>
#include <optional>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/base/utf8.hpp"
#include "base/try.hpp"
#include "tlog/note_details.hpp"
#include "tlog/text.hpp"

namespace aion::tlog {
namespace {

Error bad_line(int number, std::string_view why) {
    return invalid<NoteDetail::checkpoint_bad_line>(number, why);
}

}  // namespace

Result<Checkpoint> Checkpoint::parse(std::string_view text) {
    std::array<std::string_view, 3> lines;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::optional<std::string_view> line = take_line(text);
        if (!line) {
            return fail(bad_line(static_cast<int>(i) + 1, "it is missing, or has no end"));
        }
        lines[i] = *line;
    }
    if (!text.empty()) {
        return fail(bad_line(4, "nothing may follow the root"));
    }
    const auto [origin, size, root] = lines;
    if (origin.empty() || has_control(origin) || find_utf8_fault(origin)) {
        return fail(bad_line(1, "the origin is empty, or no text"));
    }
    if (!is_decimal(size)) {
        return fail(bad_line(2, "the size is no decimal number without leading zeros"));
    }
    const std::optional<std::uint64_t> number = decimal(size);
    if (!number || *number > max_tree_size) {
        return fail(
            invalid<NoteDetail::checkpoint_too_large>(number ? std::string(size) : "2^64 or more"));
    }
    const auto digest = strict_base64_of<Sha256Tree::Digest>(root);
    if (!digest) {
        return fail(bad_line(3, "the root is not 32 bytes in base64"));
    }
    if (*number == 0 && *digest != crypto::sha256({})) {
        return fail(bad_line(3, "this is not the root of an empty tree"));
    }
    return Checkpoint{.origin = std::string(origin), .size = *number, .root = *digest};
}

Result<Checkpoint> Checkpoint::of_note(std::string_view note) {
    AION_TRY_ASSIGN(const Note read, Note::parse(note));
    return parse(read.text);
}

std::string Checkpoint::text() const {
    return origin + '\n' + std::to_string(size) + '\n' + to_base64(root.bytes) + '\n';
}

Result<Checkpoint> open_checkpoint(std::string_view note, const NoteKey& log) {
    AION_TRY_ASSIGN(const Note read, Note::parse(note));
    AION_TRY_ASSIGN(const NoteVerdict verdict, verify_note(read, log));
    if (!verdict.signed_by_key) {
        return fail(invalid<NoteDetail::note_not_signed>(log.name()));
    }
    AION_TRY_ASSIGN(Checkpoint checkpoint, Checkpoint::parse(read.text));
    if (checkpoint.origin != log.name()) {
        return fail(invalid<NoteDetail::checkpoint_other_origin>(escape_controls(checkpoint.origin),
                                                                 log.name()));
    }
    return checkpoint;
}

}  // namespace aion::tlog
