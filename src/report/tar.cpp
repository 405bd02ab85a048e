// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/tar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <string>

namespace aion::report {

namespace {

using Header = std::array<std::uint8_t, tar_block_size>;

// The fields, by POSIX.1-1988 section 10.1.1.
constexpr std::size_t mode_at = 100;
constexpr std::size_t user_at = 108;
constexpr std::size_t group_at = 116;
constexpr std::size_t size_at = 124;
constexpr std::size_t time_at = 136;
constexpr std::size_t sum_at = 148;
constexpr std::size_t type_at = 156;
constexpr std::size_t magic_at = 257;

void put(Header& header, std::size_t at, std::string_view text) {
    std::ranges::copy(text, header.begin() + static_cast<std::ptrdiff_t>(at));
}

// Eleven octal digits, or, marked by the highest bit, eight bytes of the number itself.
void put_size(Header& header, std::uint64_t size) {
    constexpr std::uint64_t most_octal = std::uint64_t{1} << 33U;
    if (size < most_octal) {
        put(header, size_at, fmt::format("{:011o}", size));
        return;
    }
    header[size_at] = 0x80;
    for (std::size_t i = 0; i < 8; ++i) {
        header[size_at + 11 - i] = static_cast<std::uint8_t>(size >> (8 * i));
    }
}

}  // namespace

Header tar_header(std::string_view name, std::uint64_t size, std::uint32_t mode, Timestamp time) {
    constexpr std::uint64_t nanoseconds = 1'000'000'000;
    Header header{};
    put(header, 0, name.substr(0, longest_tar_name));
    put(header, mode_at, fmt::format("{:07o}", mode));
    put(header, user_at, "0000000");
    put(header, group_at, "0000000");
    put_size(header, size);
    put(header, time_at, fmt::format("{:011o}", time.value / nanoseconds));
    put(header, sum_at, "        ");
    header[type_at] = '0';
    put(header, magic_at,
        std::string_view("ustar\0"
                         "00",
                         8));
    put(header, sum_at,
        fmt::format("{:06o}", std::accumulate(header.begin(), header.end(), std::uint32_t{0})));
    header[sum_at + 6] = 0;
    return header;
}

}  // namespace aion::report
