// SPDX-License-Identifier: MIT OR Apache-2.0
// What is too long to be held passes through two buffers in turn.
#pragma once

#include <array>
#include <cstddef>

#include "aion/base/buffer.hpp"
#include "aion/base/bytes.hpp"
#include "base/threads.hpp"

namespace aion::policy {

/// Has `next` fill a buffer of `size` bytes again and again, until it returns an empty piece, and
/// hands each piece to `one` and to `other`. Of two threads, one is in `one` while the other is in
/// `other`, or reads the next piece; what takes longer should be `one`. Each sees the pieces in
/// their order.
template <class Next, class One, class Other>
void read_ahead(unsigned threads, std::size_t size, const Next& next, const One& one,
                const Other& other) {
    const std::array<Buffer, 2> buffers{make_buffer(size), make_buffer(size)};
    std::size_t turn = 0;
    ByteView piece = next(MutableByteView(buffers[turn].get(), size));
    while (!piece.empty()) {
        turn = 1 - turn;
        ByteView following;
        together(
            threads, [&] { one(piece); },
            [&] {
                other(piece);
                following = next(MutableByteView(buffers[turn].get(), size));
            });
        piece = following;
    }
}

}  // namespace aion::policy
