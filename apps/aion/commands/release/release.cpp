// SPDX-License-Identifier: MIT OR Apache-2.0
// aion release verify and inspect (docs/cli-release.md).
#include "commands/release/release.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "aion/base/time_text.hpp"
#include "aion/report/release_page.hpp"
#include "commands/supply/manifest_file.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/log_order.hpp"
#include "shell/report_run.hpp"
#include "shell/text_output.hpp"
#include "shell/try.hpp"
#include "table/log_order_options.hpp"
#include "views/document_writer.hpp"
#include "views/release_view.hpp"

namespace aion::cli {

Outcome<release::Bundle> read_release(Context& context, const std::string& folder) {
    auto bundle = release::read_bundle(context.env, folder);
    if (!bundle) {
        const std::string path = folder + "/" + std::string(release::document_name);
        return about_file(fail_with_cause("Failed to read release: " + path, bundle.error()), path);
    }
    return *std::move(bundle);
}

Outcome<release::ReleaseReport> judge_release(Context& context, const std::string& folder,
                                              const release::Bundle& bundle,
                                              const trust::Registry& registry,
                                              const release::JudgeOptions& options) {
    HashingProgress progress(context, 0);
    supply::HashOptions hashing;
    hashing.progress = [&progress](std::uint64_t files, std::uint64_t bytes) {
        progress(files, bytes);
    };
    return or_fail(release::verify_release(context.env, bundle, folder, registry, options, hashing),
                   "Failed to look at the files in " + folder);
}

namespace {

// --- verify --------------------------------------------------------------------------------------

struct VerifyArguments {
    std::string bundle;
    std::string registry;
    std::optional<VersionNumber> at_version;
    std::string model;
    std::string model_version;
    bool require_binding = false;
    OrderTexts order;
    std::optional<std::string> output;
    bool force = false;
    Format format = Format::text;
};

Outcome<> write_page(Context& context, const VerifyArguments& arguments,
                     std::optional<Output>& output, const trust::RegistryFile& by,
                     const release::ReleaseReport& report) {
    const report::Run run = run_of(context, by, arguments.registry, {}, arguments.bundle);
    return write_text_output(
        context, output,
        [&](const TextSink& sink) -> Result<> {
            report::write_html(sink, {.run = run, .registry = by.registry, .release = report});
            return {};
        },
        "Report", "");
}

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    std::optional<Output> output;
    if (arguments.output && arguments.format != Format::html) {
        return fail_with("--output is for the page", "Add --format html");
    }
    if (arguments.output) {
        CLI_TRY_ASSIGN(output, Output::open(context, {*arguments.output, arguments.force},
                                            {&arguments.bundle, 1}, arguments.registry));
    }
    CLI_TRY_ASSIGN(const trust::RegistryFile by,
                   load_registry_file(context, arguments.registry, {}));
    CLI_TRY_ASSIGN(const auto order,
                   open_log_order(context, arguments.order, release::logged_kinds));
    CLI_TRY_ASSIGN(const release::Bundle bundle, read_release(context, arguments.bundle));
    CLI_TRY_ASSIGN(const release::ReleaseReport report,
                   judge_release(context, arguments.bundle, bundle, by.registry,
                                 {.at_version = arguments.at_version,
                                  .log = order.get(),
                                  .require_binding = arguments.require_binding,
                                  .model = arguments.model,
                                  .model_version = arguments.model_version}));
    if (arguments.format == Format::html) {
        CLI_TRY(write_page(context, arguments, output, by, report));
    } else {
        present(context.console, arguments.format,
                ReleaseVerdictView{arguments.bundle, report, by.registry});
    }
    return report.is_valid() ? Ending::success : Ending::invalid;
}

void verify_options(Options& options, VerifyArguments& into) {
    options.text("--bundle", into.bundle, "DIR", "Folder of the release")->required();
    options.registry(into.registry)->required();
    options.number("--at-version", into.at_version, "N",
                   "The signer's key has to count at this version, too (default: at the "
                   "release's own alone)");
    options.text("--model-name", into.model, "NAME", "Of this model, and no other");
    options.text("--model-version", into.model_version, "VERSION", "Of this version, and no other");
    options.flag("--require-binding", into.require_binding,
                 "Refuse a release whose provenance does not name its AIBOM and manifest: those "
                 "of aion-context");
    log_order_options(options, into.order);
    options.format("-f,--format", into.format,
                   {{"text", Format::text},
                    {"json", Format::json},
                    {"yaml", Format::yaml},
                    {"html", Format::html}});
    options.text("-o,--output", into.output, "OUTPUT_FILE",
                 "With --format html: write the page there");
    options.flag("--force", into.force, "Replace an existing file");
    options.footer(
        "Every part is compared with what was signed, and every file is hashed. Exit code 0: all "
        "of it is what its signer sealed; 1: not so, and which gate failed is said; 2: it could "
        "not be read. With a log, its entries have to be where it says.");
    options.example("Is it what author 1001 sealed?",
                    "aion release seal --primary policy.yaml --model-name policy \\\n"
                    "      --model-version 1.0 --builder-id https://ci.example/1 --author 1001 "
                    "--key 1001 \\\n"
                    "      --out-dir release\n"
                    "  aion release verify --bundle release --registry registry.json");
}

// --- inspect -------------------------------------------------------------------------------------

struct InspectArguments {
    std::string bundle;
    Format format = Format::text;
};

Outcome<Ending> run_inspect(Context& context, const InspectArguments& arguments) {
    CLI_TRY_ASSIGN(const release::Bundle bundle, read_release(context, arguments.bundle));
    present(context.console, arguments.format, ReleaseView{arguments.bundle, bundle});
    return Ending::success;
}

void inspect_options(Options& options, InspectArguments& into) {
    options.text("--bundle", into.bundle, "DIR", "Folder of the release")->required();
    options.format(into.format);
    options.footer("Nothing is verified: whoever made the folder could have written anything.");
    options.example("What it says it is",
                    "aion release seal --primary policy.yaml --model-name policy \\\n"
                    "      --model-version 1.0 --builder-id https://ci.example/1 --author 1001 "
                    "--key 1001 \\\n"
                    "      --out-dir release\n"
                    "  aion release inspect --bundle release");
}

}  // namespace

Declare declare_release;

void declare_release(const Declared& root) {
    const Declared release = add_group(root, "release", "Seal a model with all that is said of it");
    declare_release_sealing(release);
    add_command(release, "verify", "Verify a release, its files included", verify_options,
                run_verify);
    add_command(release, "inspect", "Show what a release says of itself", inspect_options,
                run_inspect);
    declare_release_comparison(release);
    declare_release_transfers(release);
}

}  // namespace aion::cli
