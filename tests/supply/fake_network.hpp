// SPDX-License-Identifier: MIT OR Apache-2.0
// A network of functions: who is asked what, what they answer, and where an answer breaks off.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/supply/oci_registry.hpp"
#include "supply/registry_details.hpp"

namespace aion::supply::test {

/// A request as it arrives.
struct Sent {
    std::string method;
    HttpUrl url;
    std::vector<HttpHeader> headers;
    std::string body;

    [[nodiscard]] std::string header(std::string_view name) const {
        for (const HttpHeader& each : headers) {
            if (each.name == name) {
                return each.value;
            }
        }
        return {};
    }

    /// `GET /v2/…`.
    [[nodiscard]] std::string line() const { return method + " " + url.target; }
};

/// What comes back.
struct Answer {
    int status = 200;
    std::vector<HttpHeader> headers = {};
    std::string body = {};
    std::optional<std::size_t> breaks_after = std::nullopt;  ///< Bytes of the body.
};

inline Error broken_off() {
    return transfer_error<RegistryDetail::http_broken_off>("registry.example", "no more");
}

/// Everybody that can be reached. `answer` may fail as a network does.
class FakeNetwork final : public HttpClients {
  public:
    std::function<Result<Answer>(const Sent&)> answer;
    /// Of the next request with a body only so much arrives, once.
    std::optional<std::size_t> breaks_upload_after;
    std::vector<Sent> log;
    std::uint64_t waited_ms = 0;

    [[nodiscard]] std::unique_ptr<HttpClient> make() override {
        return std::make_unique<Client>(*this);
    }

    [[nodiscard]] std::vector<std::string> lines() const {
        std::vector<std::string> out;
        for (const Sent& each : log) {
            out.push_back(each.line());
        }
        return out;
    }

    [[nodiscard]] std::size_t count(std::string_view line) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(log, [&](const Sent& each) { return each.line() == line; }));
    }

  private:
    class Client final : public HttpClient {
      public:
        explicit Client(FakeNetwork& network) : network_(network) {}

        Result<HttpResponse> send(const HttpRequest& request) override;

        Result<> wait(std::uint32_t milliseconds) override {
            network_.waited_ms += milliseconds;
            return {};
        }

      private:
        FakeNetwork& network_;
    };
};

inline Result<HttpResponse> FakeNetwork::Client::send(const HttpRequest& request) {
    Sent sent{std::string(name_of(request.method)), request.url, request.headers, {}};
    bool is_broken = false;
    if (request.body) {
        const auto given = request.body->give([&](ByteView piece) -> Result<> {
            std::size_t room = piece.size();
            if (network_.breaks_upload_after) {
                room = std::min(room, *network_.breaks_upload_after - sent.body.size());
            }
            sent.body += as_text(piece.first(room));
            if (room < piece.size()) {
                is_broken = true;
                network_.breaks_upload_after.reset();
                return fail(broken_off());
            }
            return {};
        });
        if (!given && !is_broken) {
            return fail(given.error());
        }
    }
    network_.log.push_back(sent);
    if (is_broken) {
        sent.method += " broken";
    }
    auto said = network_.answer(sent);
    if (!said || is_broken) {
        return fail(said ? broken_off() : said.error());
    }
    HttpResponse response{.status = said->status, .headers = said->headers, .body = {}};
    bool streams = false;
    if (request.streams) {
        auto decision = request.streams(response);
        if (!decision) {
            return fail(decision.error());
        }
        streams = *decision;
    }
    const std::string_view body =
        std::string_view(said->body).substr(0, said->breaks_after.value_or(std::string::npos));
    if (!streams) {
        if (body.size() > request.max_body) {
            return fail(transfer_error<RegistryDetail::http_too_long>("registry.example",
                                                                      request.max_body, "content"));
        }
        response.body.assign(body.begin(), body.end());
    } else if (!body.empty()) {
        if (auto taken = request.take(as_bytes(body)); !taken) {
            return fail(taken.error());
        }
    }
    return said->breaks_after ? Result<HttpResponse>(fail(broken_off())) : response;
}

/// A registry by the specification, until it is told to be another.
class FakeRegistry {
  public:
    bool has_referrers_api = true;
    std::map<std::string, std::string> blobs;                              ///< By digest.
    std::map<std::string, std::pair<std::string, std::string>> manifests;  ///< By digest or tag.
    std::map<std::string, std::string> uploads;

