// SPDX-License-Identifier: MIT OR Apache-2.0
// aion release seal: a model and what is said of it, signed (docs/cli-release.md).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/release/seal.hpp"
#include "aion/supply/oci_store.hpp"
#include "commands/release/release.hpp"
#include "commands/supply/aibom_file.hpp"
#include "commands/supply/manifest_file.hpp"
#include "commands/supply/signer.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/self_logging.hpp"
#include "shell/try.hpp"
#include "table/self_logging_options.hpp"
#include "views/document_writer.hpp"
#include "views/release_view.hpp"

namespace aion::cli {
namespace {

struct SealArguments {
    std::string primary;
    std::string primary_name;
    std::vector<std::string> auxiliaries;
    std::string aibom;
    std::string model_name;
    std::string model_version;
    std::string model_format = "safetensors";
    std::vector<std::string> frameworks;
    std::vector<std::string> licenses;
    std::vector<std::string> attestations;
    std::vector<std::string> controls;
    std::string builder_id;
    std::string parameters;
    std::uint64_t version = 1;
    SignerArguments signer;
    std::string folder;
    bool force = false;
    bool reference = false;
    LoggingTexts logging;
    Format format = Format::text;
};

// --- What is said of the model -------------------------------------------------------------------

constexpr std::uint32_t folder_mode = 0755;

struct Pair {
    std::string key;
    std::string value;
};

// At the first colon, as aion-context has it; either side may be empty there, and is refused here.
Outcome<Pair> pair_in(std::string_view option, const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
        return fail_with(
            fmt::format("{} is two texts with a colon between them, not '{}'", option, text));
    }
    return Pair{text.substr(0, colon), text.substr(colon + 1)};
}

Outcome<supply::LicenseScope> scope_in(const std::string& word) {
    using supply::LicenseScope;
    static constexpr auto words = std::to_array<std::pair<std::string_view, LicenseScope>>({
        {"weights", LicenseScope::weights},
        {"source", LicenseScope::source_code},
        {"source_code", LicenseScope::source_code},
        {"sourcecode", LicenseScope::source_code},
        {"data", LicenseScope::training_data},
        {"training_data", LicenseScope::training_data},
        {"docs", LicenseScope::documentation},
        {"documentation", LicenseScope::documentation},
        {"combined", LicenseScope::combined},
    });
    for (const std::string lowered = ascii_lowered(word); const auto& [name, scope] : words) {
        if (name == lowered) {
            return scope;
        }
    }
    return fail_with("'" + word + "' is nothing that a licence is for",
                     "It is for weights, source, data, docs, or combined");
}

Outcome<> add_given(supply::AiBom& aibom, const SealArguments& arguments) {
    for (const std::string& text : arguments.frameworks) {
        CLI_TRY_ASSIGN(Pair pair, pair_in("--framework", text));
        aibom.frameworks.push_back({.name = std::move(pair.key), .version = std::move(pair.value)});
    }
    for (const std::string& text : arguments.licenses) {
        CLI_TRY_ASSIGN(Pair pair, pair_in("--license", text));
        CLI_TRY_ASSIGN(const supply::LicenseScope scope, scope_in(pair.value));
        aibom.licenses.push_back({.spdx_id = std::move(pair.key), .scope = scope});
    }
    for (const std::string& text : arguments.attestations) {
        CLI_TRY_ASSIGN(Pair pair, pair_in("--safety-attestation", text));
        aibom.safety_attestations.push_back(
            {.name = std::move(pair.key), .result = std::move(pair.value)});
    }
    for (const std::string& text : arguments.controls) {
        CLI_TRY_ASSIGN(Pair pair, pair_in("--export-control", text));
        aibom.export_controls.push_back(
            {.regime = std::move(pair.key), .classification = std::move(pair.value)});
    }
    return {};
}

Outcome<supply::AiBom> bill_of(Context& context, const SealArguments& arguments) {
    supply::AiBom aibom;
    if (!arguments.aibom.empty()) {
        CLI_TRY_ASSIGN(
            AiBomFile file,
            read_aibom(context, arguments.aibom,
                       {.registry = arguments.signer.registry, .authors = {}, .at_version = {}},
                       "Nothing was sealed"));
        for (const std::string& place : file.content.lost) {
            context.console.warn("an AIBOM has no room for what the bill says: " + shown(place));
        }
        aibom = std::move(file.content.aibom);
    }
    aibom.model.name = arguments.model_name;
    aibom.model.version = arguments.model_version;
    aibom.model.format = arguments.model_format;
    aibom.created_at_version = arguments.version;
    CLI_TRY(add_given(aibom, arguments));
    return aibom;
}

Outcome<std::string> parameters_of(Context& context, const SealArguments& arguments) {
    if (arguments.parameters.empty()) {
        return std::string("{}");
    }
    CLI_TRY_ASSIGN(
        const Input input,
        read_input(context, arguments.parameters, "the parameters",
                   "Failed to read parameters: " + arguments.parameters, std::uint64_t{1} << 20U));
    return std::string(as_text(input.bytes()));
}

// --- Its files -----------------------------------------------------------------------------------

// The model first, then the others as they were named.
Outcome<std::vector<supply::ArtifactFile>> files_of(Context& context,
                                                    const SealArguments& arguments) {
    std::vector<supply::ArtifactFile> files;
    const auto add = [&](const std::string& name, const std::string& path) -> Outcome<> {
        CLI_TRY_ASSIGN(auto file, artifact_file(context, name, path));
        files.push_back(std::move(file));
        return {};
    };
    CLI_TRY(add(arguments.primary_name.empty()
                    ? std::filesystem::path(arguments.primary).filename().string()
                    : arguments.primary_name,
                arguments.primary));
    for (const std::string& text : arguments.auxiliaries) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos) {
            CLI_TRY(add(std::filesystem::path(text).filename().string(), text));
        } else {
            CLI_TRY(add(text.substr(0, equals), text.substr(equals + 1)));
        }
    }
    return files;
}

