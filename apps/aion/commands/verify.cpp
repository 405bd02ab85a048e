// SPDX-License-Identifier: MIT OR Apache-2.0
// aion verify: is each file genuine? (docs/cli.md#aion-verify)
#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>

#include "aion/policy/verify_many.hpp"
#include "commands/archive/archive.hpp"
#include "commands/supply/verdict_summary.hpp"
#include "shell/attestations.hpp"
#include "shell/expectations.hpp"
#include "shell/failure_text.hpp"
#include "shell/file_magic.hpp"
#include "shell/input.hpp"
#include "shell/interruption.hpp"
#include "shell/log_order.hpp"
#include "shell/pins.hpp"
#include "shell/repair_advice.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/log_order_options.hpp"
#include "table/pin_options.hpp"
#include "table/profile_option.hpp"
#include "views/document_writer.hpp"
#include "views/reference_text_view.hpp"
#include "views/verdict_text_view.hpp"

namespace aion::cli {
namespace {

struct VerifyArguments {
    std::vector<std::string> files;
    std::string registry;
    Format format = Format::text;
    bool verbose = false;
    bool timings = false;
    bool explain = false;
    bool recursive = false;
    PinTexts pins;
    std::string pin_file;
    std::string attestations;
    OrderTexts order;
    policy::Profile profile = policy::Profile::strict;
    SummaryArguments summary;
};

// A longer path pushes only what stands behind it.
constexpr std::size_t widest_path = 48;

// The files one after the other, sharing what is precomputed for their signers' keys.
class Run {
  public:
    Run(Context& context, const VerifyArguments& arguments, const trust::RegistryFile& by,
        policy::VerifyOptions options)
        : context_(context),
          arguments_(arguments),
          by_(by),
          registry_(by.registry),
          options_(std::move(options)) {
        options_.key_cache = arguments.files.size() > 1 ? &keys_ : nullptr;
        for (const std::string& file : arguments.files) {
            width_ = std::min(std::max(width_, columns_of(shown(file))), widest_path);
        }
    }

    // In the order given; a file without a verdict stops nothing.
    Ending run() {
        if (arguments_.files.size() == 1) {
            return each([this](const std::string& file, const Report& report) {
                report ? say_verdict(view_of(file, *report)) : say_failure(file, report.error());
            });
        }
        if (is_document(arguments_.format)) {
            return all_as_document();
        }
        return arguments_.format == Format::reference_text ? all_as_reference_text()
                                                           : all_as_text();
    }

    using Report = Outcome<policy::VerificationReport>;

    // The only file, which is judged from memory, so that a summary is of the very bytes.
    Outcome<Ending> run_with_summary() {
        const std::string& file = arguments_.files.front();
        CLI_TRY_ASSIGN(
            VerdictSummary summary,
            VerdictSummary::open(context_, arguments_.summary, file, arguments_.registry, by_));
        CLI_TRY_ASSIGN(const Input input, read_aion_file(context_, file));
        options_.pin_path = file == "-" ? "" : file;  // In memory it has no name.
        const Report report = [&] {
            const Progress progress = context_.progress("Verifying", file);
            return checked(file,
                           policy::verify(input.bytes(), registry_, context_.env.now(), options_));
        }();
        if (report) {
            CLI_TRY(summary.write(context_, input.bytes(), *report));
        }
        report ? say_verdict(view_of(file, *report)) : say_failure(file, report.error());
        advise(file, report);
        return ending(report);
    }

  private:
    // Memory that ends here ends no document that was begun: findings, which can be many, are
    // written to nowhere first.
    Report checked(const std::string& file, Result<policy::VerificationReport> report) {
        if (!report) {
            return report.error() == out_of_memory().cause
                       ? no_memory_for(file)
                       : failure_of(no_verdict_on(file, report.error()));
        }
        try {
            if (!report->findings.empty()) {
                rehearse(arguments_.format, view_of(file, *report));
            }
            return *std::move(report);
        } catch (const std::bad_alloc&) {
            return no_memory_for(file);
        }
    }

    static Report no_memory_for(const std::string& file) {
        Failure failure = out_of_memory();
        failure.path = file;
        return failure_of(std::move(failure));
    }

