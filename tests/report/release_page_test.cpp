// SPDX-License-Identifier: MIT OR Apache-2.0
// The page about a release: well-formed whatever the release says, and silent about what nobody
// vouches for.
#include "aion/report/release_page.hpp"

#include <gtest/gtest.h>

#include <string>

#include "release/release_world.hpp"
#include "support/xml_page.hpp"

namespace aion::report {
namespace {

using release::test::ReleaseWorld;

std::string page_of(ReleaseWorld& world) {
    const release::ReleaseReport verdict = world.verdict();
    std::string page;
    write_html([&page](std::string_view piece) { page += piece; },
               {.run = {.tool = "aion",
                        .generated_at = {},
                        .file_path = "<r>",
                        .registry_path = "reg.json",
                        .registry_digests = {},
                        .pins_path = {}},
                .registry = world.registry,
                .release = verdict});
    return page;
}

TEST(ReleasePage, ShowsEveryGateOfAValidRelease) {
    ReleaseWorld world;
    world.content.aibom.model.name = "<script>\xe2\x80\xae";
    world.bundle = ReleaseWorld::sealed(world.content);
    const std::string page = page_of(world);
    const aion::test::XmlPage read(page);
    EXPECT_EQ(read.fault(), "");
    EXPECT_EQ(page.find("<script>"), std::string::npos);
    EXPECT_NE(page.find("&lt;script&gt;"), std::string::npos);
    std::size_t rows = 0;
    for (const auto* const row : read.all("tr")) {
        const bool is_gate = row->text.find("passed") != std::string::npos ||
                             row->text.find("not asked") != std::string::npos;
        rows += is_gate ? 1U : 0U;
    }
    EXPECT_EQ(rows, release::gate_count);
}

TEST(ReleasePage, OfAnInvalidReleaseItTellsWhyAndNothingElse) {
    ReleaseWorld world;
    world.env.put(ReleaseWorld::path(release::primary_name), as_bytes("weighty"));
    const std::string page = page_of(world);
    EXPECT_EQ(aion::test::XmlPage(page).fault(), "");
    EXPECT_NE(page.find("INVALID"), std::string::npos);
    EXPECT_NE(page.find("other_content"), std::string::npos);
    EXPECT_EQ(page.find(">heron<"), std::string::npos) << "the model's name";
}

}  // namespace
}  // namespace aion::report
