// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/aead.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sodium.h>
#include <sys/mman.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "aion/crypto/hash.hpp"
#include "aion/crypto/secret.hpp"
#include "crypto/support.hpp"

namespace aion::crypto {
namespace {

using test::counting;
using test::fixed;
using test::noise;
using test::unhex;

// One set of inputs; the tests change one thing at a time.
struct Box {
    Bytes key = noise(aead_key_size, 1);
    Bytes nonce = noise(aead_nonce_size, 2);
    Bytes associated_data = noise(20, 3);

    [[nodiscard]] Bytes seal(ByteView plaintext) const {
        Bytes out(plaintext.size() + aead_tag_size);
        const auto sealed =
            aead_seal(fixed<32>(key), fixed<12>(nonce), associated_data, plaintext, out);
        EXPECT_TRUE(sealed) << sealed.error().message();
        return out;
    }

    [[nodiscard]] Result<Bytes> open(ByteView sealed) const {
        return aead_open(fixed<32>(key), fixed<12>(nonce), associated_data, sealed);
    }

    [[nodiscard]] Result<Bytes> open_into(ByteView sealed) const {
        Bytes out(sealed.size() < aead_tag_size ? 0 : sealed.size() - aead_tag_size, 0xEE);
        auto opened =
            aead_open_into(fixed<32>(key), fixed<12>(nonce), associated_data, sealed, out);
        if (!opened) {
            EXPECT_TRUE(std::ranges::all_of(out, [](std::uint8_t byte) { return byte == 0; }));
            return fail(std::move(opened).error());
        }
        return out;
    }

    // In pieces of growing size.
    [[nodiscard]] Result<Bytes> open_in_pieces(ByteView sealed) const {
        AeadOpener opener(fixed<32>(key), fixed<12>(nonce), associated_data);
        if (sealed.size() < aead_tag_size) {
            return fail(refusal());
        }
        ByteView rest = sealed.first(sealed.size() - aead_tag_size);
        Bytes out(rest.size());
        for (std::size_t size = 1; !rest.empty(); ++size) {
            const ByteView piece = rest.first(std::min(size, rest.size()));
            opener.update(piece, out.data() + (out.size() - rest.size()));
            rest = rest.subspan(piece.size());
        }
        if (!opener.accepts(sealed.last<aead_tag_size>())) {
            return fail(refusal());
        }
        return out;
    }

    static Error refusal() { return error_because(ErrorCode::decryption_failed, "aead::Error"); }
};

// All three ways to open agree that `sealed` is refused, and say only that.
void expect_refused(const Box& box, ByteView sealed, const std::string& what) {
    for (const auto& opened :
         {box.open(sealed), box.open_into(sealed), box.open_in_pieces(sealed)}) {
        ASSERT_FALSE(opened) << what;
        EXPECT_EQ(opened.error(), Box::refusal()) << what;
    }
}

void expect_opens(const Box& box, ByteView sealed, const Bytes& plaintext) {
    EXPECT_EQ(box.open(sealed), plaintext);
    EXPECT_EQ(box.open_into(sealed), plaintext);
    EXPECT_EQ(box.open_in_pieces(sealed), plaintext);
}

TEST(Aead, GivesTheAnswerOfRfc8439) {
    const Box box{.key = counting(32, 0x80),
                  .nonce = unhex("070000004041424344454647"),
                  .associated_data = unhex("50515253c0c1c2c3c4c5c6c7")};
    const Bytes plaintext = test::text(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        "future, sunscreen would be it.");
    const Bytes sealed = box.seal(plaintext);
    EXPECT_EQ(to_hex(sealed),
              "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca96712"
              "82fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58"
              "fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116"
              "1ae10b594f09e26a7e902ecbd0600691");
    expect_opens(box, sealed, plaintext);
}

TEST(Aead, SealsInPiecesAsInOne) {
    const Box box{.key = counting(32, 0x80), .nonce = counting(12), .associated_data = unhex("01")};
    for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 8192U, 20'000U}) {
        const Bytes plaintext = counting(size);
        AeadSealer sealer(fixed<32>(box.key), fixed<12>(box.nonce), box.associated_data);
        Bytes sealed(size + aead_tag_size);
        std::size_t done = 0;
        for (std::size_t piece = 1; done < size; ++piece) {
            const ByteView next = ByteView(plaintext).subspan(done, std::min(piece, size - done));
            sealer.update(next, sealed.data() + done);
            done += next.size();
        }
        sealer.finish(MutableByteView(sealed).last<aead_tag_size>());
        EXPECT_EQ(sealed, box.seal(plaintext)) << size;
    }
}

TEST(Aead, SealsTheRulesOfTheGoldenFile) {
    const Box box{.key = unhex("5df3e67abaff09773c241d6806792d57200db4a9559c69827faa98ef5c27b207"),
                  .nonce = counting(12),
                  .associated_data = unhex("0100000000000000")};
    EXPECT_EQ(to_hex(box.seal(as_bytes("fraud_threshold: 1000\nrisk_level: medium"))),
              "00150ea5dd676499470de6bfff26d4c7ba8460d8862c0adf2c1bb387fd52e82fa50c7cb6fcf8bd0e"
              "e47fe3744f0eebce81258f6d3d7d7ed9");
}

TEST(Aead, EmptyPlaintextIsTheTagAlone) {
    for (Box box; const std::size_t size : {0U, 20U}) {
        box.associated_data = noise(size);
        const Bytes sealed = box.seal({});
        EXPECT_EQ(sealed.size(), aead_tag_size);
        expect_opens(box, sealed, {});
    }
}

TEST(Aead, RoundTripsAtEverySizeAroundItsInnerPieces) {
    const Box box;
    const std::size_t sizes[] = {1,       15,      16,      17,      63,      64,       65,
                                 1000,    8191,    8192,    8193,    16384,   65536,    100'001,
                                 262'143, 262'144, 262'145, 524'288, 524'289, 1'048'576};
    for (const std::size_t size : sizes) {
        const Bytes plaintext = noise(size, size);
        const Bytes sealed = box.seal(plaintext);
        EXPECT_EQ(sealed.size(), size + aead_tag_size);
        expect_opens(box, sealed, plaintext);
        Bytes changed = sealed;
        changed[size / 2] ^= 1;
        expect_refused(box, changed, std::to_string(size));
    }
}

TEST(Aead, TakesAnyAssociatedData) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{8192},
                                   std::size_t{8193}, std::size_t{65536}}) {
        Box box;
        box.associated_data = noise(size);
        const Bytes plaintext = noise(65536, 4);
        expect_opens(box, box.seal(plaintext), plaintext);
    }
}

