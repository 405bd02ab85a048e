// SPDX-License-Identifier: MIT OR Apache-2.0
// Every operation that changes something on disk, and a small site to do it in. Power cuts,
// faults and failing allocations are tried on this one list, so an operation that is missing here
// is an operation that nothing is promised about.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/policy/commit.hpp"
#include "aion/policy/open_verified.hpp"
#include "aion/trust/keystore.hpp"
#include "aion/trust/registry.hpp"

namespace aion::test {

/// A policy file, the registry that it is verified under, a keystore, and a place for exports,
/// all under `root` of `env`.
struct Site {
    Site(Env& environment, std::filesystem::path where) : env(environment), root(where) {}

    [[nodiscard]] std::filesystem::path policy() const { return root / "policy.aion"; }

    [[nodiscard]] std::filesystem::path registry() const { return root / "registry.json"; }

    /// A payload that is too large to be held.
    [[nodiscard]] std::filesystem::path payload() const { return root / "payload"; }

    /// What others signed of the policy file.
    [[nodiscard]] std::filesystem::path attestations() const { return root / "policy.aion.att"; }

    /// A copy of the policy file that needs repair.
    [[nodiscard]] std::filesystem::path damaged() const { return root / "damaged"; }

    [[nodiscard]] std::filesystem::path exported() const { return root / "exported"; }

    /// An image layout.
    [[nodiscard]] std::filesystem::path layout() const { return root / "layout"; }

    /// A transparency log.
    [[nodiscard]] std::filesystem::path log() const { return root / "log"; }

    [[nodiscard]] trust::Keystore keys() const { return {env, root / "keys"}; }

    Env& env;
    std::filesystem::path root;
};

/// What makes a try slow: some MiB that are written and read; deriving a key, which is slow on
/// purpose: of the machine's, some 20 ms, of a password, some 150 ms.
enum class Cost : std::uint8_t { little, much_data, machine, password };

/// One operation of the list. All are deterministic but for what `Env::random` and `Env::now` say.
struct Operation {
    std::string name;
    /// Makes, in an empty site, what must be there before.
    std::function<Result<>(Site&)> prepare;
    std::function<Result<>(Site&)> run;
    /// Another change to the same file, which a later run makes after this one succeeded.
    std::function<Result<>(Site&)> later;
    /// What each try costs; where it is much, fewer are made.
    Cost cost = Cost::little;
};

[[nodiscard]] const std::vector<Operation>& operations();

/// The files of a site by name, but for what only helps: temporaries, public halves of keys, and of
/// a log all but the checkpoint, which says what of it counts.
using Files = std::map<std::string, Bytes>;
[[nodiscard]] Files files_of(const MemoryEnv& env);

/// What interrupted writes left.
[[nodiscard]] std::vector<std::string> temporaries_of(const MemoryEnv& env);

/// What is wrong with any file that is there: a policy file that is not VALID, a registry that
/// does not load, a key that does not open. Empty when nothing is.
[[nodiscard]] std::string what_is_wrong(Site& site);

/// The same site every time: clock, machine and entropy are those of `seed`.
struct MemorySite {
    explicit MemorySite(std::uint64_t seed = 1);

    MemoryEnv env;
    Site site;
};

/// The site in which `operation` may run.
[[nodiscard]] std::unique_ptr<MemorySite> prepared(const Operation& operation);

}  // namespace aion::test
