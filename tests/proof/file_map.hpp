// SPDX-License-Identifier: MIT OR Apache-2.0
// Every byte of a genuine file by name, written from docs/file-format.md alone: no record type and
// no reader of the library is used, so that a wrong offset there cannot hide here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"

namespace aion::proof {

/// What a byte belongs to.
enum class Part : std::uint8_t {
    magic,
    format_version,
    flags,
    file_id,
    current_version,
    root_hash,
    current_hash,
    created,
    modified,
    section_offset,  ///< Index: which section, in file order.
    section_size,    ///< Length or count; index as above.
    header_reserved,
    payload,
    version_number,  ///< From here on, index: which version, from 0.
    version_parent,
    version_rules_hash,
    version_author,
    version_time,
    version_message_offset,
    version_message_length,
    version_reserved,
    signature_author,
    signature_key,
    signature_value,
    signature_reserved,
    audit_time,
    audit_author,
    audit_action,
    audit_details,
    audit_previous,
    audit_reserved,
    message_text,
    message_end,
    trailing_hash,
};

[[nodiscard]] std::string_view name_of(Part part) noexcept;

/// One field of the file.
struct Field {
    Part part{};
    std::size_t offset = 0;
    std::size_t size = 0;
    std::size_t index = 0;
};

inline constexpr std::size_t hash_size = 32;
inline constexpr std::size_t header_size = 256;
inline constexpr std::size_t version_size = 152;
inline constexpr std::size_t signature_size = 112;
inline constexpr std::size_t audit_size = 80;
inline constexpr std::size_t section_count = 5;
/// Bytes of one item of each section: payload, versions, signatures, audit, strings.
inline constexpr std::array<std::uint64_t, section_count> item_sizes = {
    1, version_size, signature_size, audit_size, 1};

/// Where the header says where a section lies; eight bytes later, how much it holds.
[[nodiscard]] constexpr std::size_t section_field(std::size_t section) noexcept {
    return 104 + 16 * section;
}

/// A little-endian number of up to eight bytes.
[[nodiscard]] std::uint64_t number_at(ByteView file, std::size_t offset, std::size_t size = 8);
void put_number(Bytes& file, std::size_t offset, std::uint64_t value, std::size_t size = 8);

class FileMap {
  public:
    explicit FileMap(ByteView genuine);

    /// All fields in file order; they tile the file.
    [[nodiscard]] const std::vector<Field>& fields() const noexcept { return fields_; }

    /// The field that a byte belongs to.
    [[nodiscard]] const Field& field_at(std::size_t offset) const noexcept {
        return fields_[owner_[offset]];
    }

    [[nodiscard]] std::size_t size() const noexcept { return owner_.size(); }

    [[nodiscard]] std::size_t hash() const noexcept { return size() - hash_size; }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }

    /// Where a section starts; `section(5)` is where the trailing hash does.
    [[nodiscard]] std::size_t section(std::size_t index) const noexcept { return starts_[index]; }

    [[nodiscard]] std::size_t version(std::size_t i) const noexcept {
        return starts_[1] + i * version_size;
    }

    [[nodiscard]] std::size_t signature(std::size_t i) const noexcept {
        return starts_[2] + i * signature_size;
    }

    [[nodiscard]] std::size_t audit(std::size_t i) const noexcept {
        return starts_[3] + i * audit_size;
    }

    [[nodiscard]] std::size_t strings() const noexcept { return starts_[4]; }

  private:
    void add(Part part, std::size_t offset, std::size_t size, std::size_t index = 0);
    void add_header();
    void add_records();
    void add_messages(ByteView file);

    std::vector<Field> fields_;
    std::vector<std::size_t> owner_;
    std::size_t count_ = 0;
    std::array<std::size_t, section_count + 1> starts_{};
};

}  // namespace aion::proof
