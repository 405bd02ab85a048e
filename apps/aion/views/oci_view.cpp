// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/oci_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/counted.hpp"
#include "aion/base/twins.hpp"

namespace aion::cli {
namespace {

using supply::BlobFinding;
using supply::LayoutReport;
using supply::OciDescriptor;
using supply::PullAction;
using supply::PullReport;

std::string bytes_text(std::uint64_t bytes) {
    return counted(bytes, "byte", Digits::grouped);
}

std::string blobs_text(std::uint64_t blobs) {
    return counted(blobs, "blob", Digits::grouped);
}

std::string kind_text(const OciDescriptor& descriptor) {
    return shown(descriptor.artifact_type.empty() ? descriptor.media_type
                                                  : descriptor.artifact_type);
}

// Members of an object that was begun.
void write_descriptor(DocumentWriter& out, Twins& twins, const OciDescriptor& descriptor) {
    out.member("digest", descriptor.digest.text()).member("media_type", descriptor.media_type);
    out.member("artifact_type", descriptor.artifact_type.empty()
                                    ? std::nullopt
                                    : std::optional(descriptor.artifact_type));
    twins.number("size", descriptor.size);
}

void write_annotations(DocumentWriter& out, const OciDescriptor& descriptor) {
    out.key("annotations").begin_object();
    for (const auto& [name, text] : descriptor.annotations) {
        out.member(name, text);
    }
    out.end_object();
}

std::string words_for(const PullReport::File& file) {
    switch (file.action) {
        case PullAction::fetched:
            return bytes_text(file.layer.size);
        case PullAction::resumed:
            return fmt::format("{}, of which {} were there", bytes_text(file.layer.size),
                               grouped(file.resumed_from));
        case PullAction::same:
            return "was there";
        case PullAction::replaced:
            return bytes_text(file.layer.size) + ", another was replaced";
    }
    return "";
}

std::string words_for(const LayoutReport::Row& row) {
    switch (row.finding) {
        case BlobFinding::fits:
            return row.is_named ? "" : "nobody names it";
        case BlobFinding::other_content:
            return "CHANGED: its digest is another";
        case BlobFinding::other_size:
            return "CHANGED: it has another size than the one it is named with";
        case BlobFinding::missing:
            return "MISSING";
        case BlobFinding::bad_document:
            return "DAMAGED: no manifest or index";
        case BlobFinding::unreadable:
            return "UNREADABLE";
        case BlobFinding::foreign:
            return "no blob";
    }
    return "";
}

}  // namespace

void write_text(Console& console, const OciPushedView& view) {
    const OciDescriptor& manifest = view.report.manifest;
    console.success("Pushed to: " + shown(view.reference.text()));
    console.out().write(fmt::format(
        "  {}, {}\n  Type: {}\n  Digest: {}\n", counted(view.report.files, "file", Digits::grouped),
        bytes_text(view.report.bytes), kind_text(manifest), manifest.digest.text()));
}

void write(DocumentWriter& out, const OciPushedView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path("reference", view.reference.text());
    write_descriptor(out, twins, view.report.manifest);
    twins.number("file_count", view.report.files).number("file_bytes", view.report.bytes);
    twins.end_object();
}

void write_text(Console& console, const OciCopiedView& view) {
    console.success("Copied to: " + shown(view.reference.text()));
    console.out().write(fmt::format("  {}, {} ({}), {} were there\n  Digest: {}\n",
                                    counted(view.report.manifests, "manifest", Digits::grouped),
                                    blobs_text(view.report.blobs), bytes_text(view.report.bytes),
                                    grouped(view.report.already), view.descriptor.digest.text()));
}

void write(DocumentWriter& out, const OciCopiedView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path("reference", view.reference.text());
    write_descriptor(out, twins, view.descriptor);
    twins.number("manifests", view.report.manifests)
        .number("blobs", view.report.blobs)
        .number("blob_bytes", view.report.bytes)
        .number("blobs_there", view.report.already);
    twins.end_object();
}

void write_text(Console& console, const OciPulledView& view) {
    console.success("Pulled into: " + shown(view.folder));
    Stream& out = console.out();
    out.write(fmt::format("  Digest: {}\n", view.descriptor.digest.text()));
    bool has_archive = false;
    for (const PullReport::File& file : view.report.files) {
        out.write(fmt::format("  {}: {}{}\n", shown(file.name), words_for(file),
                              file.is_archive ? ", an archive" : ""));
        has_archive = has_archive || file.is_archive;
    }
    if (has_archive) {
        console.hint("Archives were not unpacked");
    }
}

void write(DocumentWriter& out, const OciPulledView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path("reference", view.reference.text()).path(view.folder);
    write_descriptor(out, twins, view.descriptor);
    out.member("kind", view.report.manifest.kind()).key("files").begin_array();
    for (const PullReport::File& file : view.report.files) {
        Twins row(out);
        out.begin_object().member("name", file.name).member("action", name_of(file.action));
        write_descriptor(out, row, file.layer);
        row.number("resumed_from", file.resumed_from);
        out.member("is_archive", file.is_archive);
        row.end_object();
    }
    out.end_array();
    twins.end_object();
}

void write_text(Console& console, const OciAttachedView& view) {
    for (const OciAttachedView::Row& row : view.rows) {
        console.success("Attached: " + shown(row.path));
        console.out().write(fmt::format("  Type: {}\n  Digest: {}\n", kind_text(row.descriptor),
                                        row.descriptor.digest.text()));
    }
}

void write(DocumentWriter& out, const OciAttachedView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path("reference", view.reference.text());
    out.member("subject", view.subject.digest.text()).key("attached").begin_array();
    for (const OciAttachedView::Row& row : view.rows) {
        Twins inner(out);
        out.begin_object();
        inner.path(row.path);
        write_descriptor(out, inner, row.descriptor);
        inner.end_object();
    }
    out.end_array();
    twins.end_object();
}

void write_text(Console& console, const OciReferrersView& view) {
    Stream& out = console.out();
    out.write(fmt::format("{}\n  {}\n", shown(view.reference.text()), view.subject.digest.text()));
    for (const supply::Referrer& referrer : view.referrers) {
        const std::string indent(std::size_t{referrer.depth} * 2, ' ');
        out.write(fmt::format("{}- {}\n{}  {}{}\n", indent, kind_text(referrer.descriptor), indent,
                              referrer.descriptor.digest.text(),
                              referrer.is_cut ? ": told of elsewhere" : ""));
    }
    if (view.referrers.empty()) {
        out.write("  Nothing is about it\n");
    } else {
        console.hint("Nothing was verified");
    }
}

void write(DocumentWriter& out, const OciReferrersView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path("reference", view.reference.text());
    write_descriptor(out, twins, view.subject);
    out.key("referrers").begin_array();
    for (const supply::Referrer& referrer : view.referrers) {
        Twins row(out);
        out.begin_object();
        write_descriptor(out, row, referrer.descriptor);
        out.member("depth", referrer.depth).member("is_cut", referrer.is_cut);
        write_annotations(out, referrer.descriptor);
        row.end_object();
    }
    out.end_array();
    twins.end_object();
}

void write_text(Console& console, const OciLayoutView& view) {
    if (console.is_quiet()) {
        return;
    }
    const LayoutReport& report = view.report;
    Stream& out = console.out();
    out.write(fmt::format("{}: {}\n  {}, {}, {} hashed\n", shown(view.folder),
                          report.is_valid() ? "every blob is what its name says" : "NOT SOUND",
                          counted(report.manifests, "manifest", Digits::grouped),
                          blobs_text(report.rows.size()), bytes_text(report.hashed_bytes)));
    for (const LayoutReport::Tag& tag : report.tags) {
        out.write(fmt::format("  {}: {}\n", shown(tag.tag), tag.digest.text()));
    }
    for (const LayoutReport::Row& row : report.rows) {
        std::string line = fmt::format("{}  {:>14}", shown(row.name), row.size);
        if (const std::string words = words_for(row); !words.empty()) {
            line += "  " + words;
        } else {
            line += "  " + shown(row.media_type);
        }
        if (row.error) {
            line += fmt::format(" ({})", shown(row.error->full_message()));
        }
        out.write(line + "\n");
    }
}

void write(DocumentWriter& out, const OciLayoutView& view) {
    const LayoutReport& report = view.report;
    Twins twins(out);
    out.begin_object();
    twins.path(view.folder);
    out.member("is_valid", report.is_valid());
    twins.number("manifests", report.manifests).number("hashed_bytes", report.hashed_bytes);
    out.key("tags").begin_array();
    for (const LayoutReport::Tag& tag : report.tags) {
        out.begin_object().member("tag", tag.tag).member("digest", tag.digest.text()).end_object();
    }
    out.end_array().key("blobs").begin_array();
    for (const LayoutReport::Row& row : report.rows) {
        Twins inner(out);
        out.begin_object();
        inner.path("name", row.name);
        out.member("finding", name_of(row.finding));
        inner.number("size", row.size);
        out.member("is_named", row.is_named)
            .member("media_type",
                    row.media_type.empty() ? std::nullopt : std::optional(row.media_type))
            .member("error", row.error ? std::optional(row.error->full_message()) : std::nullopt);
        inner.end_object();
    }
    out.end_array();
    twins.end_object();
}

}  // namespace aion::cli
