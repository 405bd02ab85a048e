// SPDX-License-Identifier: MIT OR Apache-2.0
// Manifests, and how folders compare with them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/supply/artifacts.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/supply/manifest.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// A manifest that was just signed.
struct ManifestMadeView {
    const std::string& path;
    const supply::Manifest& manifest;
    AuthorId signer;
};

void write_text(Console& console, const ManifestMadeView& view);
void write(DocumentWriter& out, const ManifestMadeView& view);

/// What a manifest lists, verified by nobody.
struct ManifestView {
    const std::string& path;
    const supply::Manifest& manifest;
    const supply::Envelope* envelope;  ///< nullptr: signed by nobody.
};

void write_text(Console& console, const ManifestView& view);
void write(DocumentWriter& out, const ManifestView& view);

/// Who has signed a manifest.
struct ManifestSignatures {
    std::uint32_t required = 1;
    std::vector<AuthorId> signers;
    std::string reason;  ///< Why they do not suffice; empty if they do.

    [[nodiscard]] bool is_valid() const noexcept { return reason.empty(); }
};

struct ManifestVerdictView {
    const std::string& path;
    const std::string& folder;
    const supply::Manifest& manifest;
    const trust::Registry& registry;
    const ManifestSignatures& signatures;
    std::optional<supply::ManifestCheck> check;  ///< Nothing: not enough have signed.
    std::optional<std::uint64_t> seed;           ///< Of the sample, if it was one.

    [[nodiscard]] bool is_valid() const noexcept {
        return signatures.is_valid() && check && check->is_valid();
    }
};

void write_text(Console& console, const ManifestVerdictView& view);
void write(DocumentWriter& out, const ManifestVerdictView& view);

/// A line for each file that is not as somebody said; `extra`: what one is that nobody named.
void write_differences(Stream& out, std::span<const supply::ManifestCheck::Row> rows,
                       std::string_view extra);
/// The member `differences` of an object.
void write_differences(DocumentWriter& out, std::span<const supply::ManifestCheck::Row> rows);

}  // namespace aion::cli