    Report judge_standard_input() {
        const std::string file = "-";
        try {
            CLI_TRY_ASSIGN(const Input input, read_standard_input_as(context_, "the file"));
            return checked(file,
                           policy::verify(input.bytes(), registry_, context_.env.now(), options_));
        } catch (const std::bad_alloc&) {
            return no_memory_for(file);
        }
    }

    // Registry and file in each other's place give a verdict, which alone is no help; nor does one
    // that only a person can overrule.
    void advise(const std::string& file, const Report& report) {
        std::string advice = report
                                 ? advice_on_signers(*report, options_, file, arguments_.registry)
                                 : std::string();
        if (report && advice.empty()) {
            advice = advice_on_refused(*report, options_, file, arguments_.registry,
                                       arguments_.pin_file);
        }
        if (report && advice.empty()) {
            advice = advice_on_repair(*report, file, arguments_.registry);
        }
        if (!advice.empty()) {
            context_.console.hint(advice);
        }
        const policy::Finding* const first =
            report ? report->first(policy::Gate::structure) : nullptr;
        if (context_.console.is_quiet() || first == nullptr ||
            (first->reason != policy::Reason::bad_magic &&
             first->reason != policy::Reason::too_small)) {
            return;
        }
        if (const std::string other = advice_on_no_aion_file(context_.env, file); !other.empty()) {
            context_.console.warn(other);
        }
    }

    void say_why_it_ended(const Error& error) {
        if (error.code() == ErrorCode::interrupted) {
            context_.console.write_error(words_for_interrupted(context_.env));
        } else {
            print_failure(context_.console, fail_with(error).error());
        }
    }

    // Judges the files; `show` is given each, in the order given, with what it came to.
    template <class Show>
    Ending each(Show show) {
        Ending worst = Ending::success;
        const auto tell = [&](const std::string& file, const Report& report) {
            show(file, report);
            advise(file, report);
            worst = std::max(worst, ending(report));
        };
        const std::span<const std::string> files(arguments_.files);
        for (auto first = files.begin(); first != files.end();) {
            const auto last = std::find(first, files.end(), "-");
            if (const auto done = judge_files({first, last}, tell); !done) {
                say_why_it_ended(done.error());
                return Ending::failure;
            }
            first = last;
            if (first != files.end()) {
                tell(*first, judge_standard_input());
                ++first;
            }
        }
        return worst;
    }

    // What memory does not suffice for beside the files, such as their names once more, leaves
    // those without a verdict that were not told of: a list of them that was begun goes on to its
    // end. Memory that ends while one is being told of comes out. Error: `interrupted`.
    template <class Tell>
    Result<> judge_files(std::span<const std::string> files, Tell tell) {
        std::size_t begun = 0;
        std::size_t told = 0;
        const auto tell_next = [&](const Report& report) {
            ++begun;
            tell(files[told], report);
            ++told;
        };
        try {
            return judge_each(files, [&](Result<policy::VerificationReport> report) {
                tell_next(checked(files[told], std::move(report)));
            });
        } catch (const std::bad_alloc&) {
            if (begun != told) {
                throw;
            }
        }
        while (told < files.size()) {
            tell_next(no_memory_for(files[told]));
        }
        return {};
    }

    template <class Tell>
    Result<> judge_each(std::span<const std::string> files, Tell tell) {
        if (files.empty()) {
            return {};
        }
        const std::vector<std::filesystem::path> paths(files.begin(), files.end());
        Progress progress = context_.progress("Verifying", paths.front());
        return policy::verify_many(context_.env, paths, registry_, options_,
                                   [&](std::size_t i, Result<policy::VerificationReport> report) {
                                       tell(std::move(report));
                                       if (i + 1 < files.size()) {
                                           Context::go_on(progress, "Verifying", paths[i + 1]);
                                       }
                                       return policy::Next::go_on;
                                   });
    }

    // The only file's verdict.
    void say_verdict(const VerdictView& view) {
        Stream& out = context_.console.out();
        if (is_document(arguments_.format)) {
            print_document(out, arguments_.format, view);
        } else if (arguments_.format == Format::reference_text) {
            write_reference_text(out, view, arguments_.verbose);
        } else if (!context_.console.is_quiet()) {
            write_block(out, view);
            if (view.report.is_valid() || arguments_.explain) {
                write_not_proven(out, view.report.unauthenticated, arguments_.explain);
            }
        }
    }

