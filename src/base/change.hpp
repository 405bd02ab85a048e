// SPDX-License-Identifier: MIT OR Apache-2.0
// A change to files, as seen by whoever may ask it to stop.
#pragma once

#include <cstdint>
#include <filesystem>

#include "aion/base/interrupt.hpp"

namespace aion {

/// Under way from construction to destruction. Changes may be inside each other: the outer one of
/// two says that between the inner ones something is half done.
class Change {
  public:
    /// One that only finishes another cannot be asked to stop, and does not count as done.
    enum class Kind : std::uint8_t { of_its_own, finishes_another };

    explicit Change(Env& env, Kind kind = Kind::of_its_own) noexcept
        : interrupt_(env.interrupt()), kind_(kind) {
        if (interrupt_ != nullptr) {
            ++interrupt_->under_way_;
        }
    }

    ~Change() {
        if (interrupt_ == nullptr) {
            return;
        }
        interrupt_->written_ -= written_;
        interrupt_->to_write_ -= to_write_;
        --interrupt_->under_way_;
    }

    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;
    Change(Change&&) = delete;
    Change& operator=(Change&&) = delete;

    /// To be asked while nothing is done that would stay. Error: `interrupted`.
    [[nodiscard]] Result<> may_go_on(const std::filesystem::path& path) const {
        if (interrupt_ == nullptr || kind_ == Kind::finishes_another || !interrupt_->requested()) {
            return {};
        }
        return fail(error_at_path(ErrorCode::interrupted, path.string()));
    }

    void will_write(std::uint64_t bytes) noexcept {
        if (interrupt_ != nullptr) {
            to_write_ += bytes;
            interrupt_->to_write_ += bytes;
        }
    }

    void wrote(std::uint64_t bytes) noexcept {
        if (interrupt_ != nullptr) {
            written_ += bytes;
            interrupt_->written_ += bytes;
        }
    }

    /// It is done, and stays.
    void done() noexcept {
        if (interrupt_ != nullptr && kind_ == Kind::of_its_own) {
            ++interrupt_->done_;
        }
    }

  private:
    Interrupt* interrupt_;
    Kind kind_;
    std::uint64_t to_write_ = 0;
    std::uint64_t written_ = 0;
};

}  // namespace aion
