// SPDX-License-Identifier: MIT OR Apache-2.0
// What is signed of a model, made, written and read.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <tuple>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/supply/model_signing.hpp"
#include "aion/supply/statement.hpp"
#include "base/json_reader.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/model_names.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view error_prefix = "model signature: ";
// Of one file by itself, in clients.
constexpr std::string_view the_file = ".";
constexpr std::string_view files_method = "files";
constexpr std::string_view shards_method = "shards";

constexpr NameTable hash_names(std::to_array<Named<ModelHash>>({
    {ModelHash::sha256, "sha256"},
    {ModelHash::blake3, "blake3"},
}));

// What the resources of a statement give as their algorithm.
std::string client_algorithm(const ModelSerialization& how) {
    return how.shard_size ? fmt::format("{}-sharded-{}", name_of(how.hash), *how.shard_size)
                          : std::string(name_of(how.hash));
}

std::string resource_name(const ModelResource& resource, bool is_shard) {
    return is_shard ? fmt::format("{}:{}:{}", resource.name, resource.begin, resource.end)
                    : resource.name;
}

// --- Rules ---------------------------------------------------------------------------------------

bool is_of_one_file(const std::vector<ModelResource>& resources) {
    return resources.front().name == resources.back().name;
}

// Shards of one file follow one another, from its beginning and without a gap, each but the last as
// long as they all are.
Result<> check_shards(const std::vector<ModelResource>& resources, std::uint64_t size) {
    for (std::size_t i = 0; i < resources.size(); ++i) {
        const ModelResource& shard = resources[i];
        const bool is_first = i == 0 || resources[i - 1].name != shard.name;
        const std::uint64_t begin = is_first ? 0 : resources[i - 1].end;
        const bool is_behind_a_whole_one = begin % size == 0;
        if (!is_behind_a_whole_one || shard.begin != begin || shard.end <= begin ||
            shard.end - begin > size) {
            return fail(invalid<SupplyDetail::model_bad_shard>(
                shown_name(resource_name(shard, true)), size));
        }
    }
    return {};
}

Result<> check_resources(const std::vector<ModelResource>& resources,
                         const ModelSerialization& how) {
    if (resources.empty()) {
        return fail(invalid<SupplyDetail::model_no_resource>());
    }
    if (resources.size() > ModelStatement::max_resources) {
        return fail(invalid<SupplyDetail::manifest_too_many>(resources.size(),
                                                             ModelStatement::max_resources));
    }
    const bool may_be_a_point = is_of_one_file(resources);
    for (const ModelResource& resource : resources) {
        if (!may_be_a_point || resource.name != the_file) {
            AION_TRY(check_artifact_name(resource.name));
        }
    }
    if (how.shard_size) {
        return check_shards(resources, *how.shard_size);
    }
    const auto twice = std::ranges::adjacent_find(resources, {}, &ModelResource::name);
    if (twice != resources.end()) {
        return fail(invalid<SupplyDetail::manifest_duplicate_name>(shown_name(twice->name)));
    }
    return {};
}

// --- Reading -------------------------------------------------------------------------------------

Result<std::vector<std::string>> read_ignored(const json::ObjectReader& object) {
    constexpr std::string_view key = "ignore_paths";
    AION_TRY_ASSIGN(const auto texts, object.texts_if_any(key));
    std::vector<std::string> ignored;
    for (std::string_view text : texts.value_or(std::vector<std::string_view>())) {
        if (text.ends_with('/')) {
            text.remove_suffix(1);
        }
        if (auto fits = check_artifact_name(text); !fits) {
            return fail(object.error_at(key, told<SupplyDetail::manifest_bad_name>(
                                                 shown_name(text), "nor what is left out")));
        }
        if (ignored.size() == ModelStatement::max_ignored) {
            return fail(object.error_at(key, told<SupplyDetail::manifest_too_many>(
                                                 texts->size(), ModelStatement::max_ignored)));
        }
        ignored.emplace_back(text);
    }
    std::ranges::sort(ignored);
    const auto rest = std::ranges::unique(ignored);
    ignored.erase(rest.begin(), rest.end());
    return ignored;
}

