// SPDX-License-Identifier: MIT OR Apache-2.0
// OCI artefacts (https://specs.opencontainers.org, v1.1.1): descriptors, manifests, indexes, and
// the references by which they are named.
//
// A manifest names blobs by digest and size. What others wrote is read, hashed and passed on as the
// bytes it is, never written anew: what is written here is ours, in the reference's bytes.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/sha256.hpp"

namespace aion::supply {

// Media types.
inline constexpr std::string_view oci_manifest_type = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view oci_index_type = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view oci_empty_type = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view docker_manifest_type =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_index_type =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view oci_file_type = "application/octet-stream";

/// Of an `.aion` file: the artefact, its layer and its config.
inline constexpr std::string_view oci_aion_type = "application/vnd.aion.context.v2";
inline constexpr std::string_view oci_aion_layer_type = "application/vnd.aion.context.v2+binary";
inline constexpr std::string_view oci_aion_config_type =
    "application/vnd.aion.context.config.v1+json";
/// Of files that belong together.
inline constexpr std::string_view oci_files_type = "application/vnd.aion.files.v1";

// Annotations.
inline constexpr std::string_view oci_title = "org.opencontainers.image.title";
inline constexpr std::string_view oci_created = "org.opencontainers.image.created";
/// The tag of an entry of a layout's index.
inline constexpr std::string_view oci_ref_name = "org.opencontainers.image.ref.name";

/// Of a manifest or index, in bytes: what registries take at least, and hardly one takes more.
inline constexpr std::size_t max_oci_document = std::size_t{4} << 20U;
/// Layers of a manifest, entries of an index: as many as fit.
inline constexpr std::size_t max_oci_descriptors = 65536;

/// `sha256:` or `sha512:` and lower-case hex digits: what a blob is named by.
class OciDigest {
  public:
    /// Errors: `invalid_format` with the detail `oci_bad_digest`, also for another algorithm.
    [[nodiscard]] static Result<OciDigest> parse(std::string_view text);
    [[nodiscard]] static OciDigest of(const crypto::Sha256Digest& digest);
    /// Of these bytes, by SHA-256.
    [[nodiscard]] static OciDigest of_bytes(ByteView bytes);

    /// `sha256` or `sha512`; lives as long as this object.
    [[nodiscard]] std::string_view algorithm() const noexcept;
    /// 64 or 128 digits; lives as long as this object.
    [[nodiscard]] std::string_view hex() const noexcept;

    [[nodiscard]] bool is_sha256() const noexcept { return algorithm() == "sha256"; }

    /// Both, with a colon between them.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    /// None, of a descriptor that nobody filled in; nothing has it.
    OciDigest() = default;
    friend bool operator==(const OciDigest&, const OciDigest&) = default;
    friend auto operator<=>(const OciDigest&, const OciDigest&) = default;

  private:
    explicit OciDigest(std::string text) : text_(std::move(text)) {}

    std::string text_;
};

using OciAnnotations = std::map<std::string, std::string, std::less<>>;

/// What a blob or manifest is, and how much of it there is.
struct OciDescriptor {
    std::string media_type;
    OciDigest digest;
    std::uint64_t size = 0;  ///< Bytes.
    OciAnnotations annotations = {};
    std::string artifact_type = {};  ///< Empty: none.
    /// Every other member, e.g. `"platform":{"os":"linux"},"urls":[]`, as it was written but for
    /// white space; empty: none.
    std::string others = {};

    /// The annotation of that name, or nullptr.
    [[nodiscard]] const std::string* annotation(std::string_view name) const noexcept;
    friend bool operator==(const OciDescriptor&, const OciDescriptor&) = default;
};

/// Whether a media type is that of a manifest or an index, OCI's or Docker's.
[[nodiscard]] bool is_oci_manifest_type(std::string_view media_type) noexcept;
[[nodiscard]] bool is_oci_index_type(std::string_view media_type) noexcept;
/// Either of the two.
[[nodiscard]] bool is_oci_document_type(std::string_view media_type) noexcept;

/// What bytes are, with their SHA-256.
[[nodiscard]] OciDescriptor describe_bytes(std::string_view media_type, std::string_view bytes);

/// `{}`, which stands where a blob must be named and there is none.
inline constexpr std::string_view oci_empty_blob = "{}";
[[nodiscard]] OciDescriptor oci_empty_descriptor();

struct OciManifest {
    std::string media_type = std::string(oci_manifest_type);  ///< Empty: not said.
    std::string artifact_type = {};                           ///< Empty: none.
    OciDescriptor config;
    std::vector<OciDescriptor> layers = {};
    std::optional<OciDescriptor> subject = {};
    OciAnnotations annotations = {};

