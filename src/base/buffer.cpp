// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/buffer.hpp"

#include <sys/mman.h>

#include <new>

namespace aion {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20U;
constexpr std::size_t large = std::size_t{4} << 20U;

// Zen 3 copies (rep movsb, which is how Linux fills a reader's buffer) to a third of the speed
// where source and destination do not lie alike in their cache lines; what a file has lies in
// pages.
constexpr std::size_t page = 4096;

}  // namespace

void BufferDeleter::operator()(std::uint8_t* bytes) const noexcept {
    if (alignment == 0) {
        ::operator delete(bytes);
    } else {
        ::operator delete(bytes, std::align_val_t{alignment});
    }
}

Buffer make_buffer(std::size_t size) {
    if (size < page) {
        return Buffer(static_cast<std::uint8_t*>(::operator new(size)), BufferDeleter{});
    }
    if (size < large) {
        return Buffer(static_cast<std::uint8_t*>(::operator new(size, std::align_val_t{page})),
                      BufferDeleter{page});
    }
    auto* const bytes =
        static_cast<std::uint8_t*>(::operator new(size, std::align_val_t{huge_page}));
#ifdef MADV_HUGEPAGE
    // Only whole ones: the last may belong to somebody else, too. A refusal costs time only.
    ::madvise(bytes, size - size % huge_page, MADV_HUGEPAGE);
#endif
    return Buffer(bytes, BufferDeleter{huge_page});
}

}  // namespace aion
