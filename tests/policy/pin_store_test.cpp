// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/pin_store.hpp"

#include <gtest/gtest.h>

#include "support/pin_chain_contract.hpp"
#include "support/pin_store_contract.hpp"

namespace aion::policy::test {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
  public:
    PinStore& store() override { return memory_; }

  private:
    PinMemory memory_;
};

INSTANTIATE_TEST_SUITE_P(Memory, PinStoreContract,
                         ::testing::Values(StoreKind{
                             "Memory", [] { return std::make_unique<MemoryUnderTest>(); }}),
                         name_of_store);
INSTANTIATE_TEST_SUITE_P(Memory, PinStoreChains,
                         ::testing::Values(StoreKind{
                             "Memory", [] { return std::make_unique<MemoryUnderTest>(); }}),
                         name_of_store);

TEST(Contradiction, NamesWhatIsWrong) {
    const Hash head = {.bytes = {1}};
    Pin pin;
    pin.file_id = FileId{7};
    pin.version = VersionNumber{3};
    pin.head = head;
    const auto has = [&](VersionNumber) { return std::optional(head); };
    const auto lacks = [](VersionNumber) { return std::optional<Hash>(); };
    const auto why = [](const Result<>& result) {
        return result ? "nothing" : result.error().full_message();
    };
    EXPECT_EQ(why(contradiction({}, FileId{7}, lacks)), "nothing");
    EXPECT_EQ(contradiction({.pin = pin, .named = {}, .older_because = {}}, FileId{7}, lacks)
                  .error()
                  .detail(),
              contradiction_detail);
    EXPECT_EQ(
        why(contradiction({.pin = pin, .named = FileId{7}, .older_because = {}}, FileId{7}, has)),
        "nothing");
    EXPECT_NE(why(contradiction({.pin = pin, .named = {}, .older_because = {}}, FileId{7}, lacks))
                  .find("version 3 of file 0x"),
              std::string::npos);
    EXPECT_NE(
        why(contradiction({.pin = {}, .named = FileId{8}, .older_because = {}}, FileId{7}, has))
            .find("under the name of"),
        std::string::npos);
    EXPECT_NE(
        why(contradiction({.pin = pin, .named = {}, .older_because = "superseded"}, FileId{7}, has))
            .find("superseded"),
        std::string::npos);
}

}  // namespace
}  // namespace aion::policy::test
