// SPDX-License-Identifier: MIT OR Apache-2.0
#include "format/samples.hpp"

namespace aion::test {

namespace {

constexpr std::uint64_t file_id = 0x0123456789abcdef;
constexpr std::uint64_t author = 50001;
constexpr std::uint64_t created = 1700000000000000000;
constexpr std::uint64_t modified = 1700000001000000000;

const auto genesis_rules_hash =
    octets<Hash>("d9330d3df06bed4e1e94e22366a757e93688dc5defd0ddc2d38b067939332125");
const auto second_rules_hash =
    octets<Hash>("aeb8ed98b49af3b81c45000e3d3a8ab1f257121141d9d51651eb88928959d5d7");
const auto genesis_signature = octets<Signature>(
    "641dd2b9f925e01c1d331460a0bc6b28f9cdcb93e225919763b80978c4e6060e"
    "d9f83437b1827509a7e158fef0965bf3ba237eb407dd86b992f8a359c68b8a06");
const auto second_signature = octets<Signature>(
    "eb1b5e7ba9c86ae275860b43119647aa8db15867df386e088286969baef57799"
    "db5627352deaf48a1d64631a7530da7a3f305df008684b81abbbc7c4c77c170c");
const auto public_key =
    octets<PublicKey>("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

void fill(MutableByteView target, ByteView source) {
    std::memcpy(target.data(), source.data(), source.size());
}

void fill_genesis_records(format::FileImage& image) {
    auto& header = image.header();
    header.flags = format::flag_encrypted;
    header.file_id = file_id;
    header.root_hash = genesis_rules_hash;
    header.created_at = created;

    auto& version = image.versions()[0];
    version.number = 1;
    version.rules_hash = genesis_rules_hash;
    version.author = author;
    version.timestamp = created;
    version.message_offset = 0;
    version.message_length = 15;
    image.signatures()[0] = {author, public_key, genesis_signature, {}};
    auto& entry = image.audit()[0];
    entry.timestamp = created;
    entry.author = author;
    entry.action = static_cast<std::uint16_t>(format::AuditAction::create_genesis);
}

void fill_second_records(format::FileImage& image) {
    auto& version = image.versions()[1];
    version.number = 2;
    version.parent_hash = format::version_hash(image.versions()[0]);
    version.rules_hash = second_rules_hash;
    version.author = author;
    version.timestamp = modified;
    version.message_offset = 16;
    version.message_length = 9;
    image.signatures()[1] = {author, public_key, second_signature, {}};
    auto& entry = image.audit()[1];
    entry.timestamp = modified;
    entry.author = author;
    entry.action = static_cast<std::uint16_t>(format::AuditAction::commit_version);
    entry.previous_hash = format::audit_hash(image.audit()[0]);
}

}  // namespace

Bytes golden_empty_file() {
    format::FileImage image({});
    image.header().file_id = 42;
    image.header().created_at = created;
    image.header().modified_at = created;
    image.finish();
    return copy_of(image.bytes());
}

Bytes golden_genesis_file() {
    const Bytes payload = bytes_from(
        "000102030405060708090a0b00150ea5dd676499470de6bfff26d4c7ba8460d8862c0adf2c1bb387fd52e82f"
        "a50c7cb6fcf8bd0ee47fe3744f0eebce81258f6d3d7d7ed9");
    format::FileImage image({.payload_size = payload.size(),
                             .versions = 1,
                             .signatures = 1,
                             .audit = 1,
                             .strings_size = 16});
    fill_genesis_records(image);
    image.header().current_version = 1;
    image.header().current_hash = genesis_rules_hash;
    image.header().modified_at = created;
    fill(image.payload(), payload);
    fill(image.strings(), as_bytes("Genesis version"));
    image.finish();
    return copy_of(image.bytes());
}

Bytes golden_second_file() {
    const Bytes payload = bytes_from(
        "0c0d0e0f1011121314151617"
        "3c0ac29aabbebdeac0d3188eae92b2122bf2415c6f505d2b");
    format::FileImage image({.payload_size = payload.size(),
                             .versions = 2,
                             .signatures = 2,
                             .audit = 2,
                             .strings_size = 26});
    fill_genesis_records(image);
    fill_second_records(image);
    image.header().current_version = 2;
    image.header().current_hash = second_rules_hash;
    image.header().modified_at = modified;
    fill(image.payload(), payload);
    fill(image.strings(), as_bytes(std::string_view("Genesis version\0Version 2", 25)));
    image.finish();
    return copy_of(image.bytes());
}

}  // namespace aion::test
