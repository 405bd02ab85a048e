// SPDX-License-Identifier: MIT OR Apache-2.0
// Base64 (RFC 4648 sections 4 and 5).
#pragma once

#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"

namespace aion {

/// Standard alphabet with `=` padding.
[[nodiscard]] std::string to_base64(ByteView bytes);
/// Standard alphabet without padding.
[[nodiscard]] std::string to_base64_unpadded(ByteView bytes);
/// URL-safe alphabet without padding.
[[nodiscard]] std::string to_base64url(ByteView bytes);

/// Reads any of the three forms above, and padded URL-safe. Exactly one text decodes to a given
/// byte string per alphabet and padding: non-zero unused bits, wrong padding, mixed alphabets,
/// white space and every other character are refused.
/// Errors: `invalid_argument` with the offset of what is wrong.
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);

}  // namespace aion
