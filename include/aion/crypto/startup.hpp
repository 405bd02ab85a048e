// SPDX-License-Identifier: MIT OR Apache-2.0
// Starting faster, for short programs.
#pragma once

namespace aion::crypto {

/// Leaves out, for the rest of the process, the tables of names and error texts that libcrypto
/// would build on first use and that only its older interfaces read: the first operation then
/// takes about 0.2 ms less. Also leaves out its clean-up at exit: the process ends faster.
///
/// For the `main` of a program in which nothing but this library uses libcrypto, before anything
/// else of the library; too late, it has no effect. Never in a library or a plug-in: the rest of
/// the program could no longer find ciphers and digests by name through those interfaces.
void trim_libcrypto_startup() noexcept;

}  // namespace aion::crypto
