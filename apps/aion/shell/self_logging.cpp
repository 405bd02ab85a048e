// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/self_logging.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "shell/shell_word.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"

namespace aion::cli {

Outcome<OwnLog> OwnLog::open(Context& context, const LoggingTexts& texts) {
    OwnLog own;
    if (texts.key.empty() && texts.log.empty()) {
        return own;
    }
    if (texts.key.empty()) {
        return fail_with("A log is signed: --tlog needs --tlog-key", "Add --tlog-key KEY_ID");
    }
    if (texts.log.empty()) {
        return fail_with("--tlog-key signs a log, but none is given", "Add --tlog DIR");
    }
    const std::string refused = "The log cannot be written, so nothing was done: " + texts.log;
    CLI_TRY_ASSIGN(crypto::SigningKey key, load_stored_key(context, texts.key));
    own.key_ = std::make_unique<crypto::SigningKey>(std::move(key));
    auto writer = tlog::LogWriter::open(context.env, texts.log, *own.key_);
    if (!writer) {
        return about_file(fail_with(refused, writer.error()), texts.log);
    }
    own.folder_ = texts.log;
    own.key_id_ = texts.key;
    own.writer_ = *std::move(writer);
    return own;
}

Outcome<> OwnLog::append(Context& context, std::span<const Bytes> entries, const std::string& deed,
                         const std::string& catch_up) {
    if (!is_open() || entries.empty()) {
        return {};
    }
    const std::vector<ByteView> views(entries.begin(), entries.end());
    const auto appended = writer_->append(views);
    if (!appended) {
        return with_remedy(
            about_file(fail_with(fmt::format("{}, but it is not logged in {}", deed, folder_),
                                 appended.error()),
                       folder_),
            fmt::format("It stands, and must not be done again. To log it: aion tlog append --log "
                        "{} --key {} {}",
                        shell_word(folder_), shell_word(key_id_), shell_word(catch_up)));
    }
    for (const std::uint64_t index : appended->indexes) {
        context.console.hint(fmt::format("Logged in {}: index {}", folder_, index));
    }
    return {};
}

}  // namespace aion::cli
