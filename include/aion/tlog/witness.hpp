// SPDX-License-Identifier: MIT OR Apache-2.0
// A witness (c2sp.org/tlog-witness): who cosigns a log's checkpoints as long as each continues the
// one before, and so sees to it that everybody sees the same log.
//
// What was cosigned is on stable storage before anybody is told. A witness that forgets what it has
// seen is none; so its memory is believed, and one that is damaged is an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/sha256.hpp"
#include "aion/supply/http_service.hpp"
#include "aion/tlog/checkpoint.hpp"
#include "aion/tlog/note.hpp"

namespace aion::tlog {

/// Of the body of `add-checkpoint`, in bytes.
inline constexpr std::size_t max_witness_request = std::size_t{256} << 10U;
/// Of the lines of a proof in one.
inline constexpr std::size_t max_witness_proof = 63;
/// How far the clock may be behind the last cosignature of a log before no other is made, seconds:
/// in between, that one's time is given again.
inline constexpr std::uint64_t max_clock_step = 600;

/// What a witness has cosigned last of a log: the note has the log's signatures and the witness's
/// own, the time is that of the cosignature.
using SeenLog = SeenCheckpoint;

/// Where a witness keeps what it has seen.
class WitnessMemory {
  public:
    WitnessMemory() = default;
    virtual ~WitnessMemory() = default;
    WitnessMemory(const WitnessMemory&) = delete;
    WitnessMemory& operator=(const WitnessMemory&) = delete;
    WitnessMemory(WitnessMemory&&) = delete;
    WitnessMemory& operator=(WitnessMemory&&) = delete;

    /// `origin`: SHA-256 of the log's name.
    [[nodiscard]] virtual Result<std::optional<SeenLog>> find(
        const crypto::Sha256Digest& origin) = 0;
    /// Replaces `before` by `after`, which is durable when this returns. Error: `conflict` when
    /// something else than `before` is there.
    [[nodiscard]] virtual Result<> advance(const crypto::Sha256Digest& origin,
                                           const std::optional<SeenLog>& before,
                                           const SeenLog& after) = 0;
};

/// A database at `path`, which is made if it is not there. Errors, of its functions, too:
/// `invalid_format` with the detail `database_damaged`, `database_foreign` or `database_newer`;
/// `operation_not_permitted` when others may write it; those of reading and writing.
[[nodiscard]] Result<std::unique_ptr<WitnessMemory>> open_witness_memory(
    Env& env, const std::filesystem::path& path);

/// Is told what went wrong that is not the asker's fault, such as a disk that is full.
using OnServiceError = std::function<void(const Error& error)>;

/// Answers `POST /add-checkpoint` and `GET /HASH/checkpoint`, HASH being SHA-256 of a log's name in
/// hex. Checkpoints with more than the three lines of text that a tree needs are refused.
class Witness final : public supply::HttpService {
  public:
    /// `logs`: the keys of those that are cosigned; the name of a key is that of its log, which
    /// may have several. `signers`: each adds a cosignature. Borrows `env`, `memory` and what
    /// `signers` borrow.
    /// Error: `invalid_argument` without a log or signer, for a log's key of type
    /// `ed25519_cosignature`, and for a signer that is no cosigner.
    [[nodiscard]] static Result<std::unique_ptr<Witness>> make(Env& env, std::vector<NoteKey> logs,
                                                               std::vector<NoteSigner> signers,
                                                               WitnessMemory& memory,
                                                               OnServiceError on_error = nullptr);

    [[nodiscard]] std::size_t max_body(const supply::ServedRequest& request) const override;
    [[nodiscard]] std::vector<supply::ServedAnswer> answer(
        std::span<const supply::ServedRequest> requests) override;

    /// 200 and lines of signatures; or 400 (malformed), 403 (not signed by the log), 404 (no log of
    /// ours), 409 and the size last cosigned (another one was expected), 422 (it does not continue
    /// that one); 500 or 503 when the fault is ours.
    [[nodiscard]] supply::ServedAnswer add_checkpoint(std::string_view body);

    /// What was last cosigned of a log, by SHA-256 of its name in hex: 200 or 404.
    [[nodiscard]] supply::ServedAnswer checkpoint(std::string_view origin_hash);

  private:
    struct Log {
        std::vector<NoteKey> keys;
    };

    struct Asked;

    /// So that only `make` makes one.
    struct Key {
        explicit Key() = default;
    };

  public:
    Witness(Key /*of make*/, Env& env, WitnessMemory& memory, OnServiceError on_error)
        : env_(&env), memory_(&memory), on_error_(std::move(on_error)) {}

  private:
    [[nodiscard]] supply::ServedAnswer answer_one(const supply::ServedRequest& request);
    [[nodiscard]] std::optional<supply::ServedAnswer> check_signatures(const Log& log,
                                                                       Asked& asked) const;
    [[nodiscard]] supply::ServedAnswer cosign(const crypto::Sha256Digest& origin,
                                              const std::optional<SeenLog>& seen, Asked& asked);
    [[nodiscard]] Result<std::uint64_t> time_after(const std::optional<SeenLog>& seen) const;
    [[nodiscard]] supply::ServedAnswer failed(int status, const Error& error) const;

    Env* env_;
    WitnessMemory* memory_;
    OnServiceError on_error_;
    std::map<crypto::Sha256Digest, Log> logs_;
    std::vector<NoteSigner> signers_;
};

/// The body of a request to `add-checkpoint`.
[[nodiscard]] std::string witness_request(std::uint64_t old_size,
                                          std::span<const Sha256Tree::Digest> proof,
                                          std::string_view note);

}  // namespace aion::tlog
