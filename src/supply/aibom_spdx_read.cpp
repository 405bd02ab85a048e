// SPDX-License-Identifier: MIT OR Apache-2.0
// SPDX as an AIBOM.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/supply/aibom_spdx.hpp"
#include "base/json_text.hpp"
#include "base/try.hpp"
#include "supply/aibom_hash.hpp"
#include "supply/aibom_json.hpp"
#include "supply/aibom_properties.hpp"
#include "supply/aibom_spdx_words.hpp"
#include "supply/details.hpp"
#include "supply/model_card_task.hpp"

namespace aion::supply {
namespace {

using json::ObjectReader;

constexpr std::string_view prefix = "SPDX: ";

Result<json::Document> parse(std::string_view text) {
    return json::parse(text, {.error_prefix = prefix,
                              .max_size = max_aibom_size,
                              .max_depth = max_aibom_depth,
                              .max_values = max_aibom_values});
}

struct Element {
    ObjectReader object;
    std::string_view type;
    std::string_view id;
    std::size_t number;
    bool is_read = false;
};

struct Relation {
    std::string_view from;
    std::string_view type;
    std::string_view to;  // The first.
    std::size_t number;   // Of the element.
};

class Reader {
  public:
    Result<ConvertedAiBom> read(const ObjectReader& root) {
        note_unknown(found_.lost, root, {"@context", "@graph"});
        AION_TRY_ASSIGN(const auto graph, root.objects("@graph"));
        for (const ObjectReader object : graph) {
            AION_TRY_ASSIGN(const std::string_view type, object.text("type"));
            AION_TRY_ASSIGN(const auto id, object.text_or_null("spdxId"));
            elements_.push_back({.object = object,
                                 .type = type,
                                 .id = id.value_or(std::string_view()),
                                 .number = elements_.size()});
        }
        const auto models = std::ranges::count(elements_, "ai_AIPackage", &Element::type);
        if (models != 1) {
            return fail(root.error_at("@graph", told<SupplyDetail::aibom_no_model>(models)));
        }
        AION_TRY(read_relations());
        AION_TRY(read_expressions());
        for (Element& element : elements_) {
            AION_TRY(read_element(element));
        }
        for (const Element& element : elements_) {
            if (!element.is_read) {
                found_.lost.push_back(fmt::format("@graph[{}]", element.number));
            }
        }
        return std::move(found_);
    }

  private:
    // --- What elements are to each other ---

    static bool is_known_relation(std::string_view type) {
        return type == "hasDeclaredLicense" || type == "hasConcludedLicense" ||
               type == "dependsOn" || type == "trainedOn";
    }

    Result<> read_relations() {
        for (Element& element : elements_) {
            if (element.type != "Relationship") {
                continue;
            }
            const ObjectReader& object = element.object;
            AION_TRY_ASSIGN(const std::string_view type, object.text("relationshipType"));
            AION_TRY_ASSIGN(const std::string_view from, object.text("from"));
            AION_TRY_ASSIGN(const auto to, object.texts_if_any("to"));
            element.is_read = is_known_relation(type);
            if (!element.is_read) {
                continue;
            }
            note_unknown(found_.lost, object,
                         {"type", "spdxId", "creationInfo", "from", "relationshipType", "to"});
            const bool is_license = type.ends_with("License");
            if (is_license && to && !to->empty()) {
                relations_.push_back({from, type, to->front(), element.number});
                if (to->size() > 1) {
                    found_.lost.push_back(object.place_of("to"));
                }
            }
        }
        std::ranges::sort(relations_, [](const Relation& a, const Relation& b) {
            return a.from != b.from ? a.from < b.from : a.number < b.number;
        });
        return {};
    }

    Result<> read_expressions() {
        for (Element& element : elements_) {
            if (element.type == "simplelicensing_LicenseExpression") {
                AION_TRY_ASSIGN(const std::string_view text,
                                element.object.text("simplelicensing_licenseExpression"));
                note_unknown(
                    found_.lost, element.object,
                    {"type", "spdxId", "creationInfo", "simplelicensing_licenseExpression"});
                expressions_.emplace_back(element.id, text);
                element.is_read = true;
            }
        }
        std::ranges::sort(expressions_);
        return {};
    }

    // The licence that a relationship leads to; nothing where nobody asserts one.
    [[nodiscard]] std::optional<std::string_view> expression_at(std::string_view id) const {
        const auto found = std::ranges::lower_bound(expressions_, id, {},
                                                    [](const auto& one) { return one.first; });
        return found != expressions_.end() && found->first == id ? std::optional(found->second)
                                                                 : std::nullopt;
    }

