// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/release/receipt.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/crypto/sha256.hpp"
#include "aion/tlog/entry.hpp"
#include "release/receipt_world.hpp"
#include "supply/vectors.hpp"

namespace aion::release {
namespace {

using namespace test;
using aion::test::supply_key;
using aion::test::supply_vectors;

Hash filled(std::uint8_t byte) {
    Hash hash;
    hash.bytes.fill(byte);
    return hash;
}

crypto::SigningKey key_from_to(std::uint8_t first) {
    Bytes seed(32);
    for (std::uint8_t& byte : seed) {
        byte = first++;
    }
    return ok(crypto::SigningKey::from_seed(seed));
}

// The reference's worked example.
ReceiptDraft example() {
    ReceiptNonce nonce;
    for (std::uint8_t i = 0; i < nonce.bytes.size(); ++i) {
        nonce.bytes[i] = static_cast<std::uint8_t>(0xd0 + i);
    }
    const AuthorId author{61007};
    return {.policy = {FileId{4411}, VersionNumber{19}, author},
            .trust = {author, Epoch{0}},
            .decision = Decision::deny,
            .runtime = {{.author = AuthorId{82001}, .receipt_version = VersionNumber{3051}}},
            .nonce = nonce,
            .inputs = {receipt_input("http-request", filled(0xb1)),
                       receipt_input("session", filled(0xb2))},
            .approvals = {{AuthorId{61020}, filled(0x3e)}, {AuthorId{61021}, filled(0x4f)}}};
}

std::string reference_form(const Receipt& receipt) {
    return supply::to_json(receipt.envelope, supply::EnvelopeForm::reference);
}

TEST(ReceiptVectors, TheWorkedExampleIsMadeByteForByte) {
    crypto::SigningKey runtime = key_from_to(0x20);
    crypto::SigningKey witness = key_from_to(0x40);
    Receipt receipt = ok(seal_receipt(example(), runtime));
    ASSERT_EQ(receipt.envelope.payload.size(), 874U);
    const std::string pae = "DSSEv1 28 application/vnd.in-toto+json 874 " +
                            std::string(as_text(receipt.envelope.payload));
    EXPECT_EQ(to_hex(crypto::sha256(as_bytes(pae))),
              "e7729c5c0808ffa6f36bfc00e144adbac79cfa13cb6193c7c8f45fc38825423e");
    EXPECT_EQ(to_hex(receipt.envelope.signatures[0].signature),
              "9dab277c2b6ca792f24e0ce542455cc65d885c9f36e526cd3a76e734dfd62983a67cc8dbb3536f2483e1"
              "4ffa771d3801cdd42d292b250169bfb93a0f110a380a");
    EXPECT_EQ(to_json(receipt).size(), 1365U);
    const std::string alone = reference_form(receipt);
    ok(add_witness(receipt, AuthorId{93001}, VersionNumber{12}, witness));
    const std::string both = reference_form(receipt);
    EXPECT_EQ(both.size(), 1490U);
    EXPECT_EQ(to_hex(receipt.envelope.signatures[1].signature),
              "effca9846062e647efe49eed26ab1a2b52b4c29782ebabf573cc938cafb8ab320a3500b1ad735a885692"
              "c30946f96198b8fd76716f9f29092a430df6cc7cdc0c");
    // Logged, with one signature and then with both.
    constexpr auto kind = tlog::EntryKind::enforcement_receipt;
    const Hash payload = crypto::blake3(as_bytes(alone));
    const Hash leaf = tlog::reference_leaf(kind, 0, 19, Hash{}, payload);
    EXPECT_EQ(to_hex(payload), "8ec713a60125c5c0610f9e4b0118679358290eb258c4de850eaa685f7af757b8");
    EXPECT_EQ(to_hex(leaf), "b397b4c4a3dce084676ab223dd4bb616ffa3f137f34699ea7702923694d82da1");
    const Hash second = tlog::reference_leaf(kind, 1, 20, leaf, crypto::blake3(as_bytes(both)));
    EXPECT_EQ(to_hex(second), "acb9761b5ad4c75c291d57edb851fc08dc6011ac6dff8937bcf3ed2daa063f90");
    EXPECT_EQ(receipt_entry(receipt.envelope, VersionNumber{19}, 1),
              tlog::make_entry(kind, 19, as_bytes(alone)));
    EXPECT_EQ(receipt_entry(receipt.envelope, VersionNumber{20}),
              tlog::make_entry(kind, 20, as_bytes(both)));
}

TEST(ReceiptVectors, TheSmallestStatement) {
    ReceiptDraft draft = example();
    draft.decision = Decision::allow;
    draft.approvals.clear();
    draft.inputs = {receipt_input("", Hash{})};
    draft.runtime->receipt_version = VersionNumber{0};
    draft.nonce = ReceiptNonce{};
    crypto::SigningKey runtime = key_from_to(0x20);
    const Receipt receipt = ok(seal_receipt(draft, runtime));
    EXPECT_EQ(receipt.envelope.payload.size(), 494U);
    EXPECT_TRUE(to_json(receipt).ends_with(
        R"("sig":"XXR0rTWrVK90wehJeT5JpmaL0G+C3dfHCCB6sFlU9Jt/598rli/iMoOys8c2iCWnid5At70FcmA8khlDT)"
        R"(1UhCg"}]})"));
}

