// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/tlog/log_place.hpp"

#include <utility>

#include "commands/tlog/tlog.hpp"
#include "shell/try.hpp"

namespace aion::cli {

bool is_url(std::string_view text) noexcept {
    return text.starts_with("http://") || text.starts_with("https://");
}

Outcome<supply::HttpUrl> parse_url(const std::string& text) {
    auto url = supply::http_url(text);
    if (!url) {
        return fail_with(url.error());
    }
    return *std::move(url);
}

Outcome<LogPlace> open_log_place(Context& context, const std::string& place,
                                 const RegistryChoice& network) {
    LogPlace log;
    if (!is_url(place)) {
        log.source = tlog::log_in_folder(context.env, place);
        return log;
    }
    CLI_TRY_ASSIGN(const supply::HttpUrl url, parse_url(place));
    CLI_TRY_ASSIGN(log.client, context.host.open_http(context.env, network));
    auto remote = std::make_unique<tlog::LogClient>(*log.client, url);
    log.remote = remote.get();
    log.source = std::move(remote);
    return log;
}

void network_options(Options& options, RegistryChoice& into) {
    options.text("--ca-file", into.ca_file, "PEM_FILE",
                 "Certificates to trust instead of the system's (default: SSL_CERT_FILE)");
    options.duration("--timeout", into.timeout, "DURATION",
                     "Give up when nothing comes or goes for so long (default: 60s)");
}

Outcome<tlog::LogPolicy> read_log_policy(Context& context, const std::string& path) {
    return log_policy(context, {.key = {}, .policy = path});
}

Outcome<std::string> fetch_checkpoint(tlog::LogSource& log) {
    return or_fail_with_cause(log.checkpoint(), "Failed to read the checkpoint of " + log.shown());
}

}  // namespace aion::cli
