// SPDX-License-Identifier: MIT OR Apache-2.0
// Quotes that swtpm made (tests/data/README.md): each counts, and none does once a byte is changed.
#include "aion/attest/tpm2_quote.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "aion/base/base64.hpp"
#include "aion/base/hex.hpp"
#include "support/keys.hpp"
#include "support/results.hpp"

namespace aion::attest {
namespace {

using test::ok;
using test::public_of;

Bytes recorded(const std::string& key, const std::string& part) {
    std::ifstream in(std::string(AION_TEST_DATA "/attest/") + key + "/" + part +
                         (part == "pem" ? ".txt" : ".bin"),
                     std::ios::binary);
    EXPECT_TRUE(in.is_open()) << key << part;
    return {std::istreambuf_iterator<char>(in), {}};
}

Tpm2Evidence parts_of(const std::string& key) {
    const Bytes file = recorded(key, "pub");
    const ByteView structure = without_size(file);
    return {.quote = recorded(key, "quote"),
            .signature = recorded(key, "signature"),
            .public_key = {structure.begin(), structure.end()},
            .pcr_values = recorded(key, "pcrs")};
}

// 01, 02, … 20: with alice's key, what the quotes were recorded for.
Nonce nonce() {
    Nonce out;
    for (std::size_t i = 0; i < Nonce::size; ++i) {
        out.bytes.at(i) = static_cast<std::uint8_t>(i + 1);
    }
    return out;
}

Evidence evidence_of(const Tpm2Evidence& parts) {
    return {.kind = EvidenceKind::tpm2_quote, .nonce = nonce(), .bytes = ok(to_bytes(parts))};
}

std::string detail_of(const Result<>& result) {
    return result ? std::string() : std::string(result.error().detail());
}

std::string judge(const Tpm2Evidence& parts, const Tpm2Rules& rules) {
    return detail_of(Tpm2QuoteVerifier(rules).verify(evidence_of(parts), public_of(test::alices)));
}

class RecordedQuotes : public ::testing::TestWithParam<const char*> {
  protected:
    Tpm2Evidence parts = parts_of(GetParam());
    Bytes name = recorded(GetParam(), "name");
    Tpm2Rules rules{.keys = {name}, .pcrs = {}};
};

INSTANTIATE_TEST_SUITE_P(Keys, RecordedQuotes,
                         ::testing::Values("rsassa-sha256", "rsapss-sha256", "ecdsa-p256",
                                           "ecdsa-p384", "rsassa-sha384"));

TEST_P(RecordedQuotes, CountUnderTheirKey) {
    EXPECT_EQ(judge(parts, rules), "");
    const Tpm2Quote quote = ok(read_tpm2_quote(ok(to_bytes(parts))));
    EXPECT_EQ(quote.key.name, name);
    EXPECT_EQ(judge(parts, {.keys = {quote.key.spki}}), "");
    EXPECT_TRUE(equal(quote.extra_data, qualifying_data(nonce(), public_of(test::alices)).view()));
    EXPECT_GT(quote.clock, 0U);
    EXPECT_NE(quote.firmware_version, 0U);
    ASSERT_EQ(quote.pcrs.size(), 3U);
    EXPECT_EQ(to_string(quote.pcrs[1]), "sha256:7");
    EXPECT_EQ(to_string(quote.pcrs[2]), "sha1:1");
    EXPECT_EQ(ok(check_tpm2_evidence(evidence_of(parts), public_of(test::alices))), quote);
}

TEST_P(RecordedQuotes, NoByteOfTheQuoteCanBeChanged) {
    for (std::uint8_t& byte : parts.quote) {
        byte ^= 1;
        EXPECT_NE(judge(parts, rules), "");
        byte ^= 1;
    }
    EXPECT_EQ(judge(parts, rules), "");
}

TEST_P(RecordedQuotes, NoByteOfSignatureKeyOrValuesCanBeChanged) {
    for (Bytes* const part : {&parts.signature, &parts.public_key, &parts.pcr_values}) {
        for (std::uint8_t& byte : *part) {
            byte ^= 0x80;
            EXPECT_NE(judge(parts, rules), "");
            byte ^= 0x80;
        }
    }
}

TEST_P(RecordedQuotes, NoPartCanBeShorterOrLonger) {
    for (Bytes* const part : {&parts.quote, &parts.signature, &parts.public_key}) {
        const Bytes whole = *part;
        for (std::size_t size = 0; size < whole.size(); ++size) {
            part->assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_NE(judge(parts, rules), "");
        }
        *part = whole;
        part->push_back(0);
        EXPECT_NE(judge(parts, rules), "");
        *part = whole;
    }
}

TEST_P(RecordedQuotes, AreForOneNonceAndOneKey) {
    Evidence evidence = evidence_of(parts);
    Tpm2QuoteVerifier verifier(rules);
    EXPECT_EQ(detail_of(verifier.verify(evidence, public_of(test::bobs))),
              "tpm2_other_qualifying_data");
    evidence.nonce.bytes[0] ^= 1;
    EXPECT_EQ(detail_of(verifier.verify(evidence, public_of(test::alices))),
              "tpm2_other_qualifying_data");
}

TEST_P(RecordedQuotes, CountUnderNoKeyButAPinnedOne) {
    EXPECT_EQ(judge(parts, {}), "tpm2_key_not_pinned");
    Bytes other = name;
    other.back() ^= 1;
    EXPECT_EQ(judge(parts, {.keys = {other, crypto::Sha256Digest{}}}), "tpm2_key_not_pinned");
    EXPECT_EQ(judge(parts, {.keys = {other, name}}), "");
    // Everything but the pin is right here: it is the same TPM's quote of another key.
    const char* const second =
        GetParam() == std::string("ecdsa-p256") ? "ecdsa-p384" : "ecdsa-p256";
    EXPECT_EQ(judge(parts_of(second), rules), "tpm2_key_not_pinned");
}

TEST_P(RecordedQuotes, ArePinnedByWhatOpensslCallsTheKey) {
    // The body of the PEM file that tpm2_readpublic wrote.
    const Bytes pem = recorded(GetParam(), "pem");
    std::string body;
    std::string line;
    for (const std::uint8_t byte : pem) {
        if (byte != '\n') {
            line += static_cast<char>(byte);
            continue;
        }
        body += line.starts_with("-----") ? "" : line;
        line.clear();
    }
    const auto digest = crypto::sha256(ok(from_base64(body)));
    EXPECT_EQ(judge(parts, {.keys = {digest}}), "");
}

TEST_P(RecordedQuotes, SayWhatPcrsAre) {
    const Tpm2Quote quote = ok(read_tpm2_quote(ok(to_bytes(parts))));
    rules.pcrs = {quote.pcrs[1]};
    EXPECT_EQ(judge(parts, rules), "");
    rules.pcrs[0].value[0] ^= 1;
    EXPECT_EQ(judge(parts, rules), "tpm2_pcr_differs");
    rules.pcrs[0].number = 8;
    EXPECT_EQ(judge(parts, rules), "tpm2_pcr_not_quoted");
    // Without the values, all that was quoted must be expected.
    parts.pcr_values.clear();
    rules.pcrs = quote.pcrs;
    EXPECT_EQ(judge(parts, rules), "");
    rules.pcrs[2].value[0] ^= 1;
    EXPECT_EQ(judge(parts, rules), "tpm2_pcr_digest");
    rules.pcrs.pop_back();
    EXPECT_EQ(judge(parts, rules), "tpm2_pcr_unknown");
}

// --- Keys that prove nothing ---------------------------------------------------------------------

constexpr std::size_t attributes_at = 4;  // in TPMT_PUBLIC

TEST(Tpm2Keys, ThatCouldSignAnythingAreRefused) {
    Tpm2Evidence parts = parts_of("ecdsa-p256");
    const Bytes genuine = parts.public_key;
    // By its digest alone, which the attributes are no part of.
    const KeyPin spki = ok(read_tpm2_quote(ok(to_bytes(parts)))).key.spki;
    EXPECT_EQ(judge(parts, {.keys = {spki}}), "");
    // Of fixedTPM, sensitiveDataOrigin, restricted, sign, each; and decrypt, which must not be.
    for (const auto& [byte, bit] : {std::pair(3, 0x02), std::pair(3, 0x20), std::pair(1, 0x01),
                                    std::pair(1, 0x04), std::pair(1, 0x02)}) {
        parts.public_key = genuine;
        parts.public_key[attributes_at + static_cast<std::size_t>(byte)] ^=
            static_cast<std::uint8_t>(bit);
        EXPECT_EQ(judge(parts, {.keys = {spki}}), "tpm2_key_unfit");
    }
}

TEST(Tpm2Keys, HaveOneScheme) {
    Tpm2Evidence parts = parts_of("rsassa-sha256");
    const KeyPin pin = ok(read_tpm2_quote(ok(to_bytes(parts)))).key.spki;
    parts.signature[1] = 0x16;  // RSAPSS
    EXPECT_EQ(judge(parts, {.keys = {pin}}), "tpm2_other_scheme");
    parts.signature[1] = 0x14;
    parts.signature[3] = 0x0C;  // SHA-384
    EXPECT_EQ(judge(parts, {.keys = {pin}}), "tpm2_other_scheme");
    parts.signature[3] = 0x04;  // SHA-1
    EXPECT_EQ(judge(parts, {.keys = {pin}}), "tpm2_unsupported");
    parts.signature[3] = 0x0B;
    EXPECT_EQ(judge(parts, {.keys = {pin}}), "");
}

TEST(Tpm2Keys, ArePinnedByHex) {
    EXPECT_TRUE(parse_key_pin(std::string(64, 'a')).has_value());
    EXPECT_TRUE(parse_key_pin("000b" + std::string(64, 'a')).has_value());
    EXPECT_TRUE(parse_key_pin("000c" + std::string(96, 'a')).has_value());
    for (const std::string& text :
         {std::string(), std::string(62, 'a'), "000c" + std::string(64, 'a'),
          "0004" + std::string(40, 'a'), std::string(64, 'x')}) {
        EXPECT_EQ(test::code_of(parse_key_pin(text)), ErrorCode::invalid_argument) << text;
    }
}

// --- Quotes --------------------------------------------------------------------------------------

TEST(Tpm2Quotes, AreNothingElseThatATpmSigns) {
    Tpm2Evidence parts = parts_of("ecdsa-p256");
    const Tpm2Rules rules{.keys = {recorded("ecdsa-p256", "name")}, .pcrs = {}};
    parts.quote[5] = 0x17;  // TPM_ST_ATTEST_CERTIFY
    EXPECT_EQ(judge(parts, rules), "tpm2_not_a_quote");
    parts.quote[5] = 0x18;
    parts.quote[0] = 0;
    EXPECT_EQ(judge(parts, rules), "tpm2_not_a_quote");
}

TEST(Tpm2Evidences, AreReadAsTheyWereWritten) {
    const Tpm2Evidence parts{
        .quote = {1}, .signature = {}, .public_key = {2, 3}, .pcr_values = {4}};
    Bytes bytes = ok(to_bytes(parts));
    EXPECT_EQ(as_text(bytes), std::string_view("AION_TPM2_QUOTE_V1\1\0\1\0\0\2\0\2\3\1\0\4", 30));
    EXPECT_EQ(ok(tpm2_evidence_from_bytes(bytes)), parts);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(tpm2_evidence_from_bytes(ByteView(bytes).first(size)));
    }
    bytes.push_back(0);
    EXPECT_FALSE(tpm2_evidence_from_bytes(bytes));
    Tpm2Evidence large;
    large.pcr_values.resize(max_tpm2_part);
    EXPECT_EQ(ok(tpm2_evidence_from_bytes(ok(to_bytes(large)))), large);
    large.pcr_values.push_back(0);
    EXPECT_EQ(test::code_of(to_bytes(large)), ErrorCode::invalid_format);
}

TEST(Tpm2Evidences, AcceptAKeyWithOrWithoutItsSize) {
    const Bytes file = recorded("ecdsa-p256", "pub");
    EXPECT_EQ(without_size(file).size(), file.size() - 2);
    EXPECT_EQ(without_size(without_size(file)).size(), file.size() - 2);
    EXPECT_TRUE(without_size({}).empty());
}

TEST(Pcrs, AreTyped) {
    const std::string value(64, 'a');
    const Pcr pcr = ok(parse_pcr("sha256:23=" + value));
    EXPECT_EQ(to_string(pcr), "sha256:23");
    EXPECT_EQ(pcr.value, Bytes(32, 0xAA));
    for (const std::string& text : std::vector<std::string>{
             "sha256", "sha256:7", "sha256=7:" + value, "sha255:7=" + value, "sha256:=" + value,
             "sha256:32=" + value, "sha256:-1=" + value, "sha256:7x=" + value,
             "sha256:256=" + value, "sha1:7=" + value, "sha256:7=" + value + "aa"}) {
        EXPECT_EQ(test::code_of(parse_pcr(text)), ErrorCode::invalid_argument) << text;
    }
}

}  // namespace
}  // namespace aion::attest
