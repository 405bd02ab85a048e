// SPDX-License-Identifier: MIT OR Apache-2.0
// The versions of a file in a page: drawn (html_timeline.cpp) and in tables.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "aion/policy/examine.hpp"
#include "report/html_page.hpp"

namespace aion::report {

/// What of one version is drawn.
struct VersionMark {
    AuthorId author;
    Timestamp timestamp;
    policy::SignatureState signature = policy::SignatureState::not_judged;
};

/// All versions of a file, looked at once.
struct Overview {
    std::vector<VersionMark> versions;
    std::map<AuthorId, std::uint64_t> by_author;  ///< How many versions name them.
    /// Of signatures that verify: `signers_of`.
    std::map<std::pair<AuthorId, Epoch>, policy::SignerUse> by_epoch;
    std::uint64_t refused = 0;
    std::uint64_t not_judged = 0;
};

[[nodiscard]] Overview look_over(const policy::Examination& file);

/// The drawing, its key, and for whom it is described.
void write_timeline(Page& page, const policy::Examination& file, const Overview& overview);
/// The keys that can be linked to in a page.
using KeyAnchors = std::set<std::pair<AuthorId, Epoch>>;
/// Authors, their epochs and keys.
KeyAnchors write_keys(Page& page, const policy::Examination& file, const Overview& overview);
/// The newest versions.
void write_versions(Page& page, const policy::Examination& file, const KeyAnchors& anchors);

}  // namespace aion::report
