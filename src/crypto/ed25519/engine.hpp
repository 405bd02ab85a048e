// SPDX-License-Identifier: MIT OR Apache-2.0
// Verifying with one path: base tables, single signatures, batches.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>

#include "aion/crypto/ed25519_verify.hpp"
#include "crypto/ed25519/key_table.hpp"
#include "crypto/ed25519/path.hpp"

namespace aion::crypto::ed25519 {

/// One for each path; thread-safe. Tests and benchmarks take them by name,
/// everything else uses the active one through aion/crypto/ed25519_verify.hpp.
class Engine {
  public:
    explicit Engine(const Path& path) : path_(path) {}

    /// The engine of a supported path. Lives for ever.
    [[nodiscard]] static Engine& of(CpuPath path);

    [[nodiscard]] bool is_valid_public_key(const PublicKey& key) const;
    [[nodiscard]] std::size_t find_invalid_public_key(std::span<const PublicKey> keys,
                                                      unsigned threads) const;
    [[nodiscard]] bool verify(const VerifyItem& item, KeyCache* cache);
    void verify_batch(std::span<const VerifyItem> items, std::span<std::uint8_t> verdicts,
                      const VerifyOptions& options);

    [[nodiscard]] const Path& path() const noexcept { return path_; }

    /// Multiples of the base point for a call that checks `count` signatures. The constant table
    /// serves until so many were checked that building a wider one pays.
    [[nodiscard]] Table base(std::size_t count);
    /// Width of the table that a key with so many uses deserves; 0 for none.
    [[nodiscard]] unsigned width_for(std::size_t uses) const noexcept;

    /// What there is of a key, or is to be built.
    struct FoundTable {
        std::shared_ptr<const KeyTable> table;  ///< Of -A, out of the cache; or null.
        unsigned missing_width = 0;             ///< Of the table that is to be built; 0 for none.
    };

    /// Counts `uses` more uses of a key in the cache, if any, and looks there.
    [[nodiscard]] FoundTable find_table(const PublicKey& key, std::size_t uses,
                                        KeyCache* cache) const;
    /// Builds the table of -A and offers it to the cache, if any; null when A is no point.
    [[nodiscard]] std::shared_ptr<const KeyTable> build_table(const PublicKey& key, unsigned width,
                                                              KeyCache* cache) const;

  private:
    const Path& path_;
    std::atomic<std::size_t> checked_{0};
    std::mutex building_;
    std::shared_ptr<const KeyTable> wide_base_;
    std::atomic<const KeyTable*> ready_{nullptr};
};

/// A job of an item that names a signature, under `key`, which is a private copy of the key it
/// names and stays in place as long as the job. False when it breaks rules 1 or 3 (encodings and
/// S).
[[nodiscard]] bool make_job(const VerifyItem& item, const PublicKey& key, Job& job) noexcept;

}  // namespace aion::crypto::ed25519
