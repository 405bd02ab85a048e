// SPDX-License-Identifier: MIT OR Apache-2.0
// Statements of receipts, as texts.
#include <algorithm>
#include <array>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/base/utf8.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/release/receipt.hpp"
#include "base/json_text.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "release/receipt_details.hpp"
#include "release/statement_parts.hpp"
#include "supply/statement_json.hpp"
#include "tlog/text.hpp"

namespace aion::release {
namespace {

constexpr NameTable decision_names(std::to_array<Named<Decision>>({
    {Decision::allow, "allow"},
    {Decision::deny, "deny"},
    {Decision::degraded, "degraded"},
    {Decision::fail_closed, "fail_closed"},
}));

constexpr std::string_view prefix = "enforcement receipt: ";
constexpr std::string_view checkpoint_word = "checkpoint ";
constexpr std::string_view sha256_name = "sha256";

const std::string* digest_of(const supply::Subject& subject, std::string_view name) {
    const auto found = std::ranges::find(subject.digest, name,
                                         [](const auto& one) -> const auto& { return one.first; });
    return found == subject.digest.end() ? nullptr : &found->second;
}

template <class T>
std::optional<T> lower_hex(const std::string* text) {
    if (text == nullptr || text->size() != 2 * T::size) {
        return std::nullopt;
    }
    const auto read = octets_from_hex<T>(*text);
    return read && to_hex(*read) == *text ? std::optional(*read) : std::nullopt;
}

Result<ReceiptApproval> approval_in(const json::ObjectReader& object) {
    AION_TRY_ASSIGN(const std::uint64_t approver, object.u64("approver_author_id"));
    AION_TRY_ASSIGN(const std::string_view text, object.text("attestation_ref"));
    const bool is_reference = text.starts_with(reference_prefix);
    const auto hash =
        octets_from_hex<Hash>(is_reference ? text.substr(reference_prefix.size()) : text);
    if (!is_reference || !hash) {
        return fail(
            object.error_at("attestation_ref", told<ReceiptDetail::receipt_bad_reference>()));
    }
    return ReceiptApproval{AuthorId{approver}, *hash};
}

Result<> read_policy(const json::ObjectReader& predicate, ReceiptStatement& into) {
    AION_TRY_ASSIGN(const json::ObjectReader policy, predicate.object("policy"));
    AION_TRY_ASSIGN(into.policy.file_id.value, policy.u64("file_id"));
    AION_TRY_ASSIGN(into.policy.version.value, policy.u64("policy_version"));
    AION_TRY_ASSIGN(into.policy.author.value, policy.u64("policy_author_id"));
    AION_TRY_ASSIGN(const json::ObjectReader context, predicate.object("trust_context"));
    AION_TRY_ASSIGN(const json::ObjectReader trust, context.object("registry_epoch"));
    AION_TRY_ASSIGN(into.trust.author.value, trust.u64("author_id"));
    AION_TRY_ASSIGN(into.trust.epoch.value, trust.u32("epoch"));
    return {};
}

Result<> read_runtime(const json::ObjectReader& predicate, ReceiptStatement& into) {
    AION_TRY_ASSIGN(const json::ObjectReader runtime, predicate.object("runtime"));
    AION_TRY_ASSIGN(into.runtime.value, runtime.u64("runtime_author_id"));
    AION_TRY_ASSIGN(into.receipt_version.value, runtime.u64("receipt_version"));
    AION_TRY_ASSIGN(const std::string_view nonce, runtime.text("nonce"));
    const auto read = octets_from_hex<ReceiptNonce>(nonce);
    if (!read) {
        return fail(runtime.error_at("nonce", told<ReceiptDetail::receipt_bad_nonce>()));
    }
    into.nonce = *read;
    return {};
}

}  // namespace

std::string_view name_of(Decision decision) noexcept {
    return decision_names.name(decision);
}

std::optional<Decision> decision_of(std::string_view word) noexcept {
    const auto* const row = decision_names.named(word);
    return row == nullptr ? std::nullopt : std::optional(row->value);
}

Result<json::Document> parse_text(std::string_view text, std::string_view error_prefix) {
    return json::parse(text, {.error_prefix = error_prefix, .max_size = max_receipt_size});
}

Result<std::vector<supply::Subject>> subjects_in(const json::ObjectReader& statement) {
    std::vector<supply::Subject> subjects;
    AION_TRY_ASSIGN(const auto objects, statement.objects("subject"));
    for (const json::ObjectReader object : objects) {
        if (subjects.size() == max_receipt_subjects) {
            return fail(invalid<ReceiptDetail::receipt_too_many>(max_receipt_subjects, "subjects"));
        }
        AION_TRY_ASSIGN(const std::string_view name, object.text("name"));
        AION_TRY_ASSIGN(const json::ObjectReader digest, object.object("digest"));
        AION_TRY_ASSIGN(supply::DigestSet digests, supply::digests_in(digest));
        subjects.push_back({std::string(name), std::move(digests)});
    }
    return subjects;
}

Result<Decision> decision_in(const json::ObjectReader& predicate) {
    AION_TRY_ASSIGN(const std::string_view word, predicate.text("decision"));
    const auto decision = decision_of(word);
    if (!decision) {
        return fail(predicate.error_at("decision", told<ReceiptDetail::receipt_bad_decision>()));
    }
    return *decision;
}

void begin_statement(std::string& out, std::string_view type,
                     std::span<const supply::Subject> subjects, std::string_view predicate_type) {
    out += R"({"_type":)";
    append_json_string(out, type);
    out += R"(,"subject":[)";
    for (const supply::Subject& subject : subjects) {
        out += &subject == subjects.data() ? R"({"name":)" : R"(,{"name":)";
        append_json_string(out, subject.name);
        out += R"(,"digest":{)";
        supply::DigestSet sorted = subject.digest;
        std::ranges::sort(sorted);
        bool is_first = true;
        for (const auto& [name, digest] : sorted) {
            if (!std::exchange(is_first, false)) {
                out += ',';
            }
            append_json_string(out, name);
            out += ':';
            append_json_string(out, digest);
        }
        out += "}}";
    }
    out += R"(],"predicateType":)";
    append_json_string(out, predicate_type);
    out += R"(,"predicate":)";
}

std::optional<Hash> blake3_of(const supply::Subject& subject) {
    return lower_hex<Hash>(digest_of(subject, supply::blake3_digest_name));
}

std::string fault_of(std::span<const supply::Subject> subjects) {
    if (subjects.empty()) {
        return "it is about nothing: there is no subject";
    }
    std::vector<std::string_view> names;
    names.reserve(subjects.size());
    for (const supply::Subject& subject : subjects) {
        names.push_back(subject.name);
        const std::string* const sha256 = digest_of(subject, sha256_name);
        if (!blake3_of(subject) ||
            (sha256 != nullptr && !lower_hex<crypto::Sha256Digest>(sha256))) {
            return "subject " + std::to_string(names.size()) +
                   " has no blake3-256 digest of 64 lower-case hex digits, or another that is none";
        }
        if (const auto seen = seen_log_of(subject); !seen) {
            return "subject " + std::to_string(names.size()) +
                   " is named as a checkpoint, and its digests are not that checkpoint's";
        }
    }
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) == names.end() ? ""
                                                            : "two of its subjects have one name";
}

