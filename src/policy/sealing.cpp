// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/sealing.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/threads.hpp"
#include "base/try.hpp"

namespace aion::policy {

namespace {

/// What is written at a time, but for the last piece, which has the tag behind it: half of a
/// second-level cache, and enough for two threads to be worth their meeting after each.
constexpr std::size_t piece_size = std::size_t{256} << 10U;

// Of two threads, one encrypts a piece of the payload while the other hashes and writes the piece
// before and reads the next one. Pieces stay in order for each: hash and cipher are long sequences.
class SealingPass {
  public:
    SealingPass(const PayloadSource& source, const SealingKey& key, ByteView before,
                const ProducedContent::Append& append)
        : source_(source),
          append_(append),
          left_(source.size()),
          sealer_(key.key, key.nonce, key.associated_data()) {
        for (Turn& turn : turns_) {
            turn.sealed = make_buffer(piece_size + crypto::aead_tag_size);
            turn.plain = source.is_in_memory() ? Buffer() : make_buffer(piece_size);
        }
        // Pieces so end where pages of the file do.
        Turn& first = turns_.front();
        first.filled = before.size() + key.nonce.size();
        std::ranges::copy(before, first.sealed.get());
        std::ranges::copy(key.nonce, first.sealed.get() + before.size());
    }

    Result<crypto::Blake3> run(const Hash& rules_hash, unsigned threads) {
        together(threads, [&] { pieces(std::min(threads, 2U)); });
        AION_TRY(std::move(result_));
        if (!source_.is_in_memory() && plain_hasher_.digest() != rules_hash) {
            return fail(source_.changed());
        }
        return std::move(file_hasher_);
    }

  private:
    struct Turn {
        Buffer plain;   ///< Room for a piece of a file.
        ByteView next;  ///< What is to be sealed.
        Buffer sealed;
        std::size_t filled = 0;  ///< Of `sealed`, with what is to be written.
    };

    void pieces(unsigned threads) {
        read(turns_[0]);
        std::size_t number = 0;
        for (bool more = true; more && result_; ++number) {
            Turn& now = turns_[number % 2];
            Turn& other = turns_[1 - number % 2];
            more = left_ > 0;
            together(
                threads, [&] { seal(now, !more); },
                [&] {
                    write(other);
                    if (more) {
                        read(other);
                    }
                });
        }
        if (result_) {
            write(turns_[1 - number % 2]);
        }
    }

    /// The next piece of the payload, as much as there is room for behind what is there already.
    void read(Turn& turn) {
        const std::size_t size = std::min<std::uint64_t>(left_, piece_size - turn.filled);
        const std::uint64_t offset = source_.size() - left_;
        if (result_) {
            auto piece = source_.read(offset, {turn.plain.get(), size});
            turn.next = piece.value_or(ByteView());
            result_ = piece ? Result<>() : fail(std::move(piece).error());
        }
        left_ -= size;
    }

    void seal(Turn& turn, bool is_last) {
        if (!source_.is_in_memory()) {
            plain_hasher_.update(turn.next);
        }
        sealer_.update(turn.next, turn.sealed.get() + turn.filled);
        turn.filled += turn.next.size();
        if (is_last) {
            sealer_.finish(std::span<std::uint8_t, crypto::aead_tag_size>(
                turn.sealed.get() + turn.filled, crypto::aead_tag_size));
            turn.filled += crypto::aead_tag_size;
        }
    }

    void write(Turn& turn) {
        const ByteView sealed(turn.sealed.get(), turn.filled);
        turn.filled = 0;
        if (!sealed.empty() && result_) {
            file_hasher_.update(sealed);
            result_ = append_(sealed);
        }
    }

    const PayloadSource& source_;
    const ProducedContent::Append& append_;
    std::uint64_t left_;  ///< Not read yet.
    std::array<Turn, 2> turns_;
    crypto::AeadSealer sealer_;
    crypto::Blake3 plain_hasher_;
    crypto::Blake3 file_hasher_;
    Result<> result_;  ///< Of reading and writing.
};

}  // namespace

Result<crypto::Blake3> seal_in_pieces(const PayloadSource& source, const Hash& rules_hash,
                                      const SealingKey& key, ByteView before,
                                      const ProducedContent::Append& append, unsigned threads) {
    return SealingPass(source, key, before, append).run(rules_hash, thread_limit(threads));
}

}  // namespace aion::policy
