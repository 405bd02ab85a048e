// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/file_magic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>

#include "aion/base/bytes.hpp"
#include "aion/base/files.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"

namespace aion::cli {
namespace {

constexpr std::size_t magic_size = 4;

struct Row {
    Magic magic;
    std::string_view begins;
    std::string_view name;
};

constexpr std::array<Row, 3> rows{{{Magic::aion_file, "AION", "an .aion file"},
                                   {Magic::stored_key, "AFKY", "a stored key"},
                                   {Magic::exported_key, "AKEY", "an exported key"}}};

bool may_be_json(std::string_view head) noexcept {
    const std::size_t first = head.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && head[first] == '{';
}

// What the file begins with: as much as there is room for, or less if that is all of it.
Result<std::string_view> head_of(ReadableFile& file, MutableByteView room) {
    const MutableByteView head = room.first(std::min<std::uint64_t>(file.info().size, room.size()));
    if (auto read = file.read_at(0, head); !read) {
        return aion::fail(std::move(read).error());
    }
    return as_text(head);
}

Magic magic_in(std::string_view head) noexcept {
    const auto* const row = std::ranges::find(rows, head.substr(0, magic_size), &Row::begins);
    return row == rows.end() ? Magic::none : row->magic;
}

// By its beginning alone: nothing is decided by this, and the file may be anything.
bool begins_like_a_registry(ReadableFile& file) {
    std::array<std::uint8_t, 4096> room{};
    const auto head = head_of(file, room);
    return head && may_be_json(*head) && head->contains("\"authors\"");
}

std::string advice_on(Env& env, const std::string& path) {
    const auto file = env.open(path, {.regular_only = true});
    if (!file) {
        return {};
    }
    const Magic magic = magic_of(**file).value_or(Magic::none);
    if (magic == Magic::stored_key || magic == Magic::exported_key) {
        return fmt::format("{} is {}, no .aion file: name the file that its owner signed",
                           shown(path), name_of(magic));
    }
    if (begins_like_a_registry(**file)) {
        return fmt::format(
            "{} looks like a registry: put it behind --registry and the .aion file behind the "
            "command, or see `aion registry check`",
            shown(path));
    }
    return {};
}

}  // namespace

Result<Magic> magic_of(ReadableFile& file) {
    std::array<std::uint8_t, magic_size> room{};
    const auto head = head_of(file, room);
    if (!head) {
        return aion::fail(head.error());
    }
    return magic_in(*head);
}

Magic magic_at(Env& env, const std::string& path) {
    const auto file = env.open(path, {.regular_only = true});
    return file ? magic_of(**file).value_or(Magic::none) : Magic::none;
}

Magic key_in(ByteView bytes) noexcept {
    // Behind the letters stands the container's version, which is no character.
    if (bytes.size() <= magic_size || bytes[magic_size] >= ' ') {
        return Magic::none;
    }
    const Magic magic = magic_in(as_text(bytes));
    return magic == Magic::aion_file ? Magic::none : magic;
}

Result<bool> looks_like_a_registry(ReadableFile& file) {
    std::array<std::uint8_t, 64> room{};
    const auto head = head_of(file, room);
    if (!head) {
        return aion::fail(head.error());
    }
    if (!may_be_json(*head) || file.info().size > trust::Registry::max_json_size) {
        return false;
    }
    const auto all = read_all(file);
    if (!all) {
        return aion::fail(all.error());
    }
    const std::string_view text = as_text(*all);
    return (text.contains("\"authors\"") && text.contains("\"epochs\"")) ||
           trust::Registry::from_json(text).has_value();
}

std::string advice_on_no_aion_file(Env& env, const std::string& path) {
    try {
        return path == "-" ? std::string() : advice_on(env, path);
    } catch (const std::bad_alloc&) {
        return {};  // A verdict that was reached is worth more than advice on it.
    }
}

std::string_view name_of(Magic magic) noexcept {
    const auto* const row = std::ranges::find(rows, magic, &Row::magic);
    return row == rows.end() ? "something else" : row->name;
}

}  // namespace aion::cli
