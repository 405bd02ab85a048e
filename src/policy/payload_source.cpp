// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/payload_source.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "aion/base/files.hpp"
#include "aion/base/spool.hpp"
#include "aion/crypto/aead.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "crypto/hash_threads.hpp"
#include "policy/private_file.hpp"
#include "policy/read_ahead.hpp"

namespace aion::policy {

namespace {

constexpr std::size_t piece_size = std::size_t{1} << 20U;

TakenIn hashed(PayloadSource source, unsigned threads) {
    TakenIn taken{std::move(source), {}};
    const ByteView bytes = taken.source.bytes();
    crypto::hash_in_threads(threads, bytes.size(), [&](crypto::Parallelism parallelism) {
        taken.hash = crypto::blake3(bytes, parallelism);
    });
    return taken;
}

/// Hashes a large file and, if asked to, copies it.
class FirstPass {
  public:
    FirstPass(ReadableFile& file, Spool* copy) : file_(file), copy_(copy) {}

    Result<Hash> run(unsigned threads) {
        // One thread reads ahead while another hashes.
        together(threads, [&] { pieces(std::min(threads, 2U)); });
        AION_TRY(std::exchange(result_, {}));
        AION_TRY(file_.check_unchanged());
        return hasher_.digest();
    }

  private:
    void pieces(unsigned threads) {
        read_ahead(
            threads, piece_size, [&](MutableByteView room) { return next(room); },
            [&](ByteView piece) { hasher_.update(piece); },
            [&](ByteView piece) {
                if (copy_ != nullptr) {
                    result_ = copy_->append(piece);
                }
            });
    }

    /// Empty at the end, or when something failed.
    ByteView next(MutableByteView room) {
        const std::uint64_t left = file_.info().size - offset_;
        const MutableByteView piece = room.first(std::min<std::uint64_t>(left, room.size()));
        if (result_ && !piece.empty()) {
            result_ = file_.read_at(offset_, piece);
        }
        offset_ += piece.size();
        return result_ ? piece : MutableByteView();
    }

    ReadableFile& file_;
    Spool* copy_;
    std::uint64_t offset_ = 0;
    crypto::Blake3 hasher_;
    Result<> result_;
};

}  // namespace

Result<ByteView> PayloadSource::read(std::uint64_t offset, MutableByteView room) const {
    if (file_ == nullptr) {
        return bytes_.subspan(offset, room.size());
    }
    AION_TRY(file_->read_at(offset, room));
    return room;
}

// A store through a shared mapping moves neither size nor time.
Error PayloadSource::changed() const {
    const auto unchanged = file_ == nullptr ? Result<>() : file_->check_unchanged();
    return unchanged ? error_at_path(ErrorCode::file_changed, "the payload") : unchanged.error();
}

Result<TakenIn> take_in(Env& env, const Payload& payload, Ownership ownership, unsigned threads) {
    if (payload.size() > crypto::aead_plaintext_limit) {
        return fail(error_because(ErrorCode::encryption_failed, "aead::Error"));
    }
    if (payload.file() == nullptr) {
        const ByteView bytes = payload.bytes();
        return hashed(ownership == Ownership::ours
                          ? PayloadSource(Bytes(bytes.begin(), bytes.end()))
                          : PayloadSource(bytes),
                      threads);
    }
    ReadableFile& file = *payload.file();
    if (payload.size() < streamed_payload_size) {
        AION_TRY_ASSIGN(Bytes bytes, read_all(file));
        return hashed(PayloadSource(std::move(bytes)), threads);
    }
    std::optional<Spool> copy;
    if (ownership == Ownership::ours) {
        copy.emplace(env);
    }
    AION_TRY_ASSIGN(const Hash hash,
                    FirstPass(file, copy ? &*copy : nullptr).run(thread_limit(threads)));
    return TakenIn{copy ? PayloadSource(copy->finish("a payload")) : PayloadSource(file), hash};
}

}  // namespace aion::policy
