// SPDX-License-Identifier: MIT OR Apache-2.0
// Pins, and what people decided about them.
#pragma once

#include <span>

#include "aion/base/document_writer.hpp"
#include "aion/policy/pin_store.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct PinListView {
    std::span<const policy::Pin> pins;
};

void write_text(Console& console, const PinListView& view);
void write(DocumentWriter& out, const PinListView& view);

struct DecisionListView {
    std::span<const policy::PinDecision> decisions;
};

void write_text(Console& console, const DecisionListView& view);
void write(DocumentWriter& out, const DecisionListView& view);

/// The one that was just made.
struct DecisionView {
    policy::PinDecision decision;
};

void write_text(Console& console, const DecisionView& view);
void write(DocumentWriter& out, const DecisionView& view);

}  // namespace aion::cli
