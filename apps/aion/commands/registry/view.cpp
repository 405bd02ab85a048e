// SPDX-License-Identifier: MIT OR Apache-2.0
// What a registry says: show, log, explain, check, diff (docs/cli-registry.md).
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "aion/trust/seen_registry.hpp"
#include "commands/registry/chain.hpp"
#include "commands/registry/parts.hpp"
#include "shell/decimal.hpp"
#include "shell/failure_text.hpp"
#include "shell/input.hpp"
#include "shell/judged.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/pager_options.hpp"
#include "views/document_writer.hpp"
#include "views/paged.hpp"
#include "views/registry_explain_view.hpp"
#include "views/registry_log_view.hpp"
#include "views/registry_view.hpp"

namespace aion::cli {
namespace {

struct ViewArguments {
    std::string registry;
    Format format = Format::text;
};

struct RegistryLogArguments {
    std::string registry;
    std::optional<AuthorChoice> author;
    std::optional<std::uint64_t> limit;
    bool no_pager = false;
    Format format = Format::text;
};

struct ExplainArguments {
    std::string author;
    std::string file;
    std::string registry;
    Format format = Format::text;
};

struct RegistryDiffArguments {
    std::string before;
    std::string after;
    Format format = Format::text;
};

// --- show, check ---------------------------------------------------------------------------------

Outcome<Ending> run_show(Context& context, const ViewArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    present(context.console, arguments.format, RegistryView{registry});
    return Ending::success;
}

Outcome<Ending> run_check(Context& context, const ViewArguments& arguments) {
    const auto registry = load_registry_silently(context, arguments.registry);
    if (!registry && is_document(arguments.format)) {
        const Failure& failure = registry.error();
        print_document(context.console.out(), arguments.format, UnloadableView{failure});
        print_failure(context.console, failure);
        return failure.ending();
    }
    if (!registry) {
        return failure_of(registry.error());
    }
    present(context.console, arguments.format, RegistryCheckView{*registry, context.env.now()});
    if (registry->chain() == nullptr) {
        context.console.hint("Unproven: nothing in the file says who wrote what it says. " +
                             import_advice(arguments.registry));
    }
    return Ending::success;
}

// --- log -----------------------------------------------------------------------------------------

Outcome<Ending> run_log(Context& context, const RegistryLogArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    if (registry.chain() == nullptr) {
        return fail_with("The registry has no chain, and so no records: " + arguments.registry,
                         import_advice(arguments.registry));
    }
    RegistryLogView view{registry, {}};
    view.selection.limit = arguments.limit;
    if (arguments.author) {
        CLI_TRY_ASSIGN(view.selection.author, resolve_author(*arguments.author, registry));
    }
    present_paged(context, arguments.format, arguments.no_pager, view);
    return Ending::success;
}

// --- explain -------------------------------------------------------------------------------------

struct Question {
    AuthorChoice author;
    std::optional<VersionNumber> version;
};

// No name ends in `@` and digits.
Outcome<Question> parse_question(const std::string& text) {
    Question question;
    std::string_view who = text;
    if (const std::size_t at = who.rfind('@'); at != std::string_view::npos) {
        if (const auto version = parse_decimal(who.substr(at + 1), UINT64_MAX)) {
            if (*version == 0) {
                return fail_with("There is no version 0: versions begin at 1: " + text,
                                 "Such as alice@1");
            }
            question.version = VersionNumber{*version};
            who = who.substr(0, at);
        }
    }
    auto author = parse_author(who);
    if (!author) {
        return fail_with(fmt::format("Neither an author's id nor a name: {}", text),
                         "Such as alice, 1001, alice@5");
    }
    question.author = *std::move(author);
    return question;
}

// What the history of `file` has of what records list, ascending.
std::vector<trust::RegistryChain::Listed> points_in(const trust::Registry& registry,
                                                    const policy::Examination& file) {
    std::vector<trust::RegistryChain::Listed> points;
    if (registry.chain() == nullptr) {
        return points;
    }
    for (const trust::RegistryChain::Listed& point : registry.chain()->listed()) {
        const std::uint64_t version = point.version.value;
        if (version > 0 && version <= file.version_count() &&
            file.version(version - 1).version_hash == point.hash) {
            points.push_back(point);
        }
    }
    return points;
}

Outcome<Ending> explain_file(Context& context, const ExplainArguments& arguments,
                             const trust::Registry& registry, AuthorId author,
                             std::optional<VersionNumber> version) {
    CLI_TRY_ASSIGN(const policy::Examination file, judge_by(context, arguments.file, registry, {}));
    const policy::VerificationReport& report = file.report();
    if (file.version_count() == 0) {
        return about_file(
            fail_with(
                fmt::format("No history can be read in {}: {}", arguments.file, report.summary()),
                "Without a file, `aion registry explain` answers for files that no record "
                "lists"),
            arguments.file);
    }
    if (!report.is_valid()) {
        context.console.warn(
            fmt::format("{} is {}", shown(arguments.file), shown(report.summary())));
    }
    present(context.console, arguments.format,
            ExplainView{.seen = file.seen(),
                        .author = author,
                        .version = version,
                        .file = arguments.file,
                        .is_valid = report.is_valid(),
                        .points = points_in(registry, file)});
    return ending_of(report);
}

Outcome<Ending> run_explain(Context& context, const ExplainArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    CLI_TRY_ASSIGN(const Question question, parse_question(arguments.author));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(question.author, registry));
    if (registry.find(author) == nullptr) {
        return fail_with("The registry has no author " + to_string(author),
                         "`aion registry show` lists those that it has");
    }
    if (!arguments.file.empty()) {
        return explain_file(context, arguments, registry, author, question.version);
    }
    const trust::SeenRegistry seen(registry);
    present(context.console, arguments.format,
            ExplainView{.seen = seen, .author = author, .version = question.version});
    return Ending::success;
}

// --- diff ----------------------------------------------------------------------------------------

Outcome<Ending> run_diff(Context& context, const RegistryDiffArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry before, load_registry(context, arguments.before));
    CLI_TRY_ASSIGN(const trust::Registry after, load_registry(context, arguments.after));
    const RegistryDiffView view = compare_registries(before, after);
    present(context.console, arguments.format, view);
    return view.relation == RegistryRelation::same || view.relation == RegistryRelation::continues
               ? Ending::success
               : Ending::invalid;
}

