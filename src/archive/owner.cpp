// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/owner.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <string>

#include "aion/base/utf8.hpp"
#include "base/try.hpp"

namespace aion::archive {
namespace {

constexpr std::uint32_t others_may_write = 022;
constexpr std::uint32_t sticky = 01000;

}  // namespace

bool is_trusted(std::uint32_t user) noexcept {
    return user == 0 || user == ::geteuid();
}

Result<> check_folder_of(Env& env, const std::filesystem::path& file, std::string_view what,
                         Beside beside) {
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    AION_TRY_ASSIGN(const std::optional<FileInfo> facts, env.info(folder));
    if (!facts) {
        return {};  // Whoever opens the file says so.
    }
    const std::string shown = escape_bad_bytes(folder.string());
    if (!is_trusted(facts->user)) {
        return fail(operation_not_permitted(
            fmt::format("keeping {} in {}, which belongs to another user ({})", what, shown,
                        facts->user),
            "a folder of your own"));
    }
    if ((facts->mode & others_may_write) != 0 &&
        (beside == Beside::nobody || (facts->mode & sticky) == 0)) {
        return fail(operation_not_permitted(
            fmt::format("keeping {} in {}, where others may write (mode {:04o})", what, shown,
                        facts->mode),
            "a folder of your own"));
    }
    return {};
}

}  // namespace aion::archive
