// SPDX-License-Identifier: MIT OR Apache-2.0
// Files that the tool itself would not make.
#include "aion/base/hex.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/policy/commit.hpp"
#include "cli/scenario.hpp"
#include "support/vectors.hpp"

namespace aion::test {
namespace {

class ForeignTest : public Scenario {
  protected:
    // A registry that pins author 1001 to a test key, and that key's signer.
    crypto::SigningKey pin_test_key() {
        const TestKey key = load_test_keys().at("a1");
        must({"registry", "pin", "--author", "1001", "--public-key", to_hex(key.public_key),
              "--output", "reg.json"});
        return *crypto::SigningKey::from_seed(key.seed);
    }
};

TEST_F(ForeignTest, ACommitBehindTheLastVersionIsClampedAndSaysSo) {
    crypto::SigningKey key = pin_test_key();
    must({"registry", "pin", "--author", "7", "--public-key", make_key(1), "--output", "reg.json"});
    ASSERT_TRUE(policy::create(
        Env::system(), path("p.aion"),
        {as_bytes("x"), AuthorId{1001}, "", Timestamp{4'000'000'000'000'000'000}}, key));
    const Completed result =
        run({"commit", "p.aion", "-a", "7", "-k", "1", "-m", "m", "--registry", "reg.json"}, "y");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, ::testing::HasSubstr(
                                "Warning: the clock is behind the last version; version 2 "
                                "carries that version's time, 2096-10-02T07:06:40.000000000Z"));
}

TEST_F(ForeignTest, ExportsOfTheReferenceAreReadable) {
    const Bytes bytes = read_vector("keystore/author-1001.akey");
    write("k.akey", std::string(as_text(bytes)));
    variables["AION_KEY_PASSWORD"] = "correct horse battery staple";
    EXPECT_EQ(after_label(must({"key", "import", "k.akey", "-i", "1001"}), "  Public Key: "),
              "0e89ed765f7a6bf9c69afee6c3e02ace2a79416e470316465730142f451d1ffc");
}

TEST_F(ForeignTest, EveryFlippedByteIsInvalidWithExitCodeOne) {
    make_file();
    const auto verify = [this] { return run({"verify", "p.aion", "--registry", "reg.json"}); };
    const std::size_t size = read("p.aion").size();
    for (std::size_t offset = 0; offset < size; offset += 61) {
        flip("p.aion", offset);
        EXPECT_EQ(verify().exit_code, 1) << offset;
        flip("p.aion", offset);
    }
    EXPECT_EQ(verify().exit_code, 0);
}

}  // namespace
}  // namespace aion::test
