// SPDX-License-Identifier: MIT OR Apache-2.0
#include "system/hostile_files.hpp"

#include <algorithm>
#include <cstring>

#include "aion/crypto/hash.hpp"
#include "aion/format/file_image.hpp"

namespace aion::test {
namespace {

using format::FileImage;

Bytes finished(FileImage& image) {
    image.header().flags = format::flag_encrypted;
    image.finish();
    const ByteView bytes = image.bytes();
    return {bytes.begin(), bytes.end()};
}

}  // namespace

Bytes all_wrong(std::size_t versions) {
    FileImage image({.payload_size = 28,
                     .versions = versions,
                     .signatures = versions,
                     .audit = versions,
                     .strings_size = versions});
    std::ranges::fill(image.payload(), std::uint8_t{7});
    std::ranges::fill(image.strings(), std::uint8_t{0xff});
    std::uint64_t i = 0;
    for (format::VersionRecord& version : image.versions()) {
        std::memset(static_cast<void*>(&version), 0xa5, sizeof(version));
        version.message_offset = i++;
        version.message_length = 1;
    }
    for (format::SignatureRecord& signature : image.signatures()) {
        std::memset(static_cast<void*>(&signature), 0x5a, sizeof(signature));
    }
    std::uint64_t time = UINT64_MAX;
    for (format::AuditRecord& entry : image.audit()) {
        std::memset(static_cast<void*>(&entry), 0x3c, sizeof(entry));
        entry.timestamp = time--;
    }
    return finished(image);
}

Bytes overlapping_messages(std::size_t versions, std::size_t length) {
    FileImage image({.payload_size = 28,
                     .versions = versions,
                     .signatures = versions,
                     .audit = versions,
                     .strings_size = length + 1});
    std::ranges::fill(image.payload(), std::uint8_t{7});
    std::ranges::fill(image.strings().first(length), std::uint8_t{0x80});
    std::uint64_t number = 0;
    for (format::VersionRecord& version : image.versions()) {
        version.number = ++number;
        version.message_offset = 0;
        version.message_length = static_cast<std::uint32_t>(length);
    }
    return finished(image);
}

Bytes overlapping_sections(std::size_t size) {
    FileImage image(
        {.payload_size = 28, .versions = 1, .signatures = 1, .audit = 1, .strings_size = size});
    std::ranges::fill(image.payload(), std::uint8_t{7});
    std::ranges::fill(image.strings(), std::uint8_t{0xee});
    format::HeaderRecord& header = image.header();
    const std::uint64_t start = format::header_size;
    const std::uint64_t room = image.bytes().size() - start - format::integrity_size;
    header.versions.offset = start;
    header.versions.count = room / sizeof(format::VersionRecord);
    header.signatures.offset = start;
    header.signatures.count = room / sizeof(format::SignatureRecord);
    header.audit.offset = start;
    header.audit.count = room / sizeof(format::AuditRecord);
    header.strings.offset = start;
    header.strings.length = room;
    return finished(image);
}

Bytes signed_by_many(std::span<const PublicKey> keys, std::size_t uses) {
    const std::size_t versions = keys.size() * uses;
    FileImage image({.payload_size = 28,
                     .versions = versions,
                     .signatures = versions,
                     .audit = versions,
                     .strings_size = versions});
    std::ranges::fill(image.payload(), std::uint8_t{7});
    for (std::size_t i = 0; i < versions; ++i) {
        format::VersionRecord& version = image.versions()[i];
        version.number = i + 1;
        version.author = first_of_many + i % keys.size();
        version.message_offset = i;
        format::SignatureRecord& signature = image.signatures()[i];
        signature.author = version.author;
        signature.public_key = keys[i % keys.size()];
    }
    return finished(image);
}

}  // namespace aion::test
