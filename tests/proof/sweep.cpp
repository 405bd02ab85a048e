// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/sweep.hpp"

#include <algorithm>

#include "support/world.hpp"

namespace aion::proof {

namespace {

constexpr Timestamp now{1'800'000'000'000'000'000};

}  // namespace

void Sweep::expect(const Expectation& expected, ByteView changed, const std::string& what) {
    if (complaints_ >= 10) {
        return;
    }
    ++verified_;
    // By turns as a process that has never seen the file, and as one that knows its history well.
    const auto report = check(changed, verified_ / 3 % 2 == 0);
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

policy::VerificationReport Sweep::check(ByteView file, bool remember) const {
    return policy::verify(file, genuine_.registry, now,
                          {.key_cache = &keys_, .history_cache = remember ? &histories_ : nullptr});
}

// Nothing that is proven may have changed, and the report has to name what is not.
std::string Sweep::fault_of_valid(const policy::VerificationReport& report,
                                  ByteView changed) const {
    if (std::ranges::find(report.unauthenticated, policy::Unauthenticated::message_texts) ==
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

Bytes Sweep::piece(std::size_t from, std::size_t to) const {
    const ByteView part = ByteView(genuine_.file).subspan(from, to - from);
    return {part.begin(), part.end()};
}

Sweep::Sections Sweep::sections() const {
    Sections all;
    for (std::size_t s = 0; s < section_count; ++s) {
        all[s] = piece(map_.section(s), map_.section(s + 1));
    }
    return all;
}

Bytes Sweep::assembled(const Sections& sections, const Order& order) const {
    Bytes file = piece(0, header_size);
    for (const std::size_t s : order) {
        put_number(file, section_field(s), file.size());
        put_number(file, section_field(s) + 8, sections[s].size() / item_sizes[s]);
        file.insert(file.end(), sections[s].begin(), sections[s].end());
    }
    file.resize(file.size() + hash_size);
    policy::test::rehash(file);
    return file;
}

void Sweep::TearDown() {
    RecordProperty("verifications", static_cast<int>(verified_));
    RecordProperty("valid", static_cast<int>(valid_));
}

}  // namespace aion::proof
