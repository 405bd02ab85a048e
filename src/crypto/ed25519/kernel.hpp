// SPDX-License-Identifier: MIT OR Apache-2.0
// Verifying groups of signatures, V::lanes of them side by side: everything
// vertical, from the hash to the comparison. One inversion serves a whole group
// (Montgomery's trick).
#pragma once

#include "crypto/ed25519/halve.hpp"
#include "crypto/ed25519/jobs.hpp"
#include "crypto/ed25519/lookup.hpp"
#include "crypto/ed25519/power.hpp"
#include "crypto/ed25519/scalar.hpp"
#include "crypto/ed25519/sha512.hpp"

namespace aion::crypto::ed25519 {

/// Vectors that share an inversion: more save little and spill out of the
/// first-level cache.
inline constexpr unsigned max_vectors = 32;

template <class V>
struct Kernel {
    using U = typename V::U;

    static constexpr unsigned all_lanes = (1U << V::lanes) - 1;
    /// Width of the windows when a key has no table.
    static constexpr unsigned untabled_width = 5;
    /// Vectors decoded side by side.
    static constexpr unsigned decode_together = V::lanes == 1 ? 1 : 2;

    /// Word `word` of the 32 bytes at `offset` in each lane's signature or key.
    template <class Field>
    AION_INLINE static U load_words(const Job* const (&jobs)[V::lanes], Field field,
                                    unsigned offset) {
        std::uint64_t lane_words[V::lanes];
        for (unsigned lane = 0; lane < V::lanes; ++lane) {
            __builtin_memcpy(&lane_words[lane], jobs[lane]->*field + offset, 8);
        }
        return V::load(lane_words);
    }

    /// The jobs of vector `vector`; lanes beyond the last job repeat it.
    AION_INLINE static void pick(const Job* jobs, std::size_t count, unsigned vector,
                                 const Job* (&out)[V::lanes]) {
        for (unsigned lane = 0; lane < V::lanes; ++lane) {
            const std::size_t index = (std::size_t{vector} * V::lanes) + lane;
            out[lane] = jobs + (index < count ? index : count - 1);
        }
    }

    /// S and k = SHA-512(R || A || M) mod L, each with its windows' offset added.
    static void prepare(const Job* const (&jobs)[V::lanes], const Windows& base_windows,
                        const Windows& key_windows, Scalars<V>& s, Scalars<V>& k) {
        U digest[8];
        Sha512<V>::hash(jobs, digest);
        std::uint64_t digest_words[8][V::lanes];
        for (int i = 0; i < 8; ++i) {
            V::store(digest_words[i], digest[i]);
        }
        std::uint64_t s_words[4][V::lanes];
        std::uint64_t k_words[4][V::lanes];
        for (unsigned lane = 0; lane < V::lanes; ++lane) {
            std::uint64_t hash[8];
            std::uint64_t words[4];
            for (int i = 0; i < 8; ++i) {
                hash[i] = digest_words[i][lane];
            }
            reduce_hash(hash, words);
            add_offset(words, key_windows);
            for (int i = 0; i < 4; ++i) {
                k_words[i][lane] = words[i];
            }
            __builtin_memcpy(words, jobs[lane]->signature + 32, 32);
            add_offset(words, base_windows);
            for (int i = 0; i < 4; ++i) {
                s_words[i][lane] = words[i];
            }
        }
        for (int i = 0; i < 4; ++i) {
            s.word[i] = V::load(s_words[i]);
            k.word[i] = V::load(k_words[i]);
        }
    }

    AION_INLINE static void add_offset(std::uint64_t (&words)[4], const Windows& windows) {
        unsigned long long carry = 0;
        for (int i = 0; i < 4; ++i) {
            const std::uint64_t sum = words[i] + windows.offset[i];
            const std::uint64_t out = sum + carry;
            carry = static_cast<unsigned long long>(sum < words[i]) | (out < sum ? 1U : 0U);
            words[i] = out;
        }
    }

