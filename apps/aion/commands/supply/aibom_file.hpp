// SPDX-License-Identifier: MIT OR Apache-2.0
// Bills of materials as they come in files: ours, CycloneDX's, SPDX's, in an envelope or in none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/supply/aibom.hpp"
#include "aion/trust/registry.hpp"
#include "commands/supply/envelope_file.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

enum class BomFormat : std::uint8_t { aion, cyclonedx, spdx };

/// `aion`, `cyclonedx`, `spdx`.
[[nodiscard]] std::string_view word_of(BomFormat format) noexcept;

struct AiBomFile {
    BomFormat format = BomFormat::aion;
    supply::ConvertedAiBom content;    ///< Nothing is lost or assumed of one of our own.
    std::vector<std::string> unknown;  ///< JSON pointers to what one of our own has besides.
    /// Who has signed it, if it was in an envelope: enough have.
    std::vector<AuthorId> signers;
    std::optional<trust::Registry> registry;  ///< By which that was verified.
    std::uint32_t required = 0;               ///< How many must have signed; 0: it is in none.
};

/// --registry, --threshold, --author and --at-version, for what may be in an envelope.
void aibom_demands(Options& options, EnvelopeDemands& into);

/// What is in the file; `-` for standard input. An envelope is verified first: without a registry,
/// or by one under which not enough have signed, it is not looked into, and in the second case the
/// failure is a verdict. `deed`: what is then not done, e.g. `Nothing was shown`.
[[nodiscard]] Outcome<AiBomFile> read_aibom(Context& context, const std::string& path,
                                            const EnvelopeDemands& demands, std::string_view deed);

/// The failure for an envelope that not enough have signed.
[[nodiscard]] std::unexpected<Failure> invalid_envelope(std::string_view deed,
                                                        const std::string& path,
                                                        const Error& error);

/// A verified manifest. Fails for one that is in no envelope or without a registry; not enough
/// signatures are a verdict.
[[nodiscard]] Outcome<supply::Manifest> verified_manifest(Context& context, const std::string& path,
                                                          const EnvelopeDemands& demands,
                                                          std::string_view deed);

/// `aion aibom create`.
void declare_aibom_creation(const Declared& aibom);

}  // namespace aion::cli
