// SPDX-License-Identifier: MIT OR Apache-2.0
// The directory of keys (docs/keys.md#the-directory).
#include "aion/trust/keystore.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cerrno>
#include <filesystem>

#include "aion/base/files.hpp"
#include "aion/base/memory_env.hpp"
#include "support/places.hpp"
#include "trust/support.hpp"

namespace aion::trust {
namespace {

using test::code_of;
using test::key_from;
using test::ok;
using test::public_of;
using test::refusal;

constexpr std::string_view machine = "0123456789abcdef0123456789abcdef";
const std::filesystem::path directory = "/home/op/.aion/keys";
const ByteView password = as_bytes("correct horse battery staple");

class KeystoreTest : public testing::Test {
  protected:
    KeystoreTest() { env.set_machine_id(std::string(machine)); }

    EventSink sink() {
        return [this](const Event& event) { events.push_back(event); };
    }

    [[nodiscard]] static std::filesystem::path file(std::string_view name) {
        return directory / name;
    }

    void put(std::string_view name, std::string_view content) {
        env.put(file(name), as_bytes(content));
    }

    [[nodiscard]] std::string content(std::string_view name) const {
        const auto bytes = env.get(file(name));
        return bytes ? std::string(as_text(*bytes)) : "absent";
    }

    MemoryEnv env;
    std::vector<Event> events;
    Keystore store{env, directory, sink()};
};

std::string field(const Event& event, std::string_view name) {
    for (const Event::Field& one : event.fields) {
        if (one.name == name) {
            if (const auto* quoted = std::get_if<Event::Name>(&one.value)) {
                return "\"" + std::string(quoted->text) + "\"";
            }
            return std::get<std::string>(one.value);
        }
    }
    return "absent";
}

// --- Generate, store, load
// --------------------------------------------------------------------------

TEST_F(KeystoreTest, AGeneratedKeyLoadsAgain) {
    const PublicKey made = ok(store.generate(KeyId{7}));
    EXPECT_EQ(ok(store.load(KeyId{7})).public_half(), made);
    EXPECT_TRUE(ok(store.contains(KeyId{7})));
    EXPECT_FALSE(ok(store.contains(KeyId{8})));
    EXPECT_NE(ok(store.generate(KeyId{8})), made);
}

TEST_F(KeystoreTest, FilesAreWhatTheReferenceExpects) {
    const PublicKey made = ok(store.generate(KeyId{50001}));
    EXPECT_EQ(content("author-50001.key").size(), 65U);
    EXPECT_TRUE(content("author-50001.key").starts_with("AFKY\x01"));
    EXPECT_EQ(content("author-50001.pub"), to_hex(made) + "\n");
    EXPECT_THAT(env.all_paths(), testing::ElementsAre(file("author-50001.key").string(),
                                                      file("author-50001.pub").string()));
}

TEST_F(KeystoreTest, ReadsAKeyThatTheReferenceMade) {
    const Bytes container = ok(from_hex(
        "41464b5901404142434445464748494a4b89fd68d73529a487bf51c5c2ca29d70771154ad2c74b6f6cc7801a"
        "a0e6b488551d01e6825ce956a1506c7bb4e33e394b"));
    env.put(file("author-50001.key"), container, 0600);
    EXPECT_EQ(to_hex(ok(store.load(KeyId{50001})).public_half()),
              "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
}

TEST_F(KeystoreTest, KeysArePrivateFromTheFirstByte) {
    std::vector<std::uint32_t> modes;
    env.set_fault([&](std::uint64_t, const MemoryEnv::CallRecord& call) {
        if (call.call == MemoryEnv::Call::append || call.call == MemoryEnv::Call::link) {
            for (const std::string& path : env.all_paths()) {
                if (path.find("author-7.key") != std::string::npos) {
                    modes.push_back(ok(env.info(path))->mode);
                }
            }
        }
        return 0;
    });
    ok(store.generate(KeyId{7}));
    EXPECT_FALSE(modes.empty());
    EXPECT_THAT(modes, testing::Each(0600U));
    EXPECT_EQ(ok(env.info(file("author-7.key")))->mode, 0600U);
    EXPECT_EQ(ok(env.info(directory))->mode, 0700U);
    EXPECT_EQ(ok(env.info(directory.parent_path()))->mode, 0700U);
}

TEST_F(KeystoreTest, NeverReplacesAKey) {
    const PublicKey made = ok(store.generate(KeyId{7}));
    const std::string before = content("author-7.key");
    EXPECT_EQ(refusal(store.generate(KeyId{7})),
              "File already exists: /home/op/.aion/keys/author-7.key");
    EXPECT_EQ(code_of(store.store(KeyId{7}, key_from(0x22))), ErrorCode::file_exists);
    EXPECT_EQ(content("author-7.key"), before);
    EXPECT_EQ(content("author-7.pub"), to_hex(made) + "\n");
}

TEST_F(KeystoreTest, NeverReplacesAKeyThatAppearsMeanwhile) {
    env.set_fault([&](std::uint64_t, const MemoryEnv::CallRecord& call) {
        if (call.call == MemoryEnv::Call::link) {
            put("author-7.key", "theirs");
        }
        return 0;
    });
    EXPECT_EQ(code_of(store.generate(KeyId{7})), ErrorCode::file_exists);
    env.set_fault({});
    EXPECT_THAT(env.all_paths(), testing::ElementsAre(file("author-7.key").string()));
    EXPECT_EQ(content("author-7.key"), "theirs");
}

TEST_F(KeystoreTest, EveryWriteHasItsOwnNonce) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    const std::string first = content("author-7.key");
    ok(store.remove(KeyId{7}));
    ok(store.store(KeyId{7}, key_from(0x22)));
    EXPECT_NE(content("author-7.key").substr(5, 12), first.substr(5, 12));
}

TEST_F(KeystoreTest, AKeyGoesIntoTheFolderThatWasOpened) {
    // The folder is swapped for a link to another right before the key is written into it.
    env.put_directory("/elsewhere");
    const std::filesystem::path real = "/real";
    env.put_directory(real);
    env.put_symlink("/swapped", real);
    Keystore swapped(env, "/swapped");
    env.set_fault([&](std::uint64_t, const MemoryEnv::CallRecord& call) {
        if (call.call == MemoryEnv::Call::machine_id) {  // after the folder was opened
            env.put_symlink("/swapped", "/elsewhere");
        }
        return 0;
    });
    ok(swapped.generate(KeyId{7}));
    env.set_fault({});
    EXPECT_THAT(env.all_paths(), testing::Contains("/real/author-7.key"));
    EXPECT_THAT(env.all_paths(), testing::Not(testing::Contains("/elsewhere/author-7.key")));
}

TEST_F(KeystoreTest, ALoadRepairsTheMissingOrWrongPublicHalf) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    const std::string expected = to_hex(public_of(0x22)) + "\n";
    ok(aion::test::remove_at(env, file("author-7.pub")));
    ok(store.load(KeyId{7}));
    EXPECT_EQ(content("author-7.pub"), expected);
    put("author-7.pub", to_hex(public_of(0x33)));
    ok(store.load(KeyId{7}));
    EXPECT_EQ(content("author-7.pub"), expected);
}

TEST_F(KeystoreTest, ALoadSucceedsWhereNothingCanBeWritten) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    ok(aion::test::remove_at(env, file("author-7.pub")));
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::create || call.call == MemoryEnv::Call::create_unlinked
                   ? EROFS
                   : 0;
    });
    EXPECT_EQ(ok(store.load(KeyId{7})).public_half(), public_of(0x22));
}

