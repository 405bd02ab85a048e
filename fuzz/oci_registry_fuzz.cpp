// SPDX-License-Identifier: MIT OR Apache-2.0
// What a registry says: the input is its answer to everything that is asked, a status, header lines
// and a body.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "aion/base/files.hpp"
#include "aion/base/memory_env.hpp"
#include "aion/supply/oci_registry.hpp"
#include "supply/registry_challenge.hpp"
#include "supply/registry_lists.hpp"
#include "support/require.hpp"

namespace {

using namespace aion;
using aion::fuzz::require;
using namespace aion::supply;

class AnswerClient final : public HttpClient {
  public:
    explicit AnswerClient(std::string_view answer) {
        response_.status = 200;
        while (true) {
            const std::size_t end = answer.find('\n');
            const std::string_view line = answer.substr(0, end);
            answer.remove_prefix(std::min(line.size() + 1, answer.size()));
            const std::size_t colon = line.find(':');
            if (colon == std::string_view::npos) {
                response_.status = line.empty() ? 200 : 100 + (line.front() * 7) % 500;
                break;
            }
            response_.headers.push_back(
                {std::string(line.substr(0, colon)), std::string(line.substr(colon + 1))});
        }
        response_.body.assign(answer.begin(), answer.end());
    }

    Result<HttpResponse> send(const HttpRequest& request) override {
        // Wherever a registry sends us, the rules hold.
        require(request.url.is_secure && !request.url.is_loopback());
        for (const HttpHeader& header : request.headers) {
            require(header.value.find_first_of("\r\n") == std::string::npos);
        }
        if (request.body) {
            const auto given = request.body->give([](ByteView) { return Result<>(); });
            if (!given) {
                return fail(given.error());
            }
        }
        if (request.streams) {
            const auto streams = request.streams(response_);
            if (!streams) {
                return fail(streams.error());
            }
            if (*streams) {
                if (const auto taken = request.take(response_.body); !taken) {
                    return fail(taken.error());
                }
                HttpResponse head = response_;
                head.body.clear();
                return head;
            }
        }
        return response_;
    }

    Result<> wait(std::uint32_t /*milliseconds*/) override { return {}; }

  private:
    HttpResponse response_;
};

class AnswerClients final : public HttpClients {
  public:
    explicit AnswerClients(std::string_view answer) : answer_(answer) {}

    std::unique_ptr<HttpClient> make() override { return std::make_unique<AnswerClient>(answer_); }

  private:
    std::string_view answer_;
};

class KnownUser final : public CredentialSource {
  public:
    Result<std::optional<RegistryCredentials>> find(const std::string& /*registry*/) override {
        RegistryCredentials known;
        known.user = "alice";
        known.password = "p";
        return known;
    }
};

void ask_everything(std::string_view answer) {
    AnswerClients clients(answer);
    KnownUser user;
    const auto store = *RegistryStore::open(*OciReference::parse("registry.example/a/b:v1"),
                                            RegistryScheme::automatic, clients, user);
    const OciDescriptor blob = describe_bytes("text/plain", "0123456789");
    const OciDescriptor about = describe_bytes(oci_manifest_type, "{}");
    std::string got;
    const auto read = store->read_blob(blob, [&](ByteView piece) -> Result<> {
        got += as_text(piece);
        return {};
    });
    require(!read || got == "0123456789");
    if (const auto found = store->resolve("v1")) {
        static_cast<void>(store->read_document(*found));
    }
    static_cast<void>(store->has(blob));
    BytesSource source("0123456789");
    static_cast<void>(store->write_blob(blob, source));
    static_cast<void>(store->referrers(about));
    static_cast<void>(store->tags());
}

void read_alone(std::string_view text) {
    static_cast<void>(parse_challenges(text));
    static_cast<void>(next_link(text));
    static_cast<void>(uploaded_bytes(text));
    static_cast<void>(content_range(text));
    if (const auto url = http_url(text)) {
        require(*http_url(url->text()) == *url);
        if (const auto next = http_url(*url, text)) {
            require(next->text() == url->text());
        }
    }
    MemoryEnv env;
    const ByteView bytes = as_bytes(text);
    if (write_file_atomically(env, "/config.json", {&bytes, 1}, {})) {
        DockerCredentials docker(env, "/config.json",
                                 [&](const std::string& program, std::string_view) {
                                     require(program.find('/') == std::string::npos);
                                     return Result<HelperAnswer>(
                                         HelperAnswer{.exit_code = 0, .output = std::string(text)});
                                 });
        static_cast<void>(docker.find("registry.example"));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text({data, size});
    read_alone(text);
    ask_everything(text);
    return 0;
}
