// SPDX-License-Identifier: MIT OR Apache-2.0
// Work for several threads. Nothing else in src/ starts one.
//
// The outermost call of `together` or `for_each_piece` starts threads, which end before it
// returns; only one that on a busy machine has not come to run by then is not waited for, and ends
// as soon as it does, having done nothing. So a program that exits, or forks between calls, meets
// no work of ours. Calls inside such a call, on whichever of its threads, share those. All callers
// of a process together have some more helpers than there are cores, at most. Where a thread cannot
// be had (limits on processes, threads or memory), or would take memory that is limited by address
// space, there are fewer, at worst none but the caller's, which then does all the work: results
// depend neither on how many there are nor on who does what. Our threads block the signals that are
// meant for the program, whose handlers so run on its own threads.
//
// What throws (that is, std::bad_alloc) does so in the thread of the caller, after everything else
// that has begun has ended; what has not begun by then is not begun.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace aion {

/// How many threads a call may use: `requested`, or for 0 the environment variable
/// `AION_THREADS` (read once) if it holds a positive number, else one a core; never more than
/// there are cores.
[[nodiscard]] unsigned thread_limit(unsigned requested) noexcept;

/// Whether this thread is in a call of the functions below that may use several threads: more work
/// may be shared then at no more cost than a microsecond.
[[nodiscard]] bool has_company() noexcept;

namespace detail {

/// A function of the number of a piece.
struct PieceFunction {
    const void* object;
    void (*call)(const void* object, std::size_t piece);

    void operator()(std::size_t piece) const { call(object, piece); }
};

/// Calls `function` with 0 … `count` - 1, in up to `limit` threads, and lets calls inside use them;
/// with 0 always on this one.
void share(unsigned limit, std::size_t count, PieceFunction function);

}  // namespace detail

/// Calls `piece` with each number from 0 to `count` - 1, in that order where there is one thread,
/// and with 0 always on the caller's.
/// `limit`: threads to use at most, the caller's included.
template <class Piece>
void for_each_piece(unsigned limit, std::size_t count, const Piece& piece) {
    const auto call = [](const void* object, std::size_t number) {
        (*static_cast<const Piece*>(object))(number);
    };
    limit = static_cast<unsigned>(std::min<std::size_t>(limit, count));
    detail::share(limit, count, {&piece, call});
}

/// Calls each of `functions`, begun in their order but for the first, which is always called on the
/// caller's thread: another's may have begun the next before. `limit` as above; it may be larger
/// than their number if they share work themselves.
template <class... Functions>
void together(unsigned limit, const Functions&... functions) {
    struct Function {
        const void* object;
        void (*call)(const void* object);
    };

    const std::array<Function, sizeof...(Functions)> all{Function{
        &functions, [](const void* object) { (*static_cast<const Functions*>(object))(); }}...};
    const auto call = [](const void* object, std::size_t number) {
        const Function& function = static_cast<const Function*>(object)[number];
        function.call(function.object);
    };
    detail::share(limit, all.size(), {all.data(), call});
}

}  // namespace aion
