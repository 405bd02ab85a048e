// SPDX-License-Identifier: MIT OR Apache-2.0
// Transparency logs: what is in them, and what is proven of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/base/twins.hpp"
#include "aion/tlog/log_check.hpp"
#include "aion/tlog/policy.hpp"
#include "aion/tlog/proof.hpp"
#include "shell/console.hpp"

namespace aion::cli {

struct LogMadeView {
    const std::string& folder;
    const std::vector<tlog::NoteSigner>& keys;  ///< The log's, and perhaps one of ML-DSA-44.
};

void write_text(Console& console, const LogMadeView& view);
void write(DocumentWriter& out, const LogMadeView& view);

struct LogRotatedView {
    const std::string& folder;
    const tlog::NoteKey& former;
    const std::vector<tlog::NoteSigner>& keys;  ///< As those of a log that was made.
    std::uint64_t size = 0;
};

void write_text(Console& console, const LogRotatedView& view);
void write(DocumentWriter& out, const LogRotatedView& view);

struct LogPolicyView {
    const std::string& path;
    const std::string& origin;
    AuthorId author;
    const std::vector<tlog::NoteKey>& keys;
};

void write_text(Console& console, const LogPolicyView& view);
void write(DocumentWriter& out, const LogPolicyView& view);

struct LogAppendedView {
    struct Row {
        std::string path;
        std::uint64_t index = 0;
        bool is_new = false;
        Bytes entry = {};
    };

    const std::string& folder;
    tlog::Checkpoint checkpoint;  ///< Behind that.
    std::vector<Row> rows;
};

void write_text(Console& console, const LogAppendedView& view);
void write(DocumentWriter& out, const LogAppendedView& view);

/// That a log continues an earlier one.
struct LogGrowth {
    std::uint64_t from = 0;
    tlog::Sha256Tree::Digest root;  ///< Of that size.
    std::vector<tlog::Sha256Tree::Digest> path;
};

struct LogCheckpointView {
    const std::string& folder;
    const tlog::Checkpoint& checkpoint;
    const std::string& note;
    const tlog::NoteKey& key;
    bool only_key = false;
    std::optional<LogGrowth> growth;
    std::optional<Hash> reference_root;
};

void write_text(Console& console, const LogCheckpointView& view);
void write(DocumentWriter& out, const LogCheckpointView& view);

struct LogProvedView {
    const std::string& path;
    const std::string& folder;
    const tlog::Checkpoint& checkpoint;
    const tlog::LogProof& proof;
};

void write_text(Console& console, const LogProvedView& view);
void write(DocumentWriter& out, const LogProvedView& view);

struct LogVerdictView {
    const std::string& path;
    const std::string& proof;
    std::uint64_t index = 0;
    Bytes entry;
    std::optional<tlog::AcceptedCheckpoint> accepted;
    std::string reason;  ///< Why it is not accepted.
};

void write_text(Console& console, const LogVerdictView& view);
void write(DocumentWriter& out, const LogVerdictView& view);

struct LogCheckView {
    const std::string& folder;
    const tlog::LogReport& report;
};

void write_text(Console& console, const LogCheckView& view);
void write(DocumentWriter& out, const LogCheckView& view);

struct LogTailView {
    struct Entry {
        std::uint64_t index = 0;
        Bytes bytes;
    };

    const std::string& folder;
    const tlog::Checkpoint& checkpoint;
    std::vector<Entry> entries;
};

void write_text(Console& console, const LogTailView& view);
void write(DocumentWriter& out, const LogTailView& view);

/// `version 3 of 0x0123456789abcdef by author 1001`, `dsse_envelope, 412 bytes`.
[[nodiscard]] std::string entry_text(ByteView entry);
/// `1 entry`, `1,000 entries`.
[[nodiscard]] std::string entries_text(std::uint64_t count);
/// Members of an object: kind, timestamp version, hashes, and of a version which it is.
void write_entry(DocumentWriter& out, ByteView entry);
/// Members of an object that was begun: `origin`, `size`, `root`.
void write_members(DocumentWriter& out, Twins& twins, const tlog::Checkpoint& checkpoint);

}  // namespace aion::cli
