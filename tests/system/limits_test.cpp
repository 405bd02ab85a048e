// SPDX-License-Identifier: MIT OR Apache-2.0
// Every limit of docs/limits.md: what is just within it is taken, what is just beyond is refused
// with the error that the page names. Limits whose own tests have both sides are not repeated
// here; the page says which tests those are.
//
//   AION_LARGE=1   also feeds 1 GiB to standard input (takes 4 GiB of disk)
#include <sys/mman.h>

#include <cstring>

#include "aion/base/files.hpp"
#include "aion/base/hex.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/trust/keystore.hpp"
#include "base/json_reader.hpp"
#include "support/world.hpp"
#include "system/hostile_files.hpp"
#include "system/writers.hpp"

namespace aion::test {
namespace {

using trust::Registry;

// Memory that takes none until it is written to.
class Sparse {
  public:
    explicit Sparse(std::size_t size)
        : size_(size),
          data_(::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}

    ~Sparse() { ::munmap(data_, size_); }

    Sparse(const Sparse&) = delete;
    Sparse& operator=(const Sparse&) = delete;
    Sparse(Sparse&&) = delete;
    Sparse& operator=(Sparse&&) = delete;

    [[nodiscard]] bool made() const { return data_ != MAP_FAILED; }

    [[nodiscard]] char* text() const { return static_cast<char*>(data_); }

