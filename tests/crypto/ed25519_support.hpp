// SPDX-License-Identifier: MIT OR Apache-2.0
// What the tests of signature verification share: keys, signed messages, every path.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "crypto/ed25519/cpu.hpp"
#include "crypto/ed25519/engine.hpp"

namespace aion::crypto::test {

/// A message with its key and signature.
struct Signed {
    Bytes message;
    PublicKey key;
    Signature signature;

    [[nodiscard]] VerifyItem item() const { return {{message}, &key, &signature}; }
};

/// A key made from a number.
class TestKey {
  public:
    explicit TestKey(std::uint64_t number);
    [[nodiscard]] Signed sign(Bytes message) const;

    [[nodiscard]] const PublicKey& public_key() const { return public_key_; }

  private:
    std::array<std::uint8_t, 32> seed_{};
    PublicKey public_key_;
};

/// `count` valid signatures, message i of author i mod `keys`, of `size` bytes.
[[nodiscard]] std::vector<Signed> signed_messages(std::size_t count, std::size_t keys,
                                                  std::size_t size = 128);

[[nodiscard]] std::vector<VerifyItem> items_of(const std::vector<Signed>& all);

/// libsodium's verdict, which follows the same strict rule.
[[nodiscard]] bool sodium_accepts(const Signed& given);
/// OpenSSL's verdict, which allows more: see ed25519_differential_test.cpp.
[[nodiscard]] bool openssl_accepts(const Signed& given);

/// Runs a test once for each path that this machine supports.
class EveryPath : public testing::TestWithParam<CpuPath> {
  protected:
    void SetUp() override {
        if (!ed25519::is_supported(GetParam())) {
            GTEST_SKIP() << "this CPU has no " << name_of(GetParam());
        }
    }

    [[nodiscard]] static ed25519::Engine& engine() { return ed25519::Engine::of(GetParam()); }

    [[nodiscard]] static std::vector<std::uint8_t> run(const std::vector<VerifyItem>& items,
                                                       const VerifyOptions& options = {}) {
        std::vector<std::uint8_t> verdicts(items.size(), 9);
        engine().verify_batch(items, verdicts, options);
        return verdicts;
    }
};

inline auto every_path() {
    return testing::Values(CpuPath::portable, CpuPath::avx2, CpuPath::avx512ifma);
}

inline std::string path_of_test(const testing::TestParamInfo<CpuPath>& info) {
    return std::string(name_of(info.param));
}

}  // namespace aion::crypto::test
