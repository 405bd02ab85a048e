// SPDX-License-Identifier: MIT OR Apache-2.0
// aion aibom: what models were made of (docs/cli-aibom.md).
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "aion/base/time_text.hpp"
#include "aion/supply/aibom_cyclonedx.hpp"
#include "aion/supply/aibom_spdx.hpp"
#include "commands/supply/aibom_file.hpp"
#include "shell/file_output.hpp"
#include "shell/try.hpp"
#include "table/output_options.hpp"
#include "views/aibom_view.hpp"
#include "views/document_writer.hpp"

namespace aion::cli {
namespace {

using supply::AiBom;

constexpr const char* file_help =
    "AIBOM, CycloneDX or SPDX, or an envelope with one; - for standard input";

constexpr const char* made_example =
    "aion aibom create policy.yaml --name policy --created-at-version 1 \\\n"
    "      --license MIT --output policy.aibom.json\n";

BomSigners signers_of(const AiBomFile& file) {
    return {.signers = file.signers,
            .required = file.required,
            .registry = file.registry ? &*file.registry : nullptr};
}

// --- show ----------------------------------------------------------------------------------------

struct ShowArguments {
    std::string file;
    EnvelopeDemands demands;
    Format format = Format::text;
};

Outcome<Ending> run_show(Context& context, const ShowArguments& arguments) {
    CLI_TRY_ASSIGN(const AiBomFile file,
                   read_aibom(context, arguments.file, arguments.demands, "Nothing was shown"));
    present(context.console, arguments.format,
            AiBomView{.path = arguments.file,
                      .format = word_of(file.format),
                      .content = file.content,
                      .signers = signers_of(file)});
    if (file.required == 0) {
        context.console.hint("Nothing was verified: it is in no envelope");
    }
    return Ending::success;
}

void show_options(Options& options, ShowArguments& into) {
    options.text("FILE", into.file, "FILE", file_help)->required();
    aibom_demands(options, into.demands);
    options.format(into.format);
    options.footer(
        "An envelope is verified before anything in it is shown, so it needs --registry.");
    options.example("What a model was made of",
                    std::string(made_example) + "  aion aibom show policy.aibom.json");
}

// --- convert -------------------------------------------------------------------------------------

struct ConvertArguments {
    std::string file;
    BomFormat to = BomFormat::aion;
    std::optional<supply::CycloneDxVersion> version;
    std::optional<std::string> time;
    std::optional<std::string> supplier;
    EnvelopeDemands demands;
    OutputChoice output;
    Format format = Format::text;
};

Outcome<> check(const ConvertArguments& arguments) {
    if (arguments.version && arguments.to != BomFormat::cyclonedx) {
        return fail_with("--spec-version is for --to cyclonedx");
    }
    if (arguments.supplier.has_value() != (arguments.to == BomFormat::spdx)) {
        return arguments.supplier
                   ? fail_with("--supplier is for --to spdx")
                   : fail_with("SPDX wants to know who supplies a model, and an AIBOM does not say",
                               "Name the organisation: --supplier NAME");
    }
    if (arguments.time && arguments.to == BomFormat::aion) {
        return fail_with("An AIBOM has no time: leave out --time");
    }
    return {};
}

Outcome<std::optional<Timestamp>> time_of(const ConvertArguments& arguments) {
    if (!arguments.time) {
        return std::nullopt;
    }
    CLI_TRY_ASSIGN(const TimeSpan span,
                   or_fail(parse_time(*arguments.time), "'" + *arguments.time + "' is no time"));
    return span.first;
}

Outcome<std::string> text_of(Context& context, const ConvertArguments& arguments,
                             const AiBom& aibom) {
    CLI_TRY_ASSIGN(const auto time, time_of(arguments));
    switch (arguments.to) {
        case BomFormat::aion:
            return supply::to_json(aibom);
        case BomFormat::cyclonedx:
            return supply::to_cyclonedx(
                aibom, {.version = arguments.version.value_or(supply::CycloneDxVersion::v1_7),
                        .timestamp = time});
        case BomFormat::spdx:
            break;
    }
    return or_fail(supply::to_spdx(aibom, {.supplier = arguments.supplier.value_or(""),
                                           .time = time.value_or(context.env.now())}),
                   "Nothing was converted");
}

Outcome<Ending> run_convert(Context& context, const ConvertArguments& arguments) {
    CLI_TRY(check(arguments));
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {&arguments.file, 1},
                                               arguments.demands.registry));
    CLI_TRY(output.refuse_document(arguments.format, "the result"));
    CLI_TRY_ASSIGN(AiBomFile file,
                   read_aibom(context, arguments.file, arguments.demands, "Nothing was converted"));
    file.content.lost.insert(file.content.lost.end(), file.unknown.begin(), file.unknown.end());
    CLI_TRY_ASSIGN(const std::string text, text_of(context, arguments, file.content.aibom));
    const ConvertedBomView view{.path = arguments.file,
                                .output = arguments.output.path,
                                .from = word_of(file.format),
                                .to = word_of(arguments.to),
                                .content = file.content};
    rehearse(arguments.format, view);
    // The bytes of an AIBOM are what is signed.
    const std::string_view end = arguments.to == BomFormat::aion ? "" : "\n";
    if (!is_document(arguments.format)) {
        warn_of_losses(context.console, file.content, "an AIBOM");
    }
    CLI_TRY(write_output(context, output, as_bytes(text + std::string(end)), "Bill of materials"));
    present(context.console, arguments.format, view);
    return Ending::success;
}