// --- What loading refuses
// ---------------------------------------------------------------------------

TEST_F(KeystoreTest, AMissingKey) {
    EXPECT_EQ(refusal(store.load(KeyId{7})),
              "Key 7 not found: key file not found: "
              "/home/op/.aion/keys/author-7.key");
    EXPECT_EQ(code_of(store.load(KeyId{7})), ErrorCode::key_not_found);
}

TEST_F(KeystoreTest, AnUnreadableKey) {
    env.put_directory(file("author-7.key"));
    EXPECT_EQ(refusal(store.load(KeyId{7})), "Key 7 not found: Is a directory (os error 21)");
}

TEST_F(KeystoreTest, TruncatedAndForeignFiles) {
    put("author-1.key", "AFKY");
    put("author-2.key", std::string(65, 'x'));
    put("author-3.key", "AFKY\x02" + std::string(60, 'x'));
    put("author-4.key", std::string(10'000, 'x'));
    EXPECT_EQ(refusal(store.load(KeyId{1})),
              "Invalid file format: encrypted key file too small: 4 bytes (minimum: 65)");
    EXPECT_EQ(refusal(store.load(KeyId{2})), "Invalid file format: invalid file key magic");
    EXPECT_EQ(refusal(store.load(KeyId{3})),
              "Invalid file format: unsupported file key version: 2 (expected: 1)");
    EXPECT_EQ(refusal(store.load(KeyId{4})),
              "Invalid file format: encrypted key file too large (maximum: 4096 bytes)");
}

TEST_F(KeystoreTest, RenamedLongerAndMovedKeysDoNotOpen) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    put("author-8.key", content("author-7.key"));
    EXPECT_EQ(code_of(store.load(KeyId{8})), ErrorCode::decryption_failed);
    put("author-7.key", content("author-7.key") + "x");
    EXPECT_EQ(code_of(store.load(KeyId{7})), ErrorCode::decryption_failed);
    ok(store.store(KeyId{9}, key_from(0x22)));
    env.set_machine_id("another machine");
    EXPECT_EQ(code_of(store.load(KeyId{9})), ErrorCode::decryption_failed);
}

TEST_F(KeystoreTest, AnEmptyMachineIdIsRefused) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    env.set_machine_id(" \n");
    EXPECT_EQ(code_of(store.generate(KeyId{8})), ErrorCode::invalid_private_key);
    EXPECT_EQ(code_of(store.load(KeyId{7})), ErrorCode::invalid_private_key);
    EXPECT_EQ(content("author-8.key"), "absent");
    // A damaged file is not blamed on the machine.
    put("author-1.key", "AFKY");
    EXPECT_EQ(code_of(store.load(KeyId{1})), ErrorCode::invalid_format);
}

