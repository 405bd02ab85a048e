// SPDX-License-Identifier: MIT OR Apache-2.0
// Bills of materials, what is wrong with them, and what became of them in another format.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/supply/aibom.hpp"
#include "aion/trust/registry.hpp"
#include "shell/console.hpp"

namespace aion::cli {

/// Who has signed what was read.
struct BomSigners {
    std::span<const AuthorId> signers;
    std::uint32_t required = 0;                 ///< 0: it was in no envelope.
    const trust::Registry* registry = nullptr;  ///< With `required`.
};

struct AiBomView {
    const std::string& path;
    std::string_view format;  ///< In which it was.
    const supply::ConvertedAiBom& content;
    BomSigners signers;
};

void write_text(Console& console, const AiBomView& view);
void write(DocumentWriter& out, const AiBomView& view);

struct AiBomVerdictView {
    const std::string& path;
    std::string_view format;
    const supply::ConvertedAiBom& content;
    BomSigners signers;
    std::vector<supply::AiBomFinding> findings;

    [[nodiscard]] bool is_valid() const noexcept;
};

void write_text(Console& console, const AiBomVerdictView& view);
void write(DocumentWriter& out, const AiBomVerdictView& view);

/// One that was written in another format.
struct ConvertedBomView {
    const std::string& path;    ///< What was read.
    const std::string& output;  ///< Where the result is.
    std::string_view from;
    std::string_view to;
    const supply::ConvertedAiBom& content;
};

/// Nothing: the losses were warned of.
void write_text(Console& console, const ConvertedBomView& view);
void write(DocumentWriter& out, const ConvertedBomView& view);

/// A line on standard error for each thing that was lost or assumed, up to a number of them.
void warn_of_losses(Console& console, const supply::ConvertedAiBom& content,
                    std::string_view format);

}  // namespace aion::cli
