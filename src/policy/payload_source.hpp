// SPDX-License-Identifier: MIT OR Apache-2.0
// The payload of a new version, for as long as it is needed: hashed when it is taken in, and read
// again when it is sealed.
#pragma once

#include <cstdint>
#include <memory>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/policy/commit.hpp"

namespace aion::policy {

/// Whose the payload is.
enum class Ownership : std::uint8_t {
    callers,  ///< Borrowed, unless it is a small file, which is read at once.
    ours,     ///< Copied, a large file to one without a name.
};

/// A payload in memory, or in a file that may have changed when it is read again.
class PayloadSource {
  public:
    /// An empty payload.
    PayloadSource() = default;

    explicit PayloadSource(ByteView borrowed) noexcept : bytes_(borrowed) {}

    explicit PayloadSource(Bytes owned) noexcept : owned_(std::move(owned)), bytes_(owned_) {}

    explicit PayloadSource(ReadableFile& borrowed) noexcept : file_(&borrowed) {}

    explicit PayloadSource(std::unique_ptr<ReadableFile> owned) noexcept
        : owned_file_(std::move(owned)), file_(owned_file_.get()) {}

    [[nodiscard]] std::uint64_t size() const noexcept {
        return file_ == nullptr ? bytes_.size() : file_->info().size;
    }

    [[nodiscard]] bool is_in_memory() const noexcept { return file_ == nullptr; }

    /// Of a payload in memory.
    [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }

    /// The bytes from `offset` on, as many as `room` has; they stay in memory where they are, and
    /// are read into `room` otherwise. Errors: as `ReadableFile::read_at`.
    [[nodiscard]] Result<ByteView> read(std::uint64_t offset, MutableByteView room) const;

    /// Why a file is not what it was when it was taken in.
    [[nodiscard]] Error changed() const;

  private:
    Bytes owned_;  // moving a vector leaves its bytes where they are
    ByteView bytes_;
    std::unique_ptr<ReadableFile> owned_file_;
    ReadableFile* file_ = nullptr;
};

/// A payload that was read once.
struct TakenIn {
    PayloadSource source;
    Hash hash;  ///< BLAKE3 of what was read.
};

/// Reads and hashes `payload`, in as many threads as `threads` allows (0: as many as are useful).
/// Errors: `encryption_failed` for one that is too long to be sealed; `file_read_error`,
/// `file_changed`; those of `Spool`.
[[nodiscard]] Result<TakenIn> take_in(Env& env, const Payload& payload, Ownership ownership,
                                      unsigned threads);

}  // namespace aion::policy
