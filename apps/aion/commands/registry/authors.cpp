// SPDX-License-Identifier: MIT OR Apache-2.0
// What the root says of authors and of the registry: rename, rekey, scope, expire, root
// (docs/cli-registry.md).
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

#include "commands/registry/chain.hpp"
#include "commands/registry/founding.hpp"
#include "commands/registry/moments.hpp"
#include "commands/registry/options.hpp"
#include "commands/registry/parts.hpp"
#include "shell/chain_facts.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"

namespace aion::cli {
namespace {

struct RenameArguments {
    AuthorChoice author;
    std::optional<std::string> name;
    std::optional<std::string> contact;
    RecordArguments how;
};

struct RekeyArguments {
    AuthorChoice author;
    KeyChoice master;
    RecordArguments how;
};

struct ScopeArguments {
    AuthorChoice author;
    std::vector<std::string> files;
    bool everywhere = false;
    RecordArguments how;
};

struct ExpireArguments {
    std::optional<std::string> at;
    std::optional<std::chrono::nanoseconds> in;
    bool never = false;
    RecordArguments how;
};

struct NewRootArguments {
    RootArguments root;
    RecordArguments how;
};

Outcome<Ending> run_rename(Context& context, const RenameArguments& arguments) {
    if (!arguments.name && !arguments.contact) {
        return fail_with("Nothing to change", "Pass --name or --contact");
    }
    CLI_TRY_ASSIGN(const trust::Registry registry, load_chain(context, arguments.how.registry));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    trust::AuthorRenaming facts{.author = author, .name = {}, .contact = {}};
    if (const trust::AuthorFacts* const known = facts_of(registry.chain(), author)) {
        facts.name = known->name;
        facts.contact = known->contact;
    }
    facts.name = arguments.name.value_or(facts.name);
    facts.contact = arguments.contact.value_or(facts.contact);
    return carry_out(context, arguments.how, registry, std::move(facts));
}

Outcome<Ending> run_rekey(Context& context, const RekeyArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry, load_chain(context, arguments.how.registry));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    CLI_TRY_ASSIGN(
        const PublicKey master,
        resolve_key(context, arguments.master, "--new-master-key or --new-master-public-key"));
    return carry_out(context, arguments.how, registry,
                     trust::MasterRekeying{.author = author, .master_key = master});
}

Outcome<Ending> run_scope(Context& context, const ScopeArguments& arguments) {
    if (arguments.files.empty() && !arguments.everywhere) {
        return fail_with("Which files may the author sign?", "Pass --file FILE…, or --everywhere");
    }
    CLI_TRY_ASSIGN(const trust::Registry registry, load_chain(context, arguments.how.registry));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    trust::AuthorScope facts{.author = author, .histories = std::nullopt};
    RecordArguments how = arguments.how;
    if (!arguments.everywhere) {
        // A file that the scope so far leaves out is INVALID, and may be meant all the same.
        CLI_TRY_ASSIGN(const trust::Registry unscoped, registry_if(context, registry, facts));
        CLI_TRY_ASSIGN(facts.histories,
                       list_files(context, arguments.files, unscoped,
                                  "Pass --file FILE…, the files that the author may sign"));
        if (how.check.empty()) {
            how.check = arguments.files;
        }
    }
    return carry_out(context, how, registry, std::move(facts));
}

Outcome<Ending> run_expire(Context& context, const ExpireArguments& arguments) {
    trust::RegistryExpiry facts;
    if (arguments.at) {
        CLI_TRY_ASSIGN(facts.at, parse_time_at(*arguments.at));
    } else if (arguments.in) {
        CLI_TRY_ASSIGN(facts.at, time_from(context.env.now(), *arguments.in));
    } else if (!arguments.never) {
        return fail_with("When does the registry expire?",
                         "Pass --in DURATION, --at TIME or --never");
    }
    if (facts.at && !arguments.how.force) {
        CLI_TRY(refuse_past(*facts.at, context.env.now(),
                            "To let the registry expire at once: --force"));
    }
    CLI_TRY_ASSIGN(const trust::Registry registry, load_chain(context, arguments.how.registry));
    return carry_out(context, arguments.how, registry, facts);
}

Outcome<Ending> run_root(Context& context, const NewRootArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry, load_chain(context, arguments.how.registry));
    CLI_TRY_ASSIGN(trust::RootRecord facts, root_of(context, arguments.root));
    return carry_out(context, arguments.how, registry, std::move(facts));
}

