// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/release_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "views/author_text.hpp"
#include "views/envelope_view.hpp"
#include "views/manifest_view.hpp"

namespace aion::cli {
namespace {

using policy::GateState;
using release::GateResult;
using release::ReleaseReport;

std::string bytes_text(std::uint64_t size) {
    return counted(size, "byte", Digits::grouped);
}

// `heron-3b 0.9.1 (gguf)`
std::string model_text(const supply::ModelRef& model) {
    std::string text = shown(model.name);
    if (!model.version.empty()) {
        text += " " + shown(model.version);
    }
    if (!model.format.empty()) {
        text += " (" + shown(model.format) + ")";
    }
    return text;
}

void write_model(DocumentWriter& out, const supply::ModelRef& model,
                 std::string_view name = "model") {
    Twins twins(out);
    out.key(name).begin_object();
    out.member("name", model.name).member("version", model.version);
    out.member("format", model.format).member("hash_algorithm", model.hash_algorithm);
    out.member("hash", to_hex(model.hash));
    twins.number("size", model.size);
    twins.end_object();
}

void write_log_entries(DocumentWriter& out, const release::Bundle& bundle) {
    out.key("log_entries").begin_array();
    for (const release::LoggedPart& part : bundle.log_entries) {
        Twins twins(out);
        out.begin_object().member("kind", part.kind);
        twins.number("seq", part.index);
        twins.end_object();
    }
    out.end_array();
}

std::string_view sign_of(report::ChangeKind kind) {
    switch (kind) {
        case report::ChangeKind::added:
            return "+";
        case report::ChangeKind::removed:
            return "-";
        case report::ChangeKind::changed:
            break;
    }
    return "~";
}

std::string_view sign_of(const ReleaseDiffView::File& file) {
    if (file.a == nullptr) {
        return sign_of(report::ChangeKind::added);
    }
    return sign_of(file.b == nullptr ? report::ChangeKind::removed : report::ChangeKind::changed);
}

void write_signer(DocumentWriter& out, Twins& twins, AuthorId signer,
                  const trust::Registry& registry) {
    twins.number("signer", signer);
    const std::string_view name = registry.author_name(signer);
    out.member("signer_name", name.empty() ? std::nullopt : std::optional(std::string(name)));
}

}  // namespace

void write_text(Console& console, const ReleaseSealedView& view) {
    console.success("Release sealed: " + shown(view.folder));
    Stream& out = console.out();
    out.write(fmt::format("  {}, {}\n  Signed by: {} at version {}\n", model_text(view.aibom.model),
                          counted(view.manifest.artifacts().size(), "file", Digits::grouped),
                          view.bundle.signer.value, view.aibom.created_at_version));
    if (view.is_logged) {
        std::string places;
        for (const release::LoggedPart& part : view.bundle.log_entries) {
            places += (places.empty() ? "" : ", ") + std::to_string(part.index);
        }
        out.write("  Logged at: " + places + "\n");
    }
}

void write(DocumentWriter& out, const ReleaseSealedView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.folder);
    twins.number("signer", view.bundle.signer)
        .number("aion_version", view.aibom.created_at_version);
    write_model(out, view.aibom.model);
    out.member("manifest_id", to_hex(view.manifest.id()));
    twins.number("file_count", view.manifest.artifacts().size());
    out.member("is_logged", view.is_logged);
    write_log_entries(out, view.bundle);
    twins.end_object();
}

void write_text(Console& console, const ReleaseVerdictView& view) {
    if (console.is_quiet()) {
        return;
    }
    Stream& out = console.out();
    const ReleaseReport& report = view.report;
    const std::string word = verdict_word(out, report.is_valid());
    if (report.is_valid()) {
        const AuthorId signer = report.signer;
        out.write(fmt::format("{}  {}: {}, {}, {} at version {}\n", word, shown(view.path),
                              model_text(report.model),
                              counted(report.files, "file", Digits::grouped),
                              signers_text({&signer, 1}, view.registry), report.version.value));
    } else {
        out.write(fmt::format("{}  {}: {} failed\n", word, shown(view.path),
                              counted(report.failed().size(), "gate")));
    }
    for (const GateResult& gate : report.gates) {
        if (gate.state == GateState::failed) {
            out.write(fmt::format("  {}: {}\n", words_for(gate.gate), shown(gate.reason)));
        }
    }
    write_differences(out, report.differences, "not in the manifest");
    for (const GateResult& gate : report.gates) {
        if (gate.state == GateState::skipped) {
            console.hint(fmt::format("{}: {}", words_for(gate.gate), shown(gate.reason)));
        }
    }
    if (report.leans_on_log && report.is_valid()) {
        console.hint("The key was ended since: that it was good then, the log says");
    }
}

void write(DocumentWriter& out, const ReleaseVerdictView& view) {
    const ReleaseReport& report = view.report;
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    out.member("is_valid", report.is_valid());
    // What a release says of itself is nothing while it is not VALID.
    if (report.is_valid()) {
        write_signer(out, twins, report.signer, view.registry);
        twins.number("epoch", report.epoch).number("aion_version", report.version);
        write_model(out, report.model);
        out.member("manifest_id", to_hex(report.manifest_id));
        out.member("provenance_sha256", to_hex(report.provenance_digest));
        twins.number("file_count", report.files);
        out.member("leans_on_log", report.leans_on_log);
    }
    out.key("gates").begin_array();
    for (const GateResult& gate : report.gates) {
        out.begin_object().member("gate", name_of(gate.gate));
        out.member("state", name_of(gate.state)).member("reason", gate.reason).end_object();
    }
    out.end_array();
    write_differences(out, report.differences);
    twins.end_object();
}

