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

Hold hold_for(const VerifyOptions& options) {
    return options.profile == Profile::strict ? Hold::records : Hold::everything;
}

Evaluated judge(const Subject& subject, const trust::Registry& registry, Timestamp now,
                const VerifyOptions& options, Keep keep) {
    Evaluated evaluated = options.profile == Profile::strict
                              ? evaluate(subject, registry, options, keep)
                              : evaluate_like_reference(subject, registry, options);
    describe(evaluated.report, subject, options.pins, now);
    return evaluated;
}

// Says what came out and remembers it, now that it is final.
void conclude(const Subject& subject, const Evaluated& evaluated, const VerifyOptions& options) {
    if (options.history_cache != nullptr && evaluated.verified_history &&
        options.profile == Profile::strict && evaluated.report.is_valid()) {
        HistoryCacheAccess::insert(*options.history_cache, *evaluated.verified_history);
    }
    emit_outcome(options.events, subject, evaluated);
}

}  // namespace

VerificationReport verify(PrivateFile& file, const trust::Registry& registry, Timestamp now,
                          const VerifyOptions& options) {
    const Subject subject(file);
    Evaluated evaluated = judge(subject, registry, now, options, Keep::nothing);
    conclude(subject, evaluated, options);
    return std::move(evaluated.report);
}

VerificationReport verify(ByteView file, const trust::Registry& registry, Timestamp now,
                          const VerifyOptions& options) {
    PrivateFile copy = PrivateFile::copy_of(file, hold_for(options));
    return verify(copy, registry, now, options);
}

Result<VerificationReport> verify(Env& env, const std::filesystem::path& path,
                                  const trust::Registry& registry, const VerifyOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    AION_TRY_ASSIGN(PrivateFile file, PrivateFile::open(env, path, hold_for(options)));
    const std::uint64_t read_time = nanoseconds_since(start);
    const Subject subject(file);
    Evaluated evaluated = judge(subject, registry, env.now(), options, Keep::nothing);
    AION_TRY(file.finish());
    conclude(subject, evaluated, options);
    evaluated.report.timings.read = read_time;
    evaluated.report.timings.total += read_time;
    return std::move(evaluated.report);
}

// The one maker of VerifiedPayload.
struct VerifiedPayloadMaker {
    static Result<VerifiedPayload> open(PrivateFile& file, const trust::Registry& registry,
                                        Timestamp now, const VerifyOptions& options) {
        const Subject subject(file);
        Evaluated evaluated = judge(subject, registry, now, options, Keep::payload);
        AION_TRY(file.finish());
        conclude(subject, evaluated, options);
        if (!evaluated.report.is_valid()) {
            return fail(error_because(ErrorCode::verdict_invalid, evaluated.report.summary()));
        }
        const format::VersionRecord& head = subject.versions->back();
        VerifiedPayload opened;
        opened.version_ = VersionNumber{head.number};
        opened.author_ = AuthorId{head.author};
        opened.timestamp_ = Timestamp{head.timestamp};
        opened.rules_hash_ = head.rules_hash;
        opened.payload_ = std::move(evaluated.plaintext);
        opened.report_ = std::move(evaluated.report);
        return opened;
    }

    static Result<> require_strict(const VerifyOptions& options) {
        if (options.profile != Profile::strict) {
            return fail(error_because(ErrorCode::invalid_argument,
                                      "content is opened under the strict profile only"));
        }
        return {};
    }
};

Result<VerifiedPayload> open_verified(ByteView file, const trust::Registry& registry, Timestamp now,
                                      const VerifyOptions& options) {
    AION_TRY(VerifiedPayloadMaker::require_strict(options));
    PrivateFile copy = PrivateFile::copy_of(file, Hold::records);
    return VerifiedPayloadMaker::open(copy, registry, now, options);
}

Result<VerifiedPayload> open_verified(Env& env, const std::filesystem::path& path,
                                      const trust::Registry& registry,
                                      const VerifyOptions& options) {
    AION_TRY(VerifiedPayloadMaker::require_strict(options));
    AION_TRY_ASSIGN(PrivateFile file, PrivateFile::open(env, path, Hold::records));
    return VerifiedPayloadMaker::open(file, registry, env.now(), options);
}

}  // namespace aion::policy
