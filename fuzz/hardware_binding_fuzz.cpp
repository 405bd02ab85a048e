// SPDX-License-Identifier: MIT OR Apache-2.0
// Any text as a binding to hardware: it is refused, or it writes and reads the same; and none
// counts that the master key did not sign.
#include <cstdint>

#include "aion/attest/hardware.hpp"
#include "support/require.hpp"

namespace {

using aion::fuzz::require;
using namespace aion::attest;

// docs/registry.md#known-answers; nothing here uses the private half of the master key.
aion::trust::Registry pinned() {
    return *aion::trust::Registry::from_json(R"({"version":1,"authors":[{"author_id":50001,
        "master_key":"0EqyMnQrtKs6E2i9RhXk5tAiSrcaAWuvhSCjMsl3hzc=","epochs":[{"epoch":0,
        "public_key":"oJql9HpnWYAv+VX43C0qFKXJnSO+l/hkEn/5ODRVpPA=","active_from_version":0}]}]})");
}

class NeverAsked final : public EvidenceVerifier {
  public:
    [[nodiscard]] bool knows(EvidenceKind /*kind*/) const noexcept override { return true; }

    [[nodiscard]] aion::Result<> verify(const Evidence& /*evidence*/,
                                        const aion::PublicKey& /*expected*/) override {
        require(false);
        return {};
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto binding = hardware_binding_from_json(aion::as_text({data, size}));
    if (!binding) {
        require(!binding.error().full_message().empty());
        return 0;
    }
    const auto again = hardware_binding_from_json(to_json(*binding));
    require(again.has_value() && *again == *binding);
    static const aion::trust::Registry registry = pinned();
    NeverAsked verifier;
    const auto verdict = judge_binding(*binding, registry, {}, verifier);
    require(verdict.has_value() && !verdict->is_valid() && !verdict->reason().empty());
    return 0;
}
