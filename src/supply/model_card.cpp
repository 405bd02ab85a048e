// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/model_card.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "aion/base/json_writer.hpp"
#include "aion/base/utf8.hpp"
#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "base/value.hpp"
#include "supply/details.hpp"
#include "supply/model_card_task.hpp"
#include "supply/spdx_expression.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view hub = "https://huggingface.co/";

// What goes into the hyperparameter as it is.
constexpr auto kept_keys = std::to_array<std::string_view>(
    {"pipeline_tag", "language", "tags", "metrics", "model-index", "base_model_relation"});

constexpr auto mapped_keys = std::to_array<std::string_view>(
    {"license", "license_name", "license_link", "datasets", "base_model", "library_name"});

std::string_view line_of(std::string_view text) {
    std::string_view line = text.substr(0, text.find('\n'));
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

bool is_fence(std::string_view line) {
    return line.starts_with("---") && line.find_first_not_of(" \t", 3) == std::string_view::npos;
}

// From the first fence to before the second, so that lines count as in the file.
std::optional<std::string_view> front_matter(std::string_view markdown) {
    std::string_view rest = without_byte_order_mark(markdown);
    if (!is_fence(line_of(rest))) {
        return std::nullopt;
    }
    const std::string_view all = rest;
    while (true) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        rest.remove_prefix(end + 1);
        if (is_fence(line_of(rest))) {
            return all.substr(0, all.size() - rest.size());
        }
    }
}

bool is_scalar(const Value& value) {
    return value.kind == Value::Kind::text || value.kind == Value::Kind::number;
}

// One text, or a list of them; anything else in it is passed over.
std::vector<std::string_view> texts_of(const Value* value) {
    std::vector<std::string_view> texts;
    if (value == nullptr) {
        return texts;
    }
    if (is_scalar(*value)) {
        texts.emplace_back(value->text);
    }
    for (const Value& item : value->items) {
        if (is_scalar(item)) {
            texts.emplace_back(item.text);
        }
    }
    return texts;
}

std::string_view text_of(const Value* value) {
    return value != nullptr && is_scalar(*value) ? std::string_view(value->text)
                                                 : std::string_view();
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

// `apache-2.0` is SPDX's `Apache-2.0`, `gpl-3.0` what is now `GPL-3.0-only`.
std::string license_of(std::string_view name) {
    if (const std::string_view id = spdx_license_like(name); !id.empty()) {
        return std::string(id);
    }
    if (const std::string_view id = spdx_license_like(std::string(name) + "-only"); !id.empty()) {
        return std::string(id);
    }
    std::string reference = "LicenseRef-";
    for (const char c : name) {
        reference += is_name_character(c) ? c : '-';
    }
    return reference;
}

// `name` or `owner/name`.
bool is_repository(std::string_view name) {
    return !name.empty() && std::ranges::count(name, '/') <= 1 && !name.starts_with('/') &&
           !name.ends_with('/') && std::ranges::all_of(name, [](char c) {
               return is_name_character(c) || c == '_' || c == '/';
           });
}

// YAML has numbers that JSON has not: those become texts.
bool is_json_number(const std::string& text) {
    const auto document = json::parse(text, {.error_prefix = ""});
    return document && document->root().number().has_value();
}

// As deep as the reader allowed.
void write(JsonWriter& out, const Value& value) {  // NOLINT(misc-no-recursion): bounded
    switch (value.kind) {
        case Value::Kind::null:
            out.null();
            break;
        case Value::Kind::boolean:
            out.boolean(value.truth);
            break;
        case Value::Kind::number:
            if (is_json_number(value.text)) {
                out.written(value.text);
                break;
            }
            [[fallthrough]];
        case Value::Kind::text:
            out.text(value.text);
            break;
        case Value::Kind::list:
            out.begin_array();
            for (const Value& item : value.items) {
                write(out, item);
            }
            out.end_array();
            break;
        case Value::Kind::object:
            out.begin_object();
            for (const auto& [name, member] : value.members) {
                out.key(name);
                write(out, member);
            }
            out.end_object();
            break;
    }
}

Result<> add_details(AiBom& aibom, const Value& card) {
    std::string details;
    JsonWriter out(details, JsonStyle::minimal);
    out.begin_object();
    bool is_empty = true;
    for (const std::string_view key : kept_keys) {
        if (const Value* const value = card.find(key)) {
            is_empty = false;
            out.key(key);
            write(out, *value);
        }
    }
    out.end_object();
    return is_empty ? Result<>() : set_hyperparameter(aibom, model_card_parameter, details);
}

void add_licenses(AiBom& aibom, const Value& card) {
    const std::string_view own_name = text_of(card.find("license_name"));
    const std::string_view link = text_of(card.find("license_link"));
    for (const std::string_view name : texts_of(card.find("license"))) {
        const bool is_own = name == "other" && !own_name.empty();
        License license{.spdx_id = license_of(is_own ? own_name : name),
                        .scope = LicenseScope::weights};
        if (is_uri(link)) {
            license.text_uri = link;
        }
        aibom.licenses.push_back(std::move(license));
    }
}

void add_datasets(AiBom& aibom, const Value& card) {
    for (const std::string_view name : texts_of(card.find("datasets"))) {
        DatasetRef dataset{.name = std::string(name)};
        if (is_repository(name)) {
            dataset.uri = std::string(hub).append("datasets/").append(name);
        }
        aibom.datasets.push_back(std::move(dataset));
    }
}

// Those that cannot be pointed at are named.
std::vector<std::string> add_base_models(AiBom& aibom, const Value& card) {
    std::vector<std::string> lost;
    for (const std::string_view name : texts_of(card.find("base_model"))) {
        if (is_repository(name)) {
            aibom.references.push_back({"base_model", std::string(hub).append(name)});
        } else if (is_uri(name)) {
            aibom.references.push_back({"base_model", std::string(name)});
        } else {
            lost.push_back("base_model: " + std::string(name));
        }
    }
    return lost;
}

void add_library(AiBom& aibom, const Value& card) {
    const std::string_view library = text_of(card.find("library_name"));
    if (!library.empty() && std::ranges::find(aibom.frameworks, library, &FrameworkRef::name) ==
                                aibom.frameworks.end()) {
        aibom.frameworks.push_back({.name = std::string(library), .version = "unknown"});
    }
}

}  // namespace

