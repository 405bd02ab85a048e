// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading and writing notes.
#include "aion/tlog/note.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/base/utf8.hpp"
#include "base/try.hpp"
#include "tlog/note_bytes.hpp"
#include "tlog/note_details.hpp"
#include "tlog/text.hpp"

namespace aion::tlog {
namespace {

// An em dash and a space.
constexpr std::string_view signature_prefix = "\xE2\x80\x94 ";
constexpr std::string_view empty_line = "\n\n";
constexpr std::size_t id_size = 4;

std::optional<NoteSignature> parse_signature(std::string_view line) {
    if (!line.starts_with(signature_prefix)) {
        return std::nullopt;
    }
    line.remove_prefix(signature_prefix.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) {
        return std::nullopt;
    }
    const auto bytes = strict_base64(line.substr(space + 1));
    // Without a single byte behind the id nothing was signed.
    if (!bytes || bytes->size() <= id_size) {
        return std::nullopt;
    }
    return NoteSignature{.name = std::string(line.substr(0, space)),
                         .key_id = id_from(*bytes),
                         .signature = Bytes(bytes->begin() + id_size, bytes->end())};
}

Result<> check_bytes(std::string_view bytes) {
    if (bytes.size() > max_note_size) {
        return fail(invalid<NoteDetail::note_not_text>("more bytes than a note may have"));
    }
    if (has_control(bytes)) {
        return fail(invalid<NoteDetail::note_not_text>("it has control characters"));
    }
    if (const auto fault = find_utf8_fault(bytes)) {
        return fail(invalid<NoteDetail::note_not_text>(describe(*fault)));
    }
    return {};
}

}  // namespace

std::uint32_t id_from(ByteView bytes) noexcept {
    std::uint32_t id = 0;
    for (const std::uint8_t byte : bytes.first(id_size)) {
        id = (id << 8U) | byte;
    }
    return id;
}

std::array<std::uint8_t, 4> id_bytes(std::uint32_t id) noexcept {
    return {static_cast<std::uint8_t>(id >> 24U), static_cast<std::uint8_t>(id >> 16U),
            static_cast<std::uint8_t>(id >> 8U), static_cast<std::uint8_t>(id)};
}

bool is_key_name(std::string_view name) noexcept {
    if (name.empty() || name.find('+') != std::string_view::npos || has_control(name) ||
        find_utf8_fault(name)) {
        return false;
    }
    while (!name.empty()) {
        const std::size_t length = first_character(name).length;
        if (trim_white_space(name.substr(0, length)).empty()) {
            return false;
        }
        name.remove_prefix(length);
    }
    return true;
}

bool is_note_text(std::string_view text) noexcept {
    return !text.empty() && text.back() == '\n' && text.size() <= max_note_size &&
           !has_control(text) && !find_utf8_fault(text);
}

Result<Note> Note::parse(std::string_view bytes) {
    AION_TRY(check_bytes(bytes));
    const std::size_t split = bytes.rfind(empty_line);
    if (split == std::string_view::npos || split + empty_line.size() == bytes.size() ||
        bytes.back() != '\n') {
        return fail(invalid<NoteDetail::note_no_signature>());
    }
    Note note{.text = std::string(bytes.substr(0, split + 1)), .signatures = {}};
    std::string_view rest = bytes.substr(split + empty_line.size());
    while (const auto line = take_line(rest)) {
        if (note.signatures.size() == max_note_signatures) {
            return fail(invalid<NoteDetail::note_too_many_signatures>(max_note_signatures));
        }
        auto signature = parse_signature(*line);
        if (!signature) {
            return fail(invalid<NoteDetail::note_bad_signature_line>(note.signatures.size() + 1));
        }
        note.signatures.push_back(*std::move(signature));
    }
    return note;
}

bool NoteSignature::is_of(const NoteKey& key) const noexcept {
    return key_id == key.id() && name == key.name();
}

const NoteSignature* Note::find(const NoteKey& key) const noexcept {
    const auto line = std::ranges::find_if(
        signatures, [&](const NoteSignature& each) { return each.is_of(key); });
    return line == signatures.end() ? nullptr : &*line;
}

void Note::put(const NoteSignature& signature) {
    const auto same = std::ranges::find_if(signatures, [&](const NoteSignature& each) {
        return each.name == signature.name && each.key_id == signature.key_id;
    });
    if (same != signatures.end()) {
        *same = signature;
    } else {
        signatures.push_back(signature);
    }
}

std::string Note::str() const {
    std::string out = text + '\n';
    for (const NoteSignature& signature : signatures) {
        const auto id = id_bytes(signature.key_id);
        Bytes bytes(id.begin(), id.end());
        bytes.insert(bytes.end(), signature.signature.begin(), signature.signature.end());
        out += signature_prefix;
        out += signature.name;
        out += ' ';
        out += to_base64(bytes);
        out += '\n';
    }
    return out;
}

}  // namespace aion::tlog
