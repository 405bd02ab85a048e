// SPDX-License-Identifier: MIT OR Apache-2.0
// Envelopes as they come in files: one, a line each (`.intoto.jsonl`), or inside a sigstore bundle.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "aion/supply/envelope.hpp"
#include "aion/supply/sigstore_bundle.hpp"
#include "shell/author_choice.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// Envelopes, or what is beside none: the signature of a file.
using SignedThings = std::variant<std::vector<supply::Envelope>, supply::BlobSignature>;

/// Whatever is in the file; `-` for standard input.
[[nodiscard]] Outcome<SignedThings> read_signed(Context& context, const std::string& path);

/// The envelopes; at least one.
[[nodiscard]] Outcome<std::vector<supply::Envelope>> read_envelopes(Context& context,
                                                                    const std::string& path);

/// The only envelope, for what makes something else of it.
[[nodiscard]] Outcome<supply::Envelope> read_envelope(Context& context, const std::string& path);

/// When a signature counts, as the options say it.
struct EnvelopeDemands {
    std::string registry;
    std::uint64_t threshold = 1;
    std::vector<AuthorChoice> authors;
    std::optional<VersionNumber> at_version;
};

/// --registry, --threshold, --author and --at-version.
void envelope_demands(Options& options, EnvelopeDemands& into);

/// The same without --registry.
void signature_demands(Options& options, EnvelopeDemands& into);

/// As rules for a payload of `type`, which must outlive them. Fails for what nothing could meet.
[[nodiscard]] Outcome<supply::EnvelopeRules> rules_of(const EnvelopeDemands& demands,
                                                      std::string_view type,
                                                      const trust::Registry& registry);

}  // namespace aion::cli
