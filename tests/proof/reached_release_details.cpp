// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_release_details.hpp"

#include "aion/base/memory_env.hpp"
#include "aion/release/transfer.hpp"
#include "aion/supply/oci.hpp"
#include "release/release_world.hpp"
#include "supply/memory_store.hpp"

namespace aion::proof {
namespace {

using release::ReleaseDetail;

Outcome read_with(std::string_view what, std::string_view by) {
    const release::test::ReleaseWorld world;
    std::string text = to_json(world.bundle);
    text.replace(text.find(what), what.size(), by);
    return outcome(release::bundle_from_json(text));
}

Outcome pull_from_nothing() {
    MemoryEnv env;
    aion::test::MemoryStore store;
    const auto root = store.put(
        supply::oci_manifest_type,
        supply::to_json(supply::make_aion_manifest(supply::describe_bytes("text/plain", "x"), {})));
    return outcome(release::pull_release(env, store, root, "/pulled"));
}

}  // namespace

Outcome provoke(ReleaseDetail detail) {
    switch (detail) {
        case ReleaseDetail::release_bad_hex:
            return read_with("\"public_key_hex\": \"", "\"public_key_hex\": \"0");
        case ReleaseDetail::release_other_spelling:
            return read_with("\"signer\": 1001,", "\"signer\": 1001, \"note\": 0,");
        case ReleaseDetail::release_not_one:
            return pull_from_nothing();
    }
    return std::nullopt;
}

}  // namespace aion::proof
