// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/aibom.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/supply/canonical_json.hpp"
#include "base/try.hpp"
#include "supply/aibom_json.hpp"
#include "supply/details.hpp"
#include "supply/sorted_json.hpp"

namespace aion::supply {
namespace {

using json::ObjectReader;
using Keys = std::span<const std::string_view>;

constexpr std::array<std::string_view, 5> scope_names = {"Weights", "SourceCode", "TrainingData",
                                                         "Documentation", "Combined"};

constexpr auto aibom_keys = std::to_array<std::string_view>(
    {"schema_version", "model", "frameworks", "datasets", "licenses", "hyperparameters",
     "safety_attestations", "export_controls", "references", "created_at_version"});
constexpr auto model_keys = std::to_array<std::string_view>(
    {"name", "version", "hash_algorithm", "hash", "size", "format"});
constexpr auto framework_keys = std::to_array<std::string_view>({"name", "version", "cpe"});
constexpr auto dataset_keys = std::to_array<std::string_view>(
    {"name", "hash_algorithm", "hash", "size", "uri", "license_spdx_id"});
constexpr auto license_keys = std::to_array<std::string_view>({"spdx_id", "scope", "text_uri"});
constexpr auto attestation_keys = std::to_array<std::string_view>(
    {"name", "result", "report_hash_algorithm", "report_hash", "report_uri"});
constexpr auto control_keys =
    std::to_array<std::string_view>({"regime", "classification", "notes"});
constexpr auto reference_keys = std::to_array<std::string_view>({"kind", "uri"});

// --- Reading -------------------------------------------------------------------------------------

// A key as JSON pointers have it (RFC 6901 section 3).
std::string pointer_token(std::string_view key) {
    std::string token;
    for (const char c : key) {
        if (c == '~') {
            token += "~0";
        } else if (c == '/') {
            token += "~1";
        } else {
            token += c;
        }
    }
    return token;
}

// Notes what of an object nobody reads.
class Unknown {
  public:
    explicit Unknown(std::vector<std::string>* into) : into_(into) {}

    // `where`: the object's JSON pointer.
    void in(const ObjectReader& object, Keys known, const std::string& where) const {
        if (into_ == nullptr) {
            return;
        }
        for (const std::string_view key : object.unknown(known)) {
            into_->push_back(where + "/" + pointer_token(key));
        }
    }

  private:
    std::vector<std::string>* into_;
};

Result<std::string> text_in(const ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const std::string_view text, object.text(key));
    return std::string(text);
}

Result<Hash> required_digest(const ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const std::string_view hex, object.text(key));
    return digest_in(object, key, hex);
}

// It must be there, and may be null.
Result<std::optional<Hash>> nullable_digest(const ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const json::Value value, object.any(key));
    if (value.is_null()) {
        return std::nullopt;
    }
    AION_TRY_ASSIGN(const Hash hash, required_digest(object, key));
    return hash;
}

Result<std::optional<std::uint64_t>> optional_size(const ObjectReader& object,
                                                   std::string_view key) {
    const auto value = object.any_if_any(key);
    if (!value || value->is_null()) {
        return std::nullopt;
    }
    AION_TRY_ASSIGN(const std::uint64_t size, object.u64(key));
    return size;
}

Result<ModelRef> model_in(const ObjectReader& object) {
    ModelRef model;
    AION_TRY_ASSIGN(model.name, text_in(object, "name"));
    AION_TRY_ASSIGN(model.version, text_in(object, "version"));
    AION_TRY_ASSIGN(model.hash_algorithm, text_in(object, "hash_algorithm"));
    AION_TRY_ASSIGN(model.hash, required_digest(object, "hash"));
    AION_TRY_ASSIGN(model.size, object.u64("size"));
    AION_TRY_ASSIGN(model.format, text_in(object, "format"));
    return model;
}

Result<FrameworkRef> framework_in(const ObjectReader& object) {
    FrameworkRef framework;
    AION_TRY_ASSIGN(framework.name, text_in(object, "name"));
    AION_TRY_ASSIGN(framework.version, text_in(object, "version"));
    AION_TRY_ASSIGN(framework.cpe, optional_text(object, "cpe"));
    return framework;
}

Result<DatasetRef> dataset_in(const ObjectReader& object) {
    DatasetRef dataset;
    AION_TRY_ASSIGN(dataset.name, text_in(object, "name"));
    AION_TRY_ASSIGN(dataset.hash_algorithm, optional_text(object, "hash_algorithm"));
    AION_TRY_ASSIGN(dataset.hash, nullable_digest(object, "hash"));
    AION_TRY_ASSIGN(dataset.size, optional_size(object, "size"));
    AION_TRY_ASSIGN(dataset.uri, optional_text(object, "uri"));
    AION_TRY_ASSIGN(dataset.license_spdx_id, optional_text(object, "license_spdx_id"));
    return dataset;
}

