// SPDX-License-Identifier: MIT OR Apache-2.0
// What is served over HTTP, without a network: who reads requests and sends answers is somebody
// else (aion/net/http_server.hpp, or a test).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aion/supply/http.hpp"

namespace aion::supply {

/// A request as it came in, whole.
struct ServedRequest {
    std::string method;                    ///< `GET`, in capitals.
    std::string target;                    ///< Path and query as they were sent, nothing decoded.
    std::vector<HttpHeader> headers = {};  ///< Names in lower case.
    std::string body = {};

    /// `target` without its query.
    [[nodiscard]] std::string_view path() const {
        return std::string_view(target).substr(0, target.find('?'));
    }

    /// The value of the only header of that name, which is in lower case; nothing where there is
    /// none, or more than one.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
        std::optional<std::string_view> found;
        for (const HttpHeader& each : headers) {
            if (each.name != name) {
                continue;
            }
            if (found) {
                return std::nullopt;
            }
            found = each.value;
        }
        return found;
    }
};

struct ServedAnswer {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body = {};
    std::vector<HttpHeader> headers = {};  ///< Others than type and length of the body.
};

/// Answers requests. Called by one thread, one call after the other.
class HttpService {
  public:
    HttpService() = default;
    virtual ~HttpService() = default;
    HttpService(const HttpService&) = delete;
    HttpService& operator=(const HttpService&) = delete;
    HttpService(HttpService&&) = delete;
    HttpService& operator=(HttpService&&) = delete;

    /// The most that the body of a request may have, of which all but the body is known, in bytes.
    /// More is refused with 413 before it is read.
    [[nodiscard]] virtual std::size_t max_body(const ServedRequest& request) const = 0;

    /// One answer for each request, in their order. They came in at about the same time: what costs
    /// as much for many as for one, such as a flush to disk, is done once for all of them.
    [[nodiscard]] virtual std::vector<ServedAnswer> answer(
        std::span<const ServedRequest> requests) = 0;
};

/// An answer that is one line of text.
[[nodiscard]] inline ServedAnswer line_of_text(int status, std::string text) {
    text += '\n';
    return {.status = status, .body = std::move(text)};
}

}  // namespace aion::supply