Result<ReceiptStatement> ReceiptStatement::from_json(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document, parse_text(text, prefix));
    AION_TRY_ASSIGN(const json::ObjectReader root, json::ObjectReader::root(document, prefix));
    ReceiptStatement statement;
    AION_TRY_ASSIGN(statement.type, root.text("_type"));
    AION_TRY_ASSIGN(statement.predicate_type, root.text("predicateType"));
    AION_TRY_ASSIGN(statement.subjects, subjects_in(root));
    AION_TRY_ASSIGN(const json::ObjectReader predicate, root.object("predicate"));
    AION_TRY(read_policy(predicate, statement));
    AION_TRY_ASSIGN(statement.decision, decision_in(predicate));
    AION_TRY_ASSIGN(const auto approvals, predicate.objects_if_any("approvals"));
    for (const json::ObjectReader object : approvals) {
        if (statement.approvals.size() == max_receipt_approvals) {
            return fail(
                invalid<ReceiptDetail::receipt_too_many>(max_receipt_approvals, "approvals"));
        }
        AION_TRY_ASSIGN(const ReceiptApproval approval, approval_in(object));
        statement.approvals.push_back(approval);
    }
    AION_TRY(read_runtime(predicate, statement));
    return statement;
}

std::string ReceiptStatement::json() const {
    std::string out;
    out.reserve(640 + (subjects.size() * 144) + (approvals.size() * 144));
    begin_statement(out, type, subjects, predicate_type);
    out += R"({"policy":{"file_id":)" + std::to_string(policy.file_id.value);
    out += R"(,"policy_version":)" + std::to_string(policy.version.value);
    out += R"(,"policy_author_id":)" + std::to_string(policy.author.value);
    out +=
        R"(},"trust_context":{"registry_epoch":{"author_id":)" + std::to_string(trust.author.value);
    out += R"(,"epoch":)" + std::to_string(trust.epoch.value);
    out += R"(}},"decision":")";
    out += name_of(decision);
    out += '"';
    for (const ReceiptApproval& approval : approvals) {
        out += &approval == approvals.data() ? R"(,"approvals":[)" : ",";
        out += R"({"approver_author_id":)" + std::to_string(approval.approver.value);
        out += R"(,"attestation_ref":"blake3:)";
        out += to_hex(approval.attestation);
        out += R"("})";
    }
    out += approvals.empty() ? "" : "]";
    out += R"(,"runtime":{"runtime_author_id":)" + std::to_string(runtime.value);
    out += R"(,"receipt_version":)" + std::to_string(receipt_version.value);
    out += R"(,"nonce":")";
    out += to_hex(nonce);
    out += R"("}}})";
    return out;
}

