// SPDX-License-Identifier: MIT OR Apache-2.0
// Vectors that others made, on every path, alone and in every lane among valid neighbours.
#include "crypto/ed25519_support.hpp"
#include "crypto/support.hpp"

namespace aion::crypto::test {
namespace {

struct Vector {
    Signed given;
    bool valid;
    std::string name;
};

Signed signed_of(const Bytes& message, const Bytes& key, const Bytes& signature) {
    return {message, *PublicKey::from(key), *Signature::from(signature)};
}

/// RFC 8032 section 7.1, tests 1 to 3.
std::vector<Vector> rfc_vectors() {
    const auto make = [](const char* name, const char* key, const char* message,
                         const char* signature) {
        return Vector{signed_of(unhex(message), unhex(key), unhex(signature)), true, name};
    };
    return {
        make("1", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
             "39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        make("2", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f"
             "3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        make("3", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
             "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67"
             "f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    };
}

std::vector<Vector> cctv_vectors() {
    std::vector<Vector> all;
    const auto file = third_party_vectors("cctv-ed25519.json");
    for (const auto& entry : file) {
        // A verifier of the strict rule accepts what none of these flags is set for.
        bool valid = true;
        for (const std::string& flag : entry["flags"].is_null()
                                           ? std::vector<std::string>{}
                                           : entry["flags"].get<std::vector<std::string>>()) {
            valid = valid && flag != "low_order_A" && flag != "low_order_R" &&
                    flag != "non_canonical_A" && flag != "non_canonical_R" &&
                    flag != "low_order_residue" && flag != "reencoded_k";
        }
        all.push_back({signed_of(text(entry["msg"].get<std::string>()),
                                 unhex(entry["key"].get<std::string>()),
                                 unhex(entry["sig"].get<std::string>())),
                       valid, "CCTV " + entry["number"].dump()});
    }
    return all;
}

std::vector<Vector> wycheproof_vectors() {
    std::vector<Vector> all;
    const auto file = third_party_vectors("wycheproof-ed25519_test.json");
    for (const auto& group : file["testGroups"]) {
        const Bytes key = unhex(group["publicKey"]["pk"].get<std::string>());
        for (const auto& test : group["tests"]) {
            const Bytes signature = unhex(test["sig"].get<std::string>());
            if (signature.size() == 64) {  // The type of the API excludes the others.
                all.push_back({signed_of(unhex(test["msg"].get<std::string>()), key, signature),
                               test["result"] == "valid", "Wycheproof " + test["tcId"].dump()});
            }
        }
    }
    return all;
}

class Ed25519Vectors : public EveryPath {
  protected:
    static void check_alone(const std::vector<Vector>& vectors) {
        for (const Vector& vector : vectors) {
            EXPECT_EQ(engine().verify(vector.given.item(), nullptr), vector.valid) << vector.name;
        }
    }

    /// Without tables: every key occurs too rarely for one. Few vectors may go another way than
    /// many.
    static void check_in_every_lane(const std::vector<Vector>& vectors) {
        for (const std::size_t count : {2U, 3U, 8U, 36U}) {
            const std::vector<Signed> neighbours = signed_messages(count, count);
            const std::vector<VerifyItem> valid = items_of(neighbours);
            // So few are verified two at once, in order.
            const std::size_t places = count < 4 ? count : engine().path().lanes;
            for (std::size_t lane = 0; lane < places; ++lane) {
                for (const Vector& vector : vectors) {
                    std::vector<VerifyItem> items = valid;
                    items[lane] = vector.given.item();
                    std::vector<std::uint8_t> expected(items.size(), 1);
                    expected[lane] = vector.valid ? 1 : 0;
                    EXPECT_EQ(run(items, {nullptr, 1}), expected)
                        << vector.name << ", lane " << lane << " of " << count;
                }
            }
        }
    }

    /// With tables: the key occurs often, in changing lanes, beside another key with a table.
    static void check_with_tables(const std::vector<Vector>& vectors, unsigned threads) {
        const std::vector<Signed> neighbours = signed_messages(40, 1);
        KeyCache cache;
        for (const Vector& vector : vectors) {
            std::vector<VerifyItem> items;
            std::vector<std::uint8_t> expected;
            for (std::size_t i = 0; i < 40; ++i) {
                items.push_back(neighbours[i].item());
                expected.push_back(1);
                for (std::size_t copies = 0; copies <= i % 2; ++copies) {
                    items.push_back(vector.given.item());
                    expected.push_back(vector.valid ? 1 : 0);
                }
            }
            EXPECT_EQ(run(items, {&cache, threads}), expected) << vector.name;
        }
    }
};

TEST_P(Ed25519Vectors, Rfc8032) {
    const auto vectors = rfc_vectors();
    check_alone(vectors);
    check_in_every_lane(vectors);
    check_with_tables(vectors, 2);
}

TEST_P(Ed25519Vectors, CctvAlone) {
    const auto vectors = cctv_vectors();
    EXPECT_EQ(vectors.size(), 914U);
    EXPECT_EQ(std::ranges::count_if(vectors, &Vector::valid), 43);
    check_alone(vectors);
}

TEST_P(Ed25519Vectors, CctvInEveryLane) {
    const auto vectors = cctv_vectors();
    check_in_every_lane(vectors);
}

TEST_P(Ed25519Vectors, CctvWithTables) {
    const auto vectors = cctv_vectors();
    check_with_tables(vectors, 1);
    check_with_tables(vectors, 2);
}

TEST_P(Ed25519Vectors, Wycheproof) {
    const auto vectors = wycheproof_vectors();
    EXPECT_EQ(vectors.size(), 139U);
    check_alone(vectors);
    check_in_every_lane(vectors);
    check_with_tables(vectors, 2);
}

INSTANTIATE_TEST_SUITE_P(Paths, Ed25519Vectors, every_path(), path_of_test);

}  // namespace
}  // namespace aion::crypto::test
