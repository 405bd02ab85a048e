// SPDX-License-Identifier: MIT OR Apache-2.0
// aion verify: is each file genuine? (spec 05 section 5)
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <nlohmann/json.hpp>

#include "aion/policy/verify.hpp"
#include "shell/failure_text.hpp"
#include "shell/input.hpp"
#include "table/command_table.hpp"
#include "table/pin_options.hpp"
#include "views/report_json.hpp"
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
    return error.os_error() == ENOENT ? Failure{{"File not found: " + file}, Ending::failure, {}}
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

    Outcome<Ending> all() {
        Ending worst = Ending::success;
        for (const std::string& file : arguments_.files) {
            worst = std::max(worst, one(file));
        }
        if (arguments_.format != Format::text && arguments_.files.size() > 1) {
            print_document(context_.console.out(), documents_, arguments_.format);
        } else if (!documents_.empty()) {
            print_document(context_.console.out(), documents_.front(), arguments_.format);
        }
        return worst;
    }

  private:
    Ending one(const std::string& file) {
        context_.console.banner("🔍 ", "Verifying AION file: " + shown(file));
        const auto report = policy::verify(context_.env, file, registry_, options_);
        if (!report) {
            print_failure(context_.console, cannot_verify(file, report.error()));
            if (arguments_.format != Format::text && arguments_.files.size() > 1) {
                documents_.push_back(unreached_document(file, report.error()));
            }
            return Ending::failure;
        }
        if (arguments_.format == Format::text) {
            show(file, *report);
        } else {
            documents_.push_back(report_document(*report, file, arguments_.timings));
        }
        return ending_of(*report);
    }

    void show(const std::string& file, const policy::VerificationReport& report) {
        ReportStyle style;
        if (arguments_.verbose || arguments_.files.size() > 1) {
            style.path = file;
        }
        style.pinned = options_.pins.any();
        style.every_finding = arguments_.verbose;
        style.timings = arguments_.timings;
        if (printed_++ > 0) {
            context_.console.out().write("\n");
        }
        print_report(context_.console.out(), report, style);
    }

    Context& context_;
    const VerifyArguments& arguments_;
    const trust::Registry& registry_;
    crypto::KeyCache keys_;
    policy::VerifyOptions options_;
    Json documents_ = Json::array();
    std::size_t printed_ = 0;
};

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    auto pins = parse_pins(arguments.pins);
    if (!pins) {
        return pass_on(pins);
    }
    auto registry = load_registry(context, arguments.registry);
    if (!registry) {
        return pass_on(registry);
    }
    context.console.banner("", "Registry: " + shown(arguments.registry));
    if (arguments.profile == policy::Profile::reference) {
        context.console.warn(
            "--profile reference checks less than `aion verify` does; it accepts files that are "
            "not genuine and is for comparing verdicts only");
    }
    return Run(context, arguments, *registry, *std::move(pins)).all();
}

}  // namespace

void declare_verify(CommandTable& table) {
    const auto arguments = std::make_shared<VerifyArguments>();
    Declaration command(table, table.root(), "verify",
                        "Verify that files are genuine under a registry");
    command.texts("FILE", arguments->files, "FILE", "Files to verify")->required();
    command.registry(arguments->registry)->required();
    command.format(arguments->format);
    command.flag("-v,--verbose", arguments->verbose, "Text: also the path, and every finding");
    command.flag("--timings", arguments->timings, "Also say where the time went");
    declare_pins(command, arguments->pins);
    command
        .choice(
            "--profile", {"strict", "reference"},
            [arguments](std::size_t index) {
                arguments->profile =
                    index == 0 ? policy::Profile::strict : policy::Profile::reference;
            },
            "PROFILE", "Which rules decide; reference is narrower, for comparison only")
        ->group("Advanced");
    command.app().footer(
        "Exit code 0: every file is VALID; 1: one is INVALID; 2: no verdict could be reached for "
        "one of them.");
    command.runs([arguments](Context& context) { return run_verify(context, *arguments); });
}

}  // namespace aion::cli