template <class Part>
Result<std::vector<Part>> parts_in(const ObjectReader& object, std::string_view key, Keys known,
                                   const Unknown& unknown,
                                   Result<Part> (*part_in)(const ObjectReader&)) {
    std::vector<Part> parts;
    AION_TRY_ASSIGN(const auto elements, object.objects(key));
    for (const ObjectReader element : elements) {
        unknown.in(element, known, "/" + std::string(key) + "/" + std::to_string(parts.size()));
        AION_TRY_ASSIGN(Part part, part_in(element));
        parts.push_back(std::move(part));
    }
    return parts;
}

Result<> read_hyperparameters(AiBom& aibom, const ObjectReader& root, std::string_view text) {
    AION_TRY(root.object("hyperparameters"));
    AION_TRY_ASSIGN(const json::Value object, root.any("hyperparameters"));
    for (const json::Member member : object.children()) {
        AION_TRY_ASSIGN(std::string value, sorted_json(member.value, text, SortedForm::reference));
        aibom.hyperparameters.emplace_back(member.key(), std::move(value));
    }
    std::ranges::sort(aibom.hyperparameters);
    return {};
}

// --- Writing -------------------------------------------------------------------------------------

void write_parts_of(JsonWriter& out, const ModelRef& model) {
    out.key("model").begin_object();
    out.member("name", model.name).member("version", model.version);
    out.member("hash_algorithm", model.hash_algorithm).member("hash", to_hex(model.hash));
    out.member("size", model.size).member("format", model.format);
    out.end_object();
}

void write(JsonWriter& out, const FrameworkRef& framework) {
    out.begin_object();
    out.member("name", framework.name).member("version", framework.version);
    out.member("cpe", framework.cpe);
    out.end_object();
}

void write(JsonWriter& out, const DatasetRef& dataset) {
    out.begin_object();
    out.member("name", dataset.name).member("hash_algorithm", dataset.hash_algorithm);
    out.member("hash", hex_of(dataset.hash)).member("size", dataset.size);
    out.member("uri", dataset.uri).member("license_spdx_id", dataset.license_spdx_id);
    out.end_object();
}

template <class Part>
void write_list(JsonWriter& out, std::string_view name, const std::vector<Part>& parts) {
    out.key(name).begin_array();
    for (const Part& part : parts) {
        write(out, part);
    }
    out.end_array();
}

}  // namespace

std::string_view name_of(LicenseScope scope) noexcept {
    return scope_names[static_cast<std::size_t>(scope)];
}

std::optional<LicenseScope> license_scope_from(std::string_view name) noexcept {
    const auto* const found = std::ranges::find(scope_names, name);
    return found == scope_names.end()
               ? std::nullopt
               : std::optional(static_cast<LicenseScope>(found - scope_names.begin()));
}

Result<Hash> digest_in(const json::ObjectReader& object, std::string_view key,
                       std::string_view hex) {
    auto hash = octets_from_hex<Hash>(hex);
    if (!hash) {
        return fail(object.error_at(key, told<SupplyDetail::aibom_bad_digest>()));
    }
    return *hash;
}

Result<std::optional<std::string>> optional_text(const json::ObjectReader& object,
                                                 std::string_view key) {
    AION_TRY_ASSIGN(const auto text, object.text_or_null(key));
    return text ? std::optional(std::string(*text)) : std::nullopt;
}

Result<License> license_in(const json::ObjectReader& object) {
    License license;
    AION_TRY_ASSIGN(license.spdx_id, text_in(object, "spdx_id"));
    AION_TRY_ASSIGN(const std::string_view name, object.text("scope"));
    const auto scope = license_scope_from(name);
    if (!scope) {
        return fail(object.error_at("scope", told<SupplyDetail::aibom_unknown_scope>()));
    }
    license.scope = *scope;
    AION_TRY_ASSIGN(license.text_uri, optional_text(object, "text_uri"));
    return license;
}

Result<SafetyAttestation> safety_attestation_in(const json::ObjectReader& object) {
    SafetyAttestation attestation;
    AION_TRY_ASSIGN(attestation.name, text_in(object, "name"));
    AION_TRY_ASSIGN(attestation.result, text_in(object, "result"));
    AION_TRY_ASSIGN(attestation.report_hash_algorithm,
                    optional_text(object, "report_hash_algorithm"));
    AION_TRY_ASSIGN(attestation.report_hash, nullable_digest(object, "report_hash"));
    AION_TRY_ASSIGN(attestation.report_uri, optional_text(object, "report_uri"));
    return attestation;
}

Result<ExportControl> export_control_in(const json::ObjectReader& object) {
    ExportControl control;
    AION_TRY_ASSIGN(control.regime, text_in(object, "regime"));
    AION_TRY_ASSIGN(control.classification, text_in(object, "classification"));
    AION_TRY_ASSIGN(control.notes, optional_text(object, "notes"));
    return control;
}

