// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/crypto/aead.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>

#include "aion/crypto/secret.hpp"
#include "crypto/openssl.hpp"

namespace aion::crypto {
namespace {

enum class Direction : int { open = 0, seal = 1 };

// OpenSSL makes one pass over a piece to encrypt it and one to authenticate it. Pieces that stay
// in the first-level cache between the two are fastest (measured), and fit an int.
constexpr std::size_t piece_size = std::size_t{8} << 10U;

using Context = std::unique_ptr<EVP_CIPHER_CTX, openssl::Freed<EVP_CIPHER_CTX_free>>;

const EVP_CIPHER* chacha20_poly1305() {
    static constinit std::atomic<EVP_CIPHER*> cipher{nullptr};
    return openssl::made_once(
        cipher, [] { return EVP_CIPHER_fetch(openssl::context(), "ChaCha20-Poly1305", nullptr); },
        EVP_CIPHER_free);
}

}  // namespace

// One run of the cipher in either direction. Whatever fails but for the tag's comparison fails
// for lack of memory, and throws std::bad_alloc.
class AeadRun {
  public:
    AeadRun(Direction direction, AeadKeyView key, AeadNonceView nonce, ByteView associated_data)
        : context_(EVP_CIPHER_CTX_new()) {
        openssl::require(context_ != nullptr &&
                         EVP_CipherInit_ex2(context_.get(), chacha20_poly1305(), key.data(),
                                            nonce.data(), static_cast<int>(direction),
                                            nullptr) == 1);
        while (!associated_data.empty()) {
            const ByteView piece = take_piece(associated_data);
            update(nullptr, piece);
        }
    }

    // Encrypts or decrypts `in` to the same number of bytes at `out`.
    void transform(ByteView in, std::uint8_t* out) {
        while (!in.empty()) {
            const ByteView piece = take_piece(in);
            update(out, piece);
            out += piece.size();
        }
    }

    // Ends a sealing run.
    void make_tag(std::span<std::uint8_t, aead_tag_size> tag) {
        openssl::require(finish() && control(EVP_CTRL_AEAD_GET_TAG, tag.data()));
    }

    // Ends an opening run: whether `tag` is the right one.
    [[nodiscard]] bool accepts_tag(std::span<const std::uint8_t, aead_tag_size> tag) {
        std::array<std::uint8_t, aead_tag_size> expected{};
        std::ranges::copy(tag, expected.begin());
        openssl::require(control(EVP_CTRL_AEAD_SET_TAG, expected.data()));
        return finish();
    }

  private:
    static ByteView take_piece(ByteView& rest) {
        const ByteView piece = rest.first(std::min(rest.size(), piece_size));
        rest = rest.subspan(piece.size());
        return piece;
    }

    void update(std::uint8_t* out, ByteView piece) {
        int written = 0;
        const int size = static_cast<int>(piece.size());
        openssl::require(EVP_CipherUpdate(context_.get(), out, &written, piece.data(), size) == 1 &&
                         written == size);
    }

    bool finish() {
        int written = 0;
        std::uint8_t nothing = 0;
        return EVP_CipherFinal_ex(context_.get(), &nothing, &written) == 1;
    }

    bool control(int command, std::uint8_t* tag) {
        return EVP_CIPHER_CTX_ctrl(context_.get(), command, aead_tag_size, tag) == 1;
    }