// An image before its first boot. Keys that the reference made there still open.
TEST_F(KeystoreTest, NothingIsBoundToAMachineIdThatDoesNotLast) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    const Bytes exported = ok(store.export_key(KeyId{7}, password));
    env.set_machine_id("uninitialized\n");
    for (const auto& error : {store.generate(KeyId{8}).error(),
                              store.import_key(KeyId{8}, exported, password, KeyId{7}).error(),
                              store.store(KeyId{8}, key_from(0x22)).error()}) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_private_key);
        EXPECT_THAT(error.message(), testing::HasSubstr("\"uninitialized\""));
        EXPECT_THAT(error.message(), testing::HasSubstr("systemd-machine-id-setup"));
    }
    EXPECT_EQ(content("author-8.key"), "absent");
    const Bytes old = ok(seal_local_key(KeyId{9}, key_from(0x22).seed(), "uninitialized",
                                        std::array<std::uint8_t, 12>{}));
    env.put(file("author-9.key"), old);
    EXPECT_EQ(ok(store.load(KeyId{9})).public_half(), public_of(0x22));
}

// --- Remove
// -----------------------------------------------------------------------------------------

TEST_F(KeystoreTest, RemovesBothHalves) {
    ok(store.generate(KeyId{7}));
    ok(store.remove(KeyId{7}));
    EXPECT_TRUE(env.all_paths().empty());
    EXPECT_FALSE(ok(store.contains(KeyId{7})));
}

TEST_F(KeystoreTest, RemovesAKeyOfTheReferenceWithoutPublicHalf) {
    put("author-7.key", "anything");
    ok(store.remove(KeyId{7}));
    EXPECT_TRUE(env.all_paths().empty());
}

TEST_F(KeystoreTest, RemovingWhatIsNotThereFails) {
    EXPECT_EQ(refusal(store.remove(KeyId{7})), "Key 7 not found: key file not found");
}

TEST_F(KeystoreTest, ARemovalThatFailsSaysWhy) {
    ok(store.generate(KeyId{7}));
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::remove ? EACCES : 0;
    });
    EXPECT_EQ(refusal(store.remove(KeyId{7})),
              "Keyring delete failed: Permission denied (os error 13)");
    EXPECT_TRUE(ok(store.contains(KeyId{7})));
}

// --- List
// -------------------------------------------------------------------------------------------

TEST_F(KeystoreTest, AMissingDirectoryHasNoKeys) {
    EXPECT_TRUE(ok(store.list()).empty());
}

TEST_F(KeystoreTest, ListsAscendingWithPublicKeysAndWithoutDecrypting) {
    for (const std::uint64_t id : {std::uint64_t{20}, std::uint64_t{3}, UINT64_MAX}) {
        ok(store.store(KeyId{id}, key_from(static_cast<std::uint8_t>(id))));
    }
    env.set_machine_id("another machine");
    const auto listed = ok(store.list());
    ASSERT_EQ(listed.size(), 3U);
    EXPECT_EQ(listed[0].id, KeyId{3});
    EXPECT_EQ(listed[1].id, KeyId{20});
    EXPECT_EQ(listed[2].id, KeyId{UINT64_MAX});
    for (const KeyListing& one : listed) {
        EXPECT_EQ(one.public_key, public_of(static_cast<std::uint8_t>(one.id.value)));
        EXPECT_EQ(one.problem, std::nullopt);
        EXPECT_EQ(one.path, file("author-" + std::to_string(one.id.value) + ".key"));
    }
}

