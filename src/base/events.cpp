// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/events.hpp"

#include <array>

#include "aion/base/hex.hpp"
#include "base/names.hpp"

namespace aion {

namespace {

constexpr NameTable levels(std::to_array<Named<EventLevel>>({
    {EventLevel::info, "info"},
    {EventLevel::warn, "warn"},
}));

}  // namespace

std::string_view name_of(EventLevel level) noexcept {
    return levels.name(level);
}

std::string event_author(std::uint64_t author) {
    return to_hex(author);
}

std::string event_file_id(std::uint64_t file_id) {
    std::array<std::uint8_t, 8> little_endian{};
    for (std::size_t i = 0; i < little_endian.size(); ++i) {
        little_endian[i] = static_cast<std::uint8_t>(file_id >> (8 * i));
    }
    return to_hex(ByteView(little_endian));
}

}  // namespace aion
