// SPDX-License-Identifier: MIT OR Apache-2.0
// A gate in front of an agent: every action that it proposes is decided by a policy, and without
// one that is VALID and newer than all before it, nothing is allowed.
//
//   agent_gate policy.aion registry.json gate.pins [RUNTIME KEYSTORE RECEIPTS] <actions
//
// An action a line comes in, a decision a line goes out. The policy is text whose lines `allow:
// NAME` say what is allowed. Unlike policy_gate.cpp, which keeps the last good policy in force
// whatever becomes of its file, this one opens the file for each action, and fails closed.
//
// With the key of author RUNTIME, in a keystore under the same number, each decision that a policy
// made leaves a receipt, a line of RECEIPTS, which `aion receipt verify` judges. What cannot be
// accounted for is denied.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aion/aion.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/release/receipt_issuer.hpp"

namespace {

namespace policy = aion::policy;
namespace release = aion::release;

struct Decision {
    bool allowed = false;
    std::string reason;
    /// Nothing: no policy decided it, so that a receipt would have nothing to refer to.
    std::optional<release::PolicyInForce> policy = {};
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
        const auto in_force = release::PolicyInForce::of(*opened);
        if (!lists(opened->text(), action)) {
            return {false, version + " does not list it", in_force};
        }
        return {true, version + " lists it", in_force};
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

// Receipts of decisions, each written before anybody acts on it.
class Accounts {
  public:
    Accounts(aion::crypto::SigningKey key, aion::AuthorId runtime,
             const std::filesystem::path& receipts)
        : key_(std::move(key)),
          issuer_(aion::Env::system(), key_,
                  {.runtime = runtime, .state = receipts.string() + ".next"}),
          receipts_(receipts, std::ios::app | std::ios::binary) {}

    bool record(const std::string& action, const Decision& decision) {
        if (!decision.policy) {
            return true;
        }
        const std::array facts = {release::DecisionFacts{
            .decision = decision.allowed ? release::Decision::allow : release::Decision::deny,
            .inputs = {
                release::receipt_input("action", aion::crypto::blake3(aion::as_bytes(action)))}}};
        const auto made = issuer_.issue(*decision.policy, facts);
        if (!made) {
            std::cerr << made.error().full_message() << '\n';
            return false;
        }
        receipts_ << to_json(made->front()) << '\n' << std::flush;
        return receipts_.good();
    }

  private:
    aion::crypto::SigningKey key_;
    release::ReceiptIssuer issuer_;
    std::ofstream receipts_;
};

std::unique_ptr<Accounts> open_accounts(char** words) {
    const aion::AuthorId runtime{std::stoull(words[0])};
    auto key = aion::trust::Keystore(aion::Env::system(), words[1])
                   .load(aion::trust::KeyId{runtime.value});
    if (!key) {
        std::cerr << key.error().full_message() << '\n';
        return nullptr;
    }
    return std::make_unique<Accounts>(*std::move(key), runtime, words[2]);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4 && argc != 7) {
        std::cerr << "usage: agent_gate FILE REGISTRY PINS [RUNTIME KEYSTORE RECEIPTS] <ACTIONS\n";
        return 2;
    }
    const auto pins = aion::archive::open_pin_file(aion::Env::system(), argv[3]);
    if (!pins) {
        std::cerr << pins.error().full_message() << '\n';
        return 1;
    }
    AgentGate gate(argv[1], argv[2], **pins);
    const auto accounts = argc == 7 ? open_accounts(argv + 4) : nullptr;
    if (argc == 7 && accounts == nullptr) {
        return 1;
    }
    for (std::string action; std::getline(std::cin, action);) {
        Decision decision = gate.decide(action);
        if (accounts != nullptr && !accounts->record(action, decision)) {
            decision = {false, "nobody would know of it"};
        }
        std::cout << (decision.allowed ? "ALLOW " : "DENY ") << decision.reason << '\n'
                  << std::flush;
    }
    return 0;
}
