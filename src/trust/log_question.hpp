// SPDX-License-Identifier: MIT OR Apache-2.0
// The question that a log decides, for versions of files and for whatever else is signed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "aion/base/result.hpp"
#include "aion/trust/log_order.hpp"
#include "aion/trust/registry_chain.hpp"

namespace aion::trust {

/// Whether what stands at `index` of a log, if it does, stands in front of each of these records of
/// the chain: the first that it does not is told, else the last. There is at least one.
/// `LogAnswer::epoch` is the caller's.
[[nodiscard]] LogAnswer ask_log(const LogOrder& log, Result<std::optional<std::uint64_t>> index,
                                const RegistryChain& chain, std::span<const RecordNumber> ended_by);

}  // namespace aion::trust
