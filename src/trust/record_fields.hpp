// SPDX-License-Identifier: MIT OR Apache-2.0
// The fields of a registry's records in the order of their bytes: one description, which is
// written, read, measured and checked by (docs/registry.md#records).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aion/crypto/ml_dsa.hpp"
#include "aion/trust/registry_record.hpp"

namespace aion::trust::record {

inline constexpr std::uint8_t format_version = 1;

/// Where in a record something is: a field, or one of an element of a list, `until[3].name`.
struct Place {
    std::string_view field;                           ///< Of the record; a literal.
    std::optional<std::size_t> index = std::nullopt;  ///< Of the element.
    std::string_view part = {};                       ///< Of the element, a literal; may be empty.

    [[nodiscard]] std::string text() const;
};

/// What the characters of a text are for.
enum class TextRule : std::uint8_t { author_name, one_line };

// Whatever goes over the fields has these members, each with the field's place:
//   number(value, place)             an integer, id or code
//   octets(value, place)             bytes of a size that the type says
//   block(value, size, place)        bytes of that size, on the heap
//   text(value, most, rule, place)   a string of at most `most` bytes
//   version(value, least, place)     a version, from `least` to `max_bound_version`
//   list(values, place, each)        a vector; `each(element, index)` for all of them
//   maybe(value, place, each)        an optional; `each(*value)` if there is one

template <class Io, class Points>
void points(Io& io, Points& values, std::string_view field) {
    io.list(values, Place{field}, [&](auto& point, std::size_t i) {
        io.version(point.version, genesis_version, Place{field, i, "version"});
        io.octets(point.hash, Place{field, i, "hash"});
        io.number(point.file_id, Place{field, i, "file_id"});
        io.text(point.name, max_point_name, TextRule::one_line, Place{field, i, "name"});
    });
}

template <class Io, class EndBound>
void bound(Io& io, EndBound& value) {
    io.version(value.unlisted, VersionNumber{0}, Place{"until.unlisted"});
    points(io, value.listed, "until.listed");
}

template <class Io, class Facts>
void named(Io& io, Facts& value) {
    io.text(value.name, max_author_name, TextRule::author_name, Place{"name"});
    io.text(value.contact, max_contact, TextRule::one_line, Place{"contact"});
}

/// What a record of each kind says, behind what all have.
template <class Io, class Facts>
void facts(Io& io, Facts& value) {
    constexpr RecordKind kind = Facts::kind;
    if constexpr (kind == RecordKind::root) {
        io.list(value.keys, Place{"keys"},
                [&](auto& key, std::size_t i) { io.octets(key, Place{"keys", i}); });
        io.number(value.threshold, Place{"threshold"});
    } else if constexpr (kind == RecordKind::expiry) {
        io.maybe(value.at, Place{"at"}, [&](auto& at) { io.number(at, Place{"at"}); });
    } else {
        io.number(value.author, Place{"author"});
    }
    if constexpr (kind == RecordKind::registration) {
        named(io, value);
        io.octets(value.master_key, Place{"master_key"});
        io.octets(value.operational_key, Place{"operational_key"});
        io.version(value.active_from, VersionNumber{0}, Place{"active_from"});
    } else if constexpr (kind == RecordKind::rotation) {
        io.number(value.from_epoch, Place{"from_epoch"});
        io.octets(value.to_public_key, Place{"to_public_key"});
        bound(io, value.until);
    } else if constexpr (kind == RecordKind::revocation) {
        io.number(value.epoch, Place{"epoch"});
        io.number(value.reason, Place{"reason_code"});
        bound(io, value.until);
    } else if constexpr (kind == RecordKind::tightening || kind == RecordKind::extension) {
        io.number(value.epoch, Place{"epoch"});
        io.number(value.end, Place{"end"});
        bound(io, value.until);
    } else if constexpr (kind == RecordKind::renaming) {
        named(io, value);
    } else if constexpr (kind == RecordKind::rekeying) {
        io.octets(value.master_key, Place{"master_key"});
    } else if constexpr (kind == RecordKind::scope) {
        io.maybe(value.histories, Place{"histories"},
                 [&](auto& histories) { points(io, histories, "histories"); });
    } else if constexpr (kind == RecordKind::hybrid) {
        io.number(value.epoch, Place{"epoch"});
        io.block(value.key, crypto::ml_dsa_65_public_key_size, Place{"key"});
    }
}

/// What all records begin with, behind the format's version and the kind.
template <class Io, class Record>
void head(Io& io, Record& value) {
    io.number(value.number, Place{"number"});
    io.octets(value.previous, Place{"previous"});
    io.number(value.time, Place{"time"});
    io.text(value.reason, max_record_reason, TextRule::one_line, Place{"reason"});
}

template <class Io, class Signatures>
void signatures(Io& io, Signatures& values) {
    io.list(values, Place{"signatures"}, [&](auto& one, std::size_t i) {
        io.octets(one.key, Place{"signatures", i, "key"});
        io.octets(one.signature, Place{"signatures", i, "signature"});
    });
}

}  // namespace aion::trust::record
