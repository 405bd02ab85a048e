// SPDX-License-Identifier: MIT OR Apache-2.0
// A release of two files by alice, in a folder in memory, and the registry that knows her.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/crypto/sha256.hpp"
#include "aion/release/seal.hpp"
#include "aion/release/verdict.hpp"
#include "support/keys.hpp"
#include "support/results.hpp"

namespace aion::release::test {

using aion::test::alice;
using aion::test::alices;
using aion::test::bob;
using aion::test::bobs;
using aion::test::key_of;
using aion::test::masters;
using aion::test::ok;
using aion::test::public_of;

inline constexpr std::string_view folder = "/release";

inline supply::Artifact artifact_of(std::string name, std::string_view content) {
    return {.name = std::move(name),
            .size = content.size(),
            .blake3 = crypto::blake3(as_bytes(content)),
            .sha256 = crypto::sha256(as_bytes(content))};
}

inline Content content_of(std::vector<supply::Artifact> artifacts, std::string version = "1.0") {
    Content content{.manifest = ok(supply::Manifest::make(std::move(artifacts))),
                    .aibom = {},
                    .provenance = {.builder_id = "https://ci.example/1"}};
    content.aibom.model.name = "heron";
    content.aibom.model.version = std::move(version);
    content.aibom.model.format = "gguf";
    content.aibom.licenses = {{.spdx_id = "Apache-2.0"}};
    content.aibom.created_at_version = 3;
    return content;
}

struct ReleaseWorld {
    MemoryEnv env;
    trust::Registry registry;
    Content content = content_of(
        {artifact_of("heron.gguf", "weights"), artifact_of("tokenizer.json", "{\"v\":1}")});
    Bundle bundle = sealed(content);

    ReleaseWorld() {
        EXPECT_TRUE(registry.pin(alice, public_of(masters), public_of(alices)).has_value());
        EXPECT_TRUE(registry.pin(bob, public_of(0x98), public_of(bobs)).has_value());
        env.put(path(primary_name), as_bytes("weights"));
        env.put(path("artifacts/tokenizer.json"), as_bytes("{\"v\":1}"));
    }

    static Bundle sealed(const Content& content, SealForm form = SealForm::bound,
                         AuthorId signer = alice, std::uint8_t key = alices) {
        return ok(seal(content, signer, key_of(key), form));
    }

    static std::filesystem::path path(std::string_view name) {
        return std::filesystem::path(folder) / name;
    }

    void drop(std::string_view name) {
        const auto file = path(name);
        auto directory = ok(env.open_directory(file.parent_path()));
        EXPECT_TRUE(directory->remove(file.filename().string()).has_value());
    }

    /// The verdict on the bundle as it is now, and the files.
    ReleaseReport verdict(const JudgeOptions& options = {}) {
        env.put(path(document_name), as_bytes(to_json(bundle)));
        return ok(verify_release(env, ok(read_bundle(env, folder)), folder, registry, options));
    }

    /// The OCI manifests that bundle and bill make, as whoever changed something would make them.
    void remake_oci() {
        const auto aibom = ok(supply::aibom_from_json(bundle.aibom));
        OciGraph graph =
            oci_graph_of(bundle, aibom.model.name, VersionNumber{aibom.created_at_version});
        bundle.oci_primary = std::move(graph.primary);
        bundle.oci_aibom = std::move(graph.aibom);
        bundle.oci_provenance = std::move(graph.provenance);
    }
};

}  // namespace aion::release::test
