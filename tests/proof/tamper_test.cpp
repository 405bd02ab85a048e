// SPDX-License-Identifier: MIT OR Apache-2.0
// Genuine files of every shape, changed in every small way that can be enumerated. Of each change
// the table in expectation.cpp says which gates have to fail and what their first findings name;
// the only VALID ones are those that leave another text in a message.
//
//   AION_SWEEP=full   every byte takes all of its 255 other values (default: five)
//   AION_SWEEP=N      only every N-th byte and length, for slow builds
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "policy/fixture.hpp"
#include "proof/expectation.hpp"

namespace aion::proof {
namespace {

using policy::Gate;
using policy::GateState;
using policy::Reason;
using policy::Unauthenticated;
using policy::test::rehash;

std::string sweep_option() {
    const char* value = std::getenv("AION_SWEEP");
    return value == nullptr ? "" : value;
}

bool every_value() {
    return sweep_option() == "full";
}

std::size_t stride() {
    const std::size_t n = std::strtoull(sweep_option().c_str(), nullptr, 10);
    return n == 0 ? 1 : n;
}

constexpr Timestamp now{1'800'000'000'000'000'000};

Bytes piece(ByteView file, std::size_t from, std::size_t to) {
    const ByteView part = file.subspan(from, to - from);
    return {part.begin(), part.end()};
}

class Tamper : public ::testing::TestWithParam<std::string> {
  protected:
    [[nodiscard]] policy::VerificationReport check(ByteView file) const {
        return policy::verify(file, genuine_.registry, now, {.threads = 1, .key_cache = &keys_});
    }

    // Whether `changed` is judged as expected; `what` says how it was changed.
    void expect(const Expectation& expected, ByteView changed, const std::string& what) {
        if (complaints_ >= 10) {
            return;
        }
        ++verified_;
        const auto report = check(changed);
        std::string wrong = expected.disagreement(report);
        for (const policy::Finding& finding : report.findings) {
            if (finding.offset.value_or(0) > changed.size()) {
                wrong += " a finding lies outside of the file: " + finding.message;
            }
        }
        if (wrong.empty() && report.is_valid()) {
            ++valid_;
            wrong = fault_of_valid(report, changed);
        }
        if (!wrong.empty()) {
            ++complaints_;
            ADD_FAILURE() << GetParam() << ", " << what << ": " << wrong;
        }
    }

    // Nothing that is proven may have changed, and the report has to name what is not.
    [[nodiscard]] std::string fault_of_valid(const policy::VerificationReport& report,
                                             ByteView changed) const {
        if (std::ranges::find(report.unauthenticated, Unauthenticated::message_texts) ==
            report.unauthenticated.end()) {
            return "VALID without naming message texts as unauthenticated";
        }
        if (report.head != head_) {
            return "VALID with another head";
        }
        const auto opened = policy::open_verified(changed, genuine_.registry, now);
        if (!opened || !equal(opened->bytes(), genuine_.payload)) {
            return "VALID with another payload";
        }
        return {};
    }

    [[nodiscard]] Expectation after_resize(std::size_t section, std::size_t i, bool dropped) const;

    [[nodiscard]] std::array<Bytes, section_count> sections() const {
        std::array<Bytes, section_count> all;
        for (std::size_t s = 0; s < section_count; ++s) {
            all[s] = piece(genuine_.file, map_.section(s), map_.section(s + 1));
        }
        return all;
    }

    // The file that has these sections, in the given order, under the genuine header.
    [[nodiscard]] Bytes assembled(const std::array<Bytes, section_count>& sections,
                                  const std::array<std::size_t, section_count>& order = {0, 1, 2, 3,
                                                                                         4}) const {
        Bytes file = piece(genuine_.file, 0, header_size);
        for (const std::size_t s : order) {
            put_number(file, section_field(s), file.size());
            put_number(file, section_field(s) + 8, sections[s].size() / item_sizes[s]);
            file.insert(file.end(), sections[s].begin(), sections[s].end());
        }
        file.resize(file.size() + hash_size);
        rehash(file);
        return file;
    }

    void TearDown() override {
        RecordProperty("verifications", static_cast<int>(verified_));
        RecordProperty("valid", static_cast<int>(valid_));
    }

