// SPDX-License-Identifier: MIT OR Apache-2.0
// Releases from anywhere: each is refused, or read, written and read as the same, and judged
// without a registry that knows anybody, under which none is well.
#include <cstdint>
#include <string>

#include "aion/release/verdict.hpp"
#include "support/require.hpp"

namespace {

using aion::as_text;
using aion::ByteView;
using aion::fuzz::require;
using aion::policy::GateState;
using namespace aion::release;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bundle = bundle_from_json(as_text(ByteView(data, size)));
    if (!bundle) {
        return 0;
    }
    const auto again = bundle_from_json(to_json(*bundle));
    require(again.has_value() && *again == *bundle);
    const ReleaseReport report = judge_release(*bundle, {});
    require(!report.is_valid() && report.at(Gate::signer).state == GateState::failed);
    for (const GateResult& gate : report.gates) {
        require(gate.reason.empty() == (gate.state == GateState::passed));
    }
    return 0;
}
