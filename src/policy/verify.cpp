// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/verify.hpp"

#include <chrono>
#include <utility>

#include "base/try.hpp"
#include "policy/judge.hpp"
#include "policy/pin_check.hpp"

namespace aion::policy {

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
    const Timestamp now = env.now();
    Evaluated evaluated = judge(subject, registry, now, options, Keep::nothing);
    AION_TRY(file.finish());
    AION_TRY(ask_pins(options, pinned_name(options, path), registry, now, subject, evaluated));
    conclude(subject, evaluated, options);
    evaluated.report.timings.read = read_time;
    evaluated.report.timings.total += read_time;
    return std::move(evaluated.report);
}

}  // namespace aion::policy
