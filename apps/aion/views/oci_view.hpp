// SPDX-License-Identifier: MIT OR Apache-2.0
// OCI artefacts, and what became of them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/supply/oci_layout.hpp"
#include "aion/supply/oci_transfer.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct OciPushedView {
    const supply::OciReference& reference;
    const supply::PushReport& report;
};

void write_text(Console& console, const OciPushedView& view);
void write(DocumentWriter& out, const OciPushedView& view);

struct OciCopiedView {
    const supply::OciReference& reference;
    const supply::OciDescriptor& descriptor;
    const supply::CopyReport& report;
};

void write_text(Console& console, const OciCopiedView& view);
void write(DocumentWriter& out, const OciCopiedView& view);

struct OciPulledView {
    const supply::OciReference& reference;
    const supply::OciDescriptor& descriptor;
    const std::string& folder;
    const supply::PullReport& report;
};

void write_text(Console& console, const OciPulledView& view);
void write(DocumentWriter& out, const OciPulledView& view);

struct OciAttachedView {
    struct Row {
        std::string path;
        supply::OciDescriptor descriptor;
    };

    const supply::OciReference& reference;
    const supply::OciDescriptor& subject;
    std::vector<Row> rows;
};

void write_text(Console& console, const OciAttachedView& view);
void write(DocumentWriter& out, const OciAttachedView& view);

struct OciReferrersView {
    const supply::OciReference& reference;
    const supply::OciDescriptor& subject;
    std::span<const supply::Referrer> referrers;
};

void write_text(Console& console, const OciReferrersView& view);
void write(DocumentWriter& out, const OciReferrersView& view);

struct OciLayoutView {
    const std::string& folder;
    const supply::LayoutReport& report;
};

void write_text(Console& console, const OciLayoutView& view);
void write(DocumentWriter& out, const OciLayoutView& view);

}  // namespace aion::cli
