// SPDX-License-Identifier: MIT OR Apache-2.0
// aion registry: which keys are trusted (docs/cli.md#aion-registry).
#include <fmt/format.h>

#include <set>

#include "aion/base/hex.hpp"
#include "commands/registry/options.hpp"
#include "commands/registry/update.hpp"
#include "shell/failure_text.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/output_guard.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "views/document_writer.hpp"
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
    bool dry_run = false;
};

struct ViewArguments {
    std::string registry;
    Format format = Format::text;
};

constexpr std::uint64_t max_record_size = std::uint64_t{64} << 10U;

Outcome<Ending> run_pin(Context& context, const PinArguments& arguments) {
    CLI_TRY(check_registry_to_change(context, arguments.output));
    CLI_TRY_ASSIGN(const PublicKey key,
                   resolve_key(context, arguments.key, "--key or --public-key"));
    PublicKey master = key;
    if (arguments.master.any()) {
        CLI_TRY_ASSIGN(master, resolve_key(context, arguments.master, ""));
    }
    const auto pin = [&](trust::Registry& registry) -> Result<trust::Applied> {
        auto applied = registry.pin(arguments.author, master, key);
        if (!applied) {
            return aion::fail(
                std::move(applied.error())
                    .in_context("Failed to pin author " + to_string(arguments.author)));
        }
        return applied;
    };
    CLI_TRY_ASSIGN(const trust::Applied applied,
                   update_registry(context, arguments.output, Creation::allowed, pin));
    const std::string what = fmt::format("author {} with key '{}'", to_string(arguments.author),
                                         shown(arguments.key.as_typed()));
    report_update(context.console, applied,
                  {applied == trust::Applied::changed ? "Pinned " + what
                                                      : "Unchanged: already pinned " + what},
                  arguments.output);
    if (master == key) {
        context.console.hint(
            "The master key is the operational key itself: whoever has it can also rotate. "
            "--master or --master-public-key names another.");
    }
    return Ending::success;
}

// The authors whom records are about, each once, as they will be.
void show_preview(Context& context, const trust::Registry& preview,
                  const std::vector<trust::SignedRecord>& records) {
    std::set<AuthorId> authors;
    for (const trust::SignedRecord& record : records) {
        authors.insert(std::visit([](const auto& one) { return one.author; }, record));
    }
    for (const AuthorId author : authors) {
        write_text(context.console, AuthorView{preview, author});
    }
    context.console.hint("This is a dry run: nothing was written");
}

Outcome<Ending> apply_all(Context& context, const std::string& registry,
                          const std::vector<trust::SignedRecord>& records, bool dry_run) {
    AppliedRecords applied;
    const auto change = [&](trust::Registry& target) -> Result<trust::Applied> {
        auto done = apply_records(target, records);
        if (!done) {
            return aion::fail(std::move(done).error());
        }
        applied = *std::move(done);
        return applied.outcome;
    };
    const auto refused = [&](Failure failure) {
        explain_collapse(context, registry, records, failure);
        return failure_of(std::move(failure));
    };
    if (dry_run) {
        auto preview = preview_update(context, registry, change);
        if (!preview) {
            return refused(std::move(preview).error());
        }
        show_preview(context, *preview, records);
    } else {
        auto updated = update_registry(context, registry, Creation::refused, change);
        if (!updated) {
            return refused(std::move(updated).error());
        }
        report_update(context.console, *updated, applied.lines, registry);
    }
    for (const std::string& warning : applied.warnings) {
        context.console.warn(warning);
    }
    return Ending::success;
}

// What a command that changes the registry `path` asks it first. One that cannot be read is empty
// here: the change says why, unless something can only be had from it.
Outcome<trust::Registry> registry_as_it_is(Context& context, const std::string& path,
                                           bool is_needed) {
    CLI_TRY(check_registry_to_change(context, path));
    auto registry = load_registry_silently(context, path);
    if (!registry && !is_needed) {
        return trust::Registry();
    }
    return registry;
}

Outcome<Ending> run_rotate(Context& context, const RotationArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   registry_as_it_is(context, arguments.registry, !arguments.from_epoch));
    CLI_TRY_ASSIGN(const Succession succession, succession_of(arguments, registry));
    CLI_TRY_ASSIGN(const trust::SignedRecord record,
                   sign_rotation(context, arguments, succession, registry));
    return apply_all(context, arguments.registry, {record}, arguments.dry_run);
}

