// SPDX-License-Identifier: MIT OR Apache-2.0
// Genuine files of every shape, changed in every small way that can be enumerated. Of each change
// the table in expectation.cpp says which gates have to fail and what their first findings name;
// the only VALID ones are those that leave another text in a message.
//
//   AION_SWEEP=full   every byte takes all of its 255 other values (default: five)
//   AION_SWEEP=N      only every N-th byte and length, for slow builds
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "proof/sweep.hpp"
#include "support/environment.hpp"
#include "support/world.hpp"

namespace aion::proof {
namespace {

using policy::Gate;
using policy::Reason;
using policy::test::rehash;
using Tamper = Sweep;

bool every_value() {
    const char* value = std::getenv("AION_SWEEP");
    return value != nullptr && std::string_view(value) == "full";
}

std::size_t stride() {
    return every_value() ? 1
                         : std::max<std::size_t>(1, test::number_from_environment("AION_SWEEP", 1));
}

TEST_P(Tamper, UntouchedFileIsValid) {
    expect(Expectation(), genuine_.file, "untouched");
    EXPECT_EQ(valid(), 1U);
    EXPECT_FALSE(Judge::section_fault(genuine_.file).has_value());
    EXPECT_FALSE(judge_.message_fault(genuine_.file).has_value());
}

std::set<std::uint8_t> values_for(std::uint8_t byte) {
    std::set<std::uint8_t> values;
    if (every_value()) {
        for (unsigned value = 0; value < 256; ++value) {
            values.insert(static_cast<std::uint8_t>(value));
        }
    } else {
        values = {0x00, 0xFF, static_cast<std::uint8_t>(byte ^ 0x01U),
                  static_cast<std::uint8_t>(byte ^ 0x80U), static_cast<std::uint8_t>(byte + 1)};
    }
    values.erase(byte);
    return values;
}

TEST_P(Tamper, EveryByte) {
    for (std::size_t offset = 0; offset < map_.size(); offset += stride()) {
        const Field& field = map_.field_at(offset);
        for (const std::uint8_t value : values_for(genuine_.file[offset])) {
            const std::string what = fmt::format("byte {} ({} {}) made {:#04x}", offset,
                                                 name_of(field.part), field.index, value);
            Bytes changed = genuine_.file;
            changed[offset] = value;
            expect(judge_.after_change(field, changed, false), changed, what);
            if (field.part != Part::trailing_hash) {
                rehash(changed);
                expect(judge_.after_change(field, changed, true), changed, what + ", rehashed");
            }
        }
    }
    std::size_t text = 0;
    for (const Field& field : map_.fields()) {
        text += field.part == Part::message_text ? field.size : 0;
    }
    if (stride() == 1) {
        EXPECT_EQ(valid() > 0, text > 0) << "texts are the one thing that may change";
    }
}

std::set<std::uint64_t> boundaries(std::uint64_t value, std::size_t size) {
    const std::uint64_t most = size == 8 ? UINT64_MAX : (std::uint64_t{1} << (8 * size)) - 1;
    const std::uint64_t sign = std::uint64_t{1} << (8 * size - 1);
    std::set<std::uint64_t> values = {0,          1,         value - 1,   value + 1,    most,
                                      most - 1,   sign,      sign - 1,    value ^ sign, most / 152,
                                      most / 112, most / 80, value + 256, 2 * value};
    std::set<std::uint64_t> fitting;
    for (const std::uint64_t candidate : values) {
        fitting.insert(candidate & most);
    }
    fitting.erase(value);
    return fitting;
}

// Every number of the file, not of the header alone.
TEST_P(Tamper, EveryNumberAtItsBoundaries) {
    for (const Field& field : map_.fields()) {
        const bool number =
            field.size <= 8 && field.part != Part::magic && field.part < Part::message_text &&
            field.part != Part::signature_reserved && field.part != Part::audit_reserved;
        if (!number) {
            continue;
        }
        const std::uint64_t value = number_at(genuine_.file, field.offset, field.size);
        auto values = boundaries(value, field.size);
        if (field.part == Part::section_offset || field.part == Part::section_size) {
            for (std::size_t s = 0; s <= section_count; ++s) {
                values.insert({map_.section(s) - 1, map_.section(s), map_.section(s) + 1});
            }
            values.erase(value);
        }
        for (const std::uint64_t next : values) {
            const std::string what =
                fmt::format("{} {} made {}", name_of(field.part), field.index, next);
            Bytes changed = genuine_.file;
            put_number(changed, field.offset, next, field.size);
            expect(judge_.after_change(field, changed, false), changed, what);
            rehash(changed);
            expect(judge_.after_change(field, changed, true), changed, what + ", rehashed");
        }
    }
}

TEST_P(Tamper, EveryTruncation) {
    for (std::size_t length = 0; length < map_.size(); length += stride()) {
        Bytes cut(genuine_.file.begin(),
                  genuine_.file.begin() + static_cast<std::ptrdiff_t>(length));
        expect(judge_.after_cut(length, false), cut, fmt::format("cut to {}", length));
        if (length >= hash_size) {
            rehash(cut);
            expect(judge_.after_cut(length, true), cut, fmt::format("cut to {}, rehashed", length));
        }
    }
    EXPECT_EQ(valid(), 0U);
}

TEST_P(Tamper, AppendedBytes) {
    for (const std::size_t more : {1U, 2U, 31U, 32U, 33U, 256U, 5000U}) {
        for (const unsigned fill : {0x00U, 0x41U, 0xFFU}) {
            const std::string what = fmt::format("{} bytes {:#04x} appended", more, fill);
            Bytes changed = genuine_.file;
            changed.insert(changed.end(), more, static_cast<std::uint8_t>(fill));
            Expectation e;
            e.fail(Gate::structure, {Reason::trailing_bytes, 0, map_.hash()});
            Expectation unhashed = e;
            unhashed.fail(Gate::integrity,
                          {Reason::integrity_hash_mismatch, 0, changed.size() - hash_size});
            expect(unhashed, changed, what);
            rehash(changed);
            expect(e, changed, what + ", rehashed");
        }
    }
    // The whole file twice, which keeps the trailing hash of the file at its end.
    Bytes twice = genuine_.file;
    twice.insert(twice.end(), genuine_.file.begin(), genuine_.file.end());
    Expectation e;
    e.fail(Gate::structure, {Reason::trailing_bytes, 0, map_.hash()});
    e.fail(Gate::integrity, {Reason::integrity_hash_mismatch, 0, twice.size() - hash_size});
    expect(e, twice, "twice");
    EXPECT_EQ(valid(), 0U);
}

using LargeTamper = Sweep;

// One byte of every field, and a sample of the payload: with threads, and signatures in batches.
TEST_P(LargeTamper, OneByteOfEveryField) {
    for (std::size_t f = 0; f < map_.fields().size(); f += stride()) {
        const Field& field = map_.fields()[f];
        const std::size_t step =
            field.part == Part::payload ? std::max<std::size_t>(1, field.size / 40) : field.size;
        for (std::size_t at = f % step; at < field.size; at += step) {
            Bytes changed = genuine_.file;
            changed[field.offset + at] ^= static_cast<std::uint8_t>(1U << f % 8);
            const bool hash = field.part == Part::trailing_hash;
            if (!hash) {
                rehash(changed);
            }
            expect(judge_.after_change(field, changed, !hash), changed,
                   fmt::format("byte {} of {} {}", at, name_of(field.part), field.index));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, LargeTamper, ::testing::ValuesIn(large_names()), shape_of);
INSTANTIATE_TEST_SUITE_P(Shapes, Tamper, ::testing::ValuesIn(genuine_names()), shape_of);

}  // namespace
}  // namespace aion::proof
