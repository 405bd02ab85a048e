// SPDX-License-Identifier: MIT OR Apache-2.0
// aion receipt: what was decided, by whom, under which version of a policy (docs/cli-receipt.md).
#include <fmt/format.h>

#include <array>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/release/receipt_issuer.hpp"
#include "aion/release/receipt_verdict.hpp"
#include "commands/release/receipt_file.hpp"
#include "commands/supply/signer.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/log_order.hpp"
#include "shell/self_logging.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "table/output_options.hpp"
#include "table/self_logging_options.hpp"
#include "views/document_writer.hpp"
#include "views/receipt_view.hpp"

namespace aion::cli {
namespace {

struct IssueArguments {
    std::string policy;
    std::string registry;
    std::optional<release::Decision> decision;
    InputTexts inputs;
    std::vector<std::string> approvals;
    std::string approval_folder;
    AuthorChoice author;
    std::string key;
    std::string state;
    std::optional<VersionNumber> receipt_version;
    std::string nonce;
    std::string checkpoint;
    std::string checkpoint_policy;
    OutputChoice output;
    LoggingTexts logging;
    Format format = Format::text;
};

Outcome<> check(const IssueArguments& arguments) {
    if (arguments.state.empty() == !arguments.receipt_version) {
        return fail_with("A receipt has a number that no other has",
                         "Say with --state FILE where numbers are counted, or with "
                         "--receipt-version N which one it is");
    }
    if (arguments.checkpoint.empty() && !arguments.checkpoint_policy.empty()) {
        return fail_with("--checkpoint-policy says whose checkpoint is believed, but none is given",
                         "Add --checkpoint FILE");
    }
    return {};
}

Outcome<release::ReceiptApproval> parse_approval(const std::string& text,
                                                 const trust::Registry& registry) {
    const std::size_t at = text.find('@');
    const auto hash = octets_from_hex<Hash>(text.substr(0, at));
    const auto author = at == std::string::npos
                            ? std::expected<AuthorChoice, std::string_view>(std::unexpect, "")
                            : parse_author(text.substr(at + 1));
    if (!hash || !author) {
        return fail_with("'" + text + "' is no approval",
                         "An approval is REFERENCE@AUTHOR, as `aion receipt approve` says it");
    }
    CLI_TRY_ASSIGN(const AuthorId approver, resolve_author(*author, registry));
    return release::ReceiptApproval{approver, *hash};
}

Outcome<std::vector<release::ReceiptApproval>> find_approvals(Context& context,
                                                              const IssueArguments& arguments,
                                                              const release::ReceiptDraft& draft,
                                                              const trust::Registry& registry) {
    std::vector<release::ReceiptApproval> approvals;
    for (const std::string& text : arguments.approvals) {
        CLI_TRY_ASSIGN(const release::ReceiptApproval approval, parse_approval(text, registry));
        approvals.push_back(approval);
    }
    if (arguments.approvals.empty() && !arguments.approval_folder.empty()) {
        const release::ApprovalStore store(context.env, arguments.approval_folder);
        CLI_TRY_ASSIGN(approvals,
                       or_fail(store.matching(draft.policy, *draft.decision, draft.inputs),
                               "Failed to read approvals: " + arguments.approval_folder));
    }
    return approvals;
}

Outcome<supply::Subject> read_checkpoint(Context& context, const IssueArguments& arguments) {
    const std::string refused = "Failed to read checkpoint: " + arguments.checkpoint;
    CLI_TRY_ASSIGN(const Input input, read_input(context, arguments.checkpoint, "the checkpoint",
                                                 refused, tlog::max_note_size));
    const std::string_view note = as_text(input.bytes());
    if (arguments.checkpoint_policy.empty()) {
        context.console.warn(
            "nobody verified the checkpoint: --checkpoint-policy says whose it has to be");
        CLI_TRY_ASSIGN(const tlog::Checkpoint checkpoint,
                       or_fail(tlog::Checkpoint::of_note(note), refused));
        return release::checkpoint_input(checkpoint);
    }
    CLI_TRY_ASSIGN(const tlog::LogPolicy policy,
                   load_log_policy(context, arguments.checkpoint_policy, "Failed to read policy"));
    CLI_TRY_ASSIGN(const tlog::AcceptedCheckpoint accepted, or_fail(policy.judge(note), refused));
    return release::checkpoint_input(accepted.checkpoint);
}

Outcome<release::ReceiptNonce> nonce_of(Context& context, const IssueArguments& arguments) {
    if (!arguments.nonce.empty()) {
        return or_fail(octets_from_hex<release::ReceiptNonce>(arguments.nonce),
                       "'" + arguments.nonce + "' is no nonce");
    }
    release::ReceiptNonce nonce;
    CLI_TRY(or_fail(context.env.random(nonce.view()), "No nonce was drawn"));
    return nonce;
}

// All but the number, which is used up once it is taken.
Outcome<release::ReceiptDraft> make_draft(Context& context, const IssueArguments& arguments,
                                          const trust::Registry& registry,
                                          const release::JudgedPolicy& policy) {
    const release::PolicyInForce in_force = policy.current();
    release::ReceiptDraft draft{
        .policy = in_force.policy, .trust = in_force.trust, .decision = arguments.decision};
    CLI_TRY_ASSIGN(draft.inputs, read_inputs(context, arguments.inputs));
    CLI_TRY_ASSIGN(draft.approvals, find_approvals(context, arguments, draft, registry));
    if (!arguments.checkpoint.empty()) {
        CLI_TRY_ASSIGN(supply::Subject seen, read_checkpoint(context, arguments));
        draft.inputs.push_back(std::move(seen));
    }
    CLI_TRY_ASSIGN(draft.nonce, nonce_of(context, arguments));
    return draft;
}

Outcome<VersionNumber> take_number(Context& context, const IssueArguments& arguments,
                                   AuthorId runtime, crypto::Signer& key) {
    if (arguments.receipt_version) {
        return *arguments.receipt_version;
    }
    release::ReceiptIssuer issuer(context.env, key,
                                  {.runtime = runtime, .state = arguments.state, .block = 1});
    auto number = issuer.take(1);
    if (!number) {
        return about_file(fail_with("No number was taken from " + arguments.state, number.error()),
                          arguments.state);
    }
    return *number;
}

// What a verifier would refuse is not handed out.
Outcome<> judge_own(Context& context, const IssueArguments& arguments,
                    const release::Receipt& receipt, const trust::Registry& registry,
                    const release::JudgedPolicy& policy) {
    const release::ApprovalStore store(context.env, arguments.approval_folder);
    const release::ReceiptVerdict verdict = release::judge_receipt(
        receipt, registry,
        {.policy = &policy, .approvals = arguments.approval_folder.empty() ? nullptr : &store});
    if (!verdict.is_valid()) {
        return fail_with("No receipt was written, as it would be refused: " + verdict.reason(),
                         "`aion registry show` has the authors' keys, `aion key list` the stored "
                         "ones");
    }
    return {};
}

Outcome<Ending> run_issue(Context& context, const IssueArguments& arguments) {
    CLI_TRY(reach_log(context, arguments.logging));
    CLI_TRY(check(arguments));
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {&arguments.policy, 1},
                                               arguments.registry));
    CLI_TRY(output.refuse_document(arguments.format, "the receipt"));
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    CLI_TRY_ASSIGN(const AuthorId runtime, resolve_author(arguments.author, registry));
    CLI_TRY_ASSIGN(const release::JudgedPolicy policy,
                   judge_policy(context, arguments.policy, registry));
    CLI_TRY_ASSIGN(release::ReceiptDraft draft, make_draft(context, arguments, registry, policy));
    CLI_TRY_ASSIGN(crypto::SigningKey key, load_author_key(context, arguments.key));
    CLI_TRY_ASSIGN(OwnLog own, OwnLog::open(context, arguments.logging));
    CLI_TRY_ASSIGN(const VersionNumber number, take_number(context, arguments, runtime, key));
    draft.runtime = {.author = runtime, .receipt_version = number};
    CLI_TRY_ASSIGN(const release::Receipt receipt,
                   or_fail(release::seal_receipt(draft, key), "No receipt was made"));
    CLI_TRY(judge_own(context, arguments, receipt, registry, policy));
    CLI_TRY_ASSIGN(const release::ReceiptStatement statement,
                   or_fail(release::statement_of(receipt), "No receipt was made"));
    const ReceiptMadeView view{arguments.output.path, statement, {}, registry};
    rehearse(arguments.format, view);
    CLI_TRY(output.write(context, as_bytes(release::to_json(receipt) + "\n")));
    const std::string deed = "The receipt " + arguments.output.path + " was written";
    context.console.deed(deed);
    const std::array entries = {release::receipt_entry(receipt.envelope, statement.policy.version)};
    const auto logged = own.append(context, entries, deed, arguments.output.path);
    if (!output.is_standard_output()) {
        present(context.console, arguments.format, view);
    }
    CLI_TRY(logged);
    return Ending::success;
}

