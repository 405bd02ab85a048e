// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/oci_registry.hpp"

#include <utility>

#include "base/try.hpp"
#include "supply/registry_details.hpp"
#include "supply/registry_repository.hpp"

namespace aion::supply {

Result<std::unique_ptr<RegistryStore>> RegistryStore::open(const OciReference& reference,
                                                           RegistryScheme scheme,
                                                           HttpClients& clients,
                                                           CredentialSource& credentials,
                                                           unsigned most_at_a_time) {
    AION_TRY_ASSIGN(HttpUrl root, http_url("https://" + reference.host + "/"));
    if (scheme == RegistryScheme::http ||
        (scheme == RegistryScheme::automatic && root.is_loopback())) {
        AION_TRY_ASSIGN(root, http_url("http://" + reference.host + "/"));
    }
    return std::make_unique<RegistryStore>(
        std::make_unique<Impl>(reference, std::move(root), clients, credentials, most_at_a_time));
}

RegistryStore::RegistryStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RegistryStore::~RegistryStore() = default;

std::string RegistryStore::name() const {
    return impl_->name();
}

unsigned RegistryStore::concurrency() const noexcept {
    return impl_->concurrency();
}

Result<std::vector<std::string>> RegistryStore::tags() {
    return impl_->tags();
}

Result<OciDescriptor> RegistryStore::do_resolve(std::string_view tag_or_digest) {
    if (tag_or_digest.empty()) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "say which: " + name() + ":TAG or " + name() + "@DIGEST"));
    }
    AION_TRY_ASSIGN(auto found, impl_->resolve(tag_or_digest));
    if (!found) {
        return fail(not_found(tag_or_digest));
    }
    return *std::move(found);
}

Result<> RegistryStore::do_read_document(const OciDescriptor& descriptor, const BlobSink& sink) {
    AION_TRY_ASSIGN(const bool is_there, impl_->read_document(descriptor, sink));
    return is_there ? Result<>() : fail(not_found(descriptor.digest.text()));
}

Result<bool> RegistryStore::do_has(const OciDescriptor& descriptor) {
    return impl_->has(descriptor);
}

Result<> RegistryStore::do_read_blob(const OciDescriptor& descriptor, std::uint64_t offset,
                                     const BlobSink& sink) {
    AION_TRY_ASSIGN(const bool is_there, impl_->read_blob(descriptor, offset, sink));
    return is_there ? Result<>() : fail(not_found(descriptor.digest.text()));
}

Result<> RegistryStore::do_write_blob(const OciDescriptor& descriptor, BlobSource& source) {
    return impl_->write_blob(descriptor, source);
}

Result<> RegistryStore::do_write_document(const OciDescriptor& descriptor, std::string_view bytes,
                                          std::string_view tag) {
    return impl_->write_document(descriptor, bytes, tag);
}

Result<> RegistryStore::do_referrers(const OciDescriptor& subject, std::string_view artifact_type,
                                     const DescriptorSink& sink) {
    return impl_->referrers(subject, artifact_type, sink);
}

}  // namespace aion::supply
