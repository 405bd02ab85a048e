// SPDX-License-Identifier: MIT OR Apache-2.0
// An AIBOM as CycloneDX; aibom_cyclonedx_read.cpp reads it.
#include "aion/supply/aibom_cyclonedx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "aion/base/hex.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/base/time_text.hpp"
#include "aion/crypto/hash.hpp"
#include "supply/aibom_cyclonedx_names.hpp"
#include "supply/aibom_hash.hpp"
#include "supply/aibom_json.hpp"
#include "supply/aibom_properties.hpp"
#include "supply/model_card_task.hpp"
#include "supply/spdx_expression.hpp"

namespace aion::supply {
namespace {

// A UUID of our own making (RFC 9562 section 5.8): the same AIBOM has the same.
std::string serial_number(const AiBom& aibom) {
    constexpr std::size_t uuid_size = 16;
    const Hash hash = crypto::blake3(as_bytes(to_json(aibom)));
    std::array<std::uint8_t, uuid_size> uuid{};
    std::ranges::copy_n(hash.bytes.begin(), uuid.size(), uuid.begin());
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0FU) | 0x80U);
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3FU) | 0x80U);
    std::string hex = to_hex(ByteView(uuid));
    for (const std::size_t at : {20U, 16U, 12U, 8U}) {
        hex.insert(at, "-");
    }
    return "urn:uuid:" + hex;
}

std::string framework_ref(std::size_t i) {
    return fmt::format("framework-{}", i + 1);
}

std::string dataset_ref(std::size_t i) {
    return fmt::format("dataset-{}", i + 1);
}

class Writer {
  public:
    Writer(const AiBom& aibom, const CycloneDxOptions& options, std::string& text)
        : aibom_(aibom), options_(options), out_(text, JsonStyle::minimal) {}

    void document() {
        const std::string_view version = options_.version == CycloneDxVersion::v1_6 ? "1.6" : "1.7";
        out_.begin_object();
        out_.member("$schema",
                    fmt::format("http://cyclonedx.org/schema/bom-{}.schema.json", version));
        out_.member("bomFormat", "CycloneDX").member("specVersion", version);
        out_.member("serialNumber", serial_number(aibom_)).member("version", 1U);
        out_.key("metadata").begin_object();
        if (options_.timestamp) {
            out_.member("timestamp", rfc3339_seconds(*options_.timestamp));
        }
        out_.key("component");
        model();
        out_.end_object();
        components();
        dependencies();
        out_.end_object();
    }

  private:
    void begin_component(std::string_view type, std::string_view ref, std::string_view name) {
        out_.begin_object().member("type", type).member("bom-ref", ref).member("name", name);
    }

    void model() {
        const ModelRef& model = aibom_.model;
        begin_component("machine-learning-model", model_ref, model.name);
        out_.member("version", model.version);
        PropertyList properties;
        add_common_properties(properties, aibom_);
        hash(model.hash_algorithm, model.hash, properties);
        licenses(properties);
        references(properties);
        model_card();
        write_properties(properties);
        out_.end_object();
    }

    void hash(const std::optional<std::string>& algorithm, const std::optional<Hash>& hash,
              PropertyList& properties) {
        const KnownHash* const known = algorithm && hash ? known_hash(*algorithm) : nullptr;
        if (known != nullptr) {
            out_.key("hashes").begin_array().begin_object();
            out_.member("alg", known->cyclonedx_name).member("content", to_hex(*hash));
            out_.end_object().end_array();
        }
        add_hash_properties(properties, algorithm, hash, known != nullptr);
    }

    // `id` is for what SPDX lists, any other name is a name.
    void license_name(std::string_view id) { out_.member(is_spdx_license(id) ? "id" : "name", id); }

    // The version 1.6 has room for one expression, and then for nothing else.
    static bool is_expression(std::string_view id) {
        const SpdxExpression expression = parse_spdx_expression(id);
        return expression.is_valid && !is_spdx_license(id);
    }

    void licenses(PropertyList& properties) {
        if (aibom_.licenses.empty()) {
            return;
        }
        out_.key("licenses").begin_array();
        if (aibom_.licenses.size() == 1 && is_expression(aibom_.licenses[0].spdx_id)) {
            const License& license = aibom_.licenses[0];
            out_.begin_object().member("expression", license.spdx_id).end_object();
            properties.emplace_back(property::scope, name_of(license.scope));
            if (license.text_uri) {
                properties.emplace_back(property::text_uri, *license.text_uri);
            }
        } else {
            for (const License& license : aibom_.licenses) {
                one_license(license);
            }
        }
        out_.end_array();
    }

    void one_license(const License& license) {
        out_.begin_object().key("license").begin_object();
        license_name(license.spdx_id);
        PropertyList properties{
            {std::string(property::scope), std::string(name_of(license.scope))}};
        if (license.text_uri && is_uri(*license.text_uri)) {
            out_.member("url", *license.text_uri);
        } else if (license.text_uri) {
            properties.emplace_back(property::text_uri, *license.text_uri);
        }
        write_properties(properties);
        out_.end_object().end_object();
    }

