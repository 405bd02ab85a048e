// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/http.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/utf8.hpp"
#include "base/try.hpp"
#include "supply/registry_details.hpp"

namespace aion::supply {
namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;
constexpr std::size_t longest_shown = 200;

Error bad_url(std::string_view text, std::string_view why) {
    // What stands in front of an @ or behind a ? may be a secret.
    const std::size_t end = std::min({text.find('@'), text.find('?'), longest_shown, text.size()});
    return transfer_error<RegistryDetail::http_bad_url>(escape_controls(text.substr(0, end)), why);
}

bool is_in_urls(char c) {
    return c > ' ' && c < '\x7f' && c != '"' && c != '<' && c != '>' && c != '\\' && c != '^' &&
           c != '`' && c != '{' && c != '|' && c != '}' && c != '#';
}

bool is_in_names(char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || c == '.' || c == '-' || c == '_';
}

bool is_in_addresses(char c) {
    return is_ascii_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

std::optional<std::uint16_t> port_of(std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(digits.begin(), digits.end(), port);
    if (problem != std::errc() || end != digits.end() || port == 0) {
        return std::nullopt;
    }
    return port;
}

// `host`, `host:port`, `[address]` or `[address]:port`.
bool read_authority(std::string_view text, HttpUrl& url) {
    std::string_view behind;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) {
            return false;
        }
        url.host = ascii_lowered(std::string(text.substr(1, end - 1)));
        behind = text.substr(end + 1);
        if (!std::ranges::all_of(url.host, is_in_addresses)) {
            return false;
        }
    } else {
        const std::size_t end = std::min(text.find(':'), text.size());
        url.host = ascii_lowered(std::string(text.substr(0, end)));
        behind = text.substr(end);
        if (!std::ranges::all_of(url.host, is_in_names)) {
            return false;
        }
    }
    if (url.host.empty()) {
        return false;
    }
    url.port = url.is_secure ? https_port : http_port;
    if (behind.empty()) {
        return true;
    }
    const auto port = behind.starts_with(':') ? port_of(behind.substr(1)) : std::nullopt;
    url.port = port.value_or(0);
    return port.has_value();
}

bool is_dotted_number(std::string_view host) {
    return std::ranges::all_of(host, [](char c) { return is_ascii_digit(c) || c == '.'; }) &&
           std::ranges::count(host, '.') == 3;
}

}  // namespace

std::string HttpUrl::authority() const {
    std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != (is_secure ? https_port : http_port)) {
        out += ":" + std::to_string(port);
    }
    return out;
}

std::string HttpUrl::text() const {
    return (is_secure ? "https://" : "http://") + authority() + target;
}

std::string HttpUrl::shown() const {
    const std::string all = text();
    return all.substr(0, std::min(all.find('?'), longest_shown));
}

bool HttpUrl::is_loopback() const {
    return host == "localhost" || host == "::1" ||
           (host.starts_with("127.") && is_dotted_number(host));
}

Result<HttpUrl> http_url(std::string_view text) {
    if (text.size() > max_url_size) {
        return fail(bad_url(text, "longer than " + std::to_string(max_url_size) + " bytes"));
    }
    if (!std::ranges::all_of(text, is_in_urls)) {
        return fail(bad_url(text, "a character that no URL has"));
    }
    HttpUrl url;
    const std::size_t scheme_end = std::min(text.find("://"), text.size());
    const std::string scheme = ascii_lowered(std::string(text.substr(0, scheme_end)));
    if (scheme != "https" && scheme != "http") {
        return fail(bad_url(text, "neither https nor http"));
    }
    url.is_secure = scheme == "https";
    text.remove_prefix(scheme.size());
    if (!text.starts_with("://")) {
        return fail(bad_url(text, "no host"));
    }
    text.remove_prefix(std::string_view("://").size());
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    const std::string_view authority = text.substr(0, end);
    if (authority.find('@') != std::string_view::npos) {
        return fail(bad_url({}, "it names a user"));
    }
    if (!read_authority(authority, url)) {
        return fail(bad_url(text, "no host, or no port from 1 to 65535"));
    }
    url.target = std::string(text.substr(end));
    if (!url.target.starts_with('/')) {
        url.target.insert(0, "/");
    }
    return url;
}

Result<HttpUrl> http_url(const HttpUrl& base, std::string_view reference) {
    const std::size_t colon = reference.find("://");
    if (colon != std::string_view::npos && colon < reference.find_first_of("/?")) {
        return http_url(reference);
    }
    HttpUrl root = base;
    root.target = "/";
    std::string whole = root.text();
    whole.pop_back();
    if (reference.starts_with("//")) {
        return http_url((base.is_secure ? "https:" : "http:") + std::string(reference));
    }
    if (reference.starts_with('/')) {
        return http_url(whole + std::string(reference));
    }
    const std::string path = base.target.substr(0, base.target.find('?'));
    if (reference.starts_with('?')) {
        return http_url(whole + path + std::string(reference));
    }
    return http_url(whole + path.substr(0, path.rfind('/') + 1) + std::string(reference));
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_in_names(c) || c == '~') {
            out += c;
            continue;
        }
        const auto value = static_cast<unsigned char>(c);
        out += '%';
        out += digits[value >> 4U];
        out += digits[value & 15U];
    }
    return out;
}

std::string_view name_of(HttpMethod method) noexcept {
    switch (method) {
        case HttpMethod::get:
            return "GET";
        case HttpMethod::head:
            return "HEAD";
        case HttpMethod::post:
            return "POST";
        case HttpMethod::put:
            return "PUT";
        case HttpMethod::patch:
            break;
    }
    return "PATCH";
}

Error network_error(NetworkFault fault, std::string_view host, std::string_view why) {
    switch (fault) {
        case NetworkFault::unreachable:
            return transfer_error<RegistryDetail::http_unreachable>(host, why);
        case NetworkFault::insecure:
            return transfer_error<RegistryDetail::http_insecure>(host, why);
        case NetworkFault::timeout:
            return transfer_error<RegistryDetail::http_timeout>(host, why);
        case NetworkFault::broken_off:
            return transfer_error<RegistryDetail::http_broken_off>(host, why);
        case NetworkFault::bad_answer:
            break;
    }
    return transfer_error<RegistryDetail::http_bad_answer>(host, why);
}

Error too_long_error(std::string_view host, std::uint64_t most, std::string_view what) {
    return transfer_error<RegistryDetail::http_too_long>(host, most, what);
}

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
    const auto found = std::ranges::find(headers, name, &HttpHeader::name);
    return found == headers.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

std::optional<std::uint64_t> HttpResponse::number(std::string_view name) const {
    const auto text = header(name);
    std::uint64_t value = 0;
    if (!text || text->empty()) {
        return std::nullopt;
    }
    const auto [end, problem] = std::from_chars(text->begin(), text->end(), value);
    return problem == std::errc() && end == text->end() ? std::optional(value) : std::nullopt;
}

}  // namespace aion::supply