    /// [S]B - [k]A by additions only, out of a table of B and each lane's table
    /// of -A.
    static Projective<V> sum_of_tables(const Scalars<V>& s, const Table& base, const Scalars<V>& k,
                                       U key_tables, const Windows& key_windows) {
        const U base_tables = V::set(reinterpret_cast<std::uintptr_t>(base.entries));
        const unsigned base_rows = base.windows->rows;
        const unsigned rows = base_rows + key_windows.rows;
        Place<V> places[2 * max_rows];
        for (unsigned row = 0; row < base_rows; ++row) {
            locate<V>(base_tables, s, *base.windows, row, places[row]);
        }
        for (unsigned row = base_rows; row < rows; ++row) {
            locate<V>(key_tables, k, key_windows, row - base_rows, places[row]);
        }
        Completed<V> sum = completed<V>(fetch<V>(places[0]).point);
        Lookup<V> next = fetch<V>(places[1]);
        for (unsigned row = 2; row <= rows; ++row) {
            const Lookup<V> entry = next;
            const unsigned ahead = row < rows ? row : rows - 1;
            prefetch<V>(places[ahead + 2 < rows ? ahead + 2 : rows - 1]);
            next = fetch<V>(places[ahead]);
            sum = add<V>(summand<V>(sum), entry.point, entry.minus);
        }
        return projective<V>(sum);
    }

    /// 0 to half times (x, y).
    static void list_multiples(const Elem<V>& x, const Elem<V>& y, unsigned half,
                               Niels<V>* multiples) {
        const Elem<V> one = constant<V>(one_limbs);
        const Elem<V> two = constant<V>(Limbs{{2, 0, 0, 0, 0}});
        multiples[0] = {one, one, two, constant<V>(zero_limbs)};
        const Elem<V> xy = reduce<V>(mul(x, y));
        multiples[1] = {reduce<V>(add<V>(widen<V>(y), widen<V>(x))),
                        reduce<V>(sub<V>(widen<V>(y), widen<V>(x))), two,
                        reduce<V>(mul(xy, constant<V>(curve_2d)))};
        Completed<V> sum = twice<V>(Projective<V>{x, y, one});
        for (unsigned i = 2; i < half; ++i) {
            multiples[i] = niels<V>(sum);
            sum = add<V>(summand<V>(sum), multiples[1], V::mask(0));
        }
        multiples[half] = niels<V>(sum);
    }

    /// [S]B plus a multiple of each affine point, with doublings that they share.
    template <unsigned Points>
    static Projective<V> sum_with_doublings(const Scalars<V>& s, const Table& base,
                                            const Scalars<V> (&k)[Points],
                                            const Windows& key_windows, const Elem<V> (&x)[Points],
                                            const Elem<V> (&y)[Points]) {
        constexpr unsigned most_multiples = (1U << (untabled_width - 1)) + 1;
        Niels<V> multiples[Points][most_multiples];
        for (unsigned i = 0; i < Points; ++i) {
            list_multiples(x[i], y[i], key_windows.row_entries - 1, multiples[i]);
        }
        const Elem<V> one = constant<V>(one_limbs);
        Summand<V> start{one, one, constant<V>(zero_limbs), raise<V>(widen<V>(one))};
        Completed<V> sum{};
        for (unsigned row = key_windows.rows; row-- > 0;) {
            if (row + 1 != key_windows.rows) {
                for (unsigned i = 0; i < key_windows.width; ++i) {
                    sum = twice<V>(projective<V>(sum));
                }
                start = summand<V>(sum);
            }
            for (unsigned i = 0; i < Points; ++i) {
                const NielsLookup<V> entry = look_up<V>(multiples[i], k[i], key_windows, row);
                sum = add<V>(i == 0 ? start : summand<V>(sum), entry.point, entry.minus);
            }
        }
        const U base_tables = V::set(reinterpret_cast<std::uintptr_t>(base.entries));
        for (unsigned row = 0; row < base.windows->rows; ++row) {
            Place<V> place;
            locate<V>(base_tables, s, *base.windows, row, place);
            const Lookup<V> entry = fetch<V>(place);
            sum = add<V>(summand<V>(sum), entry.point, entry.minus);
        }
        return projective<V>(sum);
    }

