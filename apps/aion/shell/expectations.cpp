// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/expectations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "aion/attest/signing_policy.hpp"
#include "aion/base/files.hpp"
#include "aion/base/hex.hpp"
#include "aion/policy/examine.hpp"
#include "aion/policy/requirement.hpp"
#include "shell/input.hpp"
#include "shell/shell_word.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

Outcome<Hash> parse_digest(const std::string& text, std::string_view what) {
    const auto digest = octets_from_hex<Hash>(text);
    if (!digest) {
        return fail_with(fmt::format("Invalid {} '{}': expected 64 hex digits", what, text),
                         digest.error());
    }
    return *digest;
}

Outcome<policy::Requirement> parse_requirement(std::string_view text, std::string message,
                                               const trust::Registry& registry) {
    if (text.size() > policy::max_requirement_size) {
        return fail_with(fmt::format("{}: it has {} bytes, at most {} are read", message,
                                     text.size(), policy::max_requirement_size));
    }
    return or_fail(policy::requirement_from_text(text, registry), std::move(message));
}

// What is known of the file that is judged is not known of this one. Whoever may sign that one may
// not say by this one who must have: any author of the registry could name himself alone.
policy::ExamineOptions rules_for_requirement(const policy::VerifyOptions& of_file,
                                             std::vector<AuthorId> authors) {
    policy::ExamineOptions how{.verify = of_file, .max_payload = policy::max_requirement_size};
    how.verify.profile = policy::Profile::strict;
    how.verify.pins = {.registry = of_file.pins.registry};
    how.verify.pin_path.clear();
    how.verify.authors = std::move(authors);
    return how;
}

// A signed document instead of an .aion file; nothing if it is none.
std::optional<Outcome<policy::Requirement>> read_signing_policy(
    Context& context, const policy::VerificationReport& report, const std::string& path,
    const trust::Registry& registry, const policy::ExamineOptions& rules) {
    const policy::Finding* const first = report.first(policy::Gate::structure);
    if (first == nullptr || first->reason != policy::Reason::bad_magic) {
        return std::nullopt;
    }
    const auto text = read_file(context.env, path, attest::max_signing_policy_envelope);
    if (!text || !supply::envelope_from_json(as_text(*text))) {
        return std::nullopt;
    }
    const std::string refused = "No verdict without the requirement in " + path;
    const auto expected = rules.verify.pins.registry;
    if (expected && !registry.is_or_continues(*expected)) {
        return about_file(fail_with(refused + ": the registry is not the one expected"), path);
    }
    auto policy = attest::open_policy(as_text(*text), registry, {.authors = rules.verify.authors});
    if (!policy) {
        auto failure = fail_with(refused, "Who may set it: --require-file-author AUTHOR");
        for (std::string& message : policy.error().messages()) {
            failure.error().messages.push_back(std::move(message));
        }
        return about_file(std::move(failure), path);
    }
    return *std::move(policy);
}

Outcome<policy::Requirement> read_requirement(Context& context, const PinTexts& texts,
                                              const trust::Registry& registry,
                                              const policy::VerifyOptions& of_file) {
    const std::string& path = *texts.require_file;
    if (path == "-") {
        return fail_with("--require-file names a file, and not standard input",
                         "A file that is called so is ./-");
    }
    CLI_TRY_ASSIGN(std::vector<AuthorId> authors,
                   resolve_authors(texts.require_file_authors, registry));
    const policy::ExamineOptions rules = rules_for_requirement(of_file, std::move(authors));
    const std::string refused = "No verdict without the requirement in " + path;
    const auto examined = [&] {
        const Progress progress = context.progress("Verifying", path);
        return policy::examine(context.env, path, registry, rules);
    }();
    if (!examined && examined.error().os_error() == ENOENT) {
        return fail_not_found(examined.error(), path);
    }
    if (!examined) {
        return about_file(fail_with_cause(refused, examined.error()), path);
    }
    if (const auto& report = examined->report(); !report.is_valid()) {
        if (auto document = read_signing_policy(context, report, path, registry, rules)) {
            return *std::move(document);
        }
        auto failure = fail_with(refused, "Who signed it, and why that does not count: aion why " +
                                              shell_word(path) + " --registry REGISTRY_FILE");
        failure.error().messages.push_back("the file is " + report.summary());
        return about_file(std::move(failure), path);
    }
    const auto text = examined->payload();
    if (!text) {
        return about_file(fail_with(fmt::format("{}: its payload has {} bytes, at most {} are read",
                                                refused, examined->payload_size().value_or(0),
                                                policy::max_requirement_size)),
                          path);
    }
    auto requirement = parse_requirement(as_text(*text), refused, registry);
    return requirement ? requirement : about_file(failure_of(requirement.error()), path);
}

