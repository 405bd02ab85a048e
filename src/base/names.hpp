// SPDX-License-Identifier: MIT OR Apache-2.0
// Names of enumerators, each written once, in a table that the compiler finds complete.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace aion {

namespace names {

/// How the compiler spells `value`: the enumerator's own name, or nothing for a value that none
/// has. Both compilers print a stranger as a cast, `(aion::Gate)9`.
template <auto value>
consteval std::string_view spelling() {
    constexpr std::string_view before = "value = ";
    std::string_view text = __PRETTY_FUNCTION__;
    text.remove_prefix(text.find(before) + before.size());
    text = text.substr(0, text.find_first_of(";]"));
    text.remove_prefix(text.find_last_of(":)") + 1);
    return text.find_first_of("-0123456789") == 0 ? std::string_view() : text;
}

/// Enumerators are looked for below this value.
inline constexpr std::size_t limit = 256;

template <class Enum>
inline constexpr auto spellings = []<std::size_t... values>(std::index_sequence<values...>) {
    return std::array{spelling<static_cast<Enum>(values)>()...};
}(std::make_index_sequence<limit>());

/// What is wrong with a table, the first row that is.
enum class Fault : std::uint8_t {
    none,
    order,       ///< A row's value is not above the one before.
    stranger,    ///< A row is for a value that is no enumerator.
    unnamed,     ///< A row has an empty name.
    other_word,  ///< A row's name is not its enumerator, though it should be.
    missing,     ///< An enumerator has no row.
};

// Never defined: a table that needs one of them is no constant, and the compiler names it.
void rows_are_not_in_order_of_value();
void row_for_no_enumerator();
void row_without_a_name();
void name_is_not_the_enumerator();
void enumerator_without_a_row();

}  // namespace names

/// What a table's names are to the enumerators.
enum class Naming : bool { as_enumerators, other_words };

namespace names {

template <class Row, std::size_t count>
constexpr Fault find_fault(const std::array<Row, count>& rows, Naming naming) {
    constexpr auto& known = spellings<std::remove_const_t<decltype(Row::value)>>;
    std::size_t next = 0;
    for (const Row& row : rows) {
        const auto value = static_cast<std::size_t>(row.value);
        if (value < next) {
            return Fault::order;
        }
        next = value + 1;
        if (value >= limit || known[value].empty()) {
            return Fault::stranger;
        }
        if (row.name.empty()) {
            return Fault::unnamed;
        }
        if (naming == Naming::as_enumerators && row.name != known[value]) {
            return Fault::other_word;
        }
    }
    // Each row is another enumerator's, so their number decides.
    const auto enumerators =
        std::ranges::count_if(known, [](std::string_view name) { return !name.empty(); });
    return static_cast<std::size_t>(enumerators) == count ? Fault::none : Fault::missing;
}

}  // namespace names

/// One row an enumerator, in order of value; anything else does not compile. A row has the members
/// `value` and `name`, and whatever else belongs to the case.
template <class Row, std::size_t count>
class NameTable {
  public:
    using Enum = std::remove_const_t<decltype(Row::value)>;

    consteval explicit NameTable(const std::array<Row, count>& rows,
                                 Naming naming = Naming::as_enumerators)
        : rows_(rows) {
        switch (names::find_fault(rows, naming)) {
            case names::Fault::none:
                break;
            case names::Fault::order:
                names::rows_are_not_in_order_of_value();
                break;
            case names::Fault::stranger:
                names::row_for_no_enumerator();
                break;
            case names::Fault::unnamed:
                names::row_without_a_name();
                break;
            case names::Fault::other_word:
                names::name_is_not_the_enumerator();
                break;
            case names::Fault::missing:
                names::enumerator_without_a_row();
                break;
        }
    }

    /// The row of `value`, or nullptr for a value that is no enumerator.
    [[nodiscard]] constexpr const Row* find(Enum value) const noexcept {
        // Where the row is, if there are no gaps.
        const auto index =
            static_cast<std::size_t>(value) - static_cast<std::size_t>(rows_.front().value);
        if (index < count && rows_[index].value == value) {
            return &rows_[index];
        }
        for (const Row& row : rows_) {
            if (row.value == value) {
                return &row;
            }
        }
        return nullptr;
    }

    /// `unknown` for a value that is no enumerator.
    [[nodiscard]] constexpr std::string_view name(Enum value) const noexcept {
        const Row* row = find(value);
        return row == nullptr ? "unknown" : row->name;
    }

    /// The row of that name, or nullptr.
    [[nodiscard]] constexpr const Row* named(std::string_view name) const noexcept {
        for (const Row& row : rows_) {
            if (row.name == name) {
                return &row;
            }
        }
        return nullptr;
    }

    [[nodiscard]] constexpr auto begin() const noexcept { return rows_.begin(); }

    [[nodiscard]] constexpr auto end() const noexcept { return rows_.end(); }

    [[nodiscard]] static constexpr std::size_t size() noexcept { return count; }

  private:
    std::array<Row, count> rows_;
};

/// A row of a table that has names only.
template <class Enum>
struct Named {
    Enum value;
    std::string_view name;
};

}  // namespace aion
