// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/self_logging.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "shell/log_order.hpp"
#include "shell/shell_word.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

// What can be told before anything is opened.
Outcome<> check(const LoggingTexts& texts) {
    const bool is_remote = is_url(texts.log);
    if (texts.log.empty() && !texts.key.empty()) {
        return fail_with("--tlog-key signs a log, but none is given", "Add --tlog DIR");
    }
    if (texts.log.empty() && !texts.policy.empty()) {
        return fail_with("--tlog-policy says whose log is at a URL, but none is given",
                         "Add --tlog URL");
    }
    if (is_remote && !texts.key.empty()) {
        return fail_with("What is at a URL signs its log itself: --tlog-key is for a folder",
                         "Leave it out; --tlog-policy says whose log it has to be");
    }
    if (is_remote && texts.policy.empty()) {
        return fail_with("Nobody is believed about a log at a URL without --tlog-policy",
                         "A policy is a file with the lines `log KEY` and `quorum none`: see "
                         "docs/transparency.md");
    }
    if (!is_remote && !texts.log.empty() && texts.key.empty()) {
        return fail_with("A log is signed: --tlog needs --tlog-key", "Add --tlog-key KEY_ID");
    }
    if (!is_remote && !texts.policy.empty()) {
        return fail_with("--tlog-policy says whose log is at a URL, and --tlog is a folder",
                         "Leave it out: the log in a folder is that of --tlog-key");
    }
    return {};
}

}  // namespace

Outcome<> reach_log(Context& context, const LoggingTexts& texts) {
    CLI_TRY(check(texts));
    if (is_url(texts.log)) {
        CLI_TRY(open_log_place(context, texts.log, {}));
    }
    return {};
}

Outcome<OwnLog> OwnLog::open(Context& context, const LoggingTexts& texts) {
    OwnLog own;
    own.texts_ = texts;
    if (is_url(texts.log)) {
        CLI_TRY(own.open_remote(context));
    } else if (!texts.log.empty()) {
        CLI_TRY(own.open_folder(context));
    }
    return own;
}

Outcome<> OwnLog::open_folder(Context& context) {
    const std::string refused = "The log cannot be written, so nothing was done: " + texts_.log;
    CLI_TRY_ASSIGN(key_, NoteSigningKey::load(context, texts_.key));
    auto writer =
        tlog::LogWriter::open(context.env, texts_.log, key_->classical(), key_->post_quantum());
    if (!writer) {
        return about_file(fail_with(refused, writer.error()), texts_.log);
    }
    writer_ = *std::move(writer);
    return {};
}

Outcome<> OwnLog::open_remote(Context& context) {
    CLI_TRY_ASSIGN(const tlog::LogPolicy policy,
                   load_log_policy(context, texts_.policy, "Failed to read policy"));
    CLI_TRY_ASSIGN(LogPlace place, open_log_place(context, texts_.log, {}));
    CLI_TRY_ASSIGN(remote_, RemoteLog::open(std::move(place), policy));
    return {};
}

Result<std::vector<std::uint64_t>> OwnLog::log(std::span<const Bytes> entries) {
    if (writer_ != nullptr) {
        const std::vector<ByteView> views(entries.begin(), entries.end());
        auto appended = writer_->append(views);
        if (!appended) {
            return std::unexpected(std::move(appended).error());
        }
        return std::move(appended->indexes);
    }
    std::vector<std::uint64_t> indexes;
    for (const Bytes& entry : entries) {
        const auto logged = remote_->append(entry);
        if (!logged) {
            return std::unexpected(logged.error());
        }
        indexes.push_back(logged->index);
    }
    return indexes;
}

std::string OwnLog::catch_up_command(const std::string& file) const {
    return fmt::format("aion tlog append --log {} {} {} {}", shell_word(texts_.log),
                       remote_ ? "--tlog-policy" : "--key",
                       shell_word(remote_ ? texts_.policy : texts_.key), shell_word(file));
}

Outcome<> OwnLog::append(Context& context, std::span<const Bytes> entries, const std::string& deed,
                         const std::string& catch_up) {
    if (!is_open() || entries.empty()) {
        return {};
    }
    const auto indexes = log(entries);
    if (!indexes) {
        return with_remedy(
            about_file(fail_with(fmt::format("{}, but it is not logged in {}", deed, texts_.log),
                                 indexes.error()),
                       texts_.log),
            "It stands, and must not be done again. To log it: " + catch_up_command(catch_up));
    }
    tell(context, *indexes);
    return {};
}

Outcome<std::vector<std::uint64_t>> OwnLog::append_first(Context& context,
                                                         std::span<const Bytes> entries) {
    auto indexes = log(entries);
    if (!indexes) {
        return about_file(fail_with("It is not logged in " + texts_.log + ", so nothing was done",
                                    indexes.error()),
                          texts_.log);
    }
    tell(context, *indexes);
    return *std::move(indexes);
}

void OwnLog::tell(Context& context, std::span<const std::uint64_t> indexes) const {
    for (const std::uint64_t index : indexes) {
        context.console.hint(fmt::format("Logged in {}: index {}", texts_.log, index));
    }
}

}  // namespace aion::cli
