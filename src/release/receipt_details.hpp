// SPDX-License-Identifier: MIT OR Apache-2.0
// What this layer finds wrong with receipts and approvals.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::release {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class ReceiptDetail : std::uint8_t {
    receipt_no_decision,    ///< Nothing was decided yet.
    receipt_no_runtime,     ///< Nobody says so.
    receipt_no_nonce,       ///< Nothing tells it from another one.
    receipt_no_input,       ///< It was decided about nothing.
    receipt_bad_decision,   ///< A word that is no decision.
    receipt_bad_nonce,      ///< Not 16 bytes in hex.
    receipt_bad_reference,  ///< Not `blake3:` and 32 bytes in hex.
    receipt_too_many,       ///< More subjects, approvals or signatures than there may be.
    receipt_bad_state,      ///< A file that does not say which number is the next.
    approval_other_name,    ///< An approval in a file that is not named by its hash.
};

inline constexpr NameTable receipt_details(std::to_array<DetailRow<ReceiptDetail>>({
    {ReceiptDetail::receipt_no_decision, "receipt_no_decision",
     "enforcement receipt requires a decision"},
    {ReceiptDetail::receipt_no_runtime, "receipt_no_runtime",
     "enforcement receipt requires a runtime identity"},
    {ReceiptDetail::receipt_no_nonce, "receipt_no_nonce", "enforcement receipt requires a nonce"},
    {ReceiptDetail::receipt_no_input, "receipt_no_input",
     "enforcement receipt requires at least one decision-input digest"},
    {ReceiptDetail::receipt_bad_decision, "receipt_bad_decision",
     "expected allow, deny, degraded or fail_closed"},
    {ReceiptDetail::receipt_bad_nonce, "receipt_bad_nonce", "expected 32 hex digits"},
    {ReceiptDetail::receipt_bad_reference, "receipt_bad_reference",
     "expected blake3: and 64 hex digits"},
    {ReceiptDetail::receipt_too_many, "receipt_too_many", "enforcement receipt: more than {} {}"},
    {ReceiptDetail::receipt_bad_state, "receipt_bad_state",
     "expected the next number of runtime {}"},
    {ReceiptDetail::approval_other_name, "approval_other_name",
     "approval: the file is not named by the BLAKE3 digest of its bytes, {}"},
}));

consteval const auto& details_of(ReceiptDetail /*of which layer*/) {
    return receipt_details;
}

}  // namespace aion::release