supply::Subject receipt_input(std::string name, const Hash& digest) {
    return {std::move(name), {{std::string(supply::blake3_digest_name), to_hex(digest)}}};
}

supply::Subject checkpoint_input(const tlog::Checkpoint& checkpoint) {
    supply::Subject subject = receipt_input(
        std::string(checkpoint_word) + checkpoint.origin + ' ' + std::to_string(checkpoint.size),
        crypto::blake3(as_bytes(checkpoint.text())));
    subject.digest.emplace_back(sha256_name, to_hex(checkpoint.root));
    return subject;
}

Result<std::optional<SeenLog>> seen_log_of(const supply::Subject& subject) {
    std::string_view name = subject.name;
    if (!name.starts_with(checkpoint_word)) {
        return std::nullopt;
    }
    name.remove_prefix(checkpoint_word.size());
    const std::size_t space = name.rfind(' ');
    if (space == std::string_view::npos || !tlog::is_key_name(name.substr(0, space))) {
        return std::nullopt;
    }
    const auto size = tlog::decimal(name.substr(space + 1));
    if (!size) {
        return std::nullopt;
    }
    SeenLog seen{.origin = std::string(name.substr(0, space)), .size = *size, .text_hash = Hash{}};
    const auto hash = blake3_of(subject);
    const std::string* const root_text = digest_of(subject, sha256_name);
    const auto root = lower_hex<crypto::Sha256Digest>(root_text);
    const bool agrees =
        root && hash &&
        *hash ==
            crypto::blake3(as_bytes(
                tlog::Checkpoint{.origin = seen.origin, .size = seen.size, .root = *root}.text()));
    // An agent that can say one digest only says that of the text.
    if (!hash || *size > tlog::max_tree_size || (root_text != nullptr && !agrees)) {
        return fail(invalid_format("a checkpoint without its digests"));
    }
    seen.text_hash = *hash;
    return seen;
}

std::vector<supply::Subject> inputs_of(const ReceiptStatement& statement) {
    std::vector<supply::Subject> inputs;
    for (const supply::Subject& subject : statement.subjects) {
        const auto seen = seen_log_of(subject);
        if (!seen || !*seen) {
            inputs.push_back(subject);
        }
    }
    std::ranges::sort(inputs, {}, &supply::Subject::name);
    return inputs;
}

}  // namespace aion::release
