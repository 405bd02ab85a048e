// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/documents.hpp"

#include <optional>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "aion/trust/registry_chain.hpp"
#include "base/names.hpp"

namespace aion::report {

namespace {

using policy::TemporalWarning;

constexpr NameTable warning_kinds(std::to_array<Named<TemporalWarning::Kind>>({
    {TemporalWarning::Kind::non_monotonic, "non_monotonic"},
    {TemporalWarning::Kind::future, "future"},
    {TemporalWarning::Kind::clock_skew, "clock_skew"},
}));

}  // namespace

void write_gates(DocumentWriter& out, const policy::VerificationReport& verdict) {
    out.key("gates").begin_array();
    for (const policy::Gate gate : policy::all_gates) {
        Twins twins(out);
        out.begin_object()
            .member("gate", name_of(gate))
            .member("state", name_of(verdict.state(gate)))
            .member("asked", verdict.asked(gate));
        twins.number("finding_count", verdict.finding_counts[static_cast<std::size_t>(gate)]);
        twins.end_object();
    }
    out.end_array();
}

void write_findings(DocumentWriter& out, const policy::VerificationReport& verdict) {
    out.key("findings").begin_array();
    for (const policy::Finding& finding : verdict.findings) {
        Twins twins(out);
        out.begin_object()
            .member("gate", name_of(finding.gate))
            .member("reason", name_of(finding.reason));
        twins.number("version", finding.version).number("offset", finding.offset);
        out.member("message", finding.message);
        twins.end_object();
    }
    out.end_array();
}

void write_unauthenticated(DocumentWriter& out, std::span<const policy::Unauthenticated> open) {
    write_unauthenticated(out, points_of(open));
}

void write_unauthenticated(DocumentWriter& out, const policy::VerificationReport& verdict) {
    write_unauthenticated(out, open_points(verdict));
}

void write_unauthenticated(DocumentWriter& out, std::span<const OpenPoint> open) {
    out.key("unauthenticated").begin_array();
    for (const OpenPoint& point : open) {
        out.begin_object()
            .member("what", point.what)
            .member("explanation", point.explanation)
            .end_object();
    }
    out.end_array();
}

void write_temporal_warnings(DocumentWriter& out, const policy::VerificationReport& verdict) {
    out.key("temporal_warnings").begin_array();
    for (const TemporalWarning& warning : verdict.temporal_warnings) {
        Twins twins(out);
        out.begin_object().member("kind", warning_kinds.name(warning.kind));
        twins.number("version", warning.version)
            .time("timestamp", warning.timestamp)
            .time("compared_with", warning.reference);
        out.member("message", warning.message());
        twins.end_object();
    }
    out.end_array();
}

void write_sections(DocumentWriter& out, std::span<const Section> sections) {
    out.key("framework_sections").begin_array();
    for (const Section& section : sections) {
        std::string content;
        for (const Statement& statement : section.statements) {
            content += (content.empty() ? "" : "\n") + statement.text;
        }
        out.begin_object()
            .member("title", section.title)
            .member("content", content)
            .key("statements")
            .begin_array();
        for (const Statement& statement : section.statements) {
            out.begin_object()
                .member("standing", name_of(statement.standing))
                .member("text", statement.text)
                .member("basis",
                        statement.basis.empty() ? std::nullopt : std::optional(statement.basis))
                .end_object();
        }
        out.end_array().member("lists_versions", section.lists_versions).end_object();
    }
    out.end_array();
}

void write_registry(DocumentWriter& out, const trust::Registry& registry) {
    out.key("registry").begin_object();
    write_proof(out, registry);
    out.end_object();
}

void write_proof(DocumentWriter& out, const trust::Registry& registry) {
    write_proof(out, facts_of(registry));
}

void write_proof(DocumentWriter& out, const RegistryFacts& registry) {
    out.member("proof", registry.chain ? "chain" : "unproven")
        .member("fingerprint", to_hex(registry.fingerprint));
    if (registry.chain) {
        out.member("number", registry.chain->number).member("head", to_hex(registry.chain->head));
    }
}

namespace {

// Of what was not demanded there is no member.
void write_demands(DocumentWriter& out, const Run& run) {
    if (!run.authors.empty()) {
        out.key("authors").begin_array();
        for (const AuthorId author : run.authors) {
            out.text(to_string(author));
        }
        out.end_array();
    }
    if (run.require) {
        out.member("require", text_of(*run.require));
    }
}

}  // namespace

void write_run(DocumentWriter& out, const Run& run, const RegistryFacts& registry,
               policy::Profile profile, const policy::Pins& pins) {
    {
        Twins twins(out);
        out.key("registry").begin_object();
        twins.path_unless_empty(run.registry_path);
        const auto digest = [&](const auto& value) {
            return run.has_registry_file() ? std::optional(to_hex(value)) : std::nullopt;
        };
        write_proof(out, registry);
        out.member("blake3", digest(run.registry_digests.blake3))
            .member("sha256", digest(run.registry_digests.sha256));
        twins.end_object();
    }
    out.member("profile", name_of(profile));
    {
        Twins twins(out);
        out.key("pins").begin_object();
        out.member("file_id", pins.file_id ? std::optional(to_string(*pins.file_id)) : std::nullopt)
            .member("head", hex_of(pins.head));
        twins.number("min_version", pins.min_version).path_unless_empty("store", run.pins_path);
        if (pins.registry) {
            out.member("registry", to_hex(*pins.registry));
        }
        write_demands(out, run);
        twins.end_object();
    }
    out.member("tool", run.tool);
    Twins twins(out);
    twins.time("generated_at_ns", run.generated_at);
    twins.write();
}

void write_epoch(DocumentWriter& out, const trust::EpochRecord* epoch) {
    if (epoch == nullptr) {
        out.null();
        return;
    }
    Twins twins(out);
    out.begin_object()
        .member("epoch", epoch->epoch)
        .member("public_key", to_hex(epoch->public_key))
        .member("status", name_of(epoch->status()));
    twins.number("active_from", epoch->active_from).number("valid_until", epoch->valid_until());
    out.member("may_sign", trust::in_words(epoch->window()));
    twins.end_object();
}

}  // namespace aion::report
