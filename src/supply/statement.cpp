// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/statement.hpp"

#include <algorithm>
#include <utility>

#include "aion/base/hex.hpp"
#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/statement_json.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view sha256_name = "sha256";

const std::string* digest_in(const DigestSet& digests, std::string_view name) noexcept {
    const auto found = std::ranges::find(digests, name, [](const auto& one) { return one.first; });
    return found == digests.end() ? nullptr : &found->second;
}

}  // namespace

DigestSet digests_of(const Artifact& artifact) {
    DigestSet digests{{std::string(blake3_digest_name), to_hex(artifact.blake3)}};
    if (artifact.sha256) {
        digests.emplace_back(sha256_name, to_hex(*artifact.sha256));
    }
    return digests;
}

bool is_same(const Artifact& artifact, const Subject& subject) {
    bool is_known = false;
    for (const auto& [name, digest] : digests_of(artifact)) {
        if (const std::string* const other = digest_in(subject.digest, name)) {
            if (*other != digest) {
                return false;
            }
            is_known = true;
        }
    }
    return is_known;
}

Result<json::Document> parse_statement(std::string_view text) {
    return json::parse(text, {.error_prefix = statement_prefix, .max_size = Statement::max_size});
}

Result<DigestSet> digests_in(const json::ObjectReader& object) {
    AION_TRY_ASSIGN(const auto texts, object.all_texts());
    return DigestSet(texts.begin(), texts.end());
}

Result<Statement> Statement::from_json(std::string text) {
    Statement statement;
    statement.json_ = std::move(text);
    AION_TRY_ASSIGN(const json::Document document, parse_statement(statement.json_));
    AION_TRY_ASSIGN(const json::ObjectReader root,
                    json::ObjectReader::root(document, statement_prefix));
    AION_TRY_ASSIGN(const std::string_view type, root.text("_type"));
    if (type != statement_type_uri) {
        return fail(
            root.error_at("_type", told<SupplyDetail::statement_other_type>(statement_type_uri)));
    }
    AION_TRY_ASSIGN(statement.predicate_type_, root.text("predicateType"));
    AION_TRY_ASSIGN(const auto subjects, root.objects("subject"));
    for (const json::ObjectReader subject : subjects) {
        AION_TRY_ASSIGN(const auto name, subject.text_or_null("name"));
        AION_TRY_ASSIGN(const json::ObjectReader digest, subject.object("digest"));
        AION_TRY_ASSIGN(DigestSet digests, digests_in(digest));
        if (digests.empty()) {
            return fail(subject.error_at("digest", told<SupplyDetail::statement_no_subject>()));
        }
        statement.subjects_.push_back(
            {std::string(name.value_or(std::string_view())), std::move(digests)});
    }
    if (statement.subjects_.empty()) {
        return fail(root.error_at("subject", told<SupplyDetail::statement_no_subject>()));
    }
    return statement;
}

const Subject* Statement::find(const Artifact& artifact) const {
    const auto found = std::ranges::find_if(
        subjects_, [&](const Subject& subject) { return is_same(artifact, subject); });
    return found == subjects_.end() ? nullptr : &*found;
}

void write_digests(JsonWriter& out, const DigestSet& digests) {
    DigestSet sorted = digests;
    std::ranges::sort(sorted);
    out.begin_object();
    for (const auto& [name, digest] : sorted) {
        out.member(name, digest);
    }
    out.end_object();
}

Result<Statement> make_statement(std::span<const Artifact> subjects, std::string_view type,
                                 StatementForm form,
                                 const std::function<Result<>(JsonWriter&)>& predicate) {
    if (subjects.empty()) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "a statement needs a subject: something that it is about"));
    }
    std::string json;
    JsonWriter out(json, JsonStyle::minimal);
    out.begin_object().member("_type", statement_type_uri).key("subject").begin_array();
    for (const Artifact& artifact : subjects) {
        out.begin_object().member("name", artifact.name).key("digest");
        DigestSet digests = digests_of(artifact);
        if (form == StatementForm::reference) {
            digests.resize(1);  // The BLAKE3 digest.
        }
        write_digests(out, digests);
        out.end_object();
    }
    out.end_array().member("predicateType", type).key("predicate");
    AION_TRY(predicate(out));
    out.end_object();
    return Statement::from_json(std::move(json));
}

Result<> require_predicate(const Statement& statement, const json::ObjectReader& root,
                           std::string_view type) {
    if (statement.predicate_type() != type) {
        return fail(
            root.error_at("predicateType", told<SupplyDetail::statement_other_predicate>(type)));
    }
    return {};
}

}  // namespace aion::supply
