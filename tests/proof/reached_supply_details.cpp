// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_supply_details.hpp"

#include <string>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/supply/aibom.hpp"
#include "aion/supply/aibom_cyclonedx.hpp"
#include "aion/supply/canonical_json.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/supply/manifest.hpp"
#include "aion/supply/manifest_signature.hpp"
#include "aion/supply/model_card.hpp"
#include "aion/supply/model_signing.hpp"
#include "aion/supply/oci_layout.hpp"
#include "aion/supply/oci_transfer.hpp"
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

// Indexes inside each other, deeper than anybody copies.
Outcome too_deep() {
    MemoryEnv env;
    const auto from = *supply::OciLayout::create(env, "/from");
    const auto to = *supply::OciLayout::create(env, "/to");
    supply::OciDescriptor inner = supply::describe_bytes(supply::oci_manifest_type, "{}");
    for (unsigned i = 0; i <= supply::max_oci_depth + 1; ++i) {
        const std::string text = to_json(supply::OciIndex{.manifests = {inner}});
        inner = supply::describe_bytes(supply::oci_index_type, text);
        if (auto written = from->write_document(inner, text); !written) {
            return outcome(written);
        }
    }
    return outcome(supply::copy_artifact(*from, *to, inner));
}

Outcome checked(std::string_view bytes) {
    supply::BlobCheck check(supply::describe_bytes("t", "content"));
    if (auto taken = check.take(as_bytes(bytes)); !taken) {
        return outcome(taken);
    }
    return outcome(check.finish());
}

Outcome no_layout() {
    MemoryEnv env;
    env.put("/folder/file", as_bytes("mine"));
    return outcome(supply::OciLayout::create(env, "/folder"));
}

Outcome title(const std::string& text) {
    supply::OciDescriptor layer = supply::describe_bytes("t", "content");
    layer.annotations.emplace(supply::oci_title, text);
    return outcome(supply::file_names({.config = layer, .layers = {layer}}));
}

Outcome many_members() {
    std::string text = R"({"schemaVersion":2,"manifests":[])";
    for (int i = 0; i < 100; ++i) {
        text += ",\"m" + std::to_string(i) + "\":0";
    }
    return outcome(supply::oci_index_from_json(text + "}"));
}

Outcome provoke_by_oci(SupplyDetail detail) {
    switch (detail) {
        case SupplyDetail::oci_bad_digest:
            return outcome(supply::OciDigest::parse("md5:0"));
        case SupplyDetail::oci_bad_reference:
            return outcome(supply::OciReference::parse("model"));
        case SupplyDetail::oci_other_type:
            return outcome(supply::oci_index_from_json(R"({"schemaVersion":1})"));
        case SupplyDetail::oci_too_many:
            return many_members();
        case SupplyDetail::oci_too_deep:
            return too_deep();
        case SupplyDetail::oci_other_size:
            return checked("short");
        case SupplyDetail::oci_other_digest:
            return checked("Content");
        case SupplyDetail::oci_bad_layout:
            return no_layout();
        case SupplyDetail::oci_bad_title:
            return title("../up");
        default:
            return std::nullopt;
    }
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

// A statement about a model of one file, with `before` replaced by `after`.
Outcome model_with(const std::string& before, const std::string& after) {
    std::string text = supply::ModelStatement::make("m", {}, {{.name = "a", .digest = {}}})->json();
    text.replace(text.find(before), before.size(), after);
    return outcome(supply::ModelStatement::from_json(text));
}

Outcome provoke_by_model(SupplyDetail detail) {
    switch (detail) {
        case SupplyDetail::model_other_subject:
            return model_with(R"("sha256":)", R"("sha512":)");
        case SupplyDetail::model_unknown_method:
            return model_with(R"("files")", R"("tensors")");
        case SupplyDetail::model_unknown_hash:
            return model_with(R"("hash_type":"sha256")", R"("hash_type":"blake2b")");
        case SupplyDetail::model_no_resource:
            return outcome(supply::ModelStatement::make("m", {}, {}));
        case SupplyDetail::model_bad_shard:
            return model_with(R"("files")", R"("shards","shard_size":4)");
        case SupplyDetail::model_other_root:
            return model_with(R"("digest":"00)", R"("digest":"01)");
        default:
            return outcome(supply::model_bundle_from_json(
                R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json",)"
                R"("verificationMaterial":{}})"));
    }
}

// An AIBOM with a licence, with `before` replaced by `after`.
Outcome aibom_with(const std::string& before, const std::string& after) {
    supply::AiBom aibom;
    aibom.licenses.push_back({.spdx_id = "MIT"});
    std::string text = supply::to_json(aibom);
    text.replace(text.find(before), before.size(), after);
    return outcome(supply::aibom_from_json(text));
}

Outcome cyclonedx_of(const std::string& version, const std::string& metadata) {
    return outcome(supply::aibom_from_cyclonedx(R"({"bomFormat":"CycloneDX","specVersion":")" +
                                                version + R"(","metadata":)" + metadata + "}"));
}

Outcome provoke_by_aibom(SupplyDetail detail) {
    supply::AiBom aibom;
    switch (detail) {
        case SupplyDetail::aibom_bad_digest:
            return aibom_with(R"("hash":"0)", R"("hash":")");
        case SupplyDetail::aibom_unknown_scope:
            return aibom_with("Combined", "All");
        case SupplyDetail::aibom_other_format:
            return cyclonedx_of("1.4", "{}");
        case SupplyDetail::aibom_no_model:
            return cyclonedx_of("1.7", "{}");
        case SupplyDetail::aibom_no_digest:
            return cyclonedx_of("1.7",
                                R"({"component":{"type":"machine-learning-model","name":"m"}})");
        default:
            return outcome(supply::add_model_card(aibom, "# A model\n"));
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
        case SupplyDetail::oci_bad_digest:
        case SupplyDetail::oci_bad_reference:
        case SupplyDetail::oci_other_type:
        case SupplyDetail::oci_too_many:
        case SupplyDetail::oci_too_deep:
        case SupplyDetail::oci_other_size:
        case SupplyDetail::oci_other_digest:
        case SupplyDetail::oci_bad_layout:
        case SupplyDetail::oci_bad_title:
            return provoke_by_oci(detail);
        case SupplyDetail::model_other_subject:
        case SupplyDetail::model_unknown_method:
        case SupplyDetail::model_unknown_hash:
        case SupplyDetail::model_no_resource:
        case SupplyDetail::model_bad_shard:
        case SupplyDetail::model_other_root:
        case SupplyDetail::model_no_key:
            return provoke_by_model(detail);
        case SupplyDetail::aibom_bad_digest:
        case SupplyDetail::aibom_unknown_scope:
        case SupplyDetail::aibom_other_format:
        case SupplyDetail::aibom_no_model:
        case SupplyDetail::aibom_no_digest:
        case SupplyDetail::model_card_no_front_matter:
            return provoke_by_aibom(detail);
    }
    return std::nullopt;
}

}  // namespace aion::proof
