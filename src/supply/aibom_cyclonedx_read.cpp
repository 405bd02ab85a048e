// SPDX-License-Identifier: MIT OR Apache-2.0
// CycloneDX as an AIBOM.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/supply/aibom_cyclonedx.hpp"
#include "base/try.hpp"
#include "supply/aibom_cyclonedx_names.hpp"
#include "supply/aibom_hash.hpp"
#include "supply/aibom_json.hpp"
#include "supply/aibom_properties.hpp"
#include "supply/details.hpp"
#include "supply/model_card_task.hpp"

namespace aion::supply {
namespace {

using json::ObjectReader;

constexpr std::string_view prefix = "CycloneDX: ";
constexpr std::string_view format_name = "CycloneDX";
constexpr std::string_view model_type = "machine-learning-model";

Result<json::Document> parse(std::string_view text) {
    return json::parse(text, {.error_prefix = prefix,
                              .max_size = max_aibom_size,
                              .max_depth = max_aibom_depth,
                              .max_values = max_aibom_values});
}

class Reader {
  public:
    Result<ConvertedAiBom> read(const ObjectReader& root) {
        note_unknown(found_.lost, root,
                     {"$schema", "bomFormat", "specVersion", "serialNumber", "version", "metadata",
                      "components", "dependencies"});
        AION_TRY_ASSIGN(const auto metadata, root.object_if_any("metadata"));
        std::optional<ObjectReader> described;
        if (metadata) {
            note_unknown(found_.lost, *metadata, {"component"});
            AION_TRY_ASSIGN(described, metadata->object_if_any("component"));
        }
        AION_TRY_ASSIGN(const auto components, root.objects_if_any("components"));
        std::size_t models = 0;
        if (described) {
            AION_TRY_ASSIGN(const std::string_view type, described->text("type"));
            if (type == model_type) {
                ++models;
                AION_TRY(model(*described));
            } else {
                found_.lost.push_back(metadata->place_of("component"));
            }
        }
        const bool is_described = models != 0;
        std::size_t number = 0;
        for (const ObjectReader component : components) {
            AION_TRY_ASSIGN(const std::string_view type, component.text("type"));
            if (type == "framework" || type == "library") {
                AION_TRY(framework(component));
            } else if (type == "data") {
                AION_TRY(dataset(component));
            } else if (type == model_type && !is_described) {
                ++models;
                AION_TRY(model(component));
            } else {
                found_.lost.push_back(fmt::format("components[{}]", number));
            }
            ++number;
        }
        if (models != 1) {
            return fail(root.error_at("metadata", told<SupplyDetail::aibom_no_model>(models)));
        }
        AION_TRY(dependencies(root));
        return std::move(found_);
    }

  private:
    static Result<Properties> properties_of(const ObjectReader& object) {
        Properties properties;
        AION_TRY_ASSIGN(const auto list, object.objects_if_any("properties"));
        for (const ObjectReader one : list) {
            AION_TRY_ASSIGN(const auto name, one.text_or_null("name"));
            AION_TRY_ASSIGN(const auto value, one.text_or_null("value"));
            properties.add(name.value_or(std::string_view()), value.value_or(std::string_view()),
                           one.place_of("name"));
        }
        return properties;
    }

    // The first digest of 32 bytes, BLAKE3 before others, and what it is called here.
    Result<> read_hash(const ObjectReader& component, std::optional<std::string>& algorithm,
                       std::optional<Hash>& hash) {
        AION_TRY_ASSIGN(const auto list, component.objects_if_any("hashes"));
        std::string place;
        for (const ObjectReader one : list) {
            AION_TRY_ASSIGN(const std::string_view name, one.text("alg"));
            AION_TRY_ASSIGN(const std::string_view content, one.text("content"));
            const KnownHash* const known = known_hash(name);
            if (known == nullptr || (hash && known->house_name != aibom_blake3_name)) {
                found_.lost.push_back(one.place_of("alg"));
                continue;
            }
            if (hash) {
                found_.lost.push_back(place);
            }
            AION_TRY_ASSIGN(hash, digest_in(one, "content", content));
            algorithm = known->house_name;
            place = one.place_of("alg");
        }
        return {};
    }

