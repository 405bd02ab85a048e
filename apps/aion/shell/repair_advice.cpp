// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/repair_advice.hpp"

#include <algorithm>
#include <array>

#include "shell/shell_word.hpp"

namespace aion::cli {

std::string advice_on_repair(const policy::VerificationReport& report, const std::string& file,
                             const std::string& registry) {
    using policy::Gate;
    using policy::GateState;
    constexpr std::array signed_gates{Gate::chain, Gate::payload, Gate::signatures};
    const bool holds = std::ranges::all_of(
        signed_gates, [&](Gate gate) { return report.state(gate) == GateState::passed; });
    if (report.is_valid() || !holds || report.state(Gate::pin) == GateState::failed ||
        file == "-") {
        return {};
    }
    return "Versions, signatures and payload hold, and the rest follows from them: aion repair " +
           shell_word(file) + (registry.empty() ? "" : " --registry " + shell_word(registry)) +
           " --output NEW_FILE";
}

}  // namespace aion::cli
