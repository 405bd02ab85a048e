// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/supply/envelope_file.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "commands/supply/json_lines.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

Result<SignedThings> one_from(std::string_view text) {
    auto envelope = supply::envelope_from_json(text);
    if (envelope) {
        return std::vector{*std::move(envelope)};
    }
    if (!supply::is_sigstore_bundle(text)) {
        return std::unexpected(std::move(envelope).error());
    }
    auto bundle = supply::sigstore_bundle_from_json(text);
    if (!bundle) {
        return std::unexpected(std::move(bundle).error());
    }
    if (auto* const blob = std::get_if<supply::BlobSignature>(&bundle->content)) {
        return std::move(*blob);
    }
    return std::vector{std::get<supply::Envelope>(std::move(bundle->content))};
}

// Whether each line is an envelope of its own: the first one is.
bool is_in_lines(std::string_view text) {
    return has_more_lines(text) && supply::envelope_from_json(first_line(text)).has_value();
}

Outcome<SignedThings> from_lines(std::string_view text, const std::string& path) {
    std::vector<supply::Envelope> envelopes;
    CLI_TRY(each_line(text, path, "envelope", [&envelopes](std::string_view line) -> Result<> {
        auto envelope = supply::envelope_from_json(line);
        if (!envelope) {
            return std::unexpected(std::move(envelope).error());
        }
        envelopes.push_back(*std::move(envelope));
        return {};
    }));
    return envelopes;
}

}  // namespace

Outcome<SignedThings> read_signed(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, path, "the envelope", "Failed to read envelope: " + path,
                              supply::max_envelope_size));
    const std::string_view text = as_text(input.bytes());
    if (is_in_lines(text)) {
        return from_lines(text, path);
    }
    auto one = one_from(text);
    if (!one) {
        return about_file(fail_with("Failed to read envelope: " + path, one.error()), path);
    }
    return *std::move(one);
}

Outcome<std::vector<supply::Envelope>> read_envelopes(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(SignedThings things, read_signed(context, path));
    if (auto* const envelopes = std::get_if<std::vector<supply::Envelope>>(&things)) {
        return std::move(*envelopes);
    }
    return about_file(
        fail_with(path + " is the signature of a file, and no envelope",
                  "To verify it beside the file: aion dsse verify BUNDLE --blob FILE"),
        path);
}

Outcome<supply::Envelope> read_envelope(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(std::vector<supply::Envelope> envelopes, read_envelopes(context, path));
    if (envelopes.size() != 1) {
        return about_file(fail_with(fmt::format("{} has {} envelopes", path, envelopes.size()),
                                    "Give one of its lines as a file of its own"),
                          path);
    }
    return std::move(envelopes.front());
}

void envelope_demands(Options& options, EnvelopeDemands& into) {
    options.registry(into.registry)->required();
    signature_demands(options, into);
}

void signature_demands(Options& options, EnvelopeDemands& into) {
    options.number("--threshold", into.threshold, "N",
                   "How many authors must have signed, with distinct keys (default: 1)",
                   UINT32_MAX);
    options.authors("--author", into.authors,
                    "Whose signatures count: ids or names, with commas between them or the option "
                    "before each; without it, those of any author of the registry");
    options.number("--at-version", into.at_version, "N",
                   "Take the keys that were valid at this version; without it, each author's "
                   "newest");
}

Outcome<supply::EnvelopeRules> rules_of(const EnvelopeDemands& demands, std::string_view type,
                                        const trust::Registry& registry) {
    supply::EnvelopeRules rules{.payload_type = type,
                                .threshold = static_cast<std::uint32_t>(demands.threshold),
                                .authors = {},
                                .at_version = demands.at_version};
    CLI_TRY_ASSIGN(rules.authors, resolve_authors(demands.authors, registry));
    CLI_TRY(supply::check_rules(rules, registry));
    return rules;
}

}  // namespace aion::cli
