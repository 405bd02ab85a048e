// SPDX-License-Identifier: MIT OR Apache-2.0
// aion tlog prove, verify: proofs that are carried beside what was logged
// (docs/cli-tlog.md#aion-tlog-prove).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/proof.hpp"
#include "aion/tlog/tile.hpp"
#include "commands/tlog/tlog.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/log_place.hpp"
#include "shell/try.hpp"
#include "table/network_options.hpp"
#include "table/output_options.hpp"
#include "views/document_writer.hpp"
#include "views/tlog_view.hpp"

namespace aion::cli {
namespace {

using tlog::Sha256Tree;

// --- prove ---------------------------------------------------------------------------------------

struct ProveArguments {
    std::string log;
    LogTrust trust;
    std::optional<std::uint64_t> index;
    std::string entry;
    std::string hash;
    FileAsEntries as;
    OutputChoice output;
    RegistryChoice network;
    Format format = Format::text;
};

// The leaf of what is asked for: of a file with several versions, of the last.
Outcome<Sha256Tree::Digest> leaf_asked_for(Context& context, const ProveArguments& arguments) {
    if (!arguments.entry.empty()) {
        CLI_TRY_ASSIGN(const auto entries, entries_of_file(context, arguments.as, arguments.entry));
        return Sha256Tree::leaf(entries.back());
    }
    const auto leaf = octets_from_hex<Sha256Tree::Digest>(arguments.hash);
    if (!leaf) {
        return fail_with("'" + arguments.hash + "' is no hash of an entry: 64 hex digits",
                         "`aion tlog tail` shows them");
    }
    return *leaf;
}

Outcome<> check_index(const ProveArguments& arguments, std::uint64_t size) {
    if (*arguments.index >= size) {
        return fail_with(fmt::format("The log {} has {} entries, so that none has the index {}",
                                     arguments.log, size, *arguments.index));
    }
    return {};
}

Outcome<std::uint64_t> index_asked_for(Context& context, const ProveArguments& arguments,
                                       tlog::LogStore& log) {
    const int ways = (arguments.index ? 1 : 0) + (arguments.entry.empty() ? 0 : 1) +
                     (arguments.hash.empty() ? 0 : 1);
    if (ways != 1) {
        return fail_with("Say which entry: one of --index, --entry and --hash");
    }
    if (arguments.index) {
        CLI_TRY(check_index(arguments, log.size()));
        return *arguments.index;
    }
    CLI_TRY_ASSIGN(const Sha256Tree::Digest leaf, leaf_asked_for(context, arguments));
    CLI_TRY_ASSIGN(const auto index,
                   or_fail(log.find(leaf), "Failed to read the log " + arguments.log));
    if (!index) {
        return fail_with("The log " + arguments.log + " does not have that entry",
                         "`aion tlog append` logs it; `aion tlog fsck` checks the index by which "
                         "it is looked for");
    }
    return *index;
}

/// A proof, and the checkpoint that it leads to.
struct Proven {
    tlog::LogProof proof;
    tlog::Checkpoint checkpoint;
};

Outcome<Proven> prove_from_folder(Context& context, const ProveArguments& arguments) {
    if (!arguments.trust.policy.empty()) {
        return fail_with("--tlog-policy says whose log is at a URL, and --log is a folder",
                         "--log-key names the key of a log in a folder");
    }
    CLI_TRY_ASSIGN(const auto log, open_log(context, arguments.log, arguments.trust));
    CLI_TRY_ASSIGN(const std::uint64_t index, index_asked_for(context, arguments, *log));
    CLI_TRY_ASSIGN(tlog::LogProof proof,
                   or_fail(log->prove(index), "Failed to read the log " + arguments.log));
    return Proven{.proof = std::move(proof), .checkpoint = log->checkpoint()};
}

// From tiles, each of which is proven against the checkpoint; nobody can be asked where an entry
// is.
Outcome<Proven> prove_from_url(Context& context, const ProveArguments& arguments,
                               tlog::LogSource& log) {
    if (!arguments.index) {
        return fail_with("A log at a URL is asked by --index alone",
                         "`aion tlog append` tells the index, also of what is logged already");
    }
    CLI_TRY_ASSIGN(const tlog::LogPolicy policy, log_policy(context, arguments.trust));
    CLI_TRY_ASSIGN(BelievedCheckpoint believed, believed_checkpoint(log, policy));
    Proven proven;
    proven.proof.checkpoint = std::move(believed.note);
    proven.checkpoint = std::move(believed.checkpoint);
    CLI_TRY(check_index(arguments, proven.checkpoint.size));
    proven.proof.index = *arguments.index;
    tlog::TileTree tree(log.tiles(), proven.checkpoint.size, proven.checkpoint.root);
    const std::string refused = "Failed to read the log " + arguments.log;
    CLI_TRY_ASSIGN(proven.proof.path,
                   or_fail(tree.inclusion_path(*arguments.index, proven.checkpoint.size), refused));
    CLI_TRY_ASSIGN(proven.proof.extra, or_fail(tree.entry(*arguments.index), refused));
    return proven;
}

Outcome<Ending> run_prove(Context& context, const ProveArguments& arguments) {
    // First: it may be another program that does all of this.
    CLI_TRY_ASSIGN(const LogPlace place, open_log_place(context, arguments.log, arguments.network));
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {&arguments.entry, 1}));
    CLI_TRY(output.refuse_document(arguments.format, "the proof"));
    CLI_TRY_ASSIGN(const Proven proven, place.remote == nullptr
                                            ? prove_from_folder(context, arguments)
                                            : prove_from_url(context, arguments, *place.source));
    const LogProvedView view{.path = arguments.output.path,
                             .folder = arguments.log,
                             .checkpoint = proven.checkpoint,
                             .proof = proven.proof};
    rehearse(arguments.format, view);
    CLI_TRY(output.write(context, as_bytes(proven.proof.str())));
    if (!output.is_standard_output()) {
        context.console.deed("The proof " + arguments.output.path + " was written");
        present(context.console, arguments.format, view);
    }
    return Ending::success;
}

