// SPDX-License-Identifier: MIT OR Apache-2.0
// Where epochs begin and end: rotate, revoke, tighten, extend (docs/cli-registry.md).
#include <fmt/format.h>

#include <type_traits>
#include <utility>

#include "aion/trust/author_in_words.hpp"
#include "commands/registry/chain.hpp"
#include "commands/registry/options.hpp"
#include "commands/registry/parts.hpp"
#include "commands/registry/unchained.hpp"
#include "shell/input.hpp"
#include "shell/output_guard.hpp"
#include "shell/shell_word.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/self_logging_options.hpp"

namespace aion::cli {
namespace {

struct EndArguments {
    AuthorChoice author;
    Epoch epoch;
    std::optional<trust::EpochEnd> end;
    std::optional<std::string> master_key;
    BoundArguments until;
    RecordArguments how;
};

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

// The options that say who signs, and the files to look at, in one.
RecordArguments how_of(const RecordArguments& given, const std::optional<std::string>& master_key,
                       const BoundArguments& until) {
    RecordArguments how = given;
    if (master_key) {
        how.keys.push_back(*master_key);
    }
    if (how.check.empty()) {
        how.check = until.inventory;
    }
    return how;
}

Outcome<trust::Registry> load_author(Context& context, const std::string& path,
                                     const AuthorChoice& choice, AuthorId& author) {
    CLI_TRY_ASSIGN(trust::Registry registry, load_chain(context, path));
    CLI_TRY_ASSIGN(author, resolve_author(choice, registry));
    return registry;
}

// --- rotate --------------------------------------------------------------------------------------

// Mostly it is the files here that are handed over, and nothing else need be said.
BoundArguments where_to_hand_over(Context& context, const RotationArguments& arguments) {
    BoundArguments until = arguments.until;
    if (!until.any()) {
        until.inventory = {"."};
        context.console.hint(
            "In each file below the current directory the new key begins behind its last version: "
            "--inventory .");
    }
    return until;
}

Outcome<Ending> rotate_in_chain(Context& context, const RotationArguments& arguments,
                                AuthorId author, const trust::Registry& registry) {
    const BoundArguments where = where_to_hand_over(context, arguments);
    const RecordArguments how = how_of(arguments.how, arguments.master_key, where);
    CLI_TRY_ASSIGN(const Succession succession, succession_of(arguments, author, registry));
    CLI_TRY(check_succession(succession));
    CLI_TRY_ASSIGN(const PublicKey new_key,
                   resolve_key(context, arguments.new_key, "--new-key or --new-public-key"));
    CLI_TRY_ASSIGN(trust::Bound until, bound_of(context, where, registry));
    return carry_out(context, how, registry,
                     trust::EpochRotation{.author = author,
                                          .from_epoch = succession.from,
                                          .to_public_key = new_key,
                                          .until = std::move(until)});
}

Outcome<Ending> run_rotate(Context& context, const RotationArguments& arguments) {
    CLI_TRY(reach_log(context, arguments.how.logging));
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   registry_as_it_is(context, arguments.how.registry, !arguments.from_epoch));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    if (registry.chain() != nullptr) {
        return rotate_in_chain(context, arguments, author, registry);
    }
    CLI_TRY(refuse_to_log(arguments.how));
    return rotate_unchained(context, arguments, author, registry);
}

// --- revoke --------------------------------------------------------------------------------------

// What a thief of the key is left with. Revoked once, an epoch can only be tightened.
void say_what_stays_possible(Context& context, const RevocationArguments& arguments, Epoch epoch,
                             const trust::Bound& until) {
    if (until.unlisted <= genesis_version) {
        return;
    }
    const RecordArguments& how = arguments.how;
    const bool is_revoked = !how.dry_run && how.record.path.empty();
    context.console.hint(fmt::format(
        "The key can still sign versions before {} of any file{}, a new one too. {}",
        to_string(until.unlisted), until.listed.empty() ? "" : " that is not listed",
        is_revoked
            ? fmt::format("To close that: aion registry tighten --author {} --epoch {} --inventory "
                          "DIR --unlisted never --registry {}",
                          shell_word(to_text(arguments.author)), to_string(epoch),
                          shell_word(how.registry))
            : "--inventory DIR --unlisted never closes that"));
}

Outcome<Ending> revoke_in_chain(Context& context, const RevocationArguments& arguments,
                                AuthorId author, const trust::Registry& registry) {
    const RecordArguments how = how_of(arguments.how, arguments.master_key, arguments.until);
    const trust::EpochRecord* const latest = registry.latest_epoch(author);
    const Epoch epoch = arguments.epoch.value_or(latest == nullptr ? Epoch{} : latest->epoch);
    CLI_TRY_ASSIGN(const trust::Bound until, bound_of(context, arguments.until, registry));
    auto done = carry_out(
        context, how, registry,
        trust::EpochRevocation{
            .author = author, .epoch = epoch, .reason = arguments.reason, .until = until});
    if (done) {
        say_what_stays_possible(context, arguments, epoch, until);
    }
    return done;
}

Outcome<Ending> run_revoke(Context& context, const RevocationArguments& arguments) {
    CLI_TRY(reach_log(context, arguments.how.logging));
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   registry_as_it_is(context, arguments.how.registry, !arguments.epoch));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    if (registry.chain() != nullptr) {
        return revoke_in_chain(context, arguments, author, registry);
    }
    CLI_TRY(refuse_to_log(arguments.how));
    auto done = revoke_unchained(context, arguments, author, registry);
    if (done && arguments.until.effective_from > genesis_version) {
        context.console.hint(fmt::format(
            "The key can still sign versions before {} of any file, a new one too. Only a registry "
            "with a chain closes that: aion registry import --help",
            to_string(*arguments.until.effective_from)));
    }
    return done;
}

