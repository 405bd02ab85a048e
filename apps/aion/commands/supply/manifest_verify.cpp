// SPDX-License-Identifier: MIT OR Apache-2.0
// aion manifest verify: whether a folder has what enough authors say
// (docs/cli-supply.md#aion-manifest-verify).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "aion/supply/manifest_signature.hpp"
#include "commands/supply/envelope_file.hpp"
#include "commands/supply/manifest_file.hpp"
#include "commands/supply/supply.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "views/document_writer.hpp"
#include "views/manifest_view.hpp"

namespace aion::cli {
namespace {

struct VerifyArguments {
    std::string manifest;
    std::string folder;
    std::string signature;
    EnvelopeDemands demands;
    std::string sample;
    std::optional<std::uint64_t> seed;
    supply::Symlinks symlinks = supply::Symlinks::refuse;
    Format format = Format::text;
};

// `5%`, `0.5%`, `100%`.
Outcome<double> parse_sample(const std::string& text) {
    double percent = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, percent, std::chars_format::fixed);
    const bool is_percent = read.ec == std::errc() && std::string_view(read.ptr, end) == "%";
    const bool is_part = percent > 0 && percent <= 100;
    if (!is_percent || !is_part) {
        return fail_with("'" + text + "' is no sample",
                         "Say which part of the files to hash, as "
                         "in --sample 5%");
    }
    return percent / 100;
}

// Which files are drawn must not be known to whoever made the folder.
Outcome<std::uint64_t> seed_of(Context& context, const VerifyArguments& arguments) {
    if (arguments.seed || arguments.sample.empty()) {
        return arguments.seed.value_or(0);
    }
    std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
    CLI_TRY(or_fail(context.env.random(bytes), "No sample was drawn"));
    std::uint64_t seed = 0;
    for (const std::uint8_t byte : bytes) {
        seed = seed << 8U | byte;
    }
    return seed;
}

Outcome<ManifestSignatures> judge_detached(Context& context, const VerifyArguments& arguments,
                                           const ManifestFile& file,
                                           const trust::Registry& registry,
                                           const supply::EnvelopeRules& rules) {
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, arguments.signature, "the signature",
                              "Failed to read signature: " + arguments.signature, 4096));
    auto signature = supply::manifest_signature_from_bytes(input.bytes());
    if (!signature) {
        return about_file(
            fail_with("Failed to read signature: " + arguments.signature, signature.error()),
            arguments.signature);
    }
    const bool may_sign =
        rules.authors.empty() ||
        std::ranges::find(rules.authors, signature->signer) != rules.authors.end();
    ManifestSignatures found{.required = rules.threshold, .signers = {}, .reason = {}};
    if (may_sign && is_signed(file.manifest, *signature, registry, rules.at_version)) {
        found.signers.push_back(signature->signer);
    }
    if (found.signers.size() < rules.threshold) {
        found.reason =
            fmt::format("{} of {} required signatures", found.signers.size(), rules.threshold);
    }
    return found;
}

Outcome<ManifestSignatures> judge_signatures(Context& context, const VerifyArguments& arguments,
                                             const ManifestFile& file,
                                             const trust::Registry& registry) {
    CLI_TRY_ASSIGN(const supply::EnvelopeRules rules,
                   rules_of(arguments.demands, supply::manifest_type, registry));
    if (!arguments.signature.empty()) {
        return judge_detached(context, arguments, file, registry, rules);
    }
    if (!file.envelope) {
        return about_file(fail_with(arguments.manifest + " is signed by nobody",
                                    "`aion manifest sign` signs it; --signature names a signature "
                                    "in a file of its own"),
                          arguments.manifest);
    }
    supply::EnvelopeVerdict verdict = supply::judge_envelope(*file.envelope, registry, rules);
    std::string reason = verdict.reason();
    return ManifestSignatures{.required = verdict.required,
                              .signers = std::move(verdict.signers),
                              .reason = std::move(reason)};
}

Outcome<supply::ManifestCheck> check_files(Context& context, const VerifyArguments& arguments,
                                           const supply::Manifest& manifest, double sample,
                                           std::uint64_t seed) {
    supply::CheckOptions options{.sample = sample, .seed = seed};
    options.finding.symlinks = arguments.symlinks;
    options.hashing.symlinks = arguments.symlinks;
    const std::array<std::string, 2> beside = {arguments.manifest, arguments.signature};
    CLI_TRY_ASSIGN(options.finding.without, identities_of(context, beside));
    std::uint64_t total = 0;
    for (const supply::Artifact& artifact : manifest.artifacts()) {
        total += artifact.size;
    }
    HashingProgress progress(context,
                             static_cast<std::uint64_t>(static_cast<double>(total) * sample));
    options.hashing.progress = [&progress](std::uint64_t files, std::uint64_t bytes) {
        progress(files, bytes);
    };
    return or_fail(supply::check_artifacts(context.env, manifest, arguments.folder, options),
                   "Failed to compare with " + arguments.folder);
}

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    double sample = 1;
    if (!arguments.sample.empty()) {
        CLI_TRY_ASSIGN(sample, parse_sample(arguments.sample));
    }
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   load_registry(context, arguments.demands.registry));
    CLI_TRY_ASSIGN(const ManifestFile file, read_manifest(context, arguments.manifest));
    CLI_TRY_ASSIGN(const ManifestSignatures signatures,
                   judge_signatures(context, arguments, file, registry));
    ManifestVerdictView view{.path = arguments.manifest,
                             .folder = arguments.folder,
                             .manifest = file.manifest,
                             .registry = registry,
                             .signatures = signatures,
                             .check = std::nullopt,
                             .seed = std::nullopt};
    // Names that nobody vouches for are not looked up.
    if (signatures.is_valid()) {
        CLI_TRY_ASSIGN(const std::uint64_t seed, seed_of(context, arguments));
        CLI_TRY_ASSIGN(view.check, check_files(context, arguments, file.manifest, sample, seed));
        if (sample < 1) {
            view.seed = seed;
        }
    }
    present(context.console, arguments.format, view);
    return view.is_valid() ? Ending::success : Ending::invalid;
}

void verify_options(Options& options, VerifyArguments& into) {
    options.text("MANIFEST", into.manifest, "MANIFEST", "Manifest; - for standard input")
        ->required();
    options.text("DIR", into.folder, "DIR", "Folder to compare with it")->required();
    envelope_demands(options, into.demands);
    options.text("--signature", into.signature, "FILE",
                 "A signature in a file of its own, as aion-context has it");
    options.text("--sample", into.sample, "PERCENT",
                 "Hash only such a part of the files, as in 5%; that all are there with their "
                 "sizes is looked at in any case");
    options.number("--seed", into.seed, "N",
                   "Draw the sample by this number, to draw the same again (default: random)");
    symlinks_option(options, into.symlinks);
    options.format(into.format);
    options.footer(
        "Exit code 0: enough authors have signed the manifest, and the folder has its files, byte "
        "for byte, and no others; 1: not so, and what differs is listed by name. The manifest "
        "itself may be in the folder.");
    options.example(
        "Is the folder what author 1001 signed?",
        "mkdir model && cp policy.yaml model\n"
        "  aion manifest create model --author 1001 --key 1001 --output model.manifest\n"
        "  aion manifest verify model.manifest model --registry registry.json");
}

}  // namespace

void declare_manifest_verification(const Declared& manifest) {
    add_command(manifest, "verify", "Verify that a folder has what a manifest lists",
                verify_options, run_verify);
}

}  // namespace aion::cli
