// SPDX-License-Identifier: MIT OR Apache-2.0
// Which files an archive has: those in folders, those that a list names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "aion/base/env.hpp"
#include "aion/base/error.hpp"
#include "aion/base/result.hpp"

namespace aion::archive {

/// The name of a file, or of something that could not be looked into.
struct Name {
    std::filesystem::path path;
    /// Why there is no file to be judged here: a folder that cannot be read, a name that is too
    /// long. Whoever counts must count it: there may be files behind it.
    std::optional<Error> error = {};
    /// Its place among all names, from 1, where only a part of them is given out (`part_of`).
    std::uint64_t position = 0;
};

/// Names, one after the other, as they are found: they need not fit into memory. Not thread-safe,
/// but any thread may ask next.
class Names {
  public:
    virtual ~Names() = default;
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;
    Names(Names&&) = delete;
    Names& operator=(Names&&) = delete;

    /// The next name; nothing at the end. May throw `std::bad_alloc`.
    [[nodiscard]] virtual std::optional<Name> next() = 0;

    /// Which part of all names was given out, from 0 to 1, as far as can be told: an estimate.
    /// Nothing where it cannot. Any thread may ask at any time.
    [[nodiscard]] virtual std::optional<double> share_done() const noexcept = 0;

  protected:
    Names() = default;
};

/// Part `index` (from 1) of `count` of all files.
struct Shard {
    std::uint32_t index = 1;
    std::uint32_t count = 1;
};

/// What is to be found: see `scan`.
struct ScanOptions {
    /// Called with what was left out that a person may miss, and why: a link that leads to a folder
    /// that it is in, to one that another link below the same operand led to already, or to itself.
    /// From whatever thread asks for names.
    std::function<void(const std::filesystem::path& path, const std::string& why)> left_out = {};
};

/// The files that `operands` name, in that order:
/// - a folder: all files below it whose name ends in `.aion` (in any case, with something in
///   front), depth first, each folder in the byte order of its names. Links are followed to files
///   and folders, but to a folder only once below an operand, and never to one that the link itself
///   is in, below the operand or around it: otherwise there would be no end. Pipes, devices and
///   links that lead nowhere are given out if they are called so: whoever opens them
///   (`ReadOptions::regular_only`) learns what they are. What writers leave beside their files
///   (`.p.aion.….tmp`, `.p.aion.aion-lock`) does not end so.
/// - a file, or anything else that is there: itself, whatever it is called.
/// - a pattern (`*`, `?`, `[…]` in any component, as glob(7) has them) that is no name: what it
///   matches, each treated as above, sorted component by component. A component `**`, which other
///   programs take for any folders, is an error: a folder stands for all below it.
/// Names are told as often as operands find them: whoever names a folder and a file in it has that
/// file twice. What is not there, is empty, or matches nothing, is a name with an error; so is a
/// folder that cannot be
/// read (what was read of it counts). When `env` is asked to stop, the last name has the error
/// `interrupted`.
///
/// Nothing is read but folders, each when its turn comes and closed before the next. Memory holds
/// what is to come of the folders on the way to the current one: of each file that ends so, and
/// each folder and link, its name and some 10 bytes, 35 MB for a million files in one folder.
[[nodiscard]] std::unique_ptr<Names> scan(Env& env, std::span<const std::filesystem::path> operands,
                                          ScanOptions options = {});

/// Reads some bytes into `out`: how many, 0 at the end. Errors end the list.
using ReadSome = std::function<Result<std::size_t>(MutableByteView out)>;

/// The files that a list names, in its order, one a line or ended by NUL: by NUL if there is one
/// among the first 4,097 bytes, since no path is longer and none can hold one (a NUL in a line is
/// an error of that name). Empty names are left out; of a path that is too long (4,096 bytes and
/// more) the beginning is a name with an error. A folder in the list is treated as `scan` treats
/// it; what is not there is given out, and is no pattern either: whoever opens it learns why. An
/// error of `read` is that of the last name, whose path is the error's, if it has one, in a context
/// that says that files are missing. `size`: how many bytes the list has, if known, for
/// `share_done`.
[[nodiscard]] std::unique_ptr<Names> listed(Env& env, ReadSome read,
                                            std::optional<std::uint64_t> size,
                                            ScanOptions options = {});

/// Only the names of that part of `names`, each with its `position`. A file belongs to a part by
/// the bytes of its path, as it is given out, whatever else is there: machines that are given the
/// same operands agree without talking. What could not be looked into is in every part, since files
/// of each may be behind it, and another machine may see what this one does not.
[[nodiscard]] std::unique_ptr<Names> part_of(std::unique_ptr<Names> names, Shard shard);

}  // namespace aion::archive