// --- tighten, extend -----------------------------------------------------------------------------

Outcome<trust::EpochEnd> end_of(const EndArguments& arguments, AuthorId author,
                                const trust::Registry& registry) {
    const trust::EpochRecord* const epoch = registry.find(author, arguments.epoch);
    if (epoch == nullptr) {
        return fail_with(
            fmt::format("Author {} has no epoch {}", to_string(author), to_string(arguments.epoch)),
            "`aion registry show` lists the epochs that there are");
    }
    if (arguments.end) {
        return *arguments.end;
    }
    if (epoch->revocation) {
        return trust::EpochEnd::revocation;
    }
    if (epoch->rotation) {
        return trust::EpochEnd::rotation;
    }
    return fail_with(fmt::format("Epoch {} does not end yet", to_string(arguments.epoch)),
                     "To end it: aion registry rotate, aion registry revoke");
}

// What files are judged under that a changed end is to list. Those that an extension gives back are
// INVALID under the registry as it is.
template <class Change>
Outcome<trust::Registry> registry_to_list_under(Context& context, const trust::Registry& registry,
                                                const Change& change) {
    if constexpr (std::is_same_v<Change, trust::EndExtension>) {
        trust::EndExtension widest = change;
        widest.until.unlisted = trust::max_bound_version;
        return registry_if(context, registry, std::move(widest));
    } else {
        return registry;
    }
}

template <class Change>
Outcome<Ending> change_end(Context& context, const EndArguments& arguments) {
    CLI_TRY(reach_log(context, arguments.how.logging));
    AuthorId author;
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   load_author(context, arguments.how.registry, arguments.author, author));
    CLI_TRY_ASSIGN(const trust::EpochEnd end, end_of(arguments, author, registry));
    Change change{.author = author, .epoch = arguments.epoch, .end = end, .until = {}};
    CLI_TRY_ASSIGN(const trust::Registry listing,
                   registry_to_list_under(context, registry, change));
    CLI_TRY_ASSIGN(change.until, bound_of(context, arguments.until, listing));
    return carry_out(context, how_of(arguments.how, arguments.master_key, arguments.until),
                     registry, std::move(change));
}

Outcome<Ending> run_tighten(Context& context, const EndArguments& arguments) {
    return change_end<trust::EndTightening>(context, arguments);
}

Outcome<Ending> run_extend(Context& context, const EndArguments& arguments) {
    return change_end<trust::EndExtension>(context, arguments);
}

// --- Options -------------------------------------------------------------------------------------

void which_end(Options& options, EndArguments& into) {
    options.author("--author", into.author, "Author whose epoch it is")->required();
    options.number("--epoch", into.epoch, "N", "Epoch that ends already")->required();
    options.choice<std::optional<trust::EpochEnd>>(
        "--end", into.end,
        {{"rotation", trust::EpochEnd::rotation}, {"revocation", trust::EpochEnd::revocation}},
        "END", "Which of its ends (default: its revocation, else its rotation)");
    bound_options(options, into.until, "First version that the key may no longer sign");
    options.registry(into.how.registry)->required();
    check_option(options, into.how.check);
    root_key_option(options, into.how.keys);
    note_option(options, into.how.note);
    record_options(options, into.how.record);
    dry_run_option(options, into.how.dry_run);
    self_logging_options(options, into.how.logging);
    options.flag("--force", into.how.force, "Go on though a checked file becomes INVALID");
}

void tighten_options(Options& options, EndArguments& into) {
    which_end(options, into);
    options.text("--master-key", into.master_key, "MASTER_KEY_ID",
                 "Stored master key that signs (default: found by its public half)");
    options.footer(
        "One more bound beside those that are there: in each file the tightest counts, so this "
        "never lets a key sign what it could not.");
    options.example("A version that was typed as 110 and meant to be 11",
                    "aion registry revoke --author alice --reason retired \\\n"
                    "      --effective-from-version 110 --registry chain.json\n"
                    "  aion registry tighten --author alice --epoch 0 \\\n"
                    "      --effective-from-version 11 --registry chain.json");
}

void extend_options(Options& options, EndArguments& into) {
    which_end(options, into);
    options.footer(
        "Puts one bound in the place of all that this end had. Only root keys can: a key that was "
        "taken away gets versions back.");
}

}  // namespace

void declare_windows(const Declared& registry) {
    add_command(registry, "rotate", "Hand an author's next versions to a new key", rotate_options,
                run_rotate);
    add_command(registry, "revoke", "End an epoch's validity", revoke_options, run_revoke);
    add_command(registry, "tighten", "Let an epoch that ends end earlier", tighten_options,
                run_tighten);
    add_command(registry, "extend", "Let an epoch that ends end later (root)", extend_options,
                run_extend);
}

}  // namespace aion::cli
