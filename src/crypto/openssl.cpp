// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/openssl.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "aion/crypto/signing.hpp"
#include "crypto/details.hpp"

namespace aion::crypto::openssl {
namespace {

// A fetch makes objects of every algorithm of its kind that a provider has, under every name: half
// a million instructions for a cipher, more than the rest of verifying a small file. So our context
// has a provider of our own, that offers the standard one's implementations of what we fetch, and
// nothing else. What those fetch themselves they find in a context that has all.
constexpr const char* provider_name = "aion";

constexpr std::size_t most_wanted = 3;

struct Kind {
    int operation = 0;
    // The first of the names that each algorithm has; empty for none.
    std::array<std::string_view, most_wanted> wanted;
};

constexpr std::array<Kind, 5> kinds = {{
    {OSSL_OP_DIGEST, {"SHA2-256"}},
    {OSSL_OP_CIPHER, {"ChaCha20-Poly1305"}},
    {OSSL_OP_KDF, {"ARGON2ID"}},                               // OpenSSL before 3.2 has none
    {OSSL_OP_KEYMGMT, {"ED25519", "ML-DSA-65", "ML-DSA-44"}},  // OpenSSL before 3.5 has no ML-DSA
    {OSSL_OP_SIGNATURE, {"ED25519", "ML-DSA-65", "ML-DSA-44"}},
}};

// The algorithms of each kind, and the entry that ends a list.
using Offer = std::array<std::array<OSSL_ALGORITHM, most_wanted + 1>, kinds.size()>;

bool is_named(const OSSL_ALGORITHM& algorithm, std::string_view name) {
    const std::string_view names = algorithm.algorithm_names;
    return names.substr(0, names.find(':')) == name;
}

Offer offer_of(const OSSL_PROVIDER* provider) {
    Offer offer{};
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        int is_passing = 0;
        const OSSL_ALGORITHM* algorithm =
            OSSL_PROVIDER_query_operation(provider, kinds[i].operation, &is_passing);
        std::size_t found = 0;
        for (; algorithm != nullptr && algorithm->algorithm_names != nullptr; ++algorithm) {
            const auto is_it = [&](std::string_view name) {
                return !name.empty() && is_named(*algorithm, name);
            };
            if (found < most_wanted && std::ranges::any_of(kinds[i].wanted, is_it)) {
                offer[i][found++] = *algorithm;
            }
        }
    }
    return offer;
}

// The standard provider in a context of its own. Both are kept for the life of the process.
class Standard {
  public:
    // Nullptr if there is no memory; then tried anew.
    OSSL_PROVIDER* provider() {
        if (context_ == nullptr) {
            context_ = OSSL_LIB_CTX_new();
        }
        if (context_ != nullptr && provider_ == nullptr) {
            provider_ = OSSL_PROVIDER_load(context_, "default");
        }
        return provider_;
    }

    [[nodiscard]] OSSL_LIB_CTX* context() const { return context_; }

  private:
    OSSL_LIB_CTX* context_ = nullptr;
    OSSL_PROVIDER* provider_ = nullptr;
};

// Changed only under the lock of context().
Standard& standard() {
    static constinit Standard the_one;
    return the_one;
}

const OSSL_ALGORITHM* offered_algorithms(void* /*context*/, int operation, int* no_cache) {
    // The lists are constants of the library: the same whichever thread asks first.
    static const Offer offer = offer_of(standard().provider());
    *no_cache = 0;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (kinds[i].operation == operation) {
            return offer[i].data();
        }
    }
    return nullptr;
}

int start_provider(const OSSL_CORE_HANDLE* /*core*/, const OSSL_DISPATCH* /*offered*/,
                   const OSSL_DISPATCH** taken, void** context) {
    static const auto query = reinterpret_cast<void (*)()>(offered_algorithms);
    static const std::array<OSSL_DISPATCH, 2> functions = {
        {{OSSL_FUNC_PROVIDER_QUERY_OPERATION, query}, {0, nullptr}}};
    *taken = functions.data();
    *context = OSSL_PROVIDER_get0_provider_ctx(standard().provider());
    return 1;
}

// Nullptr if there is no memory.
OSSL_LIB_CTX* make_context() {
    if (standard().provider() == nullptr) {
        return nullptr;
    }
    OSSL_LIB_CTX* const made = OSSL_LIB_CTX_new();
    if (made != nullptr && (OSSL_PROVIDER_add_builtin(made, provider_name, start_provider) != 1 ||
                            OSSL_PROVIDER_load(made, provider_name) == nullptr)) {
        OSSL_LIB_CTX_free(made);
        return nullptr;
    }
    return made;
}

}  // namespace

OSSL_LIB_CTX* context() {
    // Never freed: objects with static lifetime may still sign while the process ends.
    static constinit std::atomic<OSSL_LIB_CTX*> ours{nullptr};
    static constinit std::mutex making;
    if (OSSL_LIB_CTX* const there = ours.load(std::memory_order_acquire)) {
        return there;
    }
    const std::lock_guard lock(making);
    if (ours.load(std::memory_order_relaxed) == nullptr) {
        OSSL_LIB_CTX* const made = make_context();
        require(made != nullptr);
        ours.store(made, std::memory_order_release);
    }
    return ours.load(std::memory_order_relaxed);
}

OSSL_LIB_CTX* whole_context() {
    static_cast<void>(context());  // what has made the other, too, and changes it no more
    return standard().context();
}

Result<> check_offered(const char* algorithm, const char* since) {
    const ErrorScope errors;
    const std::unique_ptr<EVP_KEYMGMT, Freed<EVP_KEYMGMT_free>> found(
        EVP_KEYMGMT_fetch(context(), algorithm, nullptr));
    if (found != nullptr) {
        return {};
    }
    require(ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_UNSUPPORTED);
    Told why = told<CryptoDetail::algorithm_unavailable>(since, openssl_version());
    return fail(operation_not_permitted(algorithm, std::move(why.text)).with_detail(why.detail));
}

void require_memory() {
    const unsigned long error = ERR_peek_last_error();
    require(error == 0 || ERR_GET_REASON(error) != ERR_R_MALLOC_FAILURE);
}

const std::uint8_t* readable(ByteView bytes) noexcept {
    static constexpr std::uint8_t some_byte = 0;
    return bytes.data() != nullptr ? bytes.data() : &some_byte;
}

OSSL_PARAM octets(const char* name, ByteView bytes) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): one type serves input and output.
    return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(readable(bytes)),
                                             bytes.size());
}

OSSL_PARAM word(const char* name, const char* word) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): one type serves input and output.
    return OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(word), 0);
}

OSSL_PARAM number(const char* name, const std::uint32_t& number) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): one type serves input and output.
    return OSSL_PARAM_construct_uint32(name, const_cast<std::uint32_t*>(&number));
}

}  // namespace aion::crypto::openssl
