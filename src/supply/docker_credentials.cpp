// SPDX-License-Identifier: MIT OR Apache-2.0
#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/base64.hpp"
#include "aion/base/files.hpp"
#include "aion/supply/registry_credentials.hpp"
#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "supply/registry_details.hpp"

namespace aion::supply {
namespace {

// Docker Hub is asked for by a name of its own.
constexpr std::string_view hub_key = "https://index.docker.io/v1/";
constexpr std::array<std::string_view, 3> hub_hosts = {"docker.io", "index.docker.io",
                                                       "registry-1.docker.io"};
constexpr std::size_t longest_helper_name = 64;
// What helpers say where they know nobody.
constexpr std::string_view helper_knows_nothing = "credentials not found";
// In the place of a user's name: what comes with it is an identity token.
constexpr std::string_view token_user = "<token>";

using Found = std::optional<RegistryCredentials>;

std::string server_of(const std::string& registry) {
    return std::ranges::find(hub_hosts, registry) == hub_hosts.end() ? registry
                                                                     : std::string(hub_key);
}

// Older files have URLs for keys: `https://registry.example/v1/`.
std::string_view host_in(std::string_view key) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (key.starts_with(scheme)) {
            key.remove_prefix(scheme.size());
        }
    }
    return key.substr(0, key.find('/'));
}

Result<Found> from_entry(const json::ObjectReader& entry, std::string_view where) {
    RegistryCredentials found;
    AION_TRY_ASSIGN(const auto auth, entry.text_or_null("auth"));
    AION_TRY_ASSIGN(const auto user, entry.text_or_null("username"));
    AION_TRY_ASSIGN(const auto password, entry.text_or_null("password"));
    AION_TRY_ASSIGN(const auto identity, entry.text_or_null("identitytoken"));
    AION_TRY_ASSIGN(const auto access, entry.text_or_null("registrytoken"));
    found.user = user.value_or("");
    found.password = password.value_or("");
    found.identity_token = identity.value_or("");
    found.access_token = access.value_or("");
    if (auth && !auth->empty()) {
        const auto decoded = from_base64(*auth);
        const std::string text(decoded ? as_text(*decoded) : std::string_view());
        const std::size_t colon = text.find(':');
        if (colon == std::string::npos) {
            return fail(
                unusable_credentials(where, "'auth' is not the base64 of a user and a password"));
        }
        found.user = text.substr(0, colon);
        // Some write a NUL behind it.
        found.password = text.substr(colon + 1, text.find('\0', colon) - colon - 1);
    }
    const bool is_empty =
        found.user.empty() && found.identity_token.empty() && found.access_token.empty();
    return is_empty ? Found() : Found(std::move(found));
}

Result<Found> from_file(const json::ObjectReader& root, const std::string& registry,
                        std::string_view where) {
    AION_TRY_ASSIGN(const auto auths, root.object_if_any("auths"));
    if (!auths) {
        return Found();
    }
    const std::string server = server_of(registry);
    std::string key;
    for (const json::Member member : root.any_if_any("auths")->children()) {
        if (member.key() == server || (key.empty() && host_in(member.key()) == registry)) {
            key = member.key();
        }
    }
    if (key.empty()) {
        return Found();
    }
    AION_TRY_ASSIGN(const json::ObjectReader entry, auths->object(key));
    return from_entry(entry, where);
}

Result<Found> from_helper(const RunHelper& run, std::string_view name,
                          const std::string& registry) {
    const bool is_plain =
        !name.empty() && name.size() <= longest_helper_name &&
        std::ranges::all_of(name, [](char c) {
            return is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '_' || c == '.';
        });
    if (!is_plain) {
        return fail(
            unusable_credentials("the docker configuration", "the name of a helper is none"));
    }
    const std::string program = "docker-credential-" + std::string(name);
    AION_TRY_ASSIGN(const HelperAnswer answer, run(program, server_of(registry)));
    if (answer.exit_code != 0) {
        if (answer.output.find(helper_knows_nothing) != std::string::npos) {
            return Found();
        }
        return fail(
            unusable_credentials(program, "ended with " + std::to_string(answer.exit_code)));
    }
    const auto document = json::parse(answer.output, {.error_prefix = "credential helper: "});
    const auto root = document ? json::ObjectReader::root(*document, "credential helper: ")
                               : Result<json::ObjectReader>(fail(document.error()));
    if (!root) {
        return fail(unusable_credentials(program, "its answer is no JSON object"));
    }
    const auto user = root->text("Username");
    const auto secret = root->text("Secret");
    if (!user || !secret) {
        return fail(unusable_credentials(program, "its answer has no Username or no Secret"));
    }
    RegistryCredentials found;
    if (*user == token_user) {
        found.identity_token = *secret;
    } else {
        found.user = *user;
        found.password = *secret;
    }
    return found.user.empty() && found.identity_token.empty() ? Found() : Found(std::move(found));
}

// The helper that a registry has of its own, else the one for all; empty: none.
Result<std::string> helper_for(const json::ObjectReader& root, const std::string& registry) {
    AION_TRY_ASSIGN(const auto helpers, root.object_if_any("credHelpers"));
    if (helpers) {
        AION_TRY_ASSIGN(const auto own, helpers->text_or_null(registry));
        if (own && !own->empty()) {
            return std::string(*own);
        }
    }
    AION_TRY_ASSIGN(const auto store, root.text_or_null("credsStore"));
    return std::string(store.value_or(""));
}

Result<Found> find_in(const json::ObjectReader& root, const std::string& registry,
                      const RunHelper& run, std::string_view where) {
    AION_TRY_ASSIGN(const std::string helper, helper_for(root, registry));
    if (!helper.empty() && run) {
        AION_TRY_ASSIGN(Found found, from_helper(run, helper, registry));
        if (found) {
            return found;
        }
    }
    return from_file(root, registry, where);
}

}  // namespace

// What such a text says is a secret, so errors of the JSON reader, which show keys, are not shown.
Error unusable_credentials(std::string_view where, std::string_view why) {
    return transfer_error<RegistryDetail::registry_bad_credentials>(where, why);
}

Result<Found> DockerCredentials::find(const std::string& registry) {
    const auto content = read_file(*env_, file_, max_credentials_file);
    if (!content) {
        const int reason = content.error().os_error();
        if (reason == ENOENT || reason == ENOTDIR) {
            return Found();
        }
        return fail(content.error());
    }
    const std::string where = file_.string();
    const auto document = json::parse(as_text(*content), {.error_prefix = "docker: "});
    if (!document) {
        return fail(unusable_credentials(where, "it is no JSON"));
    }
    const auto root = json::ObjectReader::root(*document, "docker: ");
    if (!root) {
        return fail(unusable_credentials(where, "it is no JSON object"));
    }
    auto found = find_in(*root, registry, run_helper_, where);
    if (!found && found.error().code() == ErrorCode::invalid_format) {
        return fail(unusable_credentials(where, "credentials of another form than docker's"));
    }
    return found;
}

}  // namespace aion::supply