// Clients that keep all numbers as doubles write a whole one as `1000.0`.
std::optional<std::uint64_t> whole_number(const json::Value& value) {
    constexpr std::string_view fraction = ".0";
    if (const auto integer = value.integer()) {
        return integer;
    }
    std::string_view text = value.number().value_or(std::string_view());
    if (!text.ends_with(fraction)) {
        return std::nullopt;
    }
    text.remove_suffix(fraction.size());
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

Result<ModelSerialization> read_serialization(const json::ObjectReader& object) {
    AION_TRY(
        object.check_only({"method", "hash_type", "shard_size", "allow_symlinks", "ignore_paths"}));
    ModelSerialization how;
    AION_TRY_ASSIGN(const std::string_view method, object.text("method"));
    const auto size = object.any_if_any("shard_size");
    if ((method != files_method && method != shards_method) ||
        size.has_value() != (method == shards_method)) {
        return fail(object.error_at("method", told<SupplyDetail::model_unknown_method>()));
    }
    if (size) {
        how.shard_size = whole_number(*size);
        if (how.shard_size.value_or(0) == 0) {
            return fail(object.error_at("shard_size", told<SupplyDetail::model_unknown_method>()));
        }
    }
    AION_TRY_ASSIGN(const std::string_view hash, object.text("hash_type"));
    const auto* const known = hash_names.named(hash);
    if (known == nullptr) {
        return fail(object.error_at("hash_type", told<SupplyDetail::model_unknown_hash>()));
    }
    how.hash = known->value;
    AION_TRY_ASSIGN(const json::Value symlinks, object.any("allow_symlinks"));
    if (!symlinks.boolean()) {
        return fail(object.error_at("allow_symlinks", told<SupplyDetail::model_unknown_method>()));
    }
    how.allow_symlinks = *symlinks.boolean();
    AION_TRY_ASSIGN(how.ignored, read_ignored(object));
    return how;
}

// A number as it is written in names of shards, taken off the end with the colon before it.
std::optional<std::uint64_t> take_number(std::string_view& name) {
    const std::size_t colon = name.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view digits = name.substr(colon + 1);
    std::uint64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end ||
        (digits.size() > 1 && digits.starts_with('0'))) {
        return std::nullopt;
    }
    name = name.substr(0, colon);
    return number;
}

Result<ModelResource> read_resource(const json::ObjectReader& object, const ModelSerialization& how,
                                    std::string_view other_algorithm) {
    ModelResource resource;
    AION_TRY_ASSIGN(std::string_view name, object.text("name"));
    if (how.shard_size) {
        std::string_view path = name;
        const auto end = take_number(path);
        const auto begin = end ? take_number(path) : std::nullopt;
        if (!begin) {
            return fail(object.error_at(
                "name", told<SupplyDetail::model_bad_shard>(shown_name(name), *how.shard_size)));
        }
        resource.begin = *begin;
        resource.end = *end;
        name = path;
    }
    resource.name = name;
    AION_TRY_ASSIGN(const std::string_view algorithm, object.text("algorithm"));
    if (algorithm != name_of(how.hash) && algorithm != other_algorithm) {
        return fail(object.error_at("algorithm", told<SupplyDetail::model_unknown_hash>()));
    }
    AION_TRY_ASSIGN(const std::string_view text, object.text("digest"));
    const auto digest = octets_from_hex<crypto::Sha256Digest>(text);
    if (!digest || to_hex(*digest) != text) {
        return fail(object.error_at("digest", told<SupplyDetail::manifest_bad_digest>()));
    }
    resource.digest = *digest;
    return resource;
}

struct ReadSubject {
    std::string name;
    std::string root;
};

Result<ReadSubject> read_subject(const json::ObjectReader& root) {
    constexpr std::string_view key = "subject";
    AION_TRY_ASSIGN(const auto subjects, root.objects(key));
    ReadSubject read;
    std::size_t count = 0;
    for (const json::ObjectReader subject : subjects) {
        if (++count > 1) {
            break;
        }
        AION_TRY_ASSIGN(const auto name, subject.text_or_null("name"));
        read.name = name.value_or(std::string_view());
        AION_TRY_ASSIGN(const json::ObjectReader digest, subject.object("digest"));
        AION_TRY_ASSIGN(const auto sha256, digest.text_or_null("sha256"));
        read.root = sha256.value_or(std::string_view());
    }
    if (count != 1 || read.root.empty()) {
        return fail(root.error_at(key, told<SupplyDetail::model_other_subject>()));
    }
    return read;
}

Result<json::Document> parse(std::string_view text) {
    return json::parse(text, {.error_prefix = error_prefix,
                              .max_size = ModelStatement::max_size,
                              .max_depth = 8,
                              .max_values = ModelStatement::max_resources * 8});
}

}  // namespace

std::string_view name_of(ModelHash hash) noexcept {
    return hash_names.name(hash);
}

Result<ModelStatement> ModelStatement::make(std::string name, ModelSerialization serialization,
                                            std::vector<ModelResource> resources) {
    ModelStatement made;
    made.name_ = std::move(name);
    made.serialization_ = std::move(serialization);
    std::ranges::sort(resources, [](const ModelResource& a, const ModelResource& b) {
        return std::tie(a.name, a.begin) < std::tie(b.name, b.begin);
    });
    AION_TRY(check_resources(resources, made.serialization_));
    made.resources_ = std::move(resources);
    crypto::Sha256 root;
    for (const std::size_t i : written_order(made)) {
        root.update(made.resources_[i].digest.bytes);
    }
    made.root_ = root.digest();
    return made;
}

