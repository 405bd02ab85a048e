// SPDX-License-Identifier: MIT OR Apache-2.0
// What a look through folders leaves out, and says so.
#pragma once

#include <fmt/format.h>

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "aion/archive/names.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// What was left out is noticed on any thread, and said on this one.
class LeftOut {
  public:
    void note(std::string what) {
        const std::scoped_lock lock(mutex_);
        noted_.push_back(std::move(what));
    }

    /// For whoever looks. Must not outlive this.
    [[nodiscard]] archive::ScanOptions options() {
        return {.left_out = [this](const std::filesystem::path& path, const std::string& why) {
            note(fmt::format("left out: {}: {}", path.native(), why));
        }};
    }

    void say(Console& console) {
        std::vector<std::string> noted;
        {
            const std::scoped_lock lock(mutex_);
            noted.swap(noted_);
        }
        for (const std::string& what : noted) {
            console.warn(shown(what));
        }
    }

  private:
    std::mutex mutex_;
    std::vector<std::string> noted_;
};

}  // namespace aion::cli
