// SPDX-License-Identifier: MIT OR Apache-2.0
// Deciding whether a file is genuine. For its content, too: open_verified.hpp.
//
/// Example: a verdict on a file, and one on what is none.
///
///     Env& env = Env::system();
///     const auto registry = trust::Registry::load(env, "registry.json");
///     if (!registry) {
///         return fail(registry.error());
///     }
///     const auto report = policy::verify(env, "policy.aion", *registry);
///     if (!report) {
///         return fail(report.error());  // no verdict: the file could not be read
///     }
///     std::cout << report->summary() << '\n';  // VALID
///     const auto other = policy::verify(as_bytes("a: 1"), *registry, env.now());
///     std::cout << name_of(other.findings.front().reason) << '\n';  // too_small
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/events.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/policy/attestation.hpp"
#include "aion/policy/history_cache.hpp"
#include "aion/policy/pin_store.hpp"
#include "aion/policy/pins.hpp"
#include "aion/policy/report.hpp"
#include "aion/policy/requirement.hpp"
#include "aion/trust/log_order.hpp"
#include "aion/trust/registry.hpp"

namespace aion::policy {

/// What becomes of what a store of pins does not know yet.
enum class PinUse : std::uint8_t {
    record,  ///< What is VALID is recorded: a new file is pinned, one that went forward moves on.
    check,   ///< Nothing is recorded.
};

struct VerifyOptions {
    Profile profile = Profile::strict;
    Pins pins = {};
    /// Who alone may be the author of a version, in any order; nobody: whoever the registry holds.
    /// A version by another fails the `pin` gate.
    std::vector<AuthorId> authors = {};
    /// How many of whom must have signed the last version; else the `pin` gate fails. Whoever wrote
    /// it did, if its signature counts; others did by `attestations`.
    std::optional<Requirement> require = {};
    /// Other authors' signatures of the last version. Those that are not, or not with the key that
    /// the registry holds for their author at that version, count for nothing and do no harm.
    /// Borrowed.
    std::span<const Attestation> attestations = {};
    /// Orders signatures against the records of the registry's chain that ended their keys for
    /// every history that they do not list: a version that stands in front of them in the log was
    /// signed while the key was good, and counts. Whatever counts without a log does so with one.
    /// Under the strict profile only. Borrowed; asked from several threads at once.
    const trust::LogOrder* log = nullptr;
    /// Threads for signatures and hashing; 0: as many as are useful (`AION_THREADS` limits).
    unsigned threads = 0;
    crypto::KeyCache* key_cache = nullptr;  ///< Shared precomputation for signers' keys.
    HistoryCache* history_cache = nullptr;  ///< Nothing is remembered without one.
    /// Also tell of a VALID file who signed it, and the hash of each version
    /// (`VerificationReport::history`): 32 bytes a version.
    bool list_history = false;
    /// What earlier verifications accepted. A file that passed all else is asked for by its id and
    /// name; what contradicts fails the `pin` gate, and what does not is recorded, under the strict
    /// profile. A store that fails is an error of whoever asked, and no verdict: nothing passes
    /// because nobody remembers.
    PinStore* pin_store = nullptr;
    PinUse pin_use = PinUse::record;
    /// The store knows a file at `path` by the name `(pin_base / path).lexically_normal()`, which
    /// should be absolute. One in memory has no name, unless this says what path it was read from.
    std::filesystem::path pin_base = {};
    std::filesystem::path pin_path = {};
    EventSink events = {};

    /// Whether the `pin` gate is asked, whatever a store of pins may know.
    [[nodiscard]] bool expects_anything() const noexcept {
        return pins.any() || !authors.empty() || require.has_value();
    }
};

/// Verifies a file in memory. Total: whatever the bytes are, the answer is a report, in memory
/// bounded by a small multiple of `file`. What decides is copied before it is looked at: if `file`
/// changes during the call, the verdict is that of some mixture of its states, but memory stays
/// sound, and the caches hold nothing but what was verified. `now` is for temporal warnings, and
/// the time that a store of pins notes. A store that fails is a finding, `pin_store_failed`.
[[nodiscard]] VerificationReport verify(ByteView file, const trust::Registry& registry,
                                        Timestamp now, const VerifyOptions& options = {});

/// Verifies the file at `path`. Every byte of it is read once, into memory of our own; a payload of
/// 4 MiB and more passes through a small buffer, so that memory does not grow with it. (Profile
/// `reference` holds the whole file.)
/// Errors: `file_read_error`; `file_changed` when another process truncated or rewrote the file
/// while it was read; those of `VerifyOptions::pin_store`. A file that is no `.aion` file at all is
/// a report, not an error.
[[nodiscard]] Result<VerificationReport> verify(Env& env, const std::filesystem::path& path,
                                                const trust::Registry& registry,
                                                const VerifyOptions& options = {});

}  // namespace aion::policy
