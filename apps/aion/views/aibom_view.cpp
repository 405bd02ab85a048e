// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/aibom_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "views/envelope_view.hpp"

namespace aion::cli {
namespace {

using supply::AiBom;
using supply::AiBomFinding;
using supply::ConvertedAiBom;

constexpr std::size_t most_lines = 20;

std::string signed_by(const BomSigners& signers) {
    return signers.required == 0 ? std::string()
                                 : "  " + signers_text(signers.signers, *signers.registry) + "\n";
}

std::string name_and_version(const std::string& name, const std::string& version) {
    return shown(name) + (version.empty() ? "" : " ") + shown(version);
}

// Of a list that may be long.
template <class Part, class Line>
void write_lines(Stream& out, const std::vector<Part>& parts, Line line) {
    for (std::size_t i = 0; i < std::min(parts.size(), most_lines); ++i) {
        out.write("  " + line(parts[i]) + "\n");
    }
    if (parts.size() > most_lines) {
        out.write(fmt::format("  {} {} more\n", out.ellipsis(), parts.size() - most_lines));
    }
}

std::string with(std::string_view separator, const std::optional<std::string>& text) {
    return text ? std::string(separator) + shown(*text) : std::string();
}

void write_model(Stream& out, const AiBom& aibom) {
    const supply::ModelRef& model = aibom.model;
    out.write(fmt::format("  model: {}{}{}\n", shown(model.format),
                          model.format.empty() ? "" : ", ",
                          counted(model.size, "byte", Digits::grouped)));
    out.write(fmt::format("    {}: {}\n", shown(model.hash_algorithm), to_hex(model.hash)));
}

void write_parts(Stream& out, const AiBom& aibom) {
    write_lines(out, aibom.frameworks, [](const supply::FrameworkRef& one) {
        return "framework: " + name_and_version(one.name, one.version) + with(", ", one.cpe);
    });
    write_lines(out, aibom.datasets, [](const supply::DatasetRef& one) {
        return "dataset: " + shown(one.name) + with(", ", one.license_spdx_id) +
               with(", ", one.uri);
    });
    write_lines(out, aibom.licenses, [](const supply::License& one) {
        return fmt::format("licence of {}: {}{}", supply::name_of(one.scope), shown(one.spdx_id),
                           with(", ", one.text_uri));
    });
    write_lines(out, aibom.hyperparameters, [](const auto& one) {
        return fmt::format("hyperparameter {}: {}", shown(one.first), shown(one.second));
    });
    write_lines(out, aibom.safety_attestations, [](const supply::SafetyAttestation& one) {
        return fmt::format("safety, {}: {}{}", shown(one.name), shown(one.result),
                           with(", ", one.report_uri));
    });
    write_lines(out, aibom.export_controls, [](const supply::ExportControl& one) {
        return fmt::format("export control {}: {}{}", shown(one.regime), shown(one.classification),
                           with(", ", one.notes));
    });
    write_lines(out, aibom.references, [](const supply::ExternalReference& one) {
        return fmt::format("{}: {}", shown(one.kind), shown(one.uri));
    });
    out.write(fmt::format("  version: {}\n", aibom.created_at_version));
}

void write_losses(Stream& out, const ConvertedAiBom& content) {
    write_lines(out, content.lost,
                [](const std::string& one) { return "not read: " + shown(one); });
    write_lines(out, content.assumed,
                [](const std::string& one) { return "assumed: " + shown(one); });
}

void write_texts(DocumentWriter& out, std::string_view key, const std::vector<std::string>& texts) {
    out.key(key).begin_array();
    for (const std::string& text : texts) {
        out.value(text);
    }
    out.end_array();
}

void write_model(DocumentWriter& out, const supply::ModelRef& model) {
    Twins twins(out);
    out.key("model").begin_object();
    out.member("name", model.name).member("version", model.version);
    out.member("hash_algorithm", model.hash_algorithm).member("hash", to_hex(model.hash));
    twins.number("size", model.size);
    out.member("format", model.format);
    twins.end_object();
}

void write_sources(DocumentWriter& out, const AiBom& aibom) {
    out.key("frameworks").begin_array();
    for (const supply::FrameworkRef& one : aibom.frameworks) {
        out.begin_object().member("name", one.name).member("version", one.version);
        out.member("cpe", one.cpe).end_object();
    }
    out.end_array().key("datasets").begin_array();
    for (const supply::DatasetRef& one : aibom.datasets) {
        Twins twins(out);
        out.begin_object().member("name", one.name);
        out.member("hash_algorithm", one.hash_algorithm).member("hash", hex_of(one.hash));
        twins.number("size", one.size);
        out.member("uri", one.uri).member("license_spdx_id", one.license_spdx_id);
        twins.end_object();
    }
    out.end_array().key("licenses").begin_array();
    for (const supply::License& one : aibom.licenses) {
        out.begin_object().member("spdx_id", one.spdx_id);
        out.member("scope", supply::name_of(one.scope)).member("text_uri", one.text_uri);
        out.end_object();
    }
    out.end_array();
}

void write_statements(DocumentWriter& out, const AiBom& aibom) {
    out.key("hyperparameters").begin_object();
    for (const auto& [name, json] : aibom.hyperparameters) {
        out.member(name, json);
    }
    out.end_object().key("safety_attestations").begin_array();
    for (const supply::SafetyAttestation& one : aibom.safety_attestations) {
        out.begin_object().member("name", one.name).member("result", one.result);
        out.member("report_hash_algorithm", one.report_hash_algorithm);
        out.member("report_hash", hex_of(one.report_hash)).member("report_uri", one.report_uri);
        out.end_object();
    }
    out.end_array().key("export_controls").begin_array();
    for (const supply::ExportControl& one : aibom.export_controls) {
        out.begin_object().member("regime", one.regime);
        out.member("classification", one.classification).member("notes", one.notes);
        out.end_object();
    }
    out.end_array().key("references").begin_array();
    for (const supply::ExternalReference& one : aibom.references) {
        out.begin_object().member("kind", one.kind).member("uri", one.uri).end_object();
    }
    out.end_array();
}

void write_bom_signers(DocumentWriter& out, const BomSigners& signers) {
    if (signers.required != 0) {
        write_signers(out, signers.signers, signers.required, *signers.registry);
    }
}

void write_losses(DocumentWriter& out, const ConvertedAiBom& content) {
    write_texts(out, "lost", content.lost);
    write_texts(out, "assumed", content.assumed);
}

void warn_of(Console& console, const std::vector<std::string>& places, std::string_view what) {
    for (std::size_t i = 0; i < std::min(places.size(), most_lines); ++i) {
        console.warn(fmt::format("{}: {}", what, shown(places[i])));
    }
    if (places.size() > most_lines) {
        console.warn(fmt::format("{}: {} more", what, places.size() - most_lines));
    }
}

}  // namespace

void write_text(Console& console, const AiBomView& view) {
    Stream& out = console.out();
    const AiBom& aibom = view.content.aibom;
    out.write(fmt::format("{}: {}\n", shown(view.path),
                          name_and_version(aibom.model.name, aibom.model.version)));
    out.write(signed_by(view.signers));
    write_model(out, aibom);
    write_parts(out, aibom);
    write_losses(out, view.content);
}

void write(DocumentWriter& out, const AiBomView& view) {
    Twins twins(out);
    const AiBom& aibom = view.content.aibom;
    out.begin_object();
    twins.path(view.path);
    out.member("source", view.format);
    write_bom_signers(out, view.signers);
    out.key("aibom").begin_object().member("schema_version", aibom.schema_version);
    write_model(out, aibom.model);
    write_sources(out, aibom);
    write_statements(out, aibom);
    Twins inner(out);
    inner.number("created_at_version", aibom.created_at_version);
    inner.end_object();
    write_losses(out, view.content);
    twins.end_object();
}

bool AiBomVerdictView::is_valid() const noexcept {
    return std::ranges::none_of(findings, &AiBomFinding::is_error);
}

void write_text(Console& console, const AiBomVerdictView& view) {
    if (console.is_quiet()) {
        return;
    }
    Stream& out = console.out();
    const auto errors = std::ranges::count_if(view.findings, &AiBomFinding::is_error);
    out.write(
        fmt::format("{}  {}: {}, {}\n", verdict_word(out, view.is_valid()), shown(view.path),
                    counted(static_cast<std::size_t>(errors), "error"),
                    counted(view.findings.size() - static_cast<std::size_t>(errors), "remark")));
    out.write(signed_by(view.signers));
    for (const AiBomFinding& finding : view.findings) {
        out.write(fmt::format("  {} {}: {} ({})\n", finding.is_error ? "error" : "remark",
                              shown(finding.pointer), finding.text, supply::name_of(finding.rule)));
    }
    write_losses(out, view.content);
}

void write(DocumentWriter& out, const AiBomVerdictView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    out.member("is_valid", view.is_valid()).member("source", view.format);
    write_bom_signers(out, view.signers);
    out.key("findings").begin_array();
    for (const AiBomFinding& finding : view.findings) {
        out.begin_object().member("rule", supply::name_of(finding.rule));
        out.member("severity", finding.is_error ? "error" : "remark");
        out.member("pointer", finding.pointer).member("text", finding.text).end_object();
    }
    out.end_array();
    write_losses(out, view.content);
    twins.end_object();
}

void write_text(Console& /*console*/, const ConvertedBomView& /*view*/) {}

void write(DocumentWriter& out, const ConvertedBomView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path).path("output", view.output);
    out.member("from", view.from).member("to", view.to);
    write_losses(out, view.content);
    twins.end_object();
}

void warn_of_losses(Console& console, const ConvertedAiBom& content, std::string_view format) {
    warn_of(console, content.lost, fmt::format("{} has no room for", format));
    warn_of(console, content.assumed, "not said, so assumed");
}

}  // namespace aion::cli
