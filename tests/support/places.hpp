// SPDX-License-Identifier: MIT OR Apache-2.0
// One call at a path: resolves it and makes the call there.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "aion/base/env.hpp"

namespace aion::test {

/// Calls `call` with the place where `path` leads, or returns why it leads nowhere.
template <class Call>
auto at_place(Env& env, const std::filesystem::path& path, Call call)
    -> decltype(call(std::declval<const Place&>())) {
    const auto place = env.locate(path);
    if (!place) {
        return fail(place.error());
    }
    return call(*place);
}

inline Result<std::unique_ptr<FileLock>> lock_at(Env& env, const std::filesystem::path& path,
                                                 std::uint32_t wait_ms) {
    return at_place(env, path,
                    [&](const Place& place) { return place.directory->lock(place.name, wait_ms); });
}

inline Result<std::unique_ptr<WritableFile>> create_at(Env& env, const std::filesystem::path& path,
                                                       std::optional<std::uint32_t> mode) {
    const auto directory = env.open_directory(path.parent_path());
    if (!directory) {
        return fail(directory.error());
    }
    return (*directory)->create_exclusive(path.filename().string(), mode);
}

/// Of a name itself: a link is not followed.
inline Result<> remove_at(Env& env, const std::filesystem::path& path) {
    const auto directory = env.open_directory(path.parent_path());
    if (!directory) {
        return fail(directory.error());
    }
    return (*directory)->remove(path.filename().string());
}

inline Result<> sync_at(Env& env, const std::filesystem::path& directory) {
    const auto opened = env.open_directory(directory);
    return opened ? (*opened)->sync() : fail(opened.error());
}

inline Result<std::vector<std::string>> list_at(Env& env, const std::filesystem::path& directory) {
    const auto opened = env.open_directory(directory);
    return opened ? (*opened)->list() : fail(opened.error());
}

}  // namespace aion::test
