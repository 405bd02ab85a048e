// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/canonical_json.hpp"

#include <algorithm>
#include <new>
#include <span>

#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "supply/canonical_copy.hpp"
#include "supply/sorted_json.hpp"

namespace aion::supply {
namespace {

// Empty if it cannot be had in this way, as no canonical form is.
std::string copied(std::string_view text, const CanonicalJsonLimits& limits) {
    std::string out;
    out.resize_and_overwrite(
        canonical_room(text.size()), [&](char* room, std::size_t size) -> std::size_t {
            try {
                return copy_canonical(text, limits, std::span(room, size)).value_or(0);
            } catch (const std::bad_alloc&) {
                return 0;  // Nothing may be thrown here; the other way may need less.
            }
        });
    return out;
}

}  // namespace

Result<std::string> canonical_json(std::string_view text, const CanonicalJsonLimits& limits) {
    if (text.size() <= std::min(limits.size, most_copied)) {
        if (std::string out = copied(text, limits); !out.empty()) {
            return out;
        }
    }
    // Slower, but it says what is wrong where.
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(text, {.error_prefix = "",
                                       .max_size = limits.size,
                                       .max_depth = limits.depth,
                                       .max_values = limits.values}));
    return sorted_json(document.root(), text, SortedForm::canonical);
}

std::string canonical_number(double number) {
    std::string out;
    append_ecmascript(out, number);
    return out;
}

}  // namespace aion::supply
