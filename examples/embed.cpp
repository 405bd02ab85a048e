// SPDX-License-Identifier: MIT OR Apache-2.0
// The gate in ten lines: print a policy only if it is VALID.
//
//   embed policy.aion registry.json
#include <iostream>

#include "aion/aion.hpp"

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: embed FILE REGISTRY\n";
        return 2;
    }
    auto& env = aion::Env::system();
    const auto registry = aion::trust::Registry::load(env, argv[2]);
    if (!registry) {
        std::cerr << registry.error().full_message() << '\n';
        return 1;
    }
    const auto policy = aion::policy::open_verified(env, argv[1], *registry);
    if (!policy) {
        std::cerr << policy.error().message() << '\n';
        return 1;
    }
    std::cout << policy->text();
    return 0;
}
