// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/format/file_image.hpp"

#include <algorithm>
#include <array>

#include "format/sections.hpp"

namespace aion::format {

namespace {

constexpr std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) noexcept {
    return a > unbounded - b ? unbounded : a + b;
}

/// Where each section ends, in canonical order, sums saturating.
std::array<std::uint64_t, 5> section_ends(const Layout& layout) noexcept {
    const std::array<std::uint64_t, 5> lengths = {
        layout.payload_size,
        records_length(layout.versions, version_record_size),
        records_length(layout.signatures, signature_record_size),
        records_length(layout.audit, audit_record_size),
        layout.strings_size,
    };
    std::array<std::uint64_t, 5> ends{};
    std::uint64_t end = header_size;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        end = saturating_add(end, lengths[i]);
        ends[i] = end;
    }
    return ends;
}

HeaderRecord initial_header(const Layout& layout) noexcept {
    const auto ends = section_ends(layout);
    HeaderRecord header{};
    header.magic = magic;
    header.version = format_version;
    header.payload = {header_size, layout.payload_size};
    header.versions = {ends[0], layout.versions};
    header.signatures = {ends[1], layout.signatures};
    header.audit = {ends[2], layout.audit};
    header.strings = {ends[3], layout.strings_size};
    return header;
}

/// The records at `bytes`, for writing.
template <class Record>
std::span<Record> records_in(std::uint8_t* bytes, std::uint64_t count) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): a struct of byte arrays.
    return {reinterpret_cast<Record*>(bytes), count};
}

}  // namespace

std::uint64_t Layout::file_size() const noexcept {
    return saturating_add(section_ends(*this).back(), integrity_size);
}

// A layout beyond 64 bits asks for 2^64-1 bytes, which is `std::bad_alloc` like any other file that
// does not fit.
FileImage::FileImage(const Layout& layout, Payload payload)
    : layout_(layout),
      behind_(payload == Payload::held ? section_ends(layout)[0] : header_size),
      stored_(layout.file_size() - (section_ends(layout)[0] - behind_)),
      buffer_(make_buffer(stored_)) {
    header() = initial_header(layout);
    // The payload may be gigabytes and is written next, so it is not cleared first.
    const std::span<std::uint8_t> file(buffer_.get(), stored_);
    std::ranges::fill(file.subspan(behind_), std::uint8_t{0});
}

HeaderRecord& FileImage::header() noexcept {
    return records_in<HeaderRecord>(buffer_.get(), 1).front();
}

MutableByteView FileImage::payload() noexcept {
    return {buffer_.get() + header_size, behind_ - header_size};
}

std::span<VersionRecord> FileImage::versions() noexcept {
    return records_in<VersionRecord>(section(0), layout_.versions);
}

std::span<SignatureRecord> FileImage::signatures() noexcept {
    return records_in<SignatureRecord>(section(1), layout_.signatures);
}

std::span<AuditRecord> FileImage::audit() noexcept {
    return records_in<AuditRecord>(section(2), layout_.audit);
}

MutableByteView FileImage::strings() noexcept {
    return {section(3), layout_.strings_size};
}

FileBytes FileImage::file_bytes() const noexcept {
    const std::uint64_t passes_by = layout_.payload_size - (behind_ - header_size);
    return passes_by == 0 ? FileBytes(bytes()) : FileBytes(bytes(), {header_size, passes_by});
}

// The first behind the payload has number 0.
std::uint8_t* FileImage::section(std::size_t number) noexcept {
    const auto ends = section_ends(layout_);
    return buffer_.get() + behind_ + (ends[number] - ends[0]);
}

void FileImage::finish(crypto::Parallelism parallelism) {
    set_hash(crypto::blake3(bytes().first(stored_ - integrity_size), parallelism));
}

void FileImage::finish(crypto::Blake3 hasher, crypto::Parallelism parallelism) {
    const ByteView behind = behind_payload();
    hasher.update(behind.first(behind.size() - integrity_size), parallelism);
    set_hash(hasher.digest());
}

void FileImage::set_hash(const Hash& hash) noexcept {
    std::ranges::copy(hash.bytes, buffer_.get() + (stored_ - integrity_size));
}

}  // namespace aion::format
