// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading a format v2 file in place: nothing is copied, nothing is touched before it is checked.
// A view says what is in a file, not whether any of it is genuine: that is policy::verify.
//
/// Example: the last of many versions, without a look at the others.
///
///     #include "aion/base/env.hpp"
///
///     const auto content = Env::system().read("policy.aion", {});
///     if (!content) {
///         return fail(content.error());
///     }
///     const auto view = format::FileView::parse((*content)->bytes());
///     if (!view) {
///         return fail(view.error());
///     }
///     const auto last = view->version_at(view->version_count() - 1);
///     if (!last) {
///         return fail(last.error());
///     }
///     std::cout << (*last)->number << " by " << (*last)->author << '\n';  // 2 by 1001
///     std::cout << "saying " << view->message(**last) << '\n';           // saying Second
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "aion/base/result.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/format/records.hpp"

namespace aion::format {

/// The five sections between header and trailing hash, in canonical order.
enum class Section : std::uint8_t { payload, versions, signatures, audit, strings };

/// `encrypted rules`, `version chain`, `signatures`, `audit trail`, `string table`: the names
/// that error texts use, which are the reference's.
[[nodiscard]] std::string_view name_of(Section section) noexcept;

/// Where a section lies: `[offset, offset + length)` within the file.
struct Extent {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;  ///< Bytes.
};

/// What is in memory of a file: all of it, or all but one range that no reader looks into, such as
/// a payload too large to be held. Borrows; cheap to copy.
class FileBytes {
  public:
    /// All of a file.
    explicit FileBytes(ByteView whole) noexcept
        : stored_(whole), size_(whole.size()), absent_{whole.size(), 0} {}

    /// A file without `absent`: `stored` is what lies before it, then what lies behind it.
    /// `absent.offset` must not be beyond the end of `stored`.
    FileBytes(ByteView stored, Extent absent) noexcept
        : stored_(stored), size_(stored.size() + absent.length), absent_(absent) {}

    /// Of the file, in bytes.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// Whether nothing is absent.
    [[nodiscard]] bool is_whole() const noexcept { return absent_.length == 0; }

    /// The range that is not in memory; empty when all is.
    [[nodiscard]] Extent absent() const noexcept { return absent_; }

    /// What is in memory, in the file's order.
    [[nodiscard]] ByteView stored() const noexcept { return stored_; }

    /// Whether all of `extent`, which lies inside the file, is in memory, in one piece.
    [[nodiscard]] bool has(Extent extent) const noexcept {
        return extent.offset + extent.length <= absent_.offset ||
               extent.offset >= absent_.offset + absent_.length;
    }

    /// The bytes of `extent`, for which `has` is true.
    [[nodiscard]] ByteView slice(Extent extent) const noexcept {
        const bool before = extent.offset + extent.length <= absent_.offset;
        return stored_.subspan(extent.offset - (before ? 0 : absent_.length), extent.length);
    }

    /// The offset in the file of something in memory.
    [[nodiscard]] std::uint64_t offset_of(const void* inside) const noexcept {
        const auto* const byte = static_cast<const std::uint8_t*>(inside);
        const auto place = static_cast<std::uint64_t>(byte - stored_.data());
        return place < absent_.offset ? place : place + absent_.length;
    }

  private:
    ByteView stored_;
    std::uint64_t size_;
    Extent absent_;
};

/// A view of one `.aion` file. Borrows the bytes given to `parse`; cheap to copy; all functions
/// are total and safe to call from several threads. Offsets and counts from the file are checked
/// against its length before they are used; nothing is allocated by size of a count. A check holds
/// as long as the bytes stay as they are: to judge a file, look at a copy that nobody can change.
class FileView {
  public:
    /// How much `parse` insists on.
    enum class Bounds : std::uint8_t {
        every_section,  ///< All five sections must lie inside the file.
        as_used,        ///< Only the header is checked; each accessor checks its own section.
    };

