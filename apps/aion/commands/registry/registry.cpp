// SPDX-License-Identifier: MIT OR Apache-2.0
// aion registry: which keys are trusted (spec 05 section 8).
#include <fmt/format.h>

#include <memory>

#include "aion/base/hex.hpp"
#include "commands/registry/options.hpp"
#include "commands/registry/update.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "table/command_table.hpp"
#include "views/registry_view.hpp"

namespace aion::cli {
namespace {

struct PinArguments {
    AuthorId author;
    KeyChoice key;
    KeyChoice master;
    std::string output;
};

struct ApplyArguments {
    std::string registry;
    std::vector<std::string> records;
};

struct ViewArguments {
    std::string registry;
    Format format = Format::text;
};

constexpr std::uint64_t max_record_size = std::uint64_t{64} << 10U;

Outcome<Ending> run_pin(Context& context, const PinArguments& arguments) {
    auto key = resolve_key(context, arguments.key, "--key or --public-key");
    if (!key) {
        return pass_on(key);
    }
    auto master = arguments.master.any() ? resolve_key(context, arguments.master, "") : key;
    if (!master) {
        return pass_on(master);
    }
    const auto pin = [&](trust::Registry& registry) -> Result<trust::Applied> {
        auto applied = registry.pin(arguments.author, *master, *key);
        if (!applied) {
            return aion::fail(
                std::move(applied.error())
                    .in_context("Failed to pin author " + to_string(arguments.author)));
        }
        return applied;
    };
    auto applied = update_registry(context, arguments.output, Creation::allowed, pin);
    if (!applied) {
        return pass_on(applied);
    }
    const std::string what = fmt::format("author {} with key '{}'", to_string(arguments.author),
                                         shown(arguments.key.as_typed()));
    report_update(context.console, *applied, {"Pinned " + what}, arguments.output);
    if (*master == *key) {
        context.console.hint(
            "The master key is the operational key itself: whoever has it can also rotate. "
            "--master or --master-public-key names another.");
    }
    return Ending::success;
}

Outcome<Ending> apply_all(Context& context, const std::string& registry,
                          const std::vector<trust::SignedRecord>& records) {
    const auto change = [&](trust::Registry& target) { return apply_records(target, records); };
    auto applied = update_registry(context, registry, Creation::refused, change);
    if (!applied) {
        explain_collapse(context, registry, records, applied.error());
        return pass_on(applied);
    }
    std::vector<std::string> lines;
    lines.reserve(records.size());
    for (const trust::SignedRecord& record : records) {
        lines.push_back(describe(record));
    }
    report_update(context.console, *applied, lines, registry);
    return Ending::success;
}

Outcome<Ending> run_rotate(Context& context, const RotationArguments& arguments) {
    auto record = sign_rotation(context, arguments);
    if (!record) {
        return pass_on(record);
    }
    return apply_all(context, arguments.registry, {*record});
}

Outcome<Ending> run_revoke(Context& context, const RevocationArguments& arguments) {
    auto record = sign_revocation(context, arguments);
    if (!record) {
        return pass_on(record);
    }
    return apply_all(context, arguments.registry, {*record});
}

Outcome<Ending> write_record(Context& context, const std::string& output,
                             const trust::SignedRecord& record) {
    std::string text = trust::to_json(record);
    if (!text.ends_with('\n')) {
        text += '\n';
    }
    auto written = write_output(context, output, as_bytes(text), "Record");
    if (!written) {
        return pass_on(written);
    }
    return Ending::success;
}

Outcome<Ending> run_sign_rotation(Context& context, const RotationArguments& arguments) {
    auto record = sign_rotation(context, arguments);
    if (!record) {
        return pass_on(record);
    }
    return write_record(context, arguments.output, *record);
}

Outcome<Ending> run_sign_revocation(Context& context, const RevocationArguments& arguments) {
    auto record = sign_revocation(context, arguments);
    if (!record) {
        return pass_on(record);
    }
    return write_record(context, arguments.output, *record);
}

Outcome<trust::SignedRecord> read_record(Context& context, const std::string& path) {
    const auto content =
        context.env.read(path, {.max_size = max_record_size, .map_from_size = UINT64_MAX});
    if (!content) {
        return fail_with_cause("Failed to read record: " + path, content.error());
    }
    auto record = trust::signed_record_from_json(as_text((*content)->bytes()));
    if (!record) {
        return fail_with("Failed to parse record: " + path, record.error());
    }
    return *std::move(record);
}

Outcome<Ending> run_apply(Context& context, const ApplyArguments& arguments) {
    std::vector<trust::SignedRecord> records;
    for (const std::string& path : arguments.records) {
        auto record = read_record(context, path);
        if (!record) {
            return pass_on(record);
        }
        records.push_back(*std::move(record));
    }
    return apply_all(context, arguments.registry, records);
}

Outcome<Ending> run_view(Context& context, const ViewArguments& arguments) {
    auto registry = load_registry(context, arguments.registry);
    if (!registry) {
        return pass_on(registry);
    }
    print_registry(context.console.out(), *registry, arguments.format);
    return Ending::success;
}

Outcome<Ending> run_check(Context& context, const ViewArguments& arguments) {
    auto registry = load_registry(context, arguments.registry);
    if (!registry) {
        return pass_on(registry);
    }
    print_registry_check(context.console, *registry, arguments.format);
    return Ending::success;
}

template <class Arguments>
using Run = Outcome<Ending> (*)(Context&, const Arguments&);

template <class Arguments>
void declare_subcommand(CommandTable& table, const Declaration& parent, const char* name,
                        const char* description, Run<Arguments> run,
                        void (*options)(Declaration&, Arguments&)) {
    const auto arguments = std::make_shared<Arguments>();
    Declaration command(table, parent.app(), name, description);
    command.app().fallthrough();
    options(command, *arguments);
    command.runs([arguments, run](Context& context) { return run(context, *arguments); });
}

void pin_options(Declaration& command, PinArguments& arguments) {
    command.number("--author", arguments.author, "AUTHOR_ID", "Author to register")->required();
    declare_key_choice(command, arguments.key, "--key", "--public-key", "Operational key, epoch 0");
    declare_key_choice(command, arguments.master, "--master", "--master-public-key",
                       "Master key (default: the operational key)");
    command.text("-o,--output", arguments.output, "OUTPUT_FILE", "Registry to create or extend")
        ->required();
}

void apply_options(Declaration& command, ApplyArguments& arguments) {
    command.registry(arguments.registry)->required();
    command.texts("RECORD", arguments.records, "RECORD_FILE", "Signed records, applied in order")
        ->required();
    command.app().footer("Either all records are applied or none. Applying one twice is harmless.");
}

void view_options(Declaration& command, ViewArguments& arguments) {
    command.registry(arguments.registry)->required();
    command.format(arguments.format);
}

}  // namespace

void declare_registry(CommandTable& table) {
    Declaration registry(table, table.root(), "registry", "Manage trusted key registries");
    registry.app().require_subcommand(1);
    declare_subcommand<PinArguments>(table, registry, "pin", "Register an author's first key",
                                     run_pin, pin_options);
    declare_subcommand<RotationArguments>(table, registry, "rotate",
                                          "Hand an author's next versions to a new key", run_rotate,
                                          rotate_options);
    declare_subcommand<RevocationArguments>(table, registry, "revoke", "End an epoch's validity",
                                            run_revoke, revoke_options);
    declare_subcommand<ViewArguments>(table, registry, "show", "Show authors, epochs and keys",
                                      run_view, view_options);
    declare_subcommand<ViewArguments>(table, registry, "check",
                                      "Check that a registry loads and warn about odd entries",
                                      run_check, view_options);
    declare_subcommand<RotationArguments>(table, registry, "sign-rotation",
                                          "Sign a rotation where the master key is, for apply",
                                          run_sign_rotation, sign_rotation_options);
    declare_subcommand<RevocationArguments>(table, registry, "sign-revocation",
                                            "Sign a revocation where the master key is, for apply",
                                            run_sign_revocation, sign_revocation_options);
    declare_subcommand<ApplyArguments>(
        table, registry, "apply", "Apply signed records to a registry", run_apply, apply_options);
}

}  // namespace aion::cli
