// SPDX-License-Identifier: MIT OR Apache-2.0
// Requests over a network, by libcurl. The one place of this library that opens a socket.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "aion/base/interrupt.hpp"
#include "aion/supply/http.hpp"
#include "aion/supply/oci_registry.hpp"

namespace aion::net {

struct CurlSettings {
    /// To connect, TLS included; and without any data to speak of (`slowest_bytes` a second),
    /// before a request is given up, in seconds.
    std::uint32_t timeout_s = 60;
    /// Certificates to trust, a file in PEM; empty: those that the system trusts.
    std::string ca_file = {};
    /// Whose request to stop is heeded, if any. Must outlive the clients.
    const Interrupt* interrupt = nullptr;
    /// How we call ourselves.
    std::string user_agent = "aion";
};

/// What comes or goes at least in a second, while data flows, in bytes.
inline constexpr std::uint32_t slowest_bytes = 128;

/// Makes clients that keep their connections open. Certificates are always verified. Proxies are
/// those that the environment names (`https_proxy`, `no_proxy`, …), as curl has it; nothing else
/// comes from it, nor from any file of curl's.
class CurlClients final : public supply::HttpClients {
  public:
    explicit CurlClients(CurlSettings settings);

    [[nodiscard]] std::unique_ptr<supply::HttpClient> make() override;

  private:
    CurlSettings settings_;
};

/// Version of the libcurl in use, e.g. `7.88.1`.
[[nodiscard]] const char* curl_version() noexcept;

}  // namespace aion::net
