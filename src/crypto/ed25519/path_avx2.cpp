// SPDX-License-Identifier: MIT OR Apache-2.0
// The engine for AVX2 with FMA. Compiled with flags of its own; see
// src/crypto/CMakeLists.txt.
#include "crypto/ed25519/multiply_avx2.hpp"
#include "crypto/ed25519/multiply_portable.hpp"
#include "crypto/ed25519/path_impl.hpp"

namespace aion::crypto::ed25519 {
namespace {

/// The multiplication depends on rounding to nearest and may not trap; the
/// caller's thread may have been set otherwise. Its setting is put back at the
/// end.
class DefaultRounding {
  public:
    DefaultRounding() : saved_(_mm_getcsr()) { _mm_setcsr(0x1f80); }

    ~DefaultRounding() { _mm_setcsr(saved_); }

    DefaultRounding(const DefaultRounding&) = delete;
    DefaultRounding& operator=(const DefaultRounding&) = delete;
    DefaultRounding(DefaultRounding&&) = delete;
    DefaultRounding& operator=(DefaultRounding&&) = delete;

  private:
    unsigned saved_;
};

void with_tables(const Job* jobs, std::size_t count, const Table& base, const Windows& key_windows,
                 std::uint8_t* verdicts) {
    const DefaultRounding rounding;
    Kernel<Avx2>::with_tables(jobs, count, base, key_windows, verdicts);
}

void without_tables(const Job* jobs, std::size_t count, const Table& base, std::uint8_t* verdicts) {
    const DefaultRounding rounding;
    Kernel<Avx2>::without_tables_halved(jobs, count, base, verdicts);
}

bool build(const unsigned char* encoding, bool minus, const Windows& windows, TableEntry* out,
           void* scratch) {
    const DefaultRounding rounding;
    return PathOf<Avx2>::build(encoding, minus, windows, out, scratch);
}

void are_points(const unsigned char* encodings, std::size_t count, std::uint8_t* verdicts) {
    const DefaultRounding rounding;
    PathOf<Avx2>::are_points(encodings, count, verdicts);
}

}  // namespace

const Path avx2_path{
    .lanes = Avx2::lanes,
    .group = Avx2::lanes * max_vectors,
    .with_tables = &with_tables,
    .without_tables = &without_tables,
    .few_with_tables = &Kernel<Avx2::OneLane>::with_tables,
    .hash = &Halved<Avx2::OneLane>::hash,
    .halved = &Halved<Avx2::OneLane>::verify,
    .halved_two = nullptr,
    .whole = &Kernel<Avx2::OneLane>::whole,
    .lanes_from = 3,
    .lanes_from_with_tables = 3,
    .cost_without_table = 18,
    .cost_with_table = 3,
    .widths = {{6, 4}, {48, 5}, {200, 6}, {550, 8}, {20000, 10}},
    .build = &build,
    .build_scratch = &PathOf<Avx2>::build_scratch,
    .is_point = &PathOf<Avx2>::is_point,
    .are_points = &are_points,
};

}  // namespace aion::crypto::ed25519
