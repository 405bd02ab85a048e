// SPDX-License-Identifier: MIT OR Apache-2.0
// What came first, as one log has it: a signed version, or the record that ended its key.
//
// Nobody's clock decides that. Who asks knows neither how a log is made nor where it lies
// (tlog/log_order.hpp reads one).
#pragma once

#include <cstdint>
#include <optional>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/trust/registry.hpp"
#include "aion/trust/registry_record.hpp"

namespace aion::trust {

/// A version of a file and its signature, as a log knows it.
struct SignedVersion {
    FileId file_id;
    VersionNumber version;
    AuthorId author;
    Hash version_hash;
    Hash signature_hash;  ///< BLAKE3 of the signature's 64 bytes.
    friend bool operator==(const SignedVersion&, const SignedVersion&) = default;
};

/// The entries of one log by their index, each as often as it likes: the first counts. May be asked
/// from several threads at once.
class LogOrder {
  public:
    virtual ~LogOrder() = default;
    LogOrder(const LogOrder&) = delete;
    LogOrder& operator=(const LogOrder&) = delete;
    LogOrder(LogOrder&&) = delete;
    LogOrder& operator=(LogOrder&&) = delete;

    /// Where it stands first; nothing where nobody proved that it is there.
    /// Errors: the log's own.
    [[nodiscard]] virtual Result<std::optional<std::uint64_t>> index_of_version(
        const SignedVersion& version) const = 0;
    [[nodiscard]] virtual Result<std::optional<std::uint64_t>> index_of_record(
        const RegistryRecord& record) const = 0;

  protected:
    LogOrder() = default;
};

/// What a log says of a version that a record keeps from standing.
enum class LogFinding : std::uint8_t {
    before,  ///< It stands in front of every record that would refuse it.
    version_not_logged,
    record_not_logged,
    after,  ///< It stands behind such a record.
};

/// The question that a log was asked, and its answer.
struct LogAnswer {
    LogFinding finding = LogFinding::version_not_logged;
    Epoch epoch;               ///< Whose key the version names.
    std::uint64_t record = 0;  ///< Number of the record in the registry's chain.
    std::optional<std::uint64_t> version_index;
    std::optional<std::uint64_t> record_index;
    /// The log could not be asked, which counts as not logged.
    std::optional<Error> failure;
};

}  // namespace aion::trust
