// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/log_place.hpp"

#include <utility>

#include "aion/tlog/proof.hpp"
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

Outcome<std::string> fetch_checkpoint(tlog::LogSource& log) {
    return or_fail_with_cause(log.checkpoint(), "Failed to read the checkpoint of " + log.shown());
}

Outcome<BelievedCheckpoint> believed_checkpoint(tlog::LogSource& log,
                                                const tlog::LogPolicy& policy) {
    CLI_TRY_ASSIGN(std::string note, fetch_checkpoint(log));
    CLI_TRY_ASSIGN(auto accepted,
                   or_fail(policy.judge(note), log.shown() + " is not a log that is believed"));
    return BelievedCheckpoint{.note = std::move(note),
                              .checkpoint = std::move(accepted.checkpoint)};
}

Outcome<RemoteLog> RemoteLog::open(LogPlace log, const tlog::LogPolicy& policy) {
    RemoteLog remote(std::move(log), policy.without_witnesses());
    CLI_TRY(believed_checkpoint(*remote.log_.source, remote.policy_));
    return remote;
}

Result<RemoteLog::Logged> RemoteLog::append(ByteView entry) {
    auto logged = log_.remote->append(entry);
    if (!logged) {
        return std::unexpected(std::move(logged).error());
    }
    auto accepted = tlog::verify_proof(logged->proof, entry, policy_);
    if (!accepted) {
        return std::unexpected(std::move(accepted).error());
    }
    return Logged{.index = logged->index,
                  .is_new = logged->is_new,
                  .checkpoint = std::move(accepted->checkpoint)};
}

}  // namespace aion::cli
