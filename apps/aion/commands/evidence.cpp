// SPDX-License-Identifier: MIT OR Apache-2.0
// aion evidence: what a third party needs to judge files without aion (docs/cli.md#aion-evidence).
#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "aion/report/evidence.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/pins.hpp"
#include "shell/report_run.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/framework_option.hpp"
#include "table/output_options.hpp"
#include "table/pin_options.hpp"
#include "views/document_writer.hpp"
#include "views/evidence_view.hpp"

namespace aion::cli {
namespace {

struct EvidenceArguments {
    std::vector<std::string> files;
    std::string registry;
    OutputChoice output;
    report::Framework framework = report::Framework::generic;
    std::string pin_file;
    Format format = Format::text;
};

bool is_archive(const std::string& output) {
    return output == "-" || output.ends_with(".tar");
}

/// Where all of it goes: a file, or a folder.
struct Target {
    std::optional<Output> archive;
};

// Somebody who asks for another kind of archive does not want a folder that is called so.
Outcome<> check_folder_name(Context& context, const std::string& path) {
    static constexpr const char* where =
        "Evidence goes to a new folder, or to a file whose name ends in .tar";
    if (path.empty()) {
        return fail_with("The name of the output is empty", where);
    }
    for (const std::string_view ending : {".tgz", ".gz", ".xz", ".bz2", ".zst", ".zip", ".7z"}) {
        if (path.ends_with(ending)) {
            return fail_with(path + " is not made: tar archives are made, without compression",
                             where);
        }
    }
    std::filesystem::path folder(path);
    if (!folder.has_filename()) {
        folder = folder.parent_path();  // it ended in a slash
    }
    const std::filesystem::path parent = folder.parent_path();
    if (!parent.empty()) {
        CLI_TRY_ASSIGN(const auto there, context.env.info(parent));
        if (!there) {
            return fail_with("There is no folder " + parent.string(), "Make it first");
        }
    }
    return {};
}

Outcome<Target> open_target(Context& context, const EvidenceArguments& arguments) {
    const std::string& path = arguments.output.path;
    Target target;
    if (is_archive(path)) {
        CLI_TRY_ASSIGN(target.archive, Output::open(context, arguments.output, arguments.files,
                                                    arguments.registry));
        CLI_TRY(target.archive->refuse_document(arguments.format, "the archive"));
        return target;
    }
    CLI_TRY(check_folder_name(context, path));
    CLI_TRY_ASSIGN(const auto existing, context.env.info(path));
    if (existing && existing->kind != FileKind::directory) {
        return fail_with(path + " is there and is no folder",
                         "Evidence goes to a new folder, or to a file whose name ends in .tar");
    }
    context.host.announce_change();
    return target;
}

Outcome<std::unique_ptr<ReadableFile>> open_file(Context& context, const std::string& path) {
    if (path == "-") {
        return spool_standard_input(context, "the file");
    }
    auto file = context.env.open(path, {});
    if (!file && file.error().os_error() == ENOENT) {
        return fail_not_found(file.error(), path);
    }
    if (!file) {
        return about_file(fail_with(file.error()), path);
    }
    return *std::move(file);
}

Outcome<std::vector<policy::VerificationReport>> collect(Context& context,
                                                         const EvidenceArguments& arguments,
                                                         report::Evidence& evidence) {
    CLI_TRY_ASSIGN(const Pins known, open_pins(context, arguments.pin_file));
    policy::VerifyOptions options;
    options.events = context.events;
    known.ask_in(options, policy::PinUse::record);
    std::vector<policy::VerificationReport> reports;
    for (const std::string& path : arguments.files) {
        CLI_TRY_ASSIGN(const auto file, open_file(context, path));
        const Progress progress = context.progress("Collecting", path);
        auto added = evidence.add(*file, path, options);
        if (!added) {
            return about_file(fail_with(added.error()), path);
        }
        reports.push_back(*std::move(added));
    }
    CLI_TRY(evidence.finish());
    return reports;
}

Outcome<> write(Context& context, const EvidenceArguments& arguments, Target& target,
                const report::Evidence& evidence) {
    const std::string& path = arguments.output.path;
    if (target.archive) {
        return target.archive->write(context, evidence.tar());
    }
    const Progress progress = context.progress("Writing", path);
    const auto written = evidence.write_folder(path);
    if (written) {
        context.console.deed(path + " was written");
        return {};
    }
    if (written.error().code() == ErrorCode::file_exists) {
        return about_file(fail_because(written.error(), "There is something in the folder " + path,
                                       "Name a new folder"),
                          path);
    }
    return with_remedy(
        fail_with_cause("The evidence in " + path + " is not complete", written.error()),
        "Remove that folder before another try");
}

Outcome<Ending> run_evidence(Context& context, const EvidenceArguments& arguments) {
    CLI_TRY_ASSIGN(Target target, open_target(context, arguments));
    CLI_TRY_ASSIGN(const trust::RegistryFile registry,
                   load_registry_file(context, arguments.registry));
    report::Evidence evidence(context.env, registry, arguments.framework,
                              run_of(context, registry, arguments.registry, arguments.pin_file));
    CLI_TRY_ASSIGN(const auto reports, collect(context, arguments, evidence));
    const EvidenceView view{arguments.files, reports, evidence, arguments.output.path};
    rehearse(arguments.format, view);
    CLI_TRY(write(context, arguments, target, evidence));
    if (!target.archive || !target.archive->is_standard_output()) {
        present(context.console, arguments.format, view);
    }
    Ending ending = Ending::success;
    for (const policy::VerificationReport& report : reports) {
        ending = std::max(ending, ending_of(report));
    }
    return ending;
}

void evidence_options(Options& options, EvidenceArguments& into) {
    options.texts("FILE", into.files, "FILE", "Files that it is about")->required();
    options.registry(into.registry);
    output_options(options, into.output,
                   "A new folder; or an archive, if the name ends in .tar, or for -");
    framework_option(options, "--framework", into.framework);
    options.pins(into.pin_file, pins_help);
    options.format(into.format);
    options.footer(
        "Collects each file, the registry, payloads, reports and a script that checks the chains "
        "with openssl and b3sum alone. INVALID files are evidence, too: the exit code is then 1. "
        "No private key is ever part of it.");
    options.example("For somebody who does not have aion",
                    "aion evidence policy.aion --registry registry.json --output evidence");
    options.example("The same as one file",
                    "aion evidence policy.aion --registry registry.json --output evidence.tar");
}

}  // namespace

Declare declare_evidence;

void declare_evidence(const Declared& root) {
    add_command(root, "evidence", "Collect what a third party needs to judge files",
                evidence_options, run_evidence);
}

}  // namespace aion::cli
