// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/verify.hpp"

#include <chrono>
#include <utility>

#include "base/try.hpp"
#include "policy/evaluate.hpp"
#include "policy/events.hpp"

namespace aion::policy {

namespace {

// Fills in what describes the file rather than judges it.
void describe(VerificationReport& report, const Subject& subject, const Pins& pins, Timestamp now) {
    if (!subject.view) {
        return;
    }
    report.file_id = subject.view->file_id();
    report.version_count = subject.view->version_count();
    report.unauthenticated.push_back(Unauthenticated::message_texts);
    if (!pins.file_id) {
        report.unauthenticated.push_back(Unauthenticated::file_id);
    }
    // A minimum version rules out what is older than it; whether anything is newer stays open.
    if (!pins.head) {
        report.unauthenticated.push_back(Unauthenticated::history_length);
    }
    if (subject.versions && !subject.versions->empty()) {
        report.head = format::version_hash(subject.versions->back());
        report.temporal_warnings = temporal_warnings(*subject.versions, now);
    }
}

VerificationReport verify_bytes(ByteView file, const trust::Registry& registry, Timestamp now,
                                const VerifyOptions& options, Bytes* plaintext) {
    const Subject subject(file);
    Evaluated evaluated = options.profile == Profile::strict
                              ? evaluate(subject, registry, options, plaintext)
                              : evaluate_like_reference(subject, registry, options);
    describe(evaluated.report, subject, options.pins, now);
    emit_outcome(options.events, subject, evaluated);
    return std::move(evaluated.report);
}

std::uint64_t nanoseconds_since(std::chrono::steady_clock::time_point start) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::steady_clock::now() - start)
                                          .count());
}

}  // namespace

VerificationReport verify(ByteView file, const trust::Registry& registry, Timestamp now,
                          const VerifyOptions& options) {
    return verify_bytes(file, registry, now, options, nullptr);
}

Result<VerificationReport> verify(Env& env, const std::filesystem::path& path,
                                  const trust::Registry& registry, const VerifyOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    AION_TRY_ASSIGN(const auto content, env.read(path, {}));
    const std::uint64_t read_time = nanoseconds_since(start);
    auto report = verify_bytes(content->bytes(), registry, env.now(), options, nullptr);
    AION_TRY(content->check_unchanged());
    report.timings.read = read_time;
    report.timings.total += read_time;
    return report;
}

// The one maker of VerifiedPayload.
struct PayloadOpener {
    static Result<VerifiedPayload> open(ByteView file, const trust::Registry& registry,
                                        Timestamp now, const VerifyOptions& options) {
        if (options.profile != Profile::strict) {
            return fail(error_because(ErrorCode::invalid_argument,
                                      "content is opened under the strict profile only"));
        }
        VerifiedPayload opened;
        opened.report_ = verify_bytes(file, registry, now, options, &opened.payload_);
        if (!opened.report_.is_valid()) {
            return fail(error_because(ErrorCode::verdict_invalid, opened.report_.summary()));
        }
        const Subject subject(file);
        const format::VersionRecord& head = subject.versions->back();
        opened.version_ = VersionNumber{head.number};
        opened.author_ = AuthorId{head.author};
        opened.timestamp_ = Timestamp{head.timestamp};
        opened.rules_hash_ = head.rules_hash;
        return opened;
    }
};

Result<VerifiedPayload> open_verified(ByteView file, const trust::Registry& registry, Timestamp now,
                                      const VerifyOptions& options) {
    return PayloadOpener::open(file, registry, now, options);
}

Result<VerifiedPayload> open_verified(Env& env, const std::filesystem::path& path,
                                      const trust::Registry& registry,
                                      const VerifyOptions& options) {
    // A private copy: what was verified is what is decrypted, whoever writes to the file now.
    AION_TRY_ASSIGN(const auto content, env.read(path, {.map_from_size = UINT64_MAX}));
    return PayloadOpener::open(content->bytes(), registry, env.now(), options);
}

}  // namespace aion::policy
