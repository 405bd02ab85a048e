// SPDX-License-Identifier: MIT OR Apache-2.0
// Requests to one registry: who we are to it, where we let it send us, and how often we try.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/supply/http.hpp"
#include "aion/supply/oci_registry.hpp"
#include "aion/supply/registry_credentials.hpp"
#include "supply/registry_challenge.hpp"

namespace aion::supply {

/// Any number of threads may use it at a time.
class RegistrySession {
  public:
    /// `root` is the registry's URL, with the target `/`; `registry` is what credentials are kept
    /// for. All must outlive it.
    RegistrySession(HttpUrl root, std::string registry, HttpClients& clients,
                    CredentialSource& credentials);
    ~RegistrySession();
    RegistrySession(const RegistrySession&) = delete;
    RegistrySession& operator=(const RegistrySession&) = delete;
    RegistrySession(RegistrySession&&) = delete;
    RegistrySession& operator=(RegistrySession&&) = delete;

    [[nodiscard]] const HttpUrl& root() const noexcept { return root_; }

    /// The answer to `request` once, behind all redirects of GET and HEAD, and with credentials
    /// where they are asked for by the registry itself. `what` names it in messages. Errors: those
    /// of `HttpClient::send`; `transfer_failed` with `http_bad_redirect`,
    /// `registry_plain_http`, `registry_bad_challenge`, `registry_bad_credentials` or
    /// `registry_denied`.
    [[nodiscard]] Result<HttpResponse> send_once(const HttpRequest& request, std::string_view what);

    /// The same, several times where the registry is busy or does not answer. For requests that
    /// may be done twice and whose answer does not stream.
    [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, std::string_view what);

    /// Whether to try again after a failure, and if so, waits. `failures`: so many in a row, this
    /// one included. Error: `interrupted`.
    [[nodiscard]] Result<bool> wait_after(const Result<HttpResponse>& failure, unsigned failures);

    /// Whether the URL is one where requests may go. Error: `transfer_failed`
    /// (`registry_plain_http`, `http_bad_redirect`).
    [[nodiscard]] Result<> check_target(const HttpUrl& url) const;

  private:
    struct Lease;

    [[nodiscard]] Result<HttpResponse> transmit(const HttpRequest& request);
    [[nodiscard]] Result<bool> answer_challenge(const HttpResponse& response,
                                                const std::string& used, std::string_view what);
    [[nodiscard]] Result<std::string> authorization_for(const Challenge& challenge);
    [[nodiscard]] Result<std::string> fetch_token(const Challenge& challenge,
                                                  const RegistryCredentials& known);
    [[nodiscard]] Result<HttpUrl> realm_of(const Challenge& challenge) const;
    [[nodiscard]] Result<RegistryCredentials> known_credentials();
    [[nodiscard]] std::string authorization() const;

    HttpUrl root_;
    std::string registry_;
    HttpClients* clients_;
    CredentialSource* credentials_;

    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<HttpClient>> idle_;
    std::string authorization_;  // The header's value; empty: none.
    std::optional<RegistryCredentials> known_;
};

/// Whether a status is that of a registry that may answer later.
[[nodiscard]] constexpr bool is_busy(int status) noexcept {
    return status == 408 || status == 429 || status >= 500;
}

/// What an answer that is no success comes to: `registry_denied` for 401 and 403, else
/// `registry_refused`. The codes in the registry's own words are shown, texts are not: they may
/// repeat what we sent.
[[nodiscard]] Error error_of(const HttpResponse& response, std::string_view what);

}  // namespace aion::supply