    /// Lanes where the encoding of (x/z, y/z) is the signature's R, given 1/z.
    AION_INLINE static typename V::Mask is_r(const Projective<V>& p, const Elem<V>& z_inverse,
                                             const Job* const (&jobs)[V::lanes]) {
        const Elem<V> x = canonical<V>(mul(p.x, z_inverse));
        const Elem<V> y = canonical<V>(mul(p.y, z_inverse));
        U words[4];
        to_words<V>(y, words);
        words[3] = V::bit_or(words[3], V::template shl<63>(x.limb[0]));
        typename V::Mask same = V::equal(words[0], load_words(jobs, &Job::signature, 0));
        for (unsigned i = 1; i < 4; ++i) {
            same = V::both(same, V::equal(words[i], load_words(jobs, &Job::signature, 8 * i)));
        }
        return same;
    }

    /// Divides by all Z with one inversion and compares. `verdicts` of jobs whose
    /// lane is not in `valid` become 0. No Z is zero: the formulas are complete
    /// and every lane holds a point.
    static void compare(const Projective<V>* sums, const typename V::Mask* valid, const Job* jobs,
                        std::size_t count, std::uint8_t* verdicts) {
        const auto vectors = static_cast<unsigned>((count + V::lanes - 1) / V::lanes);
        Elem<V> products[max_vectors];
        products[0] = sums[0].z;
        for (unsigned i = 1; i < vectors; ++i) {
            products[i] = reduce<V>(mul(products[i - 1], sums[i].z));
        }
        Elem<V> inverse = invert<V>(products[vectors - 1]);
        for (unsigned i = vectors; i-- > 0;) {
            const Elem<V> z_inverse = i == 0 ? inverse : reduce<V>(mul(inverse, products[i - 1]));
            inverse = reduce<V>(mul(inverse, sums[i].z));
            const Job* lane_jobs[V::lanes];
            pick(jobs, count, i, lane_jobs);
            const unsigned same = V::bits(V::both(valid[i], is_r(sums[i], z_inverse, lane_jobs)));
            for (unsigned lane = 0; lane < V::lanes; ++lane) {
                const std::size_t index = (std::size_t{i} * V::lanes) + lane;
                if (index < count) {
                    verdicts[index] = static_cast<std::uint8_t>((same >> lane) & 1U);
                }
            }
        }
    }

    /// At most `max_vectors * V::lanes` jobs, each with a table cut as
    /// `key_windows` says.
    static void with_tables(const Job* jobs, std::size_t count, const Table& base,
                            const Windows& key_windows, std::uint8_t* verdicts) {
        const auto vectors = static_cast<unsigned>((count + V::lanes - 1) / V::lanes);
        Projective<V> sums[max_vectors];
        typename V::Mask valid[max_vectors];
        for (unsigned i = 0; i < vectors; ++i) {
            const Job* lane_jobs[V::lanes];
            pick(jobs, count, i, lane_jobs);
            Scalars<V> s;
            Scalars<V> k;
            prepare(lane_jobs, *base.windows, key_windows, s, k);
            std::uint64_t tables[V::lanes];
            for (unsigned lane = 0; lane < V::lanes; ++lane) {
                tables[lane] = reinterpret_cast<std::uintptr_t>(lane_jobs[lane]->table);
            }
            sums[i] = sum_of_tables(s, base, k, V::load(tables), key_windows);
            valid[i] = V::mask(all_lanes);
        }
        compare(sums, valid, jobs, count, verdicts);
    }

