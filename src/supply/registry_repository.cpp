// SPDX-License-Identifier: MIT OR Apache-2.0
// Documents and lists; blobs are in registry_blobs.cpp.
#include "supply/registry_repository.hpp"

#include <algorithm>
#include <utility>

#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "supply/registry_details.hpp"
#include "supply/registry_lists.hpp"

namespace aion::supply {
namespace {

constexpr std::uint32_t document_seconds = 300;
constexpr unsigned most_rounds = 4;
constexpr std::uint64_t largest_page = max_oci_document;

std::string accepted_types() {
    std::string out(oci_manifest_type);
    for (const std::string_view type : {oci_index_type, docker_manifest_type, docker_index_type}) {
        out += ", ";
        out += type;
    }
    return out;
}

// Without parameters such as a character set.
std::string media_type_of(const HttpResponse& response) {
    const std::string_view type = response.header("content-type").value_or("");
    return std::string(type.substr(0, type.find_first_of("; \t")));
}

HttpBody body_of(std::string_view bytes) {
    return {.size = bytes.size(),
            .give = [bytes](const HttpSink& sink) { return sink(as_bytes(bytes)); }};
}

struct Referrer {
    OciDescriptor itself;
    std::optional<OciDescriptor> subject;
};

// What a document says of itself where it is listed under its subject.
Result<Referrer> referrer_of(const OciDescriptor& descriptor, std::string_view bytes) {
    Referrer out{.itself = {.media_type = descriptor.media_type,
                            .digest = descriptor.digest,
                            .size = descriptor.size},
                 .subject = std::nullopt};
    if (is_oci_index_type(descriptor.media_type)) {
        AION_TRY_ASSIGN(OciIndex index, oci_index_from_json(bytes));
        out.itself.artifact_type = std::move(index.artifact_type);
        out.itself.annotations = std::move(index.annotations);
        out.subject = std::move(index.subject);
    } else {
        AION_TRY_ASSIGN(OciManifest manifest, oci_manifest_from_json(bytes));
        out.itself.artifact_type = manifest.kind();
        out.itself.annotations = std::move(manifest.annotations);
        out.subject = std::move(manifest.subject);
    }
    return out;
}

// The tag under which referrers are listed where a registry does not list them itself.
std::string fallback_tag(const OciDigest& digest) {
    constexpr std::size_t longest_hex = 64;
    return std::string(digest.algorithm()) + "-" + std::string(digest.hex().substr(0, longest_hex));
}

}  // namespace

RegistryStore::Impl::Impl(const OciReference& reference, HttpUrl root, HttpClients& clients,
                          CredentialSource& credentials, unsigned most_at_a_time)
    : session_(std::move(root), reference.host, clients, credentials),
      name_(reference.host + "/" + reference.repository),
      repository_(reference.repository),
      most_at_a_time_(std::max(most_at_a_time, 1U)) {}

HttpUrl RegistryStore::Impl::url(std::string_view behind) const {
    HttpUrl out = session_.root();
    out.target = "/v2/" + repository_ + "/" + std::string(behind);
    return out;
}

std::string RegistryStore::Impl::shown(std::string_view tag_or_digest) const {
    const bool is_digest = tag_or_digest.find(':') != std::string_view::npos;
    return name_ + (is_digest ? "@" : ":") + std::string(tag_or_digest);
}

// --- Documents -----------------------------------------------------------------------------------

Result<> RegistryStore::Impl::check_said_digest(const HttpResponse& response,
                                                const OciDigest& digest) const {
    const auto said = response.header("docker-content-digest");
    const auto parsed = said ? OciDigest::parse(*said) : Result<OciDigest>(digest);
    // One of another algorithm says nothing of this one.
    if (!parsed || (parsed->algorithm() == digest.algorithm() && *parsed != digest)) {
        return fail(transfer_error<RegistryDetail::registry_other_digest>(
            name_, digest.text(), parsed ? parsed->text() : "what is no digest"));
    }
    return {};
}

Result<std::optional<RegistryStore::Impl::Document>> RegistryStore::Impl::fetch(
    std::string_view tag_or_digest) {
    const std::string what = shown(tag_or_digest);
    const HttpRequest request{.method = HttpMethod::get,
                              .url = url("manifests/" + std::string(tag_or_digest)),
                              .headers = {{"Accept", accepted_types()}},
                              .max_body = max_oci_document,
                              .max_seconds = document_seconds};
    AION_TRY_ASSIGN(const HttpResponse response, session_.send(request, what));
    if (response.status == 404) {
        return std::nullopt;
    }
    if (response.status != 200) {
        return fail(error_of(response, what));
    }
    Document document;
    document.bytes = std::string(as_text(response.body));
    document.descriptor = describe_bytes(media_type_of(response), document.bytes);
    if (!is_oci_document_type(document.descriptor.media_type)) {
        return fail(transfer_error<RegistryDetail::registry_bad_answer>(
            what, "its type is that of no manifest"));
    }
    AION_TRY(check_said_digest(response, document.descriptor.digest));
    return document;
}

Result<std::optional<OciDescriptor>> RegistryStore::Impl::resolve(std::string_view tag_or_digest) {
    AION_TRY_ASSIGN(auto document, fetch(tag_or_digest));
    if (!document) {
        return std::nullopt;
    }
    const auto asked = OciDigest::parse(tag_or_digest);
    if (asked && !asked->is_sha256()) {
        document->descriptor.digest = *asked;  // whoever reads it compares
    }
    OciDescriptor found = document->descriptor;
    const std::scoped_lock lock(mutex_);
    last_ = std::move(document);
    return found;
}

Result<bool> RegistryStore::Impl::read_document(const OciDescriptor& descriptor,
                                                const BlobSink& sink) {
    std::optional<Document> document;
    {
        const std::scoped_lock lock(mutex_);
        if (last_ && last_->descriptor.digest == descriptor.digest) {
            document = last_;
        }
    }
    if (!document) {
        AION_TRY_ASSIGN(document, fetch(descriptor.digest.text()));
    }
    if (!document) {
        return false;
    }
    AION_TRY(sink(as_bytes(document->bytes)));
    return true;
}

Result<bool> RegistryStore::Impl::has(const OciDescriptor& descriptor) {
    const bool is_document = is_oci_document_type(descriptor.media_type);
    const std::string digest = descriptor.digest.text();
    HttpRequest request{.method = HttpMethod::head,
                        .url = url((is_document ? "manifests/" : "blobs/") + digest),
                        .max_seconds = document_seconds};
    if (is_document) {
        request.headers.push_back({"Accept", accepted_types()});
    }
    AION_TRY_ASSIGN(const HttpResponse response, session_.send(request, shown(digest)));
    if (response.status == 404) {
        return false;
    }
    if (response.status != 200) {
        return fail(error_of(response, shown(digest)));
    }
    const auto size = response.number("content-length");
    if (size && *size != descriptor.size) {
        return fail(transfer_error<RegistryDetail::registry_bad_answer>(
            shown(digest), "it is said to have " + std::to_string(*size) + " bytes instead of " +
                               std::to_string(descriptor.size)));
    }
    return true;
}

Result<HttpResponse> RegistryStore::Impl::put_document(std::string_view media_type,
                                                       std::string_view bytes,
                                                       std::string_view tag_or_digest) {
    const HttpRequest request{.method = HttpMethod::put,
                              .url = url("manifests/" + std::string(tag_or_digest)),
                              .headers = {{"Content-Type", std::string(media_type)}},
                              .body = body_of(bytes),
                              .max_seconds = document_seconds};
    AION_TRY_ASSIGN(HttpResponse response, session_.send(request, shown(tag_or_digest)));
    if (response.status != 201) {
        return fail(error_of(response, shown(tag_or_digest)));
    }
    return response;
}

Result<> RegistryStore::Impl::write_document(const OciDescriptor& descriptor,
                                             std::string_view bytes, std::string_view tag) {
    AION_TRY_ASSIGN(const Referrer referrer, referrer_of(descriptor, bytes));
    AION_TRY_ASSIGN(const HttpResponse response,
                    put_document(descriptor.media_type, bytes,
                                 tag.empty() ? std::string_view(descriptor.digest.text()) : tag));
    AION_TRY(check_said_digest(response, descriptor.digest));
    if (!referrer.subject || response.header("oci-subject") == referrer.subject->digest.text()) {
        return {};
    }
    return list_under_subject(referrer.itself, *referrer.subject);
}

// What a registry without the referrers API leaves to its clients. Of two clients at once one may
// write over what the other has just written, so what there is afterwards is looked at.
Result<> RegistryStore::Impl::list_under_subject(const OciDescriptor& referrer,
                                                 const OciDescriptor& subject) {
    const std::string tag = fallback_tag(subject.digest);
    for (unsigned round = 0; round < most_rounds; ++round) {
        OciIndex index;
        AION_TRY_ASSIGN(const auto document, fetch(tag));
        if (document) {
            if (!is_oci_index_type(document->descriptor.media_type)) {
                return fail(transfer_error<RegistryDetail::registry_bad_answer>(
                    shown(tag), "it should be an index of referrers"));
            }
            AION_TRY_ASSIGN(index, oci_index_from_json(document->bytes));
        }
        if (std::ranges::find(index.manifests, referrer.digest, &OciDescriptor::digest) !=
            index.manifests.end()) {
            return {};
        }
        index.manifests.push_back(referrer);
        const std::string text = to_json(index);
        if (text.size() > max_oci_document || index.manifests.size() > max_oci_descriptors) {
            return fail(error_because(ErrorCode::resource_exhausted,
                                      "no more referrers fit into " + shown(tag)));
        }
        AION_TRY(put_document(oci_index_type, text, tag));
    }
    return fail(error_because(ErrorCode::conflict,
                              "others write " + shown(tag) + " at the same time; try again"));
}

// --- Lists ---------------------------------------------------------------------------------------

Result<bool> RegistryStore::Impl::pages(const HttpUrl& first, const std::string& what,
                                        std::string_view media_type,
                                        const std::function<Result<>(std::string_view)>& take) {
    HttpRequest request{.method = HttpMethod::get,
                        .url = first,
                        .headers = {},
                        .max_body = largest_page,
                        .max_seconds = document_seconds};
    if (!media_type.empty()) {
        request.headers.push_back({"Accept", std::string(media_type)});
    }
    for (unsigned page = 1;; ++page) {
        AION_TRY_ASSIGN(const HttpResponse response, session_.send(request, what));
        if (response.status == 404 && page == 1) {
            return false;
        }
        if (response.status != 200) {
            return fail(error_of(response, what));
        }
        if (!media_type.empty() && media_type_of(response) != media_type) {
            return fail(transfer_error<RegistryDetail::registry_bad_answer>(
                what, "a list of another type than " + std::string(media_type)));
        }
        AION_TRY(take(as_text(response.body)));
        const auto next = next_link(response.header("link").value_or(""));
        if (!next) {
            return true;
        }
        AION_TRY_ASSIGN(HttpUrl url, http_url(request.url, *next));
        if (!url.same_origin(session_.root())) {
            return fail(transfer_error<RegistryDetail::http_bad_redirect>(
                session_.root().authority(), url.shown()));
        }
        if (page == max_registry_pages || url == request.url) {
            return fail(transfer_error<RegistryDetail::registry_no_end>(what, page, "pages"));
        }
        request.url = std::move(url);
    }
}

Result<> RegistryStore::Impl::referrers(const OciDescriptor& subject,
                                        std::string_view artifact_type,
                                        const DescriptorSink& sink) {
    const std::string digest = subject.digest.text();
    std::string target = "referrers/" + digest;
    if (!artifact_type.empty()) {
        target += "?artifactType=" + percent_encoded(artifact_type);
    }
    const auto take = [&sink](std::string_view text) -> Result<> {
        AION_TRY_ASSIGN(OciIndex index, oci_index_from_json(text));
        for (OciDescriptor& each : index.manifests) {
            AION_TRY(sink(std::move(each)));
        }
        return {};
    };
    // Whether the registry has filtered (OCI-Filters-Applied) makes no difference: the caller does.
    AION_TRY_ASSIGN(const bool has_list,
                    pages(url(target), "the referrers of " + shown(digest), oci_index_type, take));
    if (has_list) {
        return {};
    }
    AION_TRY_ASSIGN(const auto document, fetch(fallback_tag(subject.digest)));
    if (!document || !is_oci_index_type(document->descriptor.media_type)) {
        return {};
    }
    return take(document->bytes);
}

Result<std::vector<std::string>> RegistryStore::Impl::tags() {
    std::vector<std::string> out;
    const std::string what = "the tags of " + name_;
    const auto take = [&](std::string_view text) -> Result<> {
        AION_TRY_ASSIGN(const json::Document document,
                        json::parse(text, {.error_prefix = "tags: ", .max_size = largest_page}));
        AION_TRY_ASSIGN(const json::ObjectReader root,
                        json::ObjectReader::root(document, "tags: "));
        const auto listed = root.any_if_any("tags");
        if (!listed || listed->is_null()) {
            return {};
        }
        AION_TRY_ASSIGN(const auto tags, root.texts_if_any("tags"));
        for (const std::string_view tag : *tags) {
            if (out.size() == max_registry_tags) {
                return fail(
                    error_because(ErrorCode::resource_exhausted,
                                  what + ": more than " + std::to_string(max_registry_tags)));
            }
            if (is_oci_tag(tag)) {
                out.emplace_back(tag);
            }
        }
        return {};
    };
    // Not all say of which type it is.
    AION_TRY_ASSIGN(const bool is_there, pages(url("tags/list"), what, {}, take));
    if (!is_there) {
        return fail(transfer_error<RegistryDetail::registry_not_found>(name_));
    }
    return out;
}

}  // namespace aion::supply
