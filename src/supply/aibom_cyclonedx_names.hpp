// SPDX-License-Identifier: MIT OR Apache-2.0
// Kinds of references in an AIBOM and types of them in CycloneDX.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace aion::supply {

/// Of 1.6, all of which 1.7 has, too.
inline constexpr auto cyclonedx_reference_types = std::to_array<std::string_view>({
    "vcs",
    "issue-tracker",
    "website",
    "advisories",
    "bom",
    "mailing-list",
    "social",
    "chat",
    "documentation",
    "support",
    "source-distribution",
    "distribution",
    "distribution-intake",
    "license",
    "build-meta",
    "build-system",
    "release-notes",
    "security-contact",
    "model-card",
    "log",
    "configuration",
    "evidence",
    "formulation",
    "attestation",
    "threat-model",
    "adversary-model",
    "risk-assessment",
    "vulnerability-assertion",
    "exploitability-statement",
    "pentest-report",
    "static-analysis-report",
    "dynamic-analysis-report",
    "runtime-analysis-report",
    "component-analysis-report",
    "maturity-report",
    "certification-report",
    "codified-infrastructure",
    "quality-metrics",
    "poam",
    "electronic-signature",
    "digital-signature",
    "rfc-9116",
});

/// `model-card` is `model_card`, as AIBOMs write kinds.
[[nodiscard]] inline std::string kind_of_cyclonedx(std::string_view type) {
    std::string kind(type);
    std::ranges::replace(kind, '-', '_');
    return kind;
}

/// The type that means this kind, or `other`.
[[nodiscard]] inline std::string_view cyclonedx_type_of(std::string_view kind) {
    std::string type(kind);
    std::ranges::replace(type, '_', '-');
    const auto* const found = std::ranges::find(cyclonedx_reference_types, type);
    return found == cyclonedx_reference_types.end() ? "other" : *found;
}

}  // namespace aion::supply
