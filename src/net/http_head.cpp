// SPDX-License-Identifier: MIT OR Apache-2.0
#include "net/http_head.hpp"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/net/http_server.hpp"

namespace aion::net {
namespace {

constexpr int bad_request = 400;
constexpr int not_implemented = 501;

// What the library adds to the headers that were sent.
constexpr auto added_names =
    std::to_array<std::string_view>({"remote_addr", "remote_port", "local_addr", "local_port"});

// Gives a header, and nothing behind it; what is written to it goes nowhere.
class HeaderStream final : public httplib::Stream {
  public:
    explicit HeaderStream(std::string_view bytes) noexcept : rest_(bytes) {}

    [[nodiscard]] bool is_all_read() const noexcept { return rest_.empty(); }

    [[nodiscard]] bool is_readable() const override { return true; }

    [[nodiscard]] bool is_writable() const override { return true; }

    ssize_t read(char* into, std::size_t size) override {
        const std::size_t given = std::min(size, rest_.size());
        std::memcpy(into, rest_.data(), given);
        rest_.remove_prefix(given);
        return static_cast<ssize_t>(given);
    }

    ssize_t write(const char* /*bytes*/, std::size_t size) override {
        return static_cast<ssize_t>(size);
    }

    void get_remote_ip_and_port(std::string& /*address*/, int& /*port*/) const override {}

    void get_local_ip_and_port(std::string& /*address*/, int& /*port*/) const override {}

    [[nodiscard]] socket_t socket() const override { return INVALID_SOCKET; }

  private:
    std::string_view rest_;
};

// Only lines that end as they should, of characters that a header has: whoever stands in front of
// us sees the same lines in it.
bool is_plain(std::string_view bytes) {
    char before = 0;
    for (const char c : bytes) {
        if (c == '\n' ? before != '\r' : before == '\r') {
            return false;
        }
        if ((c >= 0 && c < ' ' && c != '\t' && c != '\r' && c != '\n') || c == '\x7f') {
            return false;
        }
        before = c;
    }
    return true;
}

bool read_length(const supply::ServedRequest& request, std::uint64_t& into) {
    const bool is_there = std::ranges::find(request.headers, "content-length",
                                            &supply::HttpHeader::name) != request.headers.end();
    if (!is_there) {
        return true;
    }
    const auto text = request.header("content-length");
    if (!text || text->empty() || !std::ranges::all_of(*text, is_ascii_digit)) {
        return false;
    }
    const auto [end, problem] = std::from_chars(text->begin(), text->end(), into);
    return problem == std::errc() && end == text->end();
}

// How many lines of a header have that name, which is in lower case.
std::ptrdiff_t lines_named(std::string_view bytes, std::string_view name) {
    std::ptrdiff_t count = 0;
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos;
         end = bytes.find('\n')) {
        bytes.remove_prefix(end + 1);
        count += ascii_lowered(std::string(bytes.substr(0, bytes.find(':')))) == name ? 1 : 0;
    }
    return count;
}

// The library passes over a line without a value: where a body ends, nobody in front of us may have
// read in another way.
bool is_framing_read(std::string_view bytes, const supply::ServedRequest& request) {
    return std::ranges::all_of(
        std::to_array<std::string_view>({"content-length", "transfer-encoding"}),
        [&](std::string_view name) {
            return lines_named(bytes, name) ==
                   std::ranges::count(request.headers, name, &supply::HttpHeader::name);
        });
}

}  // namespace

std::string_view httplib_version() noexcept {
    return CPPHTTPLIB_VERSION;
}

// Its sockets and threads are not used: a header is all that it is given.
class HeadReader::Library final : public httplib::Server {
  public:
    Library() {
        set_pre_routing_handler([this](const httplib::Request& request, httplib::Response&) {
            take(request);
            return HandlerResponse::Handled;
        });
    }

    [[nodiscard]] RequestHead read(std::string_view bytes) {
        head_ = {};
        head_.refused = bad_request;
        HeaderStream stream(bytes);
        bool is_closed = false;
        process_request(stream, true, is_closed, nullptr);
        if (!stream.is_all_read() ||
            (head_.refused == 0 && !is_framing_read(bytes, head_.request))) {
            head_.refused = bad_request;
        }
        return std::exchange(head_, {});
    }

  private:
    void take(const httplib::Request& request) {
        head_.request.method = request.method;
        head_.request.target = request.target;
        for (const auto& [name, value] : request.headers) {
            std::string lowered = ascii_lowered(name);
            if (std::ranges::find(added_names, lowered) == added_names.end()) {
                head_.request.headers.push_back({std::move(lowered), value});
            }
        }
        const auto connection = head_.request.header("connection");
        const std::string wish = ascii_lowered(std::string(connection.value_or("")));
        head_.keeps_alive = request.version == "HTTP/1.1" ? wish != "close" : wish == "keep-alive";
        const auto expects = head_.request.header("expect");
        head_.waits_to_go_on = expects && ascii_lowered(std::string(*expects)) == "100-continue";
        head_.refused = read_length(head_.request, head_.body_size) ? 0 : bad_request;
        const auto& headers = head_.request.headers;
        if (std::ranges::find(headers, "transfer-encoding", &supply::HttpHeader::name) !=
            headers.end()) {
            head_.refused = not_implemented;
        }
    }

    RequestHead head_;
};

HeadReader::HeadReader() : library_(std::make_unique<Library>()) {}

HeadReader::~HeadReader() = default;

RequestHead HeadReader::read(std::string_view bytes) {
    if (!is_plain(bytes)) {
        RequestHead refused;
        refused.refused = bad_request;
        return refused;
    }
    return library_->read(bytes);
}

}  // namespace aion::net
