// SPDX-License-Identifier: MIT OR Apache-2.0
// aion report: what was checked of a file or an archive, and what follows, for people who keep it
// (docs/cli.md#aion-report).
#include "aion/report/compliance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "aion/archive/ledger.hpp"
#include "aion/archive/names.hpp"
#include "aion/archive/verify.hpp"
#include "aion/report/archive_report.hpp"
#include "shell/expectations.hpp"
#include "shell/input.hpp"
#include "shell/judged.hpp"
#include "shell/pins.hpp"
#include "shell/report_run.hpp"
#include "shell/text_output.hpp"
#include "shell/try.hpp"
#include "shell/watched_archive.hpp"
#include "table/command_table.hpp"
#include "table/framework_option.hpp"
#include "table/log_order_options.hpp"
#include "table/pin_options.hpp"
#include "table/profile_option.hpp"
#include "views/document_writer.hpp"

namespace aion::cli {
namespace {

using report::Framework;

struct ReportArguments {
    std::vector<std::string> files;
    std::string registry;
    Framework framework = Framework::generic;
    Format format = Format::markdown;
    std::optional<std::string> output;
    bool force = false;
    bool strict = false;
    policy::Profile profile = policy::Profile::strict;
    PinTexts pins;
    std::string pin_file;
    OrderTexts order;
};

std::string_view word_for(Format format) noexcept {
    switch (format) {
        case Format::text:
            return "Text";
        case Format::json:
            return "Json";
        case Format::html:
            return "Html";
        default:
            break;
    }
    return "Markdown";
}

// Those of one file cannot fail.
Result<> always(void (*write)(const TextSink&, const report::Report&), const TextSink& sink,
                const report::Report& report) {
    write(sink, report);
    return {};
}

Result<> write_report(const TextSink& sink, Format format, const report::Report& report) {
    switch (format) {
        case Format::text:
            return always(report::write_text, sink, report);
        case Format::json:
            write(*make_document_writer(sink, format), report);
            return {};
        case Format::html:
            return always(report::write_html, sink, report);
        default:  // no other can be asked for
            break;
    }
    return always(report::write_markdown, sink, report);
}

Result<> write_report(const TextSink& sink, Format format, const report::ArchiveReport& report) {
    switch (format) {
        case Format::text:
            return report::write_text(sink, report);
        case Format::json:
            return write(*make_document_writer(sink, format), report);
        case Format::html:
            return report::write_html(sink, report);
        default:  // no other can be asked for
            break;
    }
    return report::write_markdown(sink, report);
}

template <class Report>
Outcome<> put_out(Context& context, const ReportArguments& arguments, std::optional<Output>& output,
                  const Report& report) {
    return write_text_output(
        context, output,
        [&](const TextSink& sink) { return write_report(sink, arguments.format, report); },
        "Report", arguments.format == Format::html ? "" : "\n");
}

Outcome<Ending> report_on_file(Context& context, const ReportArguments& arguments,
                               std::optional<Output>& output) {
    const JudgeArguments asked{.file = arguments.files.front(),
                               .registry = arguments.registry,
                               .pins = arguments.pins,
                               .pin_file = arguments.pin_file,
                               .order = arguments.order};
    policy::ExamineOptions how{.digests = true};
    how.verify.profile = arguments.profile;
    CLI_TRY_ASSIGN(const Judged judged, judge(context, asked, how));
    report::Run run = run_of(context, *judged.by, asked.registry, asked.pin_file, asked.file);
    run.authors = judged.options.authors;
    run.require = judged.options.require;
    CLI_TRY(put_out(context, arguments, output,
                    report::make_report(judged.file, arguments.framework, std::move(run))));
    // Whoever sends the report on should not be the last one to know.
    if (!judged.report().is_valid()) {
        context.console.warn(shown(fmt::format("{} is {}", asked.file, judged.report().summary())));
        advise(context, asked, judged);
    }
    return arguments.strict ? ending_of(judged, asked) : Ending::success;
}

// All files, on their way to a report.
class ArchiveRun {
  public:
    ArchiveRun(Context& context, const ReportArguments& arguments)
        : context_(context), arguments_(arguments), rows_(context.env), ledger_(context.env) {}

