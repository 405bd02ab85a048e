// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/file_map.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace aion::proof {

std::string_view name_of(Part part) noexcept {
    constexpr auto names = std::to_array<std::string_view>({"magic",
                                                            "format version",
                                                            "flags",
                                                            "file id",
                                                            "current version",
                                                            "root hash",
                                                            "current hash",
                                                            "created",
                                                            "modified",
                                                            "section offset",
                                                            "section size",
                                                            "header reserved",
                                                            "payload",
                                                            "version number",
                                                            "version parent",
                                                            "version rules hash",
                                                            "version author",
                                                            "version time",
                                                            "version message offset",
                                                            "version message length",
                                                            "version reserved",
                                                            "signature author",
                                                            "signature key",
                                                            "signature value",
                                                            "signature reserved",
                                                            "audit time",
                                                            "audit author",
                                                            "audit action",
                                                            "audit details",
                                                            "audit previous",
                                                            "audit reserved",
                                                            "message text",
                                                            "message end",
                                                            "trailing hash"});
    static_assert(names.size() == static_cast<std::size_t>(Part::trailing_hash) + 1);
    return names.at(static_cast<std::size_t>(part));
}

std::uint64_t number_at(ByteView file, std::size_t offset, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) {
        value = value << 8U | file[offset + i];
    }
    return value;
}

void put_number(Bytes& file, std::size_t offset, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        file[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
}

namespace {

constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();

}  // namespace

FileMap::FileMap(ByteView genuine) : owner_(genuine.size(), nobody) {
    for (std::size_t i = 0; i < section_count; ++i) {
        starts_[i] = number_at(genuine, section_field(i));
    }
    starts_[section_count] = genuine.size() - hash_size;
    count_ = number_at(genuine, section_field(1) + 8);
    add_header();
    add(Part::payload, starts_[0], starts_[1] - starts_[0]);
    add_records();
    add_messages(genuine);
    add(Part::trailing_hash, hash(), hash_size);
    if (std::ranges::find(owner_, nobody) != owner_.end()) {
        throw std::logic_error("bytes that no field has");
    }
}

void FileMap::add(Part part, std::size_t offset, std::size_t size, std::size_t index) {
    for (std::size_t i = offset; i < offset + size; ++i) {
        if (owner_.at(i) != nobody) {
            throw std::logic_error("bytes that two fields have");
        }
        owner_[i] = fields_.size();
    }
    fields_.push_back({part, offset, size, index});
}

void FileMap::add_header() {
    add(Part::magic, 0, 4);
    add(Part::format_version, 4, 2);
    add(Part::flags, 6, 2);
    add(Part::file_id, 8, 8);
    add(Part::current_version, 16, 8);
    add(Part::root_hash, 24, 32);
    add(Part::current_hash, 56, 32);
    add(Part::created, 88, 8);
    add(Part::modified, 96, 8);
    for (std::size_t i = 0; i < section_count; ++i) {
        add(Part::section_offset, section_field(i), 8, i);
        add(Part::section_size, section_field(i) + 8, 8, i);
    }
    add(Part::header_reserved, 184, 72);
}

void FileMap::add_records() {
    for (std::size_t i = 0; i < count_; ++i) {
        const std::size_t at = version(i);
        add(Part::version_number, at, 8, i);
        add(Part::version_parent, at + 8, 32, i);
        add(Part::version_rules_hash, at + 40, 32, i);
        add(Part::version_author, at + 72, 8, i);
        add(Part::version_time, at + 80, 8, i);
        add(Part::version_message_offset, at + 88, 8, i);
        add(Part::version_message_length, at + 96, 4, i);
        add(Part::version_reserved, at + 100, 52, i);
    }
    for (std::size_t i = 0; i < count_; ++i) {
        const std::size_t at = signature(i);
        add(Part::signature_author, at, 8, i);
        add(Part::signature_key, at + 8, 32, i);
        add(Part::signature_value, at + 40, 64, i);
        add(Part::signature_reserved, at + 104, 8, i);
    }
    for (std::size_t i = 0; i < count_; ++i) {
        const std::size_t at = audit(i);
        add(Part::audit_time, at, 8, i);
        add(Part::audit_author, at + 8, 8, i);
        add(Part::audit_action, at + 16, 2, i);
        add(Part::audit_reserved, at + 18, 6, i);
        add(Part::audit_details, at + 24, 8, i);
        add(Part::audit_details, at + 32, 4, i);
        add(Part::audit_reserved, at + 36, 4, i);
        add(Part::audit_previous, at + 40, 32, i);
        add(Part::audit_reserved, at + 72, 8, i);
    }
}

void FileMap::add_messages(ByteView file) {
    for (std::size_t i = 0; i < count_; ++i) {
        const std::size_t at = strings() + number_at(file, version(i) + 88);
        const std::size_t length = number_at(file, version(i) + 96, 4);
        if (length != 0) {
            add(Part::message_text, at, length, i);
        }
        add(Part::message_end, at + length, 1, i);
    }
}

}  // namespace aion::proof
