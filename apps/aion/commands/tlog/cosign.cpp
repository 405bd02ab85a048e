// SPDX-License-Identifier: MIT OR Apache-2.0
// aion tlog cosign: asks witnesses about the latest checkpoint of a log, or is one.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aion/base/files.hpp"
#include "aion/tlog/log_store.hpp"
#include "aion/tlog/witness.hpp"
#include "commands/tlog/services.hpp"
#include "commands/tlog/tlog.hpp"
#include "shell/file_output.hpp"
#include "shell/log_place.hpp"
#include "shell/note_signing_key.hpp"
#include "shell/try.hpp"
#include "table/network_options.hpp"
#include "views/document_writer.hpp"
#include "views/tlog_service_view.hpp"

namespace aion::cli {
namespace {

struct CosignArguments {
    std::string log;
    std::string policy;
    std::string name;
    std::string key;
    std::string state;
    std::string log_key_id;
    OutputChoice output;
    RegistryChoice network;
    Format format = Format::text;
};

/// What is cosigned, and what came of it.
struct Cosigning {
    std::string note_text;
    tlog::Note note;
    tlog::Checkpoint checkpoint;
    std::unique_ptr<tlog::TileTree> tree;
    std::vector<CosignedView::Row> rows;
    std::vector<tlog::NoteSignature> signatures;
};

Outcome<Cosigning> begin(tlog::LogSource& log) {
    Cosigning cosigning;
    CLI_TRY_ASSIGN(cosigning.note_text, fetch_checkpoint(log));
    const std::string failed = "Failed to read the checkpoint of " + log.shown();
    CLI_TRY_ASSIGN(cosigning.note, or_fail(tlog::Note::parse(cosigning.note_text), failed));
    CLI_TRY_ASSIGN(cosigning.checkpoint,
                   or_fail(tlog::Checkpoint::parse(cosigning.note.text), failed));
    cosigning.tree = std::make_unique<tlog::TileTree>(log.tiles(), cosigning.checkpoint.size,
                                                      cosigning.checkpoint.root);
    return cosigning;
}

void take(Cosigning& cosigning, const std::string& witness, const tlog::NoteKey& key,
          Result<std::vector<tlog::NoteSignature>> signatures) {
    CosignedView::Row row{.witness = witness, .time = {}, .problem = {}};
    if (!signatures) {
        row.problem = signatures.error().full_message();
        cosigning.rows.push_back(std::move(row));
        return;
    }
    const tlog::Note own{.text = cosigning.note.text, .signatures = *signatures};
    if (const auto verdict = tlog::verify_note(own, key)) {
        row.time = verdict->time;
    }
    cosigning.rows.push_back(std::move(row));
    for (tlog::NoteSignature& each : *signatures) {
        cosigning.signatures.push_back(std::move(each));
    }
}

tlog::ConsistencyFrom consistency_in(Cosigning& cosigning) {
    return [&cosigning](std::uint64_t old_size) {
        return cosigning.tree->consistency_path(old_size, cosigning.checkpoint.size);
    };
}

// One that cannot be reached is told of; whether it is needed the policy says.
Outcome<> ask_all(supply::HttpClient& client, const tlog::LogPolicy& policy, Cosigning& cosigning) {
    for (const tlog::LogPolicy::Witness& witness : policy.witnesses()) {
        if (witness.url.empty()) {
            continue;
        }
        CLI_TRY_ASSIGN(const supply::HttpUrl url, parse_url(witness.url));
        take(cosigning, witness.name, witness.key,
             tlog::ask_witness(client, url, {&witness.key, 1}, cosigning.note_text, 0,
                               consistency_in(cosigning)));
    }
    return {};
}

// The witness is here: it looks at what it has seen as any other does.
Outcome<> be_witness(Context& context, const CosignArguments& arguments,
                     const tlog::LogPolicy& policy, Cosigning& cosigning) {
    CLI_TRY_ASSIGN(const NoteSigningKey key, NoteSigningKey::load(context, arguments.key));
    CLI_TRY_ASSIGN(auto signers, or_fail(key.signers(context.env, arguments.name,
                                                     tlog::NoteKeyType::ed25519_cosignature),
                                         "Failed to cosign as " + shown(arguments.name)));
    std::vector<tlog::NoteKey> own;
    for (const tlog::NoteSigner& signer : signers) {
        own.push_back(signer.key());
    }
    CLI_TRY_ASSIGN(
        const auto memory,
        or_fail_with_cause(tlog::open_witness_memory(context.env, arguments.state),
                           "Failed to open what the witness has seen, " + arguments.state));
    std::vector<tlog::NoteKey> logs;
    for (const tlog::LogPolicy::Log& log : policy.logs()) {
        logs.push_back(log.key);
    }
    std::optional<Error> problem;
    CLI_TRY_ASSIGN(
        const auto witness,
        or_fail(tlog::Witness::make(context.env, std::move(logs), std::move(signers), *memory,
                                    [&](const Error& error) { problem = error; }),
                "Failed to make a witness"));
    const tlog::AskWitness ask = [&](const std::string& request) -> Result<tlog::WitnessAnswer> {
        auto answer = witness->add_checkpoint(request);
        if (problem) {
            return fail(*problem);
        }
        return tlog::WitnessAnswer{.status = answer.status, .body = std::move(answer.body)};
    };
    take(cosigning, arguments.name, own.front(),
         tlog::ask_witness(ask, arguments.name, own, cosigning.note_text, 0,
                           consistency_in(cosigning)));
    return {};
}

// Where the cosignatures go: into a file, to the service, or into the log's folder.
Outcome<> hand_over(Context& context, const CosignArguments& arguments, const LogPlace& log,
                    std::optional<Output>& output, const Cosigning& cosigning,
                    const tlog::Note& note) {
    if (output) {
        return output->write(context, as_bytes(note.str()));
    }
    if (cosigning.signatures.empty()) {
        return {};
    }
    if (log.remote != nullptr) {
        return or_fail(log.remote->add_signatures(note.str()),
                       "Failed to give " + arguments.log + " the cosignatures");
    }
    const std::string failed = "Failed to put the cosignatures into " + arguments.log;
    CLI_TRY_ASSIGN(const NoteSigningKey key, NoteSigningKey::load(context, arguments.log_key_id));
    CLI_TRY_ASSIGN(const auto writer,
                   or_fail_with_cause(tlog::LogWriter::open(context.env, arguments.log,
                                                            key.classical(), key.post_quantum()),
                                      failed));
    return or_fail_with_cause(writer->add_signatures(note.text, cosigning.signatures), failed);
}

Outcome<> check(const CosignArguments& arguments) {
    const bool is_witness = !arguments.key.empty();
    if (is_witness && (arguments.name.empty() || arguments.state.empty())) {
        return fail_with("A witness needs its name and what it has seen",
                         "Add --name NAME --state STATE_FILE");
    }
    if (!is_url(arguments.log) && arguments.output.path.empty() && arguments.log_key_id.empty()) {
        return fail_with("Whoever writes into a log's folder needs the log's key",
                         "Add --log-key-id KEY_ID, or --output FILE");
    }
    return {};
}

// The client first: it may be another program that does all of this.
Outcome<Ending> run_cosign(Context& context, const CosignArguments& arguments) {
    CLI_TRY(check(arguments));
    std::unique_ptr<supply::HttpClient> client;
    if (arguments.key.empty()) {
        CLI_TRY_ASSIGN(client, context.host.open_http(context.env, arguments.network));
    }
    CLI_TRY_ASSIGN(const LogPlace log, open_log_place(context, arguments.log, arguments.network));
    CLI_TRY_ASSIGN(const tlog::LogPolicy policy,
                   log_policy(context, {.key = {}, .policy = arguments.policy}));
    std::optional<Output> output;
    if (!arguments.output.path.empty()) {
        CLI_TRY_ASSIGN(output, Output::open(context, arguments.output, {{arguments.policy}}));
    }
    CLI_TRY_ASSIGN(Cosigning cosigning, begin(*log.source));
    if (client != nullptr) {
        CLI_TRY(ask_all(*client, policy, cosigning));
    } else {
        CLI_TRY(be_witness(context, arguments, policy, cosigning));
    }
    tlog::Note cosigned = cosigning.note;
    for (const tlog::NoteSignature& each : cosigning.signatures) {
        cosigned.put(each);
    }
    CLI_TRY(hand_over(context, arguments, log, output, cosigning, cosigned));
    const bool is_accepted = policy.judge(cosigned.str()).has_value();
    present(context.console, arguments.format,
            CosignedView{.checkpoint = cosigning.checkpoint,
                         .rows = cosigning.rows,
                         .is_accepted = is_accepted});
    // Whoever is the witness wants its signature, whether or not the policy needs it.
    const bool is_cosigned = client != nullptr || !cosigning.signatures.empty();
    return is_accepted && is_cosigned ? Ending::success : Ending::invalid;
}

void cosign_options(Options& options, CosignArguments& into) {
    log_place_option(options, into.log);
    options.text("--tlog-policy", into.policy, "POLICY_FILE", "The log, and whom to ask about it")
        ->required();
    options.text("-k,--key", into.key, "KEY_ID",
                 "Cosign with this key of a witness, and ask nobody");
    options.text("--name", into.name, "NAME", "With --key: what the witness is called");
    options.text("--state", into.state, "STATE_FILE",
                 "With --key: what it has cosigned, which it must never forget");
    options.text("--log-key-id", into.log_key_id, "KEY_ID",
                 "The log's key, without which nobody writes into its folder");
    options.text("-o,--output", into.output.path, "OUTPUT_FILE",
                 "Write the cosigned checkpoint here, and leave the log as it is");
    options.flag("--force", into.output.force, "Replace an existing file");
    network_options(options, into.network);
    options.format(into.format);
    options.footer(
        "The cosignatures go to the log, if they are genuine. Exit code 0: they are what the "
        "policy asks for, and with --key the checkpoint was cosigned; 1: not so.");
}

}  // namespace

void declare_tlog_cosign(const Declared& tlog) {
    add_command(tlog, "cosign", "Have witnesses cosign a log", cosign_options, run_cosign);
}

}  // namespace aion::cli
