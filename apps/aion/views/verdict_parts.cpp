// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/verdict_parts.hpp"

#include <fmt/format.h>

namespace aion::cli {

std::string profile_suffix(policy::Profile profile) {
    return profile == policy::Profile::strict ? std::string()
                                              : fmt::format(" ({} profile)", name_of(profile));
}

std::string place_text(std::optional<VersionNumber> version, std::optional<std::uint64_t> offset) {
    std::string place;
    if (version) {
        place = "version " + to_string(*version);
    }
    if (offset) {
        place += fmt::format("{}offset {}", place.empty() ? "" : ", ", *offset);
    }
    return place.empty() ? place : " (" + place + ")";
}

}  // namespace aion::cli
