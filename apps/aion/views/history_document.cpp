// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/history_document.hpp"

#include <nlohmann/json.hpp>

#include "aion/base/hex.hpp"

namespace aion::cli {
namespace {

Json version_document(const policy::VersionInfo& version) {
    Json document = {{"version_number", version.number.value},
                     {"author_id", version.author.value},
                     {"timestamp", version.timestamp.value},
                     {"message", utf8(version.message)},
                     {"rules_hash", version.rules_hash.bytes},
                     {"parent_hash", nullptr},
                     {"rules_hash_hex", to_hex(version.rules_hash)},
                     {"parent_hash_hex", nullptr},
                     {"version_hash_hex", to_hex(version.version_hash)}};
    if (version.parent_hash) {
        document["parent_hash"] = version.parent_hash->bytes;
        document["parent_hash_hex"] = to_hex(*version.parent_hash);
    }
    return document;
}

Json signature_document(const policy::SignatureInfo& signature) {
    return {{"version_number", signature.version.value},
            {"author_id", signature.author.value},
            {"public_key", signature.public_key.bytes},
            {"verified", signature.verified},
            {"error", signature.error ? Json(utf8(*signature.error)) : Json()},
            {"public_key_hex", to_hex(signature.public_key)}};
}

}  // namespace

Json history_document(std::span<const policy::VersionInfo> versions) {
    Json document = Json::array();
    for (const policy::VersionInfo& version : versions) {
        document.push_back(version_document(version));
    }
    return document;
}

Json signatures_document(std::span<const policy::SignatureInfo> signatures) {
    Json document = Json::array();
    for (const policy::SignatureInfo& signature : signatures) {
        document.push_back(signature_document(signature));
    }
    return document;
}

Json summary_document(const policy::FileSummary& summary) {
    return {
        {"file_id", summary.file_id.value},
        {"version_count", summary.version_count},
        {"current_version", summary.current_version.value},
        {"versions", history_document(summary.versions)},
        {"signatures", signatures_document(summary.signatures)},
        {"file_id_hex", to_string(summary.file_id)},
        {"head",
         summary.versions.empty() ? Json() : Json(to_hex(summary.versions.back().version_hash))}};
}

}  // namespace aion::cli
