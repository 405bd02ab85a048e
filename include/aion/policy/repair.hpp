// SPDX-License-Identifier: MIT OR Apache-2.0
// Mending what a file says beside its signed history: nothing that anybody signed is changed, and
// no key is needed.
//
// Versions are signed, their order and number follow from the parent hashes, and the payload from
// the last version. All else in a file follows from these: the header's fields, the audit trail,
// where the sections lie, reserved bytes, the trailing hash. Where the former hold, the latter can
// be written again as they must be (docs/audit.md).
//
/// Example: a file whose header was damaged.
///
///     Env& env = Env::system();
///     const auto registry = trust::Registry::load(env, "registry.json");
///     if (!registry) {
///         return fail(registry.error());
///     }
///     const auto repair = policy::Repair::plan(env, "policy.aion", *registry);
///     if (!repair) {
///         return fail(repair.error());
///     }
///     std::cout << repair->before().summary() << '\n';  // VALID
///     std::cout << repair->changes().size() << " changes" << '\n';  // 0 changes
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/files.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/verify.hpp"
#include "aion/trust/registry.hpp"

namespace aion::policy {

/// What is written otherwise than it was: one for a field of the header, one for a field of the
/// records of one section, however many of them.
struct RepairChange {
    std::string place;        ///< `header.current_version`, `audit.previous_hash`, `layout`.
    std::uint64_t count = 1;  ///< How many records it concerns.
    std::uint64_t first =
        0;            ///< The position of the first of them, from 1; 0 where there are none.
    std::string was;  ///< Of the first; numbers in decimal, hashes in hex.
    std::string now;  ///< Empty for what is dropped.
    friend bool operator==(const RepairChange&, const RepairChange&) = default;
};

/// A repaired file that only has to be written. Moves.
class Repair {
  public:
    /// Reads the file at `path` once, into memory or, from 4 MiB on, into a file without a name
    /// (base/spool.hpp), judges that under the strict profile, and builds what it has to be.
    /// Of `options`: threads, caches and events. Pins are not asked: what is repaired is judged by
    /// whoever opens it.
    /// Errors: `verdict_invalid` where chain, signatures or payload do not hold, or where something
    /// is wrong that does not follow from them, as a message that is damaged: nobody can say what
    /// it was; those of `Env::open`, of reading, and of `Spool`.
    [[nodiscard]] static Result<Repair> plan(Env& env, const std::filesystem::path& path,
                                             const trust::Registry& registry,
                                             const VerifyOptions& options = {});

    /// The same of a file that is open. Errors: all but those of `Env::open`.
    [[nodiscard]] static Result<Repair> plan(Env& env, std::unique_ptr<ReadableFile> file,
                                             const trust::Registry& registry,
                                             const VerifyOptions& options = {});

    ~Repair();
    Repair(Repair&&) noexcept;
    Repair& operator=(Repair&&) noexcept;
    Repair(const Repair&) = delete;
    Repair& operator=(const Repair&) = delete;

    /// The verdict on the file as it is.
    [[nodiscard]] const VerificationReport& before() const noexcept;

    /// What is changed; empty for a file that is VALID, of which there is nothing to write.
    [[nodiscard]] const std::vector<RepairChange>& changes() const noexcept;

    /// Whether the trailing hash is that of the file as it was, or that of the repaired one: then
    /// no accident damaged the texts of messages, which nothing that is signed covers. It keeps no
    /// forger away, as anybody can compute it.
    [[nodiscard]] bool trailing_hash_fits() const noexcept;

    /// How many versions the repaired file has.
    [[nodiscard]] std::uint64_t versions() const noexcept;
    /// How many the file spoke of, if more than that: by its current version, or by its audit
    /// entries or signatures; and its trailing hash is not that of the repaired file. Either that
    /// number was damaged, or versions were cut off, which no signature would show.
    [[nodiscard]] std::optional<std::uint64_t> versions_named() const noexcept;

    /// The repaired file, for `write_file_atomically` and other ways of writing; any number of
    /// times, as long as this object lives. Errors while it is produced: those of reading what was
    /// spooled.
    [[nodiscard]] ProducedContent content() const;

  private:
    struct State;
    explicit Repair(std::unique_ptr<State> state) noexcept;

    std::unique_ptr<State> state_;
};

}  // namespace aion::policy