    std::optional<std::string_view> license_of(const Element& package) {
        std::optional<std::string_view> declared;
        std::optional<std::string_view> concluded;
        for (const Relation& relation :
             std::ranges::equal_range(relations_, package.id, {}, &Relation::from)) {
            const auto expression = expression_at(relation.to);
            (relation.type == "hasDeclaredLicense" ? declared : concluded) = expression;
        }
        if (declared && concluded && declared != concluded) {
            found_.lost.push_back(package.object.place_of("hasConcludedLicense"));
        }
        return declared ? declared : concluded;
    }

    // --- Elements ---

    Result<> read_element(Element& element) {
        if (element.type == "ai_AIPackage") {
            element.is_read = true;
            return model(element);
        }
        if (element.type == "software_Package") {
            element.is_read = true;
            return framework(element);
        }
        if (element.type == "dataset_DatasetPackage") {
            element.is_read = true;
            return dataset(element);
        }
        // Of these an AIBOM has nothing but what packages say of them.
        if (element.type == "CreationInfo" || element.type == "SpdxDocument" ||
            element.type == "Organization" || element.type == "Person") {
            element.is_read = true;
        }
        return {};
    }

    Result<Properties> properties_of(const ObjectReader& object) {
        Properties properties;
        AION_TRY_ASSIGN(const auto extensions, object.objects_if_any("extension"));
        for (const ObjectReader extension : extensions) {
            AION_TRY_ASSIGN(const auto list, extension.objects_if_any("extension_cdxProperty"));
            note_unknown(found_.lost, extension, {"type", "extension_cdxProperty"});
            for (const ObjectReader one : list) {
                AION_TRY_ASSIGN(const std::string_view name, one.text("extension_cdxPropName"));
                AION_TRY_ASSIGN(const auto value, one.text_or_null("extension_cdxPropValue"));
                properties.add(name, value.value_or(std::string_view()),
                               one.place_of("extension_cdxPropName"));
            }
        }
        return properties;
    }

    Result<> read_hash(const ObjectReader& package, std::optional<std::string>& algorithm,
                       std::optional<Hash>& hash) {
        AION_TRY_ASSIGN(const auto list, package.objects_if_any("verifiedUsing"));
        std::string place;
        for (const ObjectReader one : list) {
            AION_TRY_ASSIGN(const auto name, one.text_or_null("algorithm"));
            const KnownHash* const known = name ? known_hash(*name) : nullptr;
            if (known == nullptr || (hash && known->house_name != aibom_blake3_name)) {
                found_.lost.push_back(one.place_of("algorithm"));
                continue;
            }
            if (hash) {
                found_.lost.push_back(place);
            }
            AION_TRY_ASSIGN(const std::string_view value, one.text("hashValue"));
            AION_TRY_ASSIGN(hash, digest_in(one, "hashValue", value));
            algorithm = known->house_name;
            place = one.place_of("algorithm");
        }
        return {};
    }

    Result<> read_name(const ObjectReader& package, std::string& name, std::string& version,
                       const std::string& pointer) {
        AION_TRY_ASSIGN(const auto said, package.text_or_null("name"));
        name = said.value_or(std::string_view());
        AION_TRY_ASSIGN(const auto written, package.text_or_null("software_packageVersion"));
        if (written) {
            version = *written;
        } else {
            found_.assumed.push_back(pointer + "/version: \"\"");
        }
        return {};
    }

    Result<> model(const Element& element) {
        const ObjectReader& object = element.object;
        AiBom& aibom = found_.aibom;
        note_unknown(found_.lost, object,
                     {"type", "spdxId", "creationInfo", "name", "verifiedUsing", "externalRef",
                      "extension", "software_packageVersion", "software_primaryPurpose",
                      "software_downloadLocation", "ai_hyperparameter", "ai_domain"});
        AION_TRY(read_name(object, aibom.model.name, aibom.model.version, "/model"));
        AION_TRY_ASSIGN(Properties properties, properties_of(object));
        std::optional<std::string> algorithm;
        std::optional<Hash> hash;
        AION_TRY(read_hash(object, algorithm, hash));
        AION_TRY(take_hash_properties(properties, algorithm, hash));
        if (!hash) {
            return fail(object.error_at("verifiedUsing", told<SupplyDetail::aibom_no_digest>()));
        }
        aibom.model.hash = *hash;
        aibom.model.hash_algorithm = algorithm.value_or(std::string());
        AION_TRY(take_common_properties(properties, found_));
        AION_TRY(licenses(element, properties));
        AION_TRY(references(object));
        AION_TRY(download_location(object));
        AION_TRY(hyperparameters(object));
        AION_TRY(domain(object));
        properties.leave_rest(found_.lost);
        return {};
    }

