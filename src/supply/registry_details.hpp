// SPDX-License-Identifier: MIT OR Apache-2.0
// What can go wrong between us and a registry.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "base/details.hpp"

namespace aion::supply {

/// Names and texts are a promise to programs and scripts; docs/errors.md lists the names.
enum class RegistryDetail : std::uint8_t {
    http_bad_url,              ///< A URL that is none of http or https, or has what none needs.
    http_unreachable,          ///< No connection, or no such host.
    http_insecure,             ///< No TLS, or a certificate that does not hold.
    http_timeout,              ///< Too slow, or nothing came.
    http_broken_off,           ///< The connection ended early.
    http_too_long,             ///< A header or body beyond the limits.
    http_bad_answer,           ///< No HTTP.
    http_bad_redirect,         ///< A redirect that is not followed.
    registry_plain_http,       ///< What would go over the network without TLS.
    registry_denied,           ///< The registry wants other credentials, or none help.
    registry_not_found,        ///< The registry does not have it.
    registry_refused,          ///< Another status than the one that means success.
    registry_bad_challenge,    ///< A question for credentials that is not answered.
    registry_bad_answer,       ///< An answer that is not what the specification says.
    registry_other_digest,     ///< A registry that says of content what it is not.
    registry_no_end,           ///< A list that goes on in circles, or for too long.
    registry_bad_credentials,  ///< A docker credentials file or helper that says nothing usable.
};

inline constexpr NameTable registry_details(std::to_array<DetailRow<RegistryDetail>>({
    {RegistryDetail::http_bad_url, "http_bad_url", "'{}' is no URL to go to: {}"},
    {RegistryDetail::http_unreachable, "http_unreachable", "cannot reach {}: {}"},
    {RegistryDetail::http_insecure, "http_insecure", "no secure connection to {}: {}"},
    {RegistryDetail::http_timeout, "http_timeout", "{} is too slow: {}"},
    {RegistryDetail::http_broken_off, "http_broken_off", "{} broke off: {}"},
    {RegistryDetail::http_too_long, "http_too_long", "{} sends more than {} bytes of {}"},
    {RegistryDetail::http_bad_answer, "http_bad_answer", "{} does not answer in HTTP: {}"},
    {RegistryDetail::http_bad_redirect, "http_bad_redirect",
     "{} redirects to where we do not go: {}"},
    {RegistryDetail::registry_plain_http, "registry_plain_http",
     "{} would be spoken to without encryption"},
    {RegistryDetail::registry_denied, "registry_denied", "{} denies access ({}): {}"},
    {RegistryDetail::registry_not_found, "registry_not_found", "{} is not there"},
    {RegistryDetail::registry_refused, "registry_refused", "{} answers {}"},
    {RegistryDetail::registry_bad_challenge, "registry_bad_challenge",
     "{} asks for credentials in a way that is not answered: {}"},
    {RegistryDetail::registry_bad_answer, "registry_bad_answer",
     "{} does not keep to the distribution specification: {}"},
    {RegistryDetail::registry_other_digest, "registry_other_digest",
     "{} is something else than the registry says: {} instead of {}"},
    {RegistryDetail::registry_no_end, "registry_no_end",
     "a list of {} has no end: more than {} {}"},
    {RegistryDetail::registry_bad_credentials, "registry_bad_credentials", "{}: {}"},
}));

consteval const auto& details_of(RegistryDetail /*of which layer*/) {
    return registry_details;
}

/// `transfer_failed` with a detail.
template <RegistryDetail detail, class... Args>
[[nodiscard]] Error transfer_error(const Args&... args) {
    Told text = told<detail>(args...);
    return error_because(ErrorCode::transfer_failed, std::move(text.text)).with_detail(text.detail);
}

/// Whether the same request may succeed a little later.
[[nodiscard]] inline bool is_passing(const Error& error) {
    const auto name = [](RegistryDetail detail) { return registry_details.find(detail)->name; };
    return error.code() == ErrorCode::transfer_failed &&
           (error.detail() == name(RegistryDetail::http_unreachable) ||
            error.detail() == name(RegistryDetail::http_timeout) ||
            error.detail() == name(RegistryDetail::http_broken_off));
}

}  // namespace aion::supply
