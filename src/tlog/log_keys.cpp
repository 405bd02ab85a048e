// SPDX-License-Identifier: MIT OR Apache-2.0
// Which keys a log had: a chain of notes, `keys/0`, `keys/1`, …, of five lines each:
//
//     aion-tlog-key/v1
//     the log's origin
//     which key of the log it is, from 0 on
//     how large the log was when it took over
//     the key, as notes have it
//
// No checkpoint has five lines, so that neither is ever taken for the other.
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/try.hpp"
#include "tlog/log_details.hpp"
#include "tlog/log_folder.hpp"
#include "tlog/text.hpp"

namespace aion::tlog {
namespace {

constexpr std::string_view record_head = "aion-tlog-key/v1";
constexpr std::uint64_t most_keys = 1024;

Error bad_keys(std::uint64_t number, std::string_view why) {
    return invalid<LogDetail::log_bad_keys>(fmt::format("keys/{} {}", number, why));
}

Result<LogKey> parse_record(std::uint64_t number, std::string_view text) {
    std::array<std::string_view, 5> lines;
    for (std::string_view& line : lines) {
        line = take_line(text).value_or("");
    }
    const auto [head, origin, which, size_text, key_text] = lines;
    const auto size = decimal(size_text);
    if (head != record_head || decimal(which) != number || !size || *size > max_tree_size ||
        !text.empty()) {
        return fail(bad_keys(number, "is no record of that key"));
    }
    AION_TRY_ASSIGN(NoteKey key, NoteKey::parse(key_text));
    if (key.name() != origin || key.type() != NoteKeyType::ed25519) {
        return fail(bad_keys(number, "has a key that is none of a log of that origin"));
    }
    return LogKey{std::move(key), *size};
}

Result<> check_signatures(std::uint64_t number, const Note& note, const LogKey& key,
                          const LogKey* before) {
    AION_TRY_ASSIGN(const NoteVerdict own, verify_note(note, key.key));
    if (!own.signed_by_key) {
        return fail(bad_keys(number, "is not signed by its key"));
    }
    if (before == nullptr) {
        return {};
    }
    if (before->key.name() != key.key.name() || before->size > key.size) {
        return fail(
            bad_keys(number, "is of another origin or an earlier size than the one before"));
    }
    AION_TRY_ASSIGN(const NoteVerdict former, verify_note(note, before->key));
    if (!former.signed_by_key) {
        return fail(bad_keys(number, "is not signed by the key before"));
    }
    return {};
}

}  // namespace

std::string key_record(std::uint64_t number, std::uint64_t size, const NoteKey& key) {
    return fmt::format("{}\n{}\n{}\n{}\n{}\n", record_head, key.name(), number, size, key.text());
}

Result<std::optional<std::string>> read_key_record(Env& env, const std::filesystem::path& folder,
                                                   std::uint64_t number) {
    const auto content = env.read(folder / keys_name / std::to_string(number),
                                  {.max_size = max_note_size, .regular_only = true});
    if (content) {
        return std::string(as_text((*content)->bytes()));
    }
    if (content.error().os_error() == ENOENT || content.error().os_error() == ENOTDIR) {
        return std::nullopt;
    }
    return fail(content.error());
}

Result<std::vector<LogKey>> read_log_keys(const ReadKeyRecord& record_of) {
    std::vector<LogKey> keys;
    for (std::uint64_t number = 0; number < most_keys; ++number) {
        AION_TRY_ASSIGN(const auto text, record_of(number));
        if (!text) {
            return keys;
        }
        AION_TRY_ASSIGN(const Note note, Note::parse(*text));
        AION_TRY_ASSIGN(LogKey key, parse_record(number, note.text));
        AION_TRY(check_signatures(number, note, key, keys.empty() ? nullptr : &keys.back()));
        keys.push_back(std::move(key));
    }
    return fail(bad_keys(most_keys, "is one too many"));
}

Result<std::vector<LogKey>> read_log_keys(Env& env, const std::filesystem::path& folder) {
    return read_log_keys(
        [&](std::uint64_t number) { return read_key_record(env, folder, number); });
}

}  // namespace aion::tlog
