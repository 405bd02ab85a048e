// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/twins.hpp"

#include <string>

#include "aion/base/bytes.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/utf8.hpp"

namespace aion {

Twins& Twins::time(std::string_view name, Timestamp time) {
    return number(name, time).add(name, "_rfc3339", rfc3339(time));
}

Twins& Twins::path(std::string_view name, std::string_view path) {
    out_.member(name, path);
    return find_utf8_fault(path) ? add(name, "_bytes", to_hex(as_bytes(path))) : *this;
}

Twins& Twins::path_unless_empty(std::string_view name, std::string_view path) {
    if (path.empty()) {
        out_.member(name, nullptr);
        return *this;
    }
    return this->path(name, path);
}

void Twins::write() {
    std::string name;
    for (const Member& member : later_) {
        name.assign(member.name).append(member.ending);
        out_.member(name, member.value);
    }
    later_.clear();
}

}  // namespace aion