TEST(Aead, TakesExtremeKeysAndNonces) {
    for (const std::uint8_t fill : {std::uint8_t{0}, std::uint8_t{0xFF}}) {
        const Box box{
            .key = Bytes(32, fill), .nonce = Bytes(12, fill), .associated_data = Bytes(1000, fill)};
        const Bytes plaintext = noise(500);
        expect_opens(box, box.seal(plaintext), plaintext);
    }
}

TEST(Aead, IsDeterministicAndDependsOnTheNonce) {
    Box box;
    const Bytes plaintext = noise(100);
    const Bytes sealed = box.seal(plaintext);
    EXPECT_EQ(sealed, box.seal(plaintext));
    box.nonce[11] ^= 1;
    EXPECT_NE(sealed, box.seal(plaintext));
}

TEST(Aead, RefusesEveryChangedByte) {
    const Box box;
    const Bytes sealed = box.seal(noise(100));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        Bytes changed = sealed;
        changed[i] = static_cast<std::uint8_t>(~changed[i]);
        expect_refused(box, changed, "byte " + std::to_string(i));
    }
}

TEST(Aead, RefusesEveryTruncationAndAnExtension) {
    const Box box;
    const Bytes sealed = box.seal(noise(100));
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        expect_refused(box, ByteView(sealed).first(size), "first " + std::to_string(size));
    }
    Bytes longer = sealed;
    longer.push_back(0);
    expect_refused(box, longer, "one byte more");
}

TEST(Aead, RefusesOtherInputs) {
    const Box box;
    const Bytes sealed = box.seal(noise(100));
    Box other = box;
    other.key[0] ^= 1;
    expect_refused(other, sealed, "key");
    other = box;
    other.nonce[0] ^= 1;
    expect_refused(other, sealed, "nonce");
    other = box;
    other.associated_data[19] ^= 0x80;
    expect_refused(other, sealed, "changed associated data");
    other.associated_data.clear();
    expect_refused(other, sealed, "missing associated data");
}

TEST(Aead, RefusesAnOutputOfTheWrongSize) {
    const Box box;
    const Bytes plaintext = noise(100);
    for (const std::size_t size : {0U, 100U, 115U, 117U}) {
        Bytes out(size);
        const auto sealed = aead_seal(fixed<32>(box.key), fixed<12>(box.nonce), {}, plaintext, out);
        ASSERT_FALSE(sealed);
        EXPECT_EQ(sealed.error(), error_because(ErrorCode::encryption_failed, "aead::Error"));
    }
    const Bytes sealed = box.seal(plaintext);
    for (const std::size_t size : {0U, 99U, 101U, 116U}) {
        Bytes out(size, 0xEE);
        EXPECT_FALSE(aead_open_into(fixed<32>(box.key), fixed<12>(box.nonce), box.associated_data,
                                    sealed, out));
        EXPECT_EQ(out, Bytes(size));
    }
}