// --- Options -------------------------------------------------------------------------------------

void rename_options(Options& options, RenameArguments& into) {
    options.author("--author", into.author, "Author, by id or by the name so far")->required();
    options.text("--name", into.name, "NAME", "Name (default: as it is); empty for none");
    options.text("--contact", into.contact, "LINE", "Contact (default: as it is)");
    root_record_options(options, into.how);
    options.example("Another name",
                    "aion registry rename --author alice --name alice.smith --registry chain.json");
}

void rekey_options(Options& options, RekeyArguments& into) {
    options.author("--author", into.author, "Author whose master key is replaced")->required();
    key_options(options, into.master, "--new-master-key", "--new-master-public-key",
                "New master key");
    root_record_options(options, into.how);
    options.footer(
        "The answer to a stolen master key: from the next record on it has no say. What it said "
        "before stands; look at it with `aion registry log --author AUTHOR`.");
    options.example("Alice's master key was stolen",
                    "aion registry rekey --author alice --new-master-key 1002 --registry "
                    "chain.json");
}

void scope_options(Options& options, ScopeArguments& into) {
    options.author("--author", into.author, "Author whose signature counts in few files")
        ->required();
    CLI::Option* const file =
        options.texts("--file", into.files, "FILE",
                      "File or folder that the author may sign; verified first; several times");
    options.flag("--everywhere", into.everywhere, "The author may sign any file")->excludes(file);
    check_option(options, into.how.check);
    root_record_options(options, into.how);
    options.flag("--force", into.how.force, "Go on though a checked file becomes INVALID");
    options.example("Alice signs this file and no other",
                    "aion registry scope --author alice --file policy.aion --registry chain.json");
}

void expire_options(Options& options, ExpireArguments& into) {
    CLI::Option* const at =
        options.text("--at", into.at, "TIME", "A date, which is all of that day, or RFC 3339");
    CLI::Option* const in =
        options.duration("--in", into.in, "DURATION", "So long from now: 90d, 12h, 2w")
            ->excludes(at);
    options.flag("--never", into.never, "Not at all")->excludes(at)->excludes(in);
    root_record_options(options, into.how);
    options.flag("--force", into.how.force, "Also a time that is past: it expires at once");
    options.footer(
        "Expiry is no part of a verdict. Whoever asks for a registry that is not too old, with "
        "--max-registry-age, gets no verdict under one that expired.");
    options.example("It has to be renewed within three months",
                    "aion registry expire --in 90d --registry chain.json");
}

void root_options(Options& options, NewRootArguments& into) {
    root_keys_options(options, "--key", "--public-key", into.root);
    root_record_options(options, into.how);
    options.footer(
        "All keys of the new root are named, those that stay, too. As many keys as the old root "
        "asks for have to sign, and as many as the new one does.");
    options.example("Two keys, of which one will do",
                    "aion registry root --key 9000 --key 1002 --threshold 1 --registry chain.json");
}

}  // namespace

void declare_authors(const Declared& registry) {
    add_command(registry, "rename", "Change an author's name or contact (root)", rename_options,
                run_rename);
    add_command(registry, "rekey", "Give an author another master key (root)", rekey_options,
                run_rekey);
    add_command(registry, "scope", "Say which files an author may sign (root)", scope_options,
                run_scope);
    add_command(registry, "expire", "Say when the registry should have been renewed (root)",
                expire_options, run_expire);
    add_command(registry, "root", "Replace the root keys (old and new root)", root_options,
                run_root);
}

}  // namespace aion::cli
