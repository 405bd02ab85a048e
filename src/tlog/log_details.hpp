// SPDX-License-Identifier: MIT OR Apache-2.0
// What is wrong with logs in folders.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion::tlog {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class LogDetail : std::uint8_t {
    log_no_log,     ///< A folder without a checkpoint.
    log_bad_keys,   ///< Keys that do not follow each other, or of which none is known.
    log_other_key,  ///< A writer with another key than the log's.
    log_went_back,  ///< A checkpoint that is not, or does not continue, one that was seen.
};

inline constexpr NameTable log_details(std::to_array<DetailRow<LogDetail>>({
    {LogDetail::log_no_log, "log_no_log", "{} is no log: {}"},
    {LogDetail::log_bad_keys, "log_bad_keys", "keys of the log: {}"},
    {LogDetail::log_other_key, "log_other_key", "the key of the log {} is {}, not {}"},
    {LogDetail::log_went_back, "log_went_back", "the log {} went back: {}"},
}));

consteval const auto& details_of(LogDetail /*of which layer*/) {
    return log_details;
}

}  // namespace aion::tlog
