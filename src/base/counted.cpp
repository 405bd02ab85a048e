// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/counted.hpp"

namespace aion {

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t from_end = 3; from_end < digits.size(); from_end += 4) {
        digits.insert(digits.size() - from_end, 1, ',');
    }
    return digits;
}

std::string counted(std::uint64_t count, std::string_view thing, Digits digits) {
    std::string text = digits == Digits::grouped ? grouped(count) : std::to_string(count);
    text += ' ';
    text += thing;
    return count == 1 ? text : text + 's';
}

}  // namespace aion
