// SPDX-License-Identifier: MIT OR Apache-2.0
// Twins, as views have them.
#pragma once

#include "aion/base/twins.hpp"  // IWYU pragma: export
