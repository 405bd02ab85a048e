// SPDX-License-Identifier: MIT OR Apache-2.0
// Content only with a verdict: what an agent calls.
//
/// Example: the policy, if it is genuine and not older than the version that was seen last.
///
///     Env& env = Env::system();
///     const auto registry = trust::Registry::load(env, "registry.json");
///     if (!registry) {
///         return fail(registry.error());
///     }
///     policy::VerifyOptions options;
///     options.pins.min_version = VersionNumber{2};
///     const auto opened = policy::open_verified(env, "policy.aion", *registry, options);
///     if (!opened) {
///         std::cerr << opened.error().message() << '\n';
///         return fail(opened.error().error);
///     }
///     std::cout << opened->text() << '\n';                      // limit: 200
///     std::cout << "by " << to_string(opened->author()) << '\n';  // by 1001
#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/report.hpp"
#include "aion/policy/verify.hpp"
#include "aion/trust/registry.hpp"

namespace aion::policy {

/// A payload that came with a VALID verdict. There is no other way to make one.
class VerifiedPayload {
  public:
    [[nodiscard]] ByteView bytes() const noexcept { return payload_; }

    [[nodiscard]] std::string_view text() const noexcept { return as_text(payload_); }

    [[nodiscard]] FileId file_id() const noexcept { return report_.file_id; }

    [[nodiscard]] VersionNumber version() const noexcept { return version_; }

    [[nodiscard]] AuthorId author() const noexcept { return author_; }

    /// Of the author's key that signed this version.
    [[nodiscard]] Epoch epoch() const noexcept { return epoch_; }

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
    Epoch epoch_;
    Timestamp timestamp_;
    Hash rules_hash_;
    VerificationReport report_;
};

/// Why there is no content.
struct Refusal {
    /// `verdict_invalid`, or why no verdict was reached.
    Error error;
    /// The verdict, if one was reached: about the very bytes whose content was asked for.
    std::optional<VerificationReport> report;

    /// No verdict was reached. Implicit, as an `Error` is half of a refusal.
    Refusal(Error why) : error(std::move(why)) {}  // NOLINT(google-explicit-constructor)

    /// One line for people: which gate failed and why, or what went wrong.
    [[nodiscard]] std::string message() const { return error.full_message(); }

  private:
    friend struct VerifiedPayloadMaker;
    explicit Refusal(VerificationReport verdict);
};

/// Reads every byte of the file once, verifies what was read, and returns the payload decrypted
/// from those same bytes. This is what an agent calls.
/// `read`: what is not even opened or begun, e.g. a file too large to be held.
/// Refusals: `verdict_invalid`, with the report; `file_read_error`; `file_changed`;
/// `resource_exhausted` (beyond `read.max_size`);
/// those of `options.pin_store`; `invalid_argument` when `options.profile` is not strict. No
/// content with any of them.
[[nodiscard]] std::expected<VerifiedPayload, Refusal> open_verified(
    Env& env, const std::filesystem::path& path, const trust::Registry& registry,
    const VerifyOptions& options = {}, const ReadOptions& read = {});

/// As above, for a file already in memory. It is copied before anything looks at it.
[[nodiscard]] std::expected<VerifiedPayload, Refusal> open_verified(
    ByteView file, const trust::Registry& registry, Timestamp now,
    const VerifyOptions& options = {});

}  // namespace aion::policy