void issue_options(Options& options, IssueArguments& into) {
    options
        .text("--policy", into.policy, "AION_FILE",
              "The policy that was in force; it has to be VALID")
        ->required();
    options.registry(into.registry)->required();
    decision_option(options, into.decision);
    input_options(options, into.inputs);
    options.author("-a,--author", into.author, "The runtime that decided: id or name")->required();
    options.text("-k,--key", into.key, "KEY_ID", "Its stored key")->required();
    options.text("--state", into.state, "FILE",
                 "Where the runtime's next number is; made where it is missing");
    options.number("--receipt-version", into.receipt_version, "N",
                   "The number itself, for who counts elsewhere");
    options.text("--nonce", into.nonce, "HEX", "16 bytes (default: random)");
    options.texts("--approval", into.approvals, "REFERENCE@AUTHOR",
                  "Who approved it; may be given several times");
    options.text("--approvals", into.approval_folder, "DIR",
                 "Approvals in a folder: those that fit are referred to, or those of --approval "
                 "have to be there");
    options.text("--checkpoint", into.checkpoint, "FILE",
                 "A log's checkpoint that was seen before: the receipt was made afterwards");
    options.text("--checkpoint-policy", into.checkpoint_policy, "POLICY_FILE",
                 "Whose checkpoint that has to be");
    output_options(options, into.output, "Where the receipt goes; - for standard output");
    self_logging_options(options, into.logging);
    options.format(into.format);
    options.footer(
        "The policy is judged first, and the receipt as a verifier would: what would be refused is "
        "not written. A receipt says what a runtime declares, not that its decision was right.");
    options.example(
        "Runtime 1002 says what it decided",
        "aion registry pin --author 1002 --key 1002 --master 9001 \\\n"
        "      --output registry.json\n"
        "  aion receipt issue --policy policy.aion --registry registry.json \\\n"
        "      --decision deny --input request=policy.yaml --author 1002 --key 1002 \\\n"
        "      --state receipts.state --output receipt.json");
}

}  // namespace

Declare declare_receipt;

void declare_receipt(const Declared& root) {
    const Declared receipt =
        add_group(root, "receipt", "Say, witness, approve and verify what was decided");
    add_command(receipt, "issue", "Sign what was decided under a policy", issue_options, run_issue);
    declare_receipt_signing(receipt);
    declare_receipt_verification(receipt);
}

}  // namespace aion::cli
