// SPDX-License-Identifier: MIT OR Apache-2.0
// Descriptors, manifests and indexes: reading and writing.
#include "aion/supply/oci.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "aion/base/hex.hpp"
#include "base/json_again.hpp"
#include "base/json_reader.hpp"
#include "base/json_text.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/oci_json.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view error_prefix = "OCI: ";
constexpr std::uint32_t schema_version = 2;
constexpr std::size_t most_others = 64;  // Members of an object that nobody here knows.

// --- reading -------------------------------------------------------------------------------------

Result<std::string> others_of(const json::ObjectReader& object,
                              std::span<const std::string_view> known) {
    std::string out;
    const auto names = object.unknown(known);
    if (names.size() > most_others) {  // Each is looked for.
        return fail(object.error_at(names.back(), told<SupplyDetail::oci_too_many>(most_others)));
    }
    for (const std::string_view name : names) {
        if (!out.empty()) {
            out += ',';
        }
        append_json_string(out, name);
        out += ':';
        AION_TRY_ASSIGN(const json::Value value, object.any(name));
        out += json::in_one_line(value);
    }
    return out;
}

Result<std::string> text_if_any(const json::ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const auto text, object.text_or_null(key));
    return std::string(text.value_or(std::string_view()));
}

// `null` stands for none: Go writes it for a map that is not there.
Result<OciAnnotations> annotations_of(const json::ObjectReader& object) {
    OciAnnotations annotations;
    const auto there = object.any_if_any("annotations");
    if (!there || there->is_null()) {
        return annotations;
    }
    AION_TRY_ASSIGN(const json::ObjectReader reader, object.object("annotations"));
    AION_TRY_ASSIGN(const auto texts, reader.all_texts());
    for (const auto& [name, text] : texts) {
        annotations.emplace(name, text);
    }
    return annotations;
}

Result<OciDescriptor> descriptor_of(const json::ObjectReader& object) {
    static constexpr auto known = std::to_array<std::string_view>(
        {"mediaType", "digest", "size", "annotations", "artifactType"});
    OciDescriptor descriptor;
    AION_TRY_ASSIGN(descriptor.media_type, object.text("mediaType"));
    AION_TRY_ASSIGN(const std::string_view digest, object.text("digest"));
    auto parsed = OciDigest::parse(digest);
    if (!parsed) {
        return fail(object.error_at("digest", told<SupplyDetail::oci_bad_digest>(excerpt(digest))));
    }
    descriptor.digest = *std::move(parsed);
    AION_TRY_ASSIGN(descriptor.size, object.u64("size"));
    AION_TRY_ASSIGN(descriptor.annotations, annotations_of(object));
    AION_TRY_ASSIGN(descriptor.artifact_type, text_if_any(object, "artifactType"));
    AION_TRY_ASSIGN(descriptor.others, others_of(object, known));
    return descriptor;
}

Result<std::vector<OciDescriptor>> descriptors_of(const json::ObjectReader& object,
                                                  std::string_view key, std::size_t most) {
    std::vector<OciDescriptor> descriptors;
    AION_TRY_ASSIGN(const auto all, object.objects(key));
    for (const json::ObjectReader one : all) {
        if (descriptors.size() == most) {
            return fail(object.error_at(key, told<SupplyDetail::oci_too_many>(most)));
        }
        AION_TRY_ASSIGN(OciDescriptor descriptor, descriptor_of(one));
        descriptors.push_back(std::move(descriptor));
    }
    return descriptors;
}

Result<std::optional<OciDescriptor>> subject_of(const json::ObjectReader& object) {
    const auto there = object.any_if_any("subject");
    if (!there || there->is_null()) {
        return std::nullopt;
    }
    AION_TRY_ASSIGN(const json::ObjectReader reader, object.object("subject"));
    AION_TRY_ASSIGN(OciDescriptor descriptor, descriptor_of(reader));
    return descriptor;
}

Result<json::Document> parse_document(std::string_view text, std::size_t most) {
    return json::parse(text, {.error_prefix = error_prefix,
                              .max_size = most,
                              .max_values = std::max(most, std::size_t{1} << 20U)});
}

// The media type, after a look at whether it is the kind of document that is expected. One that
// could be taken for the other kind, too, is not read: signatures over it would count for both.
Result<std::string> type_of(const json::ObjectReader& root, bool (*fits)(std::string_view),
                            std::string_view expected,
                            std::initializer_list<std::string_view> of_the_other) {
    AION_TRY_ASSIGN(const std::uint64_t version, root.u64("schemaVersion"));
    if (version != schema_version) {
        return fail(root.error_at("schemaVersion", told<SupplyDetail::oci_other_type>("2")));
    }
    AION_TRY_ASSIGN(std::string type, text_if_any(root, "mediaType"));
    if (!type.empty() && !fits(type)) {
        return fail(root.error_at("mediaType", told<SupplyDetail::oci_other_type>(expected)));
    }
    for (const std::string_view member : of_the_other) {
        if (root.any_if_any(member)) {
            return fail(root.error_at(member, told<SupplyDetail::oci_other_type>(expected)));
        }
    }
    return type;
}