    Result<> model(const ObjectReader& component) {
        AiBom& aibom = found_.aibom;
        note_unknown(found_.lost, component,
                     {"type", "bom-ref", "name", "version", "hashes", "licenses",
                      "externalReferences", "modelCard", "properties"});
        AION_TRY_ASSIGN(Properties properties, properties_of(component));
        AION_TRY(read_name(component, aibom.model.name, aibom.model.version, "/model"));
        AION_TRY_ASSIGN(const auto ref, component.text_or_null("bom-ref"));
        model_ref_ = ref.value_or(std::string_view());
        std::optional<std::string> algorithm;
        std::optional<Hash> hash;
        AION_TRY(read_hash(component, algorithm, hash));
        AION_TRY(take_hash_properties(properties, algorithm, hash));
        if (!hash) {
            return fail(component.error_at("hashes", told<SupplyDetail::aibom_no_digest>()));
        }
        aibom.model.hash = *hash;
        aibom.model.hash_algorithm = algorithm.value_or(std::string());
        AION_TRY(take_common_properties(properties, found_));
        AION_TRY(licenses(component, properties));
        AION_TRY(references(component, properties));
        AION_TRY(model_card(component));
        properties.leave_rest(found_.lost);
        return {};
    }

    Result<> read_name(const ObjectReader& component, std::string& name, std::string& version,
                       const std::string& pointer) {
        AION_TRY_ASSIGN(name, component.text("name"));
        AION_TRY_ASSIGN(const auto written, component.text_or_null("version"));
        if (written) {
            version = *written;
        } else {
            found_.assumed.push_back(pointer + "/version: \"\"");
        }
        return {};
    }

    // What a licence is called, and where its text is.
    Result<License> license(const ObjectReader& choice) {
        License license{.spdx_id = {}, .scope = LicenseScope::weights};
        note_unknown(found_.lost, choice, {"license", "expression"});
        AION_TRY_ASSIGN(const auto object, choice.object_if_any("license"));
        if (!object) {
            AION_TRY_ASSIGN(license.spdx_id, choice.text("expression"));
            return license;
        }
        note_unknown(found_.lost, *object, {"id", "name", "url", "properties"});
        AION_TRY_ASSIGN(const auto id, object->text_or_null("id"));
        if (id) {
            license.spdx_id = *id;
        } else {
            AION_TRY_ASSIGN(license.spdx_id, object->text("name"));
        }
        AION_TRY_ASSIGN(license.text_uri, optional_text(*object, "url"));
        AION_TRY_ASSIGN(Properties properties, properties_of(*object));
        AION_TRY(take_scope(properties, license));
        properties.leave_rest(found_.lost);
        return license;
    }

    Result<> take_scope(Properties& properties, License& license) {
        const auto name = properties.look_at(property::scope);
        if (const auto scope = name ? license_scope_from(*name) : std::nullopt) {
            static_cast<void>(properties.take(property::scope));
            license.scope = *scope;
            is_scope_known_ = true;
        }
        if (!license.text_uri) {
            if (const auto uri = properties.take(property::text_uri)) {
                license.text_uri = *uri;
            }
        }
        return {};
    }

    Result<> licenses(const ObjectReader& component, Properties& properties) {
        AION_TRY_ASSIGN(const auto choices, component.objects_if_any("licenses"));
        for (const ObjectReader choice : choices) {
            is_scope_known_ = false;
            AION_TRY_ASSIGN(License one, license(choice));
            if (choice.any_if_any("expression")) {
                AION_TRY(take_scope(properties, one));
            }
            if (!is_scope_known_) {
                found_.assumed.push_back(
                    fmt::format("/licenses/{}/scope: Weights", found_.aibom.licenses.size()));
            }
            found_.aibom.licenses.push_back(std::move(one));
        }
        return {};
    }

