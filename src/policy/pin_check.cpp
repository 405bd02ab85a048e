// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/pin_check.hpp"

#include <fmt/format.h>

#include <new>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/base/utf8.hpp"
#include "base/try.hpp"

namespace aion::policy {

namespace {

// Somebody else may record between our look and our record. Each time that happens the file went
// forward, so hardly twice.
constexpr int most_looks = 8;

void compare_version(const Pin& pin, const VersionHashes& hash_of, const VerificationReport& report,
                     GateOutcome& outcome) {
    const std::optional<Hash> actual = hash_of(pin.version);
    if (!actual) {
        outcome.add(Reason::history_too_short, report.version_count - 1, std::nullopt,
                    fmt::format("the history ends at version {}, version {} was accepted before",
                                report.version_count, pin.version.value));
    } else if (*actual != pin.head) {
        outcome.add(Reason::pinned_version_differs, pin.version.value - 1, std::nullopt,
                    fmt::format("version {} is {}, accepted before was {}", pin.version.value,
                                to_hex(*actual), to_hex(pin.head)));
    }
}

// A file of which nothing is known is not asked for its pins, unless its registry is known for one
// that leads back: the gate stays as it was.
void compare(const PinnedState& state, const VersionHashes& hash_of, VerificationReport& report) {
    if (!state.pin && !state.named && !state.registry_is_older()) {
        return;
    }
    GateOutcome outcome(Gate::pin);
    if (state.named && *state.named != report.file_id) {
        outcome.add(Reason::file_id_differs, std::nullopt, std::nullopt,
                    fmt::format("the file id is {}, the file of this name that was accepted before "
                                "is {}",
                                to_string(report.file_id), to_string(*state.named)));
    }
    if (state.pin) {
        compare_version(*state.pin, hash_of, report, outcome);
    }
    if (state.registry_is_older()) {
        outcome.add(Reason::registry_rolled_back, std::nullopt, std::nullopt, state.older_because);
    }
    if (outcome.count() == 0 && state.named) {
        std::erase(report.unauthenticated, Unauthenticated::file_id);
    }
    report.pinned = true;
    std::move(outcome).tell(report);
}

Sighting sighting_of(const VerificationReport& report, const PinQuestion& question) {
    return {.file_id = report.file_id,
            .version = VersionNumber{report.version_count},
            .head = *report.head,
            .name = std::string(question.name),
            .time = question.now};
}

PinQuestion question_of(const VerifyOptions& options, std::string_view name,
                        const trust::Registry& registry, Timestamp now) {
    return {.name = name, .registry = AskedRegistry(registry), .now = now, .use = options.pin_use};
}

}  // namespace

std::string pinned_name(const VerifyOptions& options, const std::filesystem::path& path) {
    if (options.pin_store == nullptr || path.empty()) {
        return {};
    }
    return pinned_name(options.pin_base, path);
}

VersionHashes hashes_of(const Subject& subject) {
    return [&subject](VersionNumber number) -> std::optional<Hash> {
        if (!subject.versions || number.value == 0 || number.value > subject.versions->size()) {
            return std::nullopt;
        }
        return format::version_hash((*subject.versions)[number.value - 1]);
    };
}

VersionHashes hashes_of(const HistoryFacts& history) {
    return [&hashes = history.version_hashes](VersionNumber number) -> std::optional<Hash> {
        if (number.value == 0 || number.value > hashes.size()) {
            return std::nullopt;
        }
        return hashes[number.value - 1];
    };
}

Result<> ask_pins(PinStore& store, const PinQuestion& question, const VersionHashes& hash_of,
                  VerificationReport& report) {
    if (!report.is_valid() || !report.head) {
        return {};
    }
    for (int looks = 1;; ++looks) {
        auto state = store.find(report.file_id, question.name, question.registry);
        if (!state) {
            return fail(std::move(state.error()).in_context("what is pinned could not be read"));
        }
        compare(*state, hash_of, report);
        if (!report.is_valid()) {
            report.history.reset();
            return {};
        }
        if (question.use == PinUse::check || report.profile != Profile::strict) {
            return {};
        }
        auto recorded = store.record(sighting_of(report, question), question.registry, hash_of);
        if (recorded) {
            return {};
        }
        if (recorded.error().detail() != contradiction_detail || looks == most_looks) {
            return fail(
                std::move(recorded.error()).in_context("what was accepted could not be recorded"));
        }
    }
}

Result<> ask_pins(const VerifyOptions& options, std::string_view name,
                  const trust::Registry& registry, Timestamp now, const Subject& subject,
                  Evaluated& evaluated) {
    if (options.pin_store == nullptr) {
        return {};
    }
    if (evaluated.is_withdrawn) {
        AION_TRY(tell_withdrawn(options, registry, evaluated.report));
    }
    return ask_pins(*options.pin_store, question_of(options, name, registry, now),
                    hashes_of(subject), evaluated.report);
}

Result<> ask_pins(const VerifyOptions& options, std::string_view name,
                  const trust::Registry& registry, Timestamp now, VerificationReport& report) {
    if (options.pin_store == nullptr || !report.is_valid()) {
        return {};
    }
    if (!report.history) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "pins cannot be compared with a report that has no history"));
    }
    const HistoryFacts& history = *report.history;
    return ask_pins(*options.pin_store, question_of(options, name, registry, now),
                    hashes_of(history), report);
}

Result<> tell_withdrawn(const VerifyOptions& options, const trust::Registry& registry,
                        const VerificationReport& report) {
    if (options.pin_store == nullptr || options.pin_use == PinUse::check ||
        report.profile != Profile::strict) {
        return {};
    }
    auto told = options.pin_store->withdrawn(report.file_id, AskedRegistry(registry));
    if (!told) {
        return fail(std::move(told.error()).in_context("what was withdrawn could not be recorded"));
    }
    return {};
}

void tell_of_failure(const Error& error, VerificationReport& report) {
    GateOutcome outcome(Gate::pin);
    outcome.add(Reason::pin_store_failed, std::nullopt, std::nullopt,
                escape_controls(error.full_message()));
    report.pinned = true;
    std::move(outcome).tell(report);
}

std::optional<Error> NewPin::record() noexcept {
    try {
        auto recorded = store_->record(seen_, registry_, hash_of_);
        if (recorded) {
            return std::nullopt;
        }
        return std::move(recorded.error()).in_context("the new head could not be pinned");
    } catch (const std::bad_alloc&) {
        return std::move(no_memory_);
    }
}

}  // namespace aion::policy
