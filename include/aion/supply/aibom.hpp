// SPDX-License-Identifier: MIT OR Apache-2.0
// Bills of materials of models (AIBOM): what a model is, byte for byte, and what it was made of.
//
// The document is the reference's (`aion.aibom.v1`), member for member and byte for byte, so that
// what is signed here is read there. aibom_cyclonedx.hpp and aibom_spdx.hpp say the same in the
// world's words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/supply/manifest.hpp"

namespace aion::supply {

/// The payload type of an envelope with an AIBOM.
inline constexpr std::string_view aibom_type = "application/vnd.aion.aibom.v1+json";
inline constexpr std::string_view aibom_schema_version = "aion.aibom.v1";
/// How the digests that this library computes are named in an AIBOM.
inline constexpr std::string_view aibom_blake3_name = "BLAKE3-256";

/// The file that is the model: its weights.
struct ModelRef {
    std::string name;
    std::string version;
    std::string hash_algorithm = std::string(aibom_blake3_name);
    Hash hash;               ///< 32 bytes, of whatever algorithm.
    std::uint64_t size = 0;  ///< Bytes.
    std::string format;      ///< `gguf`, `safetensors`, …
    friend bool operator==(const ModelRef&, const ModelRef&) = default;
};

struct FrameworkRef {
    std::string name;
    std::string version;
    std::optional<std::string> cpe = {};  ///< CPE 2.3.
    friend bool operator==(const FrameworkRef&, const FrameworkRef&) = default;
};

struct DatasetRef {
    std::string name;
    std::optional<std::string> hash_algorithm = {};
    std::optional<Hash> hash = {};
    std::optional<std::uint64_t> size = {};  ///< Bytes.
    std::optional<std::string> uri = {};
    std::optional<std::string> license_spdx_id = {};  ///< An SPDX licence expression.
    friend bool operator==(const DatasetRef&, const DatasetRef&) = default;
};

/// What a licence is for.
enum class LicenseScope : std::uint8_t {
    weights,
    source_code,
    training_data,
    documentation,
    combined
};

/// `Weights`, `SourceCode`, …, as the document has it.
[[nodiscard]] std::string_view name_of(LicenseScope scope) noexcept;
/// The scope of that name, upper and lower case as it stands there.
[[nodiscard]] std::optional<LicenseScope> license_scope_from(std::string_view name) noexcept;

struct License {
    std::string spdx_id;  ///< An SPDX licence expression.
    LicenseScope scope = LicenseScope::combined;
    std::optional<std::string> text_uri = {};
    friend bool operator==(const License&, const License&) = default;
};

struct SafetyAttestation {
    std::string name;
    std::string result;
    std::optional<std::string> report_hash_algorithm = {};
    std::optional<Hash> report_hash = {};
    std::optional<std::string> report_uri = {};
    friend bool operator==(const SafetyAttestation&, const SafetyAttestation&) = default;
};

struct ExportControl {
    std::string regime;
    std::string classification;
    std::optional<std::string> notes = {};
    friend bool operator==(const ExportControl&, const ExportControl&) = default;
};

struct ExternalReference {
    std::string kind;
    std::string uri;
    friend bool operator==(const ExternalReference&, const ExternalReference&) = default;
};

/// How long a text may be, and how much may be in it.
inline constexpr std::size_t max_aibom_size = std::size_t{16} << 20U;  ///< Bytes.
inline constexpr std::size_t max_aibom_depth = 64;  ///< Arrays and objects inside each other.
inline constexpr std::size_t max_aibom_values = std::size_t{1} << 20U;  ///< All levels together.

struct AiBom {
    std::string schema_version = std::string(aibom_schema_version);
    ModelRef model;
    std::vector<FrameworkRef> frameworks;
    std::vector<DatasetRef> datasets;
    std::vector<License> licenses;
    /// Each value is JSON; names in the order of their bytes, none twice (`set_hyperparameter`).
    std::vector<std::pair<std::string, std::string>> hyperparameters;
    std::vector<SafetyAttestation> safety_attestations;
    std::vector<ExportControl> export_controls;
    std::vector<ExternalReference> references;
    /// The version of the `.aion` file that this goes with.
    std::uint64_t created_at_version = 0;
    friend bool operator==(const AiBom&, const AiBom&) = default;
};

/// Sets or replaces a hyperparameter. `json` is any JSON text; it is kept with its members sorted
/// at every depth and its numbers as the reference prints them. Errors: `invalid_format` with the
/// place and a detail of base/json_details.hpp.
[[nodiscard]] Result<> set_hyperparameter(AiBom& aibom, std::string_view name,
                                          std::string_view json);

/// Reads an AIBOM by the reference's rules: every member that may not be null must be there, as
/// must `hash` of a dataset and `report_hash` of an attestation, be it null; digests are 64 hex
/// digits in either case; a `schema_version` may be anything (`check_aibom` looks at it). Members
/// that nobody here knows are passed over, and JSON pointers to them appended to `unknown`, if it
/// is given. Other than the reference, a key that an object has twice is refused at any depth.
/// Errors: `invalid_format` with the place and a detail of base/json_details.hpp, or
/// `aibom_bad_digest`, `aibom_unknown_scope`.
[[nodiscard]] Result<AiBom> aibom_from_json(std::string_view text,
                                            std::vector<std::string>* unknown = nullptr);

/// The reference's bytes, which are what is signed: no white space, members in a fixed order,
/// nothing left out.
[[nodiscard]] std::string to_json(const AiBom& aibom);

/// The same under RFC 8785. Error: `jcs_integer_too_large` for a size or number beyond 2^53.
[[nodiscard]] Result<std::string> to_canonical_json(const AiBom& aibom);

/// What the reference never looks at.
enum class AiBomRule : std::uint8_t {
    unknown_schema_version,  ///< Another version than ours.
    empty_name,              ///< A name, kind or licence that is empty.
    empty_text,              ///< Another text that is empty where something is expected.
    unknown_hash_algorithm,  ///< None that we know with digests of 32 bytes.
    lone_hash,               ///< A digest without its algorithm, or the algorithm alone.
    bad_license,             ///< Not a licence expression of SPDX.
    unknown_license,         ///< A licence or exception that SPDX does not list.
    bad_cpe,                 ///< Not CPE 2.3.
    bad_uri,                 ///< Not a URI with a scheme (RFC 3986).
    duplicate,               ///< The same thing twice in a list.
    empty_model,             ///< A model of no bytes, or a version number 0.
    not_in_manifest,         ///< No artefact of the manifest has the model's digest.
    other_size,              ///< The artefact that has it is of another size.
    unknown_member,          ///< A member that an AIBOM does not have.
};

/// `unknown_schema_version`, …
[[nodiscard]] std::string_view name_of(AiBomRule rule) noexcept;

struct AiBomFinding {
    AiBomRule rule = AiBomRule::empty_name;
    bool is_error = false;  ///< Else a remark, which makes nothing invalid.
    std::string pointer;    ///< Where: a JSON pointer (RFC 6901) into the document.
    std::string text;       ///< What, for people.
    friend bool operator==(const AiBomFinding&, const AiBomFinding&) = default;
};

/// Looks for what the reference never checks, in the order of the document; with a manifest, also
/// whether one of its artefacts is the model. Whether a URI leads anywhere nobody asks.
[[nodiscard]] std::vector<AiBomFinding> check_aibom(const AiBom& aibom,
                                                    const Manifest* manifest = nullptr);

/// An AIBOM that was made of another format.
struct ConvertedAiBom {
    AiBom aibom;
    /// Places of what an AIBOM has no room for, e.g. `metadata.component.purl`.
    std::vector<std::string> lost;
    /// What the other format did not say and an AIBOM must, and what is written instead.
    std::vector<std::string> assumed;
};

}  // namespace aion::supply
