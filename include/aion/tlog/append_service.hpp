// SPDX-License-Identifier: MIT OR Apache-2.0
// A log that takes entries over HTTP. Everything else about it is files, which any web server
// serves; this serves them, too, so that one program is enough.
//
//     POST /add-entry        the bytes of an entry, or with the header `Aion-Kind` a payload of
//                            which one is made, of the version that `Aion-Timestamp-Version` says;
//                            201, or 200 where the log has it already, and its proof
//     POST /add-signatures   the note of the log's checkpoint with cosignatures
//     GET  /checkpoint, /tile/…, /keys/…
//
// Entries that come in at about the same time are appended at once, and nobody is answered before
// what he sent is on stable storage. The same entry sent twice is in the log once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/supply/http_service.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/log_store.hpp"
#include "aion/tlog/note.hpp"
#include "aion/tlog/witness.hpp"

namespace aion::tlog {

struct AppendSettings {
    /// What is appended at once, in entries and in bytes of them; whoever comes with more is told
    /// to come back later (503).
    std::size_t max_batch = 4096;
    std::size_t max_batch_size = std::size_t{16} << 20U;
    /// Whose cosignatures are taken, where they are genuine.
    std::vector<NoteKey> witnesses = {};
};

/// The longest payload that is taken and logged by its hash, in bytes.
inline constexpr std::size_t max_posted_payload = std::size_t{1} << 20U;

class AppendService final : public supply::HttpService {
  public:
    /// Serves the log that `writer` writes. Borrows `env` and `writer`.
    AppendService(Env& env, LogWriter& writer, AppendSettings settings,
                  OnServiceError on_error = nullptr);

    [[nodiscard]] std::size_t max_body(const supply::ServedRequest& request) const override;
    [[nodiscard]] std::vector<supply::ServedAnswer> answer(
        std::span<const supply::ServedRequest> requests) override;

  private:
    struct Batch;

    void take_entry(const supply::ServedRequest& request, std::size_t place, Batch& batch,
                    std::vector<supply::ServedAnswer>& answers) const;
    void append(const Batch& batch, std::vector<supply::ServedAnswer>& answers);
    [[nodiscard]] supply::ServedAnswer add_signatures(const supply::ServedRequest& request);
    [[nodiscard]] supply::ServedAnswer file(const supply::ServedRequest& request);
    [[nodiscard]] supply::ServedAnswer failed(const Error& error) const;

    Env* env_;
    LogWriter* writer_;
    AppendSettings settings_;
    OnServiceError on_error_;
};

/// What a request to `/add-entry` asks to log: the bytes of an entry.
/// Errors: `invalid_format` with the details of `EntryView::parse`; `invalid_argument` for headers
/// that name no kind or number.
[[nodiscard]] Result<Bytes> entry_in(const supply::ServedRequest& request);

}  // namespace aion::tlog
