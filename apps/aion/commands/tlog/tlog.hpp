// SPDX-License-Identifier: MIT OR Apache-2.0
// What commands over transparency logs have in common.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aion/tlog/log_store.hpp"
#include "aion/tlog/policy.hpp"
#include "shell/context.hpp"
#include "shell/note_signing_key.hpp"
#include "shell/outcome.hpp"
#include "table/command_table.hpp"

namespace aion::cli {

/// Whose checkpoints are believed.
struct LogTrust {
    std::string key;     ///< A verifier key or a file that has one; empty: none is named.
    std::string policy;  ///< A file; empty: none is named.
};

/// --log
void log_option(Options& options, std::string& into);
/// --log, of a command that also takes a URL
void log_place_option(Options& options, std::string& into);
/// --log-key
void log_key_option(Options& options, LogTrust& into, const std::string& help);

/// The key that --log-key names, if it does.
[[nodiscard]] Outcome<std::optional<tlog::NoteKey>> log_key(Context& context,
                                                            const LogTrust& trust);
/// The policy that --tlog-policy names, or that of the log's key alone.
[[nodiscard]] Outcome<tlog::LogPolicy> log_policy(Context& context, const LogTrust& trust);

/// Opens a log to read it.
[[nodiscard]] Outcome<std::unique_ptr<tlog::LogStore>> open_log(Context& context,
                                                                const std::string& folder,
                                                                const LogTrust& trust = {});

/// A log that is open for writing, and the key that signs it.
struct OpenLogWriter {
    NoteSigningKey key;
    std::unique_ptr<tlog::LogWriter> writer;
};

/// Opens a log to write it with a stored key.
[[nodiscard]] Outcome<OpenLogWriter> open_log_writer(Context& context, const std::string& folder,
                                                     const std::string& key_id);

/// What a file is in a log.
struct FileAsEntries {
    std::optional<tlog::EntryKind> kind;  ///< Of a payload; nothing: told by what it is.
    std::uint64_t timestamp_version = 0;  ///< Of a payload.
};

/// --kind and --timestamp-version
void entry_options(Options& options, FileAsEntries& into);

/// The entries that a file is logged as: of an `.aion` file each of its versions, of a registry
/// with a chain each record that begins or ends an epoch, of anything else the file as a payload.
[[nodiscard]] Outcome<std::vector<Bytes>> entries_of_file(Context& context, const FileAsEntries& as,
                                                          const std::string& path);

/// The parts of the group, by what they do.
void declare_tlog_appending(const Declared& tlog);
void declare_tlog_proving(const Declared& tlog);
void declare_tlog_looking(const Declared& tlog);
void declare_tlog_policy(const Declared& tlog);

}  // namespace aion::cli
