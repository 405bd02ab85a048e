// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/file_magic.hpp"

#include <algorithm>
#include <array>

#include "aion/base/bytes.hpp"

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

}  // namespace

Result<Magic> magic_of(ReadableFile& file) {
    std::array<std::uint8_t, magic_size> head{};
    if (file.info().size < head.size()) {
        return Magic::none;
    }
    if (auto read = file.read_at(0, head); !read) {
        return aion::fail(std::move(read).error());
    }
    const auto* const row = std::ranges::find(rows, as_text(head), &Row::begins);
    return row == rows.end() ? Magic::none : row->magic;
}

Magic magic_at(Env& env, const std::string& path) {
    const auto file = env.open(path, {.regular_only = true});
    return file ? magic_of(**file).value_or(Magic::none) : Magic::none;
}

std::string_view name_of(Magic magic) noexcept {
    const auto* const row = std::ranges::find(rows, magic, &Row::magic);
    return row == rows.end() ? "something else" : row->name;
}

}  // namespace aion::cli
