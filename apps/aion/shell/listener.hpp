// SPDX-License-Identifier: MIT OR Apache-2.0
// Waiting for requests, as a program that talks to networks does.
#pragma once

#include <string>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/supply/http_service.hpp"

namespace aion::cli {

/// Where to listen, as the command line says it.
struct ListenChoice {
    std::string address = "127.0.0.1:0";
    bool for_others = false;  ///< Also where other machines reach it.
};

/// Listens from the moment that it is made.
class Listener {
  public:
    Listener() = default;
    virtual ~Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    Listener(Listener&&) = delete;
    Listener& operator=(Listener&&) = delete;

    /// `127.0.0.1:8080`.
    [[nodiscard]] virtual std::string address() const = 0;
    /// Serves until `env` is asked to stop; see `net::HttpServer::run`.
    [[nodiscard]] virtual Result<> serve(Env& env, supply::HttpService& service) = 0;
};

}  // namespace aion::cli
