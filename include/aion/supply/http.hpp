// SPDX-License-Identifier: MIT OR Apache-2.0
// HTTP as registries need it, without a network: who sends a request is somebody else
// (aion/net/curl_client.hpp, or a test).
//
// A client does one request and nothing of its own accord: it follows no redirect, keeps no cookie,
// knows no password. Those decisions are the caller's (registry_session.cpp).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/result.hpp"

namespace aion::supply {

/// The longest URL that is sent or followed, in bytes.
inline constexpr std::size_t max_url_size = 8192;
/// The most that the header of an answer may have, all lines together, in bytes.
inline constexpr std::size_t max_http_header_size = std::size_t{64} << 10U;

/// A URL of http or https (RFC 3986), taken apart.
struct HttpUrl {
    bool is_secure = true;  ///< https.
    std::string host;       ///< In lower case; an IPv6 address without its brackets.
    std::uint16_t port = 443;
    std::string target = "/";  ///< Path and query, from the first slash on.

    /// As it is sent.
    [[nodiscard]] std::string text() const;
    /// `host` or `host:port`, as URLs have it.
    [[nodiscard]] std::string authority() const;
    /// For messages: without the query, which may hold what opens a door.
    [[nodiscard]] std::string shown() const;
    /// Whether the host is this machine by its name or address: `localhost`, 127.0.0.0/8, ::1.
    [[nodiscard]] bool is_loopback() const;

    /// Same scheme, host and port: who may be told a password.
    [[nodiscard]] bool same_origin(const HttpUrl& other) const {
        return is_secure == other.is_secure && host == other.host && port == other.port;
    }

    friend bool operator==(const HttpUrl&, const HttpUrl&) = default;
};

/// Reads an absolute URL. A user, a fragment, white space, control characters and bytes beyond
/// ASCII are refused: nobody who means well sends them. Error: `transfer_failed`
/// (`http_bad_url`).
[[nodiscard]] Result<HttpUrl> http_url(std::string_view text);

/// What `reference`, a `Location` or `Link`, means in an answer of `base` (RFC 3986 section 5.2,
/// without removing dot segments, which the server does). Error: as `http_url`.
[[nodiscard]] Result<HttpUrl> http_url(const HttpUrl& base, std::string_view reference);

/// `text` as part of a path or query: everything but letters, digits, `-._~` in percent signs.
[[nodiscard]] std::string percent_encoded(std::string_view text);

enum class HttpMethod : std::uint8_t { get, head, post, put, patch };

/// `GET` and so on.
[[nodiscard]] std::string_view name_of(HttpMethod method) noexcept;

struct HttpHeader {
    std::string name;
    std::string value;
};

/// What came back.
struct HttpResponse {
    int status = 0;
    std::vector<HttpHeader> headers;  ///< In the order in which they came, names in lower case.
    Bytes body;                       ///< Empty where it went to `HttpRequest::take`.

    /// The value of the first header of that name, which is in lower case, or nothing.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    /// The number that such a header is, or nothing: none there, or no decimal number.
    [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;
};

/// Takes the next bytes; an error ends what gives them.
using HttpSink = std::function<Result<>(ByteView piece)>;

/// What a request sends.
struct HttpBody {
    std::uint64_t size = 0;  ///< Bytes.
    /// Gives the sink exactly so many bytes, in order. It may be told to stop by an error, which it
    /// returns; errors of its own end the request. Called at most once for each call of `send`.
    std::function<Result<>(const HttpSink& sink)> give;
};

struct HttpRequest {
    HttpMethod method = HttpMethod::get;
    HttpUrl url = {};
    std::vector<HttpHeader> headers = {};
    /// Nothing sends `Content-Length: 0` where the method has a body.
    std::optional<HttpBody> body = std::nullopt;
    /// The most of a body that is kept in `HttpResponse::body`, in bytes.
    std::uint64_t max_body = std::uint64_t{1} << 20U;
    /// Where the body of an answer goes for which `streams` is true, which may refuse it by an
    /// error; the most of it, in bytes.
    std::function<Result<bool>(const HttpResponse& head)> streams = nullptr;
    HttpSink take = nullptr;
    std::uint64_t max_streamed = UINT64_MAX;
    /// After so many seconds it is given up, however it goes; 0: never while data flows.
    std::uint32_t max_seconds = 0;
};

/// What can go wrong with a request, for who writes an `HttpClient`.
enum class NetworkFault : std::uint8_t {
    unreachable,  ///< No connection, or no such host.
    insecure,     ///< No TLS, or a certificate that does not hold.
    timeout,      ///< Too slow, or nothing came.
    broken_off,   ///< The connection ended early.
    bad_answer,   ///< No HTTP.
};

/// `transfer_failed` with the detail of that fault, `http_unreachable` and so on. `host`: whom it
/// concerns. `why`: what the network says.
[[nodiscard]] Error network_error(NetworkFault fault, std::string_view host, std::string_view why);
/// `transfer_failed` with `http_too_long`: more than `most` bytes of `what`.
[[nodiscard]] Error too_long_error(std::string_view host, std::uint64_t most,
                                   std::string_view what);

/// Does requests, one at a time and for one thread at a time.
class HttpClient {
  public:
    HttpClient() = default;
    virtual ~HttpClient() = default;
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    HttpClient(HttpClient&&) = delete;
    HttpClient& operator=(HttpClient&&) = delete;

    /// Does `request` and nothing more. An answer is an answer whatever its status. Errors: those
    /// of `body.give`, `streams` and `take`; `invalid_argument` for a header that would be two;
    /// `interrupted`; those of `network_error` and `too_long_error`.
    [[nodiscard]] virtual Result<HttpResponse> send(const HttpRequest& request) = 0;

    /// Lets `milliseconds` pass. Error: `interrupted`.
    [[nodiscard]] virtual Result<> wait(std::uint32_t milliseconds) = 0;
};

}  // namespace aion::supply
