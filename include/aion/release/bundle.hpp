// SPDX-License-Identifier: MIT OR Apache-2.0
// A sealed release as one document, `release.json`: which files a model is, its bill of materials,
// how it was built, each signed; how it looks in an OCI registry; where it was logged.
//
// The form is the reference's, member for member. What of it is signed are the payloads of the
// envelopes; what stands beside them is a copy, which `judge_release` (verdict.hpp) compares.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/base/result.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/supply/manifest_signature.hpp"
#include "aion/tlog/entry.hpp"

namespace aion::release {

/// Files of a bundle's folder.
inline constexpr std::string_view document_name = "release.json";
inline constexpr std::string_view primary_name = "primary.bin";  ///< The first artefact, the model.
inline constexpr std::string_view artifacts_name = "artifacts";  ///< All others, by their names.

/// Of `release.json` in bytes.
inline constexpr std::size_t max_document_size = std::size_t{512} << 20U;

/// A place in a log that the release is said to have.
struct LoggedPart {
    std::uint16_t kind = 0;   ///< Number of a tlog::EntryKind, in a bundle that is well.
    std::uint64_t index = 0;  ///< `seq`.
    friend bool operator==(const LoggedPart&, const LoggedPart&) = default;
};

/// A release, of which nothing is verified. Documents are JSON in one line, as they stand there.
struct Bundle {
    AuthorId signer;
    std::string model_ref;  ///< A copy of the bill's `model`.
    Bytes manifest;         ///< Canonical bytes (supply/manifest.hpp); the model comes first.
    supply::ManifestSignature manifest_signature;
    supply::Envelope manifest_envelope;
    std::string aibom;
    supply::Envelope aibom_envelope;
    std::string provenance;  ///< An in-toto statement.
    supply::Envelope provenance_envelope;
    std::string oci_primary;
    std::string oci_aibom;
    std::string oci_provenance;
    std::vector<LoggedPart> log_entries;
    friend bool operator==(const Bundle&, const Bundle&) = default;
};

/// Reads `release.json`. Stricter than the reference: every part has to be written as it writes
/// it, but for white space, so that there is one spelling of one release: no members that nobody
/// knows, hex digits in lower case, base64 without padding, members in their order. Errors:
/// `invalid_format` with the place and a detail of base/json_details.hpp, `dsse_bad_base64`,
/// `release_bad_hex`, or `release_other_spelling`.
[[nodiscard]] Result<Bundle> bundle_from_json(std::string_view text);

/// The reference's bytes: two spaces a level, no end of line. In another style the same members.
[[nodiscard]] std::string to_json(const Bundle& bundle, JsonStyle style = JsonStyle::reference);

/// How a release looks in an OCI registry: three manifests, and the blobs that they name.
struct OciGraph {
    std::string config;      ///< Of the primary.
    std::string primary;     ///< Manifest of the canonical bytes, titled with the model's name.
    std::string aibom_blob;  ///< The envelope in the reference's form.
    std::string aibom;       ///< Manifest of that, about the primary.
    std::string provenance_blob;
    std::string provenance;
};

/// What manifest and envelopes of a bundle make, whatever its `oci_…` say. `model`: the bill's name
/// of it; `version`: the release's own.
[[nodiscard]] OciGraph oci_graph_of(const Bundle& bundle, std::string_view model,
                                    VersionNumber version);

/// What is logged of a release, in this order.
inline constexpr std::array logged_kinds = {tlog::EntryKind::manifest_signature,
                                            tlog::EntryKind::dsse_envelope,
                                            tlog::EntryKind::slsa_statement};

/// The entries: the 64 bytes of the manifest's signature, the bill's envelope, the provenance's,
/// both in the reference's form.
[[nodiscard]] std::array<Bytes, logged_kinds.size()> entries_of(const Bundle& bundle,
                                                                VersionNumber version);

}  // namespace aion::release
