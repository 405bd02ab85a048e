// SPDX-License-Identifier: MIT OR Apache-2.0
// Signatures of models from anywhere, and keys in PEM: each is refused, or read, written and read
// as the same. No key but the right one opens a bundle.
//
// Input: which kind of text (its first byte modulo 4), then the text.
#include <cstdint>
#include <string>

#include "aion/crypto/ec_key.hpp"
#include "aion/supply/model_signing.hpp"
#include "support/require.hpp"

namespace {

using aion::as_text;
using aion::ByteView;
using aion::crypto::EcPublicKey;
using aion::crypto::EcSigningKey;
using aion::fuzz::require;
using namespace aion::supply;

const EcSigningKey& our_key() {
    static const EcSigningKey key =
        *EcSigningKey::generate(aion::Env::system(), aion::crypto::EcCurve::p256);
    return key;
}

void check_bundle(std::string_view text) {
    const auto bundle = model_bundle_from_json(text);
    if (!bundle) {
        return;
    }
    require(bundle->envelope.signatures.size() == 1);
    require(model_bundle_from_json(to_json(*bundle)) == *bundle);
    require(!open_model_bundle(*bundle, our_key().public_half()));
}

void check_statement(std::string_view text) {
    const auto statement = ModelStatement::from_json(text);
    if (!statement) {
        return;
    }
    const auto& resources = statement->resources();
    require(!resources.empty() && statement->file_count() <= resources.size());
    for (const ModelForm form : {ModelForm::specification, ModelForm::client}) {
        // The root is that of the text, whose order may be another.
        const auto made =
            ModelStatement::make(statement->name(), statement->serialization(), resources);
        require(made.has_value());
        const auto again = ModelStatement::from_json(made->json(form));
        require(again.has_value() && again->resources() == resources &&
                again->serialization() == statement->serialization() &&
                again->root() == made->root() && again->name() == statement->name());
    }
}

void check_public_key(std::string_view text) {
    if (const auto key = EcPublicKey::from_pem(text)) {
        require(EcPublicKey::from_pem(key->pem()) == *key);
    }
}

// What opens a key may take as long as whoever protected it wanted.
void check_private_key(ByteView text) {
    if (EcSigningKey::is_encrypted(text)) {
        return;
    }
    if (const auto key = EcSigningKey::from_pem(text)) {
        const auto again = EcSigningKey::from_pem(key->to_pem()->view());
        require(again.has_value() && again->public_half() == key->public_half());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const ByteView text = ByteView(data, size).subspan(1);
    switch (data[0] % 4) {
        case 0:
            check_bundle(as_text(text));
            break;
        case 1:
            check_statement(as_text(text));
            break;
        case 2:
            check_public_key(as_text(text));
            break;
        default:
            check_private_key(text);
    }
    return 0;
}