    [[nodiscard]] Result<Answer> answer(const Sent& sent) {
        const std::string prefix = "/v2/team/model/";
        const std::string_view target = sent.url.target;
        if (!target.starts_with(prefix)) {
            return Answer{.status = 404};
        }
        const std::string rest(target.substr(prefix.size()));
        if (rest.starts_with("manifests/")) {
            return manifest(sent, rest.substr(10));
        }
        if (rest.starts_with("blobs/uploads/")) {
            return upload(sent, rest.substr(14));
        }
        if (rest.starts_with("blobs/")) {
            return blob(sent, rest.substr(6));
        }
        if (rest.starts_with("referrers/") && has_referrers_api) {
            return referrers(rest.substr(10, 71));
        }
        return Answer{.status = 404};
    }

  private:
    Answer manifest(const Sent& sent, const std::string& name) {
        if (sent.method == "PUT") {
            const std::string digest = OciDigest::of_bytes(as_bytes(sent.body)).text();
            manifests[digest] = manifests[name] = {sent.header("Content-Type"), sent.body};
            Answer answer{.status = 201, .headers = {{"docker-content-digest", digest}}};
            const auto parsed = oci_manifest_from_json(sent.body);
            if (has_referrers_api && parsed && parsed->subject) {
                answer.headers.push_back({"oci-subject", parsed->subject->digest.text()});
            }
            return answer;
        }
        const auto found = manifests.find(name);
        if (found == manifests.end()) {
            return {.status = 404, .body = R"({"errors":[{"code":"MANIFEST_UNKNOWN"}]})"};
        }
        return {.headers = {{"content-type", found->second.first},
                            {"content-length", std::to_string(found->second.second.size())}},
                .body = sent.method == "HEAD" ? "" : found->second.second};
    }

    Answer blob(const Sent& sent, const std::string& digest) const {
        const auto found = blobs.find(digest);
        if (found == blobs.end()) {
            return {.status = 404};
        }
        const std::string& all = found->second;
        const std::string range = sent.header("Range");
        if (range.empty()) {
            return {.headers = {{"content-length", std::to_string(all.size())}},
                    .body = sent.method == "HEAD" ? "" : all};
        }
        const std::size_t first = std::stoul(range.substr(6));
        return {.status = 206,
                .headers = {{"content-range", "bytes " + std::to_string(first) + "-" +
                                                  std::to_string(all.size() - 1) + "/" +
                                                  std::to_string(all.size())}},
                .body = all.substr(first)};
    }

    Answer upload(const Sent& sent, const std::string& rest) {
        const std::string id = rest.substr(0, rest.find('?'));
        const std::string location = "/v2/team/model/blobs/uploads/" + id;
        if (sent.method == "POST") {
            const std::string fresh = std::to_string(uploads.size() + 1);
            uploads[fresh];
            return {.status = 202, .headers = {{"location", location + fresh + "?state=1"}}};
        }
        const auto found = uploads.find(id);
        if (found == uploads.end()) {
            return {.status = 404, .body = R"({"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]})"};
        }
        std::string& content = found->second;
        const std::string range = "0-" + std::to_string(content.size() - (content.empty() ? 0 : 1));
        if (sent.method == "GET") {
            return {.status = 204, .headers = {{"location", location}, {"range", range}}};
        }
        content += sent.body;
        if (sent.method == "PATCH" || sent.method.ends_with("broken")) {
            return {.status = 202, .headers = {{"location", location}}};
        }
        const std::string digest = OciDigest::of_bytes(as_bytes(content)).text();
        if (rest.find("digest=" + percent_encoded(digest)) == std::string::npos) {
            return {.status = 400, .body = R"({"errors":[{"code":"DIGEST_INVALID"}]})"};
        }
        blobs[digest] = content;
        return {.status = 201, .headers = {{"docker-content-digest", digest}}};
    }

    [[nodiscard]] Answer referrers(const std::string& subject) const {
        OciIndex index;
        std::set<std::string> seen;
        for (const auto& [name, document] : manifests) {
            const auto manifest = oci_manifest_from_json(document.second);
            OciDescriptor each = describe_bytes(document.first, document.second);
            if (manifest && manifest->subject && manifest->subject->digest.text() == subject &&
                seen.insert(each.digest.text()).second) {
                each.artifact_type = manifest->kind();
                index.manifests.push_back(std::move(each));
            }
        }
        return {.headers = {{"content-type", std::string(oci_index_type)}}, .body = to_json(index)};
    }
};

}  // namespace aion::supply::test
