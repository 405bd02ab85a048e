// SPDX-License-Identifier: MIT OR Apache-2.0
// What this layer finds wrong with bytes and texts.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::tlog {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class TlogDetail : std::uint8_t {
    proof_bad_index,     ///< An index or size that there is not in the tree of that size.
    proof_wrong_length,  ///< More or fewer digests than index and sizes need.
    proof_other_root,    ///< Digests that lead to another root.
    entry_truncated,     ///< Fewer bytes than an entry of its form has.
    entry_unknown_form,
    entry_unknown_kind,
    entry_too_long,      ///< More bytes than a tile can hold, or than a hash has.
    entry_broken_chain,  ///< An entry that does not name the one before, or has another index.
    tile_bad_bundle,     ///< Bytes that are not as many entries as there should be.
    tile_other_content,  ///< A tile that is not of the tree with the root that was verified.
    tile_bad_size,       ///< A tile of fewer digests than needed, or of more than one has.
};

inline constexpr NameTable tlog_details(std::to_array<DetailRow<TlogDetail>>({
    {TlogDetail::proof_bad_index, "proof_bad_index", "proof: {} in a tree of {} entries"},
    {TlogDetail::proof_wrong_length, "proof_wrong_length", "proof: {} digests instead of {}"},
    {TlogDetail::proof_other_root, "proof_other_root",
     "proof: it leads to the root {} instead of {}"},
    {TlogDetail::entry_truncated, "entry_truncated", "log entry: {} bytes, less than {}"},
    {TlogDetail::entry_unknown_form, "entry_unknown_form", "log entry: unknown form {}"},
    {TlogDetail::entry_unknown_kind, "entry_unknown_kind", "log entry: unknown kind {}"},
    {TlogDetail::entry_too_long, "entry_too_long", "log entry: {} bytes, more than {}"},
    {TlogDetail::entry_broken_chain, "entry_broken_chain",
     "log entry {}: it has the index {}, or does not follow the leaf {}"},
    {TlogDetail::tile_bad_bundle, "tile_bad_bundle",
     "bundle of log entries: its {} bytes are not {} entries"},
    {TlogDetail::tile_other_content, "tile_other_content", "{} is not of the log with the root {}"},
    {TlogDetail::tile_bad_size, "tile_bad_size", "{} has {} bytes, which cannot be"},
}));

consteval const auto& details_of(TlogDetail /*of which layer*/) {
    return tlog_details;
}

}  // namespace aion::tlog
