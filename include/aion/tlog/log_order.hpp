// SPDX-License-Identifier: MIT OR Apache-2.0
// The order of signatures and revocations, from proofs that were carried beside them, or from a log
// that lies here.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aion/base/bytes.hpp"
#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/log_store.hpp"
#include "aion/tlog/merkle.hpp"
#include "aion/tlog/policy.hpp"
#include "aion/trust/log_order.hpp"

namespace aion::tlog {

/// What else than records that begin or end an epoch a proof may be of: versions of files.
inline constexpr std::array kinds_of_versions = {EntryKind::version_attestation};

/// What is known of one log that a policy accepts. It is told first, on one thread, and asked then,
/// on many. Whatever it says was proven against a checkpoint that the policy accepts.
class LogOrderReader final : public trust::LogOrder {
  public:
    explicit LogOrderReader(LogPolicy policy);
    ~LogOrderReader() override;
    LogOrderReader(const LogOrderReader&) = delete;
    LogOrderReader& operator=(const LogOrderReader&) = delete;
    LogOrderReader(LogOrderReader&&) = delete;
    LogOrderReader& operator=(LogOrderReader&&) = delete;

    /// Takes a proof, whose `extra` is the entry: of a record that begins or ends an epoch, or of
    /// one of `kinds`, as anything else would be taken for a proof of what is asked. Of one entry
    /// the lowest index counts. Errors: those of `LogProof::parse` and `verify_proof`;
    /// `invalid_format` with the detail `proof_without_entry`, `proof_of_other_kind`,
    /// `proof_of_other_log` (its log is not that of those before) or `log_forked` (one that was
    /// given has the same size and another root, or the same index and another entry; or the log
    /// that lies here does not have that checkpoint).
    [[nodiscard]] Result<> add_proof(std::string_view text,
                                     std::span<const EntryKind> kinds = kinds_of_versions);

    /// Takes the log in `folder`, with the checkpoint that it has now, in which all is looked up
    /// that no proof says. Its leaves are read when it is asked first, all of them, since an index
    /// beside the log is not believed. Borrows `env`. At most one log; before or behind the proofs.
    /// Errors: those of `LogStore::open` and `LogPolicy::judge`; `proof_of_other_log`;
    /// `log_forked`.
    [[nodiscard]] Result<> add_log(Env& env, const std::filesystem::path& folder);

    /// Errors: those of `LogStore::find`.
    [[nodiscard]] Result<std::optional<std::uint64_t>> index_of_version(
        const trust::SignedVersion& version) const override;
    [[nodiscard]] Result<std::optional<std::uint64_t>> index_of_record(
        const trust::RegistryRecord& record) const override;
    /// Of an entry of any kind, by its bytes.
    [[nodiscard]] Result<std::optional<std::uint64_t>> index_of_entry(ByteView entry) const;

    /// The name of the log; empty before anything was given.
    [[nodiscard]] std::string origin() const;

    /// How many entries it has: of the largest checkpoint that was given.
    [[nodiscard]] std::uint64_t size() const;

    /// The root of its first `size` entries: any up to its own of the log that lies here, else
    /// those that proofs lead to; nothing for others. Errors: those of `LogStore::root`.
    [[nodiscard]] Result<std::optional<Sha256Tree::Digest>> root_at(std::uint64_t size) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace aion::tlog
