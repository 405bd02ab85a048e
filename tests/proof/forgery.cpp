// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/forgery.hpp"

#include <algorithm>
#include <string_view>

#include "aion/crypto/aead.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/crypto/kdf.hpp"

namespace aion::proof {

namespace {

void put(Bytes& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void put(Bytes& out, std::uint64_t value, std::size_t size = 8) {
    out.resize(out.size() + size);
    put_number(out, out.size() - size, value, size);
}

void put_zeros(Bytes& out, std::size_t count) {
    out.insert(out.end(), count, 0);
}

template <class Value>
Value octets_at(ByteView file, std::size_t offset) {
    return *Value::from(file.subspan(offset, Value::size));
}

Bytes sealed(const Forgery& forgery) {
    const std::uint64_t version = forgery.versions.back().number;
    const std::string input = "aion-v2-master-" + std::to_string(forgery.file_id);
    const std::string info = "aion-v2-rules-v" + std::to_string(version);
    Bytes salt;
    put(salt, forgery.file_id);
    Bytes associated;
    put(associated, version);
    std::array<std::uint8_t, 32> key{};
    crypto::hkdf_sha256(as_bytes(input), salt, as_bytes(info), key).value();
    Bytes out;
    put(out, forgery.nonce);
    put_zeros(out, forgery.payload.size() + 16);
    crypto::aead_seal(key, forgery.nonce, associated, forgery.payload,
                      MutableByteView(out).subspan(12))
        .value();
    return out;
}

Bytes signature_records(const Forgery& forgery) {
    Bytes out;
    for (const ForgedVersion& version : forgery.versions) {
        put(out, version.signed_by);
        put(out, version.key.view());
        put(out, version.signature.view());
        put_zeros(out, 8);
    }
    return out;
}

Bytes audit_records(const Forgery& forgery) {
    Bytes out;
    Hash previous;
    for (const ForgedVersion& version : forgery.versions) {
        const std::size_t start = out.size();
        put(out, version.time);
        put(out, version.author);
        put(out, start == 0 ? 1 : 2, 2);
        put_zeros(out, 6 + 8 + 4 + 4);
        put(out, previous.view());
        put_zeros(out, 8);
        previous = crypto::blake3(ByteView(out).subspan(start));
    }
    return out;
}

}  // namespace

Bytes ForgedVersion::body() const {
    Bytes out;
    put(out, number);
    put(out, parent.view());
    put(out, rules_hash.view());
    put(out, author);
    put(out, time);
    put(out, message_offset);
    put(out, message.size(), 4);
    return out;
}

Hash ForgedVersion::hash() const {
    return crypto::blake3(body());
}

Forgery Forgery::of(ByteView file, ByteView payload) {
    const FileMap map(file);
    Forgery forgery;
    forgery.file_id = number_at(file, 8);
    forgery.payload.assign(payload.begin(), payload.end());
    std::ranges::copy(file.subspan(map.section(0), 12), forgery.nonce.begin());
    for (std::size_t i = 0; i < map.count(); ++i) {
        const std::size_t at = map.version(i);
        const std::size_t signature = map.signature(i);
        ForgedVersion version;
        version.number = number_at(file, at);
        version.parent = octets_at<Hash>(file, at + 8);
        version.rules_hash = octets_at<Hash>(file, at + 40);
        version.author = number_at(file, at + 72);
        version.time = number_at(file, at + 80);
        version.message_offset = number_at(file, at + 88);
        version.message = as_text(
            file.subspan(map.strings() + version.message_offset, number_at(file, at + 96, 4)));
        version.signed_by = number_at(file, signature);
        version.key = octets_at<PublicKey>(file, signature + 8);
        version.signature = octets_at<Signature>(file, signature + 40);
        forgery.versions.push_back(version);
    }
    return forgery;
}

Bytes Forgery::write() const {
    std::array<Bytes, section_count> sections;
    sections[0] = sealed(*this);
    for (const ForgedVersion& version : versions) {
        put(sections[1], version.body());
        put_zeros(sections[1], 52);
    }
    sections[2] = signature_records(*this);
    sections[3] = audit_records(*this);
    for (const ForgedVersion& version : versions) {
        put(sections[4], as_bytes(version.message));
        put_zeros(sections[4], 1);
    }
    Bytes file;
    put(file, as_bytes("AION"));
    put(file, 2, 2);
    put(file, 1, 2);
    put(file, file_id);
    put(file, versions.back().number);
    put(file, versions.front().rules_hash.view());
    put(file, versions.back().rules_hash.view());
    put(file, versions.front().time);
    put(file, versions.back().time);
    std::size_t offset = header_size;
    for (std::size_t s = 0; s < section_count; ++s) {
        put(file, offset);
        put(file, sections[s].size() / item_sizes[s]);
        offset += sections[s].size();
    }
    put_zeros(file, 72);
    for (const Bytes& section : sections) {
        put(file, section);
    }
    put(file, crypto::blake3(file).view());
    return file;
}

void Forgery::append(std::uint64_t author, crypto::SigningKey& key, const std::string& content,
                     const std::string& message) {
    ForgedVersion version;
    version.number = versions.size() + 1;
    version.author = author;
    version.time = versions.empty() ? 1 : versions.back().time;
    version.message = message;
    versions.push_back(version);
    lay_messages();
    set_payload(content);
    relink_from(versions.size() - 1);
    sign(versions.size() - 1, key);
}

void Forgery::lay_messages() {
    std::uint64_t offset = 0;
    for (ForgedVersion& version : versions) {
        version.message_offset = offset;
        offset += version.message.size() + 1;
    }
}

void Forgery::relink_from(std::size_t i) {
    for (; i < versions.size(); ++i) {
        versions[i].parent = i == 0 ? Hash() : versions[i - 1].hash();
    }
}

void Forgery::sign(std::size_t i, crypto::SigningKey& key) {
    ForgedVersion& version = versions[i];
    Bytes message;
    put(message, as_bytes("AION_V2_VERSION_SIGNATURE_V1"));
    put(message, version.body());
    version.signed_by = version.author;
    version.key = key.public_half();
    version.signature = key.sign(message).value();
}

void Forgery::set_payload(const std::string& content) {
    payload.assign(content.begin(), content.end());
    versions.back().rules_hash = crypto::blake3(payload);
}

}  // namespace aion::proof
