// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/history_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "aion/base/hex.hpp"
#include "views/twins.hpp"

namespace aion::cli {
namespace {

template <class Octets>
std::optional<std::string> hex_of(const std::optional<Octets>& octets) {
    return octets ? std::optional(to_hex(*octets)) : std::nullopt;
}

void write_version(DocumentWriter& out, const policy::VersionInfo& version) {
    Twins twins(out);
    out.begin_object();
    twins.number("version_number", version.number)
        .number("author_id", version.author)
        .time("timestamp", version.timestamp);
    out.member("message", version.message)
        .member("rules_hash", version.rules_hash.bytes)
        .key("parent_hash");
    if (version.parent_hash) {
        out.value(version.parent_hash->bytes);
    } else {
        out.null();
    }
    out.member("rules_hash_hex", to_hex(version.rules_hash))
        .member("parent_hash_hex", hex_of(version.parent_hash))
        .member("version_hash_hex", to_hex(version.version_hash));
    twins.write();
    out.end_object();
}

void write_signature(DocumentWriter& out, const policy::SignatureInfo& signature) {
    Twins twins(out);
    out.begin_object();
    twins.number("version_number", signature.version).number("author_id", signature.author);
    out.member("public_key", signature.public_key.bytes)
        .member("verified", signature.verified)
        .member("error", signature.error)
        .member("public_key_hex", to_hex(signature.public_key));
    twins.write();
    out.end_object();
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
        const bool good = signature.verified;
        out.write(fmt::format("Version {}: {}{}\n  Author: {}\n  Public Key: {}\n",
                              to_string(signature.version), out.symbol(good ? "✅ " : "❌ "),
                              out.paint(good ? Tone::good : Tone::bad, good ? "VALID" : "INVALID"),
                              to_string(signature.author), to_hex(signature.public_key)));
        if (signature.error) {
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
    const auto valid = std::ranges::count_if(summary.signatures, &policy::SignatureInfo::verified);
    out.write(fmt::format("Signature Status:\n  Valid: {}/{}\n", valid, summary.signatures.size()));
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
        write_signature(out, signature);
    }
    out.end_array();
}

void write(DocumentWriter& out, const SummaryView& view) {
    const policy::FileSummary& summary = view.summary;
    Twins twins(out);
    out.begin_object();
    twins.number("file_id", summary.file_id)
        .number("version_count", summary.version_count)
        .number("current_version", summary.current_version);
    out.key("versions");
    write(out, HistoryView{summary.versions});
    out.key("signatures");
    write(out, SignaturesView{summary.signatures});
    out.member("file_id_hex", to_string(summary.file_id)).key("head");
    if (summary.versions.empty()) {
        out.null();
    } else {
        out.value(to_hex(summary.versions.back().version_hash));
    }
    twins.write();
    out.end_object();
}

}  // namespace aion::cli