// A copy of a file, and where it goes.
struct Copy {
    const supply::ArtifactFile* from;
    const supply::Artifact* expected;
    Output to;
};

std::filesystem::path place_of(const SealArguments& arguments, const std::string& name,
                               bool is_model) {
    const std::filesystem::path folder = arguments.folder;
    return is_model ? folder / release::primary_name : folder / release::artifacts_name / name;
}

// All that could be refused about what will be written is, before anything is.
class Destination {
  public:
    static Outcome<Destination> open(Context& context, const SealArguments& arguments,
                                     std::span<const supply::ArtifactFile> files,
                                     std::span<const supply::Artifact> artifacts) {
        std::vector<std::string> inputs{arguments.aibom, arguments.parameters};
        for (const supply::ArtifactFile& file : files) {
            inputs.push_back(file.path.string());
        }
        std::erase(inputs, "");
        Destination destination;
        const auto output = [&](const std::filesystem::path& path) -> Outcome<Output> {
            CLI_TRY(or_fail(context.env.create_directories(path.parent_path(), folder_mode),
                            "Failed to make the folder " + path.parent_path().string()));
            return Output::open(context, {.path = path.string(), .force = arguments.force}, inputs,
                                arguments.signer.registry);
        };
        for (std::size_t i = 0; i < files.size(); ++i) {
            CLI_TRY_ASSIGN(Output to, output(place_of(arguments, files[i].name, i == 0)));
            destination.copies_.push_back({&files[i], &artifacts[i], std::move(to)});
        }
        CLI_TRY_ASSIGN(destination.document_,
                       output(std::filesystem::path(arguments.folder) / release::document_name));
        return destination;
    }

    // The document comes last: without it there is no release.
    Outcome<> write(Context& context, const release::Bundle& bundle) {
        for (Copy& copy : copies_) {
            CLI_TRY(write(context, copy));
        }
        return document_->write(context, as_bytes(to_json(bundle)));
    }

  private:
    // What is copied is what was hashed, or nothing.
    static Outcome<> write(Context& context, Copy& copy) {
        const std::string path = copy.from->path.string();
        CLI_TRY_ASSIGN(const auto file, or_fail(context.env.open(path, {.regular_only = true}),
                                                "Failed to read " + path));
        const supply::OciDescriptor expected{
            .media_type = {},
            .digest = supply::OciDigest::of(copy.expected->sha256.value()),
            .size = copy.expected->size};
        const ProducedContent all = content_of(*file);
        return copy.to.write(context,
                             {.size = expected.size,
                              .produce = [&](const ProducedContent::Append& append,
                                             const ProducedContent::Ready& ready) -> Result<> {
                                  supply::BlobCheck check(expected);
                                  auto done = all.produce(
                                      [&](ByteView bytes) -> Result<> {
                                          auto taken = check.take(bytes);
                                          return taken ? append(bytes) : taken;
                                      },
                                      ready);
                                  return done ? check.finish() : done;
                              }});
    }

    std::vector<Copy> copies_;
    std::optional<Output> document_;
};

// --- Sealing -------------------------------------------------------------------------------------

// Nobody should seal what everybody refuses.
Outcome<> check_signer(Context& context, const SealArguments& arguments,
                       const release::Bundle& bundle) {
    if (arguments.signer.registry.empty()) {
        return {};
    }
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   load_registry_silently(context, arguments.signer.registry));
    const release::ReleaseReport report = release::judge_release(bundle, registry);
    for (const release::GateResult& gate : report.gates) {
        if (gate.state == policy::GateState::failed) {
            return fail_with("Such a release would be INVALID: " + shown(gate.reason),
                             "--aion-version says at which version it is signed");
        }
    }
    return {};
}

