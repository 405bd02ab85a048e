// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/seal.hpp"

#include <utility>

#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/crypto/sha256.hpp"
#include "base/json_again.hpp"
#include "base/try.hpp"
#include "release/parts.hpp"

namespace aion::release {
namespace {

supply::AiBom bill_of(const Content& content) {
    supply::AiBom aibom = content.aibom;
    const supply::Artifact& model = content.manifest.artifacts().front();
    aibom.model.hash_algorithm = supply::aibom_blake3_name;
    aibom.model.hash = model.blake3;
    aibom.model.size = model.size;
    return aibom;
}

supply::ResourceDescriptor named(std::string_view name, std::string_view type, const Hash& blake3,
                                 std::string_view payload) {
    return {.name = std::string(name),
            .digest = supply::DigestSet{{"blake3-256", to_hex(blake3)},
                                        {"sha256", to_hex(crypto::sha256(as_bytes(payload)))}},
            .media_type = std::string(type)};
}

}  // namespace

Result<std::string> model_ref_of(std::string_view aibom) {
    constexpr std::string_view prefix = "AIBOM: ";
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(aibom, {.error_prefix = prefix,
                                        .max_size = supply::max_aibom_size,
                                        .max_depth = supply::max_aibom_depth}));
    AION_TRY_ASSIGN(const json::ObjectReader root, json::ObjectReader::root(document, prefix));
    AION_TRY_ASSIGN(const json::Value model, root.any("model"));
    return json::in_one_line(model);
}

std::vector<supply::ResourceDescriptor> byproducts_of(std::string_view aibom,
                                                      const supply::Manifest& manifest,
                                                      std::string_view manifest_payload) {
    return {named(aibom_byproduct, supply::aibom_type, crypto::blake3(as_bytes(aibom)), aibom),
            named(manifest_byproduct, supply::manifest_type, manifest.id(), manifest_payload)};
}

Result<Bundle> seal(const Content& content, AuthorId signer, crypto::Signer& key, SealForm form) {
    if (content.manifest.artifacts().empty()) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "a release needs an artefact: the first one is the model"));
    }
    const bool is_bound = form == SealForm::bound;
    const std::string payload = content.manifest.payload(is_bound);
    Bundle bundle;
    bundle.signer = signer;
    bundle.manifest = content.manifest.canonical_bytes();
    bundle.aibom = supply::to_json(bill_of(content));
    AION_TRY_ASSIGN(bundle.model_ref, model_ref_of(bundle.aibom));

    supply::Provenance provenance = content.provenance;
    if (is_bound) {
        for (auto& one : byproducts_of(bundle.aibom, content.manifest, payload)) {
            provenance.byproducts.push_back(std::move(one));
        }
    }
    AION_TRY_ASSIGN(const supply::Statement statement,
                    supply::make_provenance(content.manifest.artifacts(), provenance,
                                            is_bound ? supply::StatementForm::standard
                                                     : supply::StatementForm::reference));
    bundle.provenance = statement.json();

    const auto sign = [&](std::string_view type, std::string_view text) {
        return supply::sign_envelope(type, as_bytes(text), signer, key);
    };
    AION_TRY_ASSIGN(bundle.manifest_signature,
                    supply::sign_manifest(content.manifest, signer, key));
    AION_TRY_ASSIGN(bundle.manifest_envelope, sign(supply::manifest_type, payload));
    AION_TRY_ASSIGN(bundle.aibom_envelope, sign(supply::aibom_type, bundle.aibom));
    AION_TRY_ASSIGN(bundle.provenance_envelope, sign(supply::statement_type, bundle.provenance));

    OciGraph graph = oci_graph_of(bundle, content.aibom.model.name,
                                  VersionNumber{content.aibom.created_at_version});
    bundle.oci_primary = std::move(graph.primary);
    bundle.oci_aibom = std::move(graph.aibom);
    bundle.oci_provenance = std::move(graph.provenance);
    set_logged(bundle, std::array<std::uint64_t, logged_kinds.size()>{0, 1, 2});
    return bundle;
}

void set_logged(Bundle& bundle, std::span<const std::uint64_t, logged_kinds.size()> indexes) {
    bundle.log_entries.clear();
    for (std::size_t i = 0; i < indexes.size(); ++i) {
        bundle.log_entries.push_back(
            {.kind = std::to_underlying(logged_kinds[i]), .index = indexes[i]});
    }
}

}  // namespace aion::release
