// SPDX-License-Identifier: MIT OR Apache-2.0
#include <utility>
#include <vector>

#include "aion/archive/names.hpp"
#include "archive/walk.hpp"

namespace aion::archive {
namespace {

class ScannedNames final : public Names {
  public:
    ScannedNames(Env& env, std::span<const std::filesystem::path> operands, ScanOptions options)
        : walk_(env, std::move(options)), operands_(operands.begin(), operands.end()) {}

    std::optional<Name> next() override {
        for (;;) {
            if (auto name = walk_.next()) {
                return name;
            }
            if (begun_ == operands_.size()) {
                walk_.set_share_done(1);
                return std::nullopt;
            }
            walk_.begin(operands_[begun_].string(), Walk::Operand::name_or_pattern,
                        Share().part(begun_, operands_.size()));
            ++begun_;
        }
    }

    [[nodiscard]] std::optional<double> share_done() const noexcept override {
        return walk_.share_done();
    }

  private:
    Walk walk_;
    std::vector<std::filesystem::path> operands_;
    std::size_t begun_ = 0;
};

}  // namespace

std::unique_ptr<Names> scan(Env& env, std::span<const std::filesystem::path> operands,
                            ScanOptions options) {
    return std::make_unique<ScannedNames>(env, operands, std::move(options));
}

}  // namespace aion::archive