    Result<> references(const ObjectReader& component, Properties& properties) {
        AION_TRY_ASSIGN(const auto list, component.objects_if_any("externalReferences"));
        for (const ObjectReader one : list) {
            AION_TRY_ASSIGN(const std::string_view type, one.text("type"));
            AION_TRY_ASSIGN(const std::string_view url, one.text("url"));
            AION_TRY_ASSIGN(const auto comment, one.text_or_null("comment"));
            const std::string_view said = comment.value_or(std::string_view());
            if (said == property::safety_attestation && is_report(url)) {
                continue;
            }
            note_unknown(found_.lost, one, {"type", "url", "comment"});
            std::string kind = kind_of_cyclonedx(type);
            if (said.starts_with(kind_comment)) {
                kind = said.substr(kind_comment.size());
            } else if (!said.empty()) {
                found_.lost.push_back(one.place_of("comment"));
            }
            found_.aibom.references.push_back({std::move(kind), std::string(url)});
        }
        while (const auto next = properties.take_next(property::reference)) {
            AION_TRY_ASSIGN(ExternalReference reference, part_from(next->second, reference_in));
            found_.aibom.references.push_back(std::move(reference));
        }
        return {};
    }

    [[nodiscard]] bool is_report(std::string_view url) const {
        return std::ranges::any_of(
            found_.aibom.safety_attestations,
            [&](const SafetyAttestation& one) { return one.report_uri == url; });
    }

    Result<> model_card(const ObjectReader& component) {
        AION_TRY_ASSIGN(const auto card, component.object_if_any("modelCard"));
        if (!card) {
            return {};
        }
        note_unknown(found_.lost, *card, {"modelParameters", "properties"});
        AION_TRY_ASSIGN(Properties properties, properties_of(*card));
        while (const auto next = properties.take_next(property::hyperparameter)) {
            AION_TRY(set_hyperparameter(found_.aibom, next->first, next->second));
        }
        properties.leave_rest(found_.lost);
        AION_TRY_ASSIGN(const auto parameters, card->object_if_any("modelParameters"));
        if (!parameters) {
            return {};
        }
        note_unknown(found_.lost, *parameters, {"task", "datasets"});
        AION_TRY_ASSIGN(const auto task, parameters->text_or_null("task"));
        if (task && !note_model_card_task(found_.aibom, *task)) {
            found_.lost.push_back(parameters->place_of("task"));
        }
        AION_TRY_ASSIGN(const auto datasets, parameters->objects_if_any("datasets"));
        for (const ObjectReader one : datasets) {
            AION_TRY(inline_dataset(one));
        }
        return {};
    }

    // One that is not a component of its own.
    Result<> inline_dataset(const ObjectReader& data) {
        if (data.any_if_any("ref")) {
            return {};
        }
        note_unknown(found_.lost, data, {"bom-ref", "type", "name", "contents"});
        DatasetRef dataset;
        AION_TRY_ASSIGN(const auto name, data.text_or_null("name"));
        dataset.name = name.value_or(std::string_view());
        AION_TRY_ASSIGN(dataset.uri, contents(data));
        found_.aibom.datasets.push_back(std::move(dataset));
        return {};
    }

    Result<std::optional<std::string>> contents(const ObjectReader& data) {
        AION_TRY_ASSIGN(const auto contents, data.object_if_any("contents"));
        if (!contents) {
            return std::nullopt;
        }
        note_unknown(found_.lost, *contents, {"url"});
        return optional_text(*contents, "url");
    }

    Result<> framework(const ObjectReader& component) {
        note_unknown(found_.lost, component, {"type", "bom-ref", "name", "version", "cpe"});
        FrameworkRef framework;
        AION_TRY(read_name(component, framework.name, framework.version,
                           fmt::format("/frameworks/{}", found_.aibom.frameworks.size())));
        AION_TRY_ASSIGN(framework.cpe, optional_text(component, "cpe"));
        found_.aibom.frameworks.push_back(std::move(framework));
        return {};
    }

