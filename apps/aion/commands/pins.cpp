// SPDX-License-Identifier: MIT OR Apache-2.0
// aion pins: what was accepted of files before, so that none goes back (docs/cli.md#aion-pins).
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "aion/policy/verify.hpp"
#include "shell/failure_text.hpp"
#include "shell/input.hpp"
#include "shell/pins.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "views/document_writer.hpp"
#include "views/pins_view.hpp"
#include "views/verdict_text_view.hpp"

namespace aion::cli {
namespace {

struct PinsArguments {
    std::vector<std::string> files;
    std::string file;
    std::string registry;
    std::string pins;
    std::string reason;
    bool decisions = false;
    Format format = Format::text;
};

constexpr std::size_t widest_path = 48;

Outcome<policy::VerificationReport> judge(Context& context, const std::string& file,
                                          const trust::Registry& registry,
                                          const policy::VerifyOptions& options) {
    if (file == "-") {
        CLI_TRY_ASSIGN(const Input input, read_standard_input_as(context, "the file"));
        return policy::verify(input.bytes(), registry, context.env.now(), options);
    }
    const Progress progress = context.progress("Verifying", file);
    auto report = policy::verify(context.env, file, registry, options);
    if (!report) {
        return about_file(report.error().os_error() == ENOENT
                              ? fail_not_found(report.error(), file)
                              : fail_with("Failed to verify file: " + file, report.error()),
                          file);
    }
    return *std::move(report);
}

// --- add, check ----------------------------------------------------------------------------------

// Judges each file under the registry and the pins, and shows what came of it as `aion verify`
// does.
Outcome<Ending> judge_each(Context& context, const PinsArguments& arguments, policy::PinUse use,
                           const Pins& pins) {
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    policy::VerifyOptions options;
    options.events = context.events;
    pins.ask_in(options, use);
    std::size_t width = 0;
    for (const std::string& file : arguments.files) {
        width = std::min(std::max(width, columns_of(shown(file))), widest_path);
    }
    std::optional<Document> list;
    if (is_document(arguments.format)) {
        list.emplace(context.console.out(), arguments.format);
        list->writer().begin_array();
    }
    Ending worst = Ending::success;
    pins.store->begin_many();
    for (const std::string& file : arguments.files) {
        const auto report = judge(context, file, registry, options);
        worst = std::max(worst, report ? ending_of(*report) : report.error().ending());
        if (report) {
            const VerdictView view{.report = *report, .path = file};
            if (list) {
                write(list->writer(), view);
            } else if (!context.console.is_quiet()) {
                write_row(context.console.out(), view, width);
            }
            if (const std::string advice =
                    advice_on_refused(*report, options, file, arguments.registry, arguments.pins);
                !advice.empty()) {
                context.console.hint(advice);
            }
        } else {
            print_failure(context.console, report.error());
            if (list) {
                write(list->writer(), NoVerdictView{file, report.error(), options.profile});
            }
        }
    }
    if (list) {
        list->writer().end_array();
        list->end();
    }
    if (const auto ended = pins.store->end_many(); !ended) {
        print_failure(context.console,
                      fail_with("Failed to pin all of them", ended.error()).error());
        worst = Ending::failure;
    }
    return worst;
}

Outcome<Ending> run_add(Context& context, const PinsArguments& arguments) {
    CLI_TRY_ASSIGN(const Pins pins,
                   open_own_pins(context, arguments.pins, archive::PinFileMode::create));
    return judge_each(context, arguments, policy::PinUse::record, pins);
}

Outcome<Ending> run_check(Context& context, const PinsArguments& arguments) {
    CLI_TRY_ASSIGN(const Pins pins,
                   open_own_pins(context, arguments.pins, archive::PinFileMode::existing));
    return judge_each(context, arguments, policy::PinUse::check, pins);
}

// --- list ----------------------------------------------------------------------------------------

// All of it first: whoever reads what we write may be slow, and others wait for the pins.
Outcome<Ending> run_list(Context& context, const PinsArguments& arguments) {
    CLI_TRY_ASSIGN(const Pins pins,
                   open_own_pins(context, arguments.pins, archive::PinFileMode::existing));
    if (arguments.decisions) {
        std::vector<policy::PinDecision> decisions;
        CLI_TRY(pins.store->for_each_decision(
            [&](const policy::PinDecision& decision) { decisions.push_back(decision); }));
        present(context.console, arguments.format, DecisionListView{decisions});
        return Ending::success;
    }
    std::vector<policy::Pin> known;
    CLI_TRY(pins.store->for_each([&](const policy::Pin& pin) { known.push_back(pin); }));
    present(context.console, arguments.format, PinListView{known});
    return Ending::success;
}

// --- accept, forget ------------------------------------------------------------------------------

Outcome<Ending> run_accept(Context& context, const PinsArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    policy::VerifyOptions options;
    options.events = context.events;
    CLI_TRY_ASSIGN(const policy::VerificationReport report,
                   judge(context, arguments.file, registry, options));
    if (!report.is_valid() || !report.head) {
        return about_file(fail_with("Not accepted: " + arguments.file,
                                    error_because(ErrorCode::verdict_invalid, report.summary())),
                          arguments.file);
    }
    context.host.announce_change();
    CLI_TRY_ASSIGN(const Pins pins,
                   open_own_pins(context, arguments.pins, archive::PinFileMode::create));
    const Timestamp now = context.env.now();
    const policy::Sighting seen = {.file_id = report.file_id,
                                   .version = VersionNumber{report.version_count},
                                   .head = *report.head,
                                   .name = pins.name_of(arguments.file),
                                   .time = now};
    const policy::AskedRegistry asked(registry);
    CLI_TRY_ASSIGN(policy::PinnedState state, pins.store->find(seen.file_id, seen.name, asked));
    CLI_TRY(or_fail(pins.store->accept(seen, asked, arguments.reason), "Failed to pin"));
    policy::Pin pin = pin_of(seen, asked);
    context.console.deed(arguments.file + " was accepted");
    if (state.named && *state.named != pin.file_id) {
        context.console.warn(fmt::format("this path was that of file {}, which stays pinned",
                                         to_string(*state.named)));
    }
    if (state.pin) {
        pin.first_seen = state.pin->first_seen;
    }
    present(context.console, arguments.format,
            DecisionView{{.kind = policy::PinDecision::Kind::accept,
                          .time = now,
                          .before = std::move(state.pin),
                          .after = std::move(pin),
                          .reason = arguments.reason}});
    return Ending::success;
}

// An id, or the path of a file, which need not be there any more.
Outcome<FileId> pinned_file(const Pins& pins, const std::string& text) {
    if (const auto id = parse_file_id(text)) {
        return *id;
    }
    CLI_TRY_ASSIGN(const policy::PinnedState state,
                   pins.store->find(FileId{}, pins.name_of(text), policy::AskedRegistry::none()));
    if (!state.named) {
        return fail_because(error_at_path(ErrorCode::file_not_found, text),
                            "No file is pinned under this path: " + text,
                            "`aion pins list` shows the ids and paths of all that are");
    }
    return *state.named;
}

Outcome<Ending> run_forget(Context& context, const PinsArguments& arguments) {
    CLI_TRY_ASSIGN(const Pins pins,
                   open_own_pins(context, arguments.pins, archive::PinFileMode::existing));
    CLI_TRY_ASSIGN(const FileId file, pinned_file(pins, arguments.file));
    CLI_TRY_ASSIGN(policy::PinnedState state,
                   pins.store->find(file, {}, policy::AskedRegistry::none()));
    context.host.announce_change();
    const Timestamp now = context.env.now();
    CLI_TRY_ASSIGN(const bool was_pinned, pins.store->forget(file, now, arguments.reason));
    if (!was_pinned) {
        return fail_because(error_at_path(ErrorCode::file_not_found, arguments.file),
                            "Not pinned: file " + to_string(file),
                            "`aion pins list` shows the ids and paths of all that are");
    }
    context.console.deed("File " + to_string(file) + " was forgotten");
    present(context.console, arguments.format,
            DecisionView{{.kind = policy::PinDecision::Kind::forget,
                          .time = now,
                          .before = std::move(state.pin),
                          .after = std::nullopt,
                          .reason = arguments.reason}});
    return Ending::success;
}

// --- Options -------------------------------------------------------------------------------------

void common_options(Options& options, PinsArguments& into) {
    options.pins(into.pins, "Pins instead of pins.db in the state folder");
    options.format(into.format);
}

void judging_options(Options& options, PinsArguments& into) {
    options.texts("FILE", into.files, "FILE", "Files to verify")->required();
    options.registry(into.registry)->required();
    common_options(options, into);
}

void add_options(Options& options, PinsArguments& into) {
    judging_options(options, into);
    options.footer(
        "Each file is verified; one that is VALID and contradicts nothing is pinned, or its pin "
        "moves on. Exit code 0: all are pinned; 1: one is INVALID or contradicts its pin; 2: no "
        "verdict.");
    options.example("From now on this file never goes back",
                    "aion pins add policy.aion --registry registry.json --pins pins.db");
}

void check_options(Options& options, PinsArguments& into) {
    judging_options(options, into);
    options.footer(
        "As `aion verify --pins`, but nothing is recorded. What was never pinned "
        "contradicts nothing.");
}

void list_options(Options& options, PinsArguments& into) {
    common_options(options, into);
    options.flag("--decisions", into.decisions, "List what was accepted and forgotten instead");
}

void reason_option(Options& options, PinsArguments& into) {
    options.text("--reason", into.reason, "TEXT", "Why, to be noted beside it");
}

void accept_options(Options& options, PinsArguments& into) {
    options.text("FILE", into.file, "FILE", "File that is right")->required();
    options.registry(into.registry)->required();
    reason_option(options, into);
    common_options(options, into);
    options.footer(
        "For a file that contradicts its pin and is right all the same, say one that was restored. "
        "It must be VALID; what was pinned is replaced without a question, shown and noted.");
    options.example("A file that was restored from a backup",
                    "aion pins accept policy.aion --registry registry.json --pins pins.db \\\n"
                    "      --reason \"restored from Monday's backup\"");
}

void forget_options(Options& options, PinsArguments& into) {
    options.text("FILE", into.file, "FILE", "Its id, or the path that it was pinned under")
        ->required();
    reason_option(options, into);
    common_options(options, into);
}

}  // namespace

Declare declare_pins;

void declare_pins(const Declared& root) {
    const Declared pins = add_group(root, "pins", "Remember files, so that none goes back");
    add_command(pins, "add", "Verify files and pin them", add_options, run_add);
    add_command(pins, "list", "List what is pinned", list_options, run_list);
    add_command(pins, "check", "Verify files under their pins, and record nothing", check_options,
                run_check);
    add_command(pins, "accept", "Pin a file as it is now, whatever was pinned", accept_options,
                run_accept);
    add_command(pins, "forget", "Forget a file", forget_options, run_forget);
}

}  // namespace aion::cli
