// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/sigstore_bundle.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "base/json_reader.hpp"
#include "base/json_text.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/envelope_bytes.hpp"
#include "trust/current_epoch.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view error_prefix = "sigstore bundle: ";
constexpr std::string_view any_bundle_type = "application/vnd.dev.sigstore.bundle";
constexpr std::string_view digest_algorithm = "SHA2_256";
constexpr std::string_view no_algorithm = "HASH_ALGORITHM_UNSPECIFIED";

// Bytes that mean something when they are signed.
constexpr std::array<std::string_view, 2> reserved_beginnings = {"AION_V2_", "DSSEv1 "};

Result<json::Document> parse(std::string_view text) {
    return json::parse(text, {.error_prefix = error_prefix, .max_size = max_envelope_size});
}

// What nobody says of a digest may be left out, or be what protobuf takes for the same.
Result<std::optional<crypto::Sha256Digest>> read_digest(const json::ObjectReader& object) {
    AION_TRY_ASSIGN(const auto algorithm, object.text_or_null("algorithm"));
    AION_TRY_ASSIGN(const auto text, object.text_or_null("digest"));
    const std::string_view name = algorithm.value_or(std::string_view());
    if ((name.empty() || name == no_algorithm) && text.value_or(std::string_view()).empty()) {
        return std::nullopt;
    }
    if (name != digest_algorithm) {
        return fail(object.error_at("algorithm", told<SupplyDetail::bundle_other_content>()));
    }
    AION_TRY_ASSIGN(const Bytes bytes, base64_member(object, "digest"));
    crypto::Sha256Digest digest;
    if (bytes.size() != digest.bytes.size()) {
        return fail(object.error_at("digest", told<SupplyDetail::bundle_other_content>()));
    }
    std::ranges::copy(bytes, digest.bytes.begin());
    return digest;
}

Result<BlobSignature> read_blob_signature(const json::ObjectReader& object) {
    BlobSignature blob;
    const auto digest = object.any_if_any("messageDigest");
    if (digest && !digest->is_null()) {
        AION_TRY_ASSIGN(const json::ObjectReader described, object.object("messageDigest"));
        AION_TRY_ASSIGN(blob.digest, read_digest(described));
    }
    AION_TRY_ASSIGN(blob.signature, base64_member(object, "signature"));
    return blob;
}

std::string text_of(const std::optional<crypto::Sha256Digest>& digest) {
    return !digest ? "{}"
                   : R"({"algorithm":")" + std::string(digest_algorithm) + R"(","digest":")" +
                         to_base64(digest->bytes) + R"("})";
}

bool is_reserved(ByteView content) {
    return std::ranges::any_of(reserved_beginnings, [content](std::string_view beginning) {
        return as_text(content).starts_with(beginning);
    });
}

}  // namespace

bool is_sigstore_bundle(std::string_view text) {
    const auto document = parse(text);
    if (!document) {
        return false;
    }
    const auto root = json::ObjectReader::root(*document, error_prefix);
    const auto type = root ? root->text_or_null("mediaType")
                           : Result<std::optional<std::string_view>>(std::nullopt);
    return type && *type && (*type)->starts_with(any_bundle_type);
}

Result<SigstoreBundle> sigstore_bundle_from_json(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document, parse(text));
    AION_TRY_ASSIGN(const json::ObjectReader root,
                    json::ObjectReader::root(document, error_prefix));
    AION_TRY_ASSIGN(const std::string_view type, root.text("mediaType"));
    if (type != sigstore_bundle_type) {
        return fail(root.error_at("mediaType",
                                  told<SupplyDetail::bundle_other_type>(sigstore_bundle_type)));
    }
    SigstoreBundle bundle;
    AION_TRY_ASSIGN(const json::ObjectReader material, root.object("verificationMaterial"));
    AION_TRY_ASSIGN(const auto key, material.object_if_any("publicKey"));
    if (key) {
        AION_TRY_ASSIGN(const auto hint, key->text_or_null("hint"));
        bundle.key_hint = hint.value_or(std::string_view());
    }
    AION_TRY_ASSIGN(const auto envelope, root.object_if_any("dsseEnvelope"));
    AION_TRY_ASSIGN(const auto message, root.object_if_any("messageSignature"));
    if (envelope.has_value() == message.has_value()) {
        return fail(root.error_at("dsseEnvelope", told<SupplyDetail::bundle_other_content>()));
    }
    if (envelope) {
        AION_TRY_ASSIGN(bundle.content, read_envelope(*envelope));
    } else {
        AION_TRY_ASSIGN(bundle.content, read_blob_signature(*message));
    }
    return bundle;
}

Result<std::string> to_json(const SigstoreBundle& bundle) {
    std::string out = R"({"mediaType":")";
    out += sigstore_bundle_type;
    out += R"(","verificationMaterial":{"publicKey":{"hint":)";
    append_json_string(out, bundle.key_hint);
    out += "}},";
    if (const auto* const envelope = std::get_if<Envelope>(&bundle.content)) {
        if (envelope->signatures.size() != 1) {
            return fail(error_because(ErrorCode::invalid_argument,
                                      "a sigstore bundle has exactly one signature: make one of "
                                      "each"));
        }
        return out + R"("dsseEnvelope":)" + to_json(*envelope) + "}";
    }
    const auto& blob = std::get<BlobSignature>(bundle.content);
    out += R"("messageSignature":{"messageDigest":)" + text_of(blob.digest) + R"(,"signature":")";
    return out + to_base64(blob.signature) + R"("}})";
}

Result<BlobSignature> sign_blob(ByteView content, crypto::Signer& key) {
    for (const std::string_view beginning : reserved_beginnings) {
        if (as_text(content).starts_with(beginning)) {
            return fail(error_because(
                ErrorCode::invalid_argument,
                "what begins with '" + std::string(beginning) +
                    "' is not signed as a file: the signature could be taken for another one"));
        }
    }
    AION_TRY_ASSIGN(const Signature signature, key.sign(content));
    return BlobSignature{.digest = crypto::sha256(content),
                         .signature = Bytes(signature.bytes.begin(), signature.bytes.end())};
}

std::optional<AuthorId> signer_of(ByteView content, const BlobSignature& signature,
                                  const trust::Registry& registry, const EnvelopeRules& rules) {
    if (signature.signature.size() != sizeof(Signature) || is_reserved(content) ||
        (signature.digest && *signature.digest != crypto::sha256(content))) {
        return std::nullopt;
    }
    Signature bytes;
    std::ranges::copy(signature.signature, bytes.bytes.begin());
    std::size_t trials = 0;
    for (const auto& [author, record] : registry.authors()) {
        const bool counts = rules.authors.empty() ||
                            std::ranges::find(rules.authors, author) != rules.authors.end();
        const trust::EpochRecord* const epoch =
            counts ? trust::current_epoch(registry, author, rules.at_version) : nullptr;
        if (epoch == nullptr) {
            continue;
        }
        if (++trials > max_key_trials) {
            break;
        }
        if (crypto::verify(epoch->public_key, content, bytes)) {
            return author;
        }
    }
    return std::nullopt;
}

}  // namespace aion::supply