    void reference(std::string_view type, std::string_view uri, std::string_view comment) {
        out_.begin_object().member("type", type).member("url", uri);
        if (!comment.empty()) {
            out_.member("comment", comment);
        }
        out_.end_object();
    }

    void references(PropertyList& properties) {
        // All or none, so that their order stays.
        const bool fit = std::ranges::all_of(
            aibom_.references, [](const ExternalReference& one) { return is_uri(one.uri); });
        for (const ExternalReference& one : aibom_.references) {
            if (!fit) {
                properties.emplace_back(property::reference, part_json(one));
            }
        }
        const auto has_report = [](const SafetyAttestation& one) {
            return one.report_uri && is_uri(*one.report_uri);
        };
        const bool have_reports = std::ranges::any_of(aibom_.safety_attestations, has_report);
        if (!have_reports && (!fit || aibom_.references.empty())) {
            return;
        }
        out_.key("externalReferences").begin_array();
        for (const ExternalReference& one : aibom_.references) {
            if (fit) {
                const std::string_view type = cyclonedx_type_of(one.kind);
                const bool says_all = kind_of_cyclonedx(type) == one.kind;
                reference(type, one.uri, says_all ? "" : std::string(kind_comment) + one.kind);
            }
        }
        for (const SafetyAttestation& one : aibom_.safety_attestations) {
            if (has_report(one)) {
                reference("attestation", *one.report_uri, property::safety_attestation);
            }
        }
        out_.end_array();
    }

    void model_card() {
        out_.key("modelCard").begin_object().key("modelParameters").begin_object();
        if (const auto task = model_card_task(aibom_)) {
            out_.member("task", *task);
        }
        if (!aibom_.datasets.empty()) {
            out_.key("datasets").begin_array();
            for (std::size_t i = 0; i < aibom_.datasets.size(); ++i) {
                out_.begin_object().member("ref", dataset_ref(i)).end_object();
            }
            out_.end_array();
        }
        out_.end_object();
        PropertyList properties;
        for (const auto& [name, value] : aibom_.hyperparameters) {
            properties.emplace_back(std::string(property::hyperparameter) + name, value);
        }
        write_properties(properties);
        out_.end_object();
    }

    void components() {
        if (aibom_.frameworks.empty() && aibom_.datasets.empty()) {
            return;
        }
        out_.key("components").begin_array();
        for (std::size_t i = 0; i < aibom_.frameworks.size(); ++i) {
            const FrameworkRef& framework = aibom_.frameworks[i];
            begin_component("framework", framework_ref(i), framework.name);
            out_.member("version", framework.version);
            if (framework.cpe) {
                out_.member("cpe", *framework.cpe);
            }
            out_.end_object();
        }
        for (std::size_t i = 0; i < aibom_.datasets.size(); ++i) {
            dataset(aibom_.datasets[i], dataset_ref(i));
        }
        out_.end_array();
    }

    void dataset(const DatasetRef& dataset, const std::string& ref) {
        begin_component("data", ref, dataset.name);
        PropertyList properties;
        hash(dataset.hash_algorithm, dataset.hash, properties);
        if (const auto& id = dataset.license_spdx_id) {
            out_.key("licenses").begin_array().begin_object();
            if (is_expression(*id)) {
                out_.member("expression", *id);
            } else {
                out_.key("license").begin_object();
                license_name(*id);
                out_.end_object();
            }
            out_.end_object().end_array();
        }
        out_.key("data").begin_array().begin_object();
        out_.member("type", "dataset").member("name", dataset.name);
        if (dataset.uri && is_uri(*dataset.uri)) {
            out_.key("contents").begin_object().member("url", *dataset.uri).end_object();
        } else if (dataset.uri) {
            properties.emplace_back(property::uri, *dataset.uri);
        }
        out_.end_object().end_array();
        if (dataset.size) {
            properties.emplace_back(property::size, std::to_string(*dataset.size));
        }
        write_properties(properties);
        out_.end_object();
    }

    void dependencies() {
        out_.key("dependencies").begin_array().begin_object().member("ref", model_ref);
        out_.key("dependsOn").begin_array();
        for (std::size_t i = 0; i < aibom_.frameworks.size(); ++i) {
            out_.text(framework_ref(i));
        }
        for (std::size_t i = 0; i < aibom_.datasets.size(); ++i) {
            out_.text(dataset_ref(i));
        }
        out_.end_array().end_object().end_array();
    }

    void write_properties(const PropertyList& properties) {
        if (properties.empty()) {
            return;
        }
        out_.key("properties").begin_array();
        for (const auto& [name, value] : properties) {
            out_.begin_object().member("name", name).member("value", value).end_object();
        }
        out_.end_array();
    }

    static constexpr std::string_view model_ref = "model";

    const AiBom& aibom_;
    const CycloneDxOptions& options_;
    JsonWriter out_;
};

}  // namespace

std::string to_cyclonedx(const AiBom& aibom, const CycloneDxOptions& options) {
    std::string text;
    Writer(aibom, options, text).document();
    return text;
}

}  // namespace aion::supply