TEST_F(KeystoreTest, ListSkipsForeignNames) {
    for (const std::string_view name :
         {"author-.key", "author-x.key", "author-7", "author-7.key.bak", "author-7.KEY",
          "author-7x.key", "xauthor-7.key", "author-+.key", "author--7.key", "author-++7.key",
          "author- 7.key", "author-18446744073709551616.key", ".key", "author-7.pub",
          ".author-7.key.0123456789abcdef.tmp", "author-7.tmp"}) {
        put(name, "x");
    }
    EXPECT_TRUE(ok(store.list()).empty());
}

TEST_F(KeystoreTest, ABadEntryHidesNoOther) {
    ok(store.store(KeyId{2}, key_from(0x22)));
    put("author-1.key", "too small");
    env.put_directory(file("author-3.key"));
    const auto listed = ok(store.list());
    ASSERT_EQ(listed.size(), 3U);
    EXPECT_EQ(listed[0].problem->message(),
              "Invalid file format: encrypted key file too small: 9 bytes (minimum: 65)");
    EXPECT_EQ(listed[1].problem, std::nullopt);
    EXPECT_EQ(listed[2].problem->message(), "Key 3 not found: Is a directory (os error 21)");
}

TEST_F(KeystoreTest, NamesThatAreOnlyAlmostRightAreListedAsUnusable) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    put("author-007.key", content("author-7.key"));
    put("author-+8.key", content("author-7.key"));
    const auto listed = ok(store.list());
    ASSERT_EQ(listed.size(), 3U);
    EXPECT_EQ(listed[0].path, file("author-007.key"));
    EXPECT_EQ(listed[0].id, KeyId{7});
    EXPECT_EQ(listed[0].public_key, std::nullopt);
    EXPECT_EQ(listed[0].problem->message(),
              "Invalid file format: key 7 is looked for in author-7.key only; this file is never "
              "used");
    EXPECT_EQ(listed[1].path, file("author-7.key"));
    EXPECT_EQ(listed[1].problem, std::nullopt);
    EXPECT_EQ(listed[2].id, KeyId{8});
    EXPECT_NE(listed[2].problem, std::nullopt);
}

TEST_F(KeystoreTest, AnUnreadablePublicHalfIsNoProblem) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    for (const std::string_view text : {"", "xyz", "00", "\n"}) {
        put("author-7.pub", text);
        const auto listed = ok(store.list());
        EXPECT_EQ(listed.at(0).public_key, std::nullopt);
        EXPECT_EQ(listed.at(0).problem, std::nullopt);
    }
}

TEST_F(KeystoreTest, AnUnreadableDirectoryIsAnError) {
    env.put(directory, {});
    EXPECT_EQ(refusal(store.list()), "Keyring list failed: Not a directory (os error 20)");
    EXPECT_EQ(code_of(store.generate(KeyId{1})), ErrorCode::keyring_error);
}

TEST_F(KeystoreTest, SaysWhoElseMayTakeOrReplaceAKey) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    EXPECT_EQ(store.exposure(KeyId{7}), std::nullopt);
    EXPECT_EQ(store.exposure(KeyId{8}), std::nullopt);
    const Bytes container = *env.get(file("author-7.key"));
    env.put(file("author-8.key"), container, 0640);
    EXPECT_EQ(store.exposure(KeyId{8}),
              "/home/op/.aion/keys/author-8.key can be read by others (mode 0640): chmod 600 it");
    const auto listed = ok(store.list());
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[0].exposure, std::nullopt);
    EXPECT_EQ(listed[1].exposure, store.exposure(KeyId{8}));
    EXPECT_EQ(listed[1].problem, std::nullopt);
}

// --- Export and import
// --------------------------------------------------------------------------------

