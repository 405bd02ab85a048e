// SPDX-License-Identifier: MIT OR Apache-2.0
// What the sections of a report state, and what each statement follows from. Gates have their words
// in one table; frameworks only say which of them they ask for, in which section.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "aion/policy/report.hpp"
#include "aion/report/compliance.hpp"

namespace aion::report {

/// What there is to say of a gate. What it says of a file are clauses that begin small and have no
/// full stop.
struct GateWords {
    policy::Gate value;
    std::string_view name;     ///< For people: `Hash Chain`; the stable one is `name_of(Gate)`.
    std::string_view purpose;  ///< What it makes sure of: a sentence.
    std::string_view holds;    ///< It passed.
    std::string_view fails;    ///< It failed.
    std::string_view whether;  ///< What is not known where it was not evaluated.
};

[[nodiscard]] const GateWords& words_of(policy::Gate gate) noexcept;

/// Something that a section has to state.
struct Item {
    enum class Kind : std::uint8_t {
        gate,          ///< What a gate came to.
        file_id,       ///< Which file it is.
        extent,        ///< How many versions there are.
        completeness,  ///< Whether later ones may have been cut off.
        last,          ///< Which one is the last here, by whom.
        signatures,    ///< How many versions have a valid signature.
        entries,       ///< How many entries the audit trail has.
        events,        ///< When the first and the last version was made.
        times,         ///< What is remarkable about times.
        verdict,       ///< All gates together.
        conclusion,    ///< What follows if everything holds.
        open,          ///< What the format leaves unauthenticated.
        remark,        ///< `label` is all there is to say.
    };

    Kind kind = Kind::remark;
    std::string_view label = {};  ///< In front of the statement: which rule asks for it.
    policy::Gate gate = policy::Gate::structure;
};

struct SectionPlan {
    std::string_view title;
    std::span<const Item> items;
    bool lists_versions = false;
};

/// Three.
[[nodiscard]] std::span<const SectionPlan> plan_of(Framework framework) noexcept;

/// Knows what there is to say of one file, or of an archive.
class Teller {
  public:
    Teller() = default;
    virtual ~Teller() = default;
    Teller(const Teller&) = delete;
    Teller& operator=(const Teller&) = delete;
    Teller(Teller&&) = delete;
    Teller& operator=(Teller&&) = delete;

    /// What stands first in every section: why nothing is asserted, where nothing may be.
    virtual void open(std::vector<Statement>& into) const = 0;
    virtual void tell(const Item& item, std::vector<Statement>& into) const = 0;
};

[[nodiscard]] std::vector<Section> sections_of(Framework framework, const Teller& teller);

/// `gate signatures`
[[nodiscard]] std::string basis_of(policy::Gate gate);
/// A statement from a clause: its label, `{label}: `, the clause with a capital or without, a full
/// stop.
[[nodiscard]] std::string sentence(std::string_view label, std::string_view clause);

}  // namespace aion::report
