// SPDX-License-Identifier: MIT OR Apache-2.0
// What starting another program takes.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

namespace aion::test {

/// Throws what errno says unless a system call, `what`, went well.
inline void check(bool good, const char* what) {
    if (!good) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

/// `words` as execve takes them, which must outlive the result.
inline std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    for (std::string& word : words) {
        result.push_back(word.data());
    }
    result.push_back(nullptr);
    return result;
}

}  // namespace aion::test
