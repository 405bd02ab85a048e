// SPDX-License-Identifier: MIT OR Apache-2.0
// Writing a format v2 file: the same content always gives the same bytes
// (docs/file-format.md#writing-a-file).
#pragma once

#include <cstdint>
#include <span>

#include "aion/base/buffer.hpp"
#include "aion/base/bytes.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/format/records.hpp"

namespace aion::format {

/// How much of everything a file holds; determines where each section lies.
struct Layout {
    std::uint64_t payload_size = 0;  ///< Bytes of the sealed payload section.
    std::uint64_t versions = 0;      ///< Records.
    std::uint64_t signatures = 0;    ///< Records.
    std::uint64_t audit = 0;         ///< Records.
    std::uint64_t strings_size = 0;  ///< Bytes of the string table.

    /// Bytes of the finished file, header and trailing hash included; 2^64-1 if it would be more.
    [[nodiscard]] std::uint64_t file_size() const noexcept;
};

/// A file under construction, in one buffer laid out once: sections are written in place (the
/// payload is encrypted straight into it), so building a file copies nothing twice.
///
/// Fill every section, then call `finish`, then write `bytes()` out. The header starts with magic,
/// version, offsets, lengths and counts set and every other field zero; record sections and the
/// string table start zeroed; the payload section starts unspecified and must be filled.
class FileImage {
  public:
    explicit FileImage(const Layout& layout);

    [[nodiscard]] HeaderRecord& header() noexcept;
    [[nodiscard]] MutableByteView payload() noexcept;
    [[nodiscard]] std::span<VersionRecord> versions() noexcept;
    [[nodiscard]] std::span<SignatureRecord> signatures() noexcept;
    [[nodiscard]] std::span<AuditRecord> audit() noexcept;
    [[nodiscard]] MutableByteView strings() noexcept;

    /// Computes the trailing hash over everything before it. Call again after any later change.
    void finish(crypto::Parallelism parallelism = crypto::Parallelism::one_thread);

    /// The whole file; valid as long as this object.
    [[nodiscard]] ByteView bytes() const noexcept { return {buffer_.get(), size_}; }

  private:
    Layout layout_;
    std::size_t size_;
    Buffer buffer_;
};

}  // namespace aion::format