void write_text(Console& console, const ReleaseView& view) {
    Stream& out = console.out();
    const release::Bundle& bundle = view.bundle;
    out.write(fmt::format("{}\n  signer:        {}\n", shown(view.path), bundle.signer.value));
    const auto aibom = supply::aibom_from_json(bundle.aibom);
    if (!aibom) {
        out.write("  AIBOM:         " + shown(aibom.error().message()) + "\n");
    } else {
        out.write(fmt::format(
            "  model:         {}\n  model size:    {}\n  model hash:    {}  ({})\n"
            "  frameworks:    {}\n  licenses:      {}\n  safety atts:   {}\n"
            "  export ctrl:   {}\n  version:       {}\n",
            model_text(aibom->model), bytes_text(aibom->model.size), to_hex(aibom->model.hash),
            shown(aibom->model.hash_algorithm), aibom->frameworks.size(), aibom->licenses.size(),
            aibom->safety_attestations.size(), aibom->export_controls.size(),
            aibom->created_at_version));
    }
    out.write(fmt::format("  log entries:   {}\n", bundle.log_entries.size()));
    console.hint("Nothing was verified: `aion release verify` does");
}

void write(DocumentWriter& out, const ReleaseView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    out.member("is_verified", false);
    twins.number("signer", view.bundle.signer);
    if (const auto aibom = supply::aibom_from_json(view.bundle.aibom)) {
        write_model(out, aibom->model, "model_ref");
        twins.number("aion_version", aibom->created_at_version)
            .number("framework_count", aibom->frameworks.size())
            .number("license_count", aibom->licenses.size())
            .number("safety_attestation_count", aibom->safety_attestations.size())
            .number("export_control_count", aibom->export_controls.size());
    }
    write_log_entries(out, view.bundle);
    twins.end_object();
}

void write_text(Console& console, const ReleasePushedView& view) {
    console.success("Release pushed: " + shown(view.reference.text()));
    const release::PushedRelease& pushed = view.pushed;
    console.out().write(fmt::format("  Digest: {}\n  AIBOM: {}\n  Provenance: {}\n  Files: {}\n",
                                    pushed.primary.digest.text(), pushed.aibom.digest.text(),
                                    pushed.provenance.digest.text(), pushed.files.digest.text()));
}

void write(DocumentWriter& out, const ReleasePushedView& view) {
    const release::PushedRelease& pushed = view.pushed;
    out.begin_object().member("reference", view.reference.text());
    out.member("digest", pushed.primary.digest.text());
    out.member("aibom", pushed.aibom.digest.text());
    out.member("provenance", pushed.provenance.digest.text());
    out.member("files", pushed.files.digest.text()).end_object();
}

bool ReleaseDiffView::is_same() const noexcept {
    return a.report.signer == b.report.signer && files.empty() &&
           std::ranges::all_of(parts, [](const Part& part) { return part.diff.changes.empty(); });
}

void write_text(Console& console, const ReleaseDiffView& view) {
    Stream& out = console.out();
    for (const ReleaseDiffView::Side& side : {view.a, view.b}) {
        out.write(fmt::format("{}: {}, by {} at version {}\n", shown(side.path),
                              model_text(side.report.model), side.report.signer.value,
                              side.report.version.value));
    }
    if (view.is_same()) {
        out.write("The same release\n");
    }
    for (const ReleaseDiffView::File& file : view.files) {
        const auto digest = [](const supply::Artifact& one) {
            return fmt::format("{} ({})", short_hex(one.blake3.view()), bytes_text(one.size));
        };
        out.write(fmt::format("  {} {}: {}{}{}\n", sign_of(file), shown(file.name),
                              file.a == nullptr ? "" : digest(*file.a),
                              file.a != nullptr && file.b != nullptr ? " -> " : "",
                              file.b == nullptr ? "" : digest(*file.b)));
    }
    for (const ReleaseDiffView::Part& part : view.parts) {
        for (const report::StructuralChange& change : part.diff.changes) {
            const bool is_changed = change.kind == report::ChangeKind::changed;
            out.write(fmt::format("  {} {}{}: {}{}{}\n", sign_of(change.kind), part.name,
                                  shown(change.path), shown(change.from), is_changed ? " -> " : "",
                                  shown(change.to)));
        }
        if (part.diff.omitted != 0) {
            out.write(fmt::format("  ... and {} in {}\n",
                                  counted(part.diff.omitted, "more change", Digits::grouped),
                                  part.name));
        }
    }
}

void write(DocumentWriter& out, const ReleaseDiffView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path("a", view.a.path).path("b", view.b.path);
    out.member("is_same", view.is_same());
    twins.number("a_signer", view.a.report.signer).number("b_signer", view.b.report.signer);
    const auto digest = [](const supply::Artifact* one) {
        return one == nullptr ? std::nullopt : std::optional(to_hex(one->blake3));
    };
    out.key("files").begin_array();
    for (const ReleaseDiffView::File& file : view.files) {
        out.begin_object().member("name", file.name);
        out.member("a_blake3", digest(file.a)).member("b_blake3", digest(file.b)).end_object();
    }
    out.end_array();
    for (const ReleaseDiffView::Part& part : view.parts) {
        out.key(part.name).begin_array();
        for (const report::StructuralChange& change : part.diff.changes) {
            out.begin_object().member("kind", report::name_of(change.kind));
            out.member("path", change.path).member("from", change.from);
            out.member("to", change.to).end_object();
        }
        out.end_array();
    }
    twins.end_object();
}

}  // namespace aion::cli
