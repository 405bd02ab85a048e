// SPDX-License-Identifier: MIT OR Apache-2.0
// OCI artefacts in a registry, over HTTP (https://github.com/opencontainers/distribution-spec,
// v1.1.1).
//
// A registry is believed nothing: `OciStore` compares what it sends with digest and size. It is
// told nothing it need not know: credentials go to it, and to the token server that it names over
// https, and to nobody to whom it redirects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aion/supply/http.hpp"
#include "aion/supply/oci_store.hpp"
#include "aion/supply/registry_credentials.hpp"

namespace aion::supply {

/// Redirects of one request.
inline constexpr unsigned max_redirects = 5;
/// Tries of one request that get nowhere, the first included.
inline constexpr unsigned max_registry_tries = 5;
/// Pages of one list, of referrers or tags.
inline constexpr unsigned max_registry_pages = 1000;
/// Tags of one repository that are listed.
inline constexpr std::size_t max_registry_tags = 100'000;
/// A blob from so many bytes on is uploaded so that a break costs only what was under way.
inline constexpr std::uint64_t resumable_upload_size = std::uint64_t{64} << 20U;

/// Where clients come from: one for each request that is under way. `make` may be called in any
/// thread.
class HttpClients {
  public:
    HttpClients() = default;
    virtual ~HttpClients() = default;
    HttpClients(const HttpClients&) = delete;
    HttpClients& operator=(const HttpClients&) = delete;
    HttpClients(HttpClients&&) = delete;
    HttpClients& operator=(HttpClients&&) = delete;

    [[nodiscard]] virtual std::unique_ptr<HttpClient> make() = 0;
};

/// How a registry is spoken to.
enum class RegistryScheme : std::uint8_t {
    automatic,  ///< http where the registry is on this machine, https elsewhere.
    http,       ///< Nobody is asked who they are, and everybody on the way can listen.
    https,
};

/// One repository of a registry.
class RegistryStore final : public OciStore {
  public:
    /// `reference` is that of a registry. `clients` and `credentials` must outlive the store.
    /// `most_at_a_time`: requests. Error: `transfer_failed` (`http_bad_url`) for a host that is
    /// none.
    [[nodiscard]] static Result<std::unique_ptr<RegistryStore>> open(const OciReference& reference,
                                                                     RegistryScheme scheme,
                                                                     HttpClients& clients,
                                                                     CredentialSource& credentials,
                                                                     unsigned most_at_a_time = 1);

    class Impl;
    /// For `open`.
    explicit RegistryStore(std::unique_ptr<Impl> impl);
    ~RegistryStore() override;

    [[nodiscard]] std::string name() const override;

    [[nodiscard]] unsigned concurrency() const noexcept override;

    /// The tags of the repository, in the registry's order. Errors: as the other functions; also
    /// `resource_exhausted` beyond `max_registry_tags`.
    [[nodiscard]] Result<std::vector<std::string>> tags();

  private:
    Result<OciDescriptor> do_resolve(std::string_view tag_or_digest) override;
    Result<> do_read_document(const OciDescriptor& descriptor, const BlobSink& sink) override;
    Result<bool> do_has(const OciDescriptor& descriptor) override;
    Result<> do_read_blob(const OciDescriptor& descriptor, std::uint64_t offset,
                          const BlobSink& sink) override;
    Result<> do_write_blob(const OciDescriptor& descriptor, BlobSource& source) override;
    Result<> do_write_document(const OciDescriptor& descriptor, std::string_view bytes,
                               std::string_view tag) override;
    Result<> do_referrers(const OciDescriptor& subject, std::string_view artifact_type,
                          const DescriptorSink& sink) override;

    std::unique_ptr<Impl> impl_;
};

}  // namespace aion::supply
