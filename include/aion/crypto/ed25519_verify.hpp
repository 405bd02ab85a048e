// SPDX-License-Identifier: MIT OR Apache-2.0
// Verifying Ed25519 signatures (RFC 8032), one or many, under one strict rule.
//
// The rule, the same on every path of the engine, single or batch, cached or not:
//
//   1. A and R are canonical encodings (RFC 8032 section 5.1.3, y < p, no negative zero), and
//      neither is a point of small order (order 1, 2, 4 or 8);
//   2. A decodes to a point of the curve;
//   3. S < L, the order of the base point (RFC 8032 section 5.1.7);
//   4. [S]B - [k]A encodes to exactly the bytes of R, with k = SHA-512(R || A || M) mod L:
//      the equation without the cofactor.
//
// It accepts what libsodium's default build and dalek's `verify_strict` accept. Everything here
// is public data: the functions run in variable time and must not be given secrets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"

namespace aion::crypto {

namespace ed25519 {
class Engine;
}  // namespace ed25519

class KeyCache;

/// A message in up to three pieces that are hashed one after the other without being copied
/// together, e.g. a domain string and a record inside a file. Unused pieces stay empty.
using MessageParts = std::array<ByteView, 3>;

/// One signature to check. Nothing is owned: what `message`, `key` and `signature` refer to must
/// stay in place during the call. No alignment is required, so the pointers may lead straight
/// into on-disk records. If their bytes change during the call, the verdict may be any, but memory
/// stays sound, and whatever a cache keeps is right: key and signature are copied first.
struct VerifyItem {
    MessageParts message{};
    const PublicKey* key = nullptr;        ///< Null makes the item invalid.
    const Signature* signature = nullptr;  ///< Null makes the item invalid.
};

/// How to run a batch.
struct VerifyOptions {
    /// Tables of keys to reuse and to extend; null works with tables of this call only.
    KeyCache* cache = nullptr;
    /// Threads to use at most. 0: the environment variable `AION_THREADS` if it holds a positive
    /// number, else one a core. Small batches use fewer, see docs/performance.md.
    unsigned threads = 0;
};

/// True when `signature` is valid for the concatenation of `message` under `key`.
/// Takes about 30 µs for a key seen for the first time; with a `cache` that has a table of the
/// key, about a third of that. `cache` (may be null) counts the use.
[[nodiscard]] bool verify(const PublicKey& key, const MessageParts& message,
                          const Signature& signature, KeyCache* cache = nullptr);

/// The same for a message in one piece.
[[nodiscard]] bool verify(const PublicKey& key, ByteView message, const Signature& signature,
                          KeyCache* cache = nullptr);

/// Checks every item: `verdicts[i]` becomes 1 when `items[i]` is valid, else 0. Items are
/// independent: any order of keys, repeated keys and items, invalid ones among valid ones; each
/// verdict is the one `verify` gives, and no invalid item hides another. Work is grouped by key
/// inside. The result does not depend on threads or scheduling.
///
/// `verdicts` must have the size of `items`; if it has not, all of it is set to 0 and nothing
/// is checked. May throw `std::bad_alloc`, nothing else; needs about 300 bytes an item besides
/// the tables of keys.
void verify_batch(std::span<const VerifyItem> items, std::span<std::uint8_t> verdicts,
                  const VerifyOptions& options = {});

/// The same, returning a verdict (1 or 0) an item.
[[nodiscard]] std::vector<std::uint8_t> verify_batch(std::span<const VerifyItem> items,
                                                     const VerifyOptions& options = {});

/// True when `key` is the canonical encoding of a point of the curve that is not of small order:
/// the rule's conditions on A. A registry must refuse any other key.
[[nodiscard]] bool is_valid_public_key(const PublicKey& key);

/// The index of the first of `keys` that is not valid, or their number where all are. Many cost a
/// fraction of what one by one they do: lanes, and from some hundreds on `threads` (as in
/// `VerifyOptions`).
[[nodiscard]] std::size_t find_invalid_public_key(std::span<const PublicKey> keys,
                                                  unsigned threads = 0);

/// Precomputed multiples of public keys, kept between calls. A key's table is built when its
/// number of uses makes that pay, is made wider when uses grow, and gives way to more useful
/// ones when the memory bound is reached. Thread-safe: any number of threads and calls may share
/// one cache. Verdicts never depend on what a cache holds.
class KeyCache {
  public:
    /// 64 MiB: about 120 keys in the widest form that is built by default.
    static constexpr std::size_t default_memory_bound = std::size_t{64} << 20U;

    /// A cache whose tables take at most `memory_bound` bytes together. A bound below the size
    /// of the smallest table (72 KiB) is legal and keeps nothing.
    explicit KeyCache(std::size_t memory_bound = default_memory_bound);
    ~KeyCache();
    KeyCache(KeyCache&&) noexcept;
    KeyCache& operator=(KeyCache&&) noexcept;
    KeyCache(const KeyCache&) = delete;
    KeyCache& operator=(const KeyCache&) = delete;

    /// Bytes of tables held now; never more than `memory_bound()`.
    [[nodiscard]] std::size_t memory_used() const noexcept;
    /// The bound given at construction, in bytes.
    [[nodiscard]] std::size_t memory_bound() const noexcept;
    /// Number of keys that have a table now.
    [[nodiscard]] std::size_t size() const noexcept;
    /// Forgets every table and every count. Calls in progress keep the tables they use.
    void clear() noexcept;

  private:
    friend class ed25519::Engine;
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// Instruction sets that the engine has code for, worst first.
enum class CpuPath : std::uint8_t {
    portable,    ///< One signature at a time, 64-bit integers.
    avx2,        ///< Four at a time.
    avx512ifma,  ///< Eight at a time (AVX-512 F, DQ, BW, VL, IFMA and BMI2).
};

/// The path this process uses: the best one that CPU and operating system support, or the one
/// that the environment variable `AION_CPU` (`portable`, `avx2`, `avx512ifma`) names, where
/// supported; any other value is ignored. Read once, at first use.
[[nodiscard]] CpuPath active_cpu_path() noexcept;

/// `portable`, `avx2` or `avx512ifma`.
[[nodiscard]] std::string_view name_of(CpuPath path) noexcept;

}  // namespace aion::crypto
