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
    /// Only the files of that part. A file belongs to one by the bytes of its path, as it is given
    /// out, whatever else is there: machines that are given the same operands agree without
    /// talking. What could not be looked into is in part 1 only.
    std::optional<Shard> shard = {};
    /// Called with what was left out that a person may miss: a link that leads back to a folder
    /// that it is in. From whatever thread asks for names.
    std::function<void(const std::filesystem::path& path, const std::string& why)> left_out = {};
};

/// The files that `operands` name, in that order:
/// - a folder: all files below it whose name ends in `.aion` (in any case, with something in
///   front), depth first, each folder in the byte order of its names. Links are followed to files
///   and folders, except to a folder that the link itself is in. Temporary files of writers are
///   left out.
/// - a file, or anything else that is there: itself, whatever it is called.
/// - a pattern (`*`, `?`, `[…]` in any component, as glob(7) has them) that is no name: what it
///   matches, sorted, each treated as above.
/// What is not there, or matches nothing, is a name with an error. Nothing is read but folders,
/// each when its turn comes: memory holds the names of the folders on the way to the current one.
[[nodiscard]] std::unique_ptr<Names> scan(Env& env, std::span<const std::filesystem::path> operands,
                                          ScanOptions options = {});

/// Reads some bytes into `out`: how many, 0 at the end. Errors end the list.
using ReadSome = std::function<Result<std::size_t>(MutableByteView out)>;

/// The files that a list names, in its order, one a line or ended by NUL: by NUL if there is one
/// among the first 4,097 bytes, since no path is longer and none can hold one. Empty names are left
/// out; of a path that is too long (4,096 bytes and more) the beginning is a name with an error.
/// A folder in the list is treated as `scan` treats it.
/// `size`: how many bytes the list has, if known, for `share_done`.
[[nodiscard]] std::unique_ptr<Names> listed(Env& env, ReadSome read,
                                            std::optional<std::uint64_t> size,
                                            ScanOptions options = {});

}  // namespace aion::archive