    /// At most `max_vectors * V::lanes` jobs, tables not needed.
    static void without_tables(const Job* jobs, std::size_t count, const Table& base,
                               std::uint8_t* verdicts) {
        const Windows& key_windows = windows_of(untabled_width);
        const auto vectors = static_cast<unsigned>((count + V::lanes - 1) / V::lanes);
        Projective<V> sums[max_vectors];
        typename V::Mask valid[max_vectors];
        static_assert(max_vectors % decode_together == 0);
        for (unsigned i = 0; i < vectors; i += decode_together) {
            Elem<V> x[decode_together];
            Elem<V> y[decode_together];
            decode_keys(jobs, count, i, x, y, valid + i);
            for (unsigned j = 0; j < decode_together && i + j < vectors; ++j) {
                const Job* lane_jobs[V::lanes];
                pick(jobs, count, i + j, lane_jobs);
                Scalars<V> s;
                Scalars<V> k[1];
                prepare(lane_jobs, *base.windows, key_windows, s, k[0]);
                sums[i + j] = sum_with_doublings<1>(s, base, k, key_windows, {x[j]}, {y[j]});
            }
        }
        compare(sums, valid, jobs, count, verdicts);
    }

    /// What halving makes of each lane's S and k: v S, and u and v, which multiply -A and -R.
    struct Halves {
        Scalars<V> s;
        Scalars<V> of_points[2];
        unsigned minus = 0;  ///< Lanes whose u is negative.
        unsigned exist = 0;  ///< The others have zeros.
    };

    /// k = SHA-512(R || A || M) mod L of each lane's job.
    AION_INLINE static void hash_each(const Job* const (&jobs)[V::lanes],
                                      std::uint64_t (&k)[V::lanes][4]) {
        U digest[8];
        Sha512<V>::hash(jobs, digest);
        std::uint64_t digest_words[8][V::lanes];
        for (int i = 0; i < 8; ++i) {
            V::store(digest_words[i], digest[i]);
        }
        for (unsigned lane = 0; lane < V::lanes; ++lane) {
            std::uint64_t hash[8];
            for (int i = 0; i < 8; ++i) {
                hash[i] = digest_words[i][lane];
            }
            reduce_hash(hash, k[lane]);
        }
    }

    static void halve_each(const Job* const (&jobs)[V::lanes],
                           const std::uint64_t (&k)[V::lanes][4], const Windows& base_windows,
                           Halves& out) {
        std::uint64_t columns[3][4][V::lanes];
        for (unsigned lane = 0; lane < V::lanes; ++lane) {
            std::uint64_t words[3][4] = {};
            ShortPair pair;
            if (find_short_pair(k[lane], pair)) {
                __builtin_memcpy(words[0], jobs[lane]->signature + 32, 32);
                multiply_by_short(pair.v, words[0]);
                __builtin_memcpy(words[1], pair.u, sizeof pair.u);
                __builtin_memcpy(words[2], pair.v, sizeof pair.v);
                out.exist |= 1U << lane;
                out.minus |= (pair.minus ? 1U : 0U) << lane;
            }
            for (unsigned which = 0; which < 3; ++which) {
                add_offset(words[which], which == 0 ? base_windows : short_windows());
                for (int i = 0; i < 4; ++i) {
                    columns[which][i][lane] = words[which][i];
                }
            }
        }
        for (int i = 0; i < 4; ++i) {
            out.s.word[i] = V::load(columns[0][i]);
            out.of_points[0].word[i] = V::load(columns[1][i]);
            out.of_points[1].word[i] = V::load(columns[2][i]);
        }
    }

    /// Verdicts on the lanes' jobs under `k`, and which lanes have one: those whose k can be
    /// halved.
    struct LaneVerdicts {
        unsigned valid;
        unsigned exist;
    };

