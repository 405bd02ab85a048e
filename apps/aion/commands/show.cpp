// SPDX-License-Identifier: MIT OR Apache-2.0
// aion show: content of a file, once it is known to be genuine (spec 05 section 6).
#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "aion/crypto/hash.hpp"
#include "aion/format/file_view.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/policy/verify.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "table/command_table.hpp"
#include "table/pin_options.hpp"
#include "views/history_document.hpp"
#include "views/history_view.hpp"
#include "views/payload_view.hpp"

namespace aion::cli {
namespace {

enum class Part : std::uint8_t { rules, history, signatures, info };

struct ShowArguments {
    std::string file;
    std::string registry;
    Format format = Format::text;
    bool no_verify = false;
    PinTexts pins;
    Part part = Part::info;
    std::optional<std::string> output;
};

// One file in memory and what it is judged by. Everything shown comes from this one buffer.
struct Subject {
    std::shared_ptr<const FileContent> content;
    trust::Registry registry;
    policy::VerifyOptions options;

    [[nodiscard]] ByteView bytes() const { return content->bytes(); }
};

constexpr const char* look_anyway = "To look at it anyway, unverified: --no-verify";

std::unexpected<Failure> withheld(const std::string& file, std::string reason) {
    return std::unexpected(
        Failure{{"Content withheld, the file is INVALID: " + file, std::move(reason)},
                Ending::invalid,
                look_anyway});
}

// The report's summary, without what the error's own wording puts around it.
std::string reason_of(const Error& error) {
    const Error::Value* const reason = error.field("reason");
    const auto* const text = reason == nullptr ? nullptr : std::get_if<std::string>(reason);
    return text == nullptr ? error.message() : *text;
}

Outcome<Subject> read_subject(Context& context, const ShowArguments& arguments) {
    auto pins = parse_pins(arguments.pins);
    if (!pins) {
        return pass_on(pins);
    }
    const bool needs_registry =
        !arguments.no_verify || arguments.part == Part::signatures || arguments.part == Part::info;
    Outcome<trust::Registry> registry;
    if (needs_registry) {
        registry = load_registry(context, arguments.registry);
    }
    if (!registry) {
        return pass_on(registry);
    }
    auto content = read_aion_file(context, arguments.file);
    if (!content) {
        return pass_on(content);
    }
    policy::VerifyOptions options;
    options.pins = *pins;
    options.events = context.events;
    return Subject{*std::move(content), *std::move(registry), std::move(options)};
}

Outcome<> hand_out(Context& context, const ShowArguments& arguments, const Rules& rules) {
    if (arguments.output) {
        return write_output(context, *arguments.output, rules.bytes, "Rules");
    }
    print_rules(context.console, rules, arguments.format);
    return {};
}

Outcome<> show_unverified_rules(Context& context, const ShowArguments& arguments,
                                const Subject& subject) {
    const auto view = format::FileView::parse(subject.bytes(), format::FileView::Bounds::as_used);
    if (!view) {
        return fail_with(view.error());
    }
    const auto payload = policy::payload_unverified(*view);
    if (!payload) {
        return fail_with(payload.error());
    }
    return hand_out(context, arguments,
                    {*payload, {view->header().current_version}, crypto::blake3(*payload), false});
}

Outcome<> show_rules(Context& context, const ShowArguments& arguments, const Subject& subject) {
    if (arguments.no_verify) {
        return show_unverified_rules(context, arguments, subject);
    }
    const auto payload = policy::open_verified(subject.bytes(), subject.registry, context.env.now(),
                                               subject.options);
    if (!payload && payload.error().code() == ErrorCode::verdict_invalid) {
        return withheld(arguments.file, reason_of(payload.error()));
    }
    if (!payload) {
        return fail_with(payload.error());
    }
    return hand_out(context, arguments,
                    {payload->bytes(), payload->version(), payload->rules_hash(), true});
}

Outcome<> show_history(Context& context, Format format, const format::FileView& view) {
    const auto versions = policy::history(view);
    if (!versions) {
        return fail_with(versions.error());
    }
    if (format == Format::text) {
        print_history(context.console.out(), *versions);
    } else {
        print_document(context.console.out(), history_document(*versions), format);
    }
    return {};
}

Outcome<> show_signatures(Context& context, Format format, const format::FileView& view,
                          const trust::Registry& registry) {
    const auto signatures = policy::signatures(view, registry);
    if (!signatures) {
        return fail_with(signatures.error());
    }
    if (format == Format::text) {
        print_signatures(context.console.out(), *signatures);
    } else {
        print_document(context.console.out(), signatures_document(*signatures), format);
    }
    return {};
}

Outcome<> show_info(Context& context, Format format, const format::FileView& view,
                    const trust::Registry& registry) {
    const auto summary = policy::summarize(view, registry);
    if (!summary) {
        return fail_with(summary.error());
    }
    if (format == Format::text) {
        print_summary(context.console.out(), *summary);
    } else {
        print_document(context.console.out(), summary_document(*summary), format);
    }
    return {};
}

Outcome<> show_records(Context& context, const ShowArguments& arguments, const Subject& subject) {
    if (!arguments.no_verify) {
        const auto report =
            policy::verify(subject.bytes(), subject.registry, context.env.now(), subject.options);
        if (!report.is_valid()) {
            return withheld(arguments.file, report.summary());
        }
    }
    const auto view = format::FileView::parse(subject.bytes(), format::FileView::Bounds::as_used);
    if (!view) {
        return fail_with(view.error());
    }
    switch (arguments.part) {
        case Part::history:
            return show_history(context, arguments.format, *view);
        case Part::signatures:
            return show_signatures(context, arguments.format, *view, subject.registry);
        case Part::info:
        case Part::rules:
            break;
    }
    return show_info(context, arguments.format, *view, subject.registry);
}

Outcome<Ending> run_show(Context& context, const ShowArguments& arguments) {
    if (arguments.output && arguments.format != Format::text) {
        return fail_with("--output gives the exact bytes and cannot be combined with --format");
    }
    auto subject = read_subject(context, arguments);
    if (!subject) {
        return pass_on(subject);
    }
    if (arguments.no_verify) {
        context.console.warn(
            "--no-verify: what follows was not verified and may be forged or damaged");
    }
    auto shown_part = arguments.part == Part::rules ? show_rules(context, arguments, *subject)
                                                    : show_records(context, arguments, *subject);
    if (!shown_part) {
        return pass_on(shown_part);
    }
    return Ending::success;
}

void declare_part(CommandTable& table, const Declaration& show, const char* name,
                  const char* description, const std::shared_ptr<ShowArguments>& arguments,
                  Part part) {
    Declaration command(table, show.app(), name, description);
    command.app().fallthrough();
    command.app().callback([arguments, part] { arguments->part = part; });
    if (part == Part::rules) {
        command.text("-o,--output", arguments->output, "OUTPUT_FILE",
                     "Write exactly the bytes of the rules to a file, or to standard output for -");
    }
}

}  // namespace

void declare_show(CommandTable& table) {
    const auto arguments = std::make_shared<ShowArguments>();
    Declaration command(table, table.root(), "show", "Show the content of a verified file");
    command.app().require_subcommand(1);
    command.text("FILE", arguments->file, "FILE", "File to show")->required();
    command.registry(arguments->registry);
    command.format(arguments->format);
    command.flag("--no-verify", arguments->no_verify,
                 "Show the content even if the file is not genuine");
    declare_pins(command, arguments->pins);
    declare_part(table, command, "rules", "The rules of the last version", arguments, Part::rules);
    declare_part(table, command, "history", "Every version", arguments, Part::history);
    declare_part(table, command, "signatures", "Every signature and whether it is valid", arguments,
                 Part::signatures);
    declare_part(table, command, "info", "File id, last version and a count of signatures",
                 arguments, Part::info);
    command.app().footer(
        "The file is verified first under the registry, which is required unless --no-verify is "
        "given; content of an INVALID file is withheld with exit code 1. Options may stand before "
        "or after the subcommand. As JSON or YAML, rules are an object with encoding (utf-8 or "
        "base64) and content.");
    command.runs([arguments](Context& context) { return run_show(context, *arguments); });
}

}  // namespace aion::cli