    // Licences one by one, as far as they say what the expression says.
    Result<> licenses(const Element& element, Properties& properties) {
        AiBom& aibom = found_.aibom;
        std::vector<License> licenses;
        while (const auto next = properties.take_next(property::license)) {
            AION_TRY_ASSIGN(License one, part_from(next->second, license_in));
            licenses.push_back(std::move(one));
        }
        const auto expression = license_of(element);
        const auto combined = spdx::combined_license(licenses);
        if (combined == expression) {
            aibom.licenses = std::move(licenses);
            return {};
        }
        if (!licenses.empty()) {
            found_.lost.push_back(element.object.place_of(property::license));
        }
        if (expression) {
            aibom.licenses.push_back(
                {.spdx_id = std::string(*expression), .scope = LicenseScope::weights});
            found_.assumed.emplace_back("/licenses/0/scope: Weights");
        }
        return {};
    }

    Result<> references(const ObjectReader& object) {
        AION_TRY_ASSIGN(const auto list, object.objects_if_any("externalRef"));
        for (const ObjectReader one : list) {
            AION_TRY_ASSIGN(const auto type, one.text_or_null("externalRefType"));
            AION_TRY_ASSIGN(const auto comment, one.text_or_null("comment"));
            AION_TRY_ASSIGN(const auto locators, one.texts_if_any("locator"));
            note_unknown(found_.lost, one, {"type", "externalRefType", "locator", "comment"});
            const std::string_view said = comment.value_or(std::string_view());
            std::string_view kind = type.value_or("other");
            if (said.starts_with(kind_comment)) {
                kind = said.substr(kind_comment.size());
            } else if (comment && said != property::safety_attestation) {
                found_.lost.push_back(one.place_of("comment"));
            }
            if (!locators) {
                continue;
            }
            for (const std::string_view uri : *locators) {
                if (said != property::safety_attestation || !is_report(uri)) {
                    found_.aibom.references.push_back({std::string(kind), std::string(uri)});
                }
            }
        }
        return {};
    }

    [[nodiscard]] bool is_report(std::string_view uri) const {
        return std::ranges::any_of(
            found_.aibom.safety_attestations,
            [&](const SafetyAttestation& one) { return one.report_uri == uri; });
    }

    Result<> download_location(const ObjectReader& object) {
        AION_TRY_ASSIGN(const auto uri, object.text_or_null("software_downloadLocation"));
        auto& references = found_.aibom.references;
        const bool is_there = std::ranges::any_of(references, [&](const ExternalReference& one) {
            return one.kind == spdx::download_kind && one.uri == uri;
        });
        if (uri && *uri != spdx::no_assertion && !is_there) {
            references.push_back({std::string(spdx::download_kind), std::string(*uri)});
        }
        return {};
    }

    // A value that is no JSON is a text.
    Result<> hyperparameters(const ObjectReader& object) {
        AION_TRY_ASSIGN(const auto list, object.objects_if_any("ai_hyperparameter"));
        for (const ObjectReader one : list) {
            AION_TRY_ASSIGN(const std::string_view name, one.text("key"));
            AION_TRY_ASSIGN(const auto value, one.text_or_null("value"));
            const std::string_view said = value.value_or("null");
            if (!set_hyperparameter(found_.aibom, name, said)) {
                std::string quoted;
                append_json_string(quoted, said);
                AION_TRY(set_hyperparameter(found_.aibom, name, quoted));
            }
        }
        return {};
    }

    Result<> domain(const ObjectReader& object) {
        AION_TRY_ASSIGN(const auto domains, object.texts_if_any("ai_domain"));
        if (domains && !domains->empty() &&
            (domains->size() > 1 || !note_model_card_task(found_.aibom, domains->front()))) {
            found_.lost.push_back(object.place_of("ai_domain"));
        }
        return {};
    }

