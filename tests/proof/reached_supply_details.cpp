// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_supply_details.hpp"

#include <string>
#include <vector>

#include "aion/supply/canonical_json.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/supply/manifest.hpp"
#include "aion/supply/manifest_signature.hpp"
#include "aion/supply/sigstore_bundle.hpp"
#include "aion/supply/statement.hpp"

namespace aion::proof {
namespace {

using supply::Artifact;
using supply::Manifest;
using supply::Statement;
using supply::SupplyDetail;

Artifact named(std::string name) {
    return {.name = std::move(name), .size = 0, .blake3 = {}, .sha256 = std::nullopt};
}

// The canonical bytes of one artefact, with one of them changed.
Outcome canonical_with(std::size_t at, std::uint8_t byte) {
    Bytes bytes = Manifest::make({named("a")})->canonical_bytes();
    bytes[at] = byte;
    return outcome(Manifest::from_canonical_bytes(bytes));
}

// The payload of one artefact, with `before` replaced by `after`.
Outcome payload_with(const std::string& before, const std::string& after) {
    std::string text = Manifest::make({named("a")})->payload();
    text.replace(text.find(before), before.size(), after);
    return outcome(Manifest::from_payload(text));
}

Outcome too_many() {
    return outcome(Manifest::make(std::vector<Artifact>(Manifest::max_artifacts + 1)));
}

Outcome statement_of(const std::string& type, const std::string& subject) {
    return outcome(Statement::from_json(R"({"_type":")" + type + R"(","subject":)" + subject +
                                        R"(,"predicateType":"t","predicate":{}})"));
}

Outcome other_predicate() {
    const auto statement = Statement::from_json(
        R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"00"}}],)"
        R"("predicateType":"t","predicate":{}})");
    return outcome(supply::provenance_of(*statement));
}

Outcome bundle_of(const std::string& version) {
    return outcome(
        supply::sigstore_bundle_from_json(R"({"mediaType":"application/vnd.dev.sigstore.bundle.)" +
                                          version + R"(+json","verificationMaterial":{}})"));
}

Outcome provoke_by_manifest(SupplyDetail detail) {
    constexpr std::size_t algorithm = 27 + 12;
    constexpr std::size_t name = 27 + 128;
    switch (detail) {
        case SupplyDetail::manifest_truncated:
            return outcome(Manifest::from_canonical_bytes(as_bytes("AION_V2_MANIFEST_V1")));
        case SupplyDetail::manifest_bad_entry:
            return canonical_with(algorithm, 2);
        case SupplyDetail::manifest_bad_name_table:
            return canonical_with(name + 1, 'b');
        case SupplyDetail::manifest_bad_name:
            return canonical_with(name, '/');
        case SupplyDetail::manifest_duplicate_name:
            return outcome(Manifest::make({named("a"), named("a")}));
        case SupplyDetail::manifest_too_many:
            return too_many();
        case SupplyDetail::manifest_bad_digest:
            return payload_with(R"("hash":"0)", R"("hash":")");
        case SupplyDetail::manifest_unknown_algorithm:
            return payload_with("BLAKE3-256", "MD5");
        case SupplyDetail::manifest_unknown_type:
            return payload_with("manifest/v1", "manifest/v2");
        case SupplyDetail::manifest_other_id:
            return payload_with(R"("size":0)", R"("size":1)");
        default:
            return outcome(supply::manifest_signature_from_bytes({}));
    }
}

}  // namespace

Outcome provoke(SupplyDetail detail) {
    switch (detail) {
        case SupplyDetail::jcs_integer_too_large:
            return outcome(supply::canonical_json("9007199254740993"));
        case SupplyDetail::dsse_bad_base64:
            return outcome(
                supply::envelope_from_json(R"({"payloadType":"","payload":"?","signatures":[]})"));
        case SupplyDetail::bundle_other_type:
            return bundle_of("v0.2");
        case SupplyDetail::bundle_other_content:
            return bundle_of("v0.3");
        case SupplyDetail::manifest_truncated:
        case SupplyDetail::manifest_bad_entry:
        case SupplyDetail::manifest_bad_name_table:
        case SupplyDetail::manifest_bad_name:
        case SupplyDetail::manifest_duplicate_name:
        case SupplyDetail::manifest_too_many:
        case SupplyDetail::manifest_bad_digest:
        case SupplyDetail::manifest_unknown_algorithm:
        case SupplyDetail::manifest_unknown_type:
        case SupplyDetail::manifest_other_id:
        case SupplyDetail::manifest_bad_signature:
            return provoke_by_manifest(detail);
        case SupplyDetail::statement_other_type:
            return statement_of("t", "[]");
        case SupplyDetail::statement_no_subject:
            return statement_of("https://in-toto.io/Statement/v1", "[]");
        case SupplyDetail::statement_other_predicate:
            return other_predicate();
    }
    return std::nullopt;
}

}  // namespace aion::proof
