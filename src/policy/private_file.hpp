// SPDX-License-Identifier: MIT OR Apache-2.0
// What is judged is private. Header, records and string table are copied before anything looks at
// them; a large payload, or what belongs to nothing, stays where it is and is read once, by whoever
// hashes it and, if it is the payload, opens it at the same time. The gates take nothing but this,
// so no gate can look at memory that another process may change.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "aion/base/buffer.hpp"
#include "aion/base/env.hpp"
#include "aion/format/file_image.hpp"
#include "aion/format/file_view.hpp"

namespace aion::policy {

/// A payload of at least this many bytes is judged without being held.
inline constexpr std::uint64_t streamed_payload_size = std::uint64_t{4} << 20U;

/// What of a file is held in memory.
enum class Hold : std::uint8_t {
    records,     ///< All but the payload, or whatever else is not looked at, if that is so long.
    everything,  ///< Also that.
};

/// One file, as much of it as decides, in memory that nobody else can change. Moves, and what
/// `bytes` returned stays valid.
class PrivateFile {
  public:
    /// A file that was built here; borrows `image`. A payload that passed by is not to be read.
    explicit PrivateFile(const format::FileImage& image);

    /// Copies what decides out of the caller's memory, where the payload may stay and must be
    /// readable as long as this object.
    [[nodiscard]] static PrivateFile copy_of(ByteView file, Hold hold);

    /// Reads what decides of `file`, from its start to its end. Where that is all of it, the file
    /// is closed. Errors: as `ReadableFile::read_at`, and `file_changed`.
    [[nodiscard]] static Result<PrivateFile> copy_of(std::unique_ptr<ReadableFile> file, Hold hold);

    /// The same of what `path` names, opened once. Errors: also those of `Env::open`.
    [[nodiscard]] static Result<PrivateFile> open(Env& env, const std::filesystem::path& path,
                                                  Hold hold);

    /// Of what file this is, as it was when it was opened; nothing if it was in memory.
    [[nodiscard]] std::optional<FileInfo::Identity> identity() const noexcept { return identity_; }

    [[nodiscard]] const format::FileBytes& bytes() const noexcept { return bytes_; }

    /// Copies absent bytes at `offset` of the file to `out`. To be called once for each byte.
    /// When they cannot be read, `out` becomes zeros, which cannot pass for a payload, and
    /// `finish` says why.
    void read_absent(std::uint64_t offset, MutableByteView out);

    /// `seen` is shown the absent bytes as they are read. Null: nobody is.
    void watch_absent(std::function<void(ByteView)> seen) { seen_ = std::move(seen); }

    /// To be called once, when all was read: nothing absent can be read behind it, and a file is
    /// closed. Errors: the first of `read_absent`; `file_changed` when
    /// size or time changed meanwhile, which explains why a file did not hold together.
    [[nodiscard]] Result<> finish();

    /// After `finish`, for whoever keeps what is held, and no descriptor: nothing absent is to be
    /// read any more.
    void close() noexcept { file_.reset(); }

  private:
    PrivateFile() : bytes_(ByteView{}) {}

    struct Copied;
    using Fill = std::function<Result<>(std::uint64_t offset, MutableByteView out)>;

    [[nodiscard]] static Result<Copied> copy(std::uint64_t size, Hold hold, const Fill& fill);
    void hold(Copied copied) noexcept;

    Buffer buffer_;
    format::FileBytes bytes_;
    // Where the absent bytes are: in the caller's memory, or in a file.
    ByteView callers_;
    std::unique_ptr<ReadableFile> file_;
    std::optional<FileInfo::Identity> identity_;
    std::optional<Error> failure_;
    std::function<void(ByteView)> seen_;
};

}  // namespace aion::policy
