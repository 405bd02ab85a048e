// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/history_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "views/author_text.hpp"

namespace aion::cli {
namespace {

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
    twins.end_object();
}

void write_signature(DocumentWriter& out, const policy::SignatureInfo& signature, bool judged) {
    Twins twins(out);
    out.begin_object();
    twins.number("version_number", signature.version).number("author_id", signature.author);
    out.member("public_key", signature.public_key.bytes)
        .member("verified", judged ? std::optional(signature.verified) : std::nullopt)
        .member("error", judged ? signature.error : std::nullopt)
        .member("public_key_hex", to_hex(signature.public_key));
    twins.end_object();
}

// Nobody signed what the message says.
void print_version(Stream& out, const policy::VersionInfo& version,
                   const trust::Registry& registry) {
    out.write(fmt::format(
        "  Author: {}\n  Time: {}\n  Message (not authenticated): {}\n  Rules Hash: {}\n",
        author_text(registry, version.author), rfc3339_seconds(version.timestamp),
        shown(version.message), to_hex(version.rules_hash)));
    if (version.parent_hash) {
        out.write(fmt::format("  Parent Hash: {}\n", to_hex(*version.parent_hash)));
    }
    out.write(fmt::format("  Version Hash: {}\n", to_hex(version.version_hash)));
}

std::string state_of(const Stream& out, const policy::SignatureInfo& signature, bool judged) {
    if (!judged) {
        return out.paint(Tone::caution, "not judged");
    }
    const bool good = signature.verified;
    return out.paint(good ? Tone::good : Tone::bad, good ? "VALID" : "INVALID");
}

std::string count_of_valid(std::span<const policy::SignatureInfo> signatures, bool judged) {
    return judged ? fmt::format("{} of {}",
                                std::ranges::count_if(signatures, &policy::SignatureInfo::verified),
                                signatures.size())
                  : "not judged";
}

}  // namespace

void write_text(Console& console, const HistoryView& view) {
    Stream& out = console.out();
    out.write(counted(view.versions.size(), "version") + "\n");
    for (const policy::VersionInfo& version : view.versions) {
        out.write(fmt::format("\nVersion {}\n", to_string(version.number)));
        print_version(out, version, view.registry);
    }
}

void write_text(Console& console, const SignaturesView& view) {
    Stream& out = console.out();
    out.write(counted(view.signatures.size(), "signature") + "\n");
    for (const policy::SignatureInfo& signature : view.signatures) {
        out.write(fmt::format("\nVersion {}: {}\n  Author: {}\n  Public Key: {}\n",
                              to_string(signature.version), state_of(out, signature, view.judged),
                              author_text(view.registry, signature.author),
                              to_hex(signature.public_key)));
        if (view.judged && signature.error) {
            out.write(fmt::format("  Error: {}\n", shown(*signature.error)));
        }
    }
}

void write_text(Console& console, const SummaryView& view) {
    const policy::FileSummary& summary = view.summary;
    Stream& out = console.out();
    out.write(fmt::format("File ID: {}\nTotal Versions: {}\nValid Signatures: {}\n",
                          to_string(summary.file_id), summary.version_count,
                          count_of_valid(summary.signatures, view.judged)));
    if (!summary.versions.empty()) {
        out.write(fmt::format("\nLatest Version: {}\n", to_string(summary.current_version)));
        print_version(out, summary.versions.back(), view.registry);
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
        write_signature(out, signature, view.judged);
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
    write(out, HistoryView{summary.versions, view.registry});
    out.key("signatures");
    write(out, SignaturesView{summary.signatures, view.registry, view.judged});
    out.member("file_id_hex", to_string(summary.file_id)).key("head");
    if (summary.versions.empty()) {
        out.null();
    } else {
        out.value(to_hex(summary.versions.back().version_hash));
    }
    twins.end_object();
}

}  // namespace aion::cli
