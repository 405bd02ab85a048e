// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/history_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "aion/base/hex.hpp"

namespace aion::cli {
namespace {

template <class Octets>
std::optional<std::string> hex_of(const std::optional<Octets>& octets) {
    return octets ? std::optional(to_hex(*octets)) : std::nullopt;
}

void write_version(DocumentWriter& out, const policy::VersionInfo& version) {
    out.begin_object()
        .member("version_number", version.number)
        .member("author_id", version.author)
        .member("timestamp", version.timestamp)
        .member("message", version.message)
        .member("rules_hash", version.rules_hash.bytes)
        .key("parent_hash");
    if (version.parent_hash) {
        out.value(version.parent_hash->bytes);
    } else {
        out.null();
    }
    out.member("rules_hash_hex", to_hex(version.rules_hash))
        .member("parent_hash_hex", hex_of(version.parent_hash))
        .member("version_hash_hex", to_hex(version.version_hash))
        .end_object();
}

void write_signature(DocumentWriter& out, const policy::SignatureInfo& signature, bool judged) {
    out.begin_object()
        .member("version_number", signature.version)
        .member("author_id", signature.author)
        .member("public_key", signature.public_key.bytes)
        .member("verified", judged ? std::optional(signature.verified) : std::nullopt)
        .member("error", judged ? signature.error : std::nullopt)
        .member("public_key_hex", to_hex(signature.public_key))
        .end_object();
}

std::string state_of(const Stream& out, const policy::SignatureInfo& signature, bool judged) {
    if (!judged) {
        return out.paint(Tone::caution, "not judged");
    }
    const bool good = signature.verified;
    return fmt::format("{}{}", out.symbol(good ? "✅ " : "❌ "),
                       out.paint(good ? Tone::good : Tone::bad, good ? "VALID" : "INVALID"));
}

std::string count_of_valid(std::span<const policy::SignatureInfo> signatures, bool judged) {
    return judged ? fmt::format("{}/{}",
                                std::ranges::count_if(signatures, &policy::SignatureInfo::verified),
                                signatures.size())
                  : "not judged";
}

}  // namespace

void write_text(Console& console, const HistoryView& view) {
    const std::span versions = view.versions;
    Stream& out = console.out();
    out.write(fmt::format("Version History ({} versions)\n================================\n\n",
                          versions.size()));
    for (const policy::VersionInfo& version : versions) {
        out.write(fmt::format(
            "Version {}:\n  Author:    {}\n  Timestamp: {}\n  Message:   {}\n  Rules Hash: {}\n",
            to_string(version.number), to_string(version.author), version.timestamp.value,
            shown(version.message), to_hex(version.rules_hash)));
        if (version.parent_hash) {
            out.write(fmt::format("  Parent Hash: {}\n", to_hex(*version.parent_hash)));
        }
        out.write(fmt::format("  Version Hash: {}\n\n", to_hex(version.version_hash)));
    }
}

void write_text(Console& console, const SignaturesView& view) {
    const std::span signatures = view.signatures;
    Stream& out = console.out();
    out.write(fmt::format("Signatures ({} total)\n==================\n\n", signatures.size()));
    for (const policy::SignatureInfo& signature : signatures) {
        out.write(fmt::format("Version {}: {}\n  Author: {}\n  Public Key: {}\n",
                              to_string(signature.version), state_of(out, signature, view.judged),
                              to_string(signature.author), to_hex(signature.public_key)));
        if (view.judged && signature.error) {
            out.write(fmt::format("  Error: {}\n", shown(*signature.error)));
        }
        out.write("\n");
    }
}

void write_text(Console& console, const SummaryView& view) {
    const policy::FileSummary& summary = view.summary;
    Stream& out = console.out();
    out.write(fmt::format(
        "File Information\n================\n"
        "File ID:         {}\nCurrent Version: {}\nTotal Versions:  {}\n\n",
        to_string(summary.file_id), to_string(summary.current_version), summary.version_count));
    if (!summary.versions.empty()) {
        const policy::VersionInfo& latest = summary.versions.back();
        out.write(fmt::format(
            "Latest Version:\n  Number:   {}\n  Author:   {}\n  Timestamp: {}\n  Message:  {}\n"
            "  Version Hash: {}\n\n",
            to_string(latest.number), to_string(latest.author), latest.timestamp.value,
            shown(latest.message), to_hex(latest.version_hash)));
    }
    out.write(fmt::format("Signature Status:\n  Valid: {}\n",
                          count_of_valid(summary.signatures, view.judged)));
}

void write(DocumentWriter& out, const HistoryView& view) {
    out.begin_array();
    for (const policy::VersionInfo& version : view.versions) {
        write_version(out, version);
    }
    out.end_array();
}

void write(DocumentWriter& out, const SignaturesView& view) {
    out.begin_array();
    for (const policy::SignatureInfo& signature : view.signatures) {
        write_signature(out, signature, view.judged);
    }
    out.end_array();
}

void write(DocumentWriter& out, const SummaryView& view) {
    const policy::FileSummary& summary = view.summary;
    out.begin_object()
        .member("file_id", summary.file_id)
        .member("version_count", summary.version_count)
        .member("current_version", summary.current_version)
        .key("versions");
    write(out, HistoryView{summary.versions});
    out.key("signatures");
    write(out, SignaturesView{summary.signatures, view.judged});
    out.member("file_id_hex", to_string(summary.file_id)).key("head");
    if (summary.versions.empty()) {
        out.null();
    } else {
        out.value(to_hex(summary.versions.back().version_hash));
    }
    out.end_object();
}

}  // namespace aion::cli