    const Genuine& genuine_ = genuine(GetParam());
    Judge judge_{genuine_};
    const FileMap& map_ = judge_.map();
    mutable crypto::KeyCache keys_;
    std::optional<Hash> head_ = check(genuine_.file).head;
    std::size_t verified_ = 0;
    std::size_t valid_ = 0;
    std::size_t complaints_ = 0;
};

// Each section is read by its own gates, and a count that differs is for all to see.
Expectation Tamper::after_resize(std::size_t section, std::size_t i, bool dropped) const {
    Expectation e;
    if (section == 3) {
        e.fail(Gate::audit, {Reason::audit_count_mismatch, 0, section_field(3) + 8});
        return e;
    }
    if (section == 1 && dropped && map_.count() == 1) {
        e.fail(Gate::structure, {Reason::no_versions, 0, section_field(1) + 8});
    }
    e.fail(Gate::structure, {Reason::count_mismatch, 0, section_field(2) + 8});
    const bool last = i + 1 == map_.count();
    if (section == 2) {
        // What is behind the last version is nobody's.
        if (dropped || !last) {
            e.refuse(Gate::signatures);
        }
        return e;
    }
    for (const Gate gate : {Gate::header, Gate::chain, Gate::payload, Gate::signatures}) {
        e.ignore(gate);
    }
    e.fail(Gate::audit, {Reason::audit_count_mismatch, 0, section_field(3) + 8});
    return e;
}

TEST_P(Tamper, UntouchedFileIsValid) {
    expect(Expectation(), genuine_.file, "untouched");
    EXPECT_EQ(valid_, 1U);
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
        EXPECT_EQ(valid_ > 0, text > 0) << "texts are the one thing that may change";
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
    EXPECT_EQ(valid_, 0U);
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
    EXPECT_EQ(valid_, 0U);
}

// Room between two sections, with a header that knows of it.
TEST_P(Tamper, BytesInsertedBetweenSections) {
    for (std::size_t s = 0; s <= section_count; ++s) {
        for (const std::size_t more : {1U, 80U, 152U}) {
            Bytes changed = genuine_.file;
            changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(map_.section(s)), more, 0);
            for (std::size_t later = s; later < section_count; ++later) {
                put_number(changed, section_field(later), map_.section(later) + more);
            }
            rehash(changed);
            Expectation e;
            const bool last = s == section_count;
            e.fail(Gate::structure,
                   {last ? Reason::trailing_bytes : Reason::section_gap, 0, map_.section(s)});
            expect(e, changed, fmt::format("{} bytes before section {}", more, s));
        }
    }
    EXPECT_EQ(valid_, 0U);
}

// Two sections in each other's place, with a header that knows of it.
TEST_P(Tamper, EveryPairOfSwappedSections) {
    for (std::size_t a = 0; a < section_count; ++a) {
        for (std::size_t b = a + 1; b < section_count; ++b) {
            std::array<std::size_t, section_count> order = {0, 1, 2, 3, 4};
            std::swap(order[a], order[b]);
            const Bytes changed = assembled(sections(), order);
            const auto fault = Judge::section_fault(changed);
            ASSERT_TRUE(fault.has_value());
            Expectation e;
            e.fail(Gate::structure, *fault);
            expect(e, changed, fmt::format("sections {} and {} swapped", a, b));
        }
    }
    EXPECT_EQ(valid_, 0U);
}

// One record less or one twice, in a file whose layout and hash know of it.
TEST_P(Tamper, EveryRecordDroppedOrRepeated) {
    for (std::size_t s = 1; s < 4; ++s) {
        for (std::size_t i = 0; i < map_.count(); ++i) {
            for (const bool dropped : {true, false}) {
                auto changed = sections();
                const auto at = changed[s].begin() + static_cast<std::ptrdiff_t>(i * item_sizes[s]);
                const auto end = at + static_cast<std::ptrdiff_t>(item_sizes[s]);
                if (dropped) {
                    changed[s].erase(at, end);
                } else {
                    const Bytes record(at, end);
                    changed[s].insert(end, record.begin(), record.end());
                }
                expect(after_resize(s, i, dropped), assembled(changed),
                       fmt::format("record {} of section {} {}", i, s,
                                   dropped ? "dropped" : "repeated"));
            }
        }
    }
    EXPECT_EQ(valid_, 0U);
}

class SwappedRecords : public Tamper {
  protected:
    using Each = std::function<void(std::size_t, std::size_t)>;

    void for_each_pair(const Each& each) const {
        for (std::size_t i = 0; i < map_.count(); ++i) {
            for (std::size_t j = i + 1; j < map_.count(); ++j) {
                each(i, j);
            }
        }
    }

    static void swap_bytes(Bytes& file, std::size_t a, std::size_t b, std::size_t size) {
        const auto at = [&file](std::size_t offset) {
            return file.begin() + static_cast<std::ptrdiff_t>(offset);
        };
        std::swap_ranges(at(a), at(a + size), at(b));
    }

    void expect_both_hashes(Expectation e, Bytes& changed, const std::string& what) {
        rehash(changed);
        expect(e, changed, what + ", rehashed");
        e.fail(Gate::integrity, {Reason::integrity_hash_mismatch, 0, map_.hash()});
        std::ranges::copy(piece(genuine_.file, map_.hash(), map_.size()),
                          changed.begin() + static_cast<std::ptrdiff_t>(map_.hash()));
        expect(e, changed, what);
    }

