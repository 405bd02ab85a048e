// SPDX-License-Identifier: MIT OR Apache-2.0
// Pins, as commands use them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "aion/archive/pin_file.hpp"
#include "aion/policy/pin_store.hpp"
#include "aion/policy/verify.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Pins, and how files are called in them.
struct Pins {
    std::unique_ptr<policy::PinStore> store;  ///< None if nobody asked for pins.
    std::filesystem::path base;               ///< The current directory.

    /// The name of the file at `path`; empty for standard input.
    [[nodiscard]] std::string name_of(const std::string& path) const;

    /// Lets a verification ask them.
    void ask_in(policy::VerifyOptions& options, policy::PinUse use) const;
};

/// The pins at `path`; none if it is empty.
[[nodiscard]] Outcome<Pins> open_pins(Context& context, const std::string& path);

/// Those at `path`, or `pins.db` in the state folder if it is empty. The folder is made if the
/// file may be.
[[nodiscard]] Outcome<Pins> open_own_pins(Context& context, const std::string& path,
                                          archive::PinFileMode mode);

}  // namespace aion::cli
