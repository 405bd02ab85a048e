// SPDX-License-Identifier: MIT OR Apache-2.0
// A verification report as a document: the reference's keys first, in its order, then ours.
#pragma once

#include <string>

#include "aion/base/error.hpp"
#include "aion/policy/report.hpp"
#include "views/document_writer.hpp"

namespace aion::cli {

/// `path`: as given on the command line. `timings`: also say where the time went.
[[nodiscard]] Json report_document(const policy::VerificationReport& report,
                                   const std::string& path, bool timings);

/// What stands among the reports of several files for one that could not be verified: its
/// `is_valid` is null.
[[nodiscard]] Json unreached_document(const std::string& path, const Error& error);

}  // namespace aion::cli
