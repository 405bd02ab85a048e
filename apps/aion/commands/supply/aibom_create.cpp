// SPDX-License-Identifier: MIT OR Apache-2.0
// aion aibom create: an AIBOM of files or of a manifest, and of a model card
// (docs/cli-aibom.md#aion-aibom-create).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/supply/model_card.hpp"
#include "commands/supply/aibom_file.hpp"
#include "commands/supply/manifest_file.hpp"
#include "commands/supply/signer.hpp"
#include "commands/supply/supply.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/output_options.hpp"

namespace aion::cli {
namespace {

using supply::AiBom;
using supply::Artifact;

struct CreateArguments {
    std::vector<std::string> files;
    std::string manifest;
    std::string model;
    std::string model_card;
    std::string name;
    std::string version;
    std::optional<std::string> format;
    std::vector<std::string> frameworks;
    std::vector<std::string> licenses;
    std::uint64_t created_at_version = 0;
    std::optional<AuthorChoice> author;
    std::string key;
    std::string registry;
    OutputChoice output;
    bool reference = false;
};

Outcome<> check(const CreateArguments& arguments) {
    if (arguments.files.empty() == arguments.manifest.empty()) {
        return fail_with(
            "What is the model? Name its files, or a manifest of them with --manifest");
    }
    if (arguments.author.has_value() == arguments.key.empty()) {
        return fail_with("Who signs it? Name both, --author and --key, or neither");
    }
    if (arguments.reference && !arguments.author) {
        return fail_with("--reference is a form of envelopes, and without --author there is none");
    }
    return {};
}

// --- Which artefact is the model ---

struct WeightFormat {
    std::string_view ending;
    std::string_view name;
};

constexpr auto weight_formats = std::to_array<WeightFormat>({
    {".safetensors", "safetensors"},
    {".gguf", "gguf"},
    {".ggml", "ggml"},
    {".onnx", "onnx"},
    {".pt", "pytorch"},
    {".pth", "pytorch"},
    {".bin", "pytorch"},
    {".ckpt", "checkpoint"},
    {".h5", "hdf5"},
    {".keras", "keras"},
    {".tflite", "tflite"},
    {".msgpack", "msgpack"},
    {".npz", "npz"},
    {".mlmodel", "coreml"},
    {".pb", "tensorflow"},
});

const WeightFormat* weights_of(std::string_view name) {
    const auto* const found = std::ranges::find_if(
        weight_formats, [&](const WeightFormat& one) { return name.ends_with(one.ending); });
    return found == weight_formats.end() ? nullptr : found;
}

Outcome<const Artifact*> named_model(const std::vector<Artifact>& artifacts,
                                     const std::string& name) {
    const auto found = std::ranges::find(artifacts, name, &Artifact::name);
    if (found == artifacts.end()) {
        return fail_with("There is no file " + shown(name) + " to be the model");
    }
    return &*found;
}

Outcome<const Artifact*> largest_model(Context& context, const std::vector<Artifact>& artifacts) {
    const Artifact* largest = artifacts.size() == 1 ? artifacts.data() : nullptr;
    std::size_t weights = 0;
    for (const Artifact& artifact : artifacts) {
        if (weights_of(artifact.name) == nullptr) {
            continue;
        }
        ++weights;
        if (largest == nullptr || artifact.size > largest->size) {
            largest = &artifact;
        }
    }
    if (largest == nullptr) {
        return fail_with("Which of the files is the model?", "Name it: --model NAME");
    }
    if (weights > 1) {
        context.console.warn(fmt::format("{} of {} with weights is the model: --model says which",
                                         shown(largest->name), counted(weights, "file")));
    }
    return largest;
}

// --- Where artefacts come from ---

Outcome<std::vector<Artifact>> hash_files(Context& context, const CreateArguments& arguments) {
    std::vector<supply::ArtifactFile> files;
    for (const std::string& path : arguments.files) {
        std::string name = std::filesystem::path(path).filename().string();
        CLI_TRY_ASSIGN(auto file, artifact_file(context, std::move(name), path));
        files.push_back(std::move(file));
    }
    return hash_all(context, files, {.with_sha256 = false, .symlinks = supply::Symlinks::follow});
}

// As a part of a URI.
std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
                              c == '/';
        out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

// What the model belongs to: its manifest, or the other files one by one.
Outcome<std::vector<Artifact>> find_artifacts(Context& context, const CreateArguments& arguments,
                                              AiBom& aibom) {
    if (arguments.manifest.empty()) {
        return hash_files(context, arguments);
    }
    CLI_TRY_ASSIGN(
        const supply::Manifest manifest,
        verified_manifest(context, arguments.manifest,
                          {.registry = arguments.registry, .authors = {}, .at_version = {}},
                          "Nothing was made"));
    aibom.references.push_back({"manifest", "urn:aion:manifest:" + to_hex(manifest.id())});
    return manifest.artifacts();
}

void describe_model(AiBom& aibom, const Artifact& model, const CreateArguments& arguments) {
    const WeightFormat* const weights = weights_of(model.name);
    aibom.model = {.name = arguments.name,
                   .version = arguments.version,
                   .hash_algorithm = std::string(supply::aibom_blake3_name),
                   .hash = model.blake3,
                   .size = model.size,
                   .format = arguments.format.value_or(
                       std::string(weights == nullptr ? std::string_view() : weights->name))};
}

// --- What else is said of it ---

Outcome<> add_given(AiBom& aibom, const CreateArguments& arguments) {
    for (const std::string& text : arguments.frameworks) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
            return fail_with("'" + text + "' is no framework",
                             "Write its name and version, as in --framework jax=0.4.38");
        }
        aibom.frameworks.push_back(
            {.name = text.substr(0, equals), .version = text.substr(equals + 1)});
    }
    for (const std::string& id : arguments.licenses) {
        aibom.licenses.push_back({.spdx_id = id, .scope = supply::LicenseScope::weights});
    }
    return {};
}

