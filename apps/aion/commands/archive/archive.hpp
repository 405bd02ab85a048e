// SPDX-License-Identifier: MIT OR Apache-2.0
// Verifying an archive, as `aion archive verify` and `aion verify --recursive` do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aion/policy/verify.hpp"
#include "shell/context.hpp"
#include "shell/expectations.hpp"
#include "shell/format.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

struct ArchiveArguments {
    std::vector<std::string> paths;
    std::string registry;
    Format format = Format::text;
    std::string pin_file = {};
    std::optional<std::string> files_from = {};
    std::optional<std::string> cache = {};
    std::optional<std::string> cache_key = {};
    std::optional<std::string> shard = {};
    bool rehash = false;
    bool fail_fast = false;
    bool verbose = false;
    PinTexts pins = {};
    /// How each file is judged beside those; `events` are the context's.
    policy::VerifyOptions judging = {};
};

struct MergeArguments {
    std::vector<std::string> reports;
    Format format = Format::text;
    bool verbose = false;
};

[[nodiscard]] Outcome<Ending> merge_reports(Context& context, const MergeArguments& arguments);

[[nodiscard]] Outcome<Ending> verify_archive(Context& context, const ArchiveArguments& arguments);

}  // namespace aion::cli
