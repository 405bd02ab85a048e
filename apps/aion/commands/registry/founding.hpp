// SPDX-License-Identifier: MIT OR Apache-2.0
// How a registry with a chain begins: its root keys, and the first records, which they sign.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aion/trust/registry_chain.hpp"
#include "aion/trust/registry_record.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// Keys that are to be the root, and how many of them have to sign.
struct RootArguments {
    std::vector<std::string> stored;
    std::vector<std::string> public_halves;
    std::optional<std::uint64_t> threshold;
};

struct FoundingArguments {
    std::string output;
    RootArguments root;
    std::string note;
};

/// Stored keys, public halves and --threshold of a root. The first two are named `stored` and
/// `public_halves` on the command line.
void root_keys_options(Options& options, const std::string& stored,
                       const std::string& public_halves, RootArguments& into);
/// --output, which --registry means too, --root-key, --root-public-key, --threshold, --note.
void founding_options(Options& options, FoundingArguments& into);

/// A root of the keys that are named, without asking for a signature.
[[nodiscard]] Outcome<trust::RootRecord> root_of(Context& context, const RootArguments& arguments);

/// Where the new registry goes. Refuses what is there, and what is no place for a registry.
[[nodiscard]] Outcome<std::string> path_of_new_registry(Context& context,
                                                        const FoundingArguments& arguments);
/// Writes it, if nothing came there meanwhile.
[[nodiscard]] Outcome<> write_new_registry(Context& context, const std::string& path,
                                           const trust::RegistryChain& chain);

/// Holds the stored ones of the root keys while the first records are made.
class Founder {
  public:
    /// Signs record 0 with as many stored keys as are needed, or as there are.
    [[nodiscard]] static Outcome<Founder> from(Context& context,
                                               const FoundingArguments& arguments);

    [[nodiscard]] const trust::RegistryRecord& root() const noexcept { return root_; }

    /// Who still has to sign; empty if they are enough.
    [[nodiscard]] std::string missing() const;
    /// Fails where signatures are missing.
    [[nodiscard]] Outcome<> check_is_complete() const;
    /// Adds a record behind the last, signed by the root. Nobody checks yet what it says.
    [[nodiscard]] Outcome<> add(trust::RecordFacts facts, const std::string& note);
    /// The chain of all of them. One that it does not allow is named with what it says.
    [[nodiscard]] Outcome<trust::RegistryChain> chain() const;

  private:
    Timestamp time_;
    trust::RegistryRecord root_;
    std::vector<trust::RegistryRecord> others_;
    trust::SigningRules rules_;
    std::vector<crypto::SigningKey> keys_;
};

}  // namespace aion::cli