    Result<> framework(const Element& element) {
        const ObjectReader& object = element.object;
        note_unknown(found_.lost, object,
                     {"type", "spdxId", "creationInfo", "name", "software_packageVersion",
                      "software_primaryPurpose", "externalIdentifier"});
        FrameworkRef framework;
        AION_TRY(read_name(object, framework.name, framework.version,
                           fmt::format("/frameworks/{}", found_.aibom.frameworks.size())));
        AION_TRY_ASSIGN(const auto identifiers, object.objects_if_any("externalIdentifier"));
        for (const ObjectReader one : identifiers) {
            AION_TRY_ASSIGN(const std::string_view type, one.text("externalIdentifierType"));
            AION_TRY_ASSIGN(const std::string_view identifier, one.text("identifier"));
            if (type == "cpe23" && !framework.cpe) {
                framework.cpe = identifier;
            } else {
                found_.lost.push_back(one.place_of("identifier"));
            }
        }
        if (license_of(element)) {
            found_.lost.push_back(object.place_of("hasDeclaredLicense"));
        }
        found_.aibom.frameworks.push_back(std::move(framework));
        return {};
    }

    Result<> dataset(const Element& element) {
        const ObjectReader& object = element.object;
        AION_TRY_ASSIGN(const auto comment, object.text_or_null("comment"));
        if (comment == spdx::dataset_comment) {
            note_unknown(found_.lost, object,
                         {"type", "spdxId", "creationInfo", "name", "comment", "verifiedUsing",
                          "builtTime", "releaseTime", "originatedBy", "software_downloadLocation",
                          "software_primaryPurpose", "dataset_datasetType", "dataset_datasetSize",
                          "extension"});
        } else {
            note_unknown(found_.lost, object,
                         {"type", "spdxId", "creationInfo", "name", "verifiedUsing",
                          "software_downloadLocation", "software_primaryPurpose",
                          "dataset_datasetType", "dataset_datasetSize", "extension"});
        }
        DatasetRef dataset;
        AION_TRY_ASSIGN(const auto name, object.text_or_null("name"));
        dataset.name = name.value_or(std::string_view());
        AION_TRY_ASSIGN(Properties properties, properties_of(object));
        AION_TRY(read_hash(object, dataset.hash_algorithm, dataset.hash));
        AION_TRY(take_hash_properties(properties, dataset.hash_algorithm, dataset.hash));
        AION_TRY(read_place(object, properties, dataset));
        if (object.any_if_any("dataset_datasetSize")) {
            AION_TRY_ASSIGN(dataset.size, object.u64("dataset_datasetSize"));
        }
        AION_TRY(read_types(object));
        if (const auto expression = license_of(element)) {
            dataset.license_spdx_id = *expression;
        } else if (const auto text = properties.take(property::license)) {
            dataset.license_spdx_id = *text;
        }
        properties.leave_rest(found_.lost);
        found_.aibom.datasets.push_back(std::move(dataset));
        return {};
    }

    static Result<> read_place(const ObjectReader& object, Properties& properties,
                               DatasetRef& dataset) {
        AION_TRY_ASSIGN(const auto uri, object.text_or_null("software_downloadLocation"));
        if (uri && *uri != spdx::no_assertion) {
            dataset.uri = *uri;
        } else if (const auto text = properties.take(property::uri)) {
            dataset.uri = *text;
        }
        return {};
    }

    Result<> read_types(const ObjectReader& object) {
        AION_TRY_ASSIGN(const auto types, object.texts_if_any("dataset_datasetType"));
        const bool says_something = types && std::ranges::any_of(*types, [](std::string_view type) {
                                        return type != "noAssertion";
                                    });
        if (says_something) {
            found_.lost.push_back(object.place_of("dataset_datasetType"));
        }
        return {};
    }

    std::vector<Element> elements_;
    std::vector<Relation> relations_;
    std::vector<std::pair<std::string_view, std::string_view>> expressions_;
    ConvertedAiBom found_;
};

bool is_context(const json::Value& value) {
    const auto text = value.text();
    return text && text->starts_with(spdx::any_context);
}

}  // namespace

bool is_spdx(std::string_view text) {
    const auto document = parse(text);
    if (!document || !document->root().is_object()) {
        return false;
    }
    for (const json::Member member : document->root().children()) {
        if (member.key() == "@context") {
            return is_context(member.value);
        }
    }
    return false;
}

Result<ConvertedAiBom> aibom_from_spdx(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document, parse(text));
    AION_TRY_ASSIGN(const ObjectReader root, ObjectReader::root(document, prefix));
    AION_TRY_ASSIGN(const json::Value context, root.any("@context"));
    if (!is_context(context)) {
        return fail(
            root.error_at("@context", told<SupplyDetail::aibom_other_format>(spdx::context)));
    }
    return Reader().read(root);
}

}  // namespace aion::supply
