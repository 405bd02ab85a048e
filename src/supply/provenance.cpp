// SPDX-License-Identifier: MIT OR Apache-2.0
// SLSA's provenance, written and read.
#include <utility>

#include "aion/base/time_text.hpp"
#include "base/try.hpp"
#include "supply/sorted_json.hpp"
#include "supply/statement_json.hpp"

namespace aion::supply {
namespace {

void write_if_any(JsonWriter& out, std::string_view name, const std::optional<std::string>& text) {
    if (text) {
        out.member(name, *text);
    }
}

void write_descriptors(JsonWriter& out, const std::vector<ResourceDescriptor>& descriptors) {
    out.begin_array();
    for (const ResourceDescriptor& descriptor : descriptors) {
        out.begin_object();
        write_if_any(out, "name", descriptor.name);
        write_if_any(out, "uri", descriptor.uri);
        if (descriptor.digest) {
            out.key("digest");
            write_digests(out, *descriptor.digest);
        }
        write_if_any(out, "mediaType", descriptor.media_type);
        out.end_object();
    }
    out.end_array();
}

// Parameters are anybody's JSON, which becomes part of ours.
Result<> write_parameters(JsonWriter& out, std::string_view name, std::string_view json,
                          StatementForm form) {
    const std::string prefix = std::string(name) + ": ";
    AION_TRY_ASSIGN(
        const json::Document document,
        json::parse(
            json, {.error_prefix = prefix, .max_size = Statement::max_size / 2, .max_depth = 24}));
    AION_TRY_ASSIGN(const std::string sorted,
                    sorted_json(document.root(), json,
                                form == StatementForm::reference ? SortedForm::reference
                                                                 : SortedForm::canonical));
    out.key(name);
    out.written(sorted);
    return {};
}

Result<> write_provenance(JsonWriter& out, const Provenance& provenance, StatementForm form) {
    out.begin_object().key("buildDefinition").begin_object();
    out.member("buildType", provenance.build_type);
    AION_TRY(write_parameters(out, "externalParameters", provenance.external_parameters, form));
    if (provenance.internal_parameters) {
        AION_TRY(
            write_parameters(out, "internalParameters", *provenance.internal_parameters, form));
    }
    out.key("resolvedDependencies");
    write_descriptors(out, provenance.resolved_dependencies);
    out.end_object().key("runDetails").begin_object();
    out.key("builder").begin_object().member("id", provenance.builder_id).end_object();
    if (provenance.invocation_id || provenance.started_on || provenance.finished_on) {
        out.key("metadata").begin_object();
        write_if_any(out, "invocationId", provenance.invocation_id);
        write_if_any(out, "startedOn", provenance.started_on);
        write_if_any(out, "finishedOn", provenance.finished_on);
        out.end_object();
    }
    if (!provenance.byproducts.empty()) {
        out.key("byproducts");
        write_descriptors(out, provenance.byproducts);
    }
    out.end_object().end_object();
    return {};
}

Result<std::optional<std::string>> text_if_any(const json::ObjectReader& object,
                                               std::string_view key) {
    AION_TRY_ASSIGN(const auto text, object.text_or_null(key));
    return text ? std::optional(std::string(*text)) : std::nullopt;
}

Result<std::vector<ResourceDescriptor>> descriptors_in(const json::ObjectReader& object,
                                                       std::string_view key) {
    std::vector<ResourceDescriptor> descriptors;
    AION_TRY_ASSIGN(const auto elements, object.objects_if_any(key));
    for (const json::ObjectReader element : elements) {
        ResourceDescriptor descriptor;
        AION_TRY_ASSIGN(descriptor.name, text_if_any(element, "name"));
        AION_TRY_ASSIGN(descriptor.uri, text_if_any(element, "uri"));
        AION_TRY_ASSIGN(descriptor.media_type, text_if_any(element, "mediaType"));
        AION_TRY_ASSIGN(const auto digest, element.object_if_any("digest"));
        if (digest) {
            AION_TRY_ASSIGN(descriptor.digest, digests_in(*digest));
        }
        descriptors.push_back(std::move(descriptor));
    }
    return descriptors;
}

Result<> check_time(const std::optional<std::string>& time) {
    return time ? [&]() -> Result<> {
        AION_TRY(parse_time(*time));
        return {};
    }()
                : Result<>();
}

}  // namespace

Result<Statement> make_provenance(std::span<const Artifact> subjects, const Provenance& provenance,
                                  StatementForm form) {
    if (provenance.builder_id.empty()) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "provenance needs a builder: the URI of who vouches for it"));
    }
    if (form == StatementForm::standard) {
        AION_TRY(check_time(provenance.started_on));
        AION_TRY(check_time(provenance.finished_on));
    }
    return make_statement(subjects, provenance_type, form,
                          [&](JsonWriter& out) { return write_provenance(out, provenance, form); });
}

Result<Provenance> provenance_of(const Statement& statement) {
    AION_TRY_ASSIGN(const json::Document document, parse_statement(statement.json()));
    AION_TRY_ASSIGN(const json::ObjectReader root,
                    json::ObjectReader::root(document, statement_prefix));
    AION_TRY(require_predicate(statement, root, provenance_type));
    AION_TRY_ASSIGN(const json::ObjectReader predicate, root.object("predicate"));
    AION_TRY_ASSIGN(const json::ObjectReader definition, predicate.object("buildDefinition"));
    AION_TRY_ASSIGN(const json::ObjectReader details, predicate.object("runDetails"));
    AION_TRY_ASSIGN(const json::ObjectReader builder, details.object("builder"));
    Provenance provenance;
    AION_TRY_ASSIGN(provenance.builder_id, builder.text("id"));
    AION_TRY_ASSIGN(provenance.build_type, definition.text("buildType"));
    AION_TRY_ASSIGN(const json::Value external, definition.any("externalParameters"));
    AION_TRY_ASSIGN(provenance.external_parameters,
                    sorted_json(external, statement.json(), SortedForm::reference));
    const auto internal = definition.any_if_any("internalParameters");
    if (internal && !internal->is_null()) {
        AION_TRY_ASSIGN(provenance.internal_parameters,
                        sorted_json(*internal, statement.json(), SortedForm::reference));
    }
    AION_TRY_ASSIGN(provenance.resolved_dependencies,
                    descriptors_in(definition, "resolvedDependencies"));
    AION_TRY_ASSIGN(const auto metadata, details.object_if_any("metadata"));
    if (metadata) {
        AION_TRY_ASSIGN(provenance.invocation_id, text_if_any(*metadata, "invocationId"));
        AION_TRY_ASSIGN(provenance.started_on, text_if_any(*metadata, "startedOn"));
        AION_TRY_ASSIGN(provenance.finished_on, text_if_any(*metadata, "finishedOn"));
    }
    AION_TRY_ASSIGN(provenance.byproducts, descriptors_in(details, "byproducts"));
    return provenance;
}

}  // namespace aion::supply
