// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading, writing and signing envelopes.
#include "aion/supply/envelope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/base/hex.hpp"
#include "aion/crypto/sha256.hpp"
#include "base/json_reader.hpp"
#include "base/json_text.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/envelope_bytes.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view keyid_prefix = "aion:author:";

void append_base64(std::string& out, ByteView bytes, EnvelopeForm form) {
    // Of neither alphabet is anything escaped in JSON.
    out += '"';
    out += form == EnvelopeForm::padded ? to_base64(bytes) : to_base64_unpadded(bytes);
    out += '"';
}

}  // namespace

std::string pae_header(std::string_view payload_type, std::size_t payload_size) {
    return fmt::format("DSSEv1 {} {} {} ", payload_type.size(), payload_type, payload_size);
}

Result<Bytes> base64_member(const json::ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const std::string_view text, object.text(key));
    auto bytes = from_base64(text);
    if (!bytes) {
        return fail(
            object.error_at(key, told<SupplyDetail::dsse_bad_base64>(bytes.error().message())));
    }
    return bytes;
}

Result<Envelope> read_envelope(const json::ObjectReader& object) {
    Envelope envelope;
    AION_TRY_ASSIGN(envelope.payload_type, object.text("payloadType"));
    AION_TRY_ASSIGN(envelope.payload, base64_member(object, "payload"));
    AION_TRY_ASSIGN(const auto signatures, object.objects("signatures"));
    for (const json::ObjectReader signature : signatures) {
        AION_TRY_ASSIGN(const auto keyid, signature.text_or_null("keyid"));
        AION_TRY_ASSIGN(Bytes bytes, base64_member(signature, "sig"));
        envelope.signatures.push_back(
            {std::string(keyid.value_or(std::string_view())), std::move(bytes)});
    }
    return envelope;
}

Result<Envelope> envelope_from_json(std::string_view text) {
    constexpr std::string_view prefix = "DSSE envelope: ";
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(text, {.error_prefix = prefix, .max_size = max_envelope_size}));
    AION_TRY_ASSIGN(const json::ObjectReader object, json::ObjectReader::root(document, prefix));
    return read_envelope(object);
}

std::string to_json(const Envelope& envelope, EnvelopeForm form) {
    std::string out;
    out.reserve((envelope.payload.size() / 3 * 4) + (envelope.signatures.size() * 128) + 128);
    out += R"({"payloadType":)";
    append_json_string(out, envelope.payload_type);
    out += R"(,"payload":)";
    append_base64(out, envelope.payload, form);
    out += R"(,"signatures":[)";
    bool is_first = true;
    for (const EnvelopeSignature& signature : envelope.signatures) {
        out += is_first ? "{" : ",{";
        is_first = false;
        if (form == EnvelopeForm::reference || !signature.keyid.empty()) {
            out += R"("keyid":)";
            append_json_string(out, signature.keyid);
            out += ',';
        }
        out += R"("sig":)";
        append_base64(out, signature.signature, form);
        out += '}';
    }
    return out += "]}";
}

std::string keyid_of(AuthorId author) {
    return std::string(keyid_prefix) + std::to_string(author.value);
}

std::optional<AuthorId> author_of_keyid(std::string_view keyid) noexcept {
    if (!keyid.starts_with(keyid_prefix)) {
        return std::nullopt;
    }
    const std::string_view digits = keyid.substr(keyid_prefix.size());
    std::uint64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, number);
    const bool is_canonical = digits.size() == 1 || !digits.starts_with('0');
    if (read.ec != std::errc() || read.ptr != end || !is_canonical) {
        return std::nullopt;
    }
    return AuthorId{number};
}

std::string ssh_fingerprint(const PublicKey& key) {
    // The key as SSH writes it (RFC 8709 section 4): two strings, each behind its length.
    constexpr std::string_view name = "ssh-ed25519";
    crypto::Sha256 hash;
    hash.update(std::array<std::uint8_t, 4>{0, 0, 0, name.size()});
    hash.update(as_bytes(name));
    hash.update(std::array<std::uint8_t, 4>{0, 0, 0, sizeof key});
    hash.update(key.bytes);
    return "SHA256:" + to_base64_unpadded(hash.digest().bytes);
}

std::string securesystemslib_keyid(const PublicKey& key) {
    return to_hex(crypto::sha256(as_bytes(R"({"keytype":"ed25519","keyval":{"public":")" +
                                          to_hex(key) + R"("},"scheme":"ed25519"})")));
}

Result<Envelope> sign_envelope(std::string_view payload_type, ByteView payload, AuthorId signer,
                               crypto::Signer& key) {
    Envelope envelope{.payload_type = std::string(payload_type),
                      .payload = Bytes(payload.begin(), payload.end()),
                      .signatures = {}};
    AION_TRY(add_signature(envelope, signer, key));
    return envelope;
}

Result<> add_signature(Envelope& envelope, AuthorId signer, crypto::Signer& key) {
    std::string keyid = keyid_of(signer);
    if (std::ranges::find(envelope.signatures, keyid, &EnvelopeSignature::keyid) !=
        envelope.signatures.end()) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "the envelope has a signature of " + keyid + " already"));
    }
    const std::string header = pae_header(envelope.payload_type, envelope.payload.size());
    Bytes message;
    message.reserve(header.size() + envelope.payload.size());
    message.insert(message.end(), header.begin(), header.end());
    message.insert(message.end(), envelope.payload.begin(), envelope.payload.end());
    AION_TRY_ASSIGN(const Signature signature, key.sign(message));
    envelope.signatures.push_back(
        {std::move(keyid), Bytes(signature.bytes.begin(), signature.bytes.end())});
    return {};
}

}  // namespace aion::supply
