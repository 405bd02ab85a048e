// SPDX-License-Identifier: MIT OR Apache-2.0
// Statements about models in sigstore bundles, signed and opened.
#include <array>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/supply/model_signing.hpp"
#include "aion/supply/sigstore_bundle.hpp"
#include "base/json_reader.hpp"
#include "base/json_text.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/envelope_bytes.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view error_prefix = "model signature: ";

std::unexpected<Error> not_valid(std::string why) {
    return fail(error_because(ErrorCode::verdict_invalid, std::move(why)));
}

// A name for the key, or the key itself as PEM.
Result<> read_key(const json::ObjectReader& material, ModelBundle& bundle) {
    AION_TRY_ASSIGN(const auto key, material.object_if_any("publicKey"));
    if (!key || material.any_if_any("certificate") || material.any_if_any("x509CertificateChain")) {
        return fail(material.error_at("publicKey", told<SupplyDetail::model_no_key>()));
    }
    AION_TRY_ASSIGN(const auto hint, key->text_or_null("hint"));
    AION_TRY_ASSIGN(const auto raw, key->text_or_null("rawBytes"));
    if (raw) {
        AION_TRY_ASSIGN(const Bytes pem, base64_member(*key, "rawBytes"));
        bundle.key_pem = as_text(pem);
    } else if (hint.value_or(std::string_view()).empty()) {
        return fail(material.error_at("publicKey", told<SupplyDetail::model_no_key>()));
    }
    bundle.key_hint = hint.value_or(std::string_view());
    return {};
}

bool is_named(const ModelBundle& bundle, const crypto::EcPublicKey& key) {
    if (!bundle.key_hint.empty() && bundle.key_hint != key.fingerprint()) {
        return false;
    }
    if (!bundle.key_pem) {
        return true;
    }
    const auto named = crypto::EcPublicKey::from_pem(*bundle.key_pem);
    return named && *named == key;
}

}  // namespace

Result<ModelBundle> model_bundle_from_json(std::string_view text) {
    AION_TRY_ASSIGN(
        const json::Document document,
        json::parse(text, {.error_prefix = error_prefix, .max_size = max_envelope_size}));
    AION_TRY_ASSIGN(const json::ObjectReader root,
                    json::ObjectReader::root(document, error_prefix));
    AION_TRY_ASSIGN(const std::string_view type, root.text("mediaType"));
    if (type != sigstore_bundle_type) {
        return fail(root.error_at("mediaType",
                                  told<SupplyDetail::bundle_other_type>(sigstore_bundle_type)));
    }
    ModelBundle bundle;
    AION_TRY_ASSIGN(const json::ObjectReader material, root.object("verificationMaterial"));
    AION_TRY(read_key(material, bundle));
    AION_TRY_ASSIGN(const json::ObjectReader envelope, root.object("dsseEnvelope"));
    AION_TRY_ASSIGN(bundle.envelope, read_envelope(envelope));
    if (bundle.envelope.signatures.size() != 1) {
        return fail(root.error_at("dsseEnvelope", told<SupplyDetail::bundle_other_content>()));
    }
    return bundle;
}

std::string to_json(const ModelBundle& bundle) {
    const auto base64 = [](ByteView bytes) { return to_base64(bytes); };
    std::string out = R"({"mediaType":")";
    out += sigstore_bundle_type;
    out += R"(","verificationMaterial":{"publicKey":{)";
    if (!bundle.key_hint.empty() || !bundle.key_pem) {
        out += R"("hint":)";
        append_json_string(out, bundle.key_hint);
    }
    if (bundle.key_pem) {
        out += bundle.key_hint.empty() ? R"("rawBytes":")" : R"(,"rawBytes":")";
        out += base64(as_bytes(*bundle.key_pem)) + '"';
    }
    out += R"(},"tlogEntries":[]},"dsseEnvelope":{"payload":")";
    out += base64(bundle.envelope.payload);
    out += R"(","payloadType":)";
    append_json_string(out, bundle.envelope.payload_type);
    out += R"(,"signatures":[)";
    for (const EnvelopeSignature& signature : bundle.envelope.signatures) {
        out += out.ends_with('[') ? R"({"sig":")" : R"(,{"sig":")";
        out += base64(signature.signature) + R"(","keyid":)";
        append_json_string(out, signature.keyid);
        out += '}';
    }
    return out + "]}}";
}

Result<ModelBundle> sign_model(const ModelStatement& statement, const crypto::EcSigningKey& key,
                               ModelForm form) {
    const std::string json = statement.json(form);
    if (json.size() > ModelStatement::max_size) {
        return fail(error_because(ErrorCode::resource_exhausted,
                                  "a statement of more than " +
                                      std::to_string(ModelStatement::max_size) +
                                      " bytes: make the shards larger"));
    }
    const std::string header = pae_header(statement_type, json.size());
    const std::array message{as_bytes(header), as_bytes(json)};
    AION_TRY_ASSIGN(Bytes signature, key.sign(message));
    const ByteView payload = as_bytes(json);
    ModelBundle bundle{.key_hint = key.public_half().fingerprint(),
                       .key_pem = {},
                       .envelope = {.payload_type = std::string(statement_type),
                                    .payload = Bytes(payload.begin(), payload.end()),
                                    .signatures = {}}};
    bundle.envelope.signatures.push_back({.keyid = {}, .signature = std::move(signature)});
    return bundle;
}

Result<ModelStatement> open_model_bundle(const ModelBundle& bundle,
                                         const crypto::EcPublicKey& key) {
    if (bundle.envelope.signatures.size() != 1) {
        return not_valid("there is not exactly one signature");
    }
    if (!is_named(bundle, key)) {
        return not_valid("it names another key");
    }
    if (bundle.envelope.payload_type != statement_type) {
        return not_valid("what is signed is no in-toto statement");
    }
    const std::string header =
        pae_header(bundle.envelope.payload_type, bundle.envelope.payload.size());
    const std::array message{as_bytes(header), ByteView(bundle.envelope.payload)};
    if (!key.verify(message, bundle.envelope.signatures.front().signature)) {
        return not_valid("the signature is not the key's");
    }
    return ModelStatement::from_json(as_text(bundle.envelope.payload));
}

}  // namespace aion::supply
