// SPDX-License-Identifier: MIT OR Apache-2.0
// Files to test the format layer with: those of docs/file-format.md#known-answers, and small
// ones that are laid out properly without being signed by anyone.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/hex.hpp"
#include "aion/format/file_image.hpp"
#include "aion/format/records.hpp"

namespace aion::test {

inline Bytes bytes_from(std::string_view hex) {
    return from_hex(hex).value();
}

template <class T>
T octets(std::string_view hex) {
    return octets_from_hex<T>(hex).value();
}

inline Bytes copy_of(ByteView view) {
    return {view.begin(), view.end()};
}

/// Overwrites bytes at `offset` of a file with a record or an integer.
template <class Value>
void poke(Bytes& file, std::size_t offset, const Value& value) {
    const ByteView bytes = format::bytes_of(value);
    std::memcpy(file.data() + offset, bytes.data(), bytes.size());
}

/// Byte offsets of header fields.
inline constexpr std::size_t field_payload = 104;
inline constexpr std::size_t field_versions = 120;
inline constexpr std::size_t field_signatures = 136;
inline constexpr std::size_t field_audit = 152;
inline constexpr std::size_t field_strings = 168;

/// A file with one version, signature and audit entry for each message, and five bytes of payload.
/// The payload starts at 256, versions at 261.
inline Bytes file_with_messages(const std::vector<std::string>& messages) {
    std::uint64_t strings_size = 0;
    for (const auto& message : messages) {
        strings_size += message.size() + 1;
    }
    const std::uint64_t n = messages.size();
    format::FileImage image({.payload_size = 5,
                             .versions = n,
                             .signatures = n,
                             .audit = n,
                             .strings_size = strings_size});
    std::memcpy(image.payload().data(), "12345", 5);
    std::size_t offset = 0;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        auto& version = image.versions()[i];
        version.number = i + 1;
        version.timestamp = 1000 + i;
        version.message_offset = offset;
        version.message_length = static_cast<std::uint32_t>(messages[i].size());
        std::memcpy(image.strings().data() + offset, messages[i].data(), messages[i].size());
        offset += messages[i].size() + 1;
        image.signatures()[i].author = 7;
        image.audit()[i].action = i == 0 ? 1 : 2;
    }
    image.header().current_version = n;
    image.finish();
    return copy_of(image.bytes());
}

/// docs/file-format.md#a-file-of-nothing.
Bytes golden_empty_file();
/// docs/file-format.md#version-1, assembled from its parts.
Bytes golden_genesis_file();
/// docs/file-format.md#version-2-on-top-of-it.
Bytes golden_second_file();

}  // namespace aion::test
