// SPDX-License-Identifier: MIT OR Apache-2.0
// What the reader of YAML refuses.
#pragma once

#include <array>
#include <cstdint>

#include "base/details.hpp"

namespace aion {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class YamlDetail : std::uint8_t {
    yaml_too_large,        ///< More bytes than the document may have.
    yaml_invalid_utf8,     ///< The text is not UTF-8.
    yaml_character,        ///< A character that YAML does not have.
    yaml_syntax,           ///< Not one YAML document.
    yaml_duplicate_key,    ///< A mapping has a key twice.
    yaml_too_many_values,  ///< More values than the document may have.
    yaml_too_deep,         ///< Sequences and mappings inside each other, too many.
    yaml_not_plain,        ///< What could be read as something else than stands there.
};

inline constexpr NameTable yaml_details(std::to_array<DetailRow<YamlDetail>>({
    {YamlDetail::yaml_too_large, "yaml_too_large", "text has {} bytes, more than {}"},
    {YamlDetail::yaml_invalid_utf8, "yaml_invalid_utf8", "{}"},
    {YamlDetail::yaml_character, "yaml_character", "{} at {}"},
    {YamlDetail::yaml_syntax, "yaml_syntax", "{} at {}"},
    {YamlDetail::yaml_duplicate_key, "yaml_duplicate_key", "duplicate key \"{}\" at {}"},
    {YamlDetail::yaml_too_many_values, "yaml_too_many_values", "more than {} values at {}"},
    {YamlDetail::yaml_too_deep, "yaml_too_deep", "nested more than {} deep at {}"},
    {YamlDetail::yaml_not_plain, "yaml_not_plain", "{} at {}"},
}));

consteval const auto& details_of(YamlDetail /*of which layer*/) {
    return yaml_details;
}

}  // namespace aion
