// SPDX-License-Identifier: MIT OR Apache-2.0
// What reading notes and signing them share.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "aion/base/bytes.hpp"

namespace aion::tlog {

/// The id of a key, big-endian; `bytes` has at least four.
[[nodiscard]] std::uint32_t id_from(ByteView bytes) noexcept;
[[nodiscard]] std::array<std::uint8_t, 4> id_bytes(std::uint32_t id) noexcept;

/// Whether this can be the text of a note: UTF-8 without control characters, with an end.
[[nodiscard]] bool is_note_text(std::string_view text) noexcept;

}  // namespace aion::tlog
