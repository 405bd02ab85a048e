// SPDX-License-Identifier: MIT OR Apache-2.0
// What can go wrong between us and a log or a witness that is somewhere else.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "base/details.hpp"

namespace aion::tlog {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class ServiceDetail : std::uint8_t {
    service_not_found,       ///< A log or witness does not have what it was asked for.
    service_refused,         ///< Another status than the ones that have a meaning.
    service_busy,            ///< It told us to come back later, again and again.
    service_bad_answer,      ///< An answer that is not what the specification says.
    service_other_entry,     ///< A log that proves something else than what it was given.
    witness_ahead,           ///< A witness that has seen more entries than the checkpoint has.
    witness_other_log,       ///< A witness that has seen another log of that name.
    witness_no_cosignature,  ///< An answer without a genuine signature of the witness.
    witness_clock,           ///< A clock that is behind the last cosignature.
};

inline constexpr NameTable service_details(std::to_array<DetailRow<ServiceDetail>>({
    {ServiceDetail::service_not_found, "service_not_found", "{} is not there"},
    {ServiceDetail::service_refused, "service_refused", "{} answers {}: {}"},
    {ServiceDetail::service_busy, "service_busy", "{} is too busy: it was asked {} times"},
    {ServiceDetail::service_bad_answer, "service_bad_answer",
     "{} does not answer as a log or witness does: {}"},
    {ServiceDetail::service_other_entry, "service_other_entry",
     "{} does not prove that it has the entry: {}"},
    {ServiceDetail::witness_ahead, "witness_ahead",
     "the witness {} has seen {} entries of this log, which has only {} here"},
    {ServiceDetail::witness_other_log, "witness_other_log",
     "the witness {} has seen another log of this name: {}"},
    {ServiceDetail::witness_no_cosignature, "witness_no_cosignature",
     "the witness {} gives no cosignature of {}"},
    {ServiceDetail::witness_clock, "witness_clock",
     "the clock is {} seconds behind the last cosignature: set it right"},
}));

consteval const auto& details_of(ServiceDetail /*of which layer*/) {
    return service_details;
}

/// `transfer_failed` with a detail.
template <ServiceDetail detail, class... Args>
[[nodiscard]] Error service_error(const Args&... args) {
    Told text = told<detail>(args...);
    return error_because(ErrorCode::transfer_failed, std::move(text.text)).with_detail(text.detail);
}

}  // namespace aion::tlog
