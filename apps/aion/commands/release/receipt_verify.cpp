// SPDX-License-Identifier: MIT OR Apache-2.0
// aion receipt verify and show: what receipts are worth, and what they claim (docs/cli-receipt.md).
#include <array>
#include <utility>

#include "aion/release/receipt_verdict.hpp"
#include "commands/release/receipt_file.hpp"
#include "shell/input.hpp"
#include "shell/log_order.hpp"
#include "shell/try.hpp"
#include "table/log_order_options.hpp"
#include "views/document_writer.hpp"
#include "views/receipt_view.hpp"

namespace aion::cli {
namespace {

// --- verify --------------------------------------------------------------------------------------

struct VerifyArguments {
    std::string file;
    std::string registry;
    std::string policy;
    std::uint64_t witnesses = 0;
    std::string approval_folder;
    OrderTexts order;
    bool require_log = false;
    std::uint64_t min_log_size = 0;
    Format format = Format::text;
};

constexpr std::array kinds_of_receipts = {tlog::EntryKind::enforcement_receipt,
                                          tlog::EntryKind::dsse_envelope,
                                          tlog::EntryKind::version_attestation};

Outcome<> check(const VerifyArguments& arguments) {
    const bool needs_log = arguments.require_log || arguments.min_log_size > 0;
    if (needs_log && !arguments.order.is_wanted()) {
        return fail_with("No log is given that could be asked",
                         "Add --tlog DIR or --tlog-proof FILE, and --tlog-policy FILE");
    }
    return {};
}

Outcome<Ending> run_verify(Context& context, const VerifyArguments& arguments) {
    CLI_TRY(check(arguments));
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    CLI_TRY_ASSIGN(const auto order, open_log_order(context, arguments.order, kinds_of_receipts));
    std::optional<release::JudgedPolicy> policy;
    if (!arguments.policy.empty()) {
        CLI_TRY_ASSIGN(policy, judge_policy(context, arguments.policy, registry, order.get()));
    }
    CLI_TRY_ASSIGN(const auto receipts, read_receipts(context, arguments.file));
    const release::ApprovalStore store(context.env, arguments.approval_folder);
    release::ReplayMemory seen;
    crypto::KeyCache keys;
    const release::ReceiptRules rules{
        .witnesses = static_cast<std::uint32_t>(arguments.witnesses),
        .policy = policy ? &*policy : nullptr,
        .approvals = arguments.approval_folder.empty() ? nullptr : &store,
        .log = order.get(),
        .require_log = arguments.require_log,
        .min_log_size = arguments.min_log_size,
        .seen = &seen,
        .keys = &keys};
    std::vector<release::ReceiptVerdict> verdicts;
    verdicts.reserve(receipts.size());
    for (const release::Receipt& receipt : receipts) {
        verdicts.push_back(release::judge_receipt(receipt, registry, rules));
    }
    const ReceiptVerdictsView view{arguments.file, verdicts, registry};
    present(context.console, arguments.format, view);
    return view.is_valid() ? Ending::success : Ending::invalid;
}

void verify_options(Options& options, VerifyArguments& into) {
    options
        .text("RECEIPT", into.file, "RECEIPT", "Receipt, or lines of them; - for standard input")
        ->required();
    options.registry(into.registry)->required();
    options.text("--policy", into.policy, "AION_FILE",
                 "The policy that they have to be about; it has to be VALID");
    options.number("--witnesses", into.witnesses, "N",
                   "How many others than the runtime must have signed (default: 0)", UINT32_MAX);
    options.text("--approvals", into.approval_folder, "DIR",
                 "Folder in which the approvals have to be that they refer to");
    log_order_options(options, into.order);
    options.flag("--require-log", into.require_log, "They have to be in that log");
    options.number("--min-log-size", into.min_log_size, "N",
                   "They must have seen that log with N entries: they were made afterwards");
    options.format(into.format);
    options.footer(
        "Everything in a receipt has to count: types, names, each signature, each key, the epoch "
        "of the policy's author. A key that was revoked counts only for what a log shows to have "
        "been there before. Among several receipts no number and no nonce comes twice.");
    options.example(
        "What runtime 1002 says, about the policy at hand",
        "aion registry pin --author 1002 --key 1002 --master 9001 \\\n"
        "      --output registry.json\n"
        "  aion receipt issue --policy policy.aion --registry registry.json \\\n"
        "      --decision deny --input request=policy.yaml --author 1002 --key 1002 \\\n"
        "      --receipt-version 7 --output receipt.json\n"
        "  aion receipt verify receipt.json --registry registry.json \\\n"
        "      --policy policy.aion");
}

// --- show ----------------------------------------------------------------------------------------

struct ShowArguments {
    std::string file;
    Format format = Format::text;
};

Outcome<Ending> run_show(Context& context, const ShowArguments& arguments) {
    CLI_TRY_ASSIGN(auto receipts, read_receipts(context, arguments.file));
    std::vector<ShownReceipt> shown_receipts;
    for (release::Receipt& receipt : receipts) {
        auto statement = release::statement_of(receipt);
        if (!statement) {
            return about_file(
                fail_with("Failed to read receipt: " + arguments.file, statement.error()),
                arguments.file);
        }
        shown_receipts.push_back({std::move(receipt), *std::move(statement)});
    }
    present(context.console, arguments.format, ReceiptsView{arguments.file, shown_receipts});
    return Ending::success;
}

void show_options(Options& options, ShowArguments& into) {
    options
        .text("RECEIPT", into.file, "RECEIPT", "Receipt, or lines of them; - for standard input")
        ->required();
    options.format(into.format);
    options.example(
        "What a receipt claims",
        "aion registry pin --author 1002 --key 1002 --master 9001 \\\n"
        "      --output registry.json\n"
        "  aion receipt issue --policy policy.aion --registry registry.json \\\n"
        "      --decision deny --input request=policy.yaml --author 1002 --key 1002 \\\n"
        "      --receipt-version 7 --output receipt.json\n"
        "  aion receipt show receipt.json");
}

}  // namespace

void declare_receipt_verification(const Declared& receipt) {
    add_command(receipt, "verify", "Verify receipts under a registry, a policy and a log",
                verify_options, run_verify);
    add_command(receipt, "show", "Show what receipts claim", show_options, run_show);
}

}  // namespace aion::cli
