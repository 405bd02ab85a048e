// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/model_card.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "supply/aiboms.hpp"

namespace aion::supply {
namespace {

using test::ok;

using Lines = std::vector<std::string>;

template <class T>
std::string detail_of(const Result<T>& result) {
    return result ? "no error" : std::string(result.error().detail());
}

AiBom with_card(const std::string& front_matter) {
    AiBom aibom;
    ok(add_model_card(aibom, "---\n" + front_matter + "---\n"));
    return aibom;
}

TEST(ModelCard, AllThatHasAPlace) {
    AiBom aibom;
    const Lines lost = ok(add_model_card(aibom, R"(---
license: apache-2.0
license_link: https://orchid.example/LICENSE
datasets:
  - orchid/meadow
  - field notes
base_model: [orchid/base-1b, "some model"]
library_name: transformers
pipeline_tag: text-generation
language: [en, "no"]
tags:
- 7
- tiny
thumbnail: x.png
model-index:
- name: orchid
  results:
  - task: {type: text-generation}
    metrics: [{type: accuracy, value: 0.90}, {type: odd, value: .inf}]
---
# Orchid

license: not this
)"));
    EXPECT_EQ(lost, (Lines{"base_model: some model", "thumbnail"}));
    EXPECT_EQ(aibom.licenses,
              (std::vector<License>{{.spdx_id = "Apache-2.0",
                                     .scope = LicenseScope::weights,
                                     .text_uri = "https://orchid.example/LICENSE"}}));
    ASSERT_EQ(aibom.datasets.size(), 2U);
    EXPECT_EQ(aibom.datasets[0].uri, "https://huggingface.co/datasets/orchid/meadow");
    EXPECT_EQ(aibom.datasets[1], (DatasetRef{.name = "field notes"}));
    EXPECT_EQ(
        aibom.references,
        (std::vector<ExternalReference>{{"base_model", "https://huggingface.co/orchid/base-1b"}}));
    EXPECT_EQ(aibom.frameworks,
              (std::vector<FrameworkRef>{{.name = "transformers", .version = "unknown"}}));
    ASSERT_EQ(aibom.hyperparameters.size(), 1U);
    EXPECT_EQ(aibom.hyperparameters[0].second,
              R"({"language":["en","no"],"model-index":[{"name":"orchid","results":[{"metrics":)"
              R"([{"type":"accuracy","value":0.9},{"type":"odd","value":".inf"}],)"
              R"("task":{"type":"text-generation"}}]}],)"
              R"("pipeline_tag":"text-generation","tags":[7,"tiny"]})");
}

TEST(ModelCard, LicencesUnderSpdxsNames) {
    EXPECT_EQ(with_card("license: gpl-3.0\n").licenses[0].spdx_id, "GPL-3.0-only");
    EXPECT_EQ(with_card("license: llama3.1\n").licenses[0].spdx_id, "LicenseRef-llama3.1");
    EXPECT_EQ(with_card("license: other\nlicense_name: own one\n").licenses[0].spdx_id,
              "LicenseRef-own-one");
    EXPECT_EQ(with_card("license: [mit, cc-by-4.0]\n").licenses[1].spdx_id, "CC-BY-4.0");
    EXPECT_EQ(with_card("license: mit\nlicense_link: LICENSE\n").licenses[0].text_uri,
              std::nullopt);
}

TEST(ModelCard, AFrameworkThatIsThereStays) {
    AiBom aibom;
    aibom.frameworks.push_back({.name = "jax", .version = "0.4.38"});
    ok(add_model_card(aibom, "---\r\nlibrary_name: jax\r\n---\r\n"));
    EXPECT_EQ(aibom.frameworks.size(), 1U);
}

TEST(ModelCard, RefusesWhatIsNoFrontMatter) {
    AiBom aibom;
    for (const char* const text :
         {"", "# Orchid\n", "---", "---\nlicense: mit\n", "----\n---\n", " ---\na: 1\n---\n"}) {
        EXPECT_EQ(detail_of(add_model_card(aibom, text)), "model_card_no_front_matter") << text;
    }
    EXPECT_EQ(detail_of(add_model_card(aibom, "---\na: [\n---\n")), "yaml_syntax");
    EXPECT_EQ(detail_of(add_model_card(aibom, "---\na: &x 1\nb: *x\n---\n")), "yaml_not_plain");
    EXPECT_EQ(detail_of(add_model_card(aibom, "---\na: !!python/name:os.system x\n---\n")),
              "yaml_not_plain");
    EXPECT_EQ(detail_of(add_model_card(aibom, "---\na: 1\na: 2\n---\n")), "yaml_duplicate_key");
    EXPECT_EQ(detail_of(add_model_card(aibom, "---\na: " + std::string(17, '[') + "\n---\n")),
              "yaml_too_deep");
    EXPECT_EQ(
        detail_of(add_model_card(aibom, "---\n#" + std::string(max_front_matter, ' ') + "\n---\n")),
        "yaml_too_large");
    EXPECT_EQ(aibom, AiBom());
    EXPECT_EQ(ok(add_model_card(aibom, "---\n- just\n- a list\n---\n")), Lines{});
}

}  // namespace
}  // namespace aion::supply