    // Why the only file has none.
    void say_failure(const std::string& file, const Failure& failure) {
        if (is_document(arguments_.format)) {
            print_document(context_.console.out(), arguments_.format,
                           NoVerdictView{file, failure, options_.profile});
        }
        print_failure(context_.console, failure);
    }

    // A line a file as it is judged, or a block if every gate is to be shown; then how many there
    // were of what. Nothing but what is wrong with the asking when quiet.
    Ending all_as_text() {
        Stream& out = context_.console.out();
        Tally tally;
        std::vector<policy::Unauthenticated> open;
        const Ending worst = each([&](const std::string& file, const Report& report) {
            if (!report) {
                ++tally.without_verdict;
                say_no_verdict({file, report.error(), options_.profile});
                return;
            }
            ++(report->is_valid() ? tally.valid : tally.invalid);
            if (report->is_valid() || arguments_.explain) {
                open = report->unauthenticated;  // by what is pinned: the same for all of them
            }
            say_one_of_several(view_of(file, *report));
        });
        if (!context_.console.is_quiet()) {
            write_tally(out, tally);
            write_not_proven(out, open, arguments_.explain);
        }
        return worst;
    }

    void say_one_of_several(const VerdictView& view) {
        if (context_.console.is_quiet()) {
            return;
        }
        if (arguments_.verbose || arguments_.timings) {
            write_block(context_.console.out(), view);
        } else {
            write_row(context_.console.out(), view, width_);
        }
    }

    void say_no_verdict(const NoVerdictView& view) {
        if (context_.console.is_quiet()) {
            print_failure(context_.console, view.failure);
            return;
        }
        write_row(context_.console.out(), view, width_);
        if (!view.failure.remedy.empty()) {
            context_.console.hint(view.failure.remedy);
        }
    }

    Ending all_as_reference_text() {
        bool is_first = true;
        return each([&](const std::string& file, const Report& report) {
            if (!report) {
                print_failure(context_.console, report.error());
                return;
            }
            Stream& out = context_.console.out();
            out.write(std::exchange(is_first, false) ? "" : "\n");
            write_reference_text(out, view_of(file, *report), true);
        });
    }

    // One array, whose items are written as they come.
    Ending all_as_document() {
        Document list(context_.console.out(), arguments_.format);
        list.writer().begin_array();
        const Ending worst = each([&](const std::string& file, const Report& report) {
            if (!report) {
                print_failure(context_.console, report.error());
                write(list.writer(), NoVerdictView{file, report.error(), options_.profile});
            } else {
                write(list.writer(), view_of(file, *report));
            }
        });
        list.writer().end_array();
        list.end();
        return worst;
    }

    static Ending ending(const Report& report) {
        return report ? ending_of(*report) : report.error().ending();
    }

    [[nodiscard]] VerdictView view_of(const std::string& file,
                                      const policy::VerificationReport& report) const {
        return {.report = report,
                .path = file,
                .verbose = arguments_.verbose,
                .timings = arguments_.timings,
                .registry = &registry_};
    }

