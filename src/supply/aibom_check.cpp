// SPDX-License-Identifier: MIT OR Apache-2.0
// What the reference never looks at in an AIBOM.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/supply/aibom.hpp"
#include "base/json_places.hpp"
#include "supply/aibom_hash.hpp"
#include "supply/spdx_expression.hpp"

namespace aion::supply {
namespace {

using json::shown;

constexpr auto rule_names = std::to_array<std::string_view>({
    "unknown_schema_version",
    "empty_name",
    "empty_text",
    "unknown_hash_algorithm",
    "lone_hash",
    "bad_license",
    "unknown_license",
    "bad_cpe",
    "bad_uri",
    "duplicate",
    "empty_model",
    "not_in_manifest",
    "other_size",
    "unknown_member",
});
static_assert(rule_names.size() == static_cast<std::size_t>(AiBomRule::unknown_member) + 1);

class Checker {
  public:
    explicit Checker(const AiBom& aibom) : aibom_(aibom) {}

    std::vector<AiBomFinding> run(const Manifest* manifest) {
        if (aibom_.schema_version != aibom_schema_version) {
            error(AiBomRule::unknown_schema_version, "/schema_version",
                  fmt::format("expected {}", aibom_schema_version));
        }
        check_model(manifest);
        each("frameworks", aibom_.frameworks, &Checker::check_framework);
        each("datasets", aibom_.datasets, &Checker::check_dataset);
        each("licenses", aibom_.licenses, &Checker::check_license);
        each("safety_attestations", aibom_.safety_attestations, &Checker::check_attestation);
        each("export_controls", aibom_.export_controls, &Checker::check_control);
        each("references", aibom_.references, &Checker::check_reference);
        check_duplicates();
        if (aibom_.created_at_version == 0) {
            remark(AiBomRule::empty_model, "/created_at_version", "versions begin with 1");
        }
        return std::move(findings_);
    }

  private:
    void error(AiBomRule rule, std::string pointer, std::string text) {
        findings_.push_back({rule, true, std::move(pointer), std::move(text)});
    }

    void remark(AiBomRule rule, std::string pointer, std::string text) {
        findings_.push_back({rule, false, std::move(pointer), std::move(text)});
    }

    template <class Part>
    void each(std::string_view list, const std::vector<Part>& parts,
              void (Checker::*check)(const Part&, const std::string&)) {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            (this->*check)(parts[i], fmt::format("/{}/{}", list, i));
        }
    }

    void name(std::string_view text, std::string pointer) {
        if (text.empty()) {
            error(AiBomRule::empty_name, std::move(pointer), "is empty");
        }
    }

    void text(std::string_view text, std::string pointer) {
        if (text.empty()) {
            remark(AiBomRule::empty_text, std::move(pointer), "is empty");
        }
    }

    void algorithm(std::string_view name, std::string pointer) {
        if (!known_hash(name)) {
            error(AiBomRule::unknown_hash_algorithm, std::move(pointer),
                  fmt::format("'{}' is none that we know with digests of 32 bytes", shown(name)));
        }
    }

    void optional_hash(const std::optional<std::string>& name, bool has_hash,
                       const std::string& pointer) {
        if (name) {
            algorithm(*name, pointer);
        }
        if (has_hash && !name) {
            error(AiBomRule::lone_hash, pointer, "a digest of an algorithm that is not named");
        } else if (name && !has_hash) {
            remark(AiBomRule::lone_hash, pointer, "an algorithm, and no digest");
        }
    }

    void license(std::string_view text, const std::string& pointer) {
        if (text.empty()) {
            error(AiBomRule::empty_name, pointer, "is empty");
            return;
        }
        const SpdxExpression expression = parse_spdx_expression(text);
        if (!expression.is_valid) {
            error(AiBomRule::bad_license, pointer,
                  fmt::format("'{}' is no licence expression of SPDX", shown(text)));
            return;
        }
        for (const std::string_view id : expression.unknown) {
            const std::string_view like = spdx_license_like(id);
            remark(AiBomRule::unknown_license, pointer,
                   like.empty() ? fmt::format("SPDX does not list {}", shown(id))
                                : fmt::format("SPDX does not list {} but {}", shown(id), like));
        }
    }

    void uri(const std::optional<std::string>& text, std::string pointer) {
        if (text && !is_uri(*text)) {
            error(AiBomRule::bad_uri, std::move(pointer),
                  fmt::format("'{}' is no URI with a scheme", shown(*text)));
        }
    }

    void check_model(const Manifest* manifest) {
        const ModelRef& model = aibom_.model;
        name(model.name, "/model/name");
        text(model.version, "/model/version");
        algorithm(model.hash_algorithm, "/model/hash_algorithm");
        if (model.size == 0) {
            remark(AiBomRule::empty_model, "/model/size", "a model of no bytes");
        }
        text(model.format, "/model/format");
        if (manifest != nullptr) {
            compare(*manifest);
        }
    }

