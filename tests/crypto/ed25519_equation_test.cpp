// SPDX-License-Identifier: MIT OR Apache-2.0
// The equation of one signature with k given: halved and whole must agree with the group, for k
// that are chosen to make trouble and for A and R with parts of small order.
#include <sodium.h>

#include <cstring>

#include "crypto/ed25519_probe.hpp"
#include "crypto/ed25519_scalars.hpp"
#include "crypto/ed25519_support.hpp"
#include "crypto/support.hpp"

namespace aion::crypto::test {
namespace {

using Bytes32 = std::array<unsigned char, 32>;
using ed25519::Job;

Bytes32 bytes_of(const Words4& words) {
    Bytes32 out{};
    std::memcpy(out.data(), words.data(), sizeof out);
    return out;
}

/// a + b, or nothing but the neutral element's encoding where libsodium refuses.
Bytes32 sum(const Bytes32& a, const Bytes32& b) {
    Bytes32 out{};
    EXPECT_EQ(crypto_core_ed25519_add(out.data(), a.data(), b.data()), 0);
    return out;
}

Bytes32 times_base(const Words4& scalar) {
    Bytes32 out{};
    EXPECT_EQ(crypto_scalarmult_ed25519_base_noclamp(out.data(), bytes_of(scalar).data()), 0);
    return out;
}

/// 0 to 7 times a point of order 8.
std::array<Bytes32, 8> small_points() {
    std::array<Bytes32, 8> all{};
    all[0][0] = 1;
    std::ranges::copy(unhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
                      all[1].begin());
    for (std::size_t i = 2; i < all.size(); ++i) {
        all[i] = sum(all[i - 1], all[1]);
    }
    return all;
}

/// Scalars of a key and a nonce, and the points.
struct Secrets {
    Words4 a;
    Words4 r;
    Bytes32 a_point;
    Bytes32 r_point;
};

Secrets secrets_of(std::mt19937_64& random) {
    Secrets out{random_scalar(random), random_scalar(random), {}, {}};
    out.a_point = times_base(out.a);
    out.r_point = times_base(out.r);
    return out;
}

/// S = r + k a mod L.
Bytes32 s_of(const Secrets& secrets, const Words4& k) {
    Bytes32 product{};
    Bytes32 out{};
    crypto_core_ed25519_scalar_mul(product.data(), bytes_of(k).data(), bytes_of(secrets.a).data());
    crypto_core_ed25519_scalar_add(out.data(), product.data(), bytes_of(secrets.r).data());
    return out;
}

class Ed25519Equation : public EveryPath {
  protected:
    /// The verdict on R, A, S under k, both ways; the halved one only where there is one.
    static bool holds(const Bytes32& r, const Bytes32& a, const Bytes32& s, const Words4& k,
                      int& halved) {
        Job job;
        job.key = a.data();
        std::ranges::copy(r, job.signature);
        std::ranges::copy(s, job.signature + 32);
        std::uint64_t s_words[4];
        std::memcpy(s_words, s.data(), sizeof s_words);
        const std::uint64_t k_words[4] = {k[0], k[1], k[2], k[3]};
        const ed25519::Path& path = engine().path();
        const bool whole = path.whole(job, k_words, engine().base(1));
        ed25519::HalvedScalars scalars{};
        if (ed25519::halve(s_words, k_words, scalars)) {
            EXPECT_EQ(path.halved(job, scalars), whole);
            if (path.halved_two != nullptr) {
                const Job* const two[2] = {&job, &job};
                const ed25519::HalvedScalars both[2] = {scalars, scalars};
                bool verdicts[2];
                path.halved_two(two, both, verdicts);
                EXPECT_EQ(verdicts[0], whole);
                EXPECT_EQ(verdicts[1], whole);
            }
            ++halved;
        }
        return whole;
    }

    static const LanesProbe* lanes_probe() {
        if (GetParam() == CpuPath::avx512ifma) {
            return &avx512_lanes_probe;
        }
        return GetParam() == CpuPath::avx2 ? &avx2_lanes_probe : nullptr;
    }