    Outcome<Ending> run(std::optional<Output>& output) {
        CLI_TRY_ASSIGN(const policy::Pins pins, parse_pins(arguments_.pins));
        CLI_TRY_ASSIGN(
            const trust::RegistryFile by,
            load_registry_file(context_, arguments_.registry, {arguments_.pins.max_registry_age}));
        CLI_TRY_ASSIGN(const Pins known, open_pins(context_, arguments_.pin_file));
        archive::VerifyOptions options;
        options.judging.profile = arguments_.profile;
        options.judging.pins = pins;
        options.judging.events = context_.events;
        known.ask_in(options.judging, policy::PinUse::record);
        CLI_TRY_ASSIGN(const auto order, open_log_order(context_, arguments_.order));
        options.judging.log = order.get();
        CLI_TRY(demand_signers(context_, arguments_.pins, by.registry, options.judging));
        CLI_TRY_ASSIGN(const archive::Tally tally, look_at_all(by.registry, options));
        if (tally.files() == 0) {
            return fail_with(
                fmt::format("No `.aion` files found in {}", fmt::join(arguments_.files, ", ")));
        }
        report::Run about = run_of(context_, by, arguments_.registry, arguments_.pin_file);
        about.authors = options.judging.authors;
        about.require = options.judging.require;
        report::ArchiveReport report{.framework = arguments_.framework,
                                     .title = {},
                                     .run = std::move(about),
                                     .operands = arguments_.files,
                                     .registry = report::facts_of(by.registry),
                                     .profile = arguments_.profile,
                                     .pins = pins,
                                     .tally = tally,
                                     .rows = &rows_,
                                     .ledger = &ledger_,
                                     .sections = {}};
        complete(report);
        CLI_TRY(put_out(context_, arguments_, output, report));
        if (!report.is_valid()) {
            context_.console.warn(report.summary());
        }
        if (tally.unreadable != 0) {
            return Ending::failure;
        }
        return arguments_.strict && tally.invalid != 0 ? Ending::invalid : Ending::success;
    }

  private:
    Outcome<archive::Tally> look_at_all(const trust::Registry& registry,
                                        const archive::VerifyOptions& options) {
        const std::vector<std::filesystem::path> operands(arguments_.files.begin(),
                                                          arguments_.files.end());
        LeftOut left_out;
        const auto names = archive::scan(context_.env, operands, left_out.options());
        auto tally = verify_watched(context_, *names, registry, options, left_out, ledger_,
                                    [this](const archive::Row& row) { return rows_.add(row); });
        if (tally) {
            rows_.finish();
        }
        return tally;
    }

    Context& context_;
    const ReportArguments& arguments_;
    report::ArchiveRows rows_;
    archive::Ledger ledger_;
};

bool is_archive(Env& env, const std::vector<std::string>& files) {
    if (files.size() != 1) {
        return true;
    }
    if (files.front() == "-") {
        return false;
    }
    const auto info = env.info(files.front());
    return info && *info && (*info)->kind == FileKind::directory;
}

Outcome<Ending> run_report(Context& context, const ReportArguments& arguments) {
    const bool of_archive = is_archive(context.env, arguments.files);
    if (of_archive && std::ranges::find(arguments.files, "-") != arguments.files.end()) {
        return fail_with("- cannot be one of several files",
                         "Standard input is a file alone; one that is called so is ./-");
    }
    context.console.banner(
        "📊 ", fmt::format("Generating {} report for: {}", display_name(arguments.framework),
                           shown(fmt::format("{}", fmt::join(arguments.files, " ")))));
    context.console.banner("", fmt::format("   Format: {}", word_for(arguments.format)));
    if (arguments.profile == policy::Profile::reference) {
        context.console.warn(
            "--profile reference checks less than `aion verify` does; such a report asserts "
            "nothing");
    }
    std::optional<Output> output;
    if (arguments.output) {
        CLI_TRY_ASSIGN(output, Output::open(context, {*arguments.output, arguments.force},
                                            arguments.files, arguments.registry));
    }
    return of_archive ? ArchiveRun(context, arguments).run(output)
                      : report_on_file(context, arguments, output);
}

void report_options(Options& options, ReportArguments& into) {
    options
        .texts("FILE", into.files, "FILE",
               "The file, or - for standard input; a folder or several files: one report on all")
        ->required();
    options.registry(into.registry);
    framework_option(options, "-f,--framework", into.framework);
    options.format("-F,--format", into.format,
                   {{"text", Format::text},
                    {"markdown", Format::markdown},
                    {"json", Format::json},
                    {"html", Format::html}});
    options.text("-o,--output", into.output, "OUTPUT_FILE",
                 "Write the report to a file instead of standard output");
    options.flag("--force", into.force, "Replace an existing file");
    options.flag("--strict", into.strict, "Exit with 1 if a file is INVALID");
    pin_options(options, into.pins);
    options.pins(into.pin_file, pins_help);
    log_order_options(options, into.order);
    profile_option(options, into.profile,
                   "Which rules decide; under reference nothing is asserted");
    options.footer(
        "Note that -f is the framework and -F the format: generic and markdown, if nothing is "
        "said. A report on an INVALID file is a report, too: it asserts nothing, and the exit code "
        "is 0 all the same, unless --strict is given. Exit code 1: a file is INVALID, with "
        "--strict; 2: no verdict could be reached for one of them.");
    options.example("For the auditor, to read",
                    "aion report policy.aion --registry registry.json --framework sox");
    options.example("A page to print or to send",
                    "aion report policy.aion --registry registry.json --format html --output "
                    "report.html");
    options.example(
        "The same as the first into a file, in a script that must notice what is INVALID",
        "aion report policy.aion --registry registry.json --framework sox "
        "--format json --output report.json --strict");
}

}  // namespace

Declare declare_report;

void declare_report(const Declared& root) {
    add_command(root, "report", "Write down what was checked of files, and what follows",
                report_options, run_report);
}

}  // namespace aion::cli
