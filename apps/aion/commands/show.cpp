// SPDX-License-Identifier: MIT OR Apache-2.0
// aion show: content of a file, once it is known to be genuine (docs/cli.md#aion-show).
#include <fmt/format.h>

#include <cstdint>
#include <memory>

#include "aion/crypto/hash.hpp"
#include "aion/format/file_view.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/policy/open_verified.hpp"
#include "aion/policy/verify.hpp"
#include "shell/expectations.hpp"
#include "shell/file_magic.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/pins.hpp"
#include "shell/shell_word.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/log_order_options.hpp"
#include "table/pager_options.hpp"
#include "table/pin_options.hpp"
#include "views/history_view.hpp"
#include "views/paged.hpp"
#include "views/payload_view.hpp"

namespace aion::cli {
namespace {

enum class Part : std::uint8_t { rules, history, signatures, info };

struct ShowArguments {
    std::string file;
    std::string registry;
    Format format = Format::text;
    bool no_verify = false;
    std::optional<VersionNumber> version;
    PinTexts pins;
    std::string pin_file;
    OrderTexts order;
    Part part = Part::info;
    std::optional<std::string> output;
    bool force = false;
    bool no_pager = false;
};

// One file in memory and what it is judged by. Everything shown comes from this one buffer.
struct Subject {
    Input content;
    bool judged = false;  // by a registry; without one, it is empty
    trust::Registry registry;
    policy::VerifyOptions options;
    Pins known;
    std::unique_ptr<trust::LogOrder> order;
    std::optional<Output> output;  // where the rules go, if that was said

