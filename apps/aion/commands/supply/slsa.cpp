// SPDX-License-Identifier: MIT OR Apache-2.0
// aion slsa: how files were built, signed (docs/cli-supply.md#aion-slsa).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "aion/supply/artifacts.hpp"
#include "aion/supply/statement.hpp"
#include "commands/supply/envelope_file.hpp"
#include "commands/supply/manifest_file.hpp"
#include "commands/supply/signer.hpp"
#include "commands/supply/supply.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/output_options.hpp"
#include "views/document_writer.hpp"
#include "views/statement_view.hpp"

namespace aion::cli {
namespace {

using supply::Artifact;
using supply::Statement;

/// Files that are named by their last part, with all digests.
Outcome<std::vector<Artifact>> hash_files(Context& context, std::span<const std::string> paths) {
    std::vector<supply::ArtifactFile> files;
    for (const std::string& path : paths) {
        CLI_TRY_ASSIGN(
            auto file,
            artifact_file(context, std::filesystem::path(path).filename().string(), path));
        files.push_back(std::move(file));
    }
    return hash_all(context, files, {.symlinks = supply::Symlinks::follow});
}

// --- generate ------------------------------------------------------------------------------------

struct GenerateArguments {
    std::vector<std::string> files;
    std::string manifest;
    std::string builder_id;
    std::optional<std::string> build_type;
    std::string external;
    std::string internal;
    std::vector<std::string> dependencies;
    std::optional<std::string> invocation_id;
    std::optional<std::string> started_on;
    std::optional<std::string> finished_on;
    SignerArguments signer;
    OutputChoice output;
    bool reference = false;
};

Outcome<std::vector<Artifact>> subjects_of(Context& context, const GenerateArguments& arguments) {
    if (arguments.files.empty() == arguments.manifest.empty()) {
        return fail_with("What was built? Name the files, or a manifest of them with --manifest");
    }
    if (arguments.manifest.empty()) {
        return hash_files(context, arguments.files);
    }
    CLI_TRY_ASSIGN(const ManifestFile file, read_manifest(context, arguments.manifest));
    const std::vector<Artifact>& artifacts = file.manifest.artifacts();
    const bool lacks_sha256 = std::ranges::any_of(
        artifacts, [](const Artifact& artifact) { return !artifact.sha256.has_value(); });
    if (lacks_sha256 && !arguments.reference) {
        context.console.warn(
            "the manifest has no SHA-256 of some files, so only we can tell them again");
    }
    return artifacts;
}

Outcome<std::string> read_json(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, path, "the parameters", "Failed to read parameters: " + path,
                              Statement::max_size / 2));
    return std::string(as_text(input.bytes()));
}

// `git+https://example.org/policy=gitCommit:0123abcd`
Outcome<supply::ResourceDescriptor> parse_dependency(const std::string& text) {
    const std::size_t equals = text.rfind('=');
    const std::size_t colon = text.find(':', equals == std::string::npos ? 0 : equals);
    if (equals == std::string::npos || equals == 0 || colon == std::string::npos ||
        colon == equals + 1 || colon + 1 == text.size()) {
        return fail_with("'" + text + "' is no dependency",
                         "Write its URI and a digest, as in https://example.org/data.tar=sha256:…");
    }
    supply::ResourceDescriptor descriptor;
    descriptor.uri = text.substr(0, equals);
    descriptor.digest =
        supply::DigestSet{{text.substr(equals + 1, colon - equals - 1), text.substr(colon + 1)}};
    return descriptor;
}

Outcome<supply::Provenance> provenance_of(Context& context, const GenerateArguments& arguments) {
    supply::Provenance provenance{.builder_id = arguments.builder_id};
    provenance.build_type = arguments.build_type.value_or(provenance.build_type);
    if (!arguments.external.empty()) {
        CLI_TRY_ASSIGN(provenance.external_parameters, read_json(context, arguments.external));
    }
    if (!arguments.internal.empty()) {
        CLI_TRY_ASSIGN(provenance.internal_parameters, read_json(context, arguments.internal));
    }
    for (const std::string& text : arguments.dependencies) {
        CLI_TRY_ASSIGN(auto descriptor, parse_dependency(text));
        provenance.resolved_dependencies.push_back(std::move(descriptor));
    }
    provenance.invocation_id = arguments.invocation_id;
    provenance.started_on = arguments.started_on;
    provenance.finished_on = arguments.finished_on;
    return provenance;
}

Outcome<Ending> run_generate(Context& context, const GenerateArguments& arguments) {
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, arguments.files));
    CLI_TRY_ASSIGN(const supply::Provenance provenance, provenance_of(context, arguments));
    CLI_TRY_ASSIGN(AuthorWithKey signer, open_signer(context, arguments.signer));
    CLI_TRY_ASSIGN(const std::vector<Artifact> subjects, subjects_of(context, arguments));
    CLI_TRY_ASSIGN(
        const Statement statement,
        or_fail(supply::make_provenance(subjects, provenance,
                                        arguments.reference ? supply::StatementForm::reference
                                                            : supply::StatementForm::standard),
                "No provenance was made"));
    CLI_TRY_ASSIGN(const supply::Envelope envelope,
                   or_fail(supply::sign_envelope(supply::statement_type, as_bytes(statement.json()),
                                                 signer.author, signer.key),
                           "Failed to sign the provenance"));
    return write_envelope(context, output, envelope, arguments.reference);
}