TEST(ReceiptVectors, OfOthersAreReadAndWritten) {
    const auto vectors = supply_vectors("receipt.json");
    const std::string text = vectors["envelope"];
    Receipt receipt = ok(receipt_from_json(text));
    EXPECT_EQ(to_json(receipt), text);
    const ReceiptStatement statement = ok(statement_of(receipt));
    EXPECT_EQ(statement.json(), vectors["payload"].get<std::string>());
    EXPECT_EQ(statement.decision, Decision::deny);
    EXPECT_EQ(statement.receipt_version, VersionNumber{3051});
    crypto::SigningKey witness = supply_key("s3");
    ok(add_witness(receipt, AuthorId{3}, VersionNumber{12}, witness));
    EXPECT_EQ(reference_form(receipt), vectors["with_witness_at_version_12"].get<std::string>());
    EXPECT_TRUE(
        to_json(receipt).ends_with(R"(],"witnesses":[{"keyid":"aion:author:3","version":12}]})"));
    EXPECT_EQ(ok(receipt_from_json(to_json(receipt))), receipt);
    EXPECT_EQ(ok(supply::envelope_from_json(to_json(receipt))), receipt.envelope)
        << "readers of envelopes pass over the witnesses";
}

// --- Sealing and witnessing ----------------------------------------------------------------------

TEST(SealedReceipts, NeedADecisionARuntimeANonceAndAnInput) {
    crypto::SigningKey& key = key_of(1);
    ReceiptDraft draft = example();
    const auto detail_without = [&](auto change) {
        ReceiptDraft less = draft;
        change(less);
        return std::string(seal_receipt(less, key).error().detail());
    };
    EXPECT_EQ(detail_without([](ReceiptDraft& d) { d.decision.reset(); }), "receipt_no_decision");
    EXPECT_EQ(detail_without([](ReceiptDraft& d) { d.runtime.reset(); }), "receipt_no_runtime");
    EXPECT_EQ(detail_without([](ReceiptDraft& d) { d.nonce.reset(); }), "receipt_no_nonce");
    EXPECT_EQ(detail_without([](ReceiptDraft& d) { d.inputs.clear(); }), "receipt_no_input");
    EXPECT_EQ(detail_without([](ReceiptDraft& d) {
                  d.inputs.resize(max_receipt_subjects + 1, d.inputs.front());
              }),
              "receipt_too_many");
    EXPECT_EQ(refusal(seal_receipt({}, key)),
              "Invalid file format: enforcement receipt requires a decision");
}