Outcome<> add_card(Context& context, AiBom& aibom, const std::string& path) {
    if (path.empty()) {
        return {};
    }
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, path, "the model card", "Failed to read model card: " + path,
                              supply::max_aibom_size));
    auto lost = supply::add_model_card(aibom, as_text(input.bytes()));
    if (!lost) {
        return about_file(fail_with("Failed to read model card: " + path, lost.error()), path);
    }
    for (const std::string& key : *lost) {
        context.console.warn("an AIBOM has no room for what the model card says: " + shown(key));
    }
    return {};
}

Outcome<AiBom> make(Context& context, const CreateArguments& arguments) {
    AiBom aibom;
    aibom.created_at_version = arguments.created_at_version;
    CLI_TRY_ASSIGN(const std::vector<Artifact> artifacts,
                   find_artifacts(context, arguments, aibom));
    CLI_TRY_ASSIGN(const Artifact* const model, arguments.model.empty()
                                                    ? largest_model(context, artifacts)
                                                    : named_model(artifacts, arguments.model));
    describe_model(aibom, *model, arguments);
    if (arguments.manifest.empty()) {
        for (const Artifact& artifact : artifacts) {
            if (&artifact != model) {
                aibom.references.push_back(
                    {"artifact", fmt::format("urn:aion:blake3:{}#{}", to_hex(artifact.blake3),
                                             percent_encoded(artifact.name))});
            }
        }
    }
    CLI_TRY(add_given(aibom, arguments));
    CLI_TRY(add_card(context, aibom, arguments.model_card));
    return aibom;
}

Outcome<Ending> run_create(Context& context, const CreateArguments& arguments) {
    CLI_TRY(check(arguments));
    std::vector<std::string> inputs = arguments.files;
    inputs.push_back(arguments.manifest);
    inputs.push_back(arguments.model_card);
    std::erase(inputs, "");
    CLI_TRY_ASSIGN(Output output,
                   Output::open(context, arguments.output, inputs, arguments.registry));
    std::optional<AuthorWithKey> signer;
    if (arguments.author) {
        CLI_TRY_ASSIGN(signer, open_signer(context, {.author = *arguments.author,
                                                     .key = arguments.key,
                                                     .registry = arguments.registry}));
    }
    CLI_TRY_ASSIGN(const AiBom aibom, make(context, arguments));
    const std::string text = supply::to_json(aibom);
    if (!signer) {
        CLI_TRY(write_output(context, output, as_bytes(text), "AIBOM"));
        return Ending::success;
    }
    CLI_TRY_ASSIGN(const supply::Envelope envelope,
                   or_fail(supply::sign_envelope(supply::aibom_type, as_bytes(text), signer->author,
                                                 signer->key),
                           "Failed to sign the AIBOM"));
    return write_envelope(context, output, envelope, arguments.reference);
}

void create_options(Options& options, CreateArguments& into) {
    options.texts("FILE", into.files, "FILE", "Files of the model");
    options.text("--manifest", into.manifest, "MANIFEST",
                 "A signed manifest of them instead; needs --registry");
    options.text("--model", into.model, "NAME",
                 "Which of them is the model (default: the largest with weights)");
    options.text("--name", into.name, "NAME", "What the model is called")->required();
    options.text("--model-version", into.version, "VERSION", "Its version");
    options.text("--model-format", into.format, "FORMAT",
                 "Its format, as in gguf (default: what the file's name says)");
    options
        .number("--created-at-version", into.created_at_version, "N",
                "The version of the .aion file that this goes with")
        ->required();
    options.text("--model-card", into.model_card, "README",
                 "A model card, whose front matter says more; - for standard input");
    options.texts("--framework", into.frameworks, "NAME=VERSION",
                  "What it was made with; may be given several times");
    options.texts("--license", into.licenses, "SPDX_ID",
                  "Licence of the weights; may be given several times");
    options.author("-a,--author", into.author, "Who signs it: id or name");
    options.text("-k,--key", into.key, "KEY_ID", "Stored key that signs it");
    options.registry(into.registry);
    output_options(options, into.output, "Where the AIBOM goes; - for standard output");
    options.flag("--reference", into.reference,
                 "Write base64 without padding, as aion-context reads it");
    options.footer(
        "With --author and --key it is in an envelope, else it is JSON that nobody has signed. A "
        "manifest is verified first, and referred to; of files, those that are not the model are "
        "referred to by their digests.");
    options.example("A signed one",
                    "aion aibom create policy.yaml --name policy --created-at-version 1 \\\n"
                    "      --license MIT --author 1001 --key 1001 --output policy.aibom.dsse");
}

}  // namespace

void declare_aibom_creation(const Declared& aibom) {
    add_command(aibom, "create", "Make a bill of materials of a model", create_options, run_create);
}

}  // namespace aion::cli
