// SPDX-License-Identifier: MIT OR Apache-2.0
// Documents of OCI's, read with the limits of whoever keeps them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "aion/base/utf8.hpp"
#include "aion/supply/oci.hpp"

namespace aion::supply {

/// How much of an index is read: a layout's own is no blob, and may be larger than one.
struct OciIndexLimits {
    std::size_t size = max_oci_document;
    std::size_t manifests = max_oci_descriptors;
};

[[nodiscard]] Result<OciIndex> oci_index_from_json(std::string_view text,
                                                   const OciIndexLimits& limits);

/// The beginning of a text of a stranger's, for a message.
[[nodiscard]] inline std::string excerpt(std::string_view text) {
    constexpr std::size_t longest = 256;
    return escape_controls(text.substr(0, longest)) + (text.size() > longest ? "..." : "");
}

}  // namespace aion::supply
