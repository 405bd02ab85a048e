// SPDX-License-Identifier: MIT OR Apache-2.0
// An AIBOM as SPDX; aibom_spdx_read.cpp reads it.
#include "aion/supply/aibom_spdx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/base/time_text.hpp"
#include "aion/crypto/hash.hpp"
#include "supply/aibom_hash.hpp"
#include "supply/aibom_json.hpp"
#include "supply/aibom_properties.hpp"
#include "supply/aibom_spdx_words.hpp"
#include "supply/model_card_task.hpp"
#include "supply/spdx_expression.hpp"

namespace aion::supply {

std::optional<std::string> spdx::combined_license(std::span<const License> licenses) {
    std::vector<std::string_view> ids;
    for (const License& license : licenses) {
        if (!parse_spdx_expression(license.spdx_id).is_valid) {
            return std::nullopt;
        }
        ids.emplace_back(license.spdx_id);
    }
    std::ranges::sort(ids);
    const auto twins = std::ranges::unique(ids);
    ids.erase(twins.begin(), twins.end());
    if (ids.size() == 1) {
        return std::string(ids[0]);
    }
    std::string all;
    for (const std::string_view id : ids) {
        const bool is_simple = id.find_first_of(" ()") == std::string_view::npos;
        all.append(all.empty() ? "" : " AND ");
        all.append(is_simple ? std::string(id) : fmt::format("({})", id));
    }
    return all.empty() ? std::nullopt : std::optional(all);
}

namespace {

constexpr std::string_view creation = "_:creation";

class Writer {
  public:
    Writer(const AiBom& aibom, const SpdxOptions& options, std::string& text)
        : aibom_(aibom),
          time_(rfc3339_seconds(options.time)),
          base_("urn:aion:aibom:" + to_hex(crypto::blake3(as_bytes(to_json(aibom))))),
          out_(text, JsonStyle::minimal) {}

    void document(const SpdxOptions& options) {
        out_.begin_object().member("@context", spdx::context).key("@graph").begin_array();
        out_.begin_object().member("type", "CreationInfo").member("@id", creation);
        out_.member("specVersion", "3.0.1").member("created", time_);
        out_.key("createdBy").begin_array().text(id("supplier")).end_array().end_object();
        begin("Organization", "supplier", options.supplier);
        out_.end_object();
        if (!aibom_.datasets.empty()) {
            begin("Organization", "unknown", "NOASSERTION");
            out_.end_object();
        }
        model();
        for (std::size_t i = 0; i < aibom_.frameworks.size(); ++i) {
            framework(aibom_.frameworks[i], part("framework", i));
        }
        for (std::size_t i = 0; i < aibom_.datasets.size(); ++i) {
            dataset(aibom_.datasets[i], part("dataset", i));
        }
        relate("model", "dependsOn", "framework", aibom_.frameworks.size());
        relate("model", "trainedOn", "dataset", aibom_.datasets.size());
        collection();
        out_.end_array().end_object();
    }

  private:
    [[nodiscard]] std::string id(std::string_view name) const {
        return fmt::format("{}#{}", base_, name);
    }

    static std::string part(std::string_view what, std::size_t i) {
        return fmt::format("{}-{}", what, i + 1);
    }

    void begin(std::string_view type, std::string_view name_of_id, std::string_view name) {
        ids_.push_back(id(name_of_id));
        out_.begin_object().member("type", type).member("spdxId", ids_.back());
        out_.member("creationInfo", creation);
        if (!name.empty()) {
            out_.member("name", name);
        }
    }

    void list_of_one(std::string_view key, std::string_view text) {
        out_.key(key).begin_array().text(text).end_array();
    }

    void hash(const std::optional<std::string>& algorithm, const std::optional<Hash>& hash,
              PropertyList& properties) {
        const KnownHash* const known = algorithm && hash ? known_hash(*algorithm) : nullptr;
        if (known != nullptr) {
            out_.key("verifiedUsing").begin_array().begin_object().member("type", "Hash");
            out_.member("algorithm", known->spdx_name).member("hashValue", to_hex(*hash));
            out_.end_object().end_array();
        }
        add_hash_properties(properties, algorithm, hash, known != nullptr);
    }

    void write_properties(const PropertyList& properties) {
        if (properties.empty()) {
            return;
        }
        out_.key("extension").begin_array().begin_object();
        out_.member("type", "extension_CdxPropertiesExtension");
        out_.key("extension_cdxProperty").begin_array();
        for (const auto& [name, value] : properties) {
            out_.begin_object().member("type", "extension_CdxPropertyEntry");
            out_.member("extension_cdxPropName", name).member("extension_cdxPropValue", value);
            out_.end_object();
        }
        out_.end_array().end_object().end_array();
    }

    void model() {
        const ModelRef& model = aibom_.model;
        begin("ai_AIPackage", "model", model.name);
        PropertyList properties;
        add_common_properties(properties, aibom_);
        hash(model.hash_algorithm, model.hash, properties);
        references();
        out_.member("releaseTime", time_).member("suppliedBy", id("supplier"));
        out_.member("software_packageVersion", model.version);
        out_.member("software_primaryPurpose", "model");
        const auto download =
            std::ranges::find(aibom_.references, spdx::download_kind, &ExternalReference::kind);
        out_.member("software_downloadLocation", download == aibom_.references.end()
                                                     ? spdx::no_assertion
                                                     : std::string_view(download->uri));
        if (const auto task = model_card_task(aibom_)) {
            list_of_one("ai_domain", *task);
        }
        hyperparameters();
        for (const License& license : aibom_.licenses) {
            properties.emplace_back(property::license, part_json(license));
        }
        write_properties(properties);
        out_.end_object();
        license("model", spdx::combined_license(aibom_.licenses));
    }