Result<std::vector<std::string>> add_model_card(AiBom& aibom, std::string_view markdown) {
    const auto text = front_matter(markdown);
    if (!text) {
        return fail(invalid<SupplyDetail::model_card_no_front_matter>());
    }
    AION_TRY_ASSIGN(const Value card, parse_yaml(*text, {.depth = max_front_matter_depth,
                                                         .values = max_front_matter_values,
                                                         .yaml_size = max_front_matter}));
    AION_TRY(add_details(aibom, card));
    add_licenses(aibom, card);
    add_datasets(aibom, card);
    std::vector<std::string> lost = add_base_models(aibom, card);
    add_library(aibom, card);
    for (const auto& [name, value] : card.members) {
        if (std::ranges::find(kept_keys, name) == kept_keys.end() &&
            std::ranges::find(mapped_keys, name) == mapped_keys.end()) {
            lost.push_back(name);
        }
    }
    return lost;
}

std::optional<std::string> model_card_task(const AiBom& aibom) {
    const auto found = std::ranges::find(aibom.hyperparameters, model_card_parameter,
                                         [](const auto& one) -> const auto& { return one.first; });
    if (found == aibom.hyperparameters.end()) {
        return std::nullopt;
    }
    const auto card = parse_json(found->second, {.json_size = max_aibom_size});
    const Value* const task = card ? card->find("pipeline_tag") : nullptr;
    return task != nullptr && task->kind == Value::Kind::text ? std::optional(task->text)
                                                              : std::nullopt;
}

bool note_model_card_task(AiBom& aibom, std::string_view task) {
    const bool has_card = std::ranges::any_of(
        aibom.hyperparameters, [](const auto& one) { return one.first == model_card_parameter; });
    if (has_card) {
        return model_card_task(aibom) == task;
    }
    std::string details;
    JsonWriter out(details, JsonStyle::minimal);
    out.begin_object().member("pipeline_tag", task).end_object();
    return set_hyperparameter(aibom, model_card_parameter, details).has_value();
}

}  // namespace aion::supply
