// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/manifest_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "views/author_text.hpp"
#include "views/envelope_view.hpp"

namespace aion::cli {
namespace {

using supply::Artifact;
using supply::ArtifactFinding;
using supply::Manifest;
using supply::ManifestCheck;

std::uint64_t total_size(const Manifest& manifest) {
    std::uint64_t total = 0;
    for (const Artifact& artifact : manifest.artifacts()) {
        total += artifact.size;
    }
    return total;
}

std::string extent_of(const Manifest& manifest) {
    return fmt::format("{}, {}", counted(manifest.artifacts().size(), "file", Digits::grouped),
                       counted(total_size(manifest), "byte", Digits::grouped));
}

void write_extent(DocumentWriter& out, Twins& twins, const Manifest& manifest) {
    out.member("manifest_id", to_hex(manifest.id()));
    twins.number("file_count", manifest.artifacts().size()).number("size", total_size(manifest));
}

std::string size_text(std::optional<std::uint64_t> size) {
    return size ? counted(*size, "byte", Digits::grouped) : "no size";
}

std::string words_for(const ManifestCheck::Row& row, std::string_view extra) {
    switch (row.finding) {
        case ArtifactFinding::same:
            return "the same";
        case ArtifactFinding::not_sampled:
            return "not looked into";
        case ArtifactFinding::missing:
            return "missing";
        case ArtifactFinding::other_size:
            return fmt::format("changed: {} instead of {}", size_text(row.found_size),
                               size_text(row.expected_size));
        case ArtifactFinding::other_content:
            return row.expected_size ? "changed: of the same size" : "changed";
        case ArtifactFinding::unreadable:
            return "cannot be read";
        case ArtifactFinding::extra:
            return std::string(extra);
    }
    return "";
}

std::string sample_text(const ManifestVerdictView& view) {
    if (!view.seed) {
        return {};
    }
    const ManifestCheck& check = *view.check;
    return fmt::format("  a sample: {} hashed, {} not looked into; the same again: --seed {}\n",
                       counted(check.same, "file", Digits::grouped), grouped(check.not_sampled),
                       *view.seed);
}

void write_artifact(DocumentWriter& out, const Artifact& artifact) {
    Twins twins(out);
    out.begin_object().member("name", artifact.name);
    twins.number("size", artifact.size);
    out.member("blake3", to_hex(artifact.blake3));
    out.member("sha256", artifact.sha256 ? std::optional(to_hex(*artifact.sha256)) : std::nullopt);
    twins.end_object();
}

void write_row(DocumentWriter& out, const ManifestCheck::Row& row) {
    Twins twins(out);
    out.begin_object().member("name", row.name).member("finding", supply::name_of(row.finding));
    twins.number("expected_size", row.expected_size).number("found_size", row.found_size);
    out.member("error", row.error ? std::optional(row.error->full_message()) : std::nullopt);
    twins.end_object();
}

}  // namespace

void write_differences(Stream& out, std::span<const ManifestCheck::Row> rows,
                       std::string_view extra) {
    for (const ManifestCheck::Row& row : rows) {
        std::string line = fmt::format("  {}: {}", shown(row.name), words_for(row, extra));
        if (row.error) {
            line += fmt::format(" ({})", shown(row.error->full_message()));
        }
        out.write(line + "\n");
    }
}

void write_differences(DocumentWriter& out, std::span<const ManifestCheck::Row> rows) {
    out.key("differences").begin_array();
    for (const ManifestCheck::Row& row : rows) {
        write_row(out, row);
    }
    out.end_array();
}

void write_text(Console& console, const ManifestMadeView& view) {
    console.success("Manifest written to: " + shown(view.path));
    console.out().write(fmt::format("  {}\n  Id: {}\n  Signed by: {}\n", extent_of(view.manifest),
                                    to_hex(view.manifest.id()), view.signer.value));
}

void write(DocumentWriter& out, const ManifestMadeView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    write_extent(out, twins, view.manifest);
    twins.number("signer", view.signer);
    twins.end_object();
}

void write_text(Console& console, const ManifestView& view) {
    Stream& out = console.out();
    out.write(fmt::format("{}: {}\n  Id: {}\n", shown(view.path), extent_of(view.manifest),
                          to_hex(view.manifest.id())));
    if (view.envelope == nullptr) {
        out.write("  Signed by nobody\n");
    } else {
        for (const supply::EnvelopeSignature& signature : view.envelope->signatures) {
            out.write("  Claims to be signed by: " +
                      (signature.keyid.empty() ? "(no keyid)" : shown(signature.keyid)) + "\n");
        }
    }
    for (const Artifact& artifact : view.manifest.artifacts()) {
        out.write(fmt::format("{}  {:>14}  {}\n", to_hex(artifact.blake3), artifact.size,
                              shown(artifact.name)));
    }
    console.hint("Nothing was verified: `aion manifest verify` does");
}

void write(DocumentWriter& out, const ManifestView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    write_extent(out, twins, view.manifest);
    out.key("keyids").begin_array();
    if (view.envelope != nullptr) {
        for (const supply::EnvelopeSignature& signature : view.envelope->signatures) {
            out.value(signature.keyid);
        }
    }
    out.end_array().key("files").begin_array();
    for (const Artifact& artifact : view.manifest.artifacts()) {
        write_artifact(out, artifact);
    }
    out.end_array();
    twins.end_object();
}

void write_text(Console& console, const ManifestVerdictView& view) {
    if (console.is_quiet()) {
        return;
    }
    Stream& out = console.out();
    const std::string word = verdict_word(out, view.is_valid());
    if (!view.signatures.is_valid()) {
        out.write(fmt::format("{}  {}: {}; no file was looked at\n", word, shown(view.path),
                              view.signatures.reason));
        return;
    }
    const std::string signers = signers_text(view.signatures.signers, view.registry);
    if (view.is_valid()) {
        out.write(fmt::format("{}  {}: {} in {}, {}\n{}", word, shown(view.path),
                              extent_of(view.manifest), shown(view.folder), signers,
                              sample_text(view)));
        return;
    }
    const std::size_t count = view.check->rows.size();
    out.write(fmt::format("{}  {}: {} in {} {} not as the manifest says, which is {}\n", word,
                          shown(view.path), counted(count, "file", Digits::grouped),
                          shown(view.folder), count == 1 ? "is" : "are", signers));
    write_differences(out, view.check->rows, "not in the manifest");
    out.write(sample_text(view));
}

void write(DocumentWriter& out, const ManifestVerdictView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path).path("folder", view.folder);
    out.member("is_valid", view.is_valid()).member("reason", view.signatures.reason);
    write_extent(out, twins, view.manifest);
    write_signers(out, view.signatures.signers, view.signatures.required, view.registry);
    if (view.check) {
        twins.number("same", view.check->same)
            .number("not_sampled", view.check->not_sampled)
            .number("hashed_bytes", view.check->hashed_bytes);
        twins.number("seed", view.seed);
        write_differences(out, view.check->rows);
    }
    twins.end_object();
}

}  // namespace aion::cli
