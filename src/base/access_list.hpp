// SPDX-License-Identifier: MIT OR Apache-2.0
// POSIX access lists as the kernel hands them out in `system.posix_acl_access`: what they become
// when they cannot be kept as they are. See acl(5).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "aion/base/bytes.hpp"

namespace aion {

/// Where a file has a list, the group bits of its mode are the mask: the most that anybody but the
/// owner and the others may do, and nothing that the owning group need have.
class AccessList {
  public:
    /// Reads the attribute's value: a header of 4 bytes with version 2, then entries of 8 bytes,
    /// little-endian. Nothing for any other version or length, an unknown or repeated kind of
    /// entry, or one of owner, group and others missing.
    [[nodiscard]] static std::optional<AccessList> parse(ByteView attribute);

    /// The attribute's value.
    [[nodiscard]] Bytes to_attribute() const;

    /// Permission bits for a file without the list, under which nobody may do more than under it:
    /// whoever an entry named may now be one of the group or of the others.
    [[nodiscard]] std::uint32_t mode_without_list() const noexcept;

    /// The list for a file that gets another owning group: its members may have been others, and
    /// the old group's become others.
    [[nodiscard]] AccessList for_another_group() const;

  private:
    struct Entry {
        std::uint16_t tag = 0;
        std::uint16_t permissions = 0;  // as one octal digit of a mode
        std::uint32_t id = 0;
    };

    /// What all named users, or groups, may do, the mask considered; 7 when there is none.
    [[nodiscard]] std::uint16_t least_of(std::uint16_t tag) const noexcept;
    [[nodiscard]] std::uint16_t permissions_of(std::uint16_t tag) const noexcept;
    [[nodiscard]] std::uint16_t mask() const noexcept;

    std::vector<Entry> entries_;
};

}  // namespace aion
