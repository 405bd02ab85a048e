// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/evaluate.hpp"

#include <algorithm>
#include <array>

#include "base/threads.hpp"
#include "policy/authority.hpp"

namespace aion::policy {

namespace {

using crypto::Parallelism;

// Below these, handing work to another thread costs more than it saves.
constexpr std::size_t parallel_file_size = std::size_t{256} << 10U;
constexpr std::size_t parallel_version_count = 32;

template <class Work>
std::uint64_t timed(Work&& work) {
    const auto start = std::chrono::steady_clock::now();
    std::forward<Work>(work)();
    return nanoseconds_since(start);
}

}  // namespace

std::uint64_t nanoseconds_since(std::chrono::steady_clock::time_point start) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::steady_clock::now() - start)
                                          .count());
}

Evaluation::Evaluation(const Subject& subject, const trust::Registry& registry,
                       const VerifyOptions& options, Keep keep)
    : subject_(subject),
      registry_(seen_by(subject, registry, options)),
      options_(options),
      keep_(keep) {}

Evaluated Evaluation::run() {
    timings_.total = timed([this] {
        timings_.signatures = timed([this] { look_up(); });
        run_gates(useful_threads());
    });
    return assemble();
}

void Evaluation::begin() {
    timings_.total = timed([this] {
        timings_.signatures = timed([this] {
            look_up();
            if (!is_known()) {
                check_.emplace(subject_, registry_);
            }
        });
        payload();
        integrity(Parallelism::one_thread);
        records();
    });
}

Evaluated Evaluation::finish(std::span<const std::uint8_t> verdicts, std::uint64_t nanoseconds) {
    const std::uint64_t own = timed([&] {
        if (check_) {
            signatures_ = check_->finish(verdicts);
        } else {
            signatures_.valid = subject_.versions->size();
        }
    });
    timings_.signatures += own + nanoseconds;
    timings_.total += own + nanoseconds;
    return assemble();
}

// Records that were found VALID before, under this very registry, are so again: what signatures,
// chain and trail come to follows from them alone. What else is in the file is no part of the
// digest, and its gates run all the same.
void Evaluation::look_up() {
    if (options_.history_cache == nullptr || !subject_.has_versions() || !subject_.signatures ||
        !subject_.audit || subject_.signatures->size() != subject_.versions->size() ||
        subject_.audit->size() != subject_.versions->size()) {
        return;
    }
    LookedUp& history = history_.emplace();
    history.digest.append(*subject_.versions, *subject_.signatures, *subject_.audit);
    history.hash = history.digest.under(registry_.registry());
    history.is_known = HistoryCacheAccess::contains(*options_.history_cache, history.hash);
}

unsigned Evaluation::useful_threads() const {
    std::size_t helpers = subject_.file.size() / parallel_file_size;
    // With a history cache there is most often nothing to verify; when there is, the batch spreads
    // over threads by itself.
    if (subject_.versions && options_.history_cache == nullptr) {
        helpers = std::max(helpers, subject_.versions->size() / parallel_version_count);
    }
    return helpers == 0 ? 1
                        : static_cast<unsigned>(
                              std::min<std::size_t>(thread_limit(options_.threads), 1 + helpers));
}

// What may take long and shares least is first, so that the rest fills the gaps.
void Evaluation::run_gates(unsigned threads) {
    const auto parallelism = threads == 1 ? Parallelism::one_thread : Parallelism::all_cores;
    const auto run_signatures = [this] { signatures(); };
    const auto run_records = [this] { records(); };
    if (subject_.file.is_whole()) {
        const auto run_integrity = [&] { integrity(parallelism); };
        const auto run_payload = [this] { payload(); };
        together(threads, run_payload, run_signatures, run_integrity, run_records);
    } else {
        const auto run_content = [&] { content(parallelism); };
        together(threads, run_content, run_signatures, run_records);
    }
}

void Evaluation::records() {
    timings_.parse = timed([this] {
        structure_ = structure_gate(subject_);
        header_ = header_gate(subject_);
    });
    if (!is_known()) {
        chain_time_ = timed([this] { chain_ = chain_gate(subject_); });
        timings_.audit = timed([this] { audit_ = audit_gate(subject_); });
    }
}

void Evaluation::integrity(Parallelism parallelism) {
    integrity_time_ = timed([&] { integrity_ = integrity_gate(subject_, parallelism); });
}

void Evaluation::payload() {
    timings_.payload = timed([this] { payload_ = payload_gate(subject_, keep_); });
}

void Evaluation::content(Parallelism parallelism) {
    timings_.payload = timed([&] {
        ContentOutcome both = content_gates(subject_, keep_, parallelism);
        integrity_ = std::move(both.integrity);
        payload_ = std::move(both.payload);
    });
}

void Evaluation::signatures() {
    if (is_known()) {
        signatures_.valid = subject_.versions->size();
        return;
    }
    timings_.signatures +=
        timed([this] { signatures_ = signature_gate(subject_, registry_, options_); });
}

Evaluated Evaluation::assemble() {
    // Behind the others: it may ask who signed, and whether more did, which is most of its time.
    const std::uint64_t pin_time = timed([this] {
        pin_ = pin_gate(subject_, registry_, options_,
                        subject_.versions && signatures_.head_counts(subject_.versions->size()));
    });
    timings_.signatures += pin_time;
    timings_.total += pin_time;
    VerificationReport report;
    const std::array<GateOutcome*, gate_count> outcomes = {
        &structure_,       &integrity_,          &header_, &chain_,
        &payload_.outcome, &signatures_.outcome, &audit_,  &pin_};
    // A hostile file has tens of thousands: growing step by step would take twice the memory.
    std::size_t listed = 0;
    for (const GateOutcome* outcome : outcomes) {
        listed += outcome->findings().size();
    }
    report.findings.reserve(listed);
    for (GateOutcome* outcome : outcomes) {
        std::move(*outcome).tell(report);
    }
    report.signatures_valid = signatures_.valid;
    timings_.hash = chain_time_ + integrity_time_;
    report.timings = timings_;
    return {std::move(report),   std::move(signatures_.refused), std::move(payload_.plaintext),
            std::move(history_), signatures_.is_withdrawn,       registry_.leans_on_log()};
}

std::vector<TemporalWarning> temporal_warnings(std::span<const format::VersionRecord> versions,
                                               Timestamp now) {
    constexpr std::uint64_t future_tolerance = 60'000'000'000;
    constexpr std::uint64_t skew_tolerance = 300'000'000'000;
    std::vector<TemporalWarning> warnings;
    const std::uint64_t latest =
        now.value > UINT64_MAX - future_tolerance ? UINT64_MAX : now.value + future_tolerance;
    for (std::size_t i = 0; i < versions.size() && warnings.size() < max_findings_per_gate; ++i) {
        const VersionNumber number{versions[i].number};
        const Timestamp time{versions[i].timestamp};
        if (time.value > latest) {
            warnings.push_back({TemporalWarning::Kind::future, number, time, now, 0});
        }
        if (i == 0 || time.value >= versions[i - 1].timestamp) {
            continue;
        }
        const Timestamp previous{versions[i - 1].timestamp};
        const std::uint64_t behind = previous.value - time.value;
        if (behind > skew_tolerance) {
            warnings.push_back({TemporalWarning::Kind::non_monotonic, number, time, previous, 0});
        } else {
            warnings.push_back({TemporalWarning::Kind::clock_skew, number, time, previous,
                                -static_cast<std::int64_t>(behind)});
        }
    }
    return warnings;
}

}  // namespace aion::policy
