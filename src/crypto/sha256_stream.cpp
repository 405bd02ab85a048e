// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/sha256_stream.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "crypto/sha256_blocks.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace aion::crypto {

bool has_sha_instructions() noexcept {
#if defined(__x86_64__)
    static const bool has = [] {
        unsigned a = 0;
        unsigned b = 0;
        unsigned c = 0;
        unsigned d = 0;
        constexpr unsigned sha = 1U << 29U;
        return __builtin_cpu_supports("sse4.1") != 0 &&
               __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & sha) != 0;
    }();
    return has;
#else
    return false;
#endif
}

#if !defined(__x86_64__)
// Never called.
void sha256_blocks(std::uint32_t* /*state*/, const std::uint8_t* /*data*/,
                   std::size_t /*blocks*/) noexcept {}

void sha256_blocks_of_two(std::uint32_t* /*a*/, const std::uint8_t* /*data_a*/,
                          std::uint32_t* /*b*/, const std::uint8_t* /*data_b*/,
                          std::size_t /*blocks*/) noexcept {}
#endif

// FIPS 180-4 section 5.3.3.
Sha256Stream::Sha256Stream(bool side_by_side)
    : state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19} {
    if (!side_by_side) {
        other_.emplace();
    }
}

bool Sha256Stream::has_side_by_side() noexcept {
    return has_sha_instructions();
}

void Sha256Stream::update(ByteView piece) {
    if (other_) {
        other_->update(piece);
        return;
    }
    piece = fill(piece);
    const std::size_t whole = piece.size() - (piece.size() % block);
    blocks(piece.first(whole));
    keep(piece.subspan(whole));
}

void Sha256Stream::update_both(Sha256Stream& a, ByteView piece_a, Sha256Stream& b,
                               ByteView piece_b) {
    if (!a.other_ && !b.other_) {
        piece_a = a.fill(piece_a);
        piece_b = b.fill(piece_b);
        const std::size_t count = std::min(piece_a.size(), piece_b.size()) / block;
        sha256_blocks_of_two(a.state_.data(), piece_a.data(), b.state_.data(), piece_b.data(),
                             count);
        a.size_ += count * block;
        b.size_ += count * block;
        piece_a = piece_a.subspan(count * block);
        piece_b = piece_b.subspan(count * block);
    }
    a.update(piece_a);
    b.update(piece_b);
}

// FIPS 180-4 section 5.1.1: a bit that is set, zeros, and the number of bits.
Sha256Digest Sha256Stream::digest() {
    if (other_) {
        return other_->digest();
    }
    constexpr std::size_t length_size = 8;
    const std::uint64_t bits = size_ * 8;
    const std::size_t begun = size_ % block;
    std::array<std::uint8_t, 2 * block> end{};
    std::copy_n(begun_.begin(), begun, end.begin());
    end[begun] = 0x80;
    const std::size_t total = begun + 1 + length_size <= block ? block : 2 * block;
    for (std::size_t i = 0; i < length_size; ++i) {
        end[total - 1 - i] = static_cast<std::uint8_t>(bits >> (8 * i));
    }
    sha256_blocks(state_.data(), end.data(), total / block);
    Sha256Digest out;
    for (std::size_t i = 0; i < out.bytes.size(); ++i) {
        out.bytes[i] = static_cast<std::uint8_t>(state_[i / 4] >> (8 * (3 - (i % 4))));
    }
    return out;
}

ByteView Sha256Stream::fill(ByteView piece) {
    const std::size_t begun = size_ % block;
    if (begun == 0) {
        return piece;
    }
    const std::size_t more = std::min(block - begun, piece.size());
    std::copy_n(piece.begin(), more, begun_.begin() + static_cast<std::ptrdiff_t>(begun));
    size_ += more;
    if (begun + more == block) {
        sha256_blocks(state_.data(), begun_.data(), 1);
    }
    return piece.subspan(more);
}

void Sha256Stream::blocks(ByteView whole) noexcept {
    sha256_blocks(state_.data(), whole.data(), whole.size() / block);
    size_ += whole.size();
}

// Less than a block, at the beginning of one, or nothing.
void Sha256Stream::keep(ByteView rest) noexcept {
    if (!rest.empty()) {
        std::ranges::copy(rest, begun_.begin());
        size_ += rest.size();
    }
}

}  // namespace aion::crypto
