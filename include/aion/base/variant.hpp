// SPDX-License-Identifier: MIT OR Apache-2.0
// A variant that may be copied when memory is short.
#pragma once

#include <variant>

namespace aion {

/// `std::variant`, but that copying it assigns to a value of the first type, which must be
/// trivial. libstdc++ (12 at least) takes a variant with `std::string` for one that always has a
/// value; when copying the string throws in the copy constructor, there is none yet, and the
/// destruction of it is undefined.
template <class First, class... Others>
class Variant : public std::variant<First, Others...> {
    using Base = std::variant<First, Others...>;

  public:
    using Base::Base;

    Variant(const Variant& other) : Base(First{}) { Base::operator=(other); }

    Variant(Variant&&) noexcept = default;
    Variant& operator=(const Variant&) = default;
    Variant& operator=(Variant&&) noexcept = default;
    ~Variant() = default;
};

}  // namespace aion