// --- writing -------------------------------------------------------------------------------------

/// One object, member by member.
class ObjectText {
  public:
    explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }

    ObjectText& raw(std::string_view name, std::string_view json) {
        separate();
        append_json_string(out_, name);
        out_ += ':';
        out_ += json;
        return *this;
    }

    ObjectText& text(std::string_view name, std::string_view text) {
        raw(name, {});
        append_json_string(out_, text);
        return *this;
    }

    ObjectText& text_if_any(std::string_view name, std::string_view value) {
        return value.empty() ? *this : text(name, value);
    }

    ObjectText& annotations_if_any(const OciAnnotations& annotations) {
        if (annotations.empty()) {
            return *this;
        }
        raw("annotations", {});
        ObjectText inner(out_);
        for (const auto& [name, value] : annotations) {
            inner.text(name, value);
        }
        inner.end();
        return *this;
    }

    ObjectText& others_if_any(std::string_view others) {
        if (!others.empty()) {
            separate();
            out_ += others;
        }
        return *this;
    }

    ObjectText& subject_if_any(const std::optional<OciDescriptor>& subject) {
        return subject ? raw("subject", to_json(*subject)) : *this;
    }

    ObjectText& descriptors(std::string_view name, std::span<const OciDescriptor> descriptors) {
        raw(name, "[");
        bool is_first = true;
        for (const OciDescriptor& descriptor : descriptors) {
            if (!std::exchange(is_first, false)) {
                out_ += ',';
            }
            out_ += to_json(descriptor);
        }
        out_ += ']';
        return *this;
    }

    void end() { out_ += '}'; }

  private:
    void separate() {
        if (!std::exchange(is_first_, false)) {
            out_ += ',';
        }
    }

    std::string& out_;
    bool is_first_ = true;
};

bool is_lower_hex(std::string_view text) noexcept {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

// --- digests and descriptors ---------------------------------------------------------------------

Result<OciDigest> OciDigest::parse(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view algorithm = text.substr(0, colon);
    const std::string_view hex =
        colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    const bool is_known =
        (algorithm == "sha256" && hex.size() == 64) || (algorithm == "sha512" && hex.size() == 128);
    if (!is_known || !is_lower_hex(hex)) {
        return fail(invalid<SupplyDetail::oci_bad_digest>(excerpt(text)));
    }
    return OciDigest(std::string(text));
}

OciDigest OciDigest::of(const crypto::Sha256Digest& digest) {
    return OciDigest("sha256:" + to_hex(digest));
}

OciDigest OciDigest::of_bytes(ByteView bytes) {
    return of(crypto::sha256(bytes));
}

std::string_view OciDigest::algorithm() const noexcept {
    return std::string_view(text_).substr(0, text_.find(':'));
}

std::string_view OciDigest::hex() const noexcept {
    const std::size_t colon = text_.find(':');
    return colon == std::string::npos ? std::string_view()
                                      : std::string_view(text_).substr(colon + 1);
}

const std::string* OciDescriptor::annotation(std::string_view name) const noexcept {
    const auto found = annotations.find(name);
    return found == annotations.end() ? nullptr : &found->second;
}

bool is_oci_manifest_type(std::string_view media_type) noexcept {
    return media_type == oci_manifest_type || media_type == docker_manifest_type;
}

bool is_oci_index_type(std::string_view media_type) noexcept {
    return media_type == oci_index_type || media_type == docker_index_type;
}

bool is_oci_document_type(std::string_view media_type) noexcept {
    return is_oci_manifest_type(media_type) || is_oci_index_type(media_type);
}

OciDescriptor describe_bytes(std::string_view media_type, std::string_view bytes) {
    return {.media_type = std::string(media_type),
            .digest = OciDigest::of_bytes(as_bytes(bytes)),
            .size = bytes.size()};
}

OciDescriptor oci_empty_descriptor() {
    return describe_bytes(oci_empty_type, oci_empty_blob);
}

// --- documents -----------------------------------------------------------------------------------

Result<OciManifest> oci_manifest_from_json(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document, parse_document(text, max_oci_document));
    AION_TRY_ASSIGN(const json::ObjectReader root,
                    json::ObjectReader::root(document, error_prefix));
    OciManifest manifest;
    AION_TRY_ASSIGN(manifest.media_type,
                    type_of(root, is_oci_manifest_type, oci_manifest_type, {"manifests"}));
    AION_TRY_ASSIGN(manifest.artifact_type, text_if_any(root, "artifactType"));
    AION_TRY_ASSIGN(const json::ObjectReader config, root.object("config"));
    AION_TRY_ASSIGN(manifest.config, descriptor_of(config));
    AION_TRY_ASSIGN(manifest.layers, descriptors_of(root, "layers", max_oci_descriptors));
    AION_TRY_ASSIGN(manifest.subject, subject_of(root));
    AION_TRY_ASSIGN(manifest.annotations, annotations_of(root));
    return manifest;
}

