// SPDX-License-Identifier: MIT OR Apache-2.0
// Looking into a file without judging it. Nothing here is a verdict: call policy::verify for that,
// or policy::open_verified for content that can be relied on.
//
/// Example: what the file says of its history, true or not.
///
///     #include "aion/base/env.hpp"
///
///     const auto content = Env::system().read("policy.aion", {});
///     if (!content) {
///         return fail(content.error());
///     }
///     const auto view = format::FileView::parse((*content)->bytes());
///     if (!view) {
///         return fail(view.error());
///     }
///     const auto versions = policy::history(*view);
///     if (!versions) {
///         return fail(versions.error());
///     }
///     std::cout << versions->size() << " versions" << '\n';  // 2 versions
///     std::cout << versions->back().message << '\n';  // Second
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/result.hpp"
#include "aion/format/file_view.hpp"
#include "aion/trust/log_order.hpp"
#include "aion/trust/registry.hpp"

namespace aion::policy {

/// One version as the file tells it.
struct VersionInfo {
    VersionNumber number;
    AuthorId author;
    Timestamp timestamp;
    std::string message;  ///< Valid UTF-8; bad bytes replaced by U+FFFD. Not signed by format v2.
    Hash rules_hash;
    std::optional<Hash> parent_hash;  ///< Nothing for version 1.
    Hash version_hash;
};

/// One signature and whether it holds under a registry.
struct SignatureInfo {
    VersionNumber version;
    AuthorId author;  ///< From the signature entry.
    PublicKey public_key;
    bool verified = false;
    std::optional<std::string> error;
};

struct FileSummary {
    FileId file_id;
    std::uint64_t version_count = 0;
    VersionNumber current_version;  ///< The last entry's number, 0 without entries.
    std::vector<VersionInfo> versions;
    std::vector<SignatureInfo> signatures;
};

/// The payload of the head version, decrypted and checked against its rules hash, but with no
/// signature or integrity check at all.
/// Errors: `invalid_format`, `decryption_failed`, `hash_mismatch`.
[[nodiscard]] Result<Bytes> payload_unverified(const format::FileView& view);

/// Every version. Errors: `invalid_format`.
[[nodiscard]] Result<std::vector<VersionInfo>> history(const format::FileView& view);

/// Every signature, checked; `log` as in `VerifyOptions`. Errors: `invalid_format`.
[[nodiscard]] Result<std::vector<SignatureInfo>> signatures(const format::FileView& view,
                                                            const trust::Registry& registry,
                                                            const trust::LogOrder* log = nullptr);

/// All of the above but the payload. Errors: `invalid_format`.
[[nodiscard]] Result<FileSummary> summarize(const format::FileView& view,
                                            const trust::Registry& registry,
                                            const trust::LogOrder* log = nullptr);

}  // namespace aion::policy
