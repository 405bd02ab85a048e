// SPDX-License-Identifier: MIT OR Apache-2.0
// Every event that docs/errors.md lists can happen, at the level, from the target and with the
// fields that it says; and every remark and omission that a report can name.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <functional>
#include <map>

#include "aion/trust/keystore.hpp"
#include "proof/doc_table.hpp"
#include "proof/file_map.hpp"
#include "proof/genuine.hpp"
#include "support/world.hpp"

namespace aion::proof {
namespace {

using policy::TemporalWarning;
using policy::Unauthenticated;

class ReachedEvent : public policy::test::World, public ::testing::WithParamInterface<std::string> {
  public:
    [[nodiscard]] static std::vector<std::string> names();

  protected:
    using Scenario = std::function<void(ReachedEvent&)>;
    static const std::map<std::string, Scenario>& scenarios();

    EventSink sink() {
        return [this](const Event& event) { seen_.push_back(event); };
    }

    void verify_changed(std::size_t offset) {
        Bytes file = genuine("one_author").file;
        file[offset] ^= 1U;
        policy::test::rehash(file);
        std::ignore = policy::verify(file, genuine("one_author").registry, policy::test::start,
                                     {.events = sink()});
    }

    void commit_with_events(AuthorId author) {
        must_create();
        policy::CommitOptions options;
        options.verify.events = sink();
        std::ignore =
            policy::commit(env, path, {as_bytes("x"), author}, alice_key, registry, options);
    }

    std::vector<Event> seen_;
};

const std::map<std::string, ReachedEvent::Scenario>& ReachedEvent::scenarios() {
    static const FileMap map(genuine("one_author").file);
    static const std::map<std::string, Scenario> all = {
        {"file_initialized", [](ReachedEvent& t) { t.must_create("x", {.events = t.sink()}); }},
        {"commit_accepted", [](ReachedEvent& t) { t.commit_with_events(policy::test::alice); }},
        {"file_verified",
         [](ReachedEvent& t) {
             std::ignore =
                 policy::verify(genuine("one_author").file, genuine("one_author").registry,
                                policy::test::start, {.events = t.sink()});
         }},
        {"commit_rejected", [](ReachedEvent& t) { t.commit_with_events(AuthorId{7}); }},
        {"file_rejected", [](ReachedEvent& t) { t.verify_changed(16); }},
        {"signature_rejected", [](ReachedEvent& t) { t.verify_changed(map.signature(0) + 40); }},
        {"parser_rejected", [](ReachedEvent& t) { t.verify_changed(0); }},
        {"audit_chain_broken", [](ReachedEvent& t) { t.verify_changed(map.audit(1) + 40); }},
        {"keystore_key_created",
         [](ReachedEvent& t) {
             trust::Keystore store(t.env, "/keys", t.sink());
             EXPECT_TRUE(store.generate(trust::KeyId{1}).has_value());
         }},
        {"keystore_load_rejected",
         [](ReachedEvent& t) {
             trust::Keystore store(t.env, "/keys", t.sink());
             EXPECT_FALSE(store.load(trust::KeyId{1}).has_value());
         }},
    };
    return all;
}

TEST_P(ReachedEvent, IsEmitted) {
    const auto documented = table_below("docs/errors.md", "## Events");
    const auto row = documented.find(GetParam());
    ASSERT_NE(row, documented.end()) << "docs/errors.md does not list it";
    scenarios().at(GetParam())(*this);
    const auto event = std::ranges::find(seen_, GetParam(), &Event::name);
    ASSERT_NE(event, seen_.end());
    EXPECT_EQ(row->second.at(0), name_of(event->level));
    EXPECT_EQ(row->second.at(1), event->target);
    std::string fields;
    for (const Event::Field& field : event->fields) {
        fields += (fields.empty() ? "" : ", ") + std::string(field.name);
    }
    // Behind the fields a row may say what one of them holds.
    const std::string& told = row->second.at(2);
    EXPECT_EQ(told.substr(0, told.find(" (")), fields);
}

std::vector<std::string> names_of(const auto& by_name) {
    std::vector<std::string> names;
    for (const auto& [name, rest] : by_name) {
        names.push_back(name);
    }
    return names;
}

std::vector<std::string> ReachedEvent::names() {
    return names_of(scenarios());
}

TEST(ReachedEvents, EveryDocumentedOneHasAScenario) {
    EXPECT_EQ(names_of(table_below("docs/errors.md", "## Events")), ReachedEvent::names());
}

INSTANTIATE_TEST_SUITE_P(Names, ReachedEvent, ::testing::ValuesIn(ReachedEvent::names()),
                         [](const ::testing::TestParamInfo<std::string>& tested) {
                             return tested.param;
                         });

// The kinds of remarks about times, each with the file that earns it.
TEST(ReachedRemark, TemporalWarnings) {
    constexpr std::uint64_t second = 1'000'000'000;
    constexpr std::uint64_t day_one = 1'700'000'000 * second;
    const auto registry = registry_with({{1, 0x11}});
    const auto kinds_at = [&](std::uint64_t first, std::uint64_t then) {
        Bytes file = file_of({{1, 0x11, "a", "", day_one}, {1, 0x11, "b", "", day_one}}, registry,
                             FileId{1});
        const FileMap map(file);
        put_number(file, map.version(0) + 80, first);
        put_number(file, map.version(1) + 80, then);
        std::vector<TemporalWarning::Kind> kinds;
        for (const auto& warning :
             policy::verify(file, registry, Timestamp{day_one}).temporal_warnings) {
            kinds.push_back(warning.kind);
        }
        return kinds;
    };
    using Kinds = std::vector<TemporalWarning::Kind>;
    EXPECT_EQ(kinds_at(day_one, day_one + 60 * second), Kinds());
    EXPECT_EQ(kinds_at(day_one, day_one + 60 * second + 1), Kinds{TemporalWarning::Kind::future});
    EXPECT_EQ(kinds_at(day_one, day_one - 300 * second), Kinds{TemporalWarning::Kind::clock_skew});
    EXPECT_EQ(kinds_at(day_one, day_one - 300 * second - 1),
              Kinds{TemporalWarning::Kind::non_monotonic});
}

TEST(ReachedRemark, EverythingUnauthenticated) {
    const auto documented = table_below("docs/verification.md", "## What format v2 leaves open");
    const Genuine& sample = genuine("one_author");
    const auto named = [&](const policy::Pins& pins) {
        return policy::verify(sample.file, sample.registry, policy::test::start, {.pins = pins})
            .unauthenticated;
    };
    const auto all = named({});
    EXPECT_EQ(all.size(), documented.size());
    for (const Unauthenticated what : all) {
        EXPECT_TRUE(documented.contains(std::string(name_of(what)))) << name_of(what);
        EXPECT_FALSE(explain(what).empty());
    }
}

}  // namespace
}  // namespace aion::proof
