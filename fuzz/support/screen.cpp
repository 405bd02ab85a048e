// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/screen.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "aion/base/utf8.hpp"
#include "support/require.hpp"

namespace aion::fuzz {
namespace {

int in_memory(const char* name) {
    const int descriptor = ::memfd_create(name, MFD_CLOEXEC);
    require(descriptor != -1);
    return descriptor;
}

// `text` without our colours, line ends and backslashes.
std::string plain(std::string_view text, bool colored) {
    constexpr std::array<std::string_view, 8> codes = {"\x1b[0m",  "\x1b[1m",    "\x1b[2m",
                                                       "\x1b[3m",  "\x1b[1;31m", "\x1b[1;32m",
                                                       "\x1b[32m", "\x1b[33m"};
    std::string result;
    while (!text.empty()) {
        const auto* const code = std::ranges::find_if(
            codes, [text](std::string_view known) { return text.starts_with(known); });
        if (colored && code != codes.end()) {
            text.remove_prefix(code->size());
            continue;
        }
        if (text.front() != '\n' && text.front() != '\\') {
            result += text.front();
        }
        text.remove_prefix(1);
    }
    return result;
}

}  // namespace

Screen::Screen() : out_(in_memory("output")), err_(in_memory("errors")) {}

std::string Screen::take(int descriptor) {
    const off_t size = ::lseek(descriptor, 0, SEEK_END);
    require(size >= 0);
    std::string text(static_cast<std::size_t>(size), '\0');
    require(::pread(descriptor, text.data(), text.size(), 0) == size);
    require(::ftruncate(descriptor, 0) == 0 && ::lseek(descriptor, 0, SEEK_SET) == 0);
    return text;
}

bool is_harmless(std::string_view text, bool colored) {
    // Escaping doubles a backslash and leaves everything else that is harmless alone.
    const std::string rest = plain(text, colored);
    return escape_controls(rest) == rest;
}

}  // namespace aion::fuzz
