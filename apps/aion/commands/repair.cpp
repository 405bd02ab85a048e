// SPDX-License-Identifier: MIT OR Apache-2.0
// aion repair: what follows from the signed history, written anew (docs/cli.md#aion-repair).
#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "aion/policy/repair.hpp"
#include "shell/file_magic.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/output_options.hpp"
#include "views/document_writer.hpp"
#include "views/repair_view.hpp"

namespace aion::cli {
namespace {

struct RepairArguments {
    std::string file;
    std::string registry;
    OutputChoice output{.path = {}, .force = false, .is_aion_file = true};
    Format format = Format::text;
};

Result<policy::Repair> plan(Context& context, const std::string& file,
                            std::unique_ptr<ReadableFile> standard_input,
                            const trust::Registry& registry) {
    policy::VerifyOptions options;
    options.events = context.events;
    if (standard_input != nullptr) {
        return policy::Repair::plan(context.env, std::move(standard_input), registry, options);
    }
    const Progress progress = context.progress("Verifying", file);
    return policy::Repair::plan(context.env, file, registry, options);
}

Outcome<policy::Repair> plan(Context& context, const RepairArguments& arguments,
                             const trust::Registry& registry) {
    const std::string& file = arguments.file;
    std::unique_ptr<ReadableFile> standard_input;
    if (file == "-") {
        CLI_TRY_ASSIGN(standard_input, spool_standard_input(context, "the file"));
    }
    auto planned = plan(context, file, std::move(standard_input), registry);
    if (planned) {
        return *std::move(planned);
    }
    if (planned.error().code() == ErrorCode::verdict_invalid) {
        return about_file(with_remedy(fail_with(file + " is not repaired", planned.error()),
                                      advice_on_no_aion_file(context.env, file)),
                          file);
    }
    return about_file(planned.error().os_error() == ENOENT ? fail_not_found(planned.error(), file)
                                                           : fail_with(planned.error()),
                      file);
}

void warn_of_what_nobody_knows(Console& console, const policy::Repair& repair) {
    if (!repair.trailing_hash_fits()) {
        console.warn(
            "the trailing hash fits neither the file as it was nor as it is now: the texts of "
            "messages, which nobody signed, may be damaged");
    }
    if (const auto named = repair.versions_named()) {
        console.warn(fmt::format(
            "the file spoke of {} versions and has {}: either that number was damaged, or versions "
            "were cut off, which no signature shows",
            *named, repair.versions()));
    }
}

Outcome<Ending> run_repair(Context& context, const RepairArguments& arguments) {
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {&arguments.file, 1},
                                               arguments.registry));
    CLI_TRY(output.refuse_document(arguments.format, "the file"));
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    CLI_TRY_ASSIGN(const policy::Repair repair, plan(context, arguments, registry));
    const RepairView view{arguments.file, arguments.output.path, repair,
                          !repair.before().is_valid()};
    rehearse(arguments.format, view);
    if (view.written) {
        CLI_TRY(output.write(context, repair.content()));
        warn_of_what_nobody_knows(context.console, repair);
    }
    if (!output.is_standard_output()) {
        present(context.console, arguments.format, view);
    }
    return Ending::success;
}

void repair_options(Options& options, RepairArguments& into) {
    options.text("FILE", into.file, "FILE", "File to repair; it is left as it is")->required();
    options.registry(into.registry);
    output_options(options, into.output, "Where the repaired file goes");
    options.format(into.format);
    options.footer(
        "Header, audit trail, layout and trailing hash are written as the signed versions imply "
        "them, without any key. Where the version chain, a signature or the payload does not hold, "
        "or a message is damaged, nothing is written and the exit code is 1. Of a file that is "
        "VALID there is nothing to repair: nothing is written then either, and the code is 0.");
    options.example("A file whose audit trail an old writer linked wrongly",
                    "aion repair policy.aion --registry registry.json --output mended.aion");
}

}  // namespace

Declare declare_repair;

void declare_repair(const Declared& root) {
    add_command(root, "repair", "Rebuild what the signed history implies", repair_options,
                run_repair);
}

}  // namespace aion::cli
