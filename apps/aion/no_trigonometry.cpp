// SPDX-License-Identifier: MIT OR Apache-2.0
// In place of libm's trigonometry, where the program is linked statically with it: 400 KB of tables
// and of code for each kind of processor, that only SQLite's functions of the same names would
// call, which none of our statements uses. Whoever calls one gets no number.
#include <cmath>
#include <limits>

// NOLINTBEGIN(readability-identifier-naming, misc-definitions-in-headers): C's names.
extern "C" {
#define AION_NO_NUMBER(name)                             \
    double name(double /*x*/) noexcept {                 \
        return std::numeric_limits<double>::quiet_NaN(); \
    }
AION_NO_NUMBER(acos)
AION_NO_NUMBER(acosh)
AION_NO_NUMBER(asin)
AION_NO_NUMBER(asinh)
AION_NO_NUMBER(atan)
AION_NO_NUMBER(atanh)
AION_NO_NUMBER(cos)
AION_NO_NUMBER(cosh)
AION_NO_NUMBER(sin)
AION_NO_NUMBER(sinh)
AION_NO_NUMBER(tan)
AION_NO_NUMBER(tanh)
#undef AION_NO_NUMBER

double atan2(double /*y*/, double /*x*/) noexcept {
    return std::numeric_limits<double>::quiet_NaN();
}
}
// NOLINTEND(readability-identifier-naming, misc-definitions-in-headers)