    /// Checks the header (docs/file-format.md#checking-the-header, in that order) and, by default,
    /// that there is room for the trailing hash and every section lies between header and hash,
    /// with no count or offset overflowing. Errors: `invalid_format`, `unsupported_version`. Time
    /// does not depend on the file's size.
    [[nodiscard]] static Result<FileView> parse(const FileBytes& file,
                                                Bounds bounds = Bounds::every_section);

    [[nodiscard]] static Result<FileView> parse(ByteView file,
                                                Bounds bounds = Bounds::every_section) {
        return parse(FileBytes(file), bounds);
    }

    [[nodiscard]] const HeaderRecord& header() const noexcept { return *header_; }

    [[nodiscard]] const FileBytes& file() const noexcept { return file_; }

    [[nodiscard]] FileId file_id() const noexcept { return {header_->file_id}; }

    /// Declared counts; with `Bounds::every_section` that many records are really there.
    [[nodiscard]] std::uint64_t version_count() const noexcept { return header_->versions.count; }

    [[nodiscard]] std::uint64_t signature_count() const noexcept {
        return header_->signatures.count;
    }

    [[nodiscard]] std::uint64_t audit_count() const noexcept { return header_->audit.count; }

    /// Where a section lies by the header. The audit trail is as long as its count says, unlike
    /// in the reference, where it reaches to wherever the string table starts.
    /// Error: `invalid_format` when it does not lie inside the file or its size overflows.
    [[nodiscard]] Result<Extent> extent(Section section) const;

    /// Whole sections in place. Errors: as `extent`, and `invalid_format` for one that is not in
    /// memory.
    [[nodiscard]] Result<ByteView> payload() const;
    [[nodiscard]] Result<std::span<const VersionRecord>> versions() const;
    [[nodiscard]] Result<std::span<const SignatureRecord>> signatures() const;
    [[nodiscard]] Result<std::span<const AuditRecord>> audit() const;
    [[nodiscard]] Result<ByteView> strings() const;

    /// One record by index from 0, reading nothing else of the section. The reserved bytes must
    /// be zero. Errors: `invalid_format` (index, bounds, reserved bytes), for audit records also
    /// `invalid_action_code`.
    [[nodiscard]] Result<const VersionRecord*> version_at(std::uint64_t index) const;
    [[nodiscard]] Result<const SignatureRecord*> signature_at(std::uint64_t index) const;
    [[nodiscard]] Result<const AuditRecord*> audit_at(std::uint64_t index) const;

    /// One version by number, 1 being the genesis, reading only that record. Errors:
    /// `missing_version` (also when the record in that place carries another number), and as
    /// `version_at`.
    [[nodiscard]] Result<const VersionRecord*> version(VersionNumber number) const;

    /// The commit message of a version: its slice of the string table if that is in bounds, else
    /// empty; not necessarily UTF-8 (docs/file-format.md#strings). Format v2 does not sign it.
    [[nodiscard]] std::string_view message(const VersionRecord& version) const noexcept;

    /// The stored trailing hash: the last 32 bytes. Error: `invalid_format` when the file has
    /// fewer than 288 bytes, that is no room for header and hash.
    [[nodiscard]] Result<Hash> integrity_hash() const;

    /// Compares the trailing hash with the bytes before it; reads the whole file.
    /// Errors: `corrupted_file` (expected: stored, actual: computed), `invalid_format` for a file
    /// that is not in memory as a whole, and as `integrity_hash`.
    [[nodiscard]] Result<> check_integrity(
        crypto::Parallelism parallelism = crypto::Parallelism::one_thread) const;

    /// The offset in the file of something inside it, e.g. `offset_of(&view.header().flags)`.
    [[nodiscard]] std::uint64_t offset_of(const void* inside) const noexcept {
        return file_.offset_of(inside);
    }

  private:
    FileView(const FileBytes& file, const HeaderRecord* header) noexcept
        : file_(file), header_(header) {}

    FileBytes file_;
    const HeaderRecord* header_;
};

}  // namespace aion::format
