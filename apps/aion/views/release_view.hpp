// SPDX-License-Identifier: MIT OR Apache-2.0
// Releases: what was sealed, pushed and pulled, verdicts, and what differs between two.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/release/transfer.hpp"
#include "aion/release/verdict.hpp"
#include "aion/report/structural_diff.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct ReleaseSealedView {
    const std::string& folder;
    const release::Bundle& bundle;
    const supply::AiBom& aibom;
    const supply::Manifest& manifest;
    bool is_logged = false;  ///< The places in a log are real.
};

void write_text(Console& console, const ReleaseSealedView& view);
void write(DocumentWriter& out, const ReleaseSealedView& view);

struct ReleaseVerdictView {
    const std::string& path;
    const release::ReleaseReport& report;
    const trust::Registry& registry;
};

void write_text(Console& console, const ReleaseVerdictView& view);
void write(DocumentWriter& out, const ReleaseVerdictView& view);

/// What a bundle says, of which nothing is verified.
struct ReleaseView {
    const std::string& path;
    const release::Bundle& bundle;
};

void write_text(Console& console, const ReleaseView& view);
void write(DocumentWriter& out, const ReleaseView& view);

struct ReleasePushedView {
    const supply::OciReference& reference;
    const release::PushedRelease& pushed;
};

void write_text(Console& console, const ReleasePushedView& view);
void write(DocumentWriter& out, const ReleasePushedView& view);

/// Two releases that are what their signers sealed.
struct ReleaseDiffView {
    struct Side {
        const std::string& path;
        const release::ReleaseReport& report;
    };

    /// Where both have a document, what differs in it.
    struct Part {
        std::string name;
        report::StructuralDiff diff;
    };

    Side a;
    Side b;

    /// Artefacts by name; both sides, or one.
    struct File {
        std::string name;
        const supply::Artifact* a = nullptr;
        const supply::Artifact* b = nullptr;
    };

    std::vector<File> files;
    std::vector<Part> parts;

    [[nodiscard]] bool is_same() const noexcept;
};

void write_text(Console& console, const ReleaseDiffView& view);
void write(DocumentWriter& out, const ReleaseDiffView& view);

}  // namespace aion::cli
