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

Outcome<std::unique_ptr<supply::OciStore>> NetworkHost::open_registry(
    Env& env, const supply::OciReference& reference, const RegistryChoice& choice) {
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
    Connected& connected = connected_.emplace_back(
        std::make_unique<net::CurlClients>(std::move(settings)), credentials(env));
    auto store = supply::RegistryStore::open(reference, scheme_of(choice), *connected.clients,
                                             *connected.credentials, most_at_a_time);
    if (!store) {
        return fail_with(store.error());
    }
    return std::unique_ptr<supply::OciStore>(*std::move(store));
}

}  // namespace aion::cli