// What can be said of them without a registry.
Outcome<> check_requirement_options(const PinTexts& texts) {
    if (texts.require && texts.require_file) {
        return fail_with("--require and --require-file say the same thing in two places",
                         "Give one of them");
    }
    if (texts.require_file && texts.require_file_authors.empty()) {
        return fail_with(
            "--require-file without --require-file-author: any author of the registry could have "
            "set the requirement, and have named himself alone",
            "Say who may set it: --require-file-author AUTHOR");
    }
    if (!texts.require_file && !texts.require_file_authors.empty()) {
        return fail_with(
            "--require-file-author says who may set the requirement in a file, and no "
            "file is named",
            "Name it: --require-file FILE");
    }
    return {};
}

}  // namespace

Outcome<policy::Pins> parse_pins(const PinTexts& texts) {
    CLI_TRY(check_requirement_options(texts));
    policy::Pins pins;
    pins.min_version = texts.min_version;
    if (texts.file_id) {
        CLI_TRY_ASSIGN(pins.file_id, parse_file_id(*texts.file_id));
    }
    if (texts.head) {
        CLI_TRY_ASSIGN(pins.head, parse_digest(*texts.head, "head"));
    }
    if (texts.registry) {
        CLI_TRY_ASSIGN(pins.registry, parse_digest(*texts.registry, "registry digest"));
    }
    return pins;
}

Outcome<> demand_signers(Context& context, const PinTexts& texts, const trust::Registry& registry,
                         policy::VerifyOptions& into) {
    CLI_TRY_ASSIGN(into.authors, resolve_authors(texts.authors, registry));
    if (texts.require) {
        CLI_TRY_ASSIGN(into.require,
                       parse_requirement(*texts.require, "Invalid requirement", registry));
    }
    if (texts.require_file) {
        CLI_TRY_ASSIGN(into.require, read_requirement(context, texts, registry, into));
    }
    return {};
}

std::string advice_on_signers(const policy::VerificationReport& report,
                              const policy::VerifyOptions& options, const std::string& file,
                              const std::string& registry) {
    if (file == "-" || registry == "-") {
        return {};
    }
    const auto finding = std::ranges::find_if(report.findings, [](const policy::Finding& one) {
        return one.reason == policy::Reason::registry_differs ||
               one.reason == policy::Reason::author_not_allowed ||
               one.reason == policy::Reason::threshold_not_met;
    });
    if (finding == report.findings.end()) {
        return {};
    }
    if (finding->reason == policy::Reason::registry_differs) {
        return "What this registry is: aion registry show --registry " + shell_word(registry);
    }
    const std::string files = shell_word(file) + " --registry " + shell_word(registry);
    if (finding->reason == policy::Reason::author_not_allowed) {
        return "Who signed which version: aion log " + files + " --oneline";
    }
    if (options.require && options.require->threshold > 1) {
        return options.attestations.empty()
                   ? "A version has one signature. Others attest it with aion attest add, and "
                     "aion verify --attestations takes what they made"
                   : "Which attestations count, and which do not: aion attest verify " + files;
    }
    return "Who signed the head, and by which right: aion why " + files;
}

}  // namespace aion::cli
