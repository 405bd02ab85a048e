// SPDX-License-Identifier: MIT OR Apache-2.0
// Every operation that writes, while somebody else decides at one call where the path leads from
// then on: to other files of the same user, of the same names. What the path did not name when it
// was resolved is never touched.
#include <gtest/gtest.h>

#include <set>

#include "durability/operations.hpp"

namespace aion::test {
namespace {

using Call = MemoryEnv::Call;

constexpr std::string_view ours = "/w";
constexpr std::string_view theirs = "/victim";

/// How the path leads to the files, and what the other changes.
enum class Way : std::uint8_t { folder_is_a_link, files_are_links };

/// A site in which an operation is about to run, with the same files in two folders; paths lead
/// to ours.
class Stage {
  public:
    Stage(const Operation& operation, Way way)
        : made_(prepared(operation)), site(made_->env, "/stage"), way_(way) {
        MemoryEnv& env = made_->env;
        for (const std::string& path : env.all_paths()) {
            env.put(std::string(theirs) + path.substr(ours.size()), env.get(path).value(),
                    env.access_of(path)->info.mode);
        }
        env.put_directory(std::string(theirs) + "/log");
        lead_to(ours);
    }

    MemoryEnv& env() { return made_->env; }

    void lead_to(std::string_view folder) {
        MemoryEnv& env = made_->env;
        const std::string to(folder);
        if (way_ == Way::folder_is_a_link) {
            env.put_symlink("/stage", to);
            return;
        }
        for (const auto& path : {site.policy(), site.registry(), site.exported(), site.payload(),
                                 site.damaged(), site.attestations()}) {
            env.put_symlink(path, to + "/" + path.filename().string());
        }
        env.put_symlink("/stage/keys", to + "/keys");
        env.put_symlink("/stage/layout", to + "/layout");
        env.put_symlink("/stage/log", to + "/log");
    }

    /// Files of one folder by their names in it, temporaries included.
    [[nodiscard]] std::map<std::string, Bytes> files(std::string_view folder) {
        std::map<std::string, Bytes> found;
        for (const std::string& path : made_->env.all_paths()) {
            if (path.starts_with(std::string(folder) + "/")) {
                if (auto bytes = made_->env.get(path)) {
                    found.emplace(path.substr(folder.size()), *std::move(bytes));
                }
            }
        }
        return found;
    }

  private:
    std::unique_ptr<MemorySite> made_;

  public:
    Site site;

  private:
    Way way_;
};

/// Whether a call decides where a path leads: what comes after must not look again.
bool resolves(Call call) {
    return call == Call::locate || call == Call::open_directory || call == Call::create_directories;
}

struct Tried {
    std::uint64_t calls = 0;
    bool resolved_before = false;  // when the path was changed
    bool resolved_after = false;
    bool done = false;
};

/// Runs the operation, changing at its call `number` where the path leads.
Tried run(Stage& stage, const Operation& operation, std::uint64_t number) {
    Tried tried;
    stage.env().set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord& call) {
        if (index == number) {
            stage.lead_to(theirs);
        }
        const bool before = index < number;
        tried.resolved_before = tried.resolved_before || (before && resolves(call.call));
        tried.resolved_after = tried.resolved_after || (!before && resolves(call.call));
        return 0;
    });
    tried.done = operation.run(stage.site).has_value();
    tried.calls = stage.env().call_count();
    stage.env().set_fault({});
    return tried;
}

class ChangingNames : public ::testing::TestWithParam<std::tuple<std::size_t, Way>> {};

TEST_P(ChangingNames, NothingIsTouchedThatThePathDidNotName) {
    const Operation& operation = operations().at(std::get<0>(GetParam()));
    const Way way = std::get<1>(GetParam());
    const std::uint64_t step = operation.cost == Cost::little     ? 1
                               : operation.cost == Cost::password ? 7
                                                                  : 3;
    std::set<bool> reached;
    for (std::uint64_t number = 0, calls = 1; number < calls; number += step) {
        SCOPED_TRACE(operation.name + ", changed at call " + std::to_string(number));
        Stage stage(operation, way);
        const auto our_files = stage.files(ours);
        const auto their_files = stage.files(theirs);
        const Tried tried = run(stage, operation, number);
        calls = std::max(calls, tried.calls);
        const bool ours_changed = stage.files(ours) != our_files;
        const bool theirs_changed = stage.files(theirs) != their_files;
        // An export reads a key by one path and writes by another, each resolved when its turn
        // comes.
        if (!tried.resolved_before || !tried.resolved_after) {
            EXPECT_FALSE(ours_changed && theirs_changed);
        }
        if (tried.resolved_before && !tried.resolved_after) {
            EXPECT_FALSE(theirs_changed);
            EXPECT_EQ(ours_changed, tried.done);
        }
        if (!tried.resolved_before) {
            EXPECT_FALSE(ours_changed);
        }
        reached.insert(tried.resolved_before && !tried.resolved_after);
        EXPECT_EQ(temporaries_of(stage.env()), std::vector<std::string>{});
    }
    EXPECT_TRUE(reached.contains(true));
}

INSTANTIATE_TEST_SUITE_P(Each, ChangingNames,
                         ::testing::Combine(::testing::Range<std::size_t>(0, operations().size()),
                                            ::testing::Values(Way::folder_is_a_link,
                                                              Way::files_are_links)),
                         [](const auto& each) {
                             return operations().at(std::get<0>(each.param)).name +
                                    (std::get<1>(each.param) == Way::folder_is_a_link ? "_folder"
                                                                                      : "_file");
                         });

}  // namespace
}  // namespace aion::test
