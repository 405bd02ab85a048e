// SPDX-License-Identifier: MIT OR Apache-2.0
// aion tlog serve, aion tlog witness: what others ask over HTTP.
#include "commands/tlog/services.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <vector>

#include "aion/base/counted.hpp"
#include "aion/base/interrupt.hpp"
#include "aion/tlog/append_service.hpp"
#include "aion/tlog/witness.hpp"
#include "commands/tlog/tlog.hpp"
#include "shell/listener.hpp"
#include "shell/note_signing_key.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

void listen_options(Options& options, ListenChoice& into) {
    options.text("--listen", into.address, "ADDRESS:PORT",
                 "Where to wait for requests (default: 127.0.0.1:0, a free port)");
    options.flag("--for-others", into.for_others,
                 "Also at an address that other machines reach; there is no encryption");
}

// Somebody may wait for the address, so it is said at once.
void say_where(Console& console, const std::string& what, const Listener& listener) {
    console.out().write(what + " at http://" + listener.address() + "\n");
    console.out().flush();
}

// Serving ends when somebody asks for that; what was accepted by then is not interrupted.
Outcome<Ending> serve(Context& context, Listener& listener, supply::HttpService& service) {
    const auto served = listener.serve(context.env, service);
    if (!served) {
        return fail_with("Failed to go on serving", served.error());
    }
    context.console.hint("Stopped: all that was accepted is answered");
    return Ending::success;
}

tlog::OnServiceError reporting_to(Console& console) {
    return [&console](const Error& error) {
        console.warn(error.full_message());
        console.err().flush();
    };
}

// --- serve ---------------------------------------------------------------------------------------

struct ServeArguments {
    std::string folder;
    std::string key;
    std::string policy;
    std::string database;
    ListenChoice listen;
};

Outcome<Ending> run_serve(Context& context, const ServeArguments& arguments) {
    // First: it may be another program that does all of this.
    CLI_TRY_ASSIGN(const auto listener, context.host.listen(arguments.listen));
    tlog::AppendSettings settings;
    if (!arguments.policy.empty()) {
        CLI_TRY_ASSIGN(const auto policy,
                       log_policy(context, {.key = {}, .policy = arguments.policy}));
        for (const tlog::LogPolicy::Witness& witness : policy.witnesses()) {
            settings.witnesses.push_back(witness.key);
        }
    }
    CLI_TRY_ASSIGN(const NoteSigningKey key, NoteSigningKey::load(context, arguments.key));
    Interrupt nobody;
    InterruptibleEnv calm(context.env, nobody);
    const std::string failed = "Failed to open the log in " + arguments.folder;
    CLI_TRY_ASSIGN(const auto writer,
                   or_fail_with_cause(tlog::LogWriter::open(calm, arguments.folder, key.classical(),
                                                            key.post_quantum()),
                                      failed));
    const std::string origin = writer->log().key().name();
    std::unique_ptr<tlog::SharedLedger> ledger;
    if (!arguments.database.empty()) {
        CLI_TRY_ASSIGN(ledger, context.host.open_ledger(arguments.database, origin));
        CLI_TRY(or_fail(writer->share(*ledger), failed));
    }
    tlog::AppendService service(calm, *writer, std::move(settings), reporting_to(context.console));
    say_where(context.console, "Serving " + shown(origin), *listener);
    return serve(context, *listener, service);
}

void serve_options(Options& options, ServeArguments& into) {
    options.text("--log", into.folder, "DIR", "The log")->required();
    options.text("-k,--key", into.key, "KEY_ID", "The log's key")->required();
    options.text("--tlog-policy", into.policy, "POLICY_FILE",
                 "Take cosignatures of the witnesses in it (default: of nobody)");
    options.text("--database", into.database, "URI",
                 "PostgreSQL, by which several machines agree that write the log");
    listen_options(options, into.listen);
    options.footer(
        "POST /add-entry logs an entry, and answers with its proof when it is on stable storage; "
        "the log itself is served, too. SIGTERM ends it: what was accepted is answered before. "
        "Exit code 0 then.");
}

// --- witness -------------------------------------------------------------------------------------

struct WitnessArguments {
    std::string name;
    std::string key;
    std::string state;
    std::vector<std::string> logs;
    ListenChoice listen;
};

Outcome<Ending> run_witness(Context& context, const WitnessArguments& arguments) {
    CLI_TRY_ASSIGN(const auto listener, context.host.listen(arguments.listen));
    std::vector<tlog::NoteKey> logs;
    for (const std::string& text : arguments.logs) {
        CLI_TRY_ASSIGN(auto log, log_key(context, {.key = text, .policy = {}}));
        logs.push_back(*std::move(log));
    }
    CLI_TRY_ASSIGN(const NoteSigningKey key, NoteSigningKey::load(context, arguments.key));
    Interrupt nobody;
    InterruptibleEnv calm(context.env, nobody);
    CLI_TRY_ASSIGN(
        auto signers,
        or_fail(key.signers(calm, arguments.name, tlog::NoteKeyType::ed25519_cosignature),
                "Failed to make a witness of the name " + shown(arguments.name)));
    CLI_TRY_ASSIGN(
        const auto memory,
        or_fail_with_cause(tlog::open_witness_memory(calm, arguments.state),
                           "Failed to open what the witness has seen, " + arguments.state));
    std::string own = "Its verifier key: " + signers.front().key().text() + "\n";
    if (signers.size() > 1) {
        own += "Its post-quantum key: " + signers[1].key().text() + "\n";
    }
    const std::size_t count = logs.size();
    CLI_TRY_ASSIGN(const auto witness,
                   or_fail(tlog::Witness::make(calm, std::move(logs), std::move(signers), *memory,
                                               reporting_to(context.console)),
                           "Failed to make a witness"));
    say_where(context.console, "Witness of " + counted(count, "log"), *listener);
    context.console.out().write(own);
    context.console.out().flush();
    return serve(context, *listener, *witness);
}

void witness_options(Options& options, WitnessArguments& into) {
    options
        .text("--name", into.name, "NAME", "What the witness is called: a URL without its scheme")
        ->required();
    options.text("-k,--key", into.key, "KEY_ID", "The witness's key, which is no log's")
        ->required();
    options
        .text("--state", into.state, "STATE_FILE",
              "What it has cosigned, which it must never forget")
        ->required();
    options
        .texts("--log", into.logs, "VKEY",
               "A log that it cosigns: its verifier key, or a file that has it")
        ->required();
    listen_options(options, into.listen);
    options.footer(
        "Answers POST /add-checkpoint as c2sp.org/tlog-witness has it: a checkpoint is cosigned if "
        "it continues the one before, and noted in the state before anybody is told.");
}

}  // namespace

void declare_tlog_services(const Declared& tlog) {
    add_command(tlog, "serve", "Take entries over HTTP", serve_options, run_serve);
    add_command(tlog, "witness", "Cosign checkpoints over HTTP", witness_options, run_witness);
    declare_tlog_cosign(tlog);
    declare_tlog_monitor(tlog);
}

}  // namespace aion::cli
