// SPDX-License-Identifier: MIT OR Apache-2.0
// Names on their way to whoever judges the files, counted for the line of progress.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "aion/archive/names.hpp"
#include "shell/progress.hpp"

namespace aion::cli {

/// Gives out what `names` gives. Both it and `progress` must live as long.
class WatchedNames final : public archive::Names {
  public:
    WatchedNames(archive::Names& names, Progress& progress) noexcept
        : names_(&names), progress_(&progress) {}

    [[nodiscard]] std::optional<archive::Name> next() override {
        auto name = names_->next();
        given_ += name ? 1U : 0U;
        progress_->found(given_, names_->share_done());
        return name;
    }

    [[nodiscard]] std::optional<double> share_done() const noexcept override {
        return names_->share_done();
    }

  private:
    archive::Names* names_;
    Progress* progress_;
    std::uint64_t given_ = 0;
};

}  // namespace aion::cli
