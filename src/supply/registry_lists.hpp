// SPDX-License-Identifier: MIT OR Apache-2.0
// What registries say in headers about lists and ranges.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aion::supply {

/// The target of the link with `rel="next"` in a `Link` header (RFC 8288), or nothing. Lives as
/// long as the header.
[[nodiscard]] std::optional<std::string_view> next_link(std::string_view header);

/// How many bytes of an upload a registry has, from its `Range: 0-1023`. Nothing where it says none
/// that could be gone on from; `0-0` is said of no byte and of one.
[[nodiscard]] std::optional<std::uint64_t> uploaded_bytes(std::string_view range);

/// What a `Content-Range: bytes 100-199/200` says.
struct ContentRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::optional<std::uint64_t> size;
    friend bool operator==(const ContentRange&, const ContentRange&) = default;
};

[[nodiscard]] std::optional<ContentRange> content_range(std::string_view header);

}  // namespace aion::supply
