// SPDX-License-Identifier: MIT OR Apache-2.0
// Choosing among the versions of a file that was examined: who changed what, and when.
//
/// Example: what one author changed, the last first.
///
///     #include "aion/policy/examine.hpp"
///
///     Env& env = Env::system();
///     const auto registry = trust::Registry::load(env, "registry.json");
///     if (!registry) {
///         return fail(registry.error());
///     }
///     const auto file = policy::examine(env, "policy.aion", *registry);
///     if (!file) {
///         return fail(file.error());
///     }
///     report::HistoryQuery query;
///     query.authors = {AuthorId{1001}};
///     report::visit_history(*file, query, [](const policy::ExaminedVersion& version) {
///         std::cout << version.number.value << " " << version.message << '\n';  // 2 Second
///         return false;  // that one is enough
///     });
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/policy/examine.hpp"

namespace aion::report {

/// Which versions are wanted, and in which order. A version has to meet all of it.
struct HistoryQuery {
    std::vector<AuthorId> authors = {};   ///< By one of these; by anybody if there are none.
    std::optional<Timestamp> since = {};  ///< At that time or later, as the version has it.
    std::optional<Timestamp> until = {};  ///< At that time or earlier.
    /// In the message, the letters A to Z alike in both cases; every other character as it is. Any
    /// message if it is empty.
    std::string grep = {};
    /// So many of those at most, counted from the newest, also in `reverse`.
    std::uint64_t limit = UINT64_MAX;
    bool reverse = false;  ///< The oldest first, instead of the newest.

    /// Whether it leaves out any version for what the version says.
    [[nodiscard]] bool is_filter() const noexcept;
};

/// Calls `visit` with each version that `query` asks for until it returns false, and returns how
/// many it was called with. Order is that of the file, whose place stands for age: what times say
/// is no part of a verdict. Nothing is kept: of many versions the newest twenty cost twenty, and
/// what a filter has to look at. `reverse` with a limit looks twice.
std::uint64_t visit_history(const policy::Examination& file, const HistoryQuery& query,
                            const std::function<bool(const policy::ExaminedVersion&)>& visit);

}  // namespace aion::report
