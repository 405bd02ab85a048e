// SPDX-License-Identifier: MIT OR Apache-2.0
// Tar archives as POSIX.1-1988 has them (ustar), which every archiver reads.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "aion/base/ids.hpp"

namespace aion::report {

inline constexpr std::size_t tar_block_size = 512;
/// Two blocks of zeros end an archive.
inline constexpr std::size_t tar_end_size = 2 * tar_block_size;
/// Of a name, in bytes.
inline constexpr std::size_t longest_tar_name = 100;

/// What stands before a file. Its content follows, filled up to whole blocks with zeros. `name`: at
/// most `longest_tar_name` bytes. A size beyond 8 GiB is written in binary, as GNU tar, bsdtar and
/// Python read it.
[[nodiscard]] std::array<std::uint8_t, tar_block_size> tar_header(std::string_view name,
                                                                  std::uint64_t size,
                                                                  std::uint32_t mode,
                                                                  Timestamp time);

/// Bytes that follow `size` bytes of content.
[[nodiscard]] constexpr std::size_t tar_padding(std::uint64_t size) noexcept {
    return (tar_block_size - (size % tar_block_size)) % tar_block_size;
}

}  // namespace aion::report
