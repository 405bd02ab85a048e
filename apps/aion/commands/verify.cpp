// SPDX-License-Identifier: MIT OR Apache-2.0
// aion verify: is each file genuine? (docs/cli.md#aion-verify)
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "aion/policy/verify.hpp"
#include "shell/failure_text.hpp"
#include "shell/file_magic.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/pin_options.hpp"
#include "views/document_writer.hpp"
#include "views/verdict_view.hpp"

namespace aion::cli {
namespace {

struct VerifyArguments {
    std::vector<std::string> files;
    std::string registry;
    Format format = Format::text;
    bool verbose = false;
    bool timings = false;
    PinTexts pins;
    policy::Profile profile = policy::Profile::strict;
};

Failure cannot_verify(const std::string& file, const Error& error) {
    return error.os_error() == ENOENT ? fail_because(error, "File not found: " + file).error()
                                      : fail_with("Failed to verify file: " + file, error).error();
}

// The files one after the other, sharing what is precomputed for their signers' keys.
class Run {
  public:
    Run(Context& context, const VerifyArguments& arguments, const trust::Registry& registry,
        policy::Pins pins)
        : context_(context), arguments_(arguments), registry_(registry) {
        options_.profile = arguments.profile;
        options_.pins = pins;
        options_.key_cache = arguments.files.size() > 1 ? &keys_ : nullptr;
        options_.events = context.events;
    }

    // The verdict, or why there is none.
    Outcome<Ending> only() {
        const std::string& file = arguments_.files.front();
        CLI_TRY_ASSIGN(const policy::VerificationReport report, judge(file));
        present(context_.console, arguments_.format, view_of(file, report));
        return ending_of(report);
    }

    // In the order given; a file without a verdict stops nothing.
    Ending all() { return arguments_.format == Format::text ? all_as_text() : all_as_document(); }

  private:
    // Memory that ends here ends no document that was begun.
    Outcome<policy::VerificationReport> judge(const std::string& file) {
        context_.console.banner("🔍 ", "Verifying AION file: " + shown(file));
        try {
            if (file == "-") {
                CLI_TRY_ASSIGN(const Input input, read_standard_input_as(context_, "the file"));
                return policy::verify(input.bytes(), registry_, context_.env.now(), options_);
            }
            auto report = policy::verify(context_.env, file, registry_, options_);
            if (!report) {
                return failure_of(cannot_verify(file, report.error()));
            }
            advise(file, *report);
            return *std::move(report);
        } catch (const std::bad_alloc&) {
            Failure failure = out_of_memory();
            failure.path = file;
            return failure_of(std::move(failure));
        }
    }

    // Registry and file in each other's place give a verdict, which alone is no help.
    void advise(const std::string& file, const policy::VerificationReport& report) {
        const policy::Finding* const first = report.first(policy::Gate::structure);
        if (first == nullptr || (first->reason != policy::Reason::bad_magic &&
                                 first->reason != policy::Reason::too_small)) {
            return;
        }
        if (const std::string advice = advice_on_no_aion_file(context_.env, file);
            !advice.empty()) {
            context_.console.warn(advice);
        }
    }

    Ending all_as_text() {
        Ending worst = Ending::success;
        bool is_first = true;
        for (const std::string& file : arguments_.files) {
            const Outcome<policy::VerificationReport> report = judge(file);
            if (!report) {
                write_text(context_.console, NoVerdictView{file, report.error()});
            } else {
                context_.console.out().write(std::exchange(is_first, false) ? "" : "\n");
                write_text(context_.console, view_of(file, *report));
            }
            worst = std::max(worst, ending(report));
        }
        return worst;
    }

    // One array, whose items are written as they come.
    Ending all_as_document() {
        Ending worst = Ending::success;
        Document list(context_.console.out(), arguments_.format);
        list.writer().begin_array();
        for (const std::string& file : arguments_.files) {
            const Outcome<policy::VerificationReport> report = judge(file);
            if (!report) {
                print_failure(context_.console, report.error());
                write(list.writer(), NoVerdictView{file, report.error()});
            } else {
                write(list.writer(), view_of(file, *report));
            }
            worst = std::max(worst, ending(report));
        }
        list.writer().end_array();
        list.end();
        return worst;
    }

    static Ending ending(const Outcome<policy::VerificationReport>& report) {
        return report ? ending_of(*report) : report.error().ending();
    }

    [[nodiscard]] VerdictView view_of(const std::string& file,
                                      const policy::VerificationReport& report) const {
        return {.report = report,
                .path = file,
                .timings = arguments_.timings,
                .says_path = arguments_.verbose || arguments_.files.size() > 1,
                .every_finding = arguments_.verbose};
    }

    Context& context_;
    const VerifyArguments& arguments_;
    const trust::Registry& registry_;
    crypto::KeyCache keys_;
    policy::VerifyOptions options_;
};

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    CLI_TRY_ASSIGN(const policy::Pins pins, parse_pins(arguments.pins));
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    context.console.banner("", "Registry: " + shown(arguments.registry));
    if (arguments.profile == policy::Profile::reference) {
        context.console.warn(
            "--profile reference checks less than `aion verify` does; it accepts files that are "
            "not genuine and is for comparing verdicts only");
    }
    Run run(context, arguments, registry, pins);
    return arguments.files.size() == 1 ? run.only() : run.all();
}

void verify_options(Options& options, VerifyArguments& into) {
    options.texts("FILE", into.files, "FILE", "Files to verify")->required();
    options.registry(into.registry)->required();
    options.format(into.format);
    options.flag("-v,--verbose", into.verbose, "Text: also the path, and every finding");
    options.flag("--timings", into.timings, "Also say where the time went");
    pin_options(options, into.pins);
    options
        .choice<policy::Profile>(
            "--profile", into.profile,
            {{"strict", policy::Profile::strict}, {"reference", policy::Profile::reference}},
            "PROFILE", "Which rules decide; reference is narrower, for comparison only")
        ->group("Advanced");
    options.footer(
        "Exit code 0: every file is VALID; 1: one is INVALID; 2: no verdict could be reached for "
        "one of them.");
}

}  // namespace

Declare declare_verify;

void declare_verify(const Declared& root) {
    add_command(root, "verify", "Verify that files are genuine under a registry", verify_options,
                run_verify);
}

}  // namespace aion::cli
