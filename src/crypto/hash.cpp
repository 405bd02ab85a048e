// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/hash.hpp"

#include <blake3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <type_traits>

#include "aion/crypto/secret.hpp"
#include "base/threads.hpp"
#include "crypto/hash_threads.hpp"

// Sources of our own have the compression function; a system's library keeps it to itself.
#if defined(AION_BLAKE3_SHARES)
#include <blake3_impl.h>
#endif

namespace aion::crypto {
namespace {

void append(blake3_hasher& hasher, ByteView data, Parallelism parallelism) {
#if defined(AION_BLAKE3_SHARES)
    if (parallelism == Parallelism::all_cores && data.size() >= parallel_hash_size) {
        const unsigned threads = hash_threads(0, data.size());
        if (has_company() || threads > 1) {
            together(threads, [&] { blake3_hasher_update_tbb(&hasher, data.data(), data.size()); });
            return;
        }
    }
#else
    static_cast<void>(parallelism);  // A BLAKE3 that shares nothing gives the same digest.
#endif
    blake3_hasher_update(&hasher, data.data(), data.size());
}

Hash finish(const blake3_hasher& hasher) {
    Hash digest;
    blake3_hasher_finalize(&hasher, digest.bytes.data(), digest.bytes.size());
    return digest;
}

// The hasher inside the bytes of a Blake3: blake3_hasher is an implicit-lifetime type, so the
// array that provides its storage also brings it into being.
blake3_hasher& hasher_in(std::byte* state) {
    return *std::launder(reinterpret_cast<blake3_hasher*>(state));
}

const blake3_hasher& hasher_in(const std::byte* state) {
    return *std::launder(reinterpret_cast<const blake3_hasher*>(state));
}

#if defined(AION_BLAKE3_SHARES)
// What is no longer than a chunk takes a few calls of the compression function, and a hasher as
// long as one more.
Hash of_one_chunk(ByteView data) {
    constexpr std::size_t block_size = BLAKE3_BLOCK_LEN;
    std::array<std::uint32_t, 8> state{};
    std::copy_n(IV, state.size(), state.begin());
    unsigned flags = CHUNK_START;
    for (; data.size() > block_size; data = data.subspan(block_size), flags = 0) {
        blake3_compress_in_place(state.data(), data.data(), block_size, 0,
                                 static_cast<std::uint8_t>(flags));
    }
    std::array<std::uint8_t, block_size> last{};
    std::ranges::copy(data, last.begin());
    blake3_compress_in_place(state.data(), last.data(), static_cast<std::uint8_t>(data.size()), 0,
                             static_cast<std::uint8_t>(flags | CHUNK_END | ROOT));
    Hash digest;
    store_cv_words(digest.bytes.data(), state.data());
    return digest;
}
#endif

}  // namespace

Hash blake3(ByteView data, Parallelism parallelism) {
#if defined(AION_BLAKE3_SHARES)
    if (data.size() <= BLAKE3_CHUNK_LEN) {
        return of_one_chunk(data);
    }
#endif
    blake3_hasher hasher;  // NOLINT(cppcoreguidelines-pro-type-member-init): by the next line.
    blake3_hasher_init(&hasher);
    append(hasher, data, parallelism);
    return finish(hasher);
}

Hash blake3_keyed(std::span<const std::uint8_t, 32> key, ByteView data) {
    Blake3 hasher(key);
    return hasher.update(data).digest();
}

// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): a hasher is initialised in place.
Blake3::Blake3() noexcept {
    static_assert(sizeof(state_) == sizeof(blake3_hasher));
    static_assert(alignof(Blake3) >= alignof(blake3_hasher));
    static_assert(std::is_trivially_copyable_v<blake3_hasher>);
    blake3_hasher_init(&hasher_in(state_.data()));
}

// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): a hasher is initialised in place.
Blake3::Blake3(std::span<const std::uint8_t, 32> key) noexcept {
    static_assert(BLAKE3_KEY_LEN == 32 && BLAKE3_OUT_LEN == Hash::size);
    blake3_hasher_init_keyed(&hasher_in(state_.data()), key.data());
}

Blake3::~Blake3() {
    wipe({reinterpret_cast<std::uint8_t*>(state_.data()), state_.size()});
}

Blake3& Blake3::update(ByteView data, Parallelism parallelism) {
    append(hasher_in(state_.data()), data, parallelism);
    return *this;
}

Hash Blake3::digest() const {
    return finish(hasher_in(state_.data()));
}

const char* blake3_version() noexcept {
    return ::blake3_version();
}

}  // namespace aion::crypto