    Result<> dataset(const ObjectReader& component) {
        note_unknown(found_.lost, component,
                     {"type", "bom-ref", "name", "hashes", "licenses", "data", "properties"});
        DatasetRef dataset;
        AION_TRY_ASSIGN(dataset.name, component.text("name"));
        AION_TRY_ASSIGN(Properties properties, properties_of(component));
        AION_TRY(read_hash(component, dataset.hash_algorithm, dataset.hash));
        AION_TRY(take_hash_properties(properties, dataset.hash_algorithm, dataset.hash));
        AION_TRY_ASSIGN(const auto choices, component.objects_if_any("licenses"));
        for (const ObjectReader choice : choices) {
            AION_TRY_ASSIGN(const License one, license(choice));
            if (dataset.license_spdx_id) {
                found_.lost.push_back(choice.place_of("license"));
            } else {
                dataset.license_spdx_id = one.spdx_id;
            }
            if (one.text_uri) {
                found_.lost.push_back(choice.place_of("license.url"));
            }
        }
        AION_TRY(data_of(component, dataset));
        dataset.size = properties.take_number(property::size);
        if (!dataset.uri) {
            if (const auto uri = properties.take(property::uri)) {
                dataset.uri = *uri;
            }
        }
        properties.leave_rest(found_.lost);
        found_.aibom.datasets.push_back(std::move(dataset));
        return {};
    }

    Result<> data_of(const ObjectReader& component, DatasetRef& dataset) {
        AION_TRY_ASSIGN(const auto list, component.objects_if_any("data"));
        bool is_first = true;
        for (const ObjectReader data : list) {
            note_unknown(found_.lost, data, {"bom-ref", "type", "name", "contents"});
            AION_TRY_ASSIGN(const auto uri, contents(data));
            AION_TRY_ASSIGN(const auto name, data.text_or_null("name"));
            if (name && *name != dataset.name) {
                found_.lost.push_back(data.place_of("name"));
            }
            if (is_first) {
                dataset.uri = uri;
            } else if (uri) {
                found_.lost.push_back(data.place_of("contents"));
            }
            is_first = false;
        }
        return {};
    }

    // That the model depends on what is listed goes without saying; anything else is lost.
    Result<> dependencies(const ObjectReader& root) {
        AION_TRY_ASSIGN(const auto list, root.objects_if_any("dependencies"));
        std::size_t number = 0;
        for (const ObjectReader one : list) {
            AION_TRY_ASSIGN(const std::string_view ref, one.text("ref"));
            AION_TRY_ASSIGN(const auto on, one.texts_if_any("dependsOn"));
            note_unknown(found_.lost, one, {"ref", "dependsOn"});
            if (ref != model_ref_ && on && !on->empty()) {
                found_.lost.push_back(fmt::format("dependencies[{}]", number));
            }
            ++number;
        }
        return {};
    }

    ConvertedAiBom found_;
    std::string_view model_ref_;
    bool is_scope_known_ = false;
};

}  // namespace

bool is_cyclonedx(std::string_view text) {
    const auto document = parse(text);
    if (!document || !document->root().is_object()) {
        return false;
    }
    bool says_so = false;
    for (const json::Member member : document->root().children()) {
        says_so |= member.key() == "bomFormat" && member.value.text() == format_name;
    }
    return says_so;
}

Result<ConvertedAiBom> aibom_from_cyclonedx(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document, parse(text));
    AION_TRY_ASSIGN(const ObjectReader root, ObjectReader::root(document, prefix));
    AION_TRY_ASSIGN(const std::string_view format, root.text("bomFormat"));
    AION_TRY_ASSIGN(const std::string_view version, root.text("specVersion"));
    constexpr std::array<std::string_view, 3> versions = {"1.5", "1.6", "1.7"};
    if (format != format_name || std::ranges::find(versions, version) == versions.end()) {
        return fail(root.error_at(
            "specVersion", told<SupplyDetail::aibom_other_format>("CycloneDX 1.5, 1.6 or 1.7")));
    }
    return Reader().read(root);
}

}  // namespace aion::supply
