// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/history_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "aion/base/hex.hpp"

namespace aion::cli {

void print_history(Stream& out, std::span<const policy::VersionInfo> versions) {
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

void print_signatures(Stream& out, std::span<const policy::SignatureInfo> signatures) {
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

void print_summary(Stream& out, const policy::FileSummary& summary) {
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

}  // namespace aion::cli
