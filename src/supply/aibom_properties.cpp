// SPDX-License-Identifier: MIT OR Apache-2.0
#include "supply/aibom_properties.hpp"

#include <algorithm>
#include <charconv>

#include "aion/base/hex.hpp"
#include "base/try.hpp"
#include "base/value.hpp"
#include "supply/aibom_hash.hpp"
#include "supply/aibom_json.hpp"
#include "supply/details.hpp"

namespace aion::supply {

void add_common_properties(PropertyList& list, const AiBom& aibom) {
    list.emplace_back(property::schema_version, aibom.schema_version);
    list.emplace_back(property::created_at_version, std::to_string(aibom.created_at_version));
    list.emplace_back(property::size, std::to_string(aibom.model.size));
    list.emplace_back(property::format, aibom.model.format);
    for (const SafetyAttestation& attestation : aibom.safety_attestations) {
        list.emplace_back(property::safety_attestation, part_json(attestation));
    }
    for (const ExportControl& control : aibom.export_controls) {
        list.emplace_back(property::export_control, part_json(control));
    }
}

void add_hash_properties(PropertyList& list, const std::optional<std::string>& algorithm,
                         const std::optional<Hash>& hash, bool written) {
    if (algorithm) {
        const KnownHash* const known = known_hash(*algorithm);
        if (!written || known == nullptr || known->house_name != *algorithm) {
            list.emplace_back(property::hash_algorithm, *algorithm);
        }
    }
    if (hash && !written) {
        list.emplace_back(property::hash, to_hex(*hash));
    }
}

void Properties::add(std::string_view name, std::string_view value, std::string place) {
    all_.push_back({.name = name, .value = value, .place = std::move(place)});
}

std::optional<std::string_view> Properties::look_at(std::string_view name) const {
    const auto found = std::ranges::find_if(
        all_, [&](const One& one) { return !one.is_taken && one.name == name; });
    return found == all_.end() ? std::nullopt : std::optional(found->value);
}

std::optional<std::string_view> Properties::take(std::string_view name) {
    const auto found = std::ranges::find_if(
        all_, [&](const One& one) { return !one.is_taken && one.name == name; });
    if (found == all_.end()) {
        return std::nullopt;
    }
    found->is_taken = true;
    return found->value;
}

std::optional<std::uint64_t> Properties::take_number(std::string_view name) {
    const auto written = look_at(name);
    const auto number = written ? unsigned_from(*written) : std::nullopt;
    if (number) {
        static_cast<void>(take(name));
    }
    return number;
}

std::optional<std::pair<std::string_view, std::string_view>> Properties::take_next(
    std::string_view beginning) {
    for (; next_ < all_.size(); ++next_) {
        One& one = all_[next_];
        if (!one.is_taken && one.name.starts_with(beginning)) {
            one.is_taken = true;
            return std::pair(one.name.substr(beginning.size()), one.value);
        }
    }
    next_ = 0;
    return std::nullopt;
}

void Properties::leave_rest(std::vector<std::string>& lost) const {
    for (const One& one : all_) {
        if (!one.is_taken) {
            lost.push_back(one.place);
        }
    }
}

Result<> take_common_properties(Properties& properties, ConvertedAiBom& into) {
    AiBom& aibom = into.aibom;
    if (const auto version = properties.take(property::schema_version)) {
        aibom.schema_version = *version;
    }
    if (const auto version = properties.take_number(property::created_at_version)) {
        aibom.created_at_version = *version;
    } else {
        into.assumed.emplace_back("/created_at_version: 0");
    }
    if (const auto size = properties.take_number(property::size)) {
        aibom.model.size = *size;
    } else {
        into.assumed.emplace_back("/model/size: 0");
    }
    if (const auto format = properties.take(property::format)) {
        aibom.model.format = *format;
    } else {
        into.assumed.emplace_back("/model/format: \"\"");
    }
    while (const auto next = properties.take_next(property::safety_attestation)) {
        AION_TRY_ASSIGN(SafetyAttestation attestation,
                        part_from(next->second, safety_attestation_in));
        aibom.safety_attestations.push_back(std::move(attestation));
    }
    while (const auto next = properties.take_next(property::export_control)) {
        AION_TRY_ASSIGN(ExportControl control, part_from(next->second, export_control_in));
        aibom.export_controls.push_back(std::move(control));
    }
    return {};
}

Result<> take_hash_properties(Properties& properties, std::optional<std::string>& algorithm,
                              std::optional<Hash>& hash) {
    const auto name = properties.look_at(property::hash_algorithm);
    if (hash) {
        // A digest that was exchanged is of the algorithm that stands beside it.
        const KnownHash* const known = name ? known_hash(*name) : nullptr;
        if (known != nullptr && known->house_name == algorithm) {
            algorithm = *properties.take(property::hash_algorithm);
        }
        return {};
    }
    if (name) {
        algorithm = *properties.take(property::hash_algorithm);
    }
    if (const auto hex = properties.take(property::hash)) {
        auto read = octets_from_hex<Hash>(*hex);
        if (!read) {
            return fail(invalid<SupplyDetail::aibom_bad_digest>());
        }
        hash = *read;
    }
    return {};
}

void note_unknown(std::vector<std::string>& lost, const json::ObjectReader& object,
                  std::initializer_list<std::string_view> known) {
    for (const std::string_view key : object.unknown({known.begin(), known.size()})) {
        lost.push_back(object.place_of(key));
    }
}

}  // namespace aion::supply
