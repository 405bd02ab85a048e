// SPDX-License-Identifier: MIT OR Apache-2.0
// The string table: UTF-8 strings, each followed by one zero byte (docs/file-format.md#strings).
#pragma once

#include <cstdint>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"

namespace aion::format {

/// Where a string lies in its table; the length excludes the terminator.
struct StringRef {
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    friend bool operator==(const StringRef&, const StringRef&) = default;
};

/// Builds a table by appending.
class StringTableBuilder {
  public:
    StringTableBuilder() = default;

    /// Continues an existing table.
    explicit StringTableBuilder(ByteView existing) : bytes_(existing.begin(), existing.end()) {}

    /// Appends `text` and a terminator.
    /// Errors: `invalid_utf8`; `resource_exhausted` for 4 GiB and more.
    [[nodiscard]] Result<StringRef> add(std::string_view text);

    [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }

    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }

    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

    void clear() noexcept { bytes_.clear(); }

  private:
    Bytes bytes_;
};

/// Reads a table. Borrows its bytes.
class StringTable {
  public:
    /// Error: `invalid_utf8` when the bytes as a whole are not UTF-8. Empty is fine.
    [[nodiscard]] static Result<StringTable> parse(ByteView bytes);

    /// Errors, in this order: `invalid_format` (overflow, out of bounds, not terminated),
    /// `invalid_utf8` (the slice cuts a character).
    [[nodiscard]] Result<std::string_view> get(StringRef ref) const;

    [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }

  private:
    explicit StringTable(ByteView bytes) noexcept : bytes_(bytes) {}

    ByteView bytes_;
};

}  // namespace aion::format