TEST(Aead, RefusesWhatIsBeyondTheCipher) {
    // Address space alone: nothing of it may be touched, and touching it would be fatal.
    const std::uint64_t size = aead_plaintext_limit + 1 + aead_tag_size;
    void* const nowhere =
        mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (nowhere == MAP_FAILED) {
        GTEST_SKIP() << "this system does not reserve 256 GiB of addresses";
    }
    const Box box;
    const MutableByteView out(static_cast<std::uint8_t*>(nowhere), size);
    const ByteView plaintext = out.first(size - aead_tag_size);
    EXPECT_FALSE(aead_seal(fixed<32>(box.key), fixed<12>(box.nonce), {}, plaintext, out));
    EXPECT_FALSE(box.open(out));
    munmap(nowhere, size);
}

TEST(Aead, AnOpenerMayWorkInPlaceAndMove) {
    const Box box;
    const Bytes plaintext = noise((std::size_t{1} << 20U) + 12345);
    Bytes sealed = box.seal(plaintext);
    AeadOpener first(fixed<32>(box.key), fixed<12>(box.nonce), box.associated_data);
    first.update(ByteView(sealed).first(100'000), sealed.data());
    AeadOpener opener = std::move(first);
    opener.update(ByteView(sealed).subspan(100'000, plaintext.size() - 100'000),
                  sealed.data() + 100'000);
    ASSERT_TRUE(opener.accepts(ByteView(sealed).last<aead_tag_size>()));
    EXPECT_TRUE(equal(ByteView(sealed).first(plaintext.size()), plaintext));
}

TEST(Aead, ThreadsDoNotDisturbEachOther) {
    std::vector<std::jthread> threads;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        threads.emplace_back([seed] {
            const Box box{.key = noise(32, seed), .nonce = noise(12, seed), .associated_data = {}};
            for (std::size_t size = 0; size < 300; ++size) {
                const Bytes plaintext = noise(size, seed);
                ASSERT_EQ(box.open(box.seal(plaintext)), plaintext);
            }
        });
    }
}

struct WycheproofCase {
    Box box;
    Bytes plaintext;
    Bytes sealed;
    bool valid = false;
};

WycheproofCase wycheproof_case(const nlohmann::json& test) {
    WycheproofCase out;
    out.box.key = unhex(test.at("key").get<std::string>());
    out.box.nonce = unhex(test.at("iv").get<std::string>());
    out.box.associated_data = unhex(test.at("aad").get<std::string>());
    out.plaintext = unhex(test.at("msg").get<std::string>());
    out.sealed = unhex(test.at("ct").get<std::string>() + test.at("tag").get<std::string>());
    out.valid = test.at("result") == "valid";
    return out;
}

TEST(Aead, AgreesWithWycheproof) {
    const auto vectors = test::third_party_vectors("wycheproof-chacha20_poly1305_test.json");
    int checked = 0;
    int other_nonce_sizes = 0;
    for (const auto& group : vectors.at("testGroups")) {
        for (const auto& test : group.at("tests")) {
            const WycheproofCase each = wycheproof_case(test);
            SCOPED_TRACE(test.at("tcId").get<int>());
            if (each.box.nonce.size() != aead_nonce_size) {
                ++other_nonce_sizes;  // Ruled out by the parameter's type.
                EXPECT_FALSE(each.valid);
                continue;
            }
            ++checked;
            if (each.valid) {
                EXPECT_EQ(each.box.seal(each.plaintext), each.sealed);
                expect_opens(each.box, each.sealed, each.plaintext);
            } else {
                expect_refused(each.box, each.sealed, test.at("comment").get<std::string>());
            }
        }
    }
    EXPECT_EQ(checked, 316);
    EXPECT_EQ(checked + other_nonce_sizes, vectors.at("numberOfTests").get<int>());
}

RC_GTEST_PROP(AeadProperty, RoundTripsAndAgreesWithLibsodium,
              (const Bytes& associated_data, std::uint64_t seed)) {
    const Bytes plaintext = noise(*rc::gen::inRange<std::size_t>(0, 40'000), seed);
    const Box box{.key = noise(32, seed + 1),
                  .nonce = noise(12, seed + 2),
                  .associated_data = associated_data};
    const Bytes sealed = box.seal(plaintext);
    Bytes expected(sealed.size());
    crypto_aead_chacha20poly1305_ietf_encrypt(
        expected.data(), nullptr, plaintext.data(), plaintext.size(), associated_data.data(),
        associated_data.size(), nullptr, box.nonce.data(), box.key.data());
    RC_ASSERT(sealed == expected);
    RC_ASSERT((box.open(sealed) == plaintext));
    RC_ASSERT((box.open_in_pieces(sealed) == plaintext));
}

RC_GTEST_PROP(AeadProperty, RefusesAnyFlippedBit, (const Bytes& plaintext)) {
    const Box box;
    Bytes sealed = box.seal(plaintext);
    const auto bit = *rc::gen::inRange<std::size_t>(0, 8 * sealed.size());
    sealed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    RC_ASSERT(!box.open(sealed));
    RC_ASSERT(!box.open_into(sealed));
    RC_ASSERT(!box.open_in_pieces(sealed));
}

}  // namespace
}  // namespace aion::crypto