TEST_F(KeystoreTest, ExportsAndImportsOnAnotherMachine) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    const Bytes exported = ok(store.export_key(KeyId{7}, password));
    EXPECT_EQ(exported.size(), 81U);
    MemoryEnv other;
    other.set_machine_id("fedcba9876543210fedcba9876543210");
    Keystore there(other, directory);
    EXPECT_EQ(ok(there.import_key(KeyId{7}, exported, password)), public_of(0x22));
    EXPECT_TRUE(equal(ok(there.load(KeyId{7})).seed(), key_from(0x22).seed()));
}

TEST_F(KeystoreTest, EveryExportHasItsOwnSaltAndNonce) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    const Bytes one = ok(store.export_key(KeyId{7}, password));
    const Bytes two = ok(store.export_key(KeyId{7}, password));
    EXPECT_FALSE(equal(ByteView(one).subspan(5, 16), ByteView(two).subspan(5, 16)));
    EXPECT_FALSE(equal(ByteView(one).subspan(21, 12), ByteView(two).subspan(21, 12)));
}

TEST_F(KeystoreTest, ImportsUnderAnotherIdOnlyWhenToldTheOldOne) {
    const Bytes exported = aion::test::read_vector("keystore/author-1001.akey");
    EXPECT_EQ(code_of(store.import_key(KeyId{5}, exported, password)),
              ErrorCode::decryption_failed);
    EXPECT_FALSE(ok(store.contains(KeyId{5})));
    const PublicKey key = ok(store.import_key(KeyId{5}, exported, password, KeyId{1001}));
    EXPECT_EQ(key, aion::test::load_test_keys().at("a1").public_key);
    EXPECT_EQ(ok(store.load(KeyId{5})).public_half(), key);
    EXPECT_FALSE(ok(store.contains(KeyId{1001})));
}

TEST_F(KeystoreTest, ImportNeverReplacesAKey) {
    ok(store.store(KeyId{1001}, key_from(0x22)));
    const Bytes exported = aion::test::read_vector("keystore/author-1001.akey");
    EXPECT_EQ(code_of(store.import_key(KeyId{1001}, exported, password)), ErrorCode::file_exists);
    EXPECT_EQ(ok(store.load(KeyId{1001})).public_half(), public_of(0x22));
}

TEST_F(KeystoreTest, ExportNeedsAPasswordAndAKey) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    EXPECT_EQ(code_of(store.export_key(KeyId{7}, {})), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of(store.export_key(KeyId{8}, password)), ErrorCode::key_not_found);
}

// --- Events
// -----------------------------------------------------------------------------------------

TEST_F(KeystoreTest, GenerateTellsOfTheNewKey) {
    ok(store.generate(KeyId{50001}));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].level, EventLevel::info);
    EXPECT_EQ(events[0].target, "keystore");
    EXPECT_EQ(events[0].name, "keystore_key_created");
    EXPECT_EQ(field(events[0], "author"), "50001");
    EXPECT_EQ(field(events[0], "backend"), "\"file\"");
    EXPECT_FALSE(store.generate(KeyId{50001}));
    EXPECT_EQ(events.size(), 1U);
}

TEST_F(KeystoreTest, EveryRefusedLoadHasItsReason) {
    const auto reason_of_loading = [&](std::uint64_t id) {
        events.clear();
        EXPECT_FALSE(store.load(KeyId{id}));
        EXPECT_EQ(events.size(), 1U);
        EXPECT_EQ(events.at(0).level, EventLevel::warn);
        EXPECT_EQ(events.at(0).name, "keystore_load_rejected");
        return field(events.at(0), "author") + " " + field(events.at(0), "reason");
    };
    EXPECT_EQ(reason_of_loading(1), "1 \"key_not_found\"");
    put("author-2.key", "AFKY");
    EXPECT_EQ(reason_of_loading(2), "2 \"load_error\"");
    put("author-3.key", "AFKY\x01" + std::string(60, 'x'));
    EXPECT_EQ(reason_of_loading(3), "3 \"load_error\"");
    env.set_machine_id("");
    EXPECT_EQ(reason_of_loading(3), "3 \"invalid_key_bytes\"");
}

TEST_F(KeystoreTest, StoringAndLoadingTellNothing) {
    ok(store.store(KeyId{7}, key_from(0x22)));
    ok(store.load(KeyId{7}));
    ok(store.list());
    EXPECT_TRUE(events.empty());
}

// --- Faults
// -----------------------------------------------------------------------------------------

