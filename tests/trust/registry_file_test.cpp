// SPDX-License-Identifier: MIT OR Apache-2.0
// Registry files: reading, changing under the lock, faults, power cuts, rivals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include "aion/base/files.hpp"
#include "aion/base/memory_env.hpp"
#include "support/places.hpp"
#include "trust/support.hpp"

namespace aion::trust {
namespace {

using test::author;
using test::code_of;
using test::ok;
using test::pinned;
using test::public_of;
using test::refusal;
using test::revocation;
using test::rotation;

const std::filesystem::path path = "/etc/aion/registry.json";

Result<Applied> pin_author(Registry& registry) {
    return registry.pin(author, public_of(0x11), public_of(0x22));
}

Result<Applied> rotate(Registry& registry) {
    return registry.apply(rotation(0, 1, 0x33, 9));
}

Registry rotated() {
    Registry registry = pinned();
    ok(rotate(registry));
    return registry;
}

Result<Applied> applied(const Result<RegistryUpdate>& update) {
    return update ? Result<Applied>(update->applied) : fail(update.error());
}

class RegistryFile : public testing::Test {
  protected:
    RegistryFile() { env.put_directory(path.parent_path()); }

    void put(const std::string& text) { env.put(path, as_bytes(text)); }

    [[nodiscard]] std::string text() const {
        const auto content = env.get(path);
        return content ? std::string(as_text(*content)) : "absent";
    }

    Result<Applied> update(const std::function<Result<Applied>(Registry&)>& change,
                           bool create = false) {
        UpdateOptions options;
        options.create = create;
        options.lock_wait_ms = 100;
        return applied(update_registry_file(env, path, options, change));
    }

