// SPDX-License-Identifier: MIT OR Apache-2.0
// Forced inlining for code that is compiled once an instruction set: an
// out-of-line copy of a shared inline function, made for AVX-512, might
// otherwise be the one the linker keeps for all.
#pragma once

#define AION_INLINE [[gnu::always_inline]] inline
