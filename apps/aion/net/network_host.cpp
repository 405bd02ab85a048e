// SPDX-License-Identifier: MIT OR Apache-2.0
#include "net/network_host.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "aion/supply/oci_registry.hpp"
#include "aion/version.hpp"
#include "net/credential_helper.hpp"

#ifdef AION_SERVES
#include "aion/net/http_server.hpp"
#endif
#ifdef AION_SHARES
#include "aion/net/postgres_ledger.hpp"
#include "shell/try.hpp"
#endif

namespace aion::cli {
namespace {

// Two requests at a time: while one blob is being written at the other end, the next is on its way.
constexpr unsigned most_at_a_time = 2;
constexpr std::int64_t longest_timeout_s = 86'400;

supply::RegistryScheme scheme_of(const RegistryChoice& choice) {
    if (choice.plain_http) {
        return supply::RegistryScheme::http;
    }
    return choice.https ? supply::RegistryScheme::https : supply::RegistryScheme::automatic;
}

}  // namespace

std::unique_ptr<supply::CredentialSource> NetworkHost::credentials(Env& env) const {
    std::filesystem::path file;
    if (const auto folder = setting("DOCKER_CONFIG")) {
        file = std::filesystem::path(*folder) / "config.json";
    } else if (const auto at_home = home()) {
        file = *at_home / ".docker" / "config.json";
    } else {
        return std::make_unique<supply::NoCredentials>();
    }
    return std::make_unique<supply::DockerCredentials>(env, std::move(file),
                                                       &run_credential_helper);
}

net::CurlSettings NetworkHost::settings(Env& env, const RegistryChoice& choice) const {
    net::CurlSettings settings;
    settings.interrupt = env.interrupt();
    settings.user_agent = "aion/" + std::string(version_string);
    settings.ca_file =
        choice.ca_file.empty() ? setting("SSL_CERT_FILE").value_or("") : choice.ca_file;
    if (choice.timeout) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(*choice.timeout).count();
        settings.timeout_s =
            static_cast<std::uint32_t>(std::min<std::int64_t>(seconds, longest_timeout_s));
    }
    return settings;
}

Outcome<std::unique_ptr<supply::OciStore>> NetworkHost::open_registry(
    Env& env, const supply::OciReference& reference, const RegistryChoice& choice) {
    Connected& connected = connected_.emplace_back(
        std::make_unique<net::CurlClients>(settings(env, choice)), credentials(env));
    auto store = supply::RegistryStore::open(reference, scheme_of(choice), *connected.clients,
                                             *connected.credentials, most_at_a_time);
    if (!store) {
        return fail_with(store.error());
    }
    return std::unique_ptr<supply::OciStore>(*std::move(store));
}

Outcome<std::unique_ptr<supply::HttpClient>> NetworkHost::open_http(Env& env,
                                                                    const RegistryChoice& choice) {
    return net::CurlClients(settings(env, choice)).make();
}

#ifdef AION_SERVES

namespace {

class ServerListener final : public Listener {
  public:
    explicit ServerListener(std::unique_ptr<net::HttpServer> server) noexcept
        : server_(std::move(server)) {}

    [[nodiscard]] std::string address() const override { return server_->address(); }

    [[nodiscard]] Result<> serve(Env& env, supply::HttpService& service) override {
        return server_->run(env, service);
    }

  private:
    std::unique_ptr<net::HttpServer> server_;
};

}  // namespace

Outcome<std::unique_ptr<Listener>> NetworkHost::listen(const ListenChoice& choice) {
    auto server = net::HttpServer::listen(
        {.listen = choice.address, .allow_other_machines = choice.for_others});
    if (!server) {
        return fail_with(server.error());
    }
    return std::make_unique<ServerListener>(*std::move(server));
}

#else

Outcome<std::unique_ptr<Listener>> NetworkHost::listen(const ListenChoice& /*choice*/) {
    return fail_with("this aion-net cannot serve",
                     "Build it with libcpp-httplib-dev installed (./dev setup, ./dev build).");
}

#endif

#ifdef AION_SHARES

Outcome<std::unique_ptr<tlog::SharedLedger>> NetworkHost::open_ledger(const std::string& where,
                                                                      const std::string& origin) {
    return or_fail(net::open_postgres_ledger({.where = where, .origin = origin}),
                   "Failed to open the database that the log is shared by");
}

#endif

}  // namespace aion::cli
