// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON in its one canonical form (RFC 8785, JCS): documents that say the same have the same bytes,
// so that they can be hashed, signed and compared.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "aion/base/result.hpp"

namespace aion::supply {

/// How much is read. Most texts take, besides the result, an eighth of their size, 24 bytes for
/// each member of the objects that are open, and a copy of the largest object that is out of order.
/// Those with anything unusual in them, and all that are refused, take a third of their size, 12
/// bytes a value and 48 for each member instead.
struct CanonicalJsonLimits {
    std::size_t size = std::size_t{256} << 20U;  ///< Bytes of text; under 2 GiB.
    std::size_t depth = 127;                     ///< Arrays and objects inside each other.
    std::size_t values = std::size_t{1} << 25U;  ///< Values of any kind, all levels together.
};

/// `text` in canonical form: no white space, members in the order of their names' UTF-16 code units
/// (RFC 8785 section 3.2.3), numbers as ECMAScript prints them, in strings nothing escaped that
/// need not be.
///
/// Nothing is lost on the way, or nothing is returned: a text that two readers may take for
/// different values is refused. That is so for a key that is there twice, a lone surrogate, a
/// number beyond a double, and an integer beyond 2^53 unless it stands there as its double is
/// printed (`100000000000000000000` is what becomes of `1e20`). A fraction becomes the nearest
/// double. What is returned is its own canonical form.
///
/// Errors: `invalid_format` with the place and a detail of base/json_details.hpp, or
/// `jcs_integer_too_large`.
[[nodiscard]] Result<std::string> canonical_json(std::string_view text,
                                                 const CanonicalJsonLimits& limits = {});

/// A finite number as ECMAScript prints it (ECMA-262, Number::toString with radix 10): the shortest
/// digits that read back as the same double; `0` for both zeros.
[[nodiscard]] std::string canonical_number(double number);

}  // namespace aion::supply