    [[nodiscard]] ByteView bytes() const { return content.bytes(); }
};

constexpr const char* look_anyway = "To look at it anyway, unverified: --no-verify";

std::unexpected<Failure> withheld(const ShowArguments& arguments,
                                  const policy::VerifyOptions& options,
                                  const policy::VerificationReport& report) {
    const std::string& file = arguments.file;
    const std::string verdict = report.summary();
    const policy::Finding* const pinned = report.first(policy::Gate::pin);
    if (pinned != nullptr && pinned->reason == policy::Reason::pin_store_failed) {
        return fail_with("Content withheld, the pins failed: " + pinned->message);
    }
    std::string advice = advice_on_signers(report, options, file, arguments.registry);
    if (advice.empty()) {
        advice = advice_on_refused(report, options, file, arguments.registry, arguments.pin_file);
    }
    advice += advice.empty() ? look_anyway : std::string("\n") + look_anyway;
    return std::unexpected(
        Failure{.messages = {"Content withheld, the file is INVALID: " + file, verdict},
                .cause = error_because(ErrorCode::verdict_invalid, verdict),
                .remedy = std::move(advice),
                .path = file});
}

Outcome<Subject> read_subject(Context& context, const ShowArguments& arguments) {
    CLI_TRY_ASSIGN(const policy::Pins pins, parse_pins(arguments.pins));
    const bool shows_signatures =
        arguments.part == Part::signatures || arguments.part == Part::info;
    const bool judged = !arguments.no_verify || (shows_signatures && !arguments.registry.empty());
    trust::Registry registry;
    if (judged) {
        CLI_TRY_ASSIGN(registry, load_registry(context, arguments.registry,
                                               {arguments.pins.max_registry_age}));
    }
    CLI_TRY_ASSIGN(auto content, read_aion_file(context, arguments.file));
    policy::VerifyOptions options;
    options.pins = pins;
    options.events = context.events;
    Pins known;
    std::unique_ptr<trust::LogOrder> order;
    if (!arguments.no_verify) {
        CLI_TRY_ASSIGN(known, open_pins(context, arguments.pin_file));
        known.ask_in(options, policy::PinUse::record);
        CLI_TRY_ASSIGN(order, open_log_order(context, arguments.order));
        options.log = order.get();
        // It was read into memory, where it has no name.
        options.pin_path = arguments.file == "-" ? "" : arguments.file;
        CLI_TRY(demand_signers(context, arguments.pins, registry, options));
    }
    return Subject{std::move(content), judged,           std::move(registry), std::move(options),
                   std::move(known),   std::move(order), std::nullopt};
}

// Asked for by people who expect every version's rules in the file.
std::unexpected<Failure> only_the_last(const ShowArguments& arguments, VersionNumber last) {
    if (arguments.version.value_or(last) > last || arguments.version == VersionNumber{0}) {
        return fail_with(fmt::format("{} has no version {}: the last one is {}", arguments.file,
                                     to_string(*arguments.version), to_string(last)));
    }
    return fail_with(fmt::format("Only the last payload, of version {}, is in the file; of earlier "
                                 "ones it keeps the hashes",
                                 to_string(last)),
                     arguments.file == "-" ? "`aion show FILE history` lists them"
                                           : "They are listed by: aion show " +
                                                 shell_word(arguments.file) + " history");
}

Outcome<> hand_out(Context& context, const ShowArguments& arguments, Subject& subject,
                   const PayloadView& rules) {
    if (arguments.version.value_or(rules.version) != rules.version) {
        return only_the_last(arguments, rules.version);
    }
    if (subject.output) {
        return write_output(context, *subject.output, rules.bytes, "Rules");
    }
    present(context.console, arguments.format, rules);
    return {};
}

Result<format::FileView> parse(const Subject& subject) {
    return format::FileView::parse(subject.bytes(), format::FileView::Bounds::as_used);
}

Outcome<> show_unverified_rules(Context& context, const ShowArguments& arguments,
                                Subject& subject) {
    CLI_TRY_ASSIGN(const format::FileView view, parse(subject));
    CLI_TRY_ASSIGN(const Bytes payload, policy::payload_unverified(view));
    return hand_out(context, arguments, subject,
                    {payload, {view.header().current_version}, crypto::blake3(payload), false});
}

Outcome<> show_rules(Context& context, const ShowArguments& arguments, Subject& subject) {
    if (arguments.no_verify) {
        return show_unverified_rules(context, arguments, subject);
    }
    const auto payload = [&] {
        const Progress progress = context.progress("Verifying", arguments.file);
        return policy::open_verified(subject.bytes(), subject.registry, context.env.now(),
                                     subject.options);
    }();
    if (!payload) {
        const policy::Refusal& refusal = payload.error();
        return refusal.report ? withheld(arguments, subject.options, *refusal.report)
                              : fail_with(refusal.error);
    }
    return hand_out(context, arguments, subject,
                    {payload->bytes(), payload->version(), payload->rules_hash(), true});
}

Outcome<> show_records(Context& context, const ShowArguments& arguments, const Subject& subject) {
    if (!arguments.no_verify) {
        const auto report = [&] {
            const Progress progress = context.progress("Verifying", arguments.file);
            return policy::verify(subject.bytes(), subject.registry, context.env.now(),
                                  subject.options);
        }();
        if (!report.is_valid()) {
            return withheld(arguments, subject.options, report);
        }
    }
    CLI_TRY_ASSIGN(const format::FileView view, parse(subject));
    if (arguments.part == Part::history) {
        CLI_TRY_ASSIGN(const auto versions, policy::history(view));
        present_paged(context, arguments.format, arguments.no_pager,
                      HistoryView{versions, subject.registry});
    } else if (arguments.part == Part::signatures) {
        CLI_TRY_ASSIGN(const auto signatures,
                       policy::signatures(view, subject.registry, subject.options.log));
        present(context.console, arguments.format,
                SignaturesView{signatures, subject.registry, subject.judged});
    } else {
        CLI_TRY_ASSIGN(const auto summary,
                       policy::summarize(view, subject.registry, subject.options.log));
        present(context.console, arguments.format,
                SummaryView{summary, subject.registry, subject.judged});
    }
    return {};
}

Outcome<Ending> run_show(Context& context, const ShowArguments& arguments) {
    if (arguments.output && is_document(arguments.format)) {
        return fail_with("--output gives the exact bytes and cannot be combined with --format");
    }
    std::optional<Output> output;
    if (arguments.output) {
        CLI_TRY_ASSIGN(output, Output::open(context, {*arguments.output, arguments.force},
                                            {&arguments.file, 1}, arguments.registry));
    }
    CLI_TRY_ASSIGN(Subject subject, read_subject(context, arguments));
    subject.output = std::move(output);
    if (arguments.no_verify) {
        context.console.warn(
            "--no-verify: what follows was not verified and may be forged or damaged");
    }
    auto shown_part = arguments.part == Part::rules ? show_rules(context, arguments, subject)
                                                    : show_records(context, arguments, subject);
    if (!shown_part) {
        auto failure = about_file(failure_of(std::move(shown_part).error()), arguments.file);
        std::string advice = advice_on_no_aion_file(context.env, arguments.file);
        return advice.empty() ? failure : with_remedy(std::move(failure), std::move(advice));
    }
    return Ending::success;
}

void show_options(Options& options, ShowArguments& into) {
    options.text("FILE", into.file, "FILE", "File to show")->required();
    options.registry(into.registry);
    options.format(into.format);
    options.flag("--no-verify", into.no_verify, "Show the content even if the file is not genuine");
    pin_options(options, into.pins);
    options.pins(into.pin_file, pins_help);
    log_order_options(options, into.order);
    Options rules = options.part("rules", "The rules of the last version", into.part, Part::rules);
    rules.text("-o,--output", into.output, "OUTPUT_FILE",
               "Write exactly the bytes of the rules to a file, or to standard output for -");
    rules.flag("--force", into.force, "Replace an existing file");
    rules.number("--version", into.version, "N", "Refused but for the last version")->group("");
    Options history = options.part("history", "Every version", into.part, Part::history);
    pager_options(history, into.no_pager);
    options.part("signatures", "Every signature and whether it is valid", into.part,
                 Part::signatures);
    options.part("info", "File id, last version and a count of signatures", into.part, Part::info);
    options.footer(
        "The file is verified first under the registry, which is required unless --no-verify is "
        "given; content of an INVALID file is withheld with exit code 1. Options may stand before "
        "or after the subcommand. As JSON or YAML, rules are an object with encoding (utf-8 or "
        "base64) and content.");
    options.example("The policy itself, if it is genuine",
                    "aion show policy.aion rules --registry registry.json");
    options.example("Its exact bytes, into a file",
                    "aion show policy.aion rules --registry registry.json --output rules.yaml");
    options.example("Who changed it when",
                    "aion show policy.aion history --registry registry.json");
}

}  // namespace

Declare declare_show;

void declare_show(const Declared& root) {
    add_command(root, "show", "Show the content of a verified file", show_options, run_show);
}

}  // namespace aion::cli
