// SPDX-License-Identifier: MIT OR Apache-2.0
// Pins that outlive the process: a policy::PinStore in a SQLite database.
#pragma once

#include <cstdint>
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
/// is one transaction, durable when the call returns (but see `PinStore::begin_many`), and waits
/// for others for five seconds. All of it is read when it is opened, and each row carries a digest:
/// a damaged or foreign database is an error, not an empty one, since starting without pins would
/// let old files back in. So is one with a name whose pin is missing, or a pin whose registry is.
///
/// One of an earlier version is brought up to date in one transaction, whatever it is opened for:
/// programs of that version refuse to open it from then on (`database_newer`), and no pin in it is
/// exempt. End those that have it open before: they know nothing of chains and exceptions, and what
/// they write beside those is found damaged, by them or by this one.
///
/// Nothing in it is secret, and nothing in it says that it is not an older copy of itself: whoever
/// may write it decides what is pinned. So it is refused where others may write it or into its
/// folder, and where either belongs to another user than that of the process or root.
/// `env` must be `Env::system()` or lead to it: SQLite reads and writes the file itself.
/// Errors: `file_not_found`, `file_read_error`, `file_write_error`, `invalid_format` (damaged, no
/// pins, a newer version's), `operation_not_permitted`, `conflict` (locked for too long).
[[nodiscard]] Result<std::unique_ptr<policy::PinStore>> open_pin_file(
    Env& env, const std::filesystem::path& path, PinFileMode mode = PinFileMode::create);

}  // namespace aion::archive
