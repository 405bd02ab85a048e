// SPDX-License-Identifier: MIT OR Apache-2.0
// Documents of the supply chain from anywhere: each is refused, or read, written and read as the
// same. Canonical JSON says what a second reader finds in the text, and is its own canonical form.
//
// Input: which kind of document (its first byte modulo 7), then the document.
#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "aion/supply/canonical_json.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/supply/manifest.hpp"
#include "aion/supply/manifest_signature.hpp"
#include "aion/supply/sigstore_bundle.hpp"
#include "aion/supply/statement.hpp"
#include "support/require.hpp"

namespace {

using aion::as_bytes;
using aion::as_text;
using aion::ByteView;
using aion::fuzz::require;
using namespace aion::supply;

void check_envelope(std::string_view text) {
    const auto envelope = envelope_from_json(text);
    if (!envelope) {
        return;
    }
    require(envelope_from_json(to_json(*envelope)) == *envelope);
    require(envelope_from_json(to_json(*envelope, EnvelopeForm::reference)) == *envelope);
    // Nobody is registered, so nobody counts.
    const EnvelopeVerdict verdict = judge_envelope(*envelope, aion::trust::Registry(), {});
    require(!verdict.is_valid() && verdict.signatures.size() == envelope->signatures.size());
}

void check_bundle(std::string_view text) {
    const auto bundle = sigstore_bundle_from_json(text);
    if (!bundle) {
        return;
    }
    require(is_sigstore_bundle(text));
    if (const auto written = to_json(*bundle)) {
        require(sigstore_bundle_from_json(*written) == *bundle);
    }
}

void check_manifest(const Manifest& manifest) {
    const auto from_payload = Manifest::from_payload(manifest.payload());
    require(from_payload.has_value() && *from_payload == manifest);
    const auto from_bytes = Manifest::from_canonical_bytes(manifest.canonical_bytes());
    require(from_bytes.has_value() && from_bytes->id() == manifest.id());
    for (const Artifact& artifact : manifest.artifacts()) {
        require(manifest.find(artifact.name) == &artifact);
    }
}

void check_statement(std::string_view text) {
    const auto statement = Statement::from_json(std::string(text));
    if (!statement) {
        return;
    }
    require(statement->json() == text && !statement->subjects().empty());
    static_cast<void>(verification_summary_of(*statement));
    if (const auto provenance = provenance_of(*statement)) {
        const Artifact subject{.name = "a", .size = 0, .blake3 = {}, .sha256 = std::nullopt};
        if (const auto again = make_provenance({&subject, 1}, *provenance)) {
            require(provenance_of(*again).has_value());
        }
    }
}

void check_canonical(std::string_view text) {
    const auto canonical = canonical_json(text);
    if (!canonical) {
        return;
    }
    require(canonical_json(*canonical) == *canonical);
    const auto expected = nlohmann::json::parse(text, nullptr, false);
    require(!expected.is_discarded());
    require(nlohmann::json::parse(*canonical, nullptr, false) == expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const ByteView document = ByteView(data, size).subspan(1);
    switch (data[0] % 7) {
        case 0:
            check_envelope(as_text(document));
            break;
        case 1:
            check_bundle(as_text(document));
            break;
        case 2:
            if (const auto manifest = Manifest::from_canonical_bytes(document)) {
                require(manifest->canonical_bytes() ==
                        aion::Bytes(document.begin(), document.end()));
                check_manifest(*manifest);
            }
            break;
        case 3:
            if (const auto manifest = Manifest::from_payload(as_text(document))) {
                check_manifest(*manifest);
            }
            break;
        case 4:
            check_statement(as_text(document));
            break;
        case 5:
            check_canonical(as_text(document));
            break;
        default:
            if (const auto signature = manifest_signature_from_bytes(document)) {
                require(std::ranges::equal(to_bytes(*signature), document));
            }
    }
    return 0;
}
