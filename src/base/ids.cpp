// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/ids.hpp"

#include "aion/base/hex.hpp"

namespace aion {

std::string to_string(FileId id) {
    return "0x" + to_hex(id.value);
}

std::string to_string(AuthorId id) {
    return std::to_string(id.value);
}

std::string to_string(VersionNumber number) {
    return std::to_string(number.value);
}

std::string to_string(Epoch epoch) {
    return std::to_string(epoch.value);
}

}  // namespace aion
