// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory for the content of files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace aion {

/// Frees what `make_buffer` made.
struct BufferDeleter {
    std::size_t alignment = 0;  ///< Zero: that of any new object.
    void operator()(std::uint8_t* bytes) const noexcept;
};

/// Bytes with one owner, not zeroed first, unlike `Bytes`.
using Buffer = std::unique_ptr<std::uint8_t[], BufferDeleter>;

/// A buffer of `size` bytes, whose content is unspecified. From 4 KiB on it begins at a page, which
/// the kernel fills faster; from 4 MiB on it asks for huge pages, where the system has them:
/// filling 32 MiB then takes a sixth of the time. Throws `std::bad_alloc`, nothing else.
[[nodiscard]] Buffer make_buffer(std::size_t size);

}  // namespace aion
