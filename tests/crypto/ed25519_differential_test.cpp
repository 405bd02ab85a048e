// SPDX-License-Identifier: MIT OR Apache-2.0
// Random and mutated signatures on every path against libsodium and OpenSSL.
//
// libsodium follows the same strict rule, so verdicts must be equal. OpenSSL accepts keys and R
// of small order and keys that are not canonical: where it says yes and we say no, the test
// shows that this is why.
//
// AION_DIFFERENTIAL sets the number of signatures (default 100,000).
#include <random>

#include "crypto/ed25519/scalar.hpp"
#include "crypto/ed25519_support.hpp"
#include "crypto/support.hpp"
#include "support/environment.hpp"

namespace aion::crypto::test {
namespace {

class Mutator {
  public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {
        for (std::uint64_t i = 0; i < keys; ++i) {
            const TestKey author(i);
            for (std::size_t j = 0; j < messages; ++j) {
                pool_.push_back(author.sign(noise(random_() % 200, random_())));
                // Asked once, however often it comes.
                EXPECT_TRUE(sodium_accepts(pool_.back()) && openssl_accepts(pool_.back()));
            }
        }
    }

    /// Half are as they were signed, the others damaged in one of the ways that matter.
    Signed next(bool& is_damaged) {
        Signed out = pool_[random_() % pool_.size()];
        const std::uint64_t way = random_() % 16;
        is_damaged = way < 8;
        switch (way) {
            case 0:
                flip(out.signature.view().first(32));
                break;
            case 1:
                flip(out.signature.view().last(32));
                break;
            case 2:
                flip(out.key.view());
                break;
            case 3:
                flip(out.message);
                break;
            case 4:
                out.key = pool_[random_() % pool_.size()].key;
                break;
            case 5:
                special(out.key.view());
                break;
            case 6:
                special(out.signature.view().first(32));
                break;
            case 7:
                special(out.key.view());
                special(out.signature.view().first(32));
                if (random_() % 2 == 0) {
                    std::ranges::fill(out.signature.view().last(32), std::uint8_t{0});
                }
                break;
            default:
                break;
        }
        return out;
    }

  private:
    static constexpr std::uint64_t keys = 60;
    static constexpr std::size_t messages = 40;

    void flip(MutableByteView bytes) {
        if (!bytes.empty()) {
            bytes[random_() % bytes.size()] ^= static_cast<std::uint8_t>(1U << (random_() % 8));
        }
    }

    /// Zero, one, p and its neighbours, points of order 8: with either sign.
    void special(MutableByteView bytes) {
        static const std::array<Bytes, 3> known{
            unhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
            unhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
            unhex("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")};
        const std::size_t choice = random_() % 5;
        if (choice < known.size()) {
            std::ranges::copy(known[choice], bytes.begin());
            if (choice == 2) {
                bytes[0] = static_cast<std::uint8_t>(0xe8 + (random_() % 24));
            }
        } else {
            std::ranges::fill(bytes, std::uint8_t{0});
            bytes[0] = static_cast<std::uint8_t>(random_() % 4);
        }
        bytes[31] ^= static_cast<std::uint8_t>((random_() % 2) << 7U);
    }

    std::mt19937_64 random_;
    std::vector<Signed> pool_;
};

bool is_strict(const Signed& given) {
    return ed25519::is_strict_encoding(given.key.bytes.data()) &&
           ed25519::is_strict_encoding(given.signature.bytes.data());
}

struct Tally {
    std::size_t valid = 0;
    std::size_t openssl_laxer = 0;
};

/// The verdicts of both libraries, each where it is the judge.
std::uint8_t expected_verdict(const Signed& given, bool is_damaged, bool ask_openssl,
                              Tally& tally) {
    const bool valid = !is_damaged || sodium_accepts(given);
    tally.valid += valid ? 1 : 0;
    if (is_damaged && ask_openssl) {
        const bool openssl = openssl_accepts(given);
        EXPECT_TRUE(openssl || !valid);
        if (openssl && !valid) {
            EXPECT_FALSE(is_strict(given));
            ++tally.openssl_laxer;
        }
    }
    return valid ? 1 : 0;
}

bool verdict_by_whole_scalars(ed25519::Engine& engine, const VerifyItem& item) {
    ed25519::Job job;
    if (!ed25519::make_job(item, *item.key, job)) {
        return false;
    }
    std::uint64_t k[4];
    engine.path().hash(job, k);
    return engine.path().whole(job, k, engine.base(1));
}

TEST(Ed25519Differential, EveryPathAgreesWithLibsodiumAndOpenssl) {
    const std::size_t wanted = aion::test::number_from_environment("AION_DIFFERENTIAL", 100'000);
    Mutator mutator(aion::test::number_from_environment("AION_DIFFERENTIAL_SEED", 1));
    Tally tally;
    KeyCache cache;
    for (std::size_t done = 0; done < wanted && !HasFailure();) {
        std::vector<Signed> batch;
        std::vector<std::uint8_t> expected;
        while (batch.size() < 2000 && done < wanted) {
            bool is_damaged = false;
            batch.push_back(mutator.next(is_damaged));
            expected.push_back(expected_verdict(batch.back(), is_damaged, done % 4 == 0, tally));
            ++done;
        }
        const auto items = items_of(batch);
        for (const CpuPath path : {CpuPath::portable, CpuPath::avx2, CpuPath::avx512ifma}) {
            if (!ed25519::is_supported(path)) {
                continue;
            }
            // With a cache every key has a table; by fifties, hardly any.
            std::vector<std::uint8_t> verdicts(items.size());
            ed25519::Engine& engine = ed25519::Engine::of(path);
            engine.verify_batch(items, verdicts, {&cache, 1});
            EXPECT_EQ(verdicts, expected) << name_of(path) << " with tables";
            std::ranges::fill(verdicts, std::uint8_t{9});
            const std::size_t step = path == CpuPath::portable ? 25 : 50;
            for (std::size_t at = 0; at < items.size(); at += step) {
                const std::size_t count = std::min(step, items.size() - at);
                engine.verify_batch(std::span(items).subspan(at, count),
                                    std::span(verdicts).subspan(at, count), {nullptr, 1});
            }
            EXPECT_EQ(verdicts, expected) << name_of(path) << " without tables";
            // A lone signature has code of its own, which without lanes was just at work, and
            // another where its scalars stay whole.
            for (std::size_t at = 0; at < items.size(); at += path == CpuPath::portable ? 16 : 1) {
                EXPECT_EQ(engine.verify(items[at], nullptr) ? 1 : 0, expected[at])
                    << name_of(path) << " alone";
                if (at % 16 == 0) {
                    EXPECT_EQ(verdict_by_whole_scalars(engine, items[at]) ? 1 : 0, expected[at])
                        << name_of(path) << " by whole scalars";
                }
            }
        }
    }
    std::cout << wanted << " signatures, " << tally.valid << " valid, OpenSSL laxer on "
              << tally.openssl_laxer << " of a quarter of them\n";
}

}  // namespace
}  // namespace aion::crypto::test