// A key is there and opens, or it is not there at all; nothing else lies about.
void expect_sound(MemoryEnv& env, Keystore& store, std::uint64_t nth) {
    const bool there = ok(store.contains(KeyId{7}));
    if (there) {
        EXPECT_TRUE(store.load(KeyId{7})) << nth;
    }
    for (const std::string& path : env.all_paths()) {
        EXPECT_TRUE(path.ends_with("/author-7.key") || path.ends_with("/author-7.pub"))
            << nth << " " << path;
    }
}

// Fails each call of `operation` in turn, once or for good, until a run meets no fault.
template <class Prepare, class Operation>
void fail_each_call(bool for_good, Prepare prepare, Operation operation) {
    bool finished = false;
    for (std::uint64_t nth = 0; !finished; ++nth) {
        ASSERT_LT(nth, 100U);
        MemoryEnv env(nth + 1);
        env.set_machine_id(std::string(machine));
        Keystore store(env, directory);
        prepare(store);
        bool failed = false;
        env.set_fault([&](std::uint64_t index, const MemoryEnv::CallRecord& call) {
            const bool clean_up =
                call.call == MemoryEnv::Call::remove && call.path.ends_with(".tmp");
            const bool hit = index == nth || (for_good && index > nth && !clean_up);
            failed = failed || hit;
            return hit ? EIO : 0;
        });
        const bool succeeded = operation(store);
        env.set_fault({});
        finished = !failed;
        expect_sound(env, store, nth);
        if (finished) {
            EXPECT_TRUE(succeeded);
        }
    }
}

class KeystoreFaults : public testing::TestWithParam<bool> {};

TEST_P(KeystoreFaults, GenerateMakesAWholeKeyOrNone) {
    fail_each_call(
        GetParam(), [](Keystore&) {},
        [](Keystore& store) {
            const auto made = store.generate(KeyId{7});
            return made.has_value();
        });
}

TEST_P(KeystoreFaults, RemoveLeavesAWholeKeyOrNone) {
    fail_each_call(
        GetParam(), [](Keystore& store) { ok(store.store(KeyId{7}, key_from(0x22))); },
        [](Keystore& store) { return store.remove(KeyId{7}).has_value(); });
}

TEST_P(KeystoreFaults, LoadNeverHarmsTheKey) {
    fail_each_call(
        GetParam(), [](Keystore& store) { ok(store.store(KeyId{7}, key_from(0x22))); },
        [](Keystore& store) { return store.load(KeyId{7}).has_value(); });
}

INSTANTIATE_TEST_SUITE_P(OnceAndForGood, KeystoreFaults, testing::Bool());

TEST_F(KeystoreTest, AStoredKeySurvivesAPowerCutAndARemovedOneStaysAway) {
    const PublicKey made = ok(store.generate(KeyId{7}));
    env.cut_power({});
    EXPECT_EQ(ok(store.load(KeyId{7})).public_half(), made);
    EXPECT_EQ(ok(store.list()).at(0).public_key, made);
    ok(store.remove(KeyId{7}));
    env.cut_power({});
    EXPECT_TRUE(env.all_paths().empty());
}

TEST_F(KeystoreTest, AnUnsyncedDirectoryIsSaid) {
    env.set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
        return call.call == MemoryEnv::Call::sync_directory ? EIO : 0;
    });
    const auto stored = store.store(KeyId{7}, key_from(0x22));
    ASSERT_FALSE(stored);
    EXPECT_EQ(code_of(stored), ErrorCode::keyring_error);
    EXPECT_THAT(stored.error().message(), testing::HasSubstr("power cut"));
    EXPECT_EQ(refusal(stored), "Keyring write failed: Input/output error (os error 5)");
}

// --- The real world
// ---------------------------------------------------------------------------------

TEST(KeystoreOnDisk, StoresAndLoads) {
    std::string root = testing::TempDir() + "/aion-keystore-XXXXXX";
    ASSERT_NE(mkdtemp(root.data()), nullptr);
    const std::filesystem::path keys = std::filesystem::path(root) / ".aion" / "keys";
    Env& env = Env::system();
    if (env.machine_id()) {
        Keystore store(env, keys);
        const PublicKey made = ok(store.generate(KeyId{7}));
        EXPECT_EQ(ok(store.load(KeyId{7})).public_half(), made);
        EXPECT_EQ(ok(env.info(keys / "author-7.key"))->mode, 0600U);
        EXPECT_EQ(ok(env.info(keys))->mode, 0700U);
        EXPECT_EQ(ok(store.list()).at(0).public_key, made);
        ok(store.remove(KeyId{7}));
        EXPECT_TRUE(ok(store.list()).empty());
    }
    std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace aion::trust
