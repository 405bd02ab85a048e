// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/bundle.hpp"

#include <algorithm>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/supply/aibom.hpp"
#include "aion/supply/oci.hpp"
#include "base/json_again.hpp"
#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "release/details.hpp"
#include "supply/envelope_bytes.hpp"

namespace aion::release {
namespace {

constexpr std::string_view prefix = "release: ";
constexpr json::ReadOptions reading{.error_prefix = prefix,
                                    .max_size = max_document_size,
                                    .max_depth = supply::max_aibom_depth + 8,
                                    .max_values = std::size_t{1} << 24U};

// --- reading -------------------------------------------------------------------------------------

Result<Bytes> hex_in(const json::ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const std::string_view text, object.text(key));
    auto bytes = from_hex(text);
    if (!bytes) {
        return fail(object.error_at(key, told<ReleaseDetail::release_bad_hex>("pairs of")));
    }
    return bytes;
}

template <class Fixed>
Result<Fixed> octets_in(const json::ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const std::string_view text, object.text(key));
    auto octets = octets_from_hex<Fixed>(text);
    if (!octets) {
        return fail(object.error_at(key, told<ReleaseDetail::release_bad_hex>(2 * sizeof(Fixed))));
    }
    return octets;
}

Result<supply::ManifestSignature> signature_in(const json::ObjectReader& root) {
    AION_TRY_ASSIGN(const json::ObjectReader object, root.object("manifest_signature"));
    supply::ManifestSignature signature;
    AION_TRY_ASSIGN(signature.signer.value, object.u64("author_id"));
    AION_TRY_ASSIGN(signature.key, octets_in<PublicKey>(object, "public_key_hex"));
    AION_TRY_ASSIGN(signature.signature, octets_in<Signature>(object, "signature_hex"));
    return signature;
}

Result<supply::Envelope> envelope_in(const json::ObjectReader& root, std::string_view key) {
    AION_TRY_ASSIGN(const json::ObjectReader object, root.object(key));
    return supply::read_envelope(object);
}

// An object, whatever is in it.
Result<std::string> document_in(const json::ObjectReader& root, std::string_view key) {
    AION_TRY(root.object(key));
    AION_TRY_ASSIGN(const json::Value value, root.any(key));
    return json::in_one_line(value);
}

Result<std::vector<LoggedPart>> log_entries_in(const json::ObjectReader& root) {
    std::vector<LoggedPart> parts;
    AION_TRY_ASSIGN(const auto entries, root.objects("log_entries"));
    for (const json::ObjectReader entry : entries) {
        LoggedPart part;
        AION_TRY_ASSIGN(const std::uint32_t kind, entry.u32("kind"));
        // One that does not fit is none, and is seen by the comparison of spellings.
        part.kind = static_cast<std::uint16_t>(std::min<std::uint32_t>(kind, UINT16_MAX));
        AION_TRY_ASSIGN(part.index, entry.u64("seq"));
        parts.push_back(part);
    }
    return parts;
}

Result<Bundle> bundle_in(const json::ObjectReader& root) {
    Bundle bundle;
    AION_TRY_ASSIGN(bundle.signer.value, root.u64("signer"));
    AION_TRY_ASSIGN(bundle.model_ref, document_in(root, "model_ref"));
    AION_TRY_ASSIGN(bundle.manifest, hex_in(root, "manifest_canonical_hex"));
    AION_TRY_ASSIGN(bundle.manifest_signature, signature_in(root));
    AION_TRY_ASSIGN(bundle.manifest_envelope, envelope_in(root, "manifest_dsse"));
    AION_TRY_ASSIGN(bundle.aibom, document_in(root, "aibom"));
    AION_TRY_ASSIGN(bundle.aibom_envelope, envelope_in(root, "aibom_dsse"));
    AION_TRY_ASSIGN(bundle.provenance, document_in(root, "slsa_statement"));
    AION_TRY_ASSIGN(bundle.provenance_envelope, envelope_in(root, "slsa_dsse"));
    AION_TRY_ASSIGN(bundle.oci_primary, document_in(root, "oci_primary"));
    AION_TRY_ASSIGN(bundle.oci_aibom, document_in(root, "oci_aibom_referrer"));
    AION_TRY_ASSIGN(bundle.oci_provenance, document_in(root, "oci_slsa_referrer"));
    AION_TRY_ASSIGN(bundle.log_entries, log_entries_in(root));
    return bundle;
}

// --- writing -------------------------------------------------------------------------------------

