// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/format/file_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "aion/base/hex.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "format/details.hpp"
#include "format/sections.hpp"

namespace aion::format {

namespace {

bool header_is_sound(const HeaderRecord& header) noexcept;
std::optional<Section> first_stray_section(const HeaderRecord& header, std::size_t size) noexcept;

// The success path of `parse` is a dozen comparisons; all that allocates stays out of line.
[[gnu::cold, gnu::noinline]] Error too_small_for_header(std::size_t size);
[[gnu::cold, gnu::noinline]] Error too_small_for_hash(std::size_t size);
[[gnu::cold, gnu::noinline]] Error header_error(const HeaderRecord& header);
[[gnu::cold, gnu::noinline]] Error section_error(const HeaderRecord& header, Section section,
                                                 std::uint64_t size);
[[gnu::cold, gnu::noinline]] Error not_in_memory(Section section);
[[gnu::cold, gnu::noinline]] Error index_error(std::string_view what, std::uint64_t index,
                                               std::uint64_t count);

/// The bytes of a section, if they are in memory.
Result<ByteView> bytes_of(const FileView& view, Section section) {
    AION_TRY_ASSIGN(const Extent extent, view.extent(section));
    if (!view.file().has(extent)) [[unlikely]] {
        return fail(not_in_memory(section));
    }
    return view.file().slice(extent);
}

/// The record `index` of a section of `count` records, in bounds and with nothing else read.
template <class Record>
Result<const Record*> record_at(const FileView& view, Section section, std::string_view what,
                                std::uint64_t index, std::uint64_t count) {
    if (index >= count) {
        return fail(index_error(what, index, count));
    }
    AION_TRY_ASSIGN(const ByteView bytes, bytes_of(view, section));
    return &overlay<Record>(bytes)[index];
}

constexpr NameTable section_names(std::to_array<Named<Section>>({
                                      {Section::payload, "encrypted rules"},
                                      {Section::versions, "version chain"},
                                      {Section::signatures, "signatures"},
                                      {Section::audit, "audit trail"},
                                      {Section::strings, "string table"},
                                  }),
                                  Naming::other_words);

/// All records of a section.
template <class Record>
Result<std::span<const Record>> records_of(const FileView& view, Section section) {
    AION_TRY_ASSIGN(const ByteView bytes, bytes_of(view, section));
    return overlay<Record>(bytes);
}

}  // namespace

std::string_view name_of(Section section) noexcept {
    return section_names.name(section);
}

Result<FileView> FileView::parse(const FileBytes& file, Bounds bounds) {
    if (file.stored().size() < header_size) [[unlikely]] {
        return fail(too_small_for_header(file.stored().size()));
    }
    const HeaderRecord& header = overlay<HeaderRecord>(file.stored()).front();
    if (!header_is_sound(header)) [[unlikely]] {
        return fail(header_error(header));
    }
    if (bounds == Bounds::every_section) {
        if (file.size() < smallest_file) [[unlikely]] {
            return fail(too_small_for_hash(file.size()));
        }
        if (const auto stray = first_stray_section(header, file.size())) [[unlikely]] {
            return fail(section_error(header, *stray, file.size()));
        }
    }
    return FileView(file, &header);
}

Result<Extent> FileView::extent(Section section) const {
    const Extent extent = declared_extent(*header_, section);
    if (!lies_within(extent, 0, file_.size())) [[unlikely]] {
        return fail(section_error(*header_, section, file_.size()));
    }
    return extent;
}

Result<ByteView> FileView::payload() const {
    return bytes_of(*this, Section::payload);
}

Result<std::span<const VersionRecord>> FileView::versions() const {
    return records_of<VersionRecord>(*this, Section::versions);
}

Result<std::span<const SignatureRecord>> FileView::signatures() const {
    return records_of<SignatureRecord>(*this, Section::signatures);
}

Result<std::span<const AuditRecord>> FileView::audit() const {
    return records_of<AuditRecord>(*this, Section::audit);
}

Result<ByteView> FileView::strings() const {
    return bytes_of(*this, Section::strings);
}

Result<const VersionRecord*> FileView::version_at(std::uint64_t index) const {
    AION_TRY_ASSIGN(
        const VersionRecord* record,
        record_at<VersionRecord>(*this, Section::versions, "Version", index, version_count()));
    if (!reserved_is_zero(*record)) {
        return fail(invalid<FormatDetail::record_reserved_bytes>("VersionEntry"));
    }
    return record;
}

Result<const SignatureRecord*> FileView::signature_at(std::uint64_t index) const {
    AION_TRY_ASSIGN(const SignatureRecord* record,
                    record_at<SignatureRecord>(*this, Section::signatures, "Signature", index,
                                               signature_count()));
    if (!reserved_is_zero(*record)) {
        return fail(invalid<FormatDetail::record_reserved_bytes>("SignatureEntry"));
    }
    return record;
}

Result<const AuditRecord*> FileView::audit_at(std::uint64_t index) const {
    AION_TRY_ASSIGN(const AuditRecord* record,
                    record_at<AuditRecord>(*this, Section::audit, "Audit", index, audit_count()));
    AION_TRY(action_of(*record));
    if (!reserved_is_zero(*record)) {
        return fail(invalid<FormatDetail::record_reserved_bytes>("AuditEntry"));
    }
    return record;
}

Result<const VersionRecord*> FileView::version(VersionNumber number) const {
    const auto missing = [number] { return fail(missing_version(number)); };
    if (number < genesis_version || number.value > version_count()) {
        return missing();
    }
    AION_TRY_ASSIGN(const VersionRecord* record, version_at(number.value - 1));
    if (record->number != number.value) {  // nobody has verified the chain
        return missing();
    }
    return record;
}

std::string_view FileView::message(const VersionRecord& version) const noexcept {
    const Extent table = declared_extent(*header_, Section::strings);
    const Extent text = {version.message_offset, version.message_length};
    if (!lies_within(table, 0, file_.size()) || !file_.has(table) ||
        !lies_within(text, 0, table.length)) {
        return {};
    }
    return as_text(slice(file_.slice(table), text));
}

Result<Hash> FileView::integrity_hash() const {
    if (file_.size() < smallest_file) {
        return fail(too_small_for_hash(file_.size()));
    }
    Hash stored;
    std::ranges::copy(file_.stored().last<integrity_size>(), stored.bytes.begin());
    return stored;
}

Result<> FileView::check_integrity(crypto::Parallelism parallelism) const {
    AION_TRY_ASSIGN(const Hash stored, integrity_hash());
    if (!file_.is_whole()) {
        return fail(not_in_memory(Section::payload));
    }
    const ByteView whole = file_.stored();
    const Hash computed = crypto::blake3(whole.first(whole.size() - integrity_size), parallelism);
    if (stored != computed) {
        return fail(corrupted_file(stored, computed));
    }
    return {};
}

namespace {

bool flags_are_known(std::uint16_t flags) noexcept {
    return (flags & ~flag_encrypted) == 0;
}

bool header_is_sound(const HeaderRecord& header) noexcept {
    return header.magic == magic && header.version == format_version &&
           flags_are_known(header.flags) && all_zero(header.reserved);
}

// The first section that is not between header and trailing hash.
std::optional<Section> first_stray_section(const HeaderRecord& header, std::size_t size) noexcept {
    for (const Section section : all_sections) {
        if (!lies_within(declared_extent(header, section), header_size, size - integrity_size)) {
            return section;
        }
    }
    return std::nullopt;
}

Error too_small_for_header(std::size_t size) {
    return invalid<FormatDetail::file_too_small>(size, header_size);
}

Error too_small_for_hash(std::size_t size) {
    return invalid<FormatDetail::file_without_hash>(size);
}

// docs/file-format.md#checking-the-header, 2 to 5: the first that applies.
Error header_error(const HeaderRecord& header) {
    if (header.magic != magic) {
        const auto& found = header.magic;
        return invalid<FormatDetail::header_bad_magic>(found[0], found[1], found[2], found[3]);
    }
    if (header.version != format_version) {
        return unsupported_version(header.version, "2");
    }
    if (!flags_are_known(header.flags)) {
        return invalid<FormatDetail::header_reserved_flags>(std::uint16_t{header.flags});
    }
    return invalid<FormatDetail::header_reserved_bytes>();
}

// In the reference's words, which has none for an audit count that overflows.
Error section_error(const HeaderRecord& header, Section section, std::uint64_t size) {
    const auto [offset, length] = declared_extent(header, section);
    if (length == unbounded) {
        if (section == Section::versions) {
            return invalid<FormatDetail::section_size_overflow>("Version chain");
        }
        if (section == Section::signatures) {
            return invalid<FormatDetail::section_size_overflow>("Signatures");
        }
        if (section == Section::audit) {
            return invalid<FormatDetail::section_size_overflow>("Audit trail");
        }
    }
    if (length > unbounded - offset) {
        return invalid<FormatDetail::section_end_overflow>(name_of(section));
    }
    return invalid<FormatDetail::section_out_of_bounds>(name_of(section), offset, length, size);
}

Error not_in_memory(Section section) {
    return invalid<FormatDetail::section_not_in_memory>(name_of(section));
}

Error index_error(std::string_view what, std::uint64_t index, std::uint64_t count) {
    return invalid<FormatDetail::index_out_of_bounds>(what, index, count);
}

}  // namespace

}  // namespace aion::format
