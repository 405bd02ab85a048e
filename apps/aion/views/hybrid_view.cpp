// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/hybrid_view.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "aion/base/twins.hpp"
#include "aion/trust/author_in_words.hpp"

namespace aion::cli {
namespace {

std::string_view word_for(std::optional<bool> is_valid) {
    if (!is_valid) {
        return "not judged";
    }
    return *is_valid ? "valid" : "invalid";
}

}  // namespace

void write_text(Console& console, const HybridView& view) {
    const trust::HybridVerdict& verdict = view.verdict;
    Stream& out = console.out();
    const std::string who = view.registry.find(verdict.author) == nullptr
                                ? "author " + to_string(verdict.author)
                                : trust::author_in_words(view.registry, verdict.author);
    out.write(fmt::format(
        "{}  {}\n  Signed by: {}{}\n  Ed25519: {}\n  ML-DSA-65: {}\n",
        verdict.is_valid() ? out.paint(Tone::good, "VALID") : out.paint(Tone::bad, "INVALID"),
        shown(view.file), shown(who),
        verdict.epoch ? fmt::format(", epoch {}", to_string(*verdict.epoch)) : std::string(),
        word_for(verdict.is_classical_valid), word_for(verdict.is_post_quantum_valid)));
    if (!verdict.is_valid()) {
        out.write(fmt::format("  Reason: {}\n", in_words(verdict.finding)));
    }
}

void write(DocumentWriter& out, const HybridView& view) {
    const trust::HybridVerdict& verdict = view.verdict;
    Twins twins(out);
    out.begin_object()
        .member("is_valid", verdict.is_valid())
        .member("finding", name_of(verdict.finding))
        .member("reason", verdict.is_valid() ? std::string_view() : in_words(verdict.finding));
    twins.path_unless_empty("file", view.file).number("author_id", verdict.author);
    out.member("epoch", verdict.epoch)
        .member("is_classical_valid", verdict.is_classical_valid)
        .member("is_post_quantum_valid", verdict.is_post_quantum_valid)
        .member("classical_algorithm", "Ed25519")
        .member("post_quantum_algorithm", "ML-DSA-65");
    twins.end_object();
}

}  // namespace aion::cli