void convert_options(Options& options, ConvertArguments& into) {
    options.text("FILE", into.file, "FILE", file_help)->required();
    options
        .choice("--to", into.to,
                {{"aion", BomFormat::aion},
                 {"cyclonedx", BomFormat::cyclonedx},
                 {"spdx", BomFormat::spdx}},
                "FORMAT", "aion: an AIBOM; cyclonedx: CycloneDX ML-BOM; spdx: SPDX 3.0.1")
        ->required();
    options.choice<std::optional<supply::CycloneDxVersion>>(
        "--spec-version", into.version,
        {{"1.6", supply::CycloneDxVersion::v1_6}, {"1.7", supply::CycloneDxVersion::v1_7}},
        "VERSION", "Of CycloneDX (default: 1.7)");
    options.text("--supplier", into.supplier, "NAME",
                 "Who supplies the model: SPDX must have an organisation");
    options.text("--time", into.time, "TIME",
                 "When, as RFC 3339 has it: CycloneDX has none without it, SPDX the present");
    aibom_demands(options, into.demands);
    output_options(options, into.output, "Where the result goes; - for standard output");
    options.format(into.format);
    options.footer(
        "What is read is told by what is in it. An AIBOM goes into both formats and back without a "
        "loss; what else they say and an AIBOM has no room for is warned of, place by place.");
    options.example("The same for those who read CycloneDX",
                    std::string(made_example) +
                        "  aion aibom convert policy.aibom.json --to cyclonedx \\\n"
                        "      --output policy.cdx.json");
}

// --- validate ------------------------------------------------------------------------------------

struct ValidateArguments {
    std::string file;
    std::string manifest;
    EnvelopeDemands demands;
    Format format = Format::text;
};

Outcome<Ending> run_validate(Context& context, const ValidateArguments& arguments) {
    CLI_TRY_ASSIGN(const AiBomFile file,
                   read_aibom(context, arguments.file, arguments.demands, "Nothing was validated"));
    std::optional<supply::Manifest> manifest;
    if (!arguments.manifest.empty()) {
        CLI_TRY_ASSIGN(manifest, verified_manifest(context, arguments.manifest, arguments.demands,
                                                   "Nothing was validated"));
    }
    AiBomVerdictView view{
        .path = arguments.file,
        .format = word_of(file.format),
        .content = file.content,
        .signers = signers_of(file),
        .findings = supply::check_aibom(file.content.aibom, manifest ? &*manifest : nullptr)};
    for (const std::string& pointer : file.unknown) {
        view.findings.push_back(
            {supply::AiBomRule::unknown_member, false, pointer, "an AIBOM has no such member"});
    }
    present(context.console, arguments.format, view);
    return view.is_valid() ? Ending::success : Ending::invalid;
}

void validate_options(Options& options, ValidateArguments& into) {
    options.text("FILE", into.file, "FILE", file_help)->required();
    options.text("--manifest", into.manifest, "MANIFEST",
                 "A signed manifest that the model must be in; needs --registry");
    aibom_demands(options, into.demands);
    options.format(into.format);
    options.footer(
        "Names, licences (SPDX), CPE, URIs, algorithms of digests, duplicates. Exit code 0: there "
        "are no errors, though there may be remarks; 1: there are; 2: it is no bill of materials.");
    options.example("Is everything in order?",
                    std::string(made_example) + "  aion aibom validate policy.aibom.json");
}

}  // namespace

Declare declare_aibom;

void declare_aibom(const Declared& root) {
    const Declared aibom = add_group(root, "aibom", "Say what models were made of");
    declare_aibom_creation(aibom);
    add_command(aibom, "show", "Show what a bill of materials says", show_options, run_show);
    add_command(aibom, "convert", "Write a bill of materials in another format", convert_options,
                run_convert);
    add_command(aibom, "validate", "Look for what is wrong with a bill of materials",
                validate_options, run_validate);
}

}  // namespace aion::cli
