// SPDX-License-Identifier: MIT OR Apache-2.0
// New registries and new authors: init, pin (docs/cli-registry.md).
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "aion/base/hex.hpp"
#include "commands/registry/chain.hpp"
#include "commands/registry/founding.hpp"
#include "commands/registry/moments.hpp"
#include "commands/registry/options.hpp"
#include "commands/registry/parts.hpp"
#include "commands/registry/update.hpp"
#include "shell/input.hpp"
#include "shell/output_guard.hpp"
#include "shell/shell_word.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "views/record_text.hpp"

namespace aion::cli {
namespace {

struct InitArguments {
    FoundingArguments founding;
    std::optional<std::string> expires;
    OutputChoice record;
};

struct PinArguments {
    std::optional<AuthorId> author;
    std::string name;
    std::string contact;
    KeyChoice key;
    KeyChoice master;
    VersionNumber active_from;
    std::string output;
    RecordArguments how;
};

// --- init ----------------------------------------------------------------------------------------

Outcome<Ending> run_init(Context& context, const InitArguments& arguments) {
    const FoundingArguments& founding = arguments.founding;
    const bool goes_to_file = !arguments.record.path.empty();
    if (goes_to_file && arguments.expires) {
        return fail_with("--expires is a record of its own, behind the first",
                         "Leave it out, and then: aion registry expire");
    }
    CLI_TRY_ASSIGN(const std::string path, path_of_new_registry(context, founding));
    std::optional<Timestamp> expires;
    if (arguments.expires) {
        CLI_TRY_ASSIGN(expires, parse_moment(*arguments.expires, context.env.now()));
        CLI_TRY(refuse_past(*expires, context.env.now(), "Name a time to come, such as 90d"));
    }
    CLI_TRY_ASSIGN(Founder founder, Founder::from(context, founding));
    if (goes_to_file) {
        CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.record, {}, path));
        CLI_TRY(write_output(context, output, as_bytes(to_json(founder.root())), "Record"));
        const std::string missing = founder.missing();
        context.console.hint(
            (missing.empty() ? std::string() : "Still to sign: " + missing + "\n") +
            "Once it is signed by enough, this makes the registry: aion registry apply RECORD "
            "--registry " +
            shell_word(path));
        return Ending::success;
    }
    CLI_TRY(founder.check_is_complete());
    if (expires) {
        CLI_TRY(founder.add(trust::RegistryExpiry{.at = expires}, ""));
    }
    CLI_TRY_ASSIGN(const trust::RegistryChain chain, founder.chain());
    CLI_TRY(write_new_registry(context, path, chain));
    context.console.success("Created a registry with a chain");
    Stream& out = context.console.out();
    for (const trust::RegistryRecord& record : chain.records()) {
        out.write(fmt::format("  {}\n", record_text(record.facts, trust::Registry())));
    }
    out.write(fmt::format("  Digest: {}\n  Registry: {}\n", to_hex(chain.head()), shown(path)));
    context.console.hint(
        "Whoever verifies has to get this file, or its digest, over a channel that they trust; "
        "what is recorded later proves itself by it");
    return Ending::success;
}

void init_options(Options& options, InitArguments& into) {
    founding_options(options, into.founding);
    options.text("--expires", into.expires, "TIME|DURATION",
                 "When it should have been renewed: a date, RFC 3339, or a time from now such as "
                 "90d");
    record_options(options, into.record, false);
    options.footer(
        "The keys named here are the root: they say who is an author. They sign no files. Give "
        "--threshold if there are several.");
    options.example("A registry whose root is one key",
                    "aion key generate --id 9100\n"
                    "  aion registry init --output new.json --root-key 9100 --expires 365d");
}

// --- pin -----------------------------------------------------------------------------------------

std::string path_of(const PinArguments& arguments) {
    return arguments.output.empty() ? arguments.how.registry : arguments.output;
}

Outcome<AuthorId> author_of(const PinArguments& arguments, const trust::Registry& registry) {
    if (arguments.author) {
        return *arguments.author;
    }
    if (arguments.name.empty()) {
        return fail_with("Which author?", "Pass --author ID, or --name NAME for the next free id");
    }
    const auto& authors = registry.authors();
    const AuthorId last = authors.empty() ? AuthorId{0} : authors.rbegin()->first;
    if (last.value == std::numeric_limits<AuthorId::rep>::max()) {
        return fail_with("There is no author id above the highest", "Pass --author ID");
    }
    return AuthorId{last.value + 1};
}

void hint_at_master(Context& context) {
    context.console.hint(
        "The master key is the operational key itself: whoever has it can also rotate. "
        "--master or --master-public-key names another.");
}

struct PinKeys {
    PublicKey operational;
    PublicKey master;
};

Outcome<PinKeys> keys_of(Context& context, const PinArguments& arguments) {
    PinKeys keys;
    CLI_TRY_ASSIGN(keys.operational, resolve_key(context, arguments.key, "--key or --public-key"));
    keys.master = keys.operational;
    if (arguments.master.any()) {
        CLI_TRY_ASSIGN(keys.master, resolve_key(context, arguments.master, ""));
    }
    return keys;
}