Result<ExternalReference> reference_in(const json::ObjectReader& object) {
    ExternalReference reference;
    AION_TRY_ASSIGN(reference.kind, text_in(object, "kind"));
    AION_TRY_ASSIGN(reference.uri, text_in(object, "uri"));
    return reference;
}

void write(JsonWriter& out, const License& license) {
    out.begin_object();
    out.member("spdx_id", license.spdx_id).member("scope", name_of(license.scope));
    out.member("text_uri", license.text_uri);
    out.end_object();
}

void write(JsonWriter& out, const SafetyAttestation& attestation) {
    out.begin_object();
    out.member("name", attestation.name).member("result", attestation.result);
    out.member("report_hash_algorithm", attestation.report_hash_algorithm);
    out.member("report_hash", hex_of(attestation.report_hash));
    out.member("report_uri", attestation.report_uri);
    out.end_object();
}

void write(JsonWriter& out, const ExportControl& control) {
    out.begin_object();
    out.member("regime", control.regime).member("classification", control.classification);
    out.member("notes", control.notes);
    out.end_object();
}

void write(JsonWriter& out, const ExternalReference& reference) {
    out.begin_object().member("kind", reference.kind).member("uri", reference.uri).end_object();
}

Result<> set_hyperparameter(AiBom& aibom, std::string_view name, std::string_view json) {
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(json, {.error_prefix = "hyperparameter: ",
                                       .max_size = max_aibom_size,
                                       .max_depth = max_aibom_depth - 2,
                                       .max_values = max_aibom_values}));
    AION_TRY_ASSIGN(std::string value, sorted_json(document.root(), json, SortedForm::reference));
    const auto at =
        std::ranges::lower_bound(aibom.hyperparameters, name, {},
                                 [](const auto& one) -> std::string_view { return one.first; });
    if (at != aibom.hyperparameters.end() && at->first == name) {
        at->second = std::move(value);
    } else {
        aibom.hyperparameters.emplace(at, name, std::move(value));
    }
    return {};
}

Result<AiBom> aibom_from_json(std::string_view text, std::vector<std::string>* unknown) {
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(text, {.error_prefix = aibom_prefix,
                                       .max_size = max_aibom_size,
                                       .max_depth = max_aibom_depth,
                                       .max_values = max_aibom_values}));
    AION_TRY_ASSIGN(const ObjectReader root, ObjectReader::root(document, aibom_prefix));
    const Unknown note(unknown);
    note.in(root, aibom_keys, "");
    AiBom aibom;
    AION_TRY_ASSIGN(aibom.schema_version, text_in(root, "schema_version"));
    AION_TRY_ASSIGN(const ObjectReader model, root.object("model"));
    note.in(model, model_keys, "/model");
    AION_TRY_ASSIGN(aibom.model, model_in(model));
    AION_TRY_ASSIGN(aibom.frameworks,
                    parts_in(root, "frameworks", framework_keys, note, framework_in));
    AION_TRY_ASSIGN(aibom.datasets, parts_in(root, "datasets", dataset_keys, note, dataset_in));
    AION_TRY_ASSIGN(aibom.licenses, parts_in(root, "licenses", license_keys, note, license_in));
    AION_TRY(read_hyperparameters(aibom, root, text));
    AION_TRY_ASSIGN(
        aibom.safety_attestations,
        parts_in(root, "safety_attestations", attestation_keys, note, safety_attestation_in));
    AION_TRY_ASSIGN(aibom.export_controls,
                    parts_in(root, "export_controls", control_keys, note, export_control_in));
    AION_TRY_ASSIGN(aibom.references,
                    parts_in(root, "references", reference_keys, note, reference_in));
    AION_TRY_ASSIGN(aibom.created_at_version, root.u64("created_at_version"));
    return aibom;
}

std::string to_json(const AiBom& aibom) {
    std::string text;
    JsonWriter out(text, JsonStyle::minimal);
    out.begin_object().member("schema_version", aibom.schema_version);
    write_parts_of(out, aibom.model);
    write_list(out, "frameworks", aibom.frameworks);
    write_list(out, "datasets", aibom.datasets);
    write_list(out, "licenses", aibom.licenses);
    out.key("hyperparameters").begin_object();
    for (const auto& [name, value] : aibom.hyperparameters) {
        out.key(name);
        out.written(value);
    }
    out.end_object();
    write_list(out, "safety_attestations", aibom.safety_attestations);
    write_list(out, "export_controls", aibom.export_controls);
    write_list(out, "references", aibom.references);
    out.member("created_at_version", aibom.created_at_version).end_object();
    return text;
}

Result<std::string> to_canonical_json(const AiBom& aibom) {
    return canonical_json(to_json(aibom));
}

}  // namespace aion::supply
