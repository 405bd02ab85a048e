// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/supply/aibom_file.hpp"

#include <array>
#include <utility>

#include "aion/supply/aibom_cyclonedx.hpp"
#include "aion/supply/aibom_spdx.hpp"
#include "aion/supply/sigstore_bundle.hpp"
#include "commands/supply/manifest_file.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

// In base64, and with room for signatures.
constexpr std::uint64_t max_file = std::uint64_t{supply::max_aibom_size} * 2;

std::optional<supply::Envelope> envelope_in(std::string_view text) {
    if (auto envelope = supply::envelope_from_json(text)) {
        return *std::move(envelope);
    }
    if (auto bundle = supply::sigstore_bundle_from_json(text)) {
        if (auto* const envelope = std::get_if<supply::Envelope>(&bundle->content)) {
            return std::move(*envelope);
        }
    }
    return std::nullopt;
}

Result<> read_document(std::string_view text, AiBomFile& into) {
    Result<supply::ConvertedAiBom> read = supply::ConvertedAiBom();
    if (supply::is_cyclonedx(text)) {
        into.format = BomFormat::cyclonedx;
        read = supply::aibom_from_cyclonedx(text);
    } else if (supply::is_spdx(text)) {
        into.format = BomFormat::spdx;
        read = supply::aibom_from_spdx(text);
    } else {
        auto aibom = supply::aibom_from_json(text, &into.unknown);
        if (!aibom) {
            return std::unexpected(std::move(aibom).error());
        }
        read->aibom = *std::move(aibom);
    }
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    into.content = *std::move(read);
    return {};
}

// Payloads of these types are bills of materials.
bool is_bom_type(std::string_view type) {
    constexpr auto types = std::to_array<std::string_view>(
        {supply::aibom_type, "application/vnd.cyclonedx+json", "application/spdx+json"});
    return std::ranges::find(types, type) != types.end();
}

Outcome<Bytes> open(Context& context, const std::string& path, const supply::Envelope& envelope,
                    const EnvelopeDemands& demands, std::string_view deed, AiBomFile& into) {
    if (demands.registry.empty()) {
        return about_file(fail_with(path + " is an envelope, and whose it is says a registry",
                                    "Name it with --registry"),
                          path);
    }
    CLI_TRY_ASSIGN(into.registry, load_registry(context, demands.registry));
    CLI_TRY_ASSIGN(const supply::EnvelopeRules rules, rules_of(demands, {}, *into.registry));
    auto opened = supply::open_envelope(envelope, *into.registry, rules);
    if (!opened) {
        return invalid_envelope(deed, path, opened.error());
    }
    if (!is_bom_type(opened->payload_type)) {
        return about_file(
            fail_with(path + " has a payload of the type " + shown(opened->payload_type),
                      "That of a bill of materials is " + std::string(supply::aibom_type)),
            path);
    }
    into.signers = std::move(opened->signers);
    into.required = rules.threshold;
    return std::move(opened->payload);
}

}  // namespace

std::string_view word_of(BomFormat format) noexcept {
    static constexpr auto words = std::to_array<std::string_view>({"aion", "cyclonedx", "spdx"});
    return words[static_cast<std::size_t>(format)];
}

void aibom_demands(Options& options, EnvelopeDemands& into) {
    options.registry(into.registry);
    signature_demands(options, into);
}

std::unexpected<Failure> invalid_envelope(std::string_view deed, const std::string& path,
                                          const Error& error) {
    return std::unexpected(Failure{
        .messages = {std::string(deed) + ", an envelope is INVALID: " + path, error.message()},
        .cause = error,
        .remedy = {},
        .path = path});
}

Outcome<AiBomFile> read_aibom(Context& context, const std::string& path,
                              const EnvelopeDemands& demands, std::string_view deed) {
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, path, "the bill of materials",
                              "Failed to read bill of materials: " + path, max_file));
    AiBomFile file;
    std::string_view text = as_text(input.bytes());
    Bytes payload;
    if (const auto envelope = envelope_in(text)) {
        CLI_TRY_ASSIGN(payload, open(context, path, *envelope, demands, deed, file));
        text = as_text(payload);
    }
    if (const auto read = read_document(text, file); !read) {
        return about_file(fail_with("Failed to read bill of materials: " + path, read.error()),
                          path);
    }
    return file;
}

Outcome<supply::Manifest> verified_manifest(Context& context, const std::string& path,
                                            const EnvelopeDemands& demands, std::string_view deed) {
    if (demands.registry.empty()) {
        return fail_with("Who may sign a manifest says a registry", "Name it with --registry");
    }
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, demands.registry));
    CLI_TRY_ASSIGN(const supply::EnvelopeRules rules,
                   rules_of(demands, supply::manifest_type, registry));
    CLI_TRY_ASSIGN(ManifestFile file, read_manifest(context, path));
    if (!file.envelope) {
        return about_file(fail_with(path + " is signed by nobody", "`aion manifest sign` signs it"),
                          path);
    }
    if (const auto opened = supply::open_envelope(*file.envelope, registry, rules); !opened) {
        return invalid_envelope(deed, path, opened.error());
    }
    return std::move(file.manifest);
}

}  // namespace aion::cli
