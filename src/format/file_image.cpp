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

/// The records at `offset` of a buffer, for writing.
template <class Record>
std::span<Record> records_in(std::uint8_t* buffer, std::uint64_t offset,
                             std::uint64_t count) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): a struct of byte arrays.
    return {reinterpret_cast<Record*>(buffer + offset), count};
}

}  // namespace

std::uint64_t Layout::file_size() const noexcept {
    return saturating_add(section_ends(*this).back(), integrity_size);
}

// A layout beyond 64 bits asks for 2^64-1 bytes, which is `std::bad_alloc` like any other file that
// does not fit.
FileImage::FileImage(const Layout& layout)
    : layout_(layout), size_(layout.file_size()), buffer_(make_buffer(size_)) {
    header() = initial_header(layout);
    // The payload may be gigabytes and is written next, so it is not cleared first.
    const std::span<std::uint8_t> file(buffer_.get(), size_);
    std::ranges::fill(file.subspan(header_size + payload().size()), std::uint8_t{0});
}

HeaderRecord& FileImage::header() noexcept {
    return records_in<HeaderRecord>(buffer_.get(), 0, 1).front();
}

MutableByteView FileImage::payload() noexcept {
    return {buffer_.get() + header_size, layout_.payload_size};
}

std::span<VersionRecord> FileImage::versions() noexcept {
    return records_in<VersionRecord>(buffer_.get(), section_ends(layout_)[0], layout_.versions);
}

std::span<SignatureRecord> FileImage::signatures() noexcept {
    return records_in<SignatureRecord>(buffer_.get(), section_ends(layout_)[1], layout_.signatures);
}

std::span<AuditRecord> FileImage::audit() noexcept {
    return records_in<AuditRecord>(buffer_.get(), section_ends(layout_)[2], layout_.audit);
}

MutableByteView FileImage::strings() noexcept {
    return {buffer_.get() + section_ends(layout_)[3], layout_.strings_size};
}

void FileImage::finish(crypto::Parallelism parallelism) {
    const std::size_t hashed = size_ - integrity_size;
    const Hash hash = crypto::blake3({buffer_.get(), hashed}, parallelism);
    std::ranges::copy(hash.bytes, buffer_.get() + hashed);
}

}  // namespace aion::format
