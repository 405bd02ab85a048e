// SPDX-License-Identifier: MIT OR Apache-2.0
// Deciding whether a file is genuine, and opening it only if it is.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/events.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/policy/report.hpp"
#include "aion/trust/registry.hpp"

namespace aion::policy {

/// Which rules decide.
enum class Profile : std::uint8_t {
    strict,     ///< Everything in report.hpp. What everybody should use.
    reference,  ///< Only what aion-context 1.0.0 checks, for comparing verdicts with it: its five
                ///< flags map to structure, integrity, chain, audit and signatures; the other
                ///< gates pass unexamined. Accepts files that are not genuine.
};

/// What the caller knows about the file from elsewhere. A difference fails the `pin` gate.
struct Pins {
    std::optional<FileId> file_id = {};
    std::optional<Hash> head = {};  ///< Version hash of the expected latest version.
    std::optional<VersionNumber> min_version =
        {};  ///< The history must reach at least this version.

    [[nodiscard]] bool any() const noexcept {
        return file_id.has_value() || head.has_value() || min_version.has_value();
    }
};

/// Remembers which histories were found to be signed throughout, so that a process that commits
/// to or re-verifies the same files checks each signature once. Thread-safe, bounded.
///
/// An entry is a BLAKE3 digest over every version and signature record and the registry's
/// fingerprint, made from a private copy once the verdict was VALID; a hit therefore means that
/// this very history was verified under this very registry by this process. Only the library can
/// put one in.
class HistoryCache {
  public:
    /// Keeps at most `max_entries` histories (32 bytes each), forgetting the oldest.
    explicit HistoryCache(std::size_t max_entries = 4096);
    ~HistoryCache();
    HistoryCache(const HistoryCache&) = delete;
    HistoryCache& operator=(const HistoryCache&) = delete;
    HistoryCache(HistoryCache&&) = delete;
    HistoryCache& operator=(HistoryCache&&) = delete;

  private:
    friend struct HistoryCacheAccess;
    [[nodiscard]] bool contains(const Hash& history) const;
    void insert(const Hash& history);

    struct State;
    std::unique_ptr<State> state_;
};

struct VerifyOptions {
    Profile profile = Profile::strict;
    Pins pins = {};
    /// Threads for signatures and hashing; 0: as many as are useful (`AION_THREADS` limits).
    unsigned threads = 0;
    crypto::KeyCache* key_cache = nullptr;  ///< Shared precomputation for signers' keys.
    HistoryCache* history_cache = nullptr;  ///< See above; nothing is remembered without one.
    EventSink events = {};
};

/// Verifies a file in memory. Total: whatever the bytes are, the answer is a report, in memory
/// bounded by a small multiple of `file`. What decides is copied before it is looked at: if `file`
/// changes during the call, the verdict is that of some mixture of its states, but memory stays
/// sound, and the caches hold nothing but what was verified. `now` is for temporal warnings only.
[[nodiscard]] VerificationReport verify(ByteView file, const trust::Registry& registry,
                                        Timestamp now, const VerifyOptions& options = {});

/// Verifies the file at `path`. Every byte of it is read once, into memory of our own; a payload of
/// 4 MiB and more passes through a small buffer, so that memory does not grow with it. (Profile
/// `reference` holds the whole file.)
/// Errors: `file_read_error`; `file_changed` when another process truncated or rewrote the file
/// while it was read. A file that is no `.aion` file at all is a report, not an error.
[[nodiscard]] Result<VerificationReport> verify(Env& env, const std::filesystem::path& path,
                                                const trust::Registry& registry,
                                                const VerifyOptions& options = {});

/// A payload that came with a VALID verdict. There is no other way to make one.
class VerifiedPayload {
  public:
    [[nodiscard]] ByteView bytes() const noexcept { return payload_; }

    [[nodiscard]] std::string_view text() const noexcept { return as_text(payload_); }

    [[nodiscard]] FileId file_id() const noexcept { return report_.file_id; }

    [[nodiscard]] VersionNumber version() const noexcept { return version_; }

    [[nodiscard]] AuthorId author() const noexcept { return author_; }

    [[nodiscard]] Timestamp timestamp() const noexcept { return timestamp_; }

    [[nodiscard]] const Hash& rules_hash() const noexcept { return rules_hash_; }

    /// Version hash of the head: keep it to pin `Pins::head` later.
    [[nodiscard]] const Hash& head() const noexcept { return *report_.head; }

    /// The report, which says what v2 leaves unauthenticated.
    [[nodiscard]] const VerificationReport& report() const noexcept { return report_; }

  private:
    friend struct VerifiedPayloadMaker;
    VerifiedPayload() = default;

    Bytes payload_;
    VersionNumber version_;
    AuthorId author_;
    Timestamp timestamp_;
    Hash rules_hash_;
    VerificationReport report_;
};

/// Reads every byte of the file once, verifies what was read, and returns the payload decrypted
/// from those same bytes. This is what an agent calls.
/// Errors: `file_read_error`; `file_changed`; `verdict_invalid` whose reason is the report's
/// summary; `invalid_argument` when `options.profile` is not strict. No content on any error.
[[nodiscard]] Result<VerifiedPayload> open_verified(Env& env, const std::filesystem::path& path,
                                                    const trust::Registry& registry,
                                                    const VerifyOptions& options = {});

/// As above, for a file already in memory. It is copied before anything looks at it.
[[nodiscard]] Result<VerifiedPayload> open_verified(ByteView file, const trust::Registry& registry,
                                                    Timestamp now,
                                                    const VerifyOptions& options = {});

}  // namespace aion::policy
