// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/attest/version_statement.hpp"

#include <cstdint>

#include "aion/base/hex.hpp"
#include "aion/base/json_writer.hpp"

namespace aion::attest {

std::string version_statement(const format::VersionRecord& version, AuthorId signer) {
    std::string json;
    JsonWriter out(json, JsonStyle::minimal);
    out.begin_object().member("_type", "https://aion-context.dev/attestation/v1");
    out.member("signer", signer).key("version").begin_object();
    out.member("author_id", std::uint64_t{version.author})
        .member("message_length", std::uint32_t{version.message_length})
        .member("message_offset", std::uint64_t{version.message_offset})
        .member("parent_hash", to_hex(version.parent_hash))
        .member("rules_hash", to_hex(version.rules_hash))
        .member("timestamp", std::uint64_t{version.timestamp})
        .member("version_number", std::uint64_t{version.number});
    out.end_object().end_object();
    return json;
}

}  // namespace aion::attest
