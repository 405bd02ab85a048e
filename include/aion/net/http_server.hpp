// SPDX-License-Identifier: MIT OR Apache-2.0
// Serving over HTTP/1.1: sockets, and bounds on all that whoever connects can make us keep.
//
// One thread does everything. It reads requests as they come in, each into a buffer of its own, and
// hands over those that are whole; so a client that is slow, or never finishes, has a connection
// and costs nobody else's time. Who is not known is not believed: there is no TLS and no password
// here, for which there are servers to put in front.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/supply/http_service.hpp"

namespace aion::net {

struct HttpServerSettings {
    /// `ADDRESS:PORT`, the address as digits, that of IPv6 in brackets; port 0 takes a free one.
    std::string listen = "127.0.0.1:0";
    /// Whether an address that is reached from other machines may be listened at.
    bool allow_other_machines = false;
    /// At a time; the next are told to come back later (503, `Retry-After`). One that waits for its
    /// next request makes room for them.
    std::size_t max_connections = 256;
    /// Of a request without its body, in bytes.
    std::size_t max_header = std::size_t{16} << 10U;
    /// From the first byte of a request to its last, and for an answer to be taken.
    std::chrono::milliseconds request_time{10'000};
    /// Between two requests of a connection.
    std::chrono::milliseconds idle_time{15'000};
    /// On one connection; then it is closed.
    std::size_t max_requests = 1000;
    /// Of answers that are not sent yet, all together, in bytes; beyond that requests are told to
    /// come back later.
    std::size_t max_unsent = std::size_t{128} << 20U;
    /// What is left for requests that are under way when the server is asked to stop.
    std::chrono::milliseconds drain_time{5'000};
};

/// Listens from the moment that it is made.
class HttpServer {
  public:
    /// Errors: `invalid_argument` for an address that is none, that other machines reach though
    /// they may not, or that cannot be listened at, then with the system's reason.
    [[nodiscard]] static Result<std::unique_ptr<HttpServer>> listen(
        const HttpServerSettings& settings);

    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    HttpServer(HttpServer&&) = delete;
    HttpServer& operator=(HttpServer&&) = delete;

    /// Where it listens, the port being the one that was taken: `127.0.0.1:8080`.
    [[nodiscard]] const std::string& address() const noexcept;

    /// Serves until `env` is asked to stop (`Interrupt::request`). Then nobody new is let in, what
    /// has begun to come in is read to its end and answered, and that is all. A success then, and
    /// a change that is done.
    /// Error: `resource_exhausted` when the system gives no more of what is needed to wait.
    [[nodiscard]] Result<> run(Env& env, supply::HttpService& service);

    struct State;  ///< Private to the implementation.
    explicit HttpServer(std::unique_ptr<State> state);

  private:
    std::unique_ptr<State> state_;
};

/// Version of the cpp-httplib in use, which reads the headers of requests, e.g. `0.11.4`.
[[nodiscard]] std::string_view httplib_version() noexcept;

}  // namespace aion::net
