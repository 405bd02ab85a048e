// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/secret.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

namespace aion::crypto {
namespace {

// Systems let a process lock little memory (often 64 KiB), so secrets of at most one slot, which
// is nearly all of them, share pages; each larger one has pages of its own.
constexpr std::size_t slot_size = 64;
constexpr std::size_t page_size = 4096;
constexpr std::size_t slots_per_page = page_size / slot_size;

// Where the shared pages begin: in each, slot 0 holds this and the other 63 hold secrets.
struct PageHeader {
    std::uint64_t used = 1;  // Bit i: slot i is taken.
    PageHeader* next = nullptr;
};

static_assert(sizeof(PageHeader) <= slot_size && slots_per_page == 64);

// Trivially destructible, so that secrets with static lifetime may outlive everything else here.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
constinit std::mutex pool_mutex;
constinit PageHeader* first_page = nullptr;

// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

std::size_t whole_pages(std::size_t size) {
    return (size + page_size - 1) / page_size * page_size;
}

// Zeroed pages, kept out of swap and core dumps where the system allows.
//
// Not MADV_WIPEONFORK: a forked child would find its signing key silently turned into the
// all-zero seed, which signs just as well.
void* map_pages(std::size_t size) {
    if (size > SIZE_MAX - page_size) {
        throw std::bad_alloc();
    }
    void* const pages = mmap(nullptr, whole_pages(size), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        throw std::bad_alloc();
    }
    static_cast<void>(mlock(pages, whole_pages(size)));
#if defined(MADV_DONTDUMP)
    static_cast<void>(madvise(pages, whole_pages(size), MADV_DONTDUMP));
#endif
    return pages;
}

std::uint8_t* slot_of(PageHeader* page, int index) {
    return reinterpret_cast<std::uint8_t*>(page) + static_cast<std::size_t>(index) * slot_size;
}

std::uint8_t* take_slot() {
    const std::scoped_lock guard(pool_mutex);
    PageHeader* page = first_page;
    while (page != nullptr && std::countr_one(page->used) == slots_per_page) {
        page = page->next;
    }
    if (page == nullptr) {
        page = new (map_pages(page_size)) PageHeader{.next = first_page};
        first_page = page;
    }
    const int index = std::countr_one(page->used);
    page->used |= std::uint64_t{1} << static_cast<unsigned>(index);
    return slot_of(page, index);
}

void return_slot(std::uint8_t* slot) noexcept {
    const std::size_t offset = std::bit_cast<std::uintptr_t>(slot) % page_size;
    auto* const page = std::launder(reinterpret_cast<PageHeader*>(slot - offset));
    const std::scoped_lock guard(pool_mutex);
    page->used &= ~(std::uint64_t{1} << (offset / slot_size));
}

// All zero; at most `size` is rounded up.
std::uint8_t* acquire(std::size_t size) {
    return size <= slot_size ? take_slot() : static_cast<std::uint8_t*>(map_pages(size));
}

void release(std::uint8_t* data, std::size_t capacity) noexcept {
    wipe({data, capacity});
    if (capacity <= slot_size) {
        return_slot(data);
    } else {
        munmap(data, whole_pages(capacity));
    }
}

}  // namespace

SecretBytes::SecretBytes(std::size_t size)
    : data_(size == 0 ? nullptr : acquire(size)), size_(size), capacity_(size) {}

SecretBytes::~SecretBytes() {
    if (data_ != nullptr) {
        release(data_, capacity_);
    }
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    SecretBytes taken(std::move(other));
    std::swap(data_, taken.data_);
    std::swap(size_, taken.size_);
    std::swap(capacity_, taken.capacity_);
    return *this;
}

SecretBytes SecretBytes::copy_of(ByteView source) {
    SecretBytes copy(source.size());
    std::ranges::copy(source, copy.data_);
    return copy;
}

void SecretBytes::truncate(std::size_t size) noexcept {
    if (size < size_) {
        wipe(view().subspan(size));
        size_ = size;
    }
}

void wipe(MutableByteView bytes) noexcept {
    if (bytes.empty()) {
        return;
    }
    std::memset(bytes.data(), 0, bytes.size());
    // As far as the compiler knows, this reads the memory: so the stores above must happen.
    // NOLINTNEXTLINE(hicpp-no-assembler)
    __asm__ volatile("" : : "r"(bytes.data()) : "memory");
}

bool equal_constant_time(ByteView a, ByteView b) noexcept {
    if (a.size() != b.size()) {
        return false;
    }
    std::uint8_t difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
    }
    // Hidden from the optimiser, which could otherwise leave the loop at the first difference.
    // NOLINTNEXTLINE(hicpp-no-assembler)
    __asm__ volatile("" : "+r"(difference));
    return difference == 0;
}

}  // namespace aion::crypto