    MemoryEnv env;
};

// --- Loading
// ----------------------------------------------------------------------------------------

TEST_F(RegistryFile, Loads) {
    put(pinned().to_json());
    EXPECT_EQ(ok(Registry::load(env, path)), pinned());
}

TEST_F(RegistryFile, SaysWhichFileCouldNotBeRead) {
    const auto absent = Registry::load(env, path);
    EXPECT_EQ(code_of(absent), ErrorCode::file_read_error);
    EXPECT_THAT(absent.error().messages(),
                testing::ElementsAre("Failed to read registry file: /etc/aion/registry.json",
                                     "Failed to read file: /etc/aion/registry.json",
                                     "No such file or directory (os error 2)"));
}

TEST_F(RegistryFile, BytesThatAreNotUtf8FailBeforeParsing) {
    put("{\"version\":\xFF}");
    const auto result = Registry::load(env, path);
    EXPECT_EQ(code_of(result), ErrorCode::invalid_utf8);
    EXPECT_THAT(result.error().messages(),
                testing::ElementsAre("Failed to read registry file: /etc/aion/registry.json",
                                     "Invalid UTF-8: invalid utf-8 sequence of 1 bytes from "
                                     "index 11"));
}

TEST_F(RegistryFile, SaysWhichFileCouldNotBeParsed) {
    put(R"({"version":2,"authors":[]})");
    EXPECT_THAT(Registry::load(env, path).error().messages(),
                testing::ElementsAre("Failed to parse registry file: /etc/aion/registry.json",
                                     "Invalid file format: unsupported registry file version: 2 "
                                     "(expected 1)"));
}

// Other people's notes.
TEST_F(RegistryFile, IsNotRewrittenWhereThatWouldLoseKeys) {
    std::string text = pinned().to_json();
    text.insert(text.find("\"authors\""), "\"comment\": \"ours\", ");
    put(text);
    const auto refused =
        update([](Registry& registry) { return registry.apply(revocation(0, 9)); });
    EXPECT_EQ(code_of(refused), ErrorCode::operation_not_permitted);
    EXPECT_TRUE(refused.error().message().ends_with("because they would be lost: comment"));
    EXPECT_EQ(as_text(ok(read_file(env, path))), text);
    EXPECT_EQ(ok(update([](Registry& registry) {
                  return registry.pin(author, public_of(0x11), public_of(0x22));
              })),
              Applied::already);
}

TEST_F(RegistryFile, RefusesToReadMoreThanTheLimit) {
    put(std::string(Registry::max_json_size + 1, ' '));
    EXPECT_EQ(code_of(Registry::load(env, path)), ErrorCode::resource_exhausted);
}

// --- Updating
// ---------------------------------------------------------------------------------------

TEST_F(RegistryFile, CreatesAnAbsentFileOnlyWhenAsked) {
    const auto refused = update(pin_author);
    EXPECT_EQ(refusal(refused), "File not found: /etc/aion/registry.json");
    EXPECT_EQ(code_of(refused), ErrorCode::file_not_found);
    EXPECT_EQ(ok(update(pin_author, true)), Applied::changed);
    EXPECT_EQ(text(), pinned().to_json());
}

TEST_F(RegistryFile, ChangesAnExistingFileAndKeepsItsMode) {
    env.put(path, as_bytes(pinned().to_json()), 0640);
    EXPECT_EQ(ok(update(rotate)), Applied::changed);
    EXPECT_EQ(text(), rotated().to_json());
    EXPECT_EQ(ok(env.info(path))->mode, 0640U);
}

TEST_F(RegistryFile, WritesNothingWhenNothingChanged) {
    const std::string unusual = "\n" + rotated().to_json() + "\n";
    put(unusual);
    EXPECT_EQ(ok(update(rotate)), Applied::already);
    EXPECT_EQ(text(), unusual);
    EXPECT_EQ(ok(update([](Registry&) -> Result<Applied> { return Applied::already; })),
              Applied::already);
}

TEST_F(RegistryFile, CreatesNothingWhenNothingChanged) {
    EXPECT_EQ(ok(update([](Registry&) -> Result<Applied> { return Applied::already; }, true)),
              Applied::already);
    EXPECT_EQ(text(), "absent");
}

TEST_F(RegistryFile, ADryRunDoesEverythingButTheWriting) {
    UpdateOptions options;
    options.create = true;
    options.dry_run = true;
    EXPECT_EQ(ok(update_registry_file(env, path, options, pin_author)).applied, Applied::changed);
    EXPECT_EQ(text(), "absent");
    std::string with_a_note = pinned().to_json();
    put(with_a_note);
    EXPECT_EQ(ok(update_registry_file(env, path, options, rotate)).applied, Applied::changed);
    EXPECT_EQ(text(), with_a_note);
    with_a_note.insert(with_a_note.find("\"authors\""), "\"comment\": \"ours\", ");
    put(with_a_note);
    EXPECT_EQ(code_of(update_registry_file(env, path, options, rotate)),
              ErrorCode::operation_not_permitted);
}

TEST_F(RegistryFile, ARefusedChangeLeavesTheFileAlone) {
    put(pinned().to_json());
    EXPECT_EQ(refusal(update([](Registry& registry) {
                  return registry.apply(rotation(0, 1, 0x33, 0));
              })).substr(0, 60),
              "Invalid file format: rotation effective_from_version 0 is wh");
    EXPECT_EQ(text(), pinned().to_json());
}

TEST_F(RegistryFile, AFileThatDoesNotLoadIsNotReplaced) {
    put("{}");
    EXPECT_EQ(update(pin_author, true).error().message(),
              "Failed to parse registry file: /etc/aion/registry.json");
    EXPECT_EQ(text(), "{}");
}

TEST_F(RegistryFile, FollowsASymbolicLink) {
    env.put("/real.json", as_bytes(pinned().to_json()));
    env.put_symlink(path, "/real.json");
    ok(update(rotate));
    EXPECT_EQ(as_text(*env.get("/real.json")), rotated().to_json());
    EXPECT_EQ(ok(env.locate(path)).name, "real.json");  // still a link
}

TEST_F(RegistryFile, TellsOfOtherNames) {
    put(pinned().to_json());
    env.put_link("/other.json", path);
    const auto update = ok(update_registry_file(env, path, {}, rotate));
    EXPECT_EQ(update.applied, Applied::changed);
    EXPECT_EQ(update.written.links, 2U);
}

TEST_F(RegistryFile, TidiesUpAfterAnInterruptedUpdate) {
    put(pinned().to_json());
    const auto before = env.all_paths();
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::rename || call.call == MemoryEnv::Call::remove ? EIO
                                                                                            : 0;
    });
    EXPECT_FALSE(update(rotate).has_value());
    env.set_fault({});
    ASSERT_EQ(env.all_paths().size(), before.size() + 1);
    ok(update(rotate));
    EXPECT_EQ(env.all_paths(), before);
}

