// SPDX-License-Identifier: MIT OR Apache-2.0
// The proofs, genuine and not, by which transparency-dev/merkle tests itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aion/base/base64.hpp"
#include "aion/tlog/merkle.hpp"
#include "support/json_data.hpp"
#include "support/results.hpp"

namespace aion::tlog {
namespace {

using Digest = Sha256Tree::Digest;

// Some cases have roots of other lengths, which are digests of no tree; what is compared with what
// stays the same when zeros follow.
std::optional<Digest> digest_of(const nlohmann::json& base64) {
    const Bytes bytes = test::ok(from_base64(base64.get<std::string>()));
    if (bytes.size() > Digest::size || bytes.empty()) {
        return std::nullopt;
    }
    Digest digest;
    std::ranges::copy(bytes, digest.bytes.begin());
    return digest;
}

// Nothing where one of the digests is none: what reads proofs refuses that.
std::optional<std::vector<Digest>> path_of(const nlohmann::json& proof) {
    std::vector<Digest> path;
    for (const auto& each : proof) {
        const Bytes bytes = test::ok(from_base64(each.get<std::string>()));
        const auto digest = Digest::from(bytes);
        if (!digest) {
            return std::nullopt;
        }
        path.push_back(*digest);
    }
    return path;
}

bool holds(const nlohmann::json& one) {
    const std::string name = one["case"];
    const auto path = path_of(one["proof"]);
    const bool is_inclusion = name.contains("inclusion/");
    const auto first = digest_of(one[is_inclusion ? "leafHash" : "root1"]);
    const auto second = digest_of(one[is_inclusion ? "root" : "root2"]);
    if (!path || !first || !second) {
        return false;
    }
    if (name.starts_with("inclusion/")) {
        return verify_inclusion<Sha256Tree>(*first, one["leafIdx"], one["treeSize"], *path, *second)
            .has_value();
    }
    if (name.starts_with("subtreeinclusion/")) {
        return verify_subtree_inclusion<Sha256Tree>(*first, one["leafIdx"],
                                                    {one["start"], one["end"]}, *path, *second)
            .has_value();
    }
    if (name.starts_with("consistency/")) {
        return verify_consistency<Sha256Tree>(one["size1"], one["size2"], *first, *second, *path)
            .has_value();
    }
    EXPECT_TRUE(name.starts_with("subtreeconsistency/"));
    return verify_subtree_consistency<Sha256Tree>({one["start"], one["end"]}, one["size"], *first,
                                                  *second, *path)
        .has_value();
}

TEST(MerkleVectors, AreJudgedAsTheirMakersDo) {
    const auto cases = test::third_party_vectors("transparency-merkle.json");
    ASSERT_EQ(cases.size(), 518);
    // Theirs calls it meaningless that a tree continues the empty one; ours, as witnesses have to,
    // takes it as said, as long as the root is that of the empty tree.
    const std::string other = "consistency/additional/size1-is-zero-and-size2-is-not-zero";
    std::map<bool, unsigned> counts;
    for (const auto& one : cases) {
        const bool wanted = one["case"] == other || !one["wantErr"].get<bool>();
        EXPECT_EQ(holds(one), wanted) << one.dump();
        ++counts[wanted];
    }
    EXPECT_EQ(counts[true], 37);
}

}  // namespace
}  // namespace aion::tlog