void generate_options(Options& options, GenerateArguments& into) {
    options.texts("FILE", into.files, "FILE", "Files that were built");
    options.text("--manifest", into.manifest, "MANIFEST", "A manifest of them instead");
    options.text("--builder-id", into.builder_id, "URI", "Who built them: a URI")->required();
    options.text("--build-type", into.build_type, "URI",
                 "How to read the parameters: a URI (default: our own, generic one)");
    options.text("--external-parameters", into.external, "JSON_FILE",
                 "What was asked of the builder (default: {})");
    options.text("--internal-parameters", into.internal, "JSON_FILE",
                 "What the builder set by itself");
    options.texts("--dependency", into.dependencies, "DEPENDENCY",
                  "What was built from; may be given several times");
    options.text("--invocation-id", into.invocation_id, "ID", "Which run of the builder it was");
    options.text("--started-on", into.started_on, "TIME", "When it began, as RFC 3339 has it");
    options.text("--finished-on", into.finished_on, "TIME", "When it ended");
    signer_arguments(options, into.signer);
    output_options(options, into.output,
                   "Where the envelope goes, best FILE.intoto.jsonl; - for standard output");
    options.flag("--reference", into.reference,
                 "Write the bytes that aion-context writes: subjects without SHA-256, base64 "
                 "without padding");
    options.footer("An in-toto Statement v1 with SLSA provenance v1 in a DSSE envelope.");
    options.example("How a policy was built",
                    "aion slsa generate policy.yaml --builder-id https://example.org/builder \\\n"
                    "      --author 1001 --key 1001 --output policy.intoto.jsonl");
}

// --- verify --------------------------------------------------------------------------------------

enum class Predicate : std::uint8_t { provenance, summary };

struct VerifyArguments {
    std::string file;
    std::vector<std::string> artifacts;
    EnvelopeDemands demands;
    Predicate predicate = Predicate::provenance;
    std::optional<std::string> builder_id;
    std::optional<std::string> build_type;
    std::optional<std::string> verifier_id;
    std::optional<std::string> resource_uri;
    std::vector<std::string> levels;
    Format format = Format::text;
};

Outcome<> check(const VerifyArguments& arguments) {
    const bool asks_for_build = arguments.builder_id || arguments.build_type;
    const bool asks_for_summary =
        arguments.verifier_id || arguments.resource_uri || !arguments.levels.empty();
    if (arguments.predicate == Predicate::provenance && asks_for_summary) {
        return fail_with("--verifier-id, --resource-uri and --level are for --predicate vsa");
    }
    if (arguments.predicate == Predicate::summary && asks_for_build) {
        return fail_with("--builder-id and --build-type are for provenance");
    }
    return {};
}

bool differs(const std::optional<std::string>& expected, const std::string& found) {
    return expected && *expected != found;
}

std::string problem_of_provenance(const Statement& statement, const VerifyArguments& arguments) {
    const auto provenance = supply::provenance_of(statement);
    if (!provenance) {
        return provenance.error().full_message();
    }
    if (differs(arguments.builder_id, provenance->builder_id)) {
        return "built by " + provenance->builder_id;
    }
    if (differs(arguments.build_type, provenance->build_type)) {
        return "of the build type " + provenance->build_type;
    }
    return {};
}

std::string problem_of_summary(const Statement& statement, const VerifyArguments& arguments) {
    const auto summary = supply::verification_summary_of(statement);
    if (!summary) {
        return summary.error().full_message();
    }
    if (!summary->has_passed) {
        return "its verifier found that it did not pass";
    }
    if (differs(arguments.verifier_id, summary->verifier_id)) {
        return "verified by " + summary->verifier_id;
    }
    if (differs(arguments.resource_uri, summary->resource_uri)) {
        return "of the resource " + summary->resource_uri;
    }
    for (const std::string& level : arguments.levels) {
        if (std::ranges::find(summary->verified_levels, level) == summary->verified_levels.end()) {
            return "not of the level " + level;
        }
    }
    return {};
}