    /// `artifact_type`, or of a manifest without one that of its config, as the distribution-spec
    /// has it.
    [[nodiscard]] const std::string& kind() const noexcept {
        return artifact_type.empty() ? config.media_type : artifact_type;
    }

    friend bool operator==(const OciManifest&, const OciManifest&) = default;
};

/// Manifests under one name. Members that nobody here knows are kept in `others`.
struct OciIndex {
    std::string media_type = std::string(oci_index_type);  ///< Empty: not said.
    std::string artifact_type = {};                        ///< Empty: none.
    std::vector<OciDescriptor> manifests = {};
    std::optional<OciDescriptor> subject = {};
    OciAnnotations annotations = {};
    std::string others = {};  ///< As in `OciDescriptor`.
    friend bool operator==(const OciIndex&, const OciIndex&) = default;
};

/// Read a manifest or an index. `schemaVersion` is 2; `mediaType` may be missing; what has members
/// of both is neither, as two programs could take it for different things. Errors:
/// `invalid_format` with the place and a detail of base/json_details.hpp, `oci_bad_digest`,
/// `oci_other_type` (another version or type, or both kinds at once), `oci_too_many`.
[[nodiscard]] Result<OciManifest> oci_manifest_from_json(std::string_view text);
[[nodiscard]] Result<OciIndex> oci_index_from_json(std::string_view text);

/// In one line, members in the order of the specification, annotations in that of their names: the
/// reference's bytes.
[[nodiscard]] std::string to_json(const OciDescriptor& descriptor);
[[nodiscard]] std::string to_json(const OciManifest& manifest);
[[nodiscard]] std::string to_json(const OciIndex& index);

/// The config of an `.aion` file's manifest.
struct OciAionConfig {
    std::uint32_t format_version = 2;
    std::uint64_t file_id = 0;
    std::uint64_t version = 0;  ///< The newest that the file has.
    std::string created_at;     ///< Free text; RFC 3339 in ours.
};

/// The config as a blob.
[[nodiscard]] std::string to_json(const OciAionConfig& config);

/// The manifest of an `.aion` file, `layer`, whose config is `config` as `to_json` has it.
[[nodiscard]] OciManifest make_aion_manifest(OciDescriptor layer, const OciAionConfig& config);

/// The manifest of something about `subject`: one blob, no config. `annotations` are the
/// manifest's; the reference has none.
[[nodiscard]] OciManifest make_referrer(std::string_view artifact_type, OciDescriptor blob,
                                        OciDescriptor subject, OciAnnotations annotations = {});

/// Where a manifest is: `HOST[:PORT]/NAME[:TAG][@DIGEST]` of a registry (distribution-spec), or
/// `oci:FOLDER[:TAG][@DIGEST]` of a layout on disk, as skopeo has it.
struct OciReference {
    std::string host;        ///< With its port, if there is one; empty: a layout.
    std::string repository;  ///< Empty: a layout.
    std::string folder;      ///< Empty: a registry.
    std::string tag;         ///< Empty: none.
    std::optional<OciDigest> digest;

    /// A host has a dot, a port, or is `localhost`, so that `model/a` is not looked for in
    /// somebody's registry. What follows the last colon or at sign of `oci:…` is no part of the
    /// folder if it has the form of a tag or digest. Errors: `invalid_format` with the detail
    /// `oci_bad_reference`.
    [[nodiscard]] static Result<OciReference> parse(std::string_view text);

    [[nodiscard]] bool is_layout() const noexcept { return host.empty(); }

    /// The digest if there is one, else the tag, which may be empty.
    [[nodiscard]] const std::string& version() const noexcept {
        return digest ? digest->text() : tag;
    }

    /// As `parse` reads it.
    [[nodiscard]] std::string text() const;
    friend bool operator==(const OciReference&, const OciReference&) = default;
};

/// Whether a word has the form of a tag: up to 128 letters, digits, `_`, `.` and `-`, of which
/// `.` and `-` do not stand first.
[[nodiscard]] bool is_oci_tag(std::string_view word) noexcept;

}  // namespace aion::supply
