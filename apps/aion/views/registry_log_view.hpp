// SPDX-License-Identifier: MIT OR Apache-2.0
// The records of a registry's chain, and what two chains are to each other
// (docs/cli-registry.md#aion-registry-log).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/trust/registry.hpp"
#include "aion/trust/registry_chain.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// Which records of a chain are shown.
struct RecordSelection {
    std::optional<AuthorId> author;  ///< Only those about this author.
    std::optional<std::uint64_t> limit;
    trust::RecordNumber first = 0;  ///< No earlier ones.
};

/// Newest first.
struct RegistryLogView {
    const trust::Registry& registry;  ///< Has a chain.
    RecordSelection selection;
};

void write_text(Console& console, const RegistryLogView& view);
void write(DocumentWriter& out, const RegistryLogView& view);

/// Whose signatures a chain's records have. Borrows the chain.
class RecordSigners {
  public:
    explicit RecordSigners(const trust::RegistryChain& chain);

    /// `root` or `master`: by what right `key` signed the record.
    [[nodiscard]] std::string_view role_of(trust::RecordNumber number, const PublicKey& key) const;

    [[nodiscard]] const trust::RegistryChain& chain() const noexcept { return *chain_; }

  private:
    const trust::RegistryChain* chain_;
    std::vector<trust::RecordNumber> roots_;  ///< Records that set the root, ascending.
};

/// `record 4 (revoke, 2026-11-25T22:40:31Z, signed by the author's master key: stolen laptop)`.
[[nodiscard]] std::string record_in_brief(const RecordSigners& signers, trust::RecordNumber number);

/// How a registry stands to another.
enum class RegistryRelation : std::uint8_t {
    same,       ///< Equal, and proven by the same chain, if any.
    continues,  ///< The new one has all records of the old one, and more.
    behind,     ///< The old one has all records of the new one, and more.
    forks,      ///< They begin alike and go on differently.
    unrelated,  ///< They have nothing in common, or no chain.
};
[[nodiscard]] std::string_view name_of(RegistryRelation relation) noexcept;

struct RegistryDiffView {
    const trust::Registry& before;
    const trust::Registry& after;
    RegistryRelation relation = RegistryRelation::unrelated;
    std::uint64_t common = 0;  ///< Records that both have.
};

/// Compares them.
[[nodiscard]] RegistryDiffView compare_registries(const trust::Registry& before,
                                                  const trust::Registry& after);

void write_text(Console& console, const RegistryDiffView& view);
void write(DocumentWriter& out, const RegistryDiffView& view);

}  // namespace aion::cli
