// SPDX-License-Identifier: MIT OR Apache-2.0
// aion export: the history of a file as data, and whether such data says what its file says
// (docs/cli.md#aion-export).
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "aion/base/json_writer.hpp"
#include "aion/base/yaml_writer.hpp"
#include "aion/report/export.hpp"
#include "aion/report/export_check.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/judged.hpp"
#include "shell/report_run.hpp"
#include "shell/text_output.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/judge_options.hpp"
#include "views/document_writer.hpp"
#include "views/export_check_view.hpp"

namespace aion::cli {
namespace {

struct ExportArguments {
    JudgeArguments judge;
    Format format = Format::text;  ///< Where nobody said one: JSON, and text of a comparison.
    std::optional<std::string> output;
    bool force = false;
    bool like_reference = false;
    bool raw_csv = false;
    std::optional<std::string> check;
};

// As the command line says it, before anything is read.
Outcome<> check_arguments(const ExportArguments& arguments) {
    if (arguments.check) {
        if (arguments.output || arguments.force || arguments.like_reference || arguments.raw_csv) {
            return fail_with(
                "--check compares and writes nothing: no --output, --force, --reference, "
                "--raw-csv");
        }
        if (arguments.format == Format::csv) {
            return fail_with("With --check the result is text, json or yaml");
        }
        if (*arguments.check == "-" && arguments.judge.file == "-") {
            return fail_with("Only one of file and export can come from standard input");
        }
        return {};
    }
    if (arguments.force && !arguments.output) {
        return fail_with("--force is for --output");
    }
    if (arguments.raw_csv && (arguments.format != Format::csv || arguments.like_reference)) {
        return fail_with("--raw-csv is for --format csv without --reference");
    }
    return {};
}

report::Run run_of(Context& context, const ExportArguments& arguments, const Judged& judged) {
    return run_of(context, *judged.by, arguments.judge.registry, arguments.judge.pin_file,
                  arguments.judge.file);
}

std::string_view name_in_banner(Format format) noexcept {
    switch (format) {
        case Format::yaml:
            return "YAML";
        case Format::csv:
            return "CSV";
        default:
            return "JSON";
    }
}

// In a file as the reference writes it nothing is behind a document.
Result<> tell(const TextSink& sink, const report::Export& what, Format format) {
    if (format == Format::csv) {
        write_csv(sink, what);
    } else if (format == Format::yaml) {
        YamlWriter out(sink, what.like_reference ? YamlStyle::reference : YamlStyle::unambiguous);
        write(out, what);
    } else {
        JsonWriter out(sink, what.like_reference ? JsonStyle::reference : JsonStyle::pretty);
        write(out, what);
    }
    if (!what.like_reference && format != Format::csv) {
        sink("\n");
    }
    return {};
}

// What the reference prints has a line end more than what it writes to a file.
Outcome<> write_out(Context& context, const ExportArguments& arguments, const Judged& judged,
                    std::optional<Output>& output) {
    const report::Export what{.file = &judged.file,
                              .run = run_of(context, arguments, judged),
                              .like_reference = arguments.like_reference,
                              .raw_csv = arguments.raw_csv};
    return write_text_output(
        context, output, [&](const TextSink& sink) { return tell(sink, what, arguments.format); },
        "Export", arguments.like_reference ? "\n" : "");
}

// On standard error: the export says it, too, but nobody reads the whole of it.
void warn_if_invalid(Context& context, const ExportArguments& arguments, const Judged& judged) {
    if (!judged.report().is_valid()) {
        context.console.warn(
            fmt::format("{}: {}", shown(arguments.judge.file), shown(judged.report().summary())));
        advise(context, arguments.judge, judged);
    }
}

Outcome<Ending> run_check(Context& context, const ExportArguments& arguments) {
    const report::ReadOptions options;
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, *arguments.check, "the export",
                              "Failed to read export: " + *arguments.check, options.max_size));
    CLI_TRY_ASSIGN(const Judged judged, judge(context, arguments.judge, {.digests = true}));
    const std::string_view text = as_text(input.bytes());
    auto check = check_export(text, report::export_format_of(text), judged.file,
                              run_of(context, arguments, judged), options);
    if (!check) {
        return about_file(fail_with("Failed to read export: " + *arguments.check, check.error()),
                          *arguments.check);
    }
    present(context.console, arguments.format,
            ExportCheckView{*check, judged.report(), *arguments.check, arguments.judge.file});
    advise(context, arguments.judge, judged);
    return std::max(check->agrees() ? Ending::success : Ending::invalid,
                    ending_of(judged, arguments.judge));
}

Outcome<Ending> run_export(Context& context, const ExportArguments& given) {
    CLI_TRY(check_arguments(given));
    if (given.check) {
        return run_check(context, given);
    }
    ExportArguments arguments = given;
    if (arguments.format == Format::text) {
        arguments.format = Format::json;
    }
    std::optional<Output> output;
    if (arguments.output) {
        CLI_TRY_ASSIGN(output, Output::open(context, {*arguments.output, arguments.force},
                                            {&arguments.judge.file, 1}, arguments.judge.registry));
    }
    context.console.banner("📤 ",
                           fmt::format("Exporting {} from: {}", name_in_banner(arguments.format),
                                       shown(arguments.judge.file)));
    CLI_TRY_ASSIGN(const Judged judged, judge(context, arguments.judge, {.digests = true}));
    if (arguments.like_reference) {
        if (const auto can = report::exports_like_reference(judged.file); !can) {
            return about_file(fail_with("Failed to export file", can.error()),
                              arguments.judge.file);
        }
    }
    warn_if_invalid(context, arguments, judged);
    CLI_TRY(write_out(context, arguments, judged, output));
    return ending_of(judged, arguments.judge);
}

void export_options(Options& options, ExportArguments& into) {
    judge_options(options, into.judge, "File to export, or - for standard input");
    options.format("-f,--format", into.format,
                   {{"text", Format::text},
                    {"json", Format::json},
                    {"yaml", Format::yaml},
                    {"csv", Format::csv}});
    options.text("-o,--output", into.output, "OUTPUT_FILE",
                 "Write to a file instead of standard output");
    options.flag("--force", into.force, "Replace an existing file");
    options.flag("--reference", into.like_reference,
                 "Write exactly what aion-context 1.0.0 writes, and nothing else");
    options.flag("--raw-csv", into.raw_csv,
                 "CSV: leave what a spreadsheet takes for a formula as it is");
    options.text("--check", into.check, "EXPORT",
                 "Compare an export, ours or of aion-context, with the file instead");
    options.footer(
        "The file is judged first; an INVALID file is exported, too, and the export says so under "
        "verification; exit code 1 then. Messages are not authenticated by the format. Without "
        "--format an export is JSON, and the result of --check text. Exit codes of --check: 0, "
        "all that the export states is what the VALID file says; 1, it differs or the file is "
        "INVALID; 2, one of them could not be read.");
    options.example("Who changed the policy when, for a program",
                    "aion export policy.aion --registry registry.json");
    options.example("The same for a spreadsheet",
                    "aion export policy.aion --registry registry.json --format csv "
                    "--output history.csv");
    options.example("Whether an export still says what its file says",
                    "aion export policy.aion --registry registry.json --output history.json -q &&\n"
                    "aion export policy.aion --registry registry.json --check history.json");
}

}  // namespace

Declare declare_export;

void declare_export(const Declared& root) {
    add_command(root, "export", "Write the history of a file as data, or compare such data with it",
                export_options, run_export);
}

}  // namespace aion::cli
