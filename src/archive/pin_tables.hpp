// SPDX-License-Identifier: MIT OR Apache-2.0
// The tables of the pins' database, and each thing that is asked of them or written there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/pin_store.hpp"
#include "archive/database.hpp"

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

    enum class Standing : std::uint8_t { unseen, current, superseded };

    [[nodiscard]] Result<std::optional<policy::Pin>> pin(FileId file_id);
    [[nodiscard]] Result<std::optional<FileId>> named(std::string_view name);
    [[nodiscard]] Result<Standing> standing(const Hash& registry);

    /// Writes the row of `pin`, but no name. Keeps of what is there when it was first seen and, if
    /// `pin` has none, the name: in `pin`, too.
    [[nodiscard]] Result<> write_pin(policy::Pin& pin);
    /// Likewise with its name, if it has one, and what that means for registries: its own becomes
    /// known, and unless that is superseded, another one that was held is.
    [[nodiscard]] Result<> move_pin(policy::Pin& pin);
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
    [[nodiscard]] Result<> write_registry(const Hash& fingerprint, bool superseded);
    [[nodiscard]] Result<policy::Pin> pin_in_row(const Statement& row) const;
    [[nodiscard]] Result<bool> superseded_in_row(const Hash& fingerprint, const Statement& row,
                                                 int column) const;

    [[nodiscard]] Statement& statement(std::size_t which) { return statements_[which]; }

    std::unique_ptr<Database> database_;
    std::vector<Statement> statements_;  // In the order of `Sql`.
};

}  // namespace aion::archive
