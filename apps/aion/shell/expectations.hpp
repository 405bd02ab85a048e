// SPDX-License-Identifier: MIT OR Apache-2.0
// What a person demands of a file, of whoever signed it, and of the registry that it is judged by.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "aion/policy/verify.hpp"
#include "aion/trust/registry.hpp"
#include "shell/author_choice.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// What the options say, as far as it can be read without a registry.
struct PinTexts {
    std::optional<std::string> file_id;
    std::optional<std::string> head;
    std::optional<VersionNumber> min_version;
    std::optional<std::string> registry;  ///< `--expect-registry`.
    std::vector<AuthorChoice> authors;    ///< Who alone may have signed; nobody: whoever may.
    std::optional<std::string> require;
    std::optional<std::string> require_file;
    /// Who alone may say what that file says: without any of them it is not asked.
    std::vector<AuthorChoice> require_file_authors;
    std::optional<std::chrono::nanoseconds> max_registry_age;
};

/// Those that are about one file, and the registry's digest. Refuses a requirement that stands in
/// a file where nobody is named who may set it.
[[nodiscard]] Outcome<policy::Pins> parse_pins(const PinTexts& texts);

/// Puts into `into`, which has all else that is demanded, who must have signed. A requirement that
/// stands in a file counts only if that is VALID under `registry`, the store of pins in `into`, and
/// what `texts` say of the registry, and if each of its versions is by one of those who may set it.
[[nodiscard]] Outcome<> demand_signers(Context& context, const PinTexts& texts,
                                       const trust::Registry& registry,
                                       policy::VerifyOptions& into);

/// What to do about a verdict that is INVALID because of the registry or who signed; empty if it
/// is not. `options` are those of the verdict; `file`, `registry`: paths as given.
[[nodiscard]] std::string advice_on_signers(const policy::VerificationReport& report,
                                            const policy::VerifyOptions& options,
                                            const std::string& file, const std::string& registry);

}  // namespace aion::cli
