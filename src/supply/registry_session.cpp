// SPDX-License-Identifier: MIT OR Apache-2.0
#include "supply/registry_session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/base/utf8.hpp"
#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "supply/registry_details.hpp"

namespace aion::supply {
namespace {

constexpr std::size_t longest_token = std::size_t{32} << 10U;
constexpr std::size_t largest_token_answer = std::size_t{256} << 10U;
constexpr std::size_t largest_error_answer = std::size_t{64} << 10U;
constexpr std::uint32_t token_seconds = 60;
constexpr std::uint32_t first_wait_ms = 250;
constexpr std::uint64_t longest_wait_s = 30;
constexpr std::size_t most_codes = 3;
constexpr std::size_t longest_code = 40;

bool is_redirect(int status) {
    constexpr std::array<int, 5> redirects = {301, 302, 303, 307, 308};
    return std::ranges::find(redirects, status) != redirects.end();
}

bool is_reading(HttpMethod method) {
    return method == HttpMethod::get || method == HttpMethod::head;
}

// What may stand in a header: nothing that could begin another one.
bool is_header_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_code(std::string_view text) {
    return !text.empty() && text.size() <= longest_code &&
           std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

// `NAME_UNKNOWN, DENIED`: what a registry says is wrong, in the words of the specification only.
std::string codes_of(const HttpResponse& response) {
    std::string out;
    const auto document = json::parse(as_text(response.body), {.error_prefix = "registry: "});
    const auto root = document ? json::ObjectReader::root(*document, "registry: ")
                               : Result<json::ObjectReader>(fail(document.error()));
    const auto errors =
        root ? root->objects_if_any("errors") : Result<json::ObjectReader::Objects>();
    if (!root || !errors) {
        return out;
    }
    std::size_t count = 0;
    for (const json::ObjectReader error : *errors) {
        const auto code = error.text_or_null("code");
        if (code && *code && is_code(**code) && count++ < most_codes) {
            out += (out.empty() ? "" : ", ") + std::string(**code);
        }
    }
    return out;
}

std::string with_parameter(std::string target, std::string_view name, std::string_view value) {
    if (value.empty()) {
        return target;
    }
    target += target.find('?') == std::string::npos ? '?' : '&';
    target += name;
    target += '=';
    return target + percent_encoded(value);
}

std::string basic_of(const RegistryCredentials& known) {
    return "Basic " + to_base64(as_bytes(known.user + ":" + known.password));
}

HttpBody body_of(const std::string& form) {
    return {.size = form.size(),
            .give = [&form](const HttpSink& sink) { return sink(as_bytes(form)); }};
}

Result<std::string> token_in(const HttpResponse& response, const HttpUrl& realm) {
    const std::string host = realm.authority();
    // Texts of the reader are not passed on: they may show what is secret.
    const auto document = json::parse(as_text(response.body), {.error_prefix = "token: "});
    const auto root = document ? json::ObjectReader::root(*document, "token: ")
                               : Result<json::ObjectReader>(fail(document.error()));
    if (!root) {
        return fail(transfer_error<RegistryDetail::registry_bad_challenge>(
            host, "what should be a token is no JSON object"));
    }
    for (const std::string_view name : {"token", "access_token"}) {
        const auto token = root->text_or_null(name);
        if (token && *token && !(*token)->empty()) {
            if ((*token)->size() > longest_token || !is_header_text(**token)) {
                break;
            }
            return "Bearer " + std::string(**token);
        }
    }
    return fail(transfer_error<RegistryDetail::registry_bad_challenge>(
        host, "its answer has no token that could be used"));
}

}  // namespace

Error error_of(const HttpResponse& response, std::string_view what) {
    const std::string codes = codes_of(response);
    std::string answer = std::to_string(response.status);
    if (!codes.empty()) {
        answer += " " + codes;
    }
    constexpr int unauthorized = 401;
    constexpr int forbidden = 403;
    if (response.status == unauthorized || response.status == forbidden) {
        return transfer_error<RegistryDetail::registry_denied>(
            what, answer,
            response.status == unauthorized ? "log in, e.g. with docker login or oras login"
                                            : "whoever is logged in may not do this");
    }
    return transfer_error<RegistryDetail::registry_refused>(what, answer);
}

// --- Clients -------------------------------------------------------------------------------------

// A client for one request: an idle one, whose connection is still open, or a new one.
struct RegistrySession::Lease {
    explicit Lease(RegistrySession& of) : session(&of) {
        const std::scoped_lock lock(of.mutex_);
        if (!of.idle_.empty()) {
            client = std::move(of.idle_.back());
            of.idle_.pop_back();
        }
    }

