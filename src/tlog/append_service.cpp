// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/append_service.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "aion/tlog/proof.hpp"
#include "aion/tlog/tile.hpp"
#include "base/try.hpp"
#include "tlog/answers.hpp"
#include "tlog/text.hpp"

namespace aion::tlog {
namespace {

using supply::line_of_text;
using supply::ServedAnswer;
using supply::ServedRequest;

constexpr std::string_view entry_path = "/add-entry";
constexpr std::string_view signatures_path = "/add-signatures";
constexpr std::string_view keys_path = "/keys/";

constexpr int created = 201;
constexpr int bad_request = 400;
constexpr int forbidden = 403;
constexpr int not_found = 404;
constexpr int conflict = 409;
constexpr int internal_error = 500;
constexpr int unavailable = 503;

constexpr std::string_view binary = "application/octet-stream";

ServedAnswer come_back_later() {
    auto answer = line_of_text(unavailable, "too many entries at a time: come back later");
    answer.headers.push_back({"Retry-After", "1"});
    return answer;
}

Error no_such(std::string_view header) {
    return error_because(ErrorCode::invalid_argument,
                         "the header " + std::string(header) + " says nothing that we know");
}

bool is_there(const ServedRequest& request, std::string_view name) {
    return std::ranges::find(request.headers, name, &supply::HttpHeader::name) !=
           request.headers.end();
}

}  // namespace

Result<Bytes> entry_in(const ServedRequest& request) {
    constexpr std::string_view kind_header = "aion-kind";
    constexpr std::string_view version_header = "aion-timestamp-version";
    const ByteView body = as_bytes(request.body);
    if (!is_there(request, kind_header) && !is_there(request, version_header)) {
        AION_TRY(EntryView::parse(body));
        return Bytes(body.begin(), body.end());
    }
    const auto kind = entry_kind_of(request.header(kind_header).value_or(""));
    if (!kind) {
        return fail(no_such("Aion-Kind"));
    }
    std::uint64_t version = 0;
    if (is_there(request, version_header)) {
        const auto number = decimal(request.header(version_header).value_or(""));
        if (!number) {
            return fail(no_such("Aion-Timestamp-Version"));
        }
        version = *number;
    }
    return make_entry(*kind, version, body);
}

/// What is appended at once, and whose it is.
struct AppendService::Batch {
    std::vector<Bytes> entries;
    std::vector<std::size_t> places;  ///< Of the request that each came with.
    std::size_t size = 0;
};

AppendService::AppendService(Env& env, LogWriter& writer, AppendSettings settings,
                             OnServiceError on_error)
    : env_(&env),
      writer_(&writer),
      settings_(std::move(settings)),
      on_error_(std::move(on_error)) {}

std::size_t AppendService::max_body(const ServedRequest& request) const {
    if (request.path() == entry_path) {
        return is_there(request, "aion-kind") ? max_posted_payload : max_entry_size;
    }
    return request.path() == signatures_path ? max_note_size : 0;
}

std::vector<ServedAnswer> AppendService::answer(std::span<const ServedRequest> requests) {
    std::vector<ServedAnswer> answers(requests.size());
    Batch batch;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const ServedRequest& request = requests[i];
        if (request.path() == entry_path) {
            take_entry(request, i, batch, answers);
        } else if (request.path() == signatures_path) {
            answers[i] = add_signatures(request);
        } else {
            answers[i] = file(request);
        }
    }
    if (!batch.entries.empty()) {
        append(batch, answers);
    }
    return answers;
}

ServedAnswer AppendService::failed(const Error& error) const {
    if (on_error_) {
        on_error_(error);
    }
    return line_of_text(internal_error, "the log failed");
}

