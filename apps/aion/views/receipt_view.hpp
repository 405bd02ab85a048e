// SPDX-License-Identifier: MIT OR Apache-2.0
// Receipts of decisions: what was made, what they come to, what they claim.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/release/receipt_verdict.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// A receipt that was made, or that somebody witnessed just now.
struct ReceiptMadeView {
    const std::string& path;
    const release::ReceiptStatement& statement;
    std::span<const AuthorId> witnesses;
    const trust::Registry& registry;
};

void write_text(Console& console, const ReceiptMadeView& view);
void write(DocumentWriter& out, const ReceiptMadeView& view);

/// An approval that was made.
struct ApprovalMadeView {
    const std::string& path;
    const Hash& reference;
    const release::Approval& approval;
    const trust::Registry& registry;
};

void write_text(Console& console, const ApprovalMadeView& view);
void write(DocumentWriter& out, const ApprovalMadeView& view);

/// The verdicts on the receipts of one file. What one that is not valid says is nobody's word, and
/// is not told.
struct ReceiptVerdictsView {
    const std::string& path;
    std::span<const release::ReceiptVerdict> verdicts;
    const trust::Registry& registry;

    [[nodiscard]] bool is_valid() const noexcept;
};

void write_text(Console& console, const ReceiptVerdictsView& view);
void write(DocumentWriter& out, const ReceiptVerdictsView& view);

/// A receipt as it stands.
struct ShownReceipt {
    release::Receipt receipt;
    release::ReceiptStatement statement;
};

/// What the receipts of one file claim.
struct ReceiptsView {
    const std::string& path;
    std::span<const ShownReceipt> receipts;
};

void write_text(Console& console, const ReceiptsView& view);
void write(DocumentWriter& out, const ReceiptsView& view);

}  // namespace aion::cli
