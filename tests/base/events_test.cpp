// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/events.hpp"

#include <gtest/gtest.h>

namespace aion {
namespace {

TEST(Events, ReachTheSinkIfThereIsOne) {
    const Event event{
        .level = EventLevel::warn,
        .target = "operations",
        .name = "file_rejected",
        .fields = {{"versions", std::uint64_t{3}}, {"reason", Event::Name{"hash_chain_broken"}}}};
    emit({}, event);
    std::vector<std::string_view> seen;
    emit([&](const Event& e) { seen.push_back(e.name); }, event);
    EXPECT_EQ(seen, std::vector<std::string_view>{"file_rejected"});
}

}  // namespace
}  // namespace aion
