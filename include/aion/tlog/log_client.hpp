// SPDX-License-Identifier: MIT OR Apache-2.0
// A log that is somewhere else: its checkpoint, its tiles, a new entry for it, and what witnesses
// say of it. Whoever sends the requests is somebody else (supply/http.hpp); nothing that comes back
// is believed here, and no answer may be longer than what it is can be.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/supply/http.hpp"
#include "aion/tlog/checkpoint.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/merkle.hpp"
#include "aion/tlog/note.hpp"
#include "aion/tlog/proof.hpp"
#include "aion/tlog/tile.hpp"

namespace aion::tlog {

/// A log that can be read, wherever it is.
class LogSource {
  public:
    LogSource() = default;
    virtual ~LogSource() = default;
    LogSource(const LogSource&) = delete;
    LogSource& operator=(const LogSource&) = delete;
    LogSource(LogSource&&) = delete;
    LogSource& operator=(LogSource&&) = delete;

    /// The note of its latest checkpoint, as it stands.
    [[nodiscard]] virtual Result<std::string> checkpoint() = 0;
    /// Valid as long as this.
    [[nodiscard]] virtual TileSource& tiles() = 0;
    /// `keys/NUMBER`, as it stands; nothing where there is none.
    [[nodiscard]] virtual Result<std::optional<std::string>> key_record(std::uint64_t number) = 0;
    /// What it is called in messages.
    [[nodiscard]] virtual std::string shown() const = 0;
};

/// The log in a folder. Borrows `env`. Errors, of its functions: those of `Env::read`.
[[nodiscard]] std::unique_ptr<LogSource> log_in_folder(Env& env, std::filesystem::path folder);

/// Where a log put an entry.
struct LoggedEntry {
    std::uint64_t index = 0;
    bool is_new = false;  ///< It was not in the log before.
    LogProof proof;       ///< Not verified.
};

/// The log at a URL, that its checkpoint's is below. Borrows the client.
///
/// Errors, wherever nothing else is said: those of `HttpClient::send`; `transfer_failed` with the
/// detail `service_not_found`, `service_refused`, `service_busy`, or `service_bad_answer`.
class LogClient final : public LogSource {
  public:
    LogClient(supply::HttpClient& client, const supply::HttpUrl& log);
    ~LogClient() override;
    LogClient(const LogClient&) = delete;
    LogClient& operator=(const LogClient&) = delete;
    LogClient(LogClient&&) = delete;
    LogClient& operator=(LogClient&&) = delete;

    [[nodiscard]] Result<std::string> checkpoint() override;
    [[nodiscard]] TileSource& tiles() override;
    [[nodiscard]] Result<std::optional<std::string>> key_record(std::uint64_t number) override;
    [[nodiscard]] std::string shown() const override;

    /// Has a log as `AppendService` serves it append an entry, or say where it has it already: the
    /// same entry may be sent again. Whoever is told to come back later does so a few times.
    /// Error: also `transfer_failed` with the detail `service_other_entry` when the proof that came
    /// back does not lead from the entry to its checkpoint, whose signatures are not looked at.
    [[nodiscard]] Result<LoggedEntry> append(ByteView entry);

    /// Hands cosignatures of `note` to the log, which looks at them itself.
    [[nodiscard]] Result<> add_signatures(std::string_view note);

  private:
    class Tiles;
    supply::HttpClient* client_;
    supply::HttpUrl log_;
    std::unique_ptr<Tiles> tiles_;
};

/// A proof that a log continues the first `old_size` of its entries.
using ConsistencyFrom =
    std::function<Result<std::vector<Sha256Tree::Digest>>(std::uint64_t old_size)>;

/// Has a witness at a URL cosign the checkpoint of `note`: a second time, where it has seen another
/// size of the log than `known` (0: nobody knows). Returns the genuine signatures of `keys` alone,
/// at least one. Borrows everything.
/// Errors: those of `Note::parse` and `Checkpoint::parse`, of `consistency`, and of `LogClient`;
/// `transfer_failed` with the detail `witness_ahead`, `witness_other_log`,
/// `witness_no_cosignature`.
[[nodiscard]] Result<std::vector<NoteSignature>> ask_witness(
    supply::HttpClient& client, const supply::HttpUrl& witness, std::span<const NoteKey> keys,
    std::string_view note, std::uint64_t known, const ConsistencyFrom& consistency);

/// What is asked of a witness, and what comes of it, without saying how: status and body.
struct WitnessAnswer {
    int status = 0;
    std::string body;
};

using AskWitness = std::function<Result<WitnessAnswer>(const std::string& request)>;

/// The same of a witness that is asked by `ask`. `shown`: what it is called in messages.
[[nodiscard]] Result<std::vector<NoteSignature>> ask_witness(
    const AskWitness& ask, std::string_view shown, std::span<const NoteKey> keys,
    std::string_view note, std::uint64_t known, const ConsistencyFrom& consistency);

}  // namespace aion::tlog
