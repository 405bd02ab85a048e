// SPDX-License-Identifier: MIT OR Apache-2.0
#include "durability/failing_memory.hpp"

#include <openssl/crypto.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<bool> is_armed{false};
std::atomic<bool> was_hit{false};
std::atomic<std::uint64_t> left{0};

bool fails_now() noexcept {
    if (!is_armed.load(std::memory_order_relaxed) || left.fetch_sub(1) != 0) {
        return false;
    }
    was_hit = true;
    return true;
}

void* allocate(std::size_t size, std::size_t alignment) noexcept {
    if (fails_now()) {
        return nullptr;
    }
    const std::size_t bytes = size == 0 ? 1 : size;
    if (alignment <= alignof(std::max_align_t)) {
        return std::malloc(bytes);  // NOLINT(cppcoreguidelines-no-malloc): this is operator new
    }
    return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
    void* const made = allocate(size, alignment);
    if (made == nullptr) {
        throw std::bad_alloc();
    }
    return made;
}

void* libcrypto_allocate(std::size_t size, const char* /*file*/, int /*line*/) noexcept {
    return allocate(size, 1);
}

void* libcrypto_reallocate(void* old, std::size_t size, const char* /*file*/,
                           int /*line*/) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-no-malloc): libcrypto's own functions do the same
    return fails_now() ? nullptr : std::realloc(old, size);
}

void libcrypto_free(void* memory, const char* /*file*/, int /*line*/) noexcept {
    std::free(memory);  // NOLINT(cppcoreguidelines-no-malloc)
}

/// Before libcrypto allocates anything, which other initialisers make it do.
[[gnu::constructor(101)]] void replace_libcrypto_memory() {
    if (CRYPTO_set_mem_functions(libcrypto_allocate, libcrypto_reallocate, libcrypto_free) != 1) {
        std::abort();
    }
}

}  // namespace

// NOLINTBEGIN(misc-new-delete-overloads,cppcoreguidelines-no-malloc): all of them are here
void* operator new(std::size_t size) {
    return allocate_or_throw(size, 1);
}

void* operator new[](std::size_t size) {
    return allocate_or_throw(size, 1);
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}

void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}

void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return allocate(size, 1);
}

void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return allocate(size, 1);
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete[](void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
    std::free(memory);
}

void operator delete[](void* memory, std::size_t /*size*/) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}

void operator delete[](void* memory, std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}

void operator delete[](void* memory, std::size_t /*size*/,
                       std::align_val_t /*alignment*/) noexcept {
    std::free(memory);
}

// NOLINTEND(misc-new-delete-overloads,cppcoreguidelines-no-malloc)

namespace aion::test {

OneFailingAllocation::OneFailingAllocation(std::uint64_t nth) noexcept {
    left = nth;
    was_hit = false;
    is_armed = true;
}

OneFailingAllocation::~OneFailingAllocation() {
    is_armed = false;
}

bool OneFailingAllocation::has_failed() noexcept {
    return was_hit;
}

}  // namespace aion::test
