// SPDX-License-Identifier: MIT OR Apache-2.0
// The host of aion-net: a process that may open connections.
#pragma once

#include <memory>
#include <vector>

#include "aion/net/curl_client.hpp"
#include "aion/supply/registry_credentials.hpp"
#include "shell/host.hpp"

namespace aion::cli {

/// Stores that it opens must not outlive it.
class NetworkHost final : public ProcessHost {
  public:
    [[nodiscard]] Outcome<std::unique_ptr<supply::OciStore>> open_registry(
        Env& env, const supply::OciReference& reference, const RegistryChoice& choice) override;

    [[nodiscard]] Outcome<std::unique_ptr<supply::HttpClient>> open_http(
        Env& env, const RegistryChoice& choice) override;
    [[nodiscard]] Outcome<std::unique_ptr<Listener>> listen(const ListenChoice& choice) override;
#ifdef AION_SHARES
    [[nodiscard]] Outcome<std::unique_ptr<tlog::SharedLedger>> open_ledger(
        const std::string& where, const std::string& origin) override;
#endif

  private:
    struct Connected {
        std::unique_ptr<net::CurlClients> clients;
        std::unique_ptr<supply::CredentialSource> credentials;
    };

    [[nodiscard]] std::unique_ptr<supply::CredentialSource> credentials(Env& env) const;
    [[nodiscard]] net::CurlSettings settings(Env& env, const RegistryChoice& choice) const;

    std::vector<Connected> connected_;
};

}  // namespace aion::cli