    /// Every part of small order of A and of R, t and w times the point of order 8: valid if and
    /// only if k t + w is a multiple of 8. And never with another S.
    static void check(const Secrets& secrets, const Words4& k, const std::string& name) {
        static const auto small = small_points();
        const Bytes32 s = s_of(secrets, k);
        Bytes32 other_s{};
        const Bytes32 one{1};
        crypto_core_ed25519_scalar_add(other_s.data(), s.data(), one.data());
        int halved = 0;
        for (std::uint64_t t = 0; t < 8; ++t) {
            for (std::uint64_t w = 0; w < 8; ++w) {
                const Bytes32 a = sum(secrets.a_point, small[t]);
                const Bytes32 r = sum(secrets.r_point, small[w]);
                const bool expected = ((k[0] * t) + w) % 8 == 0;
                EXPECT_EQ(holds(r, a, s, k, halved), expected) << name << ' ' << t << ' ' << w;
                EXPECT_FALSE(holds(r, a, other_s, k, halved)) << name << ' ' << t << ' ' << w;
            }
        }
        std::uint64_t words[4] = {k[0], k[1], k[2], k[3]};
        ed25519::ShortPair pair{};
        EXPECT_EQ(halved, ed25519::find_short_pair(words, pair) ? 128 : 0) << name;
    }
};

TEST_P(Ed25519Equation, ChosenScalarsAndEveryPartOfSmallOrder) {
    std::mt19937_64 random(7);
    for (const ChosenScalar& chosen : chosen_scalars()) {
        check(secrets_of(random), chosen.k, chosen.name);
    }
}

TEST_P(Ed25519Equation, RandomScalarsAndEveryPartOfSmallOrder) {
    std::mt19937_64 random(8);
    for (int i = 0; i < 20; ++i) {
        check(secrets_of(random), random_scalar(random), "random " + std::to_string(i));
    }
}

/// The same in lanes, a k in each that is chosen for it or random, side by side: whatever its
/// neighbours are, each lane has the verdict of its own equation.
TEST_P(Ed25519Equation, ChosenScalarsInLanes) {
    const LanesProbe* const probe = lanes_probe();
    if (probe == nullptr) {
        EXPECT_EQ(engine().path().lanes, 1U);
        return;
    }
    std::vector<ChosenScalar> all = chosen_scalars();
    std::mt19937_64 random(13);
    for (unsigned bits = 8; bits <= 250; bits += 11) {
        all.push_back({"pair", scalar_of_a_pair(bits, 258 - bits, random), false});
        all.push_back({"even pair", scalar_of_an_even_pair(bits / 2 + 4, random), false});
        all.push_back({"random", random_scalar(random), true});
    }
    const auto small = small_points();
    int halved = 0;
    for (std::size_t first = 0; first + probe->lanes <= all.size(); ++first) {
        std::vector<Job> jobs(probe->lanes);
        std::vector<Bytes32> keys(probe->lanes);
        std::vector<std::array<std::uint64_t, 4>> k(probe->lanes);
        unsigned expected = 0;
        unsigned can_be = 0;
        for (unsigned lane = 0; lane < probe->lanes; ++lane) {
            const Words4 chosen = all[first + lane].k;
            const std::uint64_t t = random() % 8;
            // Half hold, some do for their parts of small order only, some have another S.
            const std::uint64_t w = random() % 4 == 0 ? random() % 8 : (0 - (chosen[0] * t)) % 8;
            const bool is_other = random() % 4 == 0;
            const Secrets secrets = secrets_of(random);
            keys[lane] = sum(secrets.a_point, small[t]);
            jobs[lane].key = keys[lane].data();
            std::ranges::copy(sum(secrets.r_point, small[w]), jobs[lane].signature);
            std::ranges::copy(s_of(secrets, chosen), jobs[lane].signature + 32);
            jobs[lane].signature[32] ^= is_other ? 1U : 0U;
            k[lane] = chosen;
            const std::uint64_t words[4] = {chosen[0], chosen[1], chosen[2], chosen[3]};
            ed25519::ShortPair pair{};
            const bool is_halved = ed25519::find_short_pair(words, pair);
            const bool holds = !is_other && ((chosen[0] * t) + w) % 8 == 0;
            can_be |= (is_halved ? 1U : 0U) << lane;
            expected |= (is_halved && holds ? 1U : 0U) << lane;
            halved += is_halved ? 1 : 0;
        }
        std::vector<std::uint64_t> flat;
        for (const auto& words : k) {
            flat.insert(flat.end(), words.begin(), words.end());
        }
        unsigned valid = 0;
        unsigned exist = 0;
        probe->judge(jobs.data(), reinterpret_cast<const std::uint64_t(*)[4]>(flat.data()),
                     engine().base(1), valid, exist);
        EXPECT_EQ(exist, can_be) << first;
        EXPECT_EQ(valid, expected) << first;
    }
    EXPECT_GT(halved, 80 * static_cast<int>(probe->lanes));
}

/// A job for the hash alone.
Words4 k_of(const Signed& given) {
    Job job;
    job.key = given.key.bytes.data();
    std::ranges::copy(given.signature.bytes, job.signature);
    job.message[0] = {given.message.data(), given.message.size()};
    std::uint64_t k[4];
    ed25519::path_of(CpuPath::portable).hash(job, k);
    return {k[0], k[1], k[2], k[3]};
}

/// The whole of verify on signatures whose A or R has a part of small order, alone, in few lanes
/// and in many: libsodium decides the same, and of each kind there are some that hold.
TEST_P(Ed25519Equation, SignaturesWithPartsOfSmallOrder) {
    std::mt19937_64 random(9);
    const auto small = small_points();
    int valid = 0;
    for (std::uint64_t t = 1; t < 8; ++t) {
        std::vector<Signed> all;
        std::vector<std::uint8_t> expected;
        for (std::uint8_t i = 0; i < 48; ++i) {
            const Secrets secrets = secrets_of(random);
            const Bytes32 a = sum(secrets.a_point, small[t]);
            const Bytes32 r = sum(secrets.r_point, small[i % 8]);
            Signed given{{i}, {}, {}};
            std::ranges::copy(a, given.key.bytes.begin());
            std::ranges::copy(r, given.signature.bytes.begin());
            const Words4 k = k_of(given);
            std::ranges::copy(s_of(secrets, k), given.signature.bytes.begin() + 32);
            const bool holds = ((k[0] * t) + (i % 8)) % 8 == 0;
            valid += holds ? 1 : 0;
            expected.push_back(holds ? 1 : 0);
            EXPECT_EQ(engine().verify(given.item(), nullptr), holds) << t << ' ' << int{i};
            EXPECT_EQ(sodium_accepts(given), holds) << t << ' ' << int{i};
            all.push_back(std::move(given));
        }
        const std::vector<VerifyItem> items = items_of(all);
        EXPECT_EQ(run(items, {nullptr, 1}), expected);
        for (std::size_t first = 0; first < items.size(); first += 16) {
            const auto at = static_cast<std::ptrdiff_t>(first);
            EXPECT_EQ(run({items.begin() + at, items.begin() + at + 16}, {nullptr, 1}),
                      std::vector<std::uint8_t>(expected.begin() + at, expected.begin() + at + 16));
        }
    }
    EXPECT_GT(valid, 10);
}

/// A message under which k cannot be halved, found by trying some hundred thousand: alone and in
/// every lane among others.
TEST_P(Ed25519Equation, AMessageThatWasSearchedFor) {
    std::mt19937_64 random(12);
    const Secrets secrets = secrets_of(random);
    Signed given{Bytes(8), {}, {}};
    std::ranges::copy(secrets.a_point, given.key.bytes.begin());
    std::ranges::copy(secrets.r_point, given.signature.bytes.begin());
    constexpr std::uint64_t most = 3'000'000;
    Words4 k{};
    for (std::uint64_t number = 0; number < most; ++number) {
        std::memcpy(given.message.data(), &number, sizeof number);
        k = k_of(given);
        const std::uint64_t words[4] = {k[0], k[1], k[2], k[3]};
        ed25519::ShortPair pair{};
        if (!ed25519::find_short_pair(words, pair)) {
            break;
        }
        ASSERT_LT(number + 1, most);
    }
    std::ranges::copy(s_of(secrets, k), given.signature.bytes.begin() + 32);
    for (const bool valid : {true, false}) {
        given.signature.bytes[32] ^= valid ? 0U : 1U;
        EXPECT_EQ(sodium_accepts(given), valid);
        EXPECT_EQ(engine().verify(given.item(), nullptr), valid);
        const std::vector<Signed> others = signed_messages(40, 40);
        for (const std::size_t count : {2U, 3U, 4U, 8U, 17U, 40U}) {
            for (std::size_t place = 0; place < count; ++place) {
                std::vector<VerifyItem> items = items_of(others);
                items.resize(count);
                items[place] = given.item();
                std::vector<std::uint8_t> expected(count, 1);
                expected[place] = valid ? 1 : 0;
                EXPECT_EQ(run(items, {nullptr, 1}), expected) << count << ' ' << place;
            }
        }
    }
}

/// k is what the message says.
void hash_is_message(const Job& job, std::uint64_t (&k)[4]) {
    std::memcpy(k, job.message[0].data, sizeof k);
}

/// Of a few signatures some cannot be halved and some do not hold: verdicts stay where they belong,
/// however these follow each other.
TEST_P(Ed25519Equation, HalvedAndWholeOnesMixed) {
    ed25519::Path path = engine().path();
    path.hash = &hash_is_message;
    std::mt19937_64 random(10);
    constexpr std::size_t count = 5;
    for (unsigned kinds = 0; kinds < 1U << (2 * count); kinds += 3) {
        std::array<Words4, count> k{};
        std::array<Secrets, count> secrets{};
        std::array<Job, count> jobs{};
        std::array<std::uint8_t, count> expected{};
        for (std::size_t i = 0; i < count; ++i) {
            const bool is_whole = ((kinds >> i) & 1U) != 0;
            expected[i] = static_cast<std::uint8_t>((kinds >> (count + i)) & 1U);
            k[i] = is_whole ? scalar_of_an_even_pair(80, random) : random_scalar(random);
            secrets[i] = secrets_of(random);
            const Bytes32 s = s_of(secrets[i], k[i]);
            jobs[i].message[0] = {reinterpret_cast<const unsigned char*>(k[i].data()), 32};
            jobs[i].key = secrets[i].a_point.data();
            std::ranges::copy(secrets[i].r_point, jobs[i].signature);
            std::ranges::copy(s, jobs[i].signature + 32);
            jobs[i].signature[32] ^= static_cast<unsigned char>(1 - expected[i]);
        }
        for (std::size_t n = 1; n <= count; ++n) {
            std::array<std::uint8_t, count> verdicts{};
            verdicts.fill(9);
            ed25519::verify_few(path, jobs.data(), n, engine().base(1), verdicts.data());
            for (std::size_t i = 0; i < count; ++i) {
                EXPECT_EQ(verdicts[i], i < n ? expected[i] : 9) << kinds << ' ' << n << ' ' << i;
            }
        }
    }
}

/// A verdict on two at once must not depend on the other one, nor on its place.
TEST_P(Ed25519Equation, TwoAtOnceAreJudgedEachByItself) {
    const ed25519::Path& path = engine().path();
    if (path.halved_two == nullptr) {
        EXPECT_NE(GetParam(), CpuPath::avx512ifma);
        return;
    }
    std::vector<Signed> all = signed_messages(12, 12);
    std::vector<bool> expected(all.size(), true);
    for (std::size_t i = 0; i < 3; ++i) {
        // Another message, an R and an A off the curve.
        all[i].message[7] ^= 1;
        std::ranges::fill(all[3 + i].signature.view().first(32), std::uint8_t{0});
        all[3 + i].signature.bytes[0] = static_cast<std::uint8_t>(2 + i);
        all[6 + i].key = PublicKey{};
        all[6 + i].key.bytes[0] = static_cast<std::uint8_t>(2 + i);
        expected[i] = expected[3 + i] = expected[6 + i] = false;
    }
    std::vector<Job> jobs(all.size());
    std::vector<ed25519::HalvedScalars> scalars(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        ASSERT_TRUE(ed25519::make_job(all[i].item(), all[i].key, jobs[i]));
        std::uint64_t k[4];
        std::uint64_t s[4];
        path.hash(jobs[i], k);
        std::memcpy(s, jobs[i].signature + 32, sizeof s);
        ASSERT_TRUE(ed25519::halve(s, k, scalars[i]));
        EXPECT_EQ(path.halved(jobs[i], scalars[i]), expected[i]) << i;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < all.size(); ++j) {
            const Job* const two[2] = {&jobs[i], &jobs[j]};
            const ed25519::HalvedScalars both[2] = {scalars[i], scalars[j]};
            bool verdicts[2];
            path.halved_two(two, both, verdicts);
            EXPECT_EQ(verdicts[0], expected[i]) << i << ' ' << j;
            EXPECT_EQ(verdicts[1], expected[j]) << i << ' ' << j;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Paths, Ed25519Equation, every_path(), path_of_test);

}  // namespace
}  // namespace aion::crypto::test
