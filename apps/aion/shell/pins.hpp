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

    /// `policy::pinned_name`; empty for standard input.
    [[nodiscard]] std::string name_of(const std::string& path) const;

    /// Lets a verification ask them.
    void ask_in(policy::VerifyOptions& options, policy::PinUse use) const;
};

/// The pins at `path`, which must be there: a name that was mistyped, or pins that are gone, must
/// not let pass what they would refuse. None if it is empty.
[[nodiscard]] Outcome<Pins> open_pins(Context& context, const std::string& path);

/// Those at `path`, or `pins.db` in the state folder if it is empty. The folder is made if the
/// file may be.
[[nodiscard]] Outcome<Pins> open_own_pins(Context& context, const std::string& path,
                                          archive::PinFileMode mode);

/// What to do about the verdict on `file` if it is the pins in `options` that refuse it, and it is
/// right all the same; empty otherwise. `registry`, `pins`: paths as given, the latter empty for
/// those in the state folder.
[[nodiscard]] std::string advice_on_refused(const policy::VerificationReport& report,
                                            const policy::VerifyOptions& options,
                                            const std::string& file, const std::string& registry,
                                            const std::string& pins);

}  // namespace aion::cli
