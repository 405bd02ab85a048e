// SPDX-License-Identifier: MIT OR Apache-2.0
// A record that was made, or signed, elsewhere: what `aion registry sign` and `apply` have in
// common.
#pragma once

#include <string>
#include <variant>

#include "aion/trust/registry.hpp"
#include "aion/trust/registry_chain.hpp"
#include "aion/trust/registry_record.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// For a registry without a chain, or for one with.
using AnyRecord = std::variant<trust::SignedRecord, trust::RegistryRecord>;

[[nodiscard]] Outcome<AnyRecord> read_record(Context& context, const std::string& path);

/// One signature that is no good must not stand in the way of those that are: it is left out, with
/// a warning that names the file.
void leave_out_invalid(Context& context, const std::string& path, trust::RegistryRecord& record);
/// The warning of one by a key that has no say.
[[nodiscard]] std::string without_a_say(const std::string& path, const PublicKey& key);

/// Who has to sign the record; without a chain, as the first of one.
[[nodiscard]] trust::SigningRules rules_for(const trust::RegistryChain* chain,
                                            const trust::RegistryRecord& record);

/// Whether it could be the first of a chain.
[[nodiscard]] bool is_first(const trust::RegistryRecord& record);

/// The registry at `path`, without what is said of it; an empty one where no file is and the record
/// would make it.
[[nodiscard]] Outcome<trust::Registry> registry_before(Context& context, const std::string& path,
                                                       const trust::RegistryRecord& record);

/// Refuses a record that does not go behind the last of the chain, and says why.
[[nodiscard]] Outcome<> check_place(const trust::RegistryChain& chain,
                                    const trust::RegistryRecord& record);

}  // namespace aion::cli
