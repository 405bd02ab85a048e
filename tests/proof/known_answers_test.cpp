// SPDX-License-Identifier: MIT OR Apache-2.0
// The known answers of our pages on formats: every row is computed anew, and no row may be missing
// or left over. Files are laid out here by hand, as somebody would who had only the page.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <map>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/crypto/kdf.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/format/file_image.hpp"
#include "aion/format/file_view.hpp"
#include "aion/format/layout_check.hpp"
#include "aion/format/records.hpp"
#include "aion/trust/keystore.hpp"
#include "aion/trust/registry.hpp"
#include "policy/payload.hpp"
#include "proof/doc_table.hpp"
#include "support/bytes.hpp"
#include "support/keys.hpp"
#include "trust/key_container.hpp"

namespace aion::proof {
namespace {

using test::counting;

using Answers = std::map<std::string, std::string>;

Answers documented(const std::string& page, const std::string& heading) {
    Answers answers;
    for (const auto& [what, cells] : table_below(page, heading)) {
        answers[what] = cells.at(0);
    }
    return answers;
}

crypto::SigningKey key_of_seed(std::string_view seed) {
    return crypto::SigningKey::from_seed(from_hex(seed).value()).value();
}

constexpr FileId file_id{0x0123456789abcdef};
constexpr std::uint64_t author = 50001;

crypto::SigningKey author_key() {
    return key_of_seed("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
}

struct Step {
    std::uint64_t time;
    std::string_view payload;
    std::string_view message;
    std::array<std::uint8_t, 12> nonce;
};

const std::array<Step, 2> steps = {
    Step{1700000000000000000, "fraud_threshold: 1000\nrisk_level: medium", "Genesis version",
         counting<12>(0)},
    Step{1700000001000000000, "rules v2", "Version 2", counting<12>(12)},
};

void fill_record(format::FileImage& image, std::size_t i, std::uint64_t message_offset) {
    auto& version = image.versions()[i];
    version.number = i + 1;
    version.rules_hash = crypto::blake3(as_bytes(steps[i].payload));
    version.author = author;
    version.timestamp = steps[i].time;
    version.message_offset = message_offset;
    version.message_length = static_cast<std::uint32_t>(steps[i].message.size());
    auto& entry = image.audit()[i];
    entry.timestamp = steps[i].time;
    entry.author = author;
    entry.action = static_cast<std::uint16_t>(i == 0 ? 1 : 2);
    if (i != 0) {
        version.parent_hash = format::version_hash(image.versions()[i - 1]);
        entry.previous_hash = format::audit_hash(image.audit()[i - 1]);
    }
    auto key = author_key();
    image.signatures()[i] = {
        author, key.public_half(), key.sign(format::version_message(version)).value(), {}};
    std::memcpy(image.strings().data() + message_offset, steps[i].message.data(),
                steps[i].message.size());
}

format::FileImage file_of(std::size_t versions) {
    const Step& last = steps[versions - 1];
    std::uint64_t strings_size = 0;
    for (std::size_t i = 0; i < versions; ++i) {
        strings_size += steps[i].message.size() + 1;
    }
    format::FileImage image({.payload_size = last.payload.size() + policy::seal_overhead,
                             .versions = versions,
                             .signatures = versions,
                             .audit = versions,
                             .strings_size = strings_size});
    std::uint64_t message_offset = 0;
    for (std::size_t i = 0; i < versions; ++i) {
        fill_record(image, i, message_offset);
        message_offset += steps[i].message.size() + 1;
    }
    auto& header = image.header();
    header.flags = format::flag_encrypted;
    header.file_id = file_id.value;
    header.current_version = versions;
    header.root_hash = image.versions().front().rules_hash;
    header.current_hash = image.versions().back().rules_hash;
    header.created_at = steps[0].time;
    header.modified_at = last.time;
    EXPECT_TRUE(policy::seal_payload(as_bytes(last.payload), file_id, VersionNumber{versions},
                                     last.nonce, image.payload()));
    image.finish();
    EXPECT_TRUE(format::check_layout(image.bytes()).empty());
    return image;
}

std::string payload_key(std::uint64_t version) {
    const std::string input = fmt::format("aion-v2-master-{}", file_id.value);
    const std::string info = fmt::format("aion-v2-rules-v{}", version);
    const format::le_u64 salt(file_id.value);
    std::array<std::uint8_t, 32> key{};
    EXPECT_TRUE(crypto::hkdf_sha256(as_bytes(input), format::bytes_of(salt), as_bytes(info), key));
    return to_hex(ByteView(key));
}

Answers answers_about_file(const format::FileImage& image) {
    const auto view = format::FileView::parse(image.bytes()).value();
    const auto& header = view.header();
    return {
        {"section offsets",
         fmt::format("{}, {}, {}, {}, {}", std::uint64_t{header.payload.offset},
                     std::uint64_t{header.versions.offset}, std::uint64_t{header.signatures.offset},
                     std::uint64_t{header.audit.offset}, std::uint64_t{header.strings.offset})},
        {"file size", std::to_string(image.bytes().size())},
        {"trailing hash", to_hex(view.integrity_hash().value())}};
}

Answers answers_about(const format::FileImage& image) {
    Answers answers = answers_about_file(image);
    const auto view = format::FileView::parse(image.bytes()).value();
    const auto& version = view.versions().value().back();
    answers["payload key"] = payload_key(version.number);
    answers["payload section"] = to_hex(view.payload().value());
    answers["rules hash"] = to_hex(version.rules_hash);
    answers["signature"] = to_hex(view.signatures().value().back().signature);
    answers["version hash"] = to_hex(format::version_hash(version));
    answers["audit hash"] = to_hex(format::audit_hash(view.audit().value().back()));
    return answers;
}

constexpr auto file_page = "docs/file-format.md";

TEST(KnownAnswers, OfTheFirstVersion) {
    const format::FileImage image = file_of(1);
    Answers answers = answers_about(image);
    const auto view = format::FileView::parse(image.bytes()).value();
    answers["public key"] = to_hex(view.signatures().value().front().public_key);
    answers["signed message"] = to_hex(format::version_message(view.versions().value().front()));
    EXPECT_EQ(answers, documented(file_page, "### Version 1"));
}

TEST(KnownAnswers, OfTheSecondVersion) {
    EXPECT_EQ(answers_about(file_of(2)), documented(file_page, "### Version 2 on top of it"));
}

TEST(KnownAnswers, OfAnAttestation) {
    format::FileImage image = file_of(1);
    const auto body = image.versions().front().body();
    const format::le_u64 signer(50002);
    Bytes message;
    for (const ByteView part :
         {format::attestation_domain(), ByteView(body), format::bytes_of(signer)}) {
        message.insert(message.end(), part.begin(), part.end());
    }
    EXPECT_EQ(message.size(), 130U);
    auto key = key_of_seed("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    const Answers answers = {{"signature", to_hex(key.sign(message).value())}};
    EXPECT_EQ(answers, documented(file_page, "### An attestation"));
}

TEST(KnownAnswers, OfAFileOfNothing) {
    format::FileImage image({});
    image.header().file_id = 42;
    image.header().created_at = steps[0].time;
    image.header().modified_at = steps[0].time;
    image.finish();
    EXPECT_EQ(answers_about_file(image), documented(file_page, "### A file of nothing"));
}

TEST(KnownAnswers, OfSignedRecords) {
    auto master = test::key_from(0x11);
    const auto rotation =
        trust::sign(trust::RotationRecord{.author = AuthorId{author},
                                          .from_epoch = Epoch{0},
                                          .to_epoch = Epoch{1},
                                          .to_public_key = test::key_from(0x33).public_half(),
                                          .effective_from = VersionNumber{9},
                                          .master_signature = {}},
                    master)
            .value();
    const auto revocation =
        trust::sign(trust::RevocationRecord{.author = AuthorId{author},
                                            .epoch = Epoch{0},
                                            .reason = trust::RevocationReason::compromised,
                                            .effective_from = VersionNumber{12},
                                            .master_signature = {}},
                    master)
            .value();
    const Answers answers = {
        {"master key", to_hex(master.public_half())},
        {"key of epoch 0", to_hex(test::key_from(0x22).public_half())},
        {"key of epoch 1", to_hex(test::key_from(0x33).public_half())},
        {"rotation message", to_hex(ByteView(rotation.message()))},
        {"rotation signature", to_hex(rotation.master_signature)},
        {"revocation message", to_hex(ByteView(revocation.message()))},
        {"revocation signature", to_hex(revocation.master_signature)},
    };
    EXPECT_EQ(answers, documented("docs/registry.md", "## Known answers"));
}

TEST(KnownAnswers, OfKeyContainers) {
    const trust::KeyId id{author};
    const auto seed = counting<32>(0);
    const auto nonce = counting<12>(0x40);
    const auto salt = counting<16>(0x10);
    constexpr std::string_view machine = "0123456789abcdef0123456789abcdef";
    const ByteView password = as_bytes("correct horse battery staple");
    const Answers answers = {
        {"public key", to_hex(crypto::SigningKey::from_seed(seed).value().public_half())},
        {"machine key", to_hex(trust::derive_machine_key(machine).value().view())},
        {"AFKY", to_hex(trust::seal_local_key(id, seed, machine, nonce).value())},
        {"password key", to_hex(trust::derive_export_key(password, salt).value().view())},
        {"AKEY", to_hex(trust::seal_exported_key(id, seed, password, salt, nonce).value())},
    };
    EXPECT_EQ(answers, documented("docs/keys.md", "## Known answers"));
}

}  // namespace
}  // namespace aion::proof