Outcome<Ending> run_revoke(Context& context, const RevocationArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   registry_as_it_is(context, arguments.registry, false));
    CLI_TRY_ASSIGN(const trust::SignedRecord record, sign_revocation(context, arguments, registry));
    return apply_all(context, arguments.registry, {record}, arguments.dry_run);
}

Outcome<Ending> write_record(Context& context, Output& output, const trust::SignedRecord& record) {
    std::string text = trust::to_json(record);
    if (!text.ends_with('\n')) {
        text += '\n';
    }
    CLI_TRY(write_output(context, output, as_bytes(text), "Record"));
    return Ending::success;
}

Outcome<Ending> run_sign_rotation(Context& context, const RotationArguments& arguments) {
    const std::string new_key = arguments.new_key.public_half.value_or("");
    const trust::Registry none;
    CLI_TRY_ASSIGN(const Succession succession, succession_of(arguments, none));
    CLI_TRY(check_succession(succession));
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {&new_key, 1}));
    CLI_TRY_ASSIGN(const trust::SignedRecord record,
                   sign_rotation(context, arguments, succession, none));
    return write_record(context, output, record);
}

Outcome<Ending> run_sign_revocation(Context& context, const RevocationArguments& arguments) {
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {}));
    CLI_TRY_ASSIGN(const trust::SignedRecord record, sign_revocation(context, arguments, {}));
    return write_record(context, output, record);
}

Outcome<trust::SignedRecord> read_record(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(
        const Input content,
        read_input(context, path, "the record", "Failed to read record: " + path, max_record_size));
    return or_fail(trust::signed_record_from_json(as_text(content.bytes())),
                   "Failed to parse record: " + path);
}

Outcome<Ending> run_apply(Context& context, const ApplyArguments& arguments) {
    std::vector<trust::SignedRecord> records;
    for (const std::string& path : arguments.records) {
        CLI_TRY_ASSIGN(const trust::SignedRecord record, read_record(context, path));
        records.push_back(record);
    }
    CLI_TRY(check_registry_to_change(context, arguments.registry));
    return apply_all(context, arguments.registry, records, arguments.dry_run);
}

Outcome<Ending> run_view(Context& context, const ViewArguments& arguments) {
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
    present(context.console, arguments.format, RegistryCheckView{*registry});
    return Ending::success;
}

void pin_options(Options& options, PinArguments& into) {
    options.number("--author", into.author, "AUTHOR_ID", "Author to register")->required();
    key_options(options, into.key, "--key", "--public-key", "Operational key, epoch 0");
    key_options(options, into.master, "--master", "--master-public-key",
                "Master key (default: the operational key)");
    options.text("-o,--output", into.output, "OUTPUT_FILE", "Registry to create or extend")
        ->required();
    options.example(
        "A registry that trusts one author",
        "aion registry pin --author 1001 --key 1001 --master 9001 --output trusted.json");
    options.example("Another author, whose key is elsewhere",
                    "aion registry pin --author 7 --public-key author-7.hex --output trusted.json");
}

void apply_options(Options& options, ApplyArguments& into) {
    options.registry(into.registry)->required();
    options.texts("RECORD", into.records, "RECORD_FILE", "Signed records")->required();
    dry_run_option(options, into.dry_run);
    options.footer(
        "Either all records are applied or none, in the order that they need. Applying one "
        "twice is harmless; a revocation is never loosened.");
    options.example("Records that came from where the master key is",
                    "aion registry apply rotation.json --registry registry.json");
}

void view_options(Options& options, ViewArguments& into) {
    options.registry(into.registry)->required();
    options.format(into.format);
}

}  // namespace

Declare declare_registry;

void declare_registry(const Declared& root) {
    const Declared registry = add_group(root, "registry", "Manage trusted key registries");
    add_command(registry, "pin", "Register an author's first key", pin_options, run_pin);
    add_command(registry, "rotate", "Hand an author's next versions to a new key", rotate_options,
                run_rotate);
    add_command(registry, "revoke", "End an epoch's validity", revoke_options, run_revoke);
    add_command(registry, "show", "Show authors, epochs and keys", view_options, run_view);
    add_command(registry, "check", "Check that a registry loads and warn about odd entries",
                view_options, run_check);
    add_command(registry, "sign-rotation", "Sign a rotation where the master key is, for apply",
                sign_rotation_options, run_sign_rotation);
    add_command(registry, "sign-revocation", "Sign a revocation where the master key is, for apply",
                sign_revocation_options, run_sign_revocation);
    add_command(registry, "apply", "Apply signed records to a registry", apply_options, run_apply);
}

}  // namespace aion::cli
