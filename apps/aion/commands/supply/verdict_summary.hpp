// SPDX-License-Identifier: MIT OR Apache-2.0
// `aion verify --vsa`: the verdict on a file as SLSA's Verification Summary Attestation, signed.
#pragma once

#include <optional>
#include <string>

#include "aion/policy/report.hpp"
#include "aion/supply/statement.hpp"
#include "commands/supply/signer.hpp"
#include "shell/context.hpp"
#include "shell/file_output.hpp"
#include "shell/outcome.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

struct SummaryArguments {
    std::string path;
    std::optional<AuthorChoice> author;
    std::optional<std::string> key;
    std::optional<std::string> verifier_id;
    std::optional<std::string> resource_uri;
    bool force = false;

    [[nodiscard]] bool is_wanted() const noexcept { return !path.empty(); }
};

/// --vsa and the options that belong to it.
void summary_options(Options& options, SummaryArguments& into);

/// Refuses options without --vsa, and --vsa without a signer.
[[nodiscard]] Outcome<> check(const SummaryArguments& arguments);

/// A summary that will be made, once all that could be refused about it was.
class VerdictSummary {
  public:
    /// `registry` was read from `registry_path`.
    [[nodiscard]] static Outcome<VerdictSummary> open(Context& context,
                                                      const SummaryArguments& arguments,
                                                      const std::string& file,
                                                      const std::string& registry_path,
                                                      const trust::RegistryFile& registry);

    /// Says of `bytes`, the whole file, what `report` says, valid or not.
    [[nodiscard]] Outcome<> write(Context& context, ByteView bytes,
                                  const policy::VerificationReport& report);

  private:
    VerdictSummary(Output output, AuthorWithKey signer) noexcept
        : output_(std::move(output)), signer_(std::move(signer)) {}

    Output output_;
    AuthorWithKey signer_;
    supply::VerificationSummary summary_;
    std::string file_;
    bool has_resource_ = false;
};

}  // namespace aion::cli