StatementView::Row judge(const supply::Envelope& envelope, const supply::EnvelopeRules& rules,
                         const trust::Registry& registry, const VerifyArguments& arguments) {
    StatementView::Row row;
    auto opened = supply::open_envelope(envelope, registry, rules);
    if (!opened) {
        row.problem = opened.error().message();
        return row;
    }
    row.signers = std::move(opened->signers);
    auto statement = Statement::from_json(std::string(as_text(opened->payload)));
    if (!statement) {
        row.problem = statement.error().full_message();
        return row;
    }
    row.problem = arguments.predicate == Predicate::provenance
                      ? problem_of_provenance(*statement, arguments)
                      : problem_of_summary(*statement, arguments);
    row.statement = *std::move(statement);
    return row;
}

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    CLI_TRY(check(arguments));
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   load_registry(context, arguments.demands.registry));
    CLI_TRY_ASSIGN(const auto envelopes, read_envelopes(context, arguments.file));
    CLI_TRY_ASSIGN(const supply::EnvelopeRules rules,
                   rules_of(arguments.demands, supply::statement_type, registry));
    CLI_TRY_ASSIGN(const std::vector<Artifact> artifacts, hash_files(context, arguments.artifacts));
    StatementView view{.path = arguments.file,
                       .registry = &registry,
                       .required = rules.threshold,
                       .rows = {},
                       .files = {}};
    for (const supply::Envelope& envelope : envelopes) {
        view.rows.push_back(judge(envelope, rules, registry, arguments));
    }
    for (std::size_t i = 0; i < artifacts.size(); ++i) {
        const bool is_subject = std::ranges::any_of(view.rows, [&](const StatementView::Row& row) {
            return row.is_good() && row.statement->find(artifacts[i]) != nullptr;
        });
        view.files.push_back({arguments.artifacts[i], is_subject});
    }
    present(context.console, arguments.format, view);
    return view.is_valid() ? Ending::success : Ending::invalid;
}

void verify_options(Options& options, VerifyArguments& into) {
    options
        .text("ENVELOPE", into.file, "ENVELOPE",
              "Envelope, lines of them, or sigstore bundle; - for standard input")
        ->required();
    options.texts("FILE", into.artifacts, "FILE", "Files that it must be about")->required();
    envelope_demands(options, into.demands);
    options.choice("--predicate", into.predicate,
                   {{"provenance", Predicate::provenance}, {"vsa", Predicate::summary}},
                   "PREDICATE",
                   "What it must say: how they were built (the default), or, for vsa, that a "
                   "verifier found them right");
    options.text("--builder-id", into.builder_id, "URI", "Who must have built them");
    options.text("--build-type", into.build_type, "URI", "Which type the build must be of");
    options.text("--verifier-id", into.verifier_id, "URI", "Who must have verified them");
    options.text("--resource-uri", into.resource_uri, "URI", "As what they must be known");
    options.texts("--level", into.levels, "LEVEL",
                  "A level that they must have; may be given several times");
    options.format(into.format);
    options.footer(
        "A file is compared by its digests, whatever its name. Exit code 0: for each there is a "
        "statement that enough authors have signed and that says so. Who signed is authentic; that "
        "what they say is true, nobody verifies.");
    options.example(
        "Was it built by that builder, as author 1001 says?",
        "aion slsa generate policy.yaml --builder-id https://example.org/builder \\\n"
        "      --author 1001 --key 1001 --output policy.intoto.jsonl\n"
        "  aion slsa verify policy.intoto.jsonl policy.yaml --registry registry.json \\\n"
        "      --builder-id https://example.org/builder");
}

// --- show ----------------------------------------------------------------------------------------

struct ShowArguments {
    std::string file;
    Format format = Format::text;
};

Outcome<Ending> run_show(Context& context, const ShowArguments& arguments) {
    CLI_TRY_ASSIGN(const auto envelopes, read_envelopes(context, arguments.file));
    StatementView view{
        .path = arguments.file, .registry = nullptr, .required = 0, .rows = {}, .files = {}};
    for (const supply::Envelope& envelope : envelopes) {
        StatementView::Row row;
        auto statement = Statement::from_json(std::string(as_text(envelope.payload)));
        if (statement) {
            row.statement = *std::move(statement);
        } else {
            row.problem = statement.error().full_message();
        }
        view.rows.push_back(std::move(row));
    }
    present(context.console, arguments.format, view);
    return Ending::success;
}

void show_options(Options& options, ShowArguments& into) {
    options
        .text("ENVELOPE", into.file, "ENVELOPE",
              "Envelope, lines of them, or sigstore bundle; - for standard input")
        ->required();
    options.format(into.format);
    options.example("What it says, whoever signed it",
                    "aion slsa generate policy.yaml --builder-id https://example.org/builder \\\n"
                    "      --author 1001 --key 1001 --output policy.intoto.jsonl\n"
                    "  aion slsa show policy.intoto.jsonl");
}

}  // namespace

Declare declare_slsa;

void declare_slsa(const Declared& root) {
    const Declared slsa = add_group(root, "slsa", "Say how files were built, and verify it");
    add_command(slsa, "generate", "Make signed provenance of files", generate_options,
                run_generate);
    add_command(slsa, "verify", "Verify what is said of files, and by whom", verify_options,
                run_verify);
    add_command(slsa, "show", "Show what is said of which files", show_options, run_show);
}

}  // namespace aion::cli
