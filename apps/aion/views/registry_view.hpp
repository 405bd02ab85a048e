// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry, and what is odd about it.
#pragma once

#include "aion/base/document_writer.hpp"
#include "aion/base/twins.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

struct RegistryView {
    const trust::Registry& registry;
};

void write_text(Console& console, const RegistryView& view);
void write(DocumentWriter& out, const RegistryView& view);

/// The members of an epoch, in the object that is begun; its `twins` are for the caller to end.
void write_members(DocumentWriter& out, Twins& twins, const trust::EpochRecord& epoch);

/// One author of it, who need not be there. As text only.
struct AuthorView {
    const trust::Registry& registry;
    AuthorId author;
};

void write_text(Console& console, const AuthorView& view);

/// What `Registry::warnings` remarks, and what is odd about its chain.
struct RegistryCheckView {
    const trust::Registry& registry;
    Timestamp now;  ///< By which it may have expired.
};

/// The warnings go to standard error.
void write_text(Console& console, const RegistryCheckView& view);
void write(DocumentWriter& out, const RegistryCheckView& view);

/// A registry that does not load: a document only. As text it is a failure like any other.
struct UnloadableView {
    const Failure& failure;
};

void write(DocumentWriter& out, const UnloadableView& view);

}  // namespace aion::cli
