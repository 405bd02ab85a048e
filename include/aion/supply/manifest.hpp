// SPDX-License-Identifier: MIT OR Apache-2.0
// Manifests: which artefacts belong together, and what each of them is, byte for byte.
//
// A manifest has names, sizes and digests, never content. Its id is the BLAKE3 of its canonical
// bytes, which are the reference's. What is signed is its payload, a JSON document in an envelope
// (envelope.hpp, `manifest_type`) that also has the SHA-256 of each artefact: the world's digest.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/sha256.hpp"
#include "aion/crypto/signing.hpp"

namespace aion::supply {

/// One artefact, mostly a file.
struct Artifact {
    /// Relative, with slashes, as `check_artifact_name` has it.
    std::string name;
    std::uint64_t size = 0;  ///< Bytes.
    Hash blake3;
    std::optional<crypto::Sha256Digest> sha256;
    friend bool operator==(const Artifact&, const Artifact&) = default;
};

/// Whether a name can be a file's below any folder, on any system, and only there: UTF-8, not
/// empty, components between single slashes, none of them `.` or `..`, no backslash and no NUL.
/// Errors: `invalid_format` with the detail `manifest_bad_name`.
[[nodiscard]] Result<> check_artifact_name(std::string_view name);

/// Artefacts in an order. Immutable.
class Manifest {
  public:
    /// Of so many artefacts at most; the payload of a million takes some 250 MB.
    static constexpr std::size_t max_artifacts = std::size_t{1} << 22U;

    /// Of a payload, in bytes.
    static constexpr std::size_t max_payload_size = std::size_t{1} << 30U;

    /// Errors: `invalid_format` with a detail (`manifest_bad_name`, `manifest_duplicate_name`,
    /// `manifest_too_many`), naming the artefact.
    [[nodiscard]] static Result<Manifest> make(std::vector<Artifact> artifacts);

    /// Reads the reference's canonical bytes, in which there are no SHA-256 digests. Stricter than
    /// the reference: names are what `make` takes, behind each other and each ended by NUL, as
    /// every writer has them; the algorithm is BLAKE3-256. Errors: `invalid_format` with one of the
    /// details above or `manifest_*`, which name the entry.
    [[nodiscard]] static Result<Manifest> from_canonical_bytes(ByteView bytes);

    /// Reads a payload. Members that nobody here knows are refused: they might matter. Errors:
    /// `invalid_format` with a detail of base/json_details.hpp or one of the above;
    /// `manifest_other_id` if `manifest_id` is not what the entries make.
    [[nodiscard]] static Result<Manifest> from_payload(std::string_view json);

    [[nodiscard]] const std::vector<Artifact>& artifacts() const noexcept { return artifacts_; }

    /// The artefact of that name, or nullptr.
    [[nodiscard]] const Artifact* find(std::string_view name) const noexcept;

    /// `AION_V2_MANIFEST_V1`, the count, 128 bytes an artefact, names ended by NUL
    /// (docs/attestations.md#manifests).
    [[nodiscard]] Bytes canonical_bytes() const;

    /// BLAKE3 of the canonical bytes: names, sizes and BLAKE3 digests in this order.
    [[nodiscard]] const Hash& id() const noexcept { return id_; }

    /// The JSON that is signed, in one line: `_type`, `entries`, `manifest_id`; each member of an
    /// entry in the order of the alphabet. Without SHA-256 digests it is the reference's, byte for
    /// byte; so it is with `with_sha256` false.
    [[nodiscard]] std::string payload(bool with_sha256 = true) const;

    friend bool operator==(const Manifest& a, const Manifest& b) {
        return a.artifacts_ == b.artifacts_;
    }

  private:
    explicit Manifest(std::vector<Artifact> artifacts);

    std::vector<Artifact> artifacts_;
    std::vector<std::uint32_t> by_name_;  // Indices of artefacts.
    Hash id_;
};

/// The reference's signature of a manifest outside an envelope: `AION_V2_MANIFEST_SIG_V1`, NUL, the
/// id, the signer.
inline constexpr std::size_t manifest_message_size = 64;
[[nodiscard]] std::array<std::uint8_t, manifest_message_size> manifest_message(
    const Manifest& manifest, AuthorId signer) noexcept;

}  // namespace aion::supply
