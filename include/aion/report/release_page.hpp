// SPDX-License-Identifier: MIT OR Apache-2.0
// The verdict on a release as a page for people who keep it.
#pragma once

#include "aion/base/json_writer.hpp"
#include "aion/release/verdict.hpp"
#include "aion/report/compliance.hpp"
#include "aion/trust/registry.hpp"

namespace aion::report {

/// `run.file_path` is the folder of the release. Borrows the others.
struct ReleasePage {
    Run run;
    const trust::Registry& registry;
    const release::ReleaseReport& release;
};

/// A page of its own, well-formed XML, without anything fetched from elsewhere: the verdict, every
/// gate with its reason, the files. Of a release that is not VALID it tells nothing that this one
/// says of itself. A sink that throws ends it.
void write_html(const TextSink& sink, const ReleasePage& about);

}  // namespace aion::report