TEST_F(RegistryFile, WaitsForTheLockAndGivesUp) {
    put(pinned().to_json());
    const auto held = ok(aion::test::lock_at(env, path, 0));
    EXPECT_EQ(code_of(update(rotate)), ErrorCode::conflict);
    EXPECT_EQ(text(), pinned().to_json());
}

TEST_F(RegistryFile, AWriterThatDoesNotLockCausesAConflict) {
    put(pinned().to_json());
    const auto outcome = update([&](Registry& registry) {
        Registry other;
        ok(other.pin(AuthorId{7}, public_of(0x11), public_of(0x44)));
        const std::string theirs = other.to_json();
        const ByteView piece = as_bytes(theirs);
        WriteOptions how;
        how.replace = Replace::always;
        ok(write_file_atomically(env, path, {&piece, 1}, how));
        return rotate(registry);
    });
    EXPECT_EQ(
        refusal(outcome),
        "Conflicting operation: /etc/aion/registry.json was changed by another writer: read it "
        "again and repeat the change; nothing was written");
    EXPECT_NE(ok(Registry::load(env, path)).find(AuthorId{7}), nullptr);
}

TEST_F(RegistryFile, ARivalThatCreatesTheFileFirstIsBuiltUpon) {
    int calls = 0;
    const auto outcome = update(
        [&](Registry& registry) {
            if (++calls == 1) {
                Registry theirs;
                ok(theirs.pin(AuthorId{7}, public_of(0x11), public_of(0x44)));
                put(theirs.to_json());
            }
            return pin_author(registry);
        },
        true);
    EXPECT_EQ(ok(outcome), Applied::changed);
    EXPECT_EQ(calls, 2);
    const Registry both = ok(Registry::load(env, path));
    EXPECT_NE(both.find(AuthorId{7}), nullptr);
    EXPECT_NE(both.find(author), nullptr);
}

TEST_F(RegistryFile, AFileThatComesAndGoesEndsInAConflict) {
    const auto outcome = update(
        [&](Registry& registry) {
            put(Registry().to_json());
            env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
                return call.call == MemoryEnv::Call::lock ? ENOENT : 0;
            });
            return pin_author(registry);
        },
        true);
    EXPECT_EQ(code_of(outcome), ErrorCode::conflict);
}

TEST_F(RegistryFile, AMissingDirectoryIsSaidAtOnce) {
    UpdateOptions options;
    options.create = true;
    const auto outcome = update_registry_file(env, "/nowhere/registry.json", options, pin_author);
    EXPECT_EQ(code_of(outcome), ErrorCode::file_write_error);
    EXPECT_EQ(outcome.error().os_error(), ENOENT);
}

// --- Faults
// -----------------------------------------------------------------------------------------

// Fails each call of an update in turn, once and for good, until one run has no fault left.
class RegistryFileFaults : public testing::TestWithParam<std::tuple<bool, bool>> {};