TEST(SealedReceipts, NeedInputsThatCanBeFoundAgain) {
    crypto::SigningKey& key = key_of(1);
    for (const supply::Subject& bad :
         {receipt_input("session", filled(1)), supply::Subject{"x", {}},
          supply::Subject{"x", {{"blake3-256", "B1"}}},
          supply::Subject{"x", {{"blake3-256", std::string(64, 'B')}}},
          supply::Subject{"x", {{"sha512", std::string(64, 'b')}}},
          receipt_input("\xff", filled(1)),
          supply::Subject{
              "checkpoint log 7",
              {{"blake3-256", std::string(64, 'b')}, {"sha256", std::string(64, 'b')}}}}) {
        ReceiptDraft draft = example();
        draft.inputs.push_back(bad);
        EXPECT_EQ(code_of(seal_receipt(draft, key)), ErrorCode::invalid_argument) << bad.name;
    }
}

TEST(WitnessedReceipts, HaveEachWitnessOnceAndNeverTheRuntime) {
    Receipt receipt = ok(seal_receipt(example(), key_of(1)));
    EXPECT_EQ(code_of(add_witness(receipt, AuthorId{82001}, VersionNumber{1}, key_of(2))),
              ErrorCode::invalid_argument);
    ok(add_witness(receipt, AuthorId{5}, VersionNumber{1}, key_of(2)));
    const Receipt before = receipt;
    EXPECT_EQ(code_of(add_witness(receipt, AuthorId{5}, VersionNumber{2}, key_of(3))),
              ErrorCode::invalid_argument);
    receipt.witnesses.clear();
    EXPECT_EQ(code_of(add_witness(receipt, AuthorId{5}, VersionNumber{2}, key_of(3))),
              ErrorCode::invalid_argument)
        << "the signature is there";
    receipt = before;
    for (std::uint64_t author = 6; receipt.envelope.signatures.size() < max_receipt_signatures;
         ++author) {
        ok(add_witness(receipt, AuthorId{author}, VersionNumber{1}, key_of(2)));
    }
    EXPECT_EQ(add_witness(receipt, AuthorId{5000}, VersionNumber{1}, key_of(2)).error().detail(),
              "receipt_too_many");
    EXPECT_EQ(ok(receipt_from_json(to_json(receipt))), receipt);
}

// --- Reading -------------------------------------------------------------------------------------

std::string detail_of_receipt(const std::string& text) {
    const auto read = receipt_from_json(text);
    return read ? "none" : std::string(read.error().detail());
}

TEST(ReceiptJson, HasNothingThatNobodySigned) {
    const std::string good =
        R"({"payloadType":"t","payload":"","signatures":[{"keyid":"k","sig":""}])";
    EXPECT_EQ(detail_of_receipt(good + "}"), "none");
    EXPECT_EQ(detail_of_receipt(good + R"(,"decision":"allow"})"), "json_unknown_key");
    EXPECT_EQ(detail_of_receipt(good + R"(,"witnesses":null})"), "json_wrong_type");
    EXPECT_EQ(detail_of_receipt(good + R"(,"witnesses":[{"keyid":"k"}]})"), "json_missing_key");
    EXPECT_EQ(detail_of_receipt(good + R"(,"witnesses":[{"keyid":"k","version":-1}]})"),
              "json_wrong_type");
    EXPECT_EQ(detail_of_receipt(good + R"(,"witnesses":[{"keyid":"k","version":1,"by":2}]})"),
              "json_unknown_key");
    EXPECT_EQ(detail_of_receipt(good + R"(,"witnesses":)" + std::string(100, '[')),
              "json_too_deep");
    EXPECT_EQ(detail_of_receipt(
                  R"({"payloadType":"t","payload":"","signatures":[{"sig":"","cert":"x"}]})"),
              "json_unknown_key");
    std::string many = R"({"payloadType":"t","payload":"","signatures":[{"sig":""})";
    for (std::size_t i = 0; i < max_receipt_signatures; ++i) {
        many += R"(,{"sig":""})";
    }
    EXPECT_EQ(detail_of_receipt(many + "]}"), "receipt_too_many");
    EXPECT_EQ(detail_of_receipt(std::string(max_receipt_size + 1, ' ')), "json_too_large");
}

}  // namespace
}  // namespace aion::release