    ~Lease() {
        const std::scoped_lock lock(session->mutex_);
        session->idle_.push_back(std::move(client));
    }

    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease(Lease&&) = delete;
    Lease& operator=(Lease&&) = delete;

    HttpClient& operator*() {
        if (client == nullptr) {
            client = session->clients_->make();
        }
        return *client;
    }

    RegistrySession* session;
    std::unique_ptr<HttpClient> client;
};

RegistrySession::RegistrySession(HttpUrl root, std::string registry, HttpClients& clients,
                                 CredentialSource& credentials)
    : root_(std::move(root)),
      registry_(std::move(registry)),
      clients_(&clients),
      credentials_(&credentials) {}

RegistrySession::~RegistrySession() = default;

Result<HttpResponse> RegistrySession::transmit(const HttpRequest& request) {
    Lease client(*this);
    return (*client).send(request);
}

Result<bool> RegistrySession::wait_after(const Result<HttpResponse>& failure, unsigned failures) {
    const bool may_pass = failure ? is_busy(failure->status) : is_passing(failure.error());
    if (!may_pass || failures >= max_registry_tries) {
        return false;
    }
    std::uint64_t wait_ms = std::uint64_t{first_wait_ms} << (failures - 1);
    if (const auto asked = failure ? failure->number("retry-after") : std::nullopt) {
        if (*asked > longest_wait_s) {
            return false;
        }
        wait_ms = std::max(wait_ms, *asked * 1000);
    }
    Lease client(*this);
    AION_TRY((*client).wait(static_cast<std::uint32_t>(wait_ms)));
    return true;
}

// --- Where requests go ---------------------------------------------------------------------------

Result<> RegistrySession::check_target(const HttpUrl& url) const {
    // Nobody elsewhere gets us to talk to what listens on this machine.
    if (url.is_loopback() && !root_.is_loopback()) {
        return fail(
            transfer_error<RegistryDetail::http_bad_redirect>(root_.authority(), url.shown()));
    }
    if (url.is_secure || url.same_origin(root_) ||
        (!root_.is_secure && root_.is_loopback() && url.is_loopback())) {
        return {};
    }
    return fail(transfer_error<RegistryDetail::registry_plain_http>(url.shown()));
}

Result<HttpResponse> RegistrySession::send_once(const HttpRequest& request, std::string_view what) {
    HttpRequest now = request;
    now.max_body = std::max<std::uint64_t>(request.max_body, largest_error_answer);
    bool has_answered = false;
    for (unsigned hops = 0;;) {
        AION_TRY(check_target(now.url));
        const bool is_registry = now.url.same_origin(root_);
        const std::string used = is_registry ? authorization() : std::string();
        now.headers = request.headers;
        if (!used.empty()) {
            now.headers.push_back({"Authorization", used});
        }
        AION_TRY_ASSIGN(HttpResponse response, transmit(now));
        if (response.status == 401 && is_registry && !has_answered) {
            has_answered = true;
            AION_TRY_ASSIGN(const bool is_new, answer_challenge(response, used, what));
            if (is_new) {
                continue;
            }
        }
        if (!is_redirect(response.status)) {
            return response;
        }
        const auto location = response.header("location");
        if (!is_reading(request.method) || !location || ++hops > max_redirects) {
            return fail(transfer_error<RegistryDetail::http_bad_redirect>(
                now.url.authority(), hops > max_redirects
                                         ? "more than " + std::to_string(max_redirects) + " times"
                                         : "nowhere, or what is uploaded"));
        }
        AION_TRY_ASSIGN(HttpUrl next, http_url(now.url, *location));
        if (now.url.is_secure && !next.is_secure) {
            return fail(transfer_error<RegistryDetail::http_bad_redirect>(
                now.url.authority(), next.shown() + ", without encryption"));
        }
        now.url = std::move(next);
    }
}

Result<HttpResponse> RegistrySession::send(const HttpRequest& request, std::string_view what) {
    for (unsigned failures = 1;; ++failures) {
        auto response = send_once(request, what);
        if (response && !is_busy(response->status)) {
            return response;
        }
        AION_TRY_ASSIGN(const bool is_again, wait_after(response, failures));
        if (!is_again) {
            return response;
        }
    }
}

// --- Who we are ----------------------------------------------------------------------------------

std::string RegistrySession::authorization() const {
    const std::scoped_lock lock(mutex_);
    return authorization_;
}

Result<RegistryCredentials> RegistrySession::known_credentials() {
    const std::scoped_lock lock(mutex_);
    if (!known_) {
        AION_TRY_ASSIGN(auto found, credentials_->find(registry_));
        known_ = found ? *std::move(found) : RegistryCredentials();
    }
    return *known_;
}

// Whether there is another answer now than the one that was used.
Result<bool> RegistrySession::answer_challenge(const HttpResponse& response,
                                               const std::string& used, std::string_view what) {
    if (authorization() != used) {
        return true;  // another thread was asked, too
    }
    std::optional<Challenge> chosen;
    for (const HttpHeader& header : response.headers) {
        if (header.name != "www-authenticate") {
            continue;
        }
        const auto challenges = parse_challenges(header.value);
        if (!challenges) {
            return fail(transfer_error<RegistryDetail::registry_bad_challenge>(
                root_.authority(), "its challenge is malformed"));
        }
        for (const Challenge& one : *challenges) {
            if (one.scheme == "bearer" || (one.scheme == "basic" && !chosen)) {
                chosen = one;
            }
        }
    }
    if (!chosen) {
        return fail(error_of(response, what));
    }
    AION_TRY_ASSIGN(std::string answer, authorization_for(*chosen));
    if (answer.empty() || answer == used) {
        return false;
    }
    const std::scoped_lock lock(mutex_);
    authorization_ = std::move(answer);
    return true;
}

// Empty: nobody knows any.
Result<std::string> RegistrySession::authorization_for(const Challenge& challenge) {
    AION_TRY_ASSIGN(const RegistryCredentials known, known_credentials());
    if (challenge.scheme == "basic") {
        return known.user.empty() ? std::string() : basic_of(known);
    }
    if (!known.access_token.empty()) {
        if (!is_header_text(known.access_token)) {
            return fail(transfer_error<RegistryDetail::registry_bad_credentials>(
                registry_, "a token that no header can have"));
        }
        return "Bearer " + known.access_token;
    }
    return fetch_token(challenge, known);
}

Result<HttpUrl> RegistrySession::realm_of(const Challenge& challenge) const {
    const auto refuse = [this](std::string_view why) {
        return fail(transfer_error<RegistryDetail::registry_bad_challenge>(root_.authority(), why));
    };
    auto realm = http_url(challenge.parameter("realm"));
    if (!realm) {
        return refuse("its realm is no URL of https");
    }
    // A password goes over https, or to where the user has said that it may go without.
    const bool is_own = realm->host == root_.host || (realm->is_loopback() && root_.is_loopback());
    if (!realm->is_secure && (root_.is_secure || !is_own)) {
        return refuse("its realm is without encryption");
    }
    if (realm->is_loopback() && !root_.is_loopback()) {
        return refuse("its realm is this machine");
    }
    return realm;
}

Result<std::string> RegistrySession::fetch_token(const Challenge& challenge,
                                                 const RegistryCredentials& known) {
    AION_TRY_ASSIGN(HttpUrl realm, realm_of(challenge));
    HttpRequest request{.method = HttpMethod::get,
                        .url = realm,
                        .headers = {{"Accept", "application/json"}},
                        .max_body = largest_token_answer,
                        .max_seconds = token_seconds};
    std::string form;
    if (!known.identity_token.empty()) {
        request.method = HttpMethod::post;
        form = with_parameter("?grant_type=refresh_token&client_id=aion", "service",
                              challenge.parameter("service"));
        form = with_parameter(form, "scope", challenge.parameter("scope"));
        form = with_parameter(form, "refresh_token", known.identity_token).substr(1);
        request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
        request.body = body_of(form);
    } else {
        request.url.target =
            with_parameter(with_parameter(realm.target, "service", challenge.parameter("service")),
                           "scope", challenge.parameter("scope"));
        if (!known.user.empty()) {
            request.headers.push_back({"Authorization", basic_of(known)});
        }
    }
    for (unsigned failures = 1;; ++failures) {
        auto response = transmit(request);
        if (response && !is_busy(response->status)) {
            if (response->status != 200) {
                return fail(error_of(*response, realm.authority()));
            }
            return token_in(*response, realm);
        }
        AION_TRY_ASSIGN(const bool is_again, wait_after(response, failures));
        if (!is_again) {
            AION_TRY_ASSIGN(const HttpResponse last, std::move(response));
            return fail(error_of(last, realm.authority()));
        }
    }
}

}  // namespace aion::supply
