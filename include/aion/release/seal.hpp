// SPDX-License-Identifier: MIT OR Apache-2.0
// Making a release out of what it consists of.
#pragma once

#include <cstdint>
#include <span>

#include "aion/crypto/signing.hpp"
#include "aion/release/bundle.hpp"
#include "aion/supply/aibom.hpp"
#include "aion/supply/manifest.hpp"
#include "aion/supply/statement.hpp"

namespace aion::release {

/// What a release is made of.
struct Content {
    /// The model first, then whatever belongs to it.
    supply::Manifest manifest;
    /// `model.hash`, its algorithm and `model.size` are set from the first artefact;
    /// `created_at_version` is the release's own version, at which its signer's key has to count.
    supply::AiBom aibom;
    supply::Provenance provenance;
};

enum class SealForm : std::uint8_t {
    /// Artefacts have SHA-256 besides, where the manifest has it, and the provenance names bill and
    /// manifest by their digests, as its byproducts: parts of two releases cannot be mixed.
    bound,
    /// The reference's bytes, in which nothing that is signed says which bill belongs to which
    /// provenance.
    reference,
};

/// How the provenance names bill and manifest.
inline constexpr std::string_view aibom_byproduct = "aibom";
inline constexpr std::string_view manifest_byproduct = "manifest";

/// Signs a release: manifest, bill and provenance, with one key. Equal content, key and form make
/// equal bytes: no time, nothing random. Places in a log are those of a log of its own, 0, 1 and 2,
/// until `set_logged` says others. Errors, before anything is signed: `invalid_argument` without an
/// artefact or builder id; those of `make_provenance`; then the signer's own.
[[nodiscard]] Result<Bundle> seal(const Content& content, AuthorId signer, crypto::Signer& key,
                                  SealForm form = SealForm::bound);

/// Says where `entries_of` a release were logged, by index, in their order.
void set_logged(Bundle& bundle, std::span<const std::uint64_t, logged_kinds.size()> indexes);

}  // namespace aion::release
