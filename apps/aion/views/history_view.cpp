// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/history_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "views/counted.hpp"
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

// Nobody signed what the message says.
void print_version(Stream& out, const policy::VersionInfo& version) {
    out.write(fmt::format(
        "  Author: {}\n  Time: {}\n  Message (not authenticated): {}\n  Rules Hash: {}\n",
        to_string(version.author), rfc3339_seconds(version.timestamp), shown(version.message),
        to_hex(version.rules_hash)));
    if (version.parent_hash) {
        out.write(fmt::format("  Parent Hash: {}\n", to_hex(*version.parent_hash)));
    }
    out.write(fmt::format("  Version Hash: {}\n", to_hex(version.version_hash)));
}

}  // namespace

void write_text(Console& console, const HistoryView& view) {
    Stream& out = console.out();
    out.write(counted(view.versions.size(), "version") + "\n");
    for (const policy::VersionInfo& version : view.versions) {
        out.write(fmt::format("\nVersion {}\n", to_string(version.number)));
        print_version(out, version);
    }
}

void write_text(Console& console, const SignaturesView& view) {
    Stream& out = console.out();
    out.write(counted(view.signatures.size(), "signature") + "\n");
    for (const policy::SignatureInfo& signature : view.signatures) {
        const bool good = signature.verified;
        out.write(fmt::format("\nVersion {}: {}\n  Author: {}\n  Public Key: {}\n",
                              to_string(signature.version),
                              out.paint(good ? Tone::good : Tone::bad, good ? "VALID" : "INVALID"),
                              to_string(signature.author), to_hex(signature.public_key)));
        if (signature.error) {
            out.write(fmt::format("  Error: {}\n", shown(*signature.error)));
        }
    }
}

void write_text(Console& console, const SummaryView& view) {
    const policy::FileSummary& summary = view.summary;
    Stream& out = console.out();
    const auto valid = std::ranges::count_if(summary.signatures, &policy::SignatureInfo::verified);
    out.write(fmt::format("File ID: {}\nTotal Versions: {}\nValid Signatures: {} of {}\n",
                          to_string(summary.file_id), summary.version_count, valid,
                          summary.signatures.size()));
    if (!summary.versions.empty()) {
        out.write(fmt::format("\nLatest Version: {}\n", to_string(summary.current_version)));
        print_version(out, summary.versions.back());
    }
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
