// SPDX-License-Identifier: MIT OR Apache-2.0
// Genuine files whose records, messages and sections were exchanged, dropped, repeated or set
// apart, with everything unsigned made to fit.
#include <fmt/format.h>

#include <functional>

#include "proof/sweep.hpp"
#include "support/world.hpp"

namespace aion::proof {
namespace {

using policy::Gate;
using policy::Reason;
using policy::test::rehash;

class Rearranged : public Sweep {
  protected:
    [[nodiscard]] Expectation after_resize(std::size_t section, std::size_t i, bool dropped) const;
};

// Each section is read by its own gates, and a count that differs is for all to see.
Expectation Rearranged::after_resize(std::size_t section, std::size_t i, bool dropped) const {
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

// Room between two sections, with a header that knows of it.
TEST_P(Rearranged, BytesInsertedBetweenSections) {
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
    EXPECT_EQ(valid(), 0U);
}

// Two sections in each other's place, with a header that knows of it.
TEST_P(Rearranged, EveryPairOfSwappedSections) {
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
    EXPECT_EQ(valid(), 0U);
}

// One record less or one twice, in a file whose layout and hash know of it.
TEST_P(Rearranged, EveryRecordDroppedOrRepeated) {
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
    EXPECT_EQ(valid(), 0U);
}

class SwappedRecords : public Sweep {
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
        std::ranges::copy(piece(map_.hash(), map_.size()),
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
    EXPECT_EQ(valid(), 0U);
}

TEST_P(SwappedRecords, EveryPairOfSignatures) {
    for_each_pair([this](std::size_t i, std::size_t j) {
        Bytes changed = genuine_.file;
        swap_bytes(changed, map_.signature(i), map_.signature(j), signature_size);
        Expectation e;
        e.fail(Gate::signatures, judge_.signature_fault(changed, i));
        expect_both_hashes(e, changed, fmt::format("signatures {} and {} swapped", i + 1, j + 1));
    });
    EXPECT_EQ(valid(), 0U);
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
    EXPECT_EQ(valid(), 0U);
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
    EXPECT_EQ(valid(), 0U);
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
            const Bytes text = piece(at, at + length + 1);
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

std::vector<std::string> with_several_versions() {
    std::vector<std::string> names;
    for (const std::string& name : genuine_names()) {
        if (name.find("genesis") == std::string::npos) {
            names.push_back(name);
        }
    }
    return names;
}

INSTANTIATE_TEST_SUITE_P(Shapes, Rearranged, ::testing::ValuesIn(genuine_names()), shape_of);
INSTANTIATE_TEST_SUITE_P(Shapes, SwappedRecords, ::testing::ValuesIn(with_several_versions()),
                         shape_of);

}  // namespace
}  // namespace aion::proof
