// SPDX-License-Identifier: MIT OR Apache-2.0
#include <utility>

#include "aion/archive/names.hpp"
#include "aion/base/bytes.hpp"
#include "aion/crypto/hash.hpp"

namespace aion::archive {
namespace {

bool is_in(const Shard& shard, std::string_view path) noexcept {
    const Hash hash = crypto::blake3(as_bytes(path));
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) {
        number |= std::uint64_t{hash.bytes[i]} << (8 * i);
    }
    return shard.count == 0 || number % shard.count + 1 == shard.index;
}

class NamesOfPart final : public Names {
  public:
    NamesOfPart(std::unique_ptr<Names> names, Shard shard)
        : names_(std::move(names)), shard_(shard) {}

    std::optional<Name> next() override {
        for (;;) {
            std::optional<Name> name = names_->next();
            if (!name) {
                return std::nullopt;
            }
            name->position = ++seen_;
            if (name->error || is_in(shard_, name->path.native())) {
                return name;
            }
        }
    }

    [[nodiscard]] std::optional<double> share_done() const noexcept override {
        return names_->share_done();
    }

  private:
    std::unique_ptr<Names> names_;
    Shard shard_;
    std::uint64_t seen_ = 0;
};

}  // namespace

std::unique_ptr<Names> part_of(std::unique_ptr<Names> names, Shard shard) {
    return std::make_unique<NamesOfPart>(std::move(names), shard);
}

}  // namespace aion::archive
