// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/pin_file.hpp"

#include <gtest/gtest.h>

#include "support/pin_store_contract.hpp"
#include "support/temporary_folder.hpp"

namespace aion::archive::test {
namespace {

using aion::test::ok;
using aion::test::TemporaryFolder;
using policy::Pin;
using policy::PinStore;

class FileUnderTest final : public policy::test::StoreUnderTest {
  public:
    PinStore& store() override { return *store_; }

    void reopen() override {
        store_ = nullptr;
        store_ = ok(open_pin_file(Env::system(), path_, PinFileMode::existing));
    }

  private:
    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "pins.db";
    std::unique_ptr<PinStore> store_ = ok(open_pin_file(Env::system(), path_));
};

}  // namespace
}  // namespace aion::archive::test

namespace aion::policy::test {

INSTANTIATE_TEST_SUITE_P(File, PinStoreContract,
                         ::testing::Values(StoreKind{
                             "File",
                             [] { return std::make_unique<archive::test::FileUnderTest>(); }}),
                         name_of_store);

}  // namespace aion::policy::test
