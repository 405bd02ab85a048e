// SPDX-License-Identifier: MIT OR Apache-2.0
// A network with one registry, and somebody whom it knows.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "aion/supply/oci_registry.hpp"
#include "supply/fake_network.hpp"
#include "support/results.hpp"

namespace aion::supply::test {

using aion::test::ok;

inline constexpr std::string_view password = "correct-horse";

class KnownUser final : public CredentialSource {
  public:
    RegistryCredentials known{.user = "alice",
                              .password = std::string(password),
                              .identity_token = {},
                              .access_token = {}};

    Result<std::optional<RegistryCredentials>> find(const std::string& /*registry*/) override {
        return known;
    }
};

class RegistryWorld : public testing::Test {
  public:
    RegistryWorld() {
        network.answer = [this](const Sent& sent) { return registry.answer(sent); };
    }

    std::unique_ptr<RegistryStore> open(const std::string& host = "registry.example",
                                        RegistryScheme scheme = RegistryScheme::automatic) {
        return ok(RegistryStore::open(ok(OciReference::parse(host + "/team/model:v1")), scheme,
                                      network, user, 1));
    }

    // A blob that the registry has.
    OciDescriptor stored(std::string_view content) {
        OciDescriptor blob = describe_bytes("text/plain", content);
        registry.blobs[blob.digest.text()] = content;
        return blob;
    }

    OciDescriptor store_manifest(OciStore& store, const OciManifest& manifest,
                                 std::string_view tag = {}) {
        const std::string text = to_json(manifest);
        OciDescriptor descriptor = describe_bytes(oci_manifest_type, text);
        ok(store.write_document(descriptor, text, tag));
        return descriptor;
    }

    static OciManifest manifest_of(const OciDescriptor& blob) {
        return {.artifact_type = "text/x-test", .config = oci_empty_descriptor(), .layers = {blob}};
    }

    static std::string read(OciStore& store, const OciDescriptor& blob) {
        std::string out;
        ok(store.read_blob(blob, [&](ByteView piece) -> Result<> {
            out += as_text(piece);
            return {};
        }));
        return out;
    }

    Result<> reading(const OciDescriptor& blob, const std::string& host = "registry.example") {
        return open(host)->read_blob(blob, [](ByteView) { return Result<>(); });
    }

    FakeNetwork network;
    FakeRegistry registry;
    KnownUser user;
};

template <class T>
std::string_view detail_of(const Result<T>& result) {
    return result ? "no error" : result.error().detail();
}

}  // namespace aion::supply::test
