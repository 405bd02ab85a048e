// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/events.hpp"

#include <array>

#include "aion/base/hex.hpp"

namespace aion {
namespace {

std::array<std::uint8_t, 8> big_endian(std::uint64_t value) noexcept {
    std::array<std::uint8_t, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
    }
    return bytes;
}

}  // namespace

std::string event_author(std::uint64_t author) {
    return to_hex(big_endian(author));
}

std::string event_file_id(std::uint64_t file_id) {
    auto bytes = big_endian(file_id);
    std::ranges::reverse(bytes);
    return to_hex(bytes);
}

}  // namespace aion
