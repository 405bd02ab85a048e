// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/judge.hpp"

#include <utility>

#include "policy/events.hpp"
#include "policy/history_facts.hpp"
#include "policy/pin_check.hpp"

namespace aion::policy {

std::vector<Unauthenticated> left_open(const Pins& pins) {
    std::vector<Unauthenticated> open{Unauthenticated::message_texts};
    if (!pins.file_id) {
        open.push_back(Unauthenticated::file_id);
    }
    // A minimum version rules out what is older than it; whether anything is newer stays open.
    if (!pins.head) {
        open.push_back(Unauthenticated::history_length);
    }
    return open;
}

void describe(VerificationReport& report, const Subject& subject, const trust::Registry& registry,
              Timestamp now, const VerifyOptions& options) {
    report.profile = options.profile;
    report.pinned = options.expects_anything();
    if (!subject.view) {
        return;
    }
    report.file_id = subject.view->file_id();
    report.version_count = subject.view->version_count();
    report.unauthenticated = left_open(options.pins);
    if (subject.versions && !subject.versions->empty()) {
        report.head = format::version_hash(subject.versions->back());
        report.temporal_warnings = temporal_warnings(*subject.versions, now);
    }
    if (options.list_history && subject.has_versions() && report.is_valid()) {
        report.history = facts_of(subject, registry, options);
    }
}

Hold hold_for(const VerifyOptions& options) noexcept {
    return options.profile == Profile::strict ? Hold::records : Hold::everything;
}

Evaluated judge(const Subject& subject, const trust::Registry& registry, Timestamp now,
                const VerifyOptions& options, Keep keep) {
    Evaluated evaluated = options.profile == Profile::strict
                              ? Evaluation(subject, registry, options, keep).run()
                              : evaluate_like_reference(subject, registry, options);
    describe(evaluated.report, subject, registry, now, options);
    return evaluated;
}

void remember(const Evaluated& evaluated, const VerifyOptions& options) {
    if (options.history_cache != nullptr && evaluated.history && !evaluated.history->is_known &&
        !evaluated.leans_on_log && options.profile == Profile::strict &&
        evaluated.report.is_valid()) {
        HistoryCacheAccess::insert(*options.history_cache, evaluated.history->hash);
    }
}

void conclude(const Subject& subject, const Evaluated& evaluated, const VerifyOptions& options) {
    remember(evaluated, options);
    emit_outcome(options.events, subject, evaluated.report, evaluated.refused);
}

VerificationReport verify(PrivateFile& file, const trust::Registry& registry, Timestamp now,
                          const VerifyOptions& options) {
    const Subject subject(file);
    Evaluated evaluated = judge(subject, registry, now, options, Keep::nothing);
    if (const auto asked = ask_pins(options, pinned_name(options, options.pin_path), registry, now,
                                    subject, evaluated);
        !asked) {
        tell_of_failure(asked.error(), evaluated.report);
    }
    conclude(subject, evaluated, options);
    return std::move(evaluated.report);
}

Result<> require_strict(const VerifyOptions& options) {
    if (options.profile != Profile::strict) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "content is opened, and a file continued, under the strict "
                                  "profile only"));
    }
    return {};
}

}  // namespace aion::policy
