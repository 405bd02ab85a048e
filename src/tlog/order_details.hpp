// SPDX-License-Identifier: MIT OR Apache-2.0
// What this layer finds wrong with the proofs that order signatures.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::tlog {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class OrderDetail : std::uint8_t {
    proof_without_entry,  ///< Nobody can say what it proves.
    proof_of_other_kind,  ///< It proves something that nobody asked about.
    proof_of_other_log,   ///< An index in one log says nothing of another.
    log_forked,           ///< The log says of one place or size two things.
};

inline constexpr NameTable order_details(std::to_array<DetailRow<OrderDetail>>({
    {OrderDetail::proof_without_entry, "proof_without_entry",
     "proof: it does not carry the entry that it proves"},
    {OrderDetail::proof_of_other_kind, "proof_of_other_kind",
     "proof: its entry is of kind {}, and neither what is asked about nor a record that begins or "
     "ends an epoch"},
    {OrderDetail::proof_of_other_log, "proof_of_other_log",
     "proof: it is of the log {}, others are of {}"},
    {OrderDetail::log_forked, "log_forked", "the log {} has forked: {}"},
}));

consteval const auto& details_of(OrderDetail /*of which layer*/) {
    return order_details;
}

}  // namespace aion::tlog
