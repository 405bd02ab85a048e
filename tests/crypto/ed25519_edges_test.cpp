// SPDX-License-Identifier: MIT OR Apache-2.0
// The corners of the strict rule: every encoding of a point of small order, every non-canonical
// one, and S around the bounds.
#include <cstring>

#include "crypto/ed25519_support.hpp"
#include "crypto/support.hpp"

namespace aion::crypto::test {
namespace {

using Encoding = std::array<std::uint8_t, 32>;

Encoding encoding(const char* hex) {
    Encoding out{};
    std::ranges::copy(unhex(hex), out.begin());
    return out;
}

/// y = p + i for i = 0 to 18, all that is not below p, with both signs.
std::vector<Encoding> non_canonical_encodings() {
    std::vector<Encoding> all;
    for (unsigned i = 0; i < 19; ++i) {
        Encoding y{};
        y.fill(0xff);
        y[0] = static_cast<std::uint8_t>(0xed + i);
        y[31] = 0x7f;
        all.push_back(y);
        y[31] = 0xff;
        all.push_back(y);
    }
    return all;
}

/// Canonical encodings of the eight points of small order, and the negative zeros of y = 1, -1.
std::vector<Encoding> small_order_encodings() {
    std::vector<Encoding> all;
    for (const char* y : {"0100000000000000000000000000000000000000000000000000000000000000",
                          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "0000000000000000000000000000000000000000000000000000000000000000",
                          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"}) {
        all.push_back(encoding(y));
        all.push_back(encoding(y));
        all.back()[31] |= 0x80;
    }
    return all;
}

std::vector<Encoding> forbidden_encodings() {
    auto all = small_order_encodings();
    const auto more = non_canonical_encodings();
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

class Ed25519Edges : public EveryPath {
  protected:
    /// The verdict alone, two at once, in lanes, with tables and without must be the same.
    static bool accepts(const Signed& given) {
        const bool alone = engine().verify(given.item(), nullptr);
        const std::vector<VerifyItem> few(engine().path().lanes + 1, given.item());
        const std::vector<VerifyItem> many(60, given.item());
        EXPECT_EQ(run({given.item(), given.item()}), std::vector<std::uint8_t>(2, alone ? 1 : 0));
        EXPECT_EQ(run(few), std::vector<std::uint8_t>(few.size(), alone ? 1 : 0));
        // Many without tables, which share an inversion.
        static const std::vector<Signed> neighbours = signed_messages(36, 36);
        std::vector<VerifyItem> items = items_of(neighbours);
        std::vector<std::uint8_t> expected(items.size(), 1);
        items[given.signature.bytes[0] % 36U] = given.item();
        expected[given.signature.bytes[0] % 36U] = alone ? 1 : 0;
        EXPECT_EQ(run(items), expected);
        EXPECT_EQ(run(many), std::vector<std::uint8_t>(many.size(), alone ? 1 : 0));
        return alone;
    }
};

TEST_P(Ed25519Edges, ForbiddenKeysAreRefused) {
    for (const Encoding& bytes : forbidden_encodings()) {
        // R = [S]B with S = 0 or 1 satisfies the equation for keys of order 1, at least.
        for (const std::uint8_t s : {std::uint8_t{0}, std::uint8_t{1}}) {
            Signed given = TestKey(1).sign({1, 2, 3});
            given.key.bytes = bytes;
            std::ranges::fill(given.signature.view().subspan(32), std::uint8_t{0});
            given.signature.bytes[32] = s;
            EXPECT_FALSE(accepts(given));
            std::ranges::copy(bytes, given.signature.bytes.begin());
            EXPECT_FALSE(accepts(given));
        }
        EXPECT_FALSE(engine().is_valid_public_key(PublicKey{bytes}));
    }
}

TEST_P(Ed25519Edges, ForbiddenRIsRefused) {
    for (const Encoding& bytes : forbidden_encodings()) {
        Signed given = TestKey(1).sign({1, 2, 3});
        std::ranges::copy(bytes, given.signature.bytes.begin());
        EXPECT_FALSE(accepts(given));
    }
}

TEST_P(Ed25519Edges, ForbiddenKeysWithForbiddenRAreRefused) {
    const auto all = forbidden_encodings();
    for (const Encoding& key : all) {
        std::vector<Signed> given;
        for (const Encoding& r : all) {
            for (const std::uint8_t s : {std::uint8_t{0}, std::uint8_t{1}}) {
                Signed one{{7}, PublicKey{key}, {}};
                std::ranges::copy(r, one.signature.bytes.begin());
                one.signature.bytes[32] = s;
                EXPECT_FALSE(engine().verify(one.item(), nullptr));
                given.push_back(one);
            }
        }
        EXPECT_EQ(run(items_of(given)), std::vector<std::uint8_t>(given.size(), 0));
    }
}

TEST_P(Ed25519Edges, KeysOffTheCurveAreRefused) {
    std::size_t points = 0;
    for (std::uint8_t i = 2; i < 200; ++i) {
        Signed given = TestKey(1).sign({i});
        given.key = PublicKey{};
        given.key.bytes[0] = i;
        const bool is_point = engine().is_valid_public_key(given.key);
        EXPECT_FALSE(accepts(given));
        points += is_point ? 1 : 0;
    }
    EXPECT_GT(points, 70U);  // About half of all y belong to points.
    EXPECT_LT(points, 130U);
}

TEST_P(Ed25519Edges, ROffTheCurveOrElsewhereIsRefused) {
    for (std::uint8_t i = 2; i < 200; ++i) {
        Signed given = TestKey(1).sign({i});
        std::ranges::fill(given.signature.view().first(32), std::uint8_t{0});
        given.signature.bytes[0] = i;
        EXPECT_FALSE(accepts(given));
        given.signature.bytes[31] = 0x80;
        EXPECT_FALSE(accepts(given));
        // The right y with the other sign, which is -R.
        given = TestKey(1).sign({i});
        given.signature.bytes[31] ^= 0x80;
        EXPECT_FALSE(accepts(given));
    }
}

TEST_P(Ed25519Edges, ValidKeysAreValid) {
    for (std::uint64_t i = 0; i < 50; ++i) {
        EXPECT_TRUE(engine().is_valid_public_key(TestKey(i).public_key()));
    }
}

TEST_P(Ed25519Edges, ManyKeysAreJudgedAsOneIs) {
    std::vector<PublicKey> bad;
    for (const Encoding& bytes : forbidden_encodings()) {
        bad.push_back(PublicKey{bytes});
    }
    bad.push_back(
        PublicKey{encoding("0200000000000000000000000000000000000000000000000000000000000000")});
    for (const PublicKey& key : bad) {
        ASSERT_FALSE(engine().is_valid_public_key(key));
    }
    std::vector<PublicKey> keys;
    std::size_t next = 0;
    for (std::uint64_t count = 0; count <= 40; ++count) {
        EXPECT_EQ(engine().find_invalid_public_key(keys, 1), count);
        // One that is not valid in every lane, and with others behind it.
        for (std::size_t at = 0; at < keys.size(); ++at) {
            auto changed = keys;
            changed[at] = bad[next++ % bad.size()];
            EXPECT_EQ(engine().find_invalid_public_key(changed, 1), at) << count;
            changed.back() = bad[next % bad.size()];
            EXPECT_EQ(engine().find_invalid_public_key(changed, 1), at) << count;
        }
        keys.push_back(TestKey(count).public_key());
    }
}

TEST_P(Ed25519Edges, OfManyKeysTheFirstBadOneIsFoundByAnyThreads) {
    const std::size_t count = 3000;
    std::vector<PublicKey> keys(count, TestKey(1).public_key());
    for (const unsigned threads : {1U, 2U, 0U}) {
        EXPECT_EQ(engine().find_invalid_public_key(keys, threads), count);
    }
    for (const std::size_t at : {2999U, 2000U, 513U, 511U, 255U, 0U}) {
        keys[at].bytes.fill(0);
        for (const unsigned threads : {1U, 2U, 0U}) {
            EXPECT_EQ(engine().find_invalid_public_key(keys, threads), at);
        }
    }
}

TEST_P(Ed25519Edges, SMustBeBelowTheOrder) {
    const Signed valid = TestKey(7).sign(text("scalar"));
    ASSERT_TRUE(accepts(valid));
    // S + L, the classical malleation, and S + 8 L.
    const Encoding order =
        encoding("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    for (int times = 1; times <= 8; times *= 2) {
        Signed malleated = valid;
        for (int i = 0; i < times; ++i) {
            unsigned carry = 0;
            for (std::size_t at = 0; at < 32; ++at) {
                const unsigned sum = malleated.signature.bytes[32 + at] + order[at] + carry;
                malleated.signature.bytes[32 + at] = static_cast<std::uint8_t>(sum);
                carry = sum >> 8U;
            }
        }
        EXPECT_FALSE(accepts(malleated)) << times;
    }
    for (const char* s : {"0000000000000000000000000000000000000000000000000000000000000000",
                          "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                          "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                          "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                          "0000000000000000000000000000000000000000000000000000000000000010",
                          "0000000000000000000000000000000000000000000000000000000000000020",
                          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
        Signed given = valid;
        std::ranges::copy(encoding(s), given.signature.bytes.begin() + 32);
        EXPECT_FALSE(accepts(given)) << s;
    }
}

TEST_P(Ed25519Edges, AgreesWithLibsodiumOnEveryChangedBitOfS) {
    const Signed valid = TestKey(9).sign(text("extreme"));
    for (unsigned bit = 0; bit < 256; ++bit) {
        Signed given = valid;
        given.signature.bytes[32 + (bit / 8)] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_EQ(accepts(given), sodium_accepts(given)) << bit;
    }
}

TEST_P(Ed25519Edges, EveryMessageLengthAroundTheBlockBoundaries) {
    const TestKey key(3);
    for (std::size_t size = 0; size < 330; ++size) {
        const Signed given = key.sign(noise(size, size));
        EXPECT_TRUE(engine().verify(given.item(), nullptr)) << size;
    }
    EXPECT_TRUE(accepts(key.sign(noise(100'000))));
}

TEST_P(Ed25519Edges, LanesWithMessagesOfDifferentLengths) {
    const TestKey key(3);
    std::vector<Signed> all;
    for (std::size_t i = 0; i < 64; ++i) {
        all.push_back(key.sign(noise((i * 97) % 700, i)));
    }
    EXPECT_EQ(run(items_of(all)), std::vector<std::uint8_t>(64, 1));
}

TEST_P(Ed25519Edges, MessagesInPieces) {
    const Signed given = TestKey(3).sign(noise(300));
    const ByteView whole = given.message;
    for (std::size_t first = 0; first <= 300; first += 7) {
        for (std::size_t second = first; second <= 300; second += 31) {
            const VerifyItem item{
                {whole.first(first), whole.subspan(first, second - first), whole.subspan(second)},
                &given.key,
                &given.signature};
            EXPECT_TRUE(engine().verify(item, nullptr)) << first << ' ' << second;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Paths, Ed25519Edges, every_path(), path_of_test);

}  // namespace
}  // namespace aion::crypto::test