    [[nodiscard]] Mark chain_fault(std::size_t i) const {
        return {i == 0 ? Reason::genesis_invalid : Reason::version_number_invalid, i + 1,
                map_.version(i)};
    }
};

TEST_P(SwappedRecords, EveryPairOfVersions) {
    for_each_pair([this](std::size_t i, std::size_t j) {
        Bytes changed = genuine_.file;
        swap_bytes(changed, map_.version(i), map_.version(j), version_size);
        Expectation e;
        e.fail(Gate::chain, chain_fault(i));
        e.fail(Gate::signatures, judge_.signature_fault(changed, i));
        e.ignore(Gate::header);
        e.ignore(Gate::audit);
        if (j + 1 == map_.count()) {
            e.refuse(Gate::payload);
        }
        expect_both_hashes(e, changed, fmt::format("versions {} and {} swapped", i + 1, j + 1));
    });
    EXPECT_EQ(valid_, 0U);
}

TEST_P(SwappedRecords, EveryPairOfSignatures) {
    for_each_pair([this](std::size_t i, std::size_t j) {
        Bytes changed = genuine_.file;
        swap_bytes(changed, map_.signature(i), map_.signature(j), signature_size);
        Expectation e;
        e.fail(Gate::signatures, judge_.signature_fault(changed, i));
        expect_both_hashes(e, changed, fmt::format("signatures {} and {} swapped", i + 1, j + 1));
    });
    EXPECT_EQ(valid_, 0U);
}

TEST_P(SwappedRecords, EveryPairOfAuditEntries) {
    for_each_pair([this](std::size_t i, std::size_t j) {
        Bytes changed = genuine_.file;
        swap_bytes(changed, map_.audit(i), map_.audit(j), audit_size);
        Expectation e;
        e.fail(Gate::audit, {Reason::audit_link_broken, i + 1, map_.audit(i) + 40});
        expect_both_hashes(e, changed,
                           fmt::format("audit entries {} and {} swapped", i + 1, j + 1));
    });
    EXPECT_EQ(valid_, 0U);
}

// Version, signature and audit entry together: each of them is whole where it is now.
TEST_P(SwappedRecords, EveryPairOfVersionsWithAllThatIsTheirs) {
    for_each_pair([this](std::size_t i, std::size_t j) {
        Bytes changed = genuine_.file;
        swap_bytes(changed, map_.version(i), map_.version(j), version_size);
        swap_bytes(changed, map_.signature(i), map_.signature(j), signature_size);
        swap_bytes(changed, map_.audit(i), map_.audit(j), audit_size);
        Expectation e;
        e.fail(Gate::chain, chain_fault(i));
        e.fail(Gate::audit, {Reason::audit_link_broken, i + 1, map_.audit(i) + 40});
        e.ignore(Gate::header);
        if (j + 1 == map_.count()) {
            e.refuse(Gate::payload);
        }
        expect_both_hashes(e, changed,
                           fmt::format("everything of {} and {} swapped", i + 1, j + 1));
    });
    EXPECT_EQ(valid_, 0U);
}

// Texts of one length may change places, which is the first of the three things that format v2
// does not sign; others no longer lie where the versions say.
TEST_P(SwappedRecords, EveryPairOfMessages) {
    for_each_pair([this](std::size_t i, std::size_t j) {
        Bytes table;
        for (std::size_t k = 0; k < map_.count(); ++k) {
            const std::size_t from = k == i ? j : (k == j ? i : k);
            const std::size_t at =
                map_.strings() + number_at(genuine_.file, map_.version(from) + 88);
            const std::size_t length = number_at(genuine_.file, map_.version(from) + 96, 4);
            const Bytes text = piece(genuine_.file, at, at + length + 1);
            table.insert(table.end(), text.begin(), text.end());
        }
        Bytes changed = genuine_.file;
        std::ranges::copy(table, changed.begin() + static_cast<std::ptrdiff_t>(map_.strings()));
        if (changed == genuine_.file) {
            return;  // The same text twice.
        }
        Expectation e;
        if (const auto fault = judge_.message_fault(changed)) {
            e.fail(Gate::structure, *fault);
        }
        expect_both_hashes(e, changed, fmt::format("messages {} and {} swapped", i + 1, j + 1));
    });
}

std::string param_name(const ::testing::TestParamInfo<std::string>& info) {
    return info.param;
}

std::vector<std::string> with_several_versions() {
    std::vector<std::string> names;
    for (const std::string& name : genuine_names()) {
        if (name.find("genesis") == std::string::npos) {
            names.push_back(name);
        }
    }
    return names;
}

INSTANTIATE_TEST_SUITE_P(Shapes, Tamper, ::testing::ValuesIn(genuine_names()), param_name);
INSTANTIATE_TEST_SUITE_P(Shapes, SwappedRecords, ::testing::ValuesIn(with_several_versions()),
                         param_name);

}  // namespace
}  // namespace aion::proof
