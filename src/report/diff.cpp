// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/diff.hpp"

#include <algorithm>

#include "base/names.hpp"

namespace aion::report {
namespace {

using policy::Examination;
using policy::Gate;
using policy::GateState;
using policy::SignatureState;

constexpr NameTable relations(std::to_array<Named<Relation>>({
    {Relation::same, "same"},
    {Relation::a_continues, "a_continues"},
    {Relation::b_continues, "b_continues"},
    {Relation::diverged, "diverged"},
    {Relation::unrelated, "unrelated"},
    {Relation::unreadable, "unreadable"},
}));

// The bytes that the version hash is made of.
bool same_version(const Examination& a, const Examination& b, std::uint64_t index) {
    return std::ranges::equal(a.version_record(index).body(), b.version_record(index).body());
}

bool is_linked(const Examination& file) {
    return file.report().state(Gate::chain) == GateState::passed;
}

std::uint64_t count_shared(const Examination& a, const Examination& b) {
    const std::uint64_t most = std::min(a.version_count(), b.version_count());
    if (!is_linked(a) || !is_linked(b)) {
        std::uint64_t count = 0;
        while (count < most && same_version(a, b, count)) {
            ++count;
        }
        return count;
    }
    // A version holds the hash of the one before it: if it is the same, all before it are.
    std::uint64_t low = 0;
    std::uint64_t high = most;
    while (low < high) {
        const std::uint64_t middle = low + ((high - low) / 2);
        if (same_version(a, b, middle)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool signatures_hold(const Examination& file) {
    return file.report().state(Gate::signatures) == GateState::passed;
}

std::uint64_t count_proven(const Examination& a, const Examination& b, std::uint64_t shared) {
    if (signatures_hold(a) && signatures_hold(b)) {
        return shared;
    }
    std::uint64_t count = 0;
    while (count < shared && a.signature_state(count) == SignatureState::valid &&
           b.signature_state(count) == SignatureState::valid) {
        ++count;
    }
    return count;
}

Relation relation_of(const Comparison& compared) {
    if (compared.a_count == 0 || compared.b_count == 0) {
        return Relation::unreadable;
    }
    if (compared.shared == 0) {
        return Relation::unrelated;
    }
    if (compared.a_added() > 0 && compared.b_added() > 0) {
        return Relation::diverged;
    }
    if (compared.a_added() > 0) {
        return Relation::a_continues;
    }
    return compared.b_added() > 0 ? Relation::b_continues : Relation::same;
}

}  // namespace

std::string_view name_of(Relation relation) noexcept {
    return relations.name(relation);
}

Comparison compare(const policy::Examination& a, const policy::Examination& b) {
    Comparison compared;
    compared.same_file_id = a.header() != nullptr && b.header() != nullptr &&
                            a.header()->file_id == b.header()->file_id;
    compared.a_count = a.version_count();
    compared.b_count = b.version_count();
    compared.shared = count_shared(a, b);
    compared.proven = count_proven(a, b, compared.shared);
    compared.relation = relation_of(compared);
    return compared;
}

}  // namespace aion::report