void prove_options(Options& options, ProveArguments& into) {
    log_place_option(options, into.log);
    log_key_option(options, into.trust,
                   "Believe this key of the log, or in a folder one that follows it");
    options.text("--tlog-policy", into.trust.policy, "POLICY_FILE",
                 "With a URL, instead of --log-key: whose signatures the checkpoint needs");
    options.number("--index", into.index, "N", "Prove the entry with that index, from 0 on");
    options.text("--entry", into.entry, "FILE",
                 "Prove what this file was logged as; of an .aion file its last version");
    options.text("--hash", into.hash, "HASH", "Prove the entry with that hash, as `tail` shows it");
    entry_options(options, into.as);
    output_options(options, into.output, "Where the proof goes; - for standard output");
    network_options(options, into.network);
    options.format(into.format);
    options.footer(
        "A proof (c2sp.org/tlog-proof) has the checkpoint in it, with all signatures that it has "
        "by now, so that nobody needs the log to verify it.");
    options.example("A proof to be carried beside a file",
                    "aion tlog init --log log --origin example.org/policies --key 1001\n"
                    "  aion tlog append --log log --key 1001 policy.aion\n"
                    "  aion tlog prove --log log --entry policy.aion --output policy.tlog-proof");
}

// --- verify --------------------------------------------------------------------------------------

struct VerifyArguments {
    std::string file;
    std::string proof;
    LogTrust trust;
    Format format = Format::text;
};

// The entry that the proof carries, if it is one of those that the file is logged as. Nothing that
// the proof carries is believed: verifying does not ask where an entry comes from.
Outcome<std::optional<Bytes>> entry_of_file(Context& context, const VerifyArguments& arguments,
                                            const tlog::LogProof& proof) {
    if (!proof.extra) {
        CLI_TRY_ASSIGN(const auto entries, entries_of_file(context, {}, arguments.file));
        return entries.back();
    }
    const auto carried = tlog::EntryView::parse(*proof.extra);
    if (!carried) {
        return std::nullopt;
    }
    CLI_TRY_ASSIGN(const Input input, read_input(context, arguments.file, "what was logged",
                                                 "Failed to read " + arguments.file));
    if (carried->payload_hash == crypto::blake3(input.bytes())) {
        return proof.extra;
    }
    if (arguments.file == "-") {
        return std::nullopt;
    }
    const auto entries = entries_of_file(context, {}, arguments.file);
    const bool is_one = entries && std::ranges::find(*entries, *proof.extra) != entries->end();
    return is_one ? proof.extra : std::nullopt;
}

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    CLI_TRY_ASSIGN(const tlog::LogPolicy policy, log_policy(context, arguments.trust));
    CLI_TRY_ASSIGN(const Input text,
                   read_input(context, arguments.proof, "the proof",
                              "Failed to read proof: " + arguments.proof, tlog::max_proof_size));
    const auto proof = tlog::LogProof::parse(as_text(text.bytes()));
    if (!proof) {
        return about_file(fail_with("Failed to read proof: " + arguments.proof, proof.error()),
                          arguments.proof);
    }
    CLI_TRY_ASSIGN(const auto entry, entry_of_file(context, arguments, *proof));
    LogVerdictView view{.path = arguments.file,
                        .proof = arguments.proof,
                        .index = proof->index,
                        .entry = entry.value_or(Bytes()),
                        .accepted = {},
                        .reason = {}};
    if (!entry) {
        view.reason = "the proof is one of something else";
    } else if (auto accepted = tlog::verify_proof(*proof, *entry, policy)) {
        view.accepted = *std::move(accepted);
    } else {
        view.reason = accepted.error().message();
    }
    present(context.console, arguments.format, view);
    return view.accepted ? Ending::success : Ending::invalid;
}

void verify_options(Options& options, VerifyArguments& into) {
    options.text("FILE", into.file, "FILE", "What was logged; - for standard input")->required();
    options.text("--proof", into.proof, "PROOF", "The proof")->required();
    log_key_option(options, into.trust, "Believe this log");
    options.text("--tlog-policy", into.trust.policy, "FILE",
                 "Believe the logs, and ask for the witnesses, that this policy names");
    options.format(into.format);
    options.footer(
        "Exit code 0: a log that is believed has what this file is, at the index that is told; 1: "
        "not so, and why; 2: it could not be found out. Of an .aion file it may be any version; "
        "whether the file is VALID is `aion verify`'s business.");
    options.example("Is it logged?",
                    "aion tlog init --log log --origin example.org/policies --key 1001 --quiet\n"
                    "  aion tlog append --log log --key 1001 policy.aion\n"
                    "  aion tlog prove --log log --index 0 --output policy.tlog-proof\n"
                    "  aion tlog checkpoint --log log --verifier-key > log.vkey\n"
                    "  aion tlog verify policy.aion --proof policy.tlog-proof --log-key log.vkey");
}

}  // namespace

void declare_tlog_proving(const Declared& tlog) {
    add_command(tlog, "prove", "Prove that an entry is in a log", prove_options, run_prove);
    add_command(tlog, "verify", "Verify such a proof, without the log", verify_options, run_verify);
}

}  // namespace aion::cli
