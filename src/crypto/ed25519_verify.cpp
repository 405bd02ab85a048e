// SPDX-License-Identifier: MIT OR Apache-2.0
// Baseline over OpenSSL until the vector engine takes its place: same rule, same interface.
#include "aion/crypto/ed25519_verify.hpp"

#include <openssl/bn.h>
#include <openssl/evp.h>

#include <algorithm>
#include <atomic>

namespace aion::crypto {
namespace {

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* pointer) const noexcept {
        Free(pointer);
    }
};

using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using NumberContext = std::unique_ptr<BN_CTX, Deleter<BN_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;

Number number(const char* hex) {
    BIGNUM* raw = nullptr;
    BN_hex2bn(&raw, hex);
    return Number(raw);
}

const BIGNUM* prime() {
    static const Number p =
        number("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
    return p.get();
}

// y^2 = 1, 0, -1 are the points of order 1, 2 and 4; y^2 with d*y^4 + 2*y^2 - 1 = 0 those of 8.
bool is_small_order(const BIGNUM* y, BN_CTX* context) {
    const Number d = number("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
    const Number y2(BN_new());
    const Number t(BN_new());
    BN_mod_sqr(y2.get(), y, prime(), context);
    if (BN_is_zero(y2.get()) || BN_is_one(y2.get())) {
        return true;
    }
    BN_mod_mul(t.get(), d.get(), y2.get(), prime(), context);
    BN_add_word(t.get(), 2);
    BN_mod_mul(t.get(), t.get(), y2.get(), prime(), context);
    return BN_is_one(t.get()) != 0;
}

// Canonical, not of small order and, if `decode`, on the curve: x^2 = (y^2 - 1) / (d*y^2 + 1)
// has a root exactly when numerator times denominator is a square (RFC 8032 section 5.1.3).
bool is_strict_point(std::span<const std::uint8_t, 32> encoding, bool decode) {
    std::array<std::uint8_t, 32> bytes{};
    std::ranges::copy(encoding, bytes.begin());
    bytes[31] &= 0x7fU;
    const NumberContext context(BN_CTX_new());
    const Number y(BN_lebin2bn(bytes.data(), 32, nullptr));
    if (BN_cmp(y.get(), prime()) >= 0 || is_small_order(y.get(), context.get())) {
        return false;
    }
    if (!decode) {
        return true;
    }
    const Number d = number("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
    const Number u(BN_new());
    const Number v(BN_new());
    BN_mod_sqr(u.get(), y.get(), prime(), context.get());
    BN_mod_mul(v.get(), d.get(), u.get(), prime(), context.get());
    BN_add_word(v.get(), 1);
    BN_sub_word(u.get(), 1);
    BN_mod_mul(u.get(), u.get(), v.get(), prime(), context.get());
    return BN_kronecker(u.get(), prime(), context.get()) == 1;
}

bool is_reduced_scalar(std::span<const std::uint8_t, 32> s) {
    static const Number order =
        number("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
    const Number value(BN_lebin2bn(s.data(), 32, nullptr));
    return BN_cmp(value.get(), order.get()) < 0;
}

}  // namespace

class KeyCache::Impl {
  public:
    explicit Impl(std::size_t memory_bound) : bound(memory_bound) {}

    std::size_t bound;
};

KeyCache::KeyCache(std::size_t memory_bound) : impl_(std::make_unique<Impl>(memory_bound)) {}

KeyCache::~KeyCache() = default;
KeyCache::KeyCache(KeyCache&&) noexcept = default;
KeyCache& KeyCache::operator=(KeyCache&&) noexcept = default;

std::size_t KeyCache::memory_used() const noexcept {
    return 0;
}

std::size_t KeyCache::memory_bound() const noexcept {
    return impl_ ? impl_->bound : 0;
}

std::size_t KeyCache::size() const noexcept {
    return 0;
}

void KeyCache::clear() noexcept {}

bool is_valid_public_key(const PublicKey& key) {
    return is_strict_point(key.view(), true);
}

bool verify(const PublicKey& key, const MessageParts& message, const Signature& signature,
            KeyCache* /*cache*/) {
    const auto bytes = signature.view();
    if (!is_reduced_scalar(bytes.subspan<32, 32>()) ||
        !is_strict_point(bytes.subspan<0, 32>(), false) || !is_valid_public_key(key)) {
        return false;
    }
    Bytes whole;
    for (const ByteView part : message) {
        whole.insert(whole.end(), part.begin(), part.end());
    }
    const Key handle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), 32));
    const DigestContext context(EVP_MD_CTX_new());
    return handle && context &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes.data(), 64, whole.data(), whole.size()) == 1;
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature, KeyCache* cache) {
    return verify(key, MessageParts{message}, signature, cache);
}

void verify_batch(std::span<const VerifyItem> items, std::span<std::uint8_t> verdicts,
                  const VerifyOptions& options) {
    std::ranges::fill(verdicts, std::uint8_t{0});
    if (items.size() != verdicts.size()) {
        return;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        const VerifyItem& item = items[i];
        const bool valid = item.key != nullptr && item.signature != nullptr &&
                           verify(*item.key, item.message, *item.signature, options.cache);
        verdicts[i] = valid ? 1 : 0;
    }
}

std::vector<std::uint8_t> verify_batch(std::span<const VerifyItem> items,
                                       const VerifyOptions& options) {
    std::vector<std::uint8_t> verdicts(items.size());
    verify_batch(items, verdicts, options);
    return verdicts;
}

CpuPath active_cpu_path() noexcept {
    return CpuPath::portable;
}

std::string_view cpu_path_name(CpuPath path) noexcept {
    switch (path) {
        case CpuPath::avx2:
            return "avx2";
        case CpuPath::avx512ifma:
            return "avx512ifma";
        case CpuPath::portable:
            break;
    }
    return "portable";
}

}  // namespace aion::crypto
