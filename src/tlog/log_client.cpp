// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/log_client.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "aion/base/utf8.hpp"
#include "aion/tlog/witness.hpp"
#include "base/try.hpp"
#include "tlog/service_details.hpp"
#include "tlog/text.hpp"

namespace aion::tlog {
namespace {

using supply::HttpClient;
using supply::HttpMethod;
using supply::HttpRequest;
using supply::HttpResponse;
using supply::HttpUrl;

constexpr int success = 200;
constexpr int created = 201;
constexpr int not_found = 404;
constexpr int unavailable = 503;
constexpr unsigned most_tries = 4;
constexpr std::uint64_t longest_pause_s = 10;
constexpr std::uint32_t ms_per_s = 1000;
constexpr std::uint32_t longest_request_s = 120;
// Of what it says when it refuses, that is shown.
constexpr std::size_t most_shown = 200;

// `name` below the path of `base`, whose query is none of its.
HttpUrl below(const HttpUrl& base, std::string_view name) {
    HttpUrl url = base;
    url.target = url.target.substr(0, url.target.find('?'));
    if (!url.target.ends_with('/')) {
        url.target += '/';
    }
    url.target += name;
    return url;
}

// The first line of what somebody says who refuses.
std::string first_line(std::string_view text) {
    return escape_controls(text.substr(0, std::min(text.find('\n'), most_shown)));
}

Error refused(const HttpUrl& url, const HttpResponse& response) {
    if (response.status == not_found) {
        return service_error<ServiceDetail::service_not_found>(url.shown());
    }
    return service_error<ServiceDetail::service_refused>(url.shown(), response.status,
                                                         first_line(as_text(response.body)));
}

// Comes back later where it is told to, for as long as somebody may want to wait.
Result<HttpResponse> send(HttpClient& client, const HttpRequest& request) {
    for (unsigned tries = 1;; ++tries) {
        AION_TRY_ASSIGN(HttpResponse response, client.send(request));
        if (response.status != unavailable) {
            return response;
        }
        if (tries == most_tries) {
            return fail(service_error<ServiceDetail::service_busy>(request.url.shown(), tries));
        }
        const std::uint64_t pause = response.number("retry-after").value_or(1);
        AION_TRY(
            client.wait(static_cast<std::uint32_t>(std::min(pause, longest_pause_s)) * ms_per_s));
    }
}

Result<HttpResponse> get(HttpClient& client, const HttpUrl& url, std::uint64_t most) {
    return send(client, {.url = url, .max_body = most, .max_seconds = longest_request_s});
}

Result<HttpResponse> post(HttpClient& client, const HttpUrl& url, std::string_view type,
                          ByteView body, std::uint64_t most) {
    return send(client,
                {.method = HttpMethod::post,
                 .url = url,
                 .headers = {{"Content-Type", std::string(type)}},
                 .body = supply::HttpBody{.size = body.size(),
                                          .give = [&](const auto& sink) { return sink(body); }},
                 .max_body = most,
                 .max_seconds = longest_request_s});
}

}  // namespace

// --- A log at a URL ------------------------------------------------------------------------------

class LogClient::Tiles final : public TileSource {
  public:
    Tiles(HttpClient& client, HttpUrl log) : client_(&client), log_(std::move(log)) {}

    // A partial tile may go once there is a full one.
    [[nodiscard]] Result<Bytes> tile(const TileName& name) override {
        const std::uint64_t most = name.max_size();
        HttpUrl url = below(log_, name.path());
        AION_TRY_ASSIGN(HttpResponse response, get(*client_, url, most));
        if (response.status == not_found && name.width < tile_width) {
            TileName full = name;
            full.width = tile_width;
            url = below(log_, full.path());
            AION_TRY_ASSIGN(response, get(*client_, url, most));
        }
        if (response.status != success) {
            return fail(refused(url, response));
        }
        return std::move(response.body);
    }