  private:
    std::size_t size_;
    void* data_;
};

template <class T>
std::string code_of(const Result<T>& result) {
    return result ? "ok" : std::string(name_of(result.error().code()));
}

std::string padded(std::string text, std::size_t size) {
    text.resize(size, ' ');
    return text;
}

class PolicyLimits : public policy::test::World {};

TEST_F(PolicyLimits, AMessageHasLessThanFourGibibytes) {
    constexpr std::size_t longest = UINT32_MAX;
    const Sparse memory(longest + 1);
    if (!memory.made()) {
        GTEST_SKIP() << "no 4 GiB of address space";
    }
    memory.text()[0] = '\xff';  // so that the longest one is refused for what it says, at once
    must_create();
    auto session = policy::CommitSession::open(env, path, registry);
    ASSERT_TRUE(session.has_value());
    const auto add = [&](std::size_t size) {
        return code_of(session->add(
            {as_bytes("x"), policy::test::alice, std::string_view(memory.text(), size)},
            alice_key));
    };
    EXPECT_EQ(add(longest), "invalid_utf8");
    EXPECT_EQ(add(longest + 1), "resource_exhausted");
}

TEST_F(PolicyLimits, TheLastVersionNumberHasNoSuccessor) {
    EXPECT_EQ(next(VersionNumber{UINT64_MAX - 1}), VersionNumber{UINT64_MAX});
    EXPECT_FALSE(next(VersionNumber{UINT64_MAX}).has_value());
}

TEST_F(PolicyLimits, AReportListsTenThousandFindingsAGate) {
    for (const std::size_t versions : {9999U, 10'001U}) {
        const Bytes file = all_wrong(versions);
        const auto report = check(file);
        std::array<std::size_t, policy::gate_count> listed{};
        for (const policy::Finding& finding : report.findings) {
            ++listed[static_cast<std::size_t>(finding.gate)];
        }
        const auto signatures = static_cast<std::size_t>(policy::Gate::signatures);
        EXPECT_EQ(report.finding_counts[signatures], versions);
        EXPECT_EQ(listed[signatures], std::min(versions, policy::max_findings_per_gate));
        EXPECT_LE(*std::ranges::max_element(listed), policy::max_findings_per_gate);
    }
}

TEST_F(PolicyLimits, MessagesThatLieOverEachOtherAreNotCopiedOutManyTimes) {
    // A hundred messages over the same 2 KiB are together longer than their file; one is not.
    const auto history = [](std::size_t versions) {
        const Bytes file = overlapping_messages(versions, 2048);
        const auto view = format::FileView::parse(file);
        return view ? code_of(policy::history(*view)) : std::string("no view");
    };
    EXPECT_EQ(history(1), "ok");
    EXPECT_EQ(history(100), "invalid_format");
}

TEST(RegistryLimits, TextMayHave256Mebibytes) {
    const std::string empty = Registry().to_json();
    EXPECT_EQ(code_of(Registry::from_json(padded(empty, Registry::max_json_size))), "ok");
    EXPECT_EQ(code_of(Registry::from_json(padded(empty, Registry::max_json_size + 1))),
              "invalid_format");
}

TEST(RegistryLimits, ASignedRecordMayHave64Kibibytes) {
    policy::test::ScriptedSigner master(policy::test::key_from(0x99));
    const auto record =
        trust::sign(trust::RevocationRecord{.author = policy::test::alice,
                                            .epoch = Epoch{0},
                                            .reason = trust::RevocationReason::retired,
                                            .effective_from = VersionNumber{9},
                                            .master_signature = {}},
                    master);
    ASSERT_TRUE(record.has_value());
    const std::string text = trust::to_json(*record);
    EXPECT_EQ(code_of(trust::signed_record_from_json(padded(text, 65536))), "ok");
    EXPECT_EQ(code_of(trust::signed_record_from_json(padded(text, 65537))), "invalid_format");
}

TEST(JsonLimits, Depth32AndAMillionValues) {
    const auto nested = [](std::size_t depth) {
        return code_of(json::parse(std::string(depth, '[') + std::string(depth, ']'), {}));
    };
    EXPECT_EQ(nested(32), "ok");
    EXPECT_EQ(nested(33), "invalid_format");
    const auto values = [](std::size_t count) {
        std::string text = "[";
        for (std::size_t i = 2; i < count; ++i) {
            text += "0,";
        }
        return code_of(json::parse(text + "0]", {.error_prefix = {}, .max_size = 1U << 24U}));
    };
    EXPECT_EQ(values(1U << 20U), "ok");
    EXPECT_EQ(values((1U << 20U) + 1), "invalid_format");
}

class FileLimits : public Writers {};

TEST_F(FileLimits, AStoredKeyHas65BytesAndNoMoreThan4096AreRead) {
    const trust::Keystore store(Env::system(), path(".aion/keys"));
    const std::string key = read(".aion/keys/author-1.key");
    ASSERT_EQ(key.size(), 65U);
    const auto load = [&](const std::string& content) {
        write(".aion/keys/author-1.key", content);
        const auto loaded = store.load(trust::KeyId{1});
        return loaded ? "ok" : loaded.error().message();
    };
    EXPECT_EQ(load(key), "ok");
    EXPECT_THAT(load(key.substr(0, 64)), ::testing::HasSubstr("too small"));
    EXPECT_THAT(load(padded(key, 4096)), ::testing::HasSubstr("damaged"));
    EXPECT_THAT(load(padded(key, 4097)), ::testing::HasSubstr("too large"));
}

TEST_F(FileLimits, APasswordHasOneTo4096Bytes) {
    write("longest", std::string(4096, 'p'));
    write("longer", std::string(4097, 'p'));
    write("none", "\n");
    const auto export_with = [&](const std::string& file) {
        return run({"key", "export", "1", "-o", "k", "--force", "--password-file", file});
    };
    EXPECT_EQ(export_with("longest").exit_code, 0);
    expect_failure(export_with("longer"), "longer than 4096 bytes");
    expect_failure(export_with("none"), "Password cannot be empty");
    const trust::Keystore store(Env::system(), path(".aion/keys"));
    EXPECT_EQ(code_of(store.export_key(trust::KeyId{1}, {})), "invalid_argument");
}

TEST_F(FileLimits, AnExportedKeyHas81BytesAndNoMoreThan4096AreRead) {
    write("password", "p\n");
    must({"key", "export", "1", "-o", "k", "--password-file", "password"});
    const std::string key = read("k");
    ASSERT_EQ(key.size(), 81U);
    const auto import_of = [&](const std::string& content) {
        write("k", content);
        return run({"key", "import", "k", "--id", "9", "--exported-as", "1", "--password-file",
                    "password"});
    };
    expect_failure(import_of(key.substr(0, 80)), "too small");
    expect_failure(import_of(padded(key, 4096)), "wrong password");
    expect_failure(import_of(padded(key, 4097)), "larger than the limit of 4096 bytes");
    EXPECT_EQ(import_of(key).exit_code, 0);
}

TEST_F(FileLimits, AFileWithAPublicKeyHasAtMost4096Bytes) {
    const std::string key = to_hex(policy::test::key_from(5).public_half());
    const auto pin = [&](std::size_t size) {
        write("key.pub", padded(key, size));
        return run(
            {"registry", "pin", "--author", "5", "--public-key", "key.pub", "-o", "reg.json"});
    };
    EXPECT_EQ(pin(4096).exit_code, 0);
    expect_failure(pin(4097), "larger than the limit of 4096 bytes");
}

TEST_F(FileLimits, NamesAreAsLongAsTheFileSystemTakes) {
    const std::string longest = std::string(250, 'n') + ".aion";
    make(longest);
    must(tool_commit(longest, "m"));
    expect_failure(run({"init", "n" + longest, "-a", "7", "-k", "1", "-r", "rules.txt"}),
                   "File name too long");
    EXPECT_EQ(temporaries(), std::set<std::string>{});
}

TEST_F(FileLimits, IdsAre64BitsAndEpochs32) {
    const std::string key = to_hex(policy::test::key_from(5).public_half());
    const auto pin = [&](const std::string& author) {
        return run({"registry", "pin", "--author", author, "--public-key", key, "-o", "reg.json"})
            .exit_code;
    };
    EXPECT_EQ(pin("18446744073709551615"), 0);
    EXPECT_EQ(pin("18446744073709551616"), 2);
    const auto wait = [&](const std::string& seconds) {
        make("w" + seconds);
        std::vector<std::string> arguments = tool_commit("w" + seconds, "m");
        *(std::ranges::find(arguments, "--wait") + 1) = seconds;
        return run(arguments).exit_code;
    };
    EXPECT_EQ(wait("4294967"), 0);
    EXPECT_EQ(wait("4294968"), 2);
}

TEST_F(FileLimits, ADeviceAtStandardInputGivesAtMostOneGibibyte) {
    if (number_from_environment("AION_LARGE", 0) == 0) {
        GTEST_SKIP() << "set AION_LARGE=1 to read 1 GiB from standard input";
    }
    ASSERT_EQ(::truncate(path("rules.txt").c_str(), (1L << 30U) + 1), 0);
    ChildOptions options = here({"init", "p.aion", "-a", "7", "-k", "1"});
    options.input_path = "rules.txt";
    options.output_path = "out";
    EXPECT_EQ(Child(aion_program(), options).wait().exit_code, 0) << read("out");
    std::filesystem::remove(path("p.aion"));
    options.input_path = "/dev/zero";
    options.output_path = "out2";
    EXPECT_EQ(Child(aion_program(), options).wait().exit_code, 2);
    EXPECT_THAT(read("out2"), ::testing::HasSubstr("larger than the limit of 1073741824"));
    EXPECT_FALSE(std::filesystem::exists(path("p.aion")));
}

}  // namespace
}  // namespace aion::test