    Context& context_;
    const VerifyArguments& arguments_;
    const trust::RegistryFile& by_;
    const trust::Registry& registry_;
    crypto::KeyCache keys_;
    policy::VerifyOptions options_;
    std::size_t width_ = 0;
};

// The short way to `aion archive verify`.
Outcome<Ending> run_recursively(Context& context, const VerifyArguments& arguments) {
    if (!arguments.attestations.empty()) {
        return fail_with("--attestations are of one file, and not of an archive");
    }
    if (arguments.order.is_wanted()) {
        return fail_with("A log orders the versions of files that are named, and not of an archive",
                         "Name them, without --recursive");
    }
    if (arguments.timings || arguments.explain) {
        return fail_with("--timings and --explain are for files that are named, one by one");
    }
    ArchiveArguments archive{.paths = arguments.files,
                             .registry = arguments.registry,
                             .format = arguments.format,
                             .pin_file = arguments.pin_file,
                             .verbose = arguments.verbose,
                             .pins = arguments.pins};
    archive.judging.profile = arguments.profile;
    return verify_archive(context, archive);
}

Outcome<> check_summary(const VerifyArguments& arguments) {
    CLI_TRY(check(arguments.summary));
    if (!arguments.summary.is_wanted()) {
        return {};
    }
    if (arguments.files.size() != 1 || arguments.recursive) {
        return fail_with("--vsa is about one file");
    }
    if (arguments.profile != policy::Profile::strict) {
        return fail_with("--vsa says that a file is VALID: leave out --profile");
    }
    return {};
}

Outcome<std::vector<policy::Attestation>> read_attestations(Context& context,
                                                            const VerifyArguments& arguments) {
    if (arguments.files.size() != 1) {
        return fail_with("--attestations are of one file", "Verify the files one by one");
    }
    if (!arguments.pins.require && !arguments.pins.require_file) {
        return fail_with("--attestations decide nothing where nobody is required to sign",
                         "Say who: --require or --require-file; or take `aion attest verify`");
    }
    CLI_TRY_ASSIGN(const attest::Container container,
                   load_container(context, arguments.attestations));
    return attest::attestations_in(container);
}

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    CLI_TRY_ASSIGN(const policy::Pins pins, parse_pins(arguments.pins));
    if (arguments.profile == policy::Profile::reference) {
        context.console.warn(
            "--profile reference checks less than `aion verify` does; it accepts files that are "
            "not genuine and is for comparing verdicts only");
    }
    CLI_TRY(check_summary(arguments));
    if (arguments.recursive) {
        return run_recursively(context, arguments);
    }
    if (arguments.format == Format::jsonl) {
        return fail_with("--format jsonl is for archives, and not for files that are named",
                         "Add --recursive, or take --format json");
    }
    CLI_TRY_ASSIGN(
        const trust::RegistryFile by,
        load_registry_file(context, arguments.registry, {arguments.pins.max_registry_age}));
    CLI_TRY_ASSIGN(const Pins known, open_pins(context, arguments.pin_file));
    policy::VerifyOptions options{
        .profile = arguments.profile, .pins = pins, .events = context.events};
    known.ask_in(options, policy::PinUse::record);
    CLI_TRY_ASSIGN(const auto order, open_log_order(context, arguments.order));
    options.log = order.get();
    CLI_TRY(demand_signers(context, arguments.pins, by.registry, options));
    std::vector<policy::Attestation> attestations;
    if (!arguments.attestations.empty()) {
        CLI_TRY_ASSIGN(attestations, read_attestations(context, arguments));
        options.attestations = attestations;
    }
    Run run(context, arguments, by, std::move(options));
    if (arguments.summary.is_wanted()) {
        return run.run_with_summary();
    }
    return run.run();
}

void verify_options(Options& options, VerifyArguments& into) {
    options.texts("FILE", into.files, "FILE", "Files to verify")->required();
    options.registry(into.registry)->required();
    options.format_or_lines(into.format);
    options.flag(
        "-r,--recursive", into.recursive,
        "All files in folders, too, as `aion archive verify` does, which also has --cache, "
        "--files-from and --shard");
    options.flag("-v,--verbose", into.verbose, "Text: every gate, every finding, the whole head");
    options.flag("--explain", into.explain, "Text: what VALID does not prove, in sentences");
    options.flag("--timings", into.timings, "Also say where the time went");
    pin_options(options, into.pins);
    options.text("--attestations", into.attestations, "FILE",
                 "Attestations of the head, as `aion attest add` makes them: for --require and "
                 "--require-file");
    options.pins(into.pin_file, pins_help);
    log_order_options(options, into.order);
    profile_option(options, into.profile,
                   "Which rules decide; reference is narrower, for comparison only");
    summary_options(options, into.summary);
    options.footer(
        "--quiet leaves nothing of the text: the exit code says it. Exit code 0: every file is "
        "VALID; 1: one is INVALID; 2: no verdict could be reached for "
        "one of them.");
    options.example("Is this file genuine?", "aion verify policy.aion --registry registry.json");
    options.example("Several, for a program",
                    "aion verify *.aion --registry registry.json --format json");
    options.example("In a script, where the exit code is all",
                    "aion verify policy.aion --registry registry.json --quiet && echo genuine");
}

}  // namespace

Declare declare_verify;

void declare_verify(const Declared& root) {
    add_command(root, "verify", "Verify that files are genuine under a registry", verify_options,
                run_verify);
}

}  // namespace aion::cli
