// SPDX-License-Identifier: MIT OR Apache-2.0
// What stops an operation on a file whose parts can be read.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::policy {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class PolicyDetail : std::uint8_t {
    file_without_versions,      ///< No version, so no payload either.
    file_not_in_memory,         ///< The file was opened in part, which is not enough here.
    messages_overlap,           ///< Messages lie over the same bytes.
    signature_without_version,  ///< More signatures than versions.
    draft_unsound,  ///< What was about to be written is INVALID: a fault of this library.
};

inline constexpr NameTable policy_details(std::to_array<DetailRow<PolicyDetail>>({
    {PolicyDetail::file_without_versions, "file_without_versions", "File has no versions"},
    {PolicyDetail::file_not_in_memory, "file_not_in_memory",
     "the file is not in memory as a whole"},
    {PolicyDetail::messages_overlap, "messages_overlap",
     "messages overlap: together they are longer than the file"},
    {PolicyDetail::signature_without_version, "signature_without_version",
     "Signature index {} exceeds version count {}"},
    {PolicyDetail::draft_unsound, "draft_unsound",
     "the file just built does not verify, nothing was written: {}"},
}));

consteval const auto& details_of(PolicyDetail /*of which layer*/) {
    return policy_details;
}

}  // namespace aion::policy
