// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/supply/verdict_summary.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/format/file_view.hpp"
#include "aion/supply/envelope.hpp"
#include "commands/supply/supply.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

constexpr std::string_view usual_verifier = "https://aion-context.dev/verifier/v1";
// What the policy of a summary is: the rules of `aion verify`, under the registry of that digest.
constexpr std::string_view policy_uri = "https://aion-context.dev/policy/registry/v1";
constexpr const char* valid_level = "AION_VALID";
constexpr const char* failed_level = "FAILED";

// No signature covers the file id, so it is only a name.
std::optional<std::string> urn_of(ByteView bytes) {
    const auto view = format::FileView::parse(bytes, format::FileView::Bounds::as_used);
    return view ? std::optional(fmt::format("urn:aion:file:{:016x}", view->file_id().value))
                : std::nullopt;
}

}  // namespace

void summary_options(Options& options, SummaryArguments& into) {
    options.text("--vsa", into.path, "OUTPUT_FILE",
                 "Also write the verdict there, signed, as SLSA's verification summary in an "
                 "envelope");
    options.author("--vsa-author", into.author, "Who signs the summary");
    options.text("--vsa-key", into.key, "KEY_ID", "Stored key that signs it");
    options.flag("--force", into.force, "Replace an existing file by the summary");
    options.text("--vsa-verifier", into.verifier_id, "URI", "Who verified (default: this program)");
    options.text("--vsa-resource", into.resource_uri, "URI",
                 "As what the file is known (default: urn:aion:file: and its id)");
}

Outcome<> check(const SummaryArguments& arguments) {
    if (arguments.is_wanted() && (!arguments.author || !arguments.key)) {
        return fail_with("Who signs the summary?",
                         "Name an author and a stored key: --vsa-author "
                         "AUTHOR --vsa-key KEY_ID");
    }
    if (!arguments.is_wanted() && (arguments.author || arguments.key || arguments.verifier_id ||
                                   arguments.resource_uri || arguments.force)) {
        return fail_with("No summary was asked for", "--vsa names the file that it goes to");
    }
    return {};
}

Outcome<VerdictSummary> VerdictSummary::open(Context& context, const SummaryArguments& arguments,
                                             const std::string& file,
                                             const std::string& registry_path,
                                             const trust::RegistryFile& registry) {
    CLI_TRY_ASSIGN(Output output,
                   Output::open(context, {.path = arguments.path, .force = arguments.force},
                                {&file, 1}, registry_path));
    if (output.is_standard_output()) {
        return fail_with("Standard output has the verdict, and no room for its summary",
                         "Name a file with --vsa");
    }
    CLI_TRY_ASSIGN(AuthorWithKey signer, open_signer(context, {.author = *arguments.author,
                                                               .key = *arguments.key,
                                                               .registry = registry_path}));
    VerdictSummary summary(std::move(output), std::move(signer));
    supply::VerificationSummary& says = summary.summary_;
    says.verifier_id = arguments.verifier_id.value_or(std::string(usual_verifier));
    says.resource_uri = arguments.resource_uri.value_or("");
    says.policy_uri = policy_uri;
    says.policy_digest = {{"sha256", to_hex(crypto::sha256(registry.bytes))}};
    summary.file_ = file == "-" ? "stdin" : std::filesystem::path(file).filename().string();
    summary.has_resource_ = arguments.resource_uri.has_value();
    return summary;
}

Outcome<> VerdictSummary::write(Context& context, ByteView bytes,
                                const policy::VerificationReport& report) {
    if (!has_resource_) {
        const auto urn = urn_of(bytes);
        if (!urn) {
            return fail_with("The file has no id that the summary could name it by",
                             "Say what it is known as: --vsa-resource URI");
        }
        summary_.resource_uri = *urn;
    }
    summary_.time_verified = context.env.now();
    summary_.has_passed = report.is_valid();
    summary_.verified_levels = {report.is_valid() ? valid_level : failed_level};
    const supply::Artifact subject{.name = file_,
                                   .size = bytes.size(),
                                   .blake3 = crypto::blake3(bytes),
                                   .sha256 = crypto::sha256(bytes)};
    CLI_TRY_ASSIGN(
        const supply::Statement statement,
        or_fail(supply::make_verification_summary(subject, summary_), "No summary was made"));
    CLI_TRY_ASSIGN(const supply::Envelope envelope,
                   or_fail(supply::sign_envelope(supply::statement_type, as_bytes(statement.json()),
                                                 signer_.author, signer_.key),
                           "Failed to sign the summary"));
    CLI_TRY(output_.write(context, as_bytes(envelope_text(envelope))));
    context.console.deed("The summary " + output_.path() + " was written");
    return {};
}

}  // namespace aion::cli