    void reference(std::string_view type, std::string_view uri, std::string_view comment) {
        out_.begin_object().member("type", "ExternalRef").member("externalRefType", type);
        list_of_one("locator", uri);
        out_.member("comment", comment).end_object();
    }

    void references() {
        const bool has_reports = std::ranges::any_of(
            aibom_.safety_attestations,
            [](const SafetyAttestation& one) { return one.report_uri.has_value(); });
        if (aibom_.references.empty() && !has_reports) {
            return;
        }
        out_.key("externalRef").begin_array();
        for (const ExternalReference& one : aibom_.references) {
            reference(one.kind == "model_card" ? "documentation" : "other", one.uri,
                      std::string(kind_comment) + one.kind);
        }
        for (const SafetyAttestation& one : aibom_.safety_attestations) {
            if (one.report_uri) {
                reference("riskAssessment", *one.report_uri, property::safety_attestation);
            }
        }
        out_.end_array();
    }

    void hyperparameters() {
        if (aibom_.hyperparameters.empty()) {
            return;
        }
        out_.key("ai_hyperparameter").begin_array();
        for (const auto& [name, value] : aibom_.hyperparameters) {
            out_.begin_object().member("type", "DictionaryEntry").member("key", name);
            out_.member("value", value).end_object();
        }
        out_.end_array();
    }

    void framework(const FrameworkRef& framework, const std::string& name) {
        begin("software_Package", name, framework.name);
        out_.member("software_packageVersion", framework.version);
        out_.member("software_primaryPurpose", "framework");
        if (framework.cpe) {
            out_.key("externalIdentifier").begin_array().begin_object();
            out_.member("type", "ExternalIdentifier").member("externalIdentifierType", "cpe23");
            out_.member("identifier", *framework.cpe).end_object().end_array();
        }
        out_.end_object();
        license(name, std::nullopt);
    }

    void dataset(const DatasetRef& dataset, const std::string& name) {
        begin("dataset_DatasetPackage", name, dataset.name);
        out_.member("comment", spdx::dataset_comment);
        PropertyList properties;
        hash(dataset.hash_algorithm, dataset.hash, properties);
        out_.member("builtTime", time_).member("releaseTime", time_);
        list_of_one("originatedBy", id("unknown"));
        const bool is_place =
            dataset.uri && is_uri(*dataset.uri) && *dataset.uri != spdx::no_assertion;
        out_.member("software_downloadLocation",
                    is_place ? std::string_view(*dataset.uri) : spdx::no_assertion);
        if (dataset.uri && !is_place) {
            properties.emplace_back(property::uri, *dataset.uri);
        }
        out_.member("software_primaryPurpose", "data");
        list_of_one("dataset_datasetType", "noAssertion");
        if (dataset.size) {
            out_.member("dataset_datasetSize", *dataset.size);
        }
        const auto& expression = dataset.license_spdx_id;
        const bool is_license = expression && parse_spdx_expression(*expression).is_valid;
        if (expression && !is_license) {
            properties.emplace_back(property::license, *expression);
        }
        write_properties(properties);
        out_.end_object();
        license(name, is_license ? expression : std::nullopt);
    }

    // What is declared is what the AIBOM says; nobody here concludes anything from it.
    void license(std::string_view package, const std::optional<std::string>& expression) {
        std::string declared(spdx::no_license);
        if (expression) {
            const std::string name = fmt::format("{}-license", package);
            begin("simplelicensing_LicenseExpression", name, {});
            out_.member("simplelicensing_licenseExpression", *expression).end_object();
            declared = id(name);
        }
        begin_relation(package, "hasDeclaredLicense");
        list_of_one("to", declared);
        out_.end_object();
        begin_relation(package, "hasConcludedLicense");
        list_of_one("to", spdx::no_license);
        out_.end_object();
    }

    void begin_relation(std::string_view from, std::string_view type) {
        begin("Relationship", fmt::format("{}-{}", from, type), {});
        out_.member("from", id(from)).member("relationshipType", type);
    }

    void relate(std::string_view from, std::string_view type, std::string_view what,
                std::size_t count) {
        if (count == 0) {
            return;
        }
        begin_relation(from, type);
        out_.key("to").begin_array();
        for (std::size_t i = 0; i < count; ++i) {
            out_.text(id(part(what, i)));
        }
        out_.end_array().end_object();
    }

    void collection() {
        const std::vector<std::string> ids = ids_;
        begin("SpdxDocument", "document", aibom_.model.name);
        out_.key("profileConformance").begin_array();
        for (const std::string_view profile :
             {"core", "software", "simpleLicensing", "ai", "dataset", "extension"}) {
            out_.text(profile);
        }
        out_.end_array();
        list_of_one("rootElement", id("model"));
        out_.key("element").begin_array();
        for (const std::string& one : ids) {
            out_.text(one);
        }
        out_.end_array().end_object();
    }

    const AiBom& aibom_;
    std::string time_;
    std::string base_;
    std::vector<std::string> ids_;
    JsonWriter out_;
};

}  // namespace

Result<std::string> to_spdx(const AiBom& aibom, const SpdxOptions& options) {
    if (options.supplier.empty()) {
        return fail(
            error_because(ErrorCode::invalid_argument, "SPDX wants to know who supplies a model"));
    }
    std::string text;
    Writer(aibom, options, text).document(options);
    return text;
}

}  // namespace aion::supply
