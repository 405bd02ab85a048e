// SPDX-License-Identifier: MIT OR Apache-2.0
// aion receipt approve and witness: others than the runtime sign, before a decision and behind it
// (docs/cli-receipt.md).
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/release/approvals.hpp"
#include "aion/release/receipt_verdict.hpp"
#include "commands/release/receipt_file.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "views/document_writer.hpp"
#include "views/receipt_view.hpp"

namespace aion::cli {
namespace {

// --- approve -------------------------------------------------------------------------------------

struct ApproveArguments {
    std::string policy;
    std::string registry;
    std::optional<release::Decision> decision;
    InputTexts inputs;
    AuthorChoice author;
    std::string key;
    VersionNumber version;
    std::string folder;
    Format format = Format::text;
};

// A key that does not count approves nothing.
Outcome<> check_key(const trust::Registry& registry, AuthorId author, VersionNumber version,
                    const PublicKey& key) {
    const release::KeyChoice choice = release::choose_key(registry, author, version);
    if (choice.counts() && choice.epoch->public_key == key) {
        return {};
    }
    return fail_with("Nobody would accept what author " + to_string(author) + " signs at version " +
                         to_string(version) + ": " +
                         (choice.counts() ? "the registry has another key" : choice.reason()),
                     "`aion registry show` has the author's keys, `aion key list` the stored ones");
}

Outcome<Ending> run_approve(Context& context, const ApproveArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    CLI_TRY_ASSIGN(const release::JudgedPolicy policy,
                   judge_policy(context, arguments.policy, registry));
    const release::PolicyReference in_force = policy.current().policy;
    release::Approval approval{.file_id = in_force.file_id,
                               .policy_version = in_force.version,
                               .decision = *arguments.decision,
                               .approver = author,
                               .version = arguments.version};
    CLI_TRY_ASSIGN(approval.inputs, read_inputs(context, arguments.inputs));
    CLI_TRY_ASSIGN(crypto::SigningKey key, load_author_key(context, arguments.key));
    CLI_TRY(check_key(registry, author, arguments.version, key.public_half()));
    CLI_TRY_ASSIGN(const supply::Envelope envelope,
                   or_fail(release::sign_approval(approval, key), "No approval was made"));
    const Hash reference = release::approval_reference(envelope);
    const std::string path = arguments.folder + "/" + to_hex(reference) + ".json";
    const ApprovalMadeView view{path, reference, approval, registry};
    rehearse(arguments.format, view);
    const auto added = release::ApprovalStore(context.env, arguments.folder).add(envelope);
    if (!added) {
        return about_file(fail_with_cause("Failed to write " + path, added.error()), path);
    }
    context.console.deed("The approval " + path + " was written");
    present(context.console, arguments.format, view);
    return Ending::success;
}

void approve_options(Options& options, ApproveArguments& into) {
    options
        .text("--policy", into.policy, "AION_FILE",
              "The policy under which that may be decided; it has to be VALID")
        ->required();
    options.registry(into.registry)->required();
    decision_option(options, into.decision);
    input_options(options, into.inputs);
    options.author("-a,--author", into.author, "Who approves: id or name")->required();
    options.text("-k,--key", into.key, "KEY_ID", "Their stored key")->required();
    options
        .number("--approval-version", into.version, "N",
                "The version in the approver's own count, by which the key is found")
        ->required();
    options.text("--approvals", into.folder, "DIR", "Folder that the approval is put into")
        ->required();
    options.format(into.format);
    options.footer(
        "An approval is for one version of a policy, one decision and these very inputs, and for "
        "nothing else.");
    options.example(
        "Author 1002 approves a decision before it is taken",
        "aion registry pin --author 1002 --key 1002 --master 9001 \\\n"
        "      --output registry.json\n"
        "  aion receipt approve --policy policy.aion --registry registry.json \\\n"
        "      --decision allow --input request=policy.yaml --author 1002 --key 1002 \\\n"
        "      --approval-version 1 --approvals approvals");
}

// --- witness -------------------------------------------------------------------------------------

struct WitnessArguments {
    std::string file;
    std::string policy;
    std::string registry;
    AuthorChoice author;
    std::string key;
    VersionNumber version;
    OutputChoice output;
    Format format = Format::text;
};

Outcome<Output> open_output(Context& context, const WitnessArguments& arguments) {
    if (arguments.output.path.empty()) {
        return Output::open(context, {.path = arguments.file, .force = true}, {});
    }
    return Output::open(context, arguments.output, {&arguments.file, 1}, arguments.registry);
}

Outcome<Ending> run_witness(Context& context, const WitnessArguments& arguments) {
    CLI_TRY_ASSIGN(Output output, open_output(context, arguments));
    CLI_TRY(output.refuse_document(arguments.format, "the receipt"));
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    CLI_TRY_ASSIGN(const AuthorId witness, resolve_author(arguments.author, registry));
    std::optional<release::JudgedPolicy> policy;
    if (!arguments.policy.empty()) {
        CLI_TRY_ASSIGN(policy, judge_policy(context, arguments.policy, registry));
    }
    CLI_TRY_ASSIGN(release::Receipt receipt, read_receipt(context, arguments.file));
    const release::ReceiptRules rules{.policy = policy ? &*policy : nullptr};
    if (const auto before = release::judge_receipt(receipt, registry, rules); !before.is_valid()) {
        return about_file(fail_because(error_because(ErrorCode::verdict_invalid, before.reason()),
                                       "No witness signs what is not valid: " + before.reason()),
                          arguments.file);
    }
    CLI_TRY_ASSIGN(crypto::SigningKey key, load_author_key(context, arguments.key));
    CLI_TRY(or_fail(release::add_witness(receipt, witness, arguments.version, key),
                    "The receipt was not witnessed"));
    const release::ReceiptVerdict after = release::judge_receipt(receipt, registry, rules);
    if (!after.is_valid()) {
        return fail_with("Nothing was written, as it would be refused: " + after.reason(),
                         "`aion registry show` has the authors' keys, `aion key list` the stored "
                         "ones");
    }
    const ReceiptMadeView view{output.path(), *after.statement, after.witnesses, registry};
    rehearse(arguments.format, view);
    CLI_TRY(output.write(context, as_bytes(release::to_json(receipt) + "\n")));
    context.console.deed("The receipt " + output.path() + " was witnessed");
    if (!output.is_standard_output()) {
        present(context.console, arguments.format, view);
    }
    return Ending::success;
}

void witness_options(Options& options, WitnessArguments& into) {
    options.text("RECEIPT", into.file, "RECEIPT", "The receipt; - for standard input")->required();
    options.registry(into.registry)->required();
    options.text("--policy", into.policy, "AION_FILE",
                 "The policy that it has to be about; it has to be VALID");
    options.author("-a,--author", into.author, "The witness: id or name")->required();
    options.text("-k,--key", into.key, "KEY_ID", "Their stored key")->required();
    options
        .number("--witness-version", into.version, "N",
                "The version in the witness's own count, by which the key is found")
        ->required();
    options.text("-o,--output", into.output.path, "OUTPUT_FILE",
                 "Where it goes (default: the receipt itself is replaced); - for standard output");
    options.flag("--force", into.output.force, "Replace an existing file");
    options.format(into.format);
    options.footer(
        "The receipt is judged first: no witness signs what is not valid. The runtime, and whoever "
        "has its key or master key, is no witness.");
    options.example(
        "Author 1003 witnesses what runtime 1002 decided",
        "aion key generate --id 9002 --quiet && aion key generate --id 1003 --quiet\n"
        "  aion registry pin --author 1002 --key 1002 --master 9001 \\\n"
        "      --output registry.json\n"
        "  aion registry pin --author 1003 --key 1003 --master 9002 \\\n"
        "      --output registry.json\n"
        "  aion receipt issue --policy policy.aion --registry registry.json \\\n"
        "      --decision deny --input request=policy.yaml --author 1002 --key 1002 \\\n"
        "      --receipt-version 7 --output receipt.json\n"
        "  aion receipt witness receipt.json --registry registry.json --author 1003 \\\n"
        "      --key 1003 --witness-version 1");
}

}  // namespace

void declare_receipt_signing(const Declared& receipt) {
    add_command(receipt, "approve", "Sign beforehand that something may be decided",
                approve_options, run_approve);
    add_command(receipt, "witness", "Add a witness's signature to a receipt", witness_options,
                run_witness);
}

}  // namespace aion::cli