  private:
    HttpClient* client_;
    HttpUrl log_;
};

LogClient::LogClient(HttpClient& client, const HttpUrl& log)
    : client_(&client), log_(log), tiles_(std::make_unique<Tiles>(client, log)) {}

LogClient::~LogClient() = default;

TileSource& LogClient::tiles() {
    return *tiles_;
}

std::string LogClient::shown() const {
    return log_.shown();
}

Result<std::string> LogClient::checkpoint() {
    const HttpUrl url = below(log_, "checkpoint");
    AION_TRY_ASSIGN(const HttpResponse response, get(*client_, url, max_note_size));
    if (response.status != success) {
        return fail(refused(url, response));
    }
    return std::string(as_text(response.body));
}

Result<std::optional<std::string>> LogClient::key_record(std::uint64_t number) {
    const HttpUrl url = below(log_, "keys/" + std::to_string(number));
    AION_TRY_ASSIGN(const HttpResponse response, get(*client_, url, max_note_size));
    if (response.status == not_found) {
        return std::nullopt;
    }
    if (response.status != success) {
        return fail(refused(url, response));
    }
    return std::string(as_text(response.body));
}

Result<LoggedEntry> LogClient::append(ByteView entry) {
    const HttpUrl url = below(log_, "add-entry");
    AION_TRY_ASSIGN(const HttpResponse response,
                    post(*client_, url, "application/octet-stream", entry, max_proof_size));
    if (response.status != success && response.status != created) {
        return fail(refused(url, response));
    }
    auto proof = LogProof::parse(as_text(response.body));
    if (!proof) {
        return fail(
            service_error<ServiceDetail::service_bad_answer>(url.shown(), proof.error().message()));
    }
    const auto leads_to_root = [&]() -> Result<> {
        AION_TRY_ASSIGN(const Checkpoint checkpoint, Checkpoint::of_note(proof->checkpoint));
        return verify_inclusion<Sha256Tree>(Sha256Tree::leaf(entry), proof->index, checkpoint.size,
                                            proof->path, checkpoint.root);
    }();
    if (!leads_to_root) {
        return fail(service_error<ServiceDetail::service_other_entry>(
            url.shown(), leads_to_root.error().message()));
    }
    return LoggedEntry{
        .index = proof->index, .is_new = response.status == created, .proof = *std::move(proof)};
}

Result<> LogClient::add_signatures(std::string_view note) {
    const HttpUrl url = below(log_, "add-signatures");
    AION_TRY_ASSIGN(const HttpResponse response, post(*client_, url, "text/plain; charset=utf-8",
                                                      as_bytes(note), max_note_size));
    if (response.status != success) {
        return fail(refused(url, response));
    }
    return {};
}

// --- Witnesses -----------------------------------------------------------------------------------

namespace {

constexpr int conflict = 409;
constexpr int unprocessable = 422;
constexpr std::uint64_t longest_witness_answer = std::uint64_t{64} << 10U;

std::optional<std::uint64_t> size_in(std::string_view text) {
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    return decimal(text);
}

// Of the lines those of `keys`, if they are genuine.
Result<std::vector<NoteSignature>> genuine(std::string_view shown, std::span<const NoteKey> keys,
                                           const std::string& text, std::string_view lines) {
    auto note = Note::parse(text + "\n" + std::string(lines));
    if (!note) {
        return fail(
            service_error<ServiceDetail::service_bad_answer>(shown, note.error().message()));
    }
    std::vector<NoteSignature> found;
    std::string names;
    for (const NoteKey& key : keys) {
        names += (names.empty() ? "" : " or ") + key.name();
        auto verdict = verify_note(*note, key);
        if (!verdict) {
            return fail(std::move(verdict).error());
        }
        if (verdict->signed_by_key) {
            found.push_back(*note->find(key));
        }
    }
    if (found.empty()) {
        return fail(service_error<ServiceDetail::witness_no_cosignature>(shown, names));
    }
    return found;
}

}  // namespace

Result<std::vector<NoteSignature>> ask_witness(const AskWitness& ask, std::string_view shown,
                                               std::span<const NoteKey> keys, std::string_view note,
                                               std::uint64_t known,
                                               const ConsistencyFrom& consistency) {
    AION_TRY_ASSIGN(const Note parsed, Note::parse(note));
    AION_TRY_ASSIGN(const Checkpoint checkpoint, Checkpoint::parse(parsed.text));
    known = std::min(known, checkpoint.size);
    for (bool is_told = false;; is_told = true) {
        std::vector<Sha256Tree::Digest> proof;
        if (known != 0 && known != checkpoint.size) {
            AION_TRY_ASSIGN(proof, consistency(known));
        }
        AION_TRY_ASSIGN(const WitnessAnswer answer, ask(witness_request(known, proof, note)));
        if (answer.status == success) {
            return genuine(shown, keys, parsed.text, answer.body);
        }
        if (answer.status == unprocessable) {
            return fail(
                service_error<ServiceDetail::witness_other_log>(shown, first_line(answer.body)));
        }
        if (answer.status != conflict) {
            return fail(service_error<ServiceDetail::service_refused>(shown, answer.status,
                                                                      first_line(answer.body)));
        }
        const auto size = size_in(answer.body);
        if (!size || *size == known || is_told) {
            return fail(service_error<ServiceDetail::service_bad_answer>(
                shown, "409, and not the size of what it has cosigned"));
        }
        if (*size > checkpoint.size) {
            return fail(service_error<ServiceDetail::witness_ahead>(shown, *size, checkpoint.size));
        }
        known = *size;
    }
}

Result<std::vector<NoteSignature>> ask_witness(HttpClient& client, const HttpUrl& witness,
                                               std::span<const NoteKey> keys, std::string_view note,
                                               std::uint64_t known,
                                               const ConsistencyFrom& consistency) {
    const HttpUrl url = below(witness, "add-checkpoint");
    const AskWitness ask = [&](const std::string& request) -> Result<WitnessAnswer> {
        AION_TRY_ASSIGN(const HttpResponse response,
                        post(client, url, "text/plain; charset=utf-8", as_bytes(request),
                             longest_witness_answer));
        return WitnessAnswer{.status = response.status,
                             .body = std::string(as_text(response.body))};
    };
    return ask_witness(ask, url.shown(), keys, note, known, consistency);
}

}  // namespace aion::tlog
