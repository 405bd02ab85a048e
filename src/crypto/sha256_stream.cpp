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

void sha256_of_pair(std::uint8_t /*prefix*/, const std::uint8_t* /*left*/,
                    const std::uint8_t* /*right*/, std::uint8_t* /*digest*/) noexcept {}
#endif

namespace {

constexpr std::size_t block_size = 64;

using State = std::array<std::uint32_t, 8>;

// FIPS 180-4 section 5.3.3.
constexpr State initial_state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// FIPS 180-4 section 5.1.1: a bit that is set, zeros, and the number of bits. `begun`: what is
// there of the last block, less than all of it.
Sha256Digest finished(State& state, ByteView begun, std::uint64_t size) noexcept {
    constexpr std::size_t length_size = 8;
    const std::uint64_t bits = size * 8;
    std::array<std::uint8_t, 2 * block_size> end{};
    std::ranges::copy(begun, end.begin());
    end[begun.size()] = 0x80;
    const std::size_t total =
        begun.size() + 1 + length_size <= block_size ? block_size : 2 * block_size;
    for (std::size_t i = 0; i < length_size; ++i) {
        end[total - 1 - i] = static_cast<std::uint8_t>(bits >> (8 * i));
    }
    sha256_blocks(state.data(), end.data(), total / block_size);
    Sha256Digest out;
    for (std::size_t i = 0; i < state.size(); ++i) {
        for (std::size_t byte = 0; byte < 4; ++byte) {
            out.bytes[(4 * i) + byte] = static_cast<std::uint8_t>(state[i] >> (8 * (3 - byte)));
        }
    }
    return out;
}

}  // namespace

Sha256Digest sha256_by_instructions(ByteView data) noexcept {
    State state = initial_state;
    const std::size_t blocks = data.size() / block_size;
    sha256_blocks(state.data(), data.data(), blocks);
    return finished(state, data.subspan(blocks * block_size), data.size());
}

Sha256Stream::Sha256Stream(bool side_by_side) : state_(initial_state) {
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

Sha256Digest Sha256Stream::digest() {
    if (other_) {
        return other_->digest();
    }
    return finished(state_, ByteView(begun_).first(size_ % block), size_);
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