void AppendService::take_entry(const ServedRequest& request, std::size_t place, Batch& batch,
                               std::vector<ServedAnswer>& answers) const {
    if (request.method != "POST") {
        answers[place] = only_by("POST");
        return;
    }
    auto entry = entry_in(request);
    if (!entry) {
        answers[place] = line_of_text(bad_request, entry.error().message());
        return;
    }
    if (batch.entries.size() == settings_.max_batch ||
        batch.size + entry->size() > settings_.max_batch_size) {
        answers[place] = come_back_later();
        return;
    }
    batch.size += entry->size();
    batch.entries.push_back(*std::move(entry));
    batch.places.push_back(place);
}

void AppendService::append(const Batch& batch, std::vector<ServedAnswer>& answers) {
    const std::vector<ByteView> entries(batch.entries.begin(), batch.entries.end());
    const auto appended = writer_->append(entries);
    if (!appended) {
        const ServedAnswer answer = failed(appended.error());
        for (const std::size_t place : batch.places) {
            answers[place] = answer;
        }
        return;
    }
    // What is new is the end of the log, also where another machine has added to it meanwhile.
    const std::uint64_t size_before = writer_->log().size() - appended->added;
    for (std::size_t i = 0; i < batch.places.size(); ++i) {
        const std::uint64_t index = appended->indexes[i];
        auto proof = writer_->log().prove(index);
        if (!proof) {
            answers[batch.places[i]] = failed(proof.error());
            continue;
        }
        proof->extra = batch.entries[i];
        answers[batch.places[i]] = {.status = index < size_before ? 200 : created,
                                    .body = proof->str(),
                                    .headers = {{"Aion-Index", std::to_string(index)}}};
    }
}

ServedAnswer AppendService::add_signatures(const ServedRequest& request) {
    if (request.method != "POST") {
        return only_by("POST");
    }
    auto note = Note::parse(request.body);
    if (!note) {
        return line_of_text(bad_request, note.error().message());
    }
    std::vector<NoteSignature> taken;
    for (const NoteKey& witness : settings_.witnesses) {
        const auto verdict = verify_note(*note, witness);
        if (!verdict) {
            return line_of_text(forbidden, verdict.error().message());
        }
        if (verdict->signed_by_key) {
            taken.push_back(*note->find(witness));
        }
    }
    if (taken.empty()) {
        return line_of_text(forbidden, "no signature of a witness of this log");
    }
    const auto added = writer_->add_signatures(note->text, taken);
    if (!added && added.error().code() == ErrorCode::conflict) {
        return line_of_text(conflict, "the checkpoint is another one by now");
    }
    return added ? line_of_text(200, std::to_string(taken.size())) : failed(added.error());
}

ServedAnswer AppendService::file(const ServedRequest& request) {
    const std::string_view path = request.path();
    if (path.empty() || path.front() != '/') {
        return line_of_text(not_found, "nothing is here");
    }
    if (request.method != "GET" && request.method != "HEAD") {
        return only_by("GET");
    }
    if (path == "/checkpoint") {
        return {.body = writer_->log().note(), .headers = {{"Cache-Control", "no-cache"}}};
    }
    // Nothing but what such a name can be is looked for on disk.
    const std::string_view name = path.substr(1);
    const auto tile = TileName::parse(name);
    const bool is_key = path.starts_with(keys_path) && decimal(path.substr(keys_path.size()));
    if (!tile && !is_key) {
        return line_of_text(not_found, "nothing is here");
    }
    const auto content = env_->read(writer_->log().folder() / name,
                                    {.max_size = max_bundle_size, .regular_only = true});
    if (!content) {
        const int why = content.error().os_error();
        return why == ENOENT || why == ENOTDIR ? line_of_text(not_found, "nothing is here")
                                               : failed(content.error());
    }
    ServedAnswer answer{.body = std::string(as_text((*content)->bytes()))};
    if (tile) {
        answer.content_type = binary;
        answer.headers.push_back({"Cache-Control", "max-age=31536000, immutable"});
    }
    return answer;
}

}  // namespace aion::tlog