    Context context_;
};

namespace {

// What the reference says for every failure: the cause must not show.
constexpr const char* aead_failure = "aead::Error";

std::unexpected<Error> refuse_to_open() {
    return fail(error_because(ErrorCode::decryption_failed, aead_failure));
}

struct Sealed {
    ByteView ciphertext;
    std::span<const std::uint8_t, aead_tag_size> tag;
};

std::optional<Sealed> split(ByteView sealed) {
    if (sealed.size() < aead_tag_size || sealed.size() - aead_tag_size > aead_plaintext_limit) {
        return std::nullopt;
    }
    return Sealed{sealed.first(sealed.size() - aead_tag_size), sealed.last<aead_tag_size>()};
}

}  // namespace

Result<> aead_seal(AeadKeyView key, AeadNonceView nonce, ByteView associated_data,
                   ByteView plaintext, MutableByteView out) {
    const bool fits =
        plaintext.size() <= aead_plaintext_limit && out.size() == plaintext.size() + aead_tag_size;
    if (fits) {
        const openssl::ErrorScope errors;
        AeadRun run(Direction::seal, key, nonce, associated_data);
        run.transform(plaintext, out.data());
        run.make_tag(out.last<aead_tag_size>());
        return {};
    }
    return fail(error_because(ErrorCode::encryption_failed, aead_failure));
}

Result<> aead_open_into(AeadKeyView key, AeadNonceView nonce, ByteView associated_data,
                        ByteView sealed, MutableByteView out) {
    if (const auto parts = split(sealed); parts && out.size() == parts->ciphertext.size()) {
        AeadOpener opener(key, nonce, associated_data);
        opener.update(parts->ciphertext, out.data());
        if (opener.accepts(parts->tag)) {
            return {};
        }
    }
    wipe(out);
    return refuse_to_open();
}

Result<Bytes> aead_open(AeadKeyView key, AeadNonceView nonce, ByteView associated_data,
                        ByteView sealed) {
    const auto parts = split(sealed);
    if (!parts) {
        return refuse_to_open();
    }
    Bytes plaintext;
    plaintext.reserve(parts->ciphertext.size());
    AeadOpener opener(key, nonce, associated_data);
    ByteView rest = parts->ciphertext;
    while (!rest.empty()) {
        // Growing step by step keeps what `resize` zeroes in the cache until it is overwritten.
        const ByteView piece = rest.first(std::min(rest.size(), piece_size));
        plaintext.resize(plaintext.size() + piece.size());
        opener.update(piece, plaintext.data() + (plaintext.size() - piece.size()));
        rest = rest.subspan(piece.size());
    }
    if (!opener.accepts(parts->tag)) {
        wipe(plaintext);
        return refuse_to_open();
    }
    return plaintext;
}

// What libcrypto complains of is kept by thread, and the pieces may come on several.
AeadSealer::AeadSealer(AeadKeyView key, AeadNonceView nonce, ByteView associated_data) {
    const openssl::ErrorScope errors;
    run_ = std::make_unique<AeadRun>(Direction::seal, key, nonce, associated_data);
}

AeadSealer::~AeadSealer() = default;
AeadSealer::AeadSealer(AeadSealer&&) noexcept = default;
AeadSealer& AeadSealer::operator=(AeadSealer&&) noexcept = default;

void AeadSealer::update(ByteView plaintext, std::uint8_t* out) {
    const openssl::ErrorScope errors;
    run_->transform(plaintext, out);
}

void AeadSealer::finish(std::span<std::uint8_t, aead_tag_size> tag) {
    const openssl::ErrorScope errors;
    run_->make_tag(tag);
}

AeadOpener::AeadOpener(AeadKeyView key, AeadNonceView nonce, ByteView associated_data) {
    const openssl::ErrorScope errors;
    run_ = std::make_unique<AeadRun>(Direction::open, key, nonce, associated_data);
}

AeadOpener::~AeadOpener() = default;
AeadOpener::AeadOpener(AeadOpener&&) noexcept = default;
AeadOpener& AeadOpener::operator=(AeadOpener&&) noexcept = default;

void AeadOpener::update(ByteView ciphertext, std::uint8_t* out) {
    const openssl::ErrorScope errors;
    run_->transform(ciphertext, out);
}

bool AeadOpener::accepts(std::span<const std::uint8_t, aead_tag_size> tag) {
    const openssl::ErrorScope errors;
    return run_->accepts_tag(tag);
}

}  // namespace aion::crypto
