// SPDX-License-Identifier: MIT OR Apache-2.0
#include <optional>
#include <string>
#include <utility>

#include "aion/tlog/log_client.hpp"
#include "aion/tlog/log_store.hpp"
#include "base/try.hpp"
#include "tlog/log_folder.hpp"

namespace aion::tlog {
namespace {

class Folder final : public LogSource {
  public:
    Folder(Env& env, std::filesystem::path folder)
        : env_(&env), folder_(std::move(folder)), tiles_(open_tiles(env, folder_)) {}

    [[nodiscard]] Result<std::string> checkpoint() override {
        AION_TRY_ASSIGN(
            const auto content,
            env_->read(folder_ / "checkpoint", {.max_size = max_note_size, .regular_only = true}));
        return std::string(as_text(content->bytes()));
    }

    [[nodiscard]] TileSource& tiles() override { return *tiles_; }

    [[nodiscard]] Result<std::optional<std::string>> key_record(std::uint64_t number) override {
        return read_key_record(*env_, folder_, number);
    }

    [[nodiscard]] std::string shown() const override { return folder_.string(); }

  private:
    Env* env_;
    std::filesystem::path folder_;
    std::unique_ptr<TileSource> tiles_;
};

}  // namespace

std::unique_ptr<LogSource> log_in_folder(Env& env, std::filesystem::path folder) {
    return std::make_unique<Folder>(env, std::move(folder));
}

}  // namespace aion::tlog
