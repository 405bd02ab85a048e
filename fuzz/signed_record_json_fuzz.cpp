// SPDX-License-Identifier: MIT OR Apache-2.0
// Any text as a signed record: it is refused, or it writes and reads the same; and no record that
// the master key did not sign changes a registry.
#include <cstdint>

#include "aion/trust/registry.hpp"
#include "support/require.hpp"

namespace {

using aion::fuzz::require;
using aion::trust::Registry;
using aion::trust::signed_record_from_json;

// docs/registry.md#known-answers; nothing here uses the private half of the master key.
Registry pinned() {
    return *Registry::from_json(R"({"version":1,"authors":[{"author_id":50001,
        "master_key":"0EqyMnQrtKs6E2i9RhXk5tAiSrcaAWuvhSCjMsl3hzc=","epochs":[{"epoch":0,
        "public_key":"oJql9HpnWYAv+VX43C0qFKXJnSO+l/hkEn/5ODRVpPA=","active_from_version":0}]}]})");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto record = signed_record_from_json(aion::as_text({data, size}));
    if (!record) {
        require(!record.error().full_message().empty());
        return 0;
    }
    const auto again = signed_record_from_json(aion::trust::to_json(*record));
    require(again.has_value() && *again == *record);
    static const Registry before = pinned();
    Registry registry = before;
    if (const auto applied = registry.apply(*record); !applied) {
        require(registry == before);
    } else {
        // A corpus may hold records that the key did sign.
        require(Registry::from_json(registry.to_json()) == registry);
    }
    return 0;
}