// Any JSON, in the form that the writer has.
void write_document(JsonWriter& out, std::string_view key, std::string_view text) {
    out.key(key);
    const auto document = json::parse(text, reading);
    if (document) {
        json::write_again(out, document->root());
    } else {
        out.null();  // Of a bundle that somebody made by hand.
    }
}

void write_envelope(JsonWriter& out, std::string_view key, const supply::Envelope& envelope) {
    write_document(out, key, supply::to_json(envelope, supply::EnvelopeForm::reference));
}

void write(JsonWriter& out, const Bundle& bundle) {
    out.begin_object().member("signer", bundle.signer);
    write_document(out, "model_ref", bundle.model_ref);
    out.member("manifest_canonical_hex", to_hex(bundle.manifest));
    const supply::ManifestSignature& signature = bundle.manifest_signature;
    out.key("manifest_signature").begin_object();
    out.member("author_id", signature.signer);
    out.member("public_key_hex", to_hex(signature.key));
    out.member("signature_hex", to_hex(signature.signature));
    out.end_object();
    write_envelope(out, "manifest_dsse", bundle.manifest_envelope);
    write_document(out, "aibom", bundle.aibom);
    write_envelope(out, "aibom_dsse", bundle.aibom_envelope);
    write_document(out, "slsa_statement", bundle.provenance);
    write_envelope(out, "slsa_dsse", bundle.provenance_envelope);
    write_document(out, "oci_primary", bundle.oci_primary);
    write_document(out, "oci_aibom_referrer", bundle.oci_aibom);
    write_document(out, "oci_slsa_referrer", bundle.oci_provenance);
    out.key("log_entries").begin_array();
    for (const LoggedPart& part : bundle.log_entries) {
        out.begin_object().member("kind", part.kind).member("seq", part.index).end_object();
    }
    out.end_array().end_object();
}

std::string blob_of(const supply::Envelope& envelope) {
    return supply::to_json(envelope, supply::EnvelopeForm::reference);
}

}  // namespace

Result<Bundle> bundle_from_json(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document, json::parse(text, reading));
    AION_TRY_ASSIGN(const json::ObjectReader root, json::ObjectReader::root(document, prefix));
    AION_TRY_ASSIGN(Bundle bundle, bundle_in(root));
    const std::string found = json::in_one_line(document.root());
    const std::string expected = to_json(bundle, JsonStyle::minimal);
    if (found != expected) {
        const auto place = std::ranges::mismatch(found, expected).in1 - found.begin();
        return fail(invalid<ReleaseDetail::release_other_spelling>(place));
    }
    return bundle;
}

std::string to_json(const Bundle& bundle, JsonStyle style) {
    std::string text;
    JsonWriter out(text, style);
    write(out, bundle);
    return text;
}

OciGraph oci_graph_of(const Bundle& bundle, std::string_view model, VersionNumber version) {
    // What stands where a file's time would: the reference's word for a release.
    const supply::OciAionConfig config{.version = version.value,
                                       .created_at = "release-orchestration-phase-b"};
    supply::OciDescriptor layer =
        supply::describe_bytes(supply::oci_aion_layer_type, as_text(bundle.manifest));
    layer.annotations.emplace(supply::oci_title, model);
    OciGraph graph;
    graph.config = supply::to_json(config);
    graph.primary = supply::to_json(supply::make_aion_manifest(std::move(layer), config));
    const supply::OciDescriptor subject =
        supply::describe_bytes(supply::oci_manifest_type, graph.primary);
    const auto about = [&](std::string_view type, std::string_view blob) {
        return supply::to_json(
            supply::make_referrer(type, supply::describe_bytes(type, blob), subject));
    };
    graph.aibom_blob = blob_of(bundle.aibom_envelope);
    graph.aibom = about(supply::aibom_type, graph.aibom_blob);
    graph.provenance_blob = blob_of(bundle.provenance_envelope);
    graph.provenance = about(supply::statement_type, graph.provenance_blob);
    return graph;
}

std::array<Bytes, logged_kinds.size()> entries_of(const Bundle& bundle, VersionNumber version) {
    const std::string aibom = blob_of(bundle.aibom_envelope);
    const std::string provenance = blob_of(bundle.provenance_envelope);
    return {
        tlog::make_entry(logged_kinds[0], version.value, bundle.manifest_signature.signature.bytes),
        tlog::make_entry(logged_kinds[1], version.value, as_bytes(aibom)),
        tlog::make_entry(logged_kinds[2], version.value, as_bytes(provenance))};
}

}  // namespace aion::release