    AION_INLINE static LaneVerdicts judge_halved(const Job* const (&jobs)[V::lanes],
                                                 const std::uint64_t (&k)[V::lanes][4],
                                                 const Table& base) {
        U words[2][4];
        for (unsigned i = 0; i < 4; ++i) {
            const U sign = V::set(std::uint64_t{i == 3 ? 1U : 0U} << 63U);
            words[0][i] = V::bit_xor(load_words(jobs, &Job::key, 8 * i), sign);
            words[1][i] = V::bit_xor(load_words(jobs, &Job::signature, 8 * i), sign);
        }
        Decoded<V, 2> points = decode<V, 2>(words);
        Halves halves;
        halve_each(jobs, k, *base.windows, halves);
        const Elem<V> opposite =
            carry<V>(sub<V>(widen<V>(constant<V>(zero_limbs)), widen<V>(points.x[0])));
        points.x[0] = select<V>(V::mask(halves.minus), opposite, points.x[0]);
        const Projective<V> sum = sum_with_doublings<2>(halves.s, base, halves.of_points,
                                                        short_windows(), points.x, points.y);
        const unsigned neutral = V::bits(V::both(
            is_zero<V>(widen<V>(sum.x)), is_zero<V>(sub<V>(widen<V>(sum.y), widen<V>(sum.z)))));
        const unsigned valid = neutral & V::bits(V::both(points.valid[0], points.valid[1]));
        return {valid & halves.exist, halves.exist};
    }

    /// Like `without_tables`, with halved scalars.
    static void without_tables_halved(const Job* jobs, std::size_t count, const Table& base,
                                      std::uint8_t* verdicts) {
        for (std::size_t first = 0; first < count; first += V::lanes) {
            const Job* lane_jobs[V::lanes];
            pick(jobs, count, static_cast<unsigned>(first / V::lanes), lane_jobs);
            std::uint64_t k[V::lanes][4];
            hash_each(lane_jobs, k);
            const LaneVerdicts some = judge_halved(lane_jobs, k, base);
            for (unsigned lane = 0; lane < V::lanes && first + lane < count; ++lane) {
                if (((some.exist >> lane) & 1U) != 0) {
                    verdicts[first + lane] = static_cast<std::uint8_t>((some.valid >> lane) & 1U);
                } else {
                    Kernel<typename V::OneLane>::without_tables(jobs + first + lane, 1, base,
                                                                verdicts + first + lane);
                }
            }
        }
    }

    /// `Path::whole`, for one lane.
    static bool whole(const Job& job, const std::uint64_t (&k)[4], const Table& base) {
        static_assert(V::lanes == 1);
        const Windows& key_windows = windows_of(untabled_width);
        Elem<V> x[1];
        Elem<V> y[1];
        typename V::Mask valid[1];
        decode_keys(&job, 1, 0, x, y, valid);
        Scalars<V> s;
        Scalars<V> cut[1];
        __builtin_memcpy(s.word, job.signature + 32, 32);
        __builtin_memcpy(cut[0].word, k, 32);
        add_offset(s.word, *base.windows);
        add_offset(cut[0].word, key_windows);
        const Projective<V> sum = sum_with_doublings<1>(s, base, cut, key_windows, x, y);
        std::uint8_t verdict = 0;
        compare(&sum, valid, &job, 1, &verdict);
        return verdict != 0;
    }

    /// -A of the vectors from `first` on. Lanes whose key is no point get the
    /// neutral element: a Z of zero there would spoil the shared inversion of
    /// every other vector.
    AION_INLINE static void decode_keys(const Job* jobs, std::size_t count, unsigned first,
                                        Elem<V> (&x)[decode_together],
                                        Elem<V> (&y)[decode_together], typename V::Mask* valid) {
        U words[decode_together][4];
        for (unsigned j = 0; j < decode_together; ++j) {
            const Job* lane_jobs[V::lanes];
            pick(jobs, count, first + j, lane_jobs);
            for (unsigned i = 0; i < 4; ++i) {
                words[j][i] = load_words(lane_jobs, &Job::key, 8 * i);
            }
            words[j][3] = V::bit_xor(words[j][3], V::set(std::uint64_t{1} << 63U));
        }
        const Decoded<V, decode_together> points = decode<V, decode_together>(words);
        for (unsigned j = 0; j < decode_together; ++j) {
            valid[j] = points.valid[j];
            x[j] = select<V>(valid[j], points.x[j], constant<V>(zero_limbs));
            y[j] = select<V>(valid[j], points.y[j], constant<V>(one_limbs));
        }
    }
};

}  // namespace aion::crypto::ed25519