Outcome<Ending> pin_in_chain(Context& context, const PinArguments& arguments,
                             const std::string& path, const trust::Registry& registry) {
    CLI_TRY_ASSIGN(const AuthorId author, author_of(arguments, registry));
    CLI_TRY_ASSIGN(const PinKeys keys, keys_of(context, arguments));
    RecordArguments how = arguments.how;
    how.registry = path;
    auto done = carry_out(context, how, registry,
                          trust::AuthorRegistration{.author = author,
                                                    .name = arguments.name,
                                                    .contact = arguments.contact,
                                                    .master_key = keys.master,
                                                    .operational_key = keys.operational,
                                                    .active_from = arguments.active_from});
    if (done && keys.master == keys.operational) {
        hint_at_master(context);
    }
    return done;
}

Outcome<> refuse_what_needs_a_chain(const PinArguments& arguments, const std::string& path,
                                    bool is_there) {
    const RecordArguments& how = arguments.how;
    if (arguments.name.empty() && arguments.contact.empty() && how.keys.empty() &&
        how.note.empty() && how.record.path.empty() && !how.dry_run) {
        return {};
    }
    if (!is_there) {
        return fail_because(error_at_path(ErrorCode::file_not_found, path),
                            "Registry file not found: " + path,
                            fmt::format("To create one with a chain, which names, contacts and "
                                        "signed records are for: aion registry init --output {} "
                                        "--root-key KEY_ID",
                                        shell_word(path)));
    }
    return fail_with(
        "Names, contacts and signed records are for registries with a chain, which this one has "
        "not: " +
            path,
        "A new one: aion registry init --output REGISTRY --root-key KEY_ID\n" +
            import_advice(path));
}

Outcome<Ending> pin_unchained(Context& context, const PinArguments& arguments,
                              const std::string& path, bool is_there) {
    CLI_TRY(refuse_what_needs_a_chain(arguments, path, is_there));
    CLI_TRY_ASSIGN(const AuthorId author, author_of(arguments, trust::Registry()));
    CLI_TRY_ASSIGN(const PinKeys keys, keys_of(context, arguments));
    const auto pin = [&](trust::Registry& registry) -> Result<trust::Applied> {
        auto applied = registry.pin(author, keys.master, keys.operational, arguments.active_from);
        if (!applied) {
            return aion::fail(
                std::move(applied.error()).in_context("Failed to pin author " + to_string(author)));
        }
        return applied;
    };
    CLI_TRY_ASSIGN(const trust::Applied applied,
                   update_registry(context, path, Creation::allowed, pin));
    const std::string what =
        fmt::format("author {} with key '{}'", to_string(author), shown(arguments.key.as_typed()));
    report_update(context.console, applied,
                  {applied == trust::Applied::changed ? "Pinned " + what
                                                      : "Unchanged: already pinned " + what},
                  path);
    if (keys.master == keys.operational) {
        hint_at_master(context);
    }
    return Ending::success;
}

Outcome<Ending> run_pin(Context& context, const PinArguments& arguments) {
    const std::string path = path_of(arguments);
    if (path.empty()) {
        return fail_with("No registry named", "Pass --output FILE, or --registry FILE");
    }
    CLI_TRY(check_registry_to_change(context, path));
    // One that cannot be read is refused when it is to be changed, and one that is not there made.
    const auto registry = load_registry_silently(context, path);
    const bool is_there = registry || registry.error().cause.os_error() != ENOENT;
    return registry && registry->chain() != nullptr
               ? pin_in_chain(context, arguments, path, *registry)
               : pin_unchained(context, arguments, path, is_there);
}

void pin_options(Options& options, PinArguments& into) {
    options.number("--author", into.author, "AUTHOR_ID",
                   "Author to register (default with a chain and a name: the next free number)");
    options.text("--name", into.name, "NAME",
                 "With a chain: what the author is called wherever an id does");
    options.text("--contact", into.contact, "LINE", "With a chain: how to reach the author");
    key_options(options, into.key, "--key", "--public-key", "Operational key, epoch 0");
    key_options(options, into.master, "--master,--master-key", "--master-public-key",
                "Master key (default: the operational key)");
    options.number("--active-from", into.active_from, "V", "First version that the key may sign");
    options.text("-o,--output", into.output, "OUTPUT_FILE",
                 "Registry to create or extend (default: --registry)");
    options.registry(into.how.registry);
    root_key_option(options, into.how.keys);
    note_option(options, into.how.note);
    record_options(options, into.how.record, false);
    dry_run_option(options, into.how.dry_run);
    options.example(
        "A registry that trusts one author",
        "aion registry pin --author 1001 --key 1001 --master 9001 --output trusted.json");
    options.example("Another author, whose key is elsewhere",
                    "aion registry pin --author 7 --public-key author-7.hex --output trusted.json");
    options.example("With a chain: an author with a name",
                    "aion registry pin --name bob --contact bob@example.org \\\n"
                    "      --public-key author-7.hex --registry chain.json");
}

}  // namespace

void declare_making(const Declared& registry) {
    add_command(registry, "init", "Create a registry that proves itself by a chain of records",
                init_options, run_init);
    add_command(registry, "pin", "Register an author's first key", pin_options, run_pin);
    add_command(registry, "register", "The same as `aion registry pin`", pin_options, run_pin)
        .hide();
}

}  // namespace aion::cli
