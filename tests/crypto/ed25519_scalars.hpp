// SPDX-License-Identifier: MIT OR Apache-2.0
// Scalars k that are easy, hard or impossible to halve. Test only.
#pragma once

#include <openssl/bn.h>

#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace aion::crypto::test {

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Words4 = std::array<std::uint64_t, 4>;

[[nodiscard]] Number number(const std::uint64_t* words, std::size_t count);
[[nodiscard]] Number number(const char* hex);
[[nodiscard]] Words4 words_of(const BIGNUM* value);
/// L and 8 L.
[[nodiscard]] const BIGNUM* subgroup_order();
[[nodiscard]] const BIGNUM* group_order();

struct ChosenScalar {
    std::string name;
    Words4 k;
    bool can_be_halved;
};

/// A k below L that somebody would choose to make trouble.
[[nodiscard]] std::vector<ChosenScalar> chosen_scalars();

/// Below L.
[[nodiscard]] Words4 random_scalar(std::mt19937_64& random);

/// A k below L whose shortest (u, v) has an even v and about `bits` bits.
[[nodiscard]] Words4 scalar_of_an_even_pair(unsigned bits, std::mt19937_64& random);

/// A k below L for which there is an odd pair of these sizes.
[[nodiscard]] Words4 scalar_of_a_pair(unsigned u_bits, unsigned v_bits, std::mt19937_64& random);

}  // namespace aion::crypto::test
