// SPDX-License-Identifier: MIT OR Apache-2.0
// Pins that outlive the process: a policy::PinStore in a SQLite database.
#pragma once

#include <filesystem>
#include <memory>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/pin_store.hpp"

namespace aion::archive {

enum class PinFileMode : std::uint8_t {
    create,    ///< Made if it is not there.
    existing,  ///< `file_not_found` if it is not there.
};

/// Opens the pins at `path`, a database with mode 0600. Several processes may use one: each record
/// is one transaction, durable when the call returns, and waits for others for five seconds.
/// A damaged or foreign database is an error, not an empty one: starting without pins would let old
/// files back in.
/// Errors: `file_not_found`, `file_read_error`, `file_write_error`, `invalid_format` (damaged, no
/// pins, a newer version's), `conflict` (locked).
[[nodiscard]] Result<std::unique_ptr<policy::PinStore>> open_pin_file(
    Env& env, const std::filesystem::path& path, PinFileMode mode = PinFileMode::create);

}  // namespace aion::archive
