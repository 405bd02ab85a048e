// SPDX-License-Identifier: MIT OR Apache-2.0
// What is wrong with what an archive keeps between runs.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::archive {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class ArchiveDetail : std::uint8_t {
    database_damaged,  ///< What is in it cannot be what we wrote.
    database_foreign,  ///< A file that is no such database.
    database_newer,    ///< Written by a later version of this library.
};

inline constexpr NameTable archive_details(std::to_array<DetailRow<ArchiveDetail>>({
    {ArchiveDetail::database_damaged, "database_damaged", "the {} in {} are damaged: {}; {}"},
    {ArchiveDetail::database_foreign, "database_foreign",
     "{1} holds no {0}: {2}; name another file"},
    {ArchiveDetail::database_newer, "database_newer",
     "the {} in {} are of version {}, which a later version of this program made; use that one"},
}));

consteval const auto& details_of(ArchiveDetail /*of which layer*/) {
    return archive_details;
}

}  // namespace aion::archive
