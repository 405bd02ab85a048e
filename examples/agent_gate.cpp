// SPDX-License-Identifier: MIT OR Apache-2.0
// A gate in front of an agent: every action that it proposes is decided by a policy, and without
// one that is VALID and newer than all before it, nothing is allowed.
//
//   agent_gate policy.aion registry.json gate.pins <actions
//
// An action a line comes in, a decision a line goes out. The policy is text whose lines `allow:
// NAME` say what is allowed. Unlike policy_gate.cpp, which keeps the last good policy in force
// whatever becomes of its file, this one opens the file for each action, and fails closed.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include "aion/aion.hpp"

namespace {

namespace policy = aion::policy;

struct Decision {
    bool allowed = false;
    std::string reason;
};

class AgentGate {
  public:
    AgentGate(std::filesystem::path file, std::filesystem::path registry, policy::PinStore& pins)
        : file_(std::move(file)), registry_(std::move(registry)) {
        options_.pin_store = &pins;
        options_.pin_base = std::filesystem::current_path();
        options_.key_cache = &keys_;
        options_.history_cache = &histories_;
    }

    // The one place that says yes: once, at its end.
    Decision decide(std::string_view action) {
        if (!is_name(action)) {
            return {false, "that is no action"};
        }
        const auto registry = aion::trust::Registry::load(env_, registry_);
        if (!registry) {
            return {false, "no registry: " + registry.error().full_message()};
        }
        const auto opened = policy::open_verified(env_, file_, *registry, options_);
        if (!opened) {
            return {false, "no policy: " + opened.error().message()};
        }
        const std::string version = "version " + to_string(opened->version());
        if (!lists(opened->text(), action)) {
            return {false, version + " does not list it"};
        }
        return {true, version + " lists it"};
    }

  private:
    // What an agent proposes may be any bytes: what is none of these is compared and shown nowhere.
    static bool is_name(std::string_view text) {
        return !text.empty() && text.size() <= 64 &&
               std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    }

    static bool lists(std::string_view policy, std::string_view action) {
        while (!policy.empty()) {
            const std::string_view line = policy.substr(0, policy.find('\n'));
            if (line.starts_with("allow: ") && line.substr(7) == action) {
                return true;
            }
            policy.remove_prefix(std::min(line.size() + 1, policy.size()));
        }
        return false;
    }

    aion::Env& env_ = aion::Env::system();
    std::filesystem::path file_;
    std::filesystem::path registry_;
    aion::crypto::KeyCache keys_;     // What is known makes the next look cheap,
    policy::HistoryCache histories_;  // and decides nothing.
    policy::VerifyOptions options_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: agent_gate FILE REGISTRY PINS <ACTIONS\n";
        return 2;
    }
    const auto pins = aion::archive::open_pin_file(aion::Env::system(), argv[3]);
    if (!pins) {
        std::cerr << pins.error().full_message() << '\n';
        return 1;
    }
    AgentGate gate(argv[1], argv[2], **pins);
    for (std::string action; std::getline(std::cin, action);) {
        const Decision decision = gate.decide(action);
        std::cout << (decision.allowed ? "ALLOW " : "DENY ") << decision.reason << std::endl;
    }
    return 0;
}
