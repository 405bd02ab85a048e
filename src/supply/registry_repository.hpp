// SPDX-License-Identifier: MIT OR Apache-2.0
// One repository of a registry: `RegistryStore` without the checks of `OciStore` around it.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/supply/oci_registry.hpp"
#include "supply/registry_session.hpp"

namespace aion::supply {

class RegistryStore::Impl {
  public:
    Impl(const OciReference& reference, HttpUrl root, HttpClients& clients,
         CredentialSource& credentials, unsigned most_at_a_time);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    [[nodiscard]] unsigned concurrency() const noexcept { return most_at_a_time_; }

    // Those of the store. Nothing: it is not there.
    [[nodiscard]] Result<std::optional<OciDescriptor>> resolve(std::string_view tag_or_digest);
    [[nodiscard]] Result<bool> read_document(const OciDescriptor& descriptor, const BlobSink& sink);
    [[nodiscard]] Result<bool> has(const OciDescriptor& descriptor);
    [[nodiscard]] Result<bool> read_blob(const OciDescriptor& descriptor, std::uint64_t offset,
                                         const BlobSink& sink);
    [[nodiscard]] Result<> write_blob(const OciDescriptor& descriptor, BlobSource& source);
    [[nodiscard]] Result<> write_document(const OciDescriptor& descriptor, std::string_view bytes,
                                          std::string_view tag);
    [[nodiscard]] Result<> referrers(const OciDescriptor& subject, std::string_view artifact_type,
                                     const DescriptorSink& sink);
    [[nodiscard]] Result<std::vector<std::string>> tags();

  private:
    struct Upload;
    struct Download;

    struct Document {
        OciDescriptor descriptor;
        std::string bytes;
    };

    [[nodiscard]] HttpUrl url(std::string_view behind) const;
    [[nodiscard]] std::string shown(std::string_view tag_or_digest) const;

    [[nodiscard]] Result<std::optional<Document>> fetch(std::string_view tag_or_digest);
    [[nodiscard]] Result<> check_said_digest(const HttpResponse& response,
                                             const OciDigest& digest) const;
    [[nodiscard]] Result<HttpResponse> read_from(Download& download);

    [[nodiscard]] Result<HttpUrl> begin_upload(const std::string& what);
    [[nodiscard]] Result<HttpUrl> location_in(const HttpResponse& response, const HttpUrl& base,
                                              std::string_view what) const;
    [[nodiscard]] Result<HttpResponse> finish_upload(Upload& upload, bool with_content);
    [[nodiscard]] Result<> upload_at_once(Upload& upload);
    [[nodiscard]] Result<> upload_resumably(Upload& upload);
    [[nodiscard]] Result<> find_offset(Upload& upload);

    [[nodiscard]] Result<HttpResponse> put_document(std::string_view media_type,
                                                    std::string_view bytes,
                                                    std::string_view tag_or_digest);
    [[nodiscard]] Result<> list_under_subject(const OciDescriptor& referrer,
                                              const OciDescriptor& subject);

    // All pages of a list, each given to `take`; false where there is no such list. `media_type`:
    // which they must have; empty: any.
    [[nodiscard]] Result<bool> pages(const HttpUrl& first, const std::string& what,
                                     std::string_view media_type,
                                     const std::function<Result<>(std::string_view)>& take);

    RegistrySession session_;
    std::string name_;
    std::string repository_;
    unsigned most_at_a_time_;

    std::mutex mutex_;
    std::optional<Document> last_;  // What `resolve` has read, for who reads it next.
};

}  // namespace aion::supply