Result<ModelStatement> ModelStatement::from_json(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document, parse(text));
    AION_TRY_ASSIGN(const json::ObjectReader root,
                    json::ObjectReader::root(document, error_prefix));
    AION_TRY_ASSIGN(const std::string_view type, root.text("_type"));
    if (type != statement_type_uri) {
        return fail(
            root.error_at("_type", told<SupplyDetail::statement_other_type>(statement_type_uri)));
    }
    AION_TRY_ASSIGN(const std::string_view predicate_type, root.text("predicateType"));
    if (predicate_type != model_signature_type) {
        return fail(root.error_at(
            "predicateType", told<SupplyDetail::statement_other_predicate>(model_signature_type)));
    }
    AION_TRY_ASSIGN(ReadSubject subject, read_subject(root));
    AION_TRY_ASSIGN(const json::ObjectReader predicate, root.object("predicate"));
    AION_TRY_ASSIGN(const json::ObjectReader how, predicate.object("serialization"));
    AION_TRY_ASSIGN(ModelSerialization serialization, read_serialization(how));
    const std::string other_algorithm = client_algorithm(serialization);
    AION_TRY_ASSIGN(const auto objects, predicate.objects("resources"));
    std::vector<ModelResource> resources;
    crypto::Sha256 hashed;
    for (const json::ObjectReader object : objects) {
        AION_TRY_ASSIGN(ModelResource resource,
                        read_resource(object, serialization, other_algorithm));
        hashed.update(resource.digest.bytes);
        resources.push_back(std::move(resource));
    }
    const crypto::Sha256Digest listed = hashed.digest();
    if (to_hex(listed) != subject.root) {
        return fail(root.error_at("subject", told<SupplyDetail::model_other_root>(
                                                 shown_name(subject.root), to_hex(listed))));
    }
    AION_TRY_ASSIGN(ModelStatement made,
                    make(std::move(subject.name), std::move(serialization), std::move(resources)));
    made.root_ = listed;
    return made;
}

std::size_t ModelStatement::file_count() const noexcept {
    std::size_t count = 0;
    for (std::size_t i = 0; i < resources_.size(); ++i) {
        count += i == 0 || resources_[i - 1].name != resources_[i].name ? 1U : 0U;
    }
    return count;
}

std::string ModelStatement::json(ModelForm form) const {
    const bool is_clients = form == ModelForm::client;
    const bool has_shards = serialization_.shard_size.has_value();
    const std::string algorithm =
        is_clients ? client_algorithm(serialization_) : std::string(name_of(serialization_.hash));
    std::string text;
    JsonWriter out(text, JsonStyle::minimal);
    out.begin_object().member("_type", statement_type_uri).key("subject").begin_array();
    out.begin_object().member("name", name_).key("digest").begin_object();
    out.member("sha256", to_hex(root_)).end_object().end_object().end_array();
    out.member("predicateType", model_signature_type).key("predicate").begin_object();
    out.key("serialization").begin_object();
    out.member("method", has_shards ? shards_method : files_method);
    out.member("hash_type", name_of(serialization_.hash));
    if (has_shards) {
        out.member("shard_size", *serialization_.shard_size);
    }
    out.member("allow_symlinks", serialization_.allow_symlinks);
    if (!serialization_.ignored.empty()) {
        out.key("ignore_paths").begin_array();
        for (const std::string& path : serialization_.ignored) {
            out.value(path);
        }
        out.end_array();
    }
    out.end_object().key("resources").begin_array();
    for (const std::size_t i : written_order(*this)) {
        out.begin_object().member("name", resource_name(resources_[i], has_shards));
        out.member("algorithm", algorithm).member("digest", to_hex(resources_[i].digest));
        out.end_object();
    }
    out.end_array().end_object().end_object();
    return text;
}

std::vector<std::size_t> written_order(const ModelStatement& statement) {
    const auto& resources = statement.resources();
    std::vector<std::size_t> order(resources.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (!statement.serialization().shard_size) {
        return order;
    }
    // Of shards, numbers are compared as the texts that they are, and so are colons.
    std::vector<std::string> names;
    names.reserve(resources.size());
    for (const ModelResource& resource : resources) {
        names.push_back(resource_name(resource, true));
    }
    std::ranges::sort(order, {}, [&](std::size_t i) -> const std::string& { return names[i]; });
    return order;
}

}  // namespace aion::supply
