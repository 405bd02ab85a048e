// SPDX-License-Identifier: MIT OR Apache-2.0
// aion tlog policy: whose log it is, as a registry says (docs/cli-tlog.md#aion-tlog-policy).
#include <fmt/format.h>

#include <utility>

#include "aion/tlog/registry_entries.hpp"
#include "commands/tlog/tlog.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/output_options.hpp"
#include "views/document_writer.hpp"
#include "views/tlog_view.hpp"

namespace aion::cli {
namespace {

struct PolicyArguments {
    std::string origin;
    AuthorChoice author;
    std::string registry;
    bool with_former = false;
    OutputChoice output;
    Format format = Format::text;
};

// An operator whose keys have all ended has no log that anybody could believe.
Outcome<std::vector<tlog::NoteKey>> keys_of(const PolicyArguments& arguments,
                                            const trust::Registry& registry, AuthorId author) {
    if (registry.find(author) == nullptr) {
        return fail_with(fmt::format("The registry has no author {}", to_string(author)),
                         "`aion registry show` lists those that it has");
    }
    CLI_TRY_ASSIGN(auto keys,
                   or_fail(tlog::operator_keys(registry, author, arguments.origin,
                                               arguments.with_former ? tlog::FormerKeys::included
                                                                     : tlog::FormerKeys::left_out),
                           "No policy for a log of the name " + shown(arguments.origin)));
    if (keys.empty()) {
        return fail_with(fmt::format("Author {} has no key that was not ended", to_string(author)),
                         "`aion registry show` says what became of them");
    }
    return keys;
}

Outcome<Ending> run_policy(Context& context, const PolicyArguments& arguments) {
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {}, arguments.registry));
    CLI_TRY(output.refuse_document(arguments.format, "the policy"));
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    CLI_TRY_ASSIGN(const std::vector<tlog::NoteKey> keys, keys_of(arguments, registry, author));
    std::string text;
    for (const tlog::NoteKey& key : keys) {
        text += "log " + key.text() + "\n";
    }
    text += "quorum none\n";
    const LogPolicyView view{
        .path = arguments.output.path, .origin = arguments.origin, .author = author, .keys = keys};
    rehearse(arguments.format, view);
    CLI_TRY(output.write(context, as_bytes(text)));
    if (!output.is_standard_output()) {
        context.console.deed("The policy " + arguments.output.path + " was written");
        present(context.console, arguments.format, view);
    }
    return Ending::success;
}

void policy_options(Options& options, PolicyArguments& into) {
    options.text("--origin", into.origin, "NAME", "What the log is called")->required();
    options.author("-a,--author", into.author, "Its operator: id or name")->required();
    options.registry(into.registry)->required();
    options.flag("--with-former", into.with_former,
                 "Also keys that were rotated and not revoked: for proofs from before");
    output_options(options, into.output, "Where the policy goes; - for standard output");
    options.format(into.format);
    options.footer(
        "The operator of a log is an author of the registry, whose key is rotated and revoked "
        "there. Whoever else has to witness is a line of its own: c2sp.org/tlog-policy.");
    options.example("Verify by the log that author 1001 has",
                    "aion tlog policy --origin example.org/policies --author 1001 \\\n"
                    "      --registry registry.json --output policy\n"
                    "  aion tlog init --log log --origin example.org/policies --key 1001\n"
                    "  aion tlog append --log log --key 1001 policy.aion\n"
                    "  aion verify policy.aion --registry registry.json --tlog log "
                    "--tlog-policy policy");
}

}  // namespace

void declare_tlog_policy(const Declared& tlog) {
    add_command(tlog, "policy", "Write whose log is believed, by a registry", policy_options,
                run_policy);
}

}  // namespace aion::cli