Outcome<Ending> run_seal(Context& context, const SealArguments& arguments) {
    CLI_TRY(reach_log(context, arguments.logging));
    CLI_TRY_ASSIGN(AuthorWithKey signer, open_signer(context, arguments.signer));
    CLI_TRY_ASSIGN(supply::AiBom aibom, bill_of(context, arguments));
    CLI_TRY_ASSIGN(std::string parameters, parameters_of(context, arguments));
    CLI_TRY_ASSIGN(const auto files, files_of(context, arguments));
    CLI_TRY_ASSIGN(const auto artifacts,
                   hash_all(context, files, {.symlinks = supply::Symlinks::follow}));
    CLI_TRY_ASSIGN(auto manifest,
                   or_fail(supply::Manifest::make(artifacts), "No release was made"));
    const release::Content content{.manifest = std::move(manifest),
                                   .aibom = std::move(aibom),
                                   .provenance = {.builder_id = arguments.builder_id,
                                                  .external_parameters = std::move(parameters)}};
    CLI_TRY_ASSIGN(release::Bundle bundle,
                   or_fail(release::seal(content, signer.author, signer.key,
                                         arguments.reference ? release::SealForm::reference
                                                             : release::SealForm::bound),
                           "Failed to seal the release"));
    CLI_TRY(check_signer(context, arguments, bundle));
    CLI_TRY_ASSIGN(auto destination, Destination::open(context, arguments, files, artifacts));
    CLI_TRY_ASSIGN(OwnLog log, OwnLog::open(context, arguments.logging));
    if (log.is_open()) {
        const auto entries = entries_of(bundle, VersionNumber{arguments.version});
        CLI_TRY_ASSIGN(const auto indexes, log.append_first(context, entries));
        set_logged(bundle, std::span(indexes).first<release::logged_kinds.size()>());
    }
    const auto signed_bill = supply::aibom_from_json(bundle.aibom).value_or(content.aibom);
    const ReleaseSealedView view{arguments.folder, bundle, signed_bill, content.manifest,
                                 log.is_open()};
    rehearse(arguments.format, view);
    CLI_TRY(destination.write(context, bundle));
    context.console.deed("The release in " + arguments.folder + " was written");
    present(context.console, arguments.format, view);
    return Ending::success;
}

void model_options(Options& options, SealArguments& into) {
    options.text("--primary", into.primary, "PATH", "The model, a file")->required();
    options.text("--primary-name", into.primary_name, "NAME",
                 "Its name in the manifest (default: that of the file)");
    options.texts("--auxiliary", into.auxiliaries, "[NAME=]PATH",
                  "Another file that belongs to it; may be given several times");
    options.text("--model-name", into.model_name, "NAME", "What the model is called")->required();
    options.text("--model-version", into.model_version, "VERSION", "Its version")->required();
    options.text("--model-format", into.model_format, "FORMAT",
                 "Its format (default: safetensors)");
    options.text("--aibom", into.aibom, "FILE",
                 "What else is said of it: a bill of materials as `aion aibom` reads it; - for "
                 "standard input");
    options.texts("--framework", into.frameworks, "NAME:VERSION",
                  "What it was made with; may be given several times, as may those below");
    options.texts("--license", into.licenses, "SPDX:SCOPE",
                  "A licence, for weights, source, data, docs or combined");
    options.texts("--safety-attestation", into.attestations, "PAIR",
                  "NAME:RESULT: what was tested, and what came of it");
    options.texts("--export-control", into.controls, "REGIME:CLASS", "How its export is classed");
}

void seal_options(Options& options, SealArguments& into) {
    model_options(options, into);
    options.text("--builder-id", into.builder_id, "URI", "Who built it and vouches for that")
        ->required();
    options.text("--external-parameters", into.parameters, "JSON_FILE",
                 "What it was built with, for the provenance; - for standard input");
    options.number("--aion-version", into.version, "N",
                   "Version at which the signer's key has to count (default: 1)");
    signer_arguments(options, into.signer);
    options.text("--out-dir", into.folder, "DIR", "Folder that the release goes to")->required();
    options.flag("--force", into.force, "Replace files of the release that are there");
    options.flag("--reference", into.reference,
                 "Write the bytes that aion-context writes: without SHA-256, and nothing that is "
                 "signed says which AIBOM belongs to which provenance");
    self_logging_options(options, into.logging);
    options.format(into.format);
    options.footer(
        "DIR gets release.json and primary.bin, a copy of the model; other files go to artifacts. "
        "With --registry nothing is sealed that would be INVALID under it. With a log, the three "
        "signatures are logged first, and the release says where.");
    options.example("A model and its tokenizer",
                    "cp policy.yaml tokenizer.json\n"
                    "  aion release seal --primary policy.yaml --auxiliary tokenizer.json \\\n"
                    "      --model-name policy --model-version 1.0 --model-format gguf \\\n"
                    "      --license Apache-2.0:weights --builder-id https://ci.example/1 \\\n"
                    "      --author 1001 --key 1001 --registry registry.json --out-dir release");
}

}  // namespace

void declare_release_sealing(const Declared& release) {
    add_command(release, "seal", "Sign a model with all that is said of it", seal_options,
                run_seal);
}

}  // namespace aion::cli
