// SPDX-License-Identifier: MIT OR Apache-2.0
// The tables of the pins' database, and each thing that is asked of them or written there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/pin_store.hpp"
#include "archive/database.hpp"
#include "archive/pin_rows.hpp"

namespace aion::archive {

/// Not thread-safe. Each row ends in a digest of the others, so that damage which leaves a sound
/// database behind is seen, too: what was pinned must not turn into something else, or into
/// nothing. Errors are those of `Database`.
class PinTables {
  public:
    /// Opens them and looks at all that is in them: that each row is one that was written here,
    /// that each name is that of a file that is pinned, and that the registry of each pin is known.
    [[nodiscard]] static Result<std::unique_ptr<PinTables>> open(Env& env,
                                                                 const std::filesystem::path& path,
                                                                 DatabaseOpening opening);

    [[nodiscard]] Result<std::optional<policy::Pin>> pin(FileId file_id);
    [[nodiscard]] Result<std::optional<FileId>> named(std::string_view name);
    [[nodiscard]] Result<policy::RegistryStanding> standing(const policy::AskedRegistry& registry);
    [[nodiscard]] Result<bool> is_superseded(const Hash& registry);
    /// The newest record that was accepted of the chain whose record 0 hashes to `root`.
    [[nodiscard]] Result<std::optional<policy::ChainPoint>> newest(const Hash& root);

    /// Writes the row of `pin`, but no name. Keeps of what is there when it was first seen and, if
    /// `pin` has none, the name: in `pin`, too.
    [[nodiscard]] Result<> write_pin(policy::Pin& pin);
    /// Likewise with its name, if it has one, and what that means for registries: its own, which is
    /// `registry`, becomes known, and unless that is an exception, another one that was held is
    /// superseded, and its chain is known as far as it goes. `pin` is exempt, or not, from then on.
    [[nodiscard]] Result<> move_pin(policy::Pin& pin, const policy::AskedRegistry& registry);
    [[nodiscard]] Result<> write_name(std::string_view name, FileId id);
    /// With its names.
    [[nodiscard]] Result<> drop(FileId file_id);
    [[nodiscard]] Result<> note(policy::PinDecision::Kind what, Timestamp time,
                                const std::optional<policy::Pin>& before,
                                const std::optional<policy::Pin>& after, std::string_view reason);

    [[nodiscard]] Result<> for_each(const std::function<void(const policy::Pin&)>& visit);
    [[nodiscard]] Result<> for_each_decision(
        const std::function<void(const policy::PinDecision&)>& visit);

    [[nodiscard]] const Database& database() const noexcept { return *database_; }

    /// For `open`.
    explicit PinTables(std::unique_ptr<Database> database) noexcept;

  private:
    [[nodiscard]] Result<> prepare();
    [[nodiscard]] Result<> check();
    [[nodiscard]] Result<std::vector<Hash>> check_registries();
    [[nodiscard]] Result<> check_names(const std::vector<FileId>& pinned);
    [[nodiscard]] Result<> check_exempt();
    [[nodiscard]] Result<std::optional<RegistryRow>> registry(const Hash& fingerprint);
    [[nodiscard]] Result<> write_registry(const Hash& fingerprint, const RegistryRow& registry);
    [[nodiscard]] Result<> write_chain(const policy::ChainPoint& newest);
    [[nodiscard]] Result<> write_exempt(const policy::Pin& pin);
    [[nodiscard]] Result<bool> is_any_under(const Hash& registry);
    [[nodiscard]] Result<> leave_to_others(const Hash& registry, RegistryRow known);
    [[nodiscard]] Result<> go_on(const policy::Pin& pin, const std::optional<policy::Pin>& before,
                                 const policy::RegistryStanding& standing);
    [[nodiscard]] Result<> add_chain(std::optional<policy::Pin>& pin);
    [[nodiscard]] Result<policy::Pin> pin_in_row(const Statement& row);
    [[nodiscard]] Result<RegistryRow> registry_in_row(const Hash& fingerprint, const Statement& row,
                                                      int column) const;

    [[nodiscard]] Statement& statement(std::size_t which) { return statements_[which]; }

    std::unique_ptr<Database> database_;
    std::vector<Statement> statements_;  // In the order of `Sql`.
    /// The newest record of each registry that was looked at, which is what it is for good.
    std::map<Hash, std::optional<policy::ChainPoint>> chains_;
};

}  // namespace aion::archive