    void compare(const Manifest& manifest) {
        const ModelRef& model = aibom_.model;
        const KnownHash* const known = known_hash(model.hash_algorithm);
        const bool is_blake3 = known != nullptr && known->house_name == aibom_blake3_name;
        const bool is_sha256 = known != nullptr && known->house_name == aibom_sha256_name;
        const auto is_model = [&](const Artifact& artifact) {
            const ByteView digest(model.hash.bytes);
            return (is_blake3 && std::ranges::equal(ByteView(artifact.blake3.bytes), digest)) ||
                   (is_sha256 && artifact.sha256 &&
                    std::ranges::equal(ByteView(artifact.sha256->bytes), digest));
        };
        const auto found = std::ranges::find_if(manifest.artifacts(), is_model);
        if (found == manifest.artifacts().end()) {
            error(AiBomRule::not_in_manifest, "/model/hash",
                  "no artefact of the manifest has this digest");
        } else if (found->size != model.size) {
            error(AiBomRule::other_size, "/model/size",
                  fmt::format("{} has {} bytes in the manifest", shown(found->name), found->size));
        }
    }

    void check_framework(const FrameworkRef& framework, const std::string& at) {
        name(framework.name, at + "/name");
        text(framework.version, at + "/version");
        if (framework.cpe && !is_cpe23(*framework.cpe)) {
            error(AiBomRule::bad_cpe, at + "/cpe",
                  fmt::format("'{}' is not CPE 2.3: cpe:2.3: and eleven parts",
                              shown(*framework.cpe)));
        }
    }

    void check_dataset(const DatasetRef& dataset, const std::string& at) {
        name(dataset.name, at + "/name");
        optional_hash(dataset.hash_algorithm, dataset.hash.has_value(), at + "/hash_algorithm");
        uri(dataset.uri, at + "/uri");
        if (dataset.license_spdx_id) {
            license(*dataset.license_spdx_id, at + "/license_spdx_id");
        }
    }

    void check_license(const License& one, const std::string& at) {
        license(one.spdx_id, at + "/spdx_id");
        uri(one.text_uri, at + "/text_uri");
    }

    void check_attestation(const SafetyAttestation& attestation, const std::string& at) {
        name(attestation.name, at + "/name");
        text(attestation.result, at + "/result");
        optional_hash(attestation.report_hash_algorithm, attestation.report_hash.has_value(),
                      at + "/report_hash_algorithm");
        uri(attestation.report_uri, at + "/report_uri");
    }

    void check_control(const ExportControl& control, const std::string& at) {
        name(control.regime, at + "/regime");
        name(control.classification, at + "/classification");
    }

    void check_reference(const ExternalReference& reference, const std::string& at) {
        name(reference.kind, at + "/kind");
        uri(reference.uri, at + "/uri");
    }

    using Identity = std::pair<std::string_view, std::string_view>;

    // A list of any length is sorted, not compared each with each.
    void duplicates(std::string_view list, std::span<const Identity> parts, bool are_errors) {
        std::vector<std::pair<Identity, std::size_t>> order;
        order.reserve(parts.size());
        for (const Identity& part : parts) {
            order.emplace_back(part, order.size());
        }
        std::ranges::sort(order);
        for (std::size_t i = 1; i < order.size(); ++i) {
            if (order[i - 1].first == order[i].first) {
                findings_.push_back(
                    {AiBomRule::duplicate, are_errors, fmt::format("/{}/{}", list, order[i].second),
                     fmt::format("is there already, at /{}/{}", list, order[i - 1].second)});
            }
        }
    }

    void check_duplicates() {
        std::vector<Identity> parts;
        parts.reserve(aibom_.frameworks.size());
        for (const FrameworkRef& framework : aibom_.frameworks) {
            parts.emplace_back(framework.name, framework.version);
        }
        duplicates("frameworks", parts, false);
        parts.clear();
        for (const DatasetRef& dataset : aibom_.datasets) {
            parts.emplace_back(dataset.name, std::string_view());
        }
        duplicates("datasets", parts, true);
        parts.clear();
        for (const License& license : aibom_.licenses) {
            parts.emplace_back(license.spdx_id, name_of(license.scope));
        }
        duplicates("licenses", parts, false);
        parts.clear();
        for (const ExternalReference& reference : aibom_.references) {
            parts.emplace_back(reference.kind, reference.uri);
        }
        duplicates("references", parts, false);
    }

    const AiBom& aibom_;
    std::vector<AiBomFinding> findings_;
};

// House name, CycloneDX, SPDX.
constexpr auto known_hashes = std::to_array<KnownHash>({
    {aibom_blake3_name, "BLAKE3", "blake3"},
    {aibom_sha256_name, "SHA-256", "sha256"},
    {"SHA3-256", "SHA3-256", "sha3_256"},
    {"BLAKE2b-256", "BLAKE2b-256", "blake2b256"},
});

bool is_same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

}  // namespace

const KnownHash* known_hash(std::string_view name) noexcept {
    const auto* const found = std::ranges::find_if(known_hashes, [&](const KnownHash& hash) {
        return is_same_word(name, hash.house_name) || is_same_word(name, hash.cyclonedx_name) ||
               is_same_word(name, hash.spdx_name);
    });
    return found == known_hashes.end() ? nullptr : found;
}

std::string_view name_of(AiBomRule rule) noexcept {
    return rule_names[static_cast<std::size_t>(rule)];
}

std::vector<AiBomFinding> check_aibom(const AiBom& aibom, const Manifest* manifest) {
    return Checker(aibom).run(manifest);
}

}  // namespace aion::supply