Result<OciIndex> oci_index_from_json(std::string_view text) {
    return oci_index_from_json(text, OciIndexLimits());
}

Result<OciIndex> oci_index_from_json(std::string_view text, const OciIndexLimits& limits) {
    static constexpr auto known = std::to_array<std::string_view>(
        {"schemaVersion", "mediaType", "artifactType", "manifests", "subject", "annotations"});
    AION_TRY_ASSIGN(const json::Document document, parse_document(text, limits.size));
    AION_TRY_ASSIGN(const json::ObjectReader root,
                    json::ObjectReader::root(document, error_prefix));
    OciIndex index;
    AION_TRY_ASSIGN(index.media_type,
                    type_of(root, is_oci_index_type, oci_index_type, {"config", "layers"}));
    AION_TRY_ASSIGN(index.artifact_type, text_if_any(root, "artifactType"));
    const auto manifests = root.any_if_any("manifests");
    // Go writes `null` for a list of nothing.
    if (!manifests || !manifests->is_null()) {
        AION_TRY_ASSIGN(index.manifests, descriptors_of(root, "manifests", limits.manifests));
    }
    AION_TRY_ASSIGN(index.subject, subject_of(root));
    AION_TRY_ASSIGN(index.annotations, annotations_of(root));
    AION_TRY_ASSIGN(index.others, others_of(root, known));
    return index;
}

std::string to_json(const OciDescriptor& descriptor) {
    std::string out;
    ObjectText object(out);
    object.text("mediaType", descriptor.media_type)
        .text("digest", descriptor.digest.text())
        .raw("size", std::to_string(descriptor.size))
        .annotations_if_any(descriptor.annotations)
        .text_if_any("artifactType", descriptor.artifact_type)
        .others_if_any(descriptor.others)
        .end();
    return out;
}

std::string to_json(const OciManifest& manifest) {
    std::string out;
    ObjectText object(out);
    object.raw("schemaVersion", std::to_string(schema_version))
        .text_if_any("mediaType", manifest.media_type)
        .text_if_any("artifactType", manifest.artifact_type)
        .raw("config", to_json(manifest.config))
        .descriptors("layers", manifest.layers)
        .subject_if_any(manifest.subject)
        .annotations_if_any(manifest.annotations)
        .end();
    return out;
}

std::string to_json(const OciIndex& index) {
    std::string out;
    ObjectText object(out);
    object.raw("schemaVersion", std::to_string(schema_version))
        .text_if_any("mediaType", index.media_type)
        .text_if_any("artifactType", index.artifact_type)
        .descriptors("manifests", index.manifests)
        .subject_if_any(index.subject)
        .annotations_if_any(index.annotations)
        .others_if_any(index.others)
        .end();
    return out;
}

// --- ours ----------------------------------------------------------------------------------------

std::string to_json(const OciAionConfig& config) {
    std::string out;
    ObjectText object(out);
    object.text("schema_version", "aion.oci.config.v1")
        .raw("format_version", std::to_string(config.format_version))
        .raw("file_id", std::to_string(config.file_id))
        .raw("created_at_version", std::to_string(config.version))
        .text("created_at", config.created_at)
        .end();
    return out;
}

OciManifest make_aion_manifest(OciDescriptor layer, const OciAionConfig& config) {
    return {.artifact_type = std::string(oci_aion_type),
            .config = describe_bytes(oci_aion_config_type, to_json(config)),
            .layers = {std::move(layer)},
            .annotations = {{"dev.aion.file.id", std::to_string(config.file_id)},
                            {"dev.aion.format.version", std::to_string(config.format_version)}}};
}

OciManifest make_referrer(std::string_view artifact_type, OciDescriptor blob, OciDescriptor subject,
                          OciAnnotations annotations) {
    // A subject is what it is, whatever an index says of it.
    return {.artifact_type = std::string(artifact_type),
            .config = oci_empty_descriptor(),
            .layers = {std::move(blob)},
            .subject = OciDescriptor{.media_type = std::move(subject.media_type),
                                     .digest = std::move(subject.digest),
                                     .size = subject.size},
            .annotations = std::move(annotations)};
}

}  // namespace aion::supply
