// SPDX-License-Identifier: MIT OR Apache-2.0
// Attestations beside a file: `policy.aion.att` holds those of `policy.aion`, of any of its
// versions (docs/cli-attest.md#the-file).
//
// Nothing in a container is signed but each attestation for itself, so it proves nothing by what it
// lacks, and whoever can write it can empty it. An attestation covers the 100 bytes of its version,
// neither the file id nor the payload's bytes: what it is worth, only the file itself says.
//
//     0          8         10       12         16        24        72
//     |----------|---------|--------|----------|---------|---------|-------------|---
//     | AION_ATT | 1       | zero   | versions | file id | version | its entries | …
//     |          | u16     | u16    | u32      | u64     | 48      | 112 each    |
//     |----------|---------|--------|----------|---------|---------|-------------|---
//
// A version: its number (u64), its version hash (32), how many entries (u32, at least 1), zero
// (u32). Integers are little-endian. Versions ascend by number and hash, entries as `Entry` is
// ordered, and none is there twice: what says the same has the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "aion/attest/attestation.hpp"
#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/files.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"

namespace aion::attest {

/// What is put behind the name of a file.
inline constexpr std::string_view container_suffix = ".att";

/// Of all versions together.
inline constexpr std::size_t max_entries = 65'536;
inline constexpr std::size_t container_header_size = 24;
inline constexpr std::size_t version_header_size = 48;
/// Every entry under a version of its own.
inline constexpr std::size_t max_container_size =
    container_header_size + (max_entries * (version_header_size + entry_size));

/// One version, and who is said to have attested it.
struct AttestedVersion {
    VersionNumber number;
    Hash hash;                   ///< Its version hash.
    std::vector<Entry> entries;  ///< Ascending, none twice.
    friend bool operator==(const AttestedVersion&, const AttestedVersion&) = default;
};

class Container {
  public:
    /// Without any entry.
    explicit Container(FileId file) : file_(file) {}

    /// Reads one. Any entry is taken as it is, whatever may stand in it: to judge it is another
    /// matter. Time and memory are linear in `bytes`, of which what is beyond
    /// `max_container_size` is not looked at.
    /// Errors: `invalid_format` with a detail: `attestations_not_a_container`,
    /// `attestations_unsupported`, `attestations_too_many`, `attestations_bad_size`,
    /// `attestations_out_of_order`.
    [[nodiscard]] static Result<Container> parse(ByteView bytes);

    [[nodiscard]] Bytes to_bytes() const;

    /// Which file it says that it is about.
    [[nodiscard]] FileId file_id() const noexcept { return file_; }

    /// By number, then hash.
    [[nodiscard]] const std::vector<AttestedVersion>& versions() const noexcept {
        return versions_;
    }

    /// Entries of all versions.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// The version that has this number and this hash; null if nobody attested it.
    [[nodiscard]] const AttestedVersion* find(VersionNumber number,
                                              const Hash& hash) const noexcept;

    /// Adds an entry; false if it is there already.
    /// Error: `invalid_format` with `attestations_too_many`, and nothing is added.
    [[nodiscard]] Result<bool> add(VersionNumber number, const Hash& hash, const Entry& entry);

    friend bool operator==(const Container&, const Container&) = default;

  private:
    FileId file_;
    std::vector<AttestedVersion> versions_;
    std::size_t size_ = 0;
};

/// What can be handed to `policy::VerifyOptions::attestations`: every entry of any version that is
/// well-formed. One of another version than the head does no harm there.
[[nodiscard]] std::vector<policy::Attestation> attestations_in(const Container& container);

/// Reads a container file. Errors: those of `Env::read`, `Container::parse`.
[[nodiscard]] Result<Container> read_container(Env& env, const std::filesystem::path& path);

struct AddOptions {
    std::uint32_t lock_wait_ms = 10'000;
    bool sync = true;  ///< False: as `WriteOptions::sync`.
};

/// An entry, and what it is about.
struct NewEntry {
    FileId file;
    VersionNumber number;
    Hash hash;
    Entry entry;
};

struct Added {
    bool is_new = false;  ///< False: it was there already, and nothing was written.
    std::size_t entries = 0;
    WriteReport written = {};
};

/// Adds an entry to the container at `path`, which is made if there is none, under its lock,
/// durably, keeping every entry of others.
/// Errors: `invalid_argument` if the container is of another file; `conflict` when the lock is not
/// free in time, or somebody who does not lock changed the file; those of `read_container`,
/// `Directory::lock`, `Container::add` and `write_file_atomically`. On any error the file is as it
/// was, but for the directory's sync that `write_file_atomically` describes.
[[nodiscard]] Result<Added> add_to_file(Env& env, const std::filesystem::path& path,
                                        const NewEntry& added, const AddOptions& options = {});

}  // namespace aion::attest
