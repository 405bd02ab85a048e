// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/registry/record_file.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "aion/base/hex.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"

namespace aion::cli {

using trust::RegistryChain;
using trust::RegistryRecord;

namespace {

// Base64, and what JSON adds.
constexpr std::uint64_t max_record_file = trust::max_record_size * 2;

}  // namespace

Outcome<AnyRecord> read_record(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(
        const Input content,
        read_input(context, path, "the record", "Failed to read record: " + path, max_record_file));
    const std::string_view text = as_text(content.bytes());
    const std::string failure = "Failed to parse record: " + path;
    if (text.find("\"aion.registry-record.v1\"") != std::string_view::npos) {
        CLI_TRY_ASSIGN(RegistryRecord record,
                       or_fail(trust::registry_record_from_json(text), failure));
        return record;
    }
    CLI_TRY_ASSIGN(trust::SignedRecord record,
                   or_fail(trust::signed_record_from_json(text), failure));
    return record;
}

void leave_out_invalid(Context& context, const std::string& path, RegistryRecord& record) {
    const auto message = trust::record_message(record.hash());
    std::erase_if(record.signatures, [&](const trust::KeySignature& one) {
        const bool is_valid = crypto::verify(one.key, message, one.signature);
        if (!is_valid) {
            context.console.warn(
                fmt::format("{}: the signature with key {} does not verify, and is left out",
                            shown(path), to_hex(one.key)));
        }
        return !is_valid;
    });
}

std::string without_a_say(const std::string& path, const PublicKey& key) {
    return fmt::format("{}: the signature with key {} has no say in that, and is left out",
                       shown(path), to_hex(key));
}

trust::SigningRules rules_for(const RegistryChain* chain, const RegistryRecord& record) {
    if (chain != nullptr) {
        return chain->rules_for(record.facts);
    }
    trust::SigningRules rules;
    if (const auto* const root = std::get_if<trust::RootRecord>(&record.facts)) {
        rules.root.push_back({.keys = root->keys, .threshold = root->threshold});
    }
    return rules;
}

bool is_first(const RegistryRecord& record) {
    return record.number == 0 && record.previous == Hash{} &&
           kind_of(record.facts) == trust::RecordKind::root;
}

Outcome<trust::Registry> registry_before(Context& context, const std::string& path,
                                         const RegistryRecord& record) {
    auto registry = load_registry_silently(context, path);
    if (!registry && registry.error().cause.os_error() == ENOENT && is_first(record)) {
        return trust::Registry();
    }
    return registry;
}

Outcome<> check_place(const RegistryChain& chain, const RegistryRecord& record) {
    if (record.number <= chain.number() && chain.hashes()[record.number] == record.hash()) {
        return fail_with(
            fmt::format("The registry has that record already: number {}", record.number));
    }
    if (record.number != chain.number() + 1) {
        return fail_with(
            fmt::format("The record is number {}, and the registry's next is number {}: it was "
                        "made for another state of the registry, or for another one",
                        record.number, chain.number() + 1),
            "Make it anew under the registry as it is");
    }
    if (record.previous != chain.head()) {
        return fail_with("The record is for another registry: it names another record before it",
                         "Make it anew under the registry as it is");
    }
    return {};
}

}  // namespace aion::cli
