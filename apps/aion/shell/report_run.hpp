// SPDX-License-Identifier: MIT OR Apache-2.0
// What reports, exports and evidence say of this run.
#pragma once

#include <string>

#include "aion/report/compliance.hpp"
#include "aion/version.hpp"
#include "shell/context.hpp"

namespace aion::cli {

/// The run that is going on. Paths as given; `file` is empty if there is more than one.
[[nodiscard]] inline report::Run run_of(Context& context, const trust::RegistryFile& registry,
                                        const std::string& registry_path,
                                        const std::string& pins_path,
                                        const std::string& file = {}) {
    return {.tool = "aion " + std::string(version_string),
            .generated_at = context.env.now(),
            .file_path = file,
            .registry_path = registry_path,
            .registry_digests = policy::digests_of(registry.bytes),
            .pins_path = pins_path};
}

}  // namespace aion::cli
