// SPDX-License-Identifier: MIT OR Apache-2.0
// A long-running gate: an agent's policy that follows its file, but only forwards.
//
//   policy_gate policy.aion registry.json gate.pins
//
// What is accepted must be VALID and must not go back behind what was accepted before, by earlier
// runs, too: gate.pins remembers. Anything else is refused, said once, and the last good policy
// stays in force. Before the first good one, nothing is allowed.
#include <filesystem>
#include <iostream>
#include <memory>
#include <stop_token>

#include "aion/aion.hpp"

namespace {

namespace policy = aion::policy;

using Policy = std::shared_ptr<const policy::VerifiedPayload>;

void say(const Policy& in_force) {
    if (in_force == nullptr) {
        std::cout << "in force: nothing, deny everything" << std::endl;
        return;
    }
    std::cout << "in force: version " << to_string(in_force->version()) << " by author "
              << to_string(in_force->author()) << ", " << in_force->bytes().size()
              << " bytes, head " << aion::to_hex(in_force->head()) << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: policy_gate FILE REGISTRY PINS\n";
        return 2;
    }
    auto& env = aion::Env::system();
    const auto pins = aion::archive::open_pin_file(env, argv[3]);
    if (!pins) {
        std::cerr << pins.error().full_message() << '\n';
        return 1;
    }
    Policy in_force;
    policy::PolicyGateOptions options;
    options.pin_base = std::filesystem::current_path();
    options.on_change = [&](const Policy& next) { say(in_force = next); };
    options.on_refusal = [&](const policy::Refusal& refusal) {
        std::cout << "REFUSED " << refusal.message() << std::endl;
        say(in_force);
    };
    policy::PolicyGate gate(env, argv[1], argv[2], **pins, options);
    gate.run(std::stop_token());  // a service runs this in a thread, and asks gate.current()
}
