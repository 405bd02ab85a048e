// SPDX-License-Identifier: MIT OR Apache-2.0
// What other formats have no member for: pairs of names and texts, under names of ours.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/ids.hpp"
#include "aion/supply/aibom.hpp"
#include "base/json_reader.hpp"

namespace aion::supply {

namespace property {
inline constexpr std::string_view schema_version = "aion:schema_version";
inline constexpr std::string_view created_at_version = "aion:created_at_version";
inline constexpr std::string_view size = "aion:size";
inline constexpr std::string_view format = "aion:format";
inline constexpr std::string_view hash_algorithm = "aion:hash_algorithm";
inline constexpr std::string_view hash = "aion:hash";
inline constexpr std::string_view uri = "aion:uri";
inline constexpr std::string_view scope = "aion:scope";
inline constexpr std::string_view text_uri = "aion:text_uri";
inline constexpr std::string_view license = "aion:license";
inline constexpr std::string_view reference = "aion:reference";
inline constexpr std::string_view hyperparameter = "aion:hyperparameter:";  // With its name.
inline constexpr std::string_view safety_attestation = "aion:safety_attestation";
inline constexpr std::string_view export_control = "aion:export_control";
}  // namespace property

/// How a comment of a reference says its kind, and that it is there for an attestation.
inline constexpr std::string_view kind_comment = "aion:kind:";

using PropertyList = std::vector<std::pair<std::string, std::string>>;

/// The parts of an AIBOM that no format has members for, but its licences and references.
void add_common_properties(PropertyList& list, const AiBom& aibom);
/// What says of a digest what the format does not: its algorithm as it was written, or all of it.
/// `written`: the digest stands there under a name of the format.
void add_hash_properties(PropertyList& list, const std::optional<std::string>& algorithm,
                         const std::optional<Hash>& hash, bool written);

/// Properties of one thing, taken one by one: what is left in the end, nobody understood.
class Properties {
  public:
    /// `place`: where it stands, for what is left.
    void add(std::string_view name, std::string_view value, std::string place);

    [[nodiscard]] std::optional<std::string_view> look_at(std::string_view name) const;
    [[nodiscard]] std::optional<std::string_view> take(std::string_view name);

    /// Unsigned decimal, as we write it. Anything else stays.
    [[nodiscard]] std::optional<std::uint64_t> take_number(std::string_view name);

    /// The next whose name begins so, with the rest of it.
    [[nodiscard]] std::optional<std::pair<std::string_view, std::string_view>> take_next(
        std::string_view beginning);

    void leave_rest(std::vector<std::string>& lost) const;

  private:
    struct One {
        std::string_view name;
        std::string_view value;
        std::string place;
        bool is_taken = false;
    };

    std::vector<One> all_;
    std::size_t next_ = 0;  // Of those in the order of the document.
};

/// Reads what `add_common_properties` wrote; says what it has to assume.
[[nodiscard]] Result<> take_common_properties(Properties& properties, ConvertedAiBom& into);

/// The digest as it was before `add_hash_properties`: `algorithm` is the house's name, `hash` what
/// the format has.
[[nodiscard]] Result<> take_hash_properties(Properties& properties,
                                            std::optional<std::string>& algorithm,
                                            std::optional<Hash>& hash);

/// A part that is a text of its own. Errors: as of the AIBOM itself.
template <class Part>
[[nodiscard]] Result<Part> part_from(std::string_view json,
                                     Result<Part> (*part_in)(const json::ObjectReader&)) {
    constexpr std::string_view prefix = "aion: property: ";
    auto document = json::parse(json, {.error_prefix = prefix, .max_depth = max_aibom_depth});
    if (!document) {
        return fail(std::move(document).error());
    }
    auto object = json::ObjectReader::root(*document, prefix);
    if (!object) {
        return fail(std::move(object).error());
    }
    return part_in(*object);
}

/// Keys of an object that nobody reads here, as places.
void note_unknown(std::vector<std::string>& lost, const json::ObjectReader& object,
                  std::initializer_list<std::string_view> known);

}  // namespace aion::supply
