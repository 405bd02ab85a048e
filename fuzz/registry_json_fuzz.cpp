// SPDX-License-Identifier: MIT OR Apache-2.0
// Any text as a registry: it is refused, or it is a registry that writes and loads the same.
#include <cstdint>

#include "aion/trust/registry.hpp"
#include "support/require.hpp"

namespace {

using aion::fuzz::require;
using aion::trust::Registry;

// At most one epoch answers for a version, and lookup finds it.
void check_windows(const Registry& registry) {
    for (const auto& [id, author] : registry.authors()) {
        for (const auto& probe : author.epochs) {
            const aion::trust::EpochRecord* only = nullptr;
            for (const auto& epoch : author.epochs) {
                if (epoch.is_valid_at(probe.active_from)) {
                    require(only == nullptr);
                    only = &epoch;
                }
            }
            require(registry.active_epoch(id, probe.active_from) == only);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto registry = Registry::from_json(aion::as_text({data, size}));
    if (!registry) {
        require(!registry.error().full_message().empty());
        return 0;
    }
    const std::string text = registry->to_json();
    const auto again = Registry::from_json(text);
    require(again.has_value() && *again == *registry && again->to_json() == text);
    check_windows(*registry);
    static_cast<void>(registry->warnings());
    return 0;
}