TEST_P(RegistryFileFaults, LeaveTheOldOrTheNewStateAndNoStrayFile) {
    const auto [existing, for_good] = GetParam();
    const std::string before = existing ? pinned().to_json() : "absent";
    const std::string after = existing ? rotated().to_json() : pinned().to_json();
    bool finished = false;
    for (std::uint64_t nth = 0; !finished; ++nth) {
        ASSERT_LT(nth, 200U);
        MemoryEnv env(nth + 1);
        env.put_directory(path.parent_path());
        if (existing) {
            env.put(path, as_bytes(before));
        }
        bool failed = false;
        env.set_fault([&, persistent = for_good](std::uint64_t index, const auto& call) {
            // A failing clean-up of the temporary file would leave it behind, inevitably.
            const bool clean_up = call.call == MemoryEnv::Call::remove;
            const bool hit = index == nth || (persistent && index > nth && !clean_up);
            failed = failed || hit;
            return hit ? EIO : 0;
        });
        UpdateOptions options;
        options.create = true;
        const auto outcome =
            update_registry_file(env, path, options, existing ? rotate : pin_author);
        finished = !failed;
        const auto content = env.get(path);
        const std::string now = content ? std::string(as_text(*content)) : "absent";
        if (outcome) {
            EXPECT_EQ(now, after) << nth;
        } else {
            EXPECT_THAT(now, testing::AnyOf(before, after)) << nth;
        }
        EXPECT_EQ(env.all_paths().size(), now == "absent" ? 0U : 1U) << nth;
        // Another update works: no lock is left behind.
        env.set_fault({});
        ok(update_registry_file(env, path, options, existing ? rotate : pin_author));
        EXPECT_EQ(as_text(*env.get(path)), after) << nth;
    }
}

INSTANTIATE_TEST_SUITE_P(All, RegistryFileFaults,
                         testing::Combine(testing::Bool(), testing::Bool()));

// Whoever was told of success finds the change after the power comes back; otherwise the file is
// the old or the new one, never anything in between.
TEST_F(RegistryFile, SurvivesAPowerCutAnywhere) {
    bool was_cut = true;
    for (std::uint64_t nth = 0; was_cut; ++nth) {
        for (const bool keep_some : {false, true}) {
            MemoryEnv machine(nth + 1);
            machine.put(path, as_bytes(pinned().to_json()));
            const MemoryEnv::PowerCut how{.seed = nth, .keep_some = keep_some};
            was_cut = false;
            machine.set_fault([&](std::uint64_t index, const auto&) {
                if (index != nth) {
                    return 0;
                }
                was_cut = true;
                machine.cut_power(how);
                return EIO;
            });
            const auto outcome = update_registry_file(machine, path, {}, rotate);
            machine.cut_power(how);
            const Registry registry = ok(Registry::load(machine, path));
            if (was_cut) {
                EXPECT_THAT(registry, testing::AnyOf(pinned(), rotated())) << nth;
            } else {
                EXPECT_EQ(ok(outcome).applied, Applied::changed);
                EXPECT_EQ(registry, rotated()) << nth;
            }
        }
    }
}

// --- Rivals
// -----------------------------------------------------------------------------------------

// Several threads pin an author each into one file that does not exist at first.
void pin_from_threads(Env& env, const std::filesystem::path& file) {
    constexpr std::uint64_t thread_count = 8;
    constexpr std::uint64_t authors_each = 4;
    const PublicKey master = public_of(0x11);  // Keys are made by one thread at a time.
    const PublicKey key = public_of(0x22);
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < thread_count; ++t) {
        threads.emplace_back([&, t] {
            for (std::uint64_t i = 0; i < authors_each; ++i) {
                UpdateOptions options;
                options.create = true;
                options.lock_wait_ms = 60'000;
                const auto outcome =
                    update_registry_file(env, file, options, [&](Registry& registry) {
                        return registry.pin(AuthorId{t * authors_each + i}, master, key);
                    });
                EXPECT_EQ(ok(outcome).applied, Applied::changed);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(ok(Registry::load(env, file)).authors().size(), thread_count * authors_each);
}

TEST_F(RegistryFile, RivalsInMemoryLoseNothing) {
    pin_from_threads(env, path);
    EXPECT_EQ(env.all_paths().size(), 1U);
}

TEST(RegistryFileOnDisk, RivalsLoseNothing) {
    std::string directory = testing::TempDir() + "/aion-registry-XXXXXX";
    ASSERT_NE(mkdtemp(directory.data()), nullptr);
    pin_from_threads(Env::system(), std::filesystem::path(directory) / "registry.json");
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) {
        ++files;
    }
    EXPECT_EQ(files, 1U);
    std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace aion::trust
