// SPDX-License-Identifier: MIT OR Apache-2.0
// Envelopes, and what was found of their signatures.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "aion/base/document_writer.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// The envelopes of one file.
struct EnvelopesView {
    const std::string& path;
    std::span<const supply::Envelope> envelopes;
    /// One for each; none: nobody judged them, and the view says so.
    std::span<const supply::EnvelopeVerdict> verdicts;
    const trust::Registry* registry = nullptr;  ///< Of the verdicts.
    /// Where the payload of the only envelope went; empty: nowhere.
    std::string payload_path = {};

    [[nodiscard]] bool is_valid() const noexcept;
};

void write_text(Console& console, const EnvelopesView& view);
void write(DocumentWriter& out, const EnvelopesView& view);

/// Whose signature of a file a bundle has.
struct BlobView {
    const std::string& path;
    std::optional<AuthorId> signer;  ///< Nothing: that of nobody who counts.
    const trust::Registry& registry;
};

void write_text(Console& console, const BlobView& view);
void write(DocumentWriter& out, const BlobView& view);

/// `VALID` or `INVALID` in its colour.
[[nodiscard]] std::string verdict_word(const Stream& out, bool is_valid);

/// `signed by alice (1001), bob (1002)`.
[[nodiscard]] std::string signers_text(std::span<const AuthorId> signers,
                                       const trust::Registry& registry);

/// Members `signers` and `required` of an object.
void write_signers(DocumentWriter& out, std::span<const AuthorId> signers, std::uint32_t required,
                   const trust::Registry& registry);

}  // namespace aion::cli
