// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/access_list.hpp"

#include <algorithm>

namespace aion {
namespace {

// linux/posix_acl.h and linux/posix_acl_xattr.h
constexpr std::uint32_t version = 2;
constexpr std::size_t header_size = 4;
constexpr std::size_t entry_size = 8;

constexpr std::uint16_t owner_tag = 0x01;
constexpr std::uint16_t user_tag = 0x02;
constexpr std::uint16_t group_tag = 0x04;
constexpr std::uint16_t named_group_tag = 0x08;
constexpr std::uint16_t mask_tag = 0x10;
constexpr std::uint16_t others_tag = 0x20;

constexpr std::uint16_t everything = 07;

template <class Number>
Number little_endian(ByteView bytes) noexcept {
    Number value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        value = static_cast<Number>(value | (static_cast<Number>(bytes[i]) << (8 * i)));
    }
    return value;
}

template <class Number>
void append(Bytes& out, Number value) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

}  // namespace

std::optional<AccessList> AccessList::parse(ByteView attribute) {
    if (attribute.size() < header_size || (attribute.size() - header_size) % entry_size != 0 ||
        little_endian<std::uint32_t>(attribute) != version) {
        return std::nullopt;
    }
    AccessList list;
    std::uint32_t seen = 0;
    for (ByteView rest = attribute.subspan(header_size); !rest.empty();
         rest = rest.subspan(entry_size)) {
        const Entry entry{.tag = little_endian<std::uint16_t>(rest),
                          .permissions = little_endian<std::uint16_t>(rest.subspan(2)),
                          .id = little_endian<std::uint32_t>(rest.subspan(4))};
        const bool is_named = entry.tag == user_tag || entry.tag == named_group_tag;
        const bool is_single = entry.tag == owner_tag || entry.tag == group_tag ||
                               entry.tag == mask_tag || entry.tag == others_tag;
        if ((!is_named && !is_single) || (is_single && (seen & entry.tag) != 0) ||
            entry.permissions > everything) {
            return std::nullopt;
        }
        seen |= entry.tag;
        list.entries_.push_back(entry);
    }
    constexpr std::uint32_t needed = owner_tag | group_tag | others_tag;
    return (seen & needed) == needed ? std::optional(std::move(list)) : std::nullopt;
}

Bytes AccessList::to_attribute() const {
    Bytes out;
    append(out, version);
    for (const Entry& entry : entries_) {
        append(out, entry.tag);
        append(out, entry.permissions);
        append(out, entry.id);
    }
    return out;
}

std::uint16_t AccessList::permissions_of(std::uint16_t tag) const noexcept {
    const auto found = std::ranges::find(entries_, tag, &Entry::tag);
    return found == entries_.end() ? everything : found->permissions;
}

std::uint16_t AccessList::mask() const noexcept {
    return permissions_of(mask_tag);
}

std::uint16_t AccessList::least_of(std::uint16_t tag) const noexcept {
    std::uint16_t least = everything;
    for (const Entry& entry : entries_) {
        if (entry.tag == tag) {
            least = static_cast<std::uint16_t>(least & entry.permissions & mask());
        }
    }
    return least;
}

std::uint32_t AccessList::mode_without_list() const noexcept {
    const std::uint32_t users = least_of(user_tag);
    const std::uint32_t group = permissions_of(group_tag) & mask() & users;
    const std::uint32_t others = permissions_of(others_tag) & users & least_of(named_group_tag);
    const std::uint32_t owner = permissions_of(owner_tag);
    return owner << 6U | group << 3U | others;
}

AccessList AccessList::for_another_group() const {
    const auto shared =
        static_cast<std::uint16_t>(permissions_of(group_tag) & mask() & permissions_of(others_tag));
    AccessList changed = *this;
    for (Entry& entry : changed.entries_) {
        if (entry.tag == group_tag) {
            entry.permissions = static_cast<std::uint16_t>(shared & least_of(named_group_tag));
        } else if (entry.tag == others_tag) {
            entry.permissions = shared;
        }
    }
    return changed;
}

}  // namespace aion