// --- Options -------------------------------------------------------------------------------------

void view_options(Options& options, ViewArguments& into) {
    options.registry(into.registry)->required();
    options.format(into.format);
}

void log_options(Options& options, RegistryLogArguments& into) {
    options.registry(into.registry)->required();
    options.author("--author", into.author, "Only records about this author");
    options.number("-n,--max-count", into.limit, "N", "Only the newest N of those");
    options.format_or_items(into.format);
    pager_options(options, into.no_pager);
    options.footer(
        "Every record was verified when the registry was read. Times are what those who signed "
        "say.");
    options.example("Who changed whom we trust?", "aion registry log --registry chain.json");
}

void explain_options(Options& options, ExplainArguments& into) {
    options.text("AUTHOR", into.author, "AUTHOR[@VERSION]", "Author by id or name: alice, alice@5")
        ->required();
    options.text("FILE", into.file, "FILE", "As the history of this file sees it");
    options.registry(into.registry)->required();
    options.format(into.format);
    options.example("May alice sign version 2, and who says so?",
                    "aion registry explain alice@2 policy.aion --registry chain.json");
}

void diff_options(Options& options, RegistryDiffArguments& into) {
    options.text("OLD", into.before, "OLD", "Registry as it was")->required();
    options.text("NEW", into.after, "NEW", "Registry as it came")->required();
    options.format(into.format);
    options.footer(
        "Exit code 0: the new one is the same or continues the old one; 1: it is older, or another "
        "one; 2: one cannot be read.");
    options.example("What is new?", "aion registry diff chain.json chain.json");
}

}  // namespace

void declare_viewing(const Declared& registry) {
    add_command(registry, "show", "Show authors, epochs and keys", view_options, run_show);
    add_command(registry, "log", "Show the records of a chain, the newest first", log_options,
                run_log);
    add_command(registry, "explain", "Say what an author may sign, and which records say so",
                explain_options, run_explain);
    add_command(registry, "check", "Check that a registry loads and warn about odd entries",
                view_options, run_check);
    add_command(registry, "diff", "Say whether a registry continues another", diff_options,
                run_diff);
}

}  // namespace aion::cli
