// SPDX-License-Identifier: MIT OR Apache-2.0
#include <fmt/format.h>

#include "aion/version.hpp"

int main() {
    fmt::print("aion {}\n", aion::version_string);
    return 0;
}
