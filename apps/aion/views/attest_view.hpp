// SPDX-License-Identifier: MIT OR Apache-2.0
// Attestations as they stand in a container, and what they come to (docs/cli-attest.md).
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "aion/attest/container.hpp"
#include "aion/attest/quorum.hpp"
#include "aion/base/document_writer.hpp"
#include "aion/policy/examine.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// A container, of which nothing is judged.
struct ContainerView {
    std::string path;
    const attest::Container& container;
};

void write_text(Console& console, const ContainerView& view);
void write(DocumentWriter& out, const ContainerView& view);

/// A file and its attestations, judged.
struct QuorumView {
    std::string path;          ///< Of the file, as given.
    std::string attestations;  ///< Of the container.
    const policy::Examination& file;
    std::span<const attest::Entry> entries;  ///< Of the last version.
    const attest::Quorum& quorum;
    std::size_t elsewhere = 0;  ///< Entries of other versions.
    bool is_valid = false;      ///< The verdict on the file, and who attested it.
};

void write_text(Console& console, const QuorumView& view);
void write(DocumentWriter& out, const QuorumView& view);

}  // namespace aion::cli
