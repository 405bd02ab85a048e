// SPDX-License-Identifier: MIT OR Apache-2.0
// What every file of this layer that calls OpenSSL needs: owners, our library context, parameters,
// and an error queue that is left as it was found. Private to src/crypto.
#pragma once

#include <openssl/err.h>
#include <openssl/opensslv.h>
#include <openssl/params.h>
#include <openssl/types.h>

#include <atomic>
#include <cstdint>
#include <new>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"

namespace aion::crypto::openssl {

/// Deleter for std::unique_ptr over one of OpenSSL's `*_free` functions.
template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

/// For what fails only when there is no memory, whatever the input: a wrong verdict must not come
/// of that. Throws std::bad_alloc.
inline void require(bool holds) {
    if (!holds) {
        throw std::bad_alloc();
    }
}

/// Throws std::bad_alloc if OpenSSL's last complaint is of memory: what is refused for its values
/// is not what was asked for; what fails for lack of memory must not look like that.
void require_memory();

/// What `make` gives, made once and kept for the life of the process in `kept`; tried
/// anew after it failed for lack of memory, which throws std::bad_alloc.
template <class T, class Make, class Discard>
[[nodiscard]] T* made_once(std::atomic<T*>& kept, Make make, Discard discard) {
    T* there = kept.load(std::memory_order_acquire);
    if (there != nullptr) {
        return there;
    }
    T* const made = make();
    require(made != nullptr);
    if (!kept.compare_exchange_strong(there, made, std::memory_order_acq_rel)) {
        discard(made);  // another thread was faster
        return there;
    }
    return made;
}

/// The library context of our own, made on first use and kept for the life of the process.
/// Throws std::bad_alloc. It offers what this layer fetches, and nothing else: whoever fetches more
/// adds that to the list in openssl.cpp.
///
/// The default one belongs to the application: its configuration file, property queries and
/// thread limit must not change what we compute, nor ours what it does.
[[nodiscard]] OSSL_LIB_CTX* context();

/// The context that has all of the standard provider, for what is rarely done: a fetch there costs
/// more than verifying a small file. Throws std::bad_alloc.
[[nodiscard]] OSSL_LIB_CTX* whole_context();

/// Whether `context()` offers keys of an algorithm that OpenSSL has since version `since`.
/// Error: `operation_not_permitted`, detail `algorithm_unavailable`. Throws std::bad_alloc.
[[nodiscard]] Result<> check_offered(const char* algorithm, const char* since);

/// Takes back, at the end of a scope, the entries that calls inside it pushed on this thread's
/// error queue, so that an application that shares libcrypto finds its own entries only.
class ErrorScope {
  public:
    ErrorScope() noexcept { ERR_set_mark(); }

    ~ErrorScope() { ERR_pop_to_mark(); }

    /// False when any call in this scope complained. Argon2 of OpenSSL 3.5 does not check all of
    /// its allocations: it can say that it succeeded, with a wrong key. OpenSSL before 3.2 cannot
    /// count complaints, and has no Argon2 either: there it is always true.
    [[nodiscard]] static bool is_clean() noexcept {
#if OPENSSL_VERSION_NUMBER >= 0x30200000L
        return ERR_count_to_mark() == 0;
#else
        return true;
#endif
    }

    ErrorScope(const ErrorScope&) = delete;
    ErrorScope& operator=(const ErrorScope&) = delete;
    ErrorScope(ErrorScope&&) = delete;
    ErrorScope& operator=(ErrorScope&&) = delete;
};

/// `bytes.data()`, or the address of some byte when that is null: several functions take a null
/// pointer for "no value given" even where the length is zero. Only to be read.
[[nodiscard]] const std::uint8_t* readable(ByteView bytes) noexcept;

/// An input parameter holding `bytes`, which must outlive it.
[[nodiscard]] OSSL_PARAM octets(const char* name, ByteView bytes) noexcept;

/// An input parameter holding the text `word`, which must outlive it.
[[nodiscard]] OSSL_PARAM word(const char* name, const char* word) noexcept;

/// An input parameter holding `number`, which must outlive it.
[[nodiscard]] OSSL_PARAM number(const char* name, const std::uint32_t& number) noexcept;

}  // namespace aion::crypto::openssl
