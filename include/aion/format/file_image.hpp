// SPDX-License-Identifier: MIT OR Apache-2.0
// Writing a format v2 file: the same content always gives the same bytes
// (docs/file-format.md#writing-a-file).
#pragma once

#include <cstdint>
#include <span>

#include "aion/base/buffer.hpp"
#include "aion/base/bytes.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/format/file_view.hpp"
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
///
/// A payload that is too large to be held is not part of the image: it passes by, between `before`
/// and `behind` it, and whoever lets it pass has both hashed.
class FileImage {
  public:
    enum class Payload : std::uint8_t { held, passes_by };

    explicit FileImage(const Layout& layout, Payload payload = Payload::held);

    [[nodiscard]] HeaderRecord& header() noexcept;
    /// Empty if it passes by.
    [[nodiscard]] MutableByteView payload() noexcept;
    [[nodiscard]] std::span<VersionRecord> versions() noexcept;
    [[nodiscard]] std::span<SignatureRecord> signatures() noexcept;
    [[nodiscard]] std::span<AuditRecord> audit() noexcept;
    [[nodiscard]] MutableByteView strings() noexcept;

    /// Computes the trailing hash over everything before it. Call again after any later change.
    void finish(crypto::Parallelism parallelism = crypto::Parallelism::one_thread);

    /// The same where the payload passes by: `hasher` was given the header and then the payload.
    void finish(crypto::Blake3 hasher, crypto::Parallelism parallelism);

    /// The whole file, or all of it but a payload that passes by; valid as long as this object.
    [[nodiscard]] ByteView bytes() const noexcept { return {buffer_.get(), stored_}; }

    /// The header.
    [[nodiscard]] ByteView before_payload() const noexcept { return bytes().first(header_size); }

    /// Records, strings and trailing hash.
    [[nodiscard]] ByteView behind_payload() const noexcept { return bytes().subspan(behind_); }

    /// For those who look at it as at any other file.
    [[nodiscard]] FileBytes file_bytes() const noexcept;

  private:
    [[nodiscard]] std::uint8_t* section(std::size_t number) noexcept;
    void set_hash(const Hash& hash) noexcept;

    Layout layout_;
    std::size_t behind_;  ///< Where in the buffer what is behind the payload begins.
    std::size_t stored_;  ///< Bytes of the buffer.
    Buffer buffer_;
};

}  // namespace aion::format
