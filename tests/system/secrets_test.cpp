// SPDX-License-Identifier: MIT OR Apache-2.0
// What the tool leaves in its memory when it ends: none of the secrets that it handled.
//
// The tool runs under ptrace. Its memory is read twice: when it first syncs a file, at which time
// a key is in use (this shows that the search finds what is there, and where it is kept), and
// when it is about to exit. What to look for is computed afterwards, in this process.
#include <sodium.h>
#include <sys/syscall.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "system/tracer.hpp"
#include "system/writers.hpp"
#include "trust/key_container.hpp"

namespace aion::test {
namespace {

struct Secret {
    std::string name;
    std::string bytes;
};

std::string text_of(ByteView bytes) {
    return std::string(as_text(bytes));
}

// Any eight bytes in a row of a secret, in either byte order of a word: hash functions load
// their input as big-endian words. By chance a given one occurs once in 2^40 such searches.
std::vector<std::string> pieces_of(const Secret& secret) {
    std::vector<std::string> pieces;
    for (std::size_t i = 0; i + 8 <= secret.bytes.size(); i += 8) {
        std::string piece = secret.bytes.substr(i, 8);
        pieces.push_back(piece);
        std::ranges::reverse(piece);
        pieces.push_back(piece);
    }
    return pieces;
}

struct Hit {
    const Region* region = nullptr;
    std::size_t offset = 0;
};

std::vector<Hit> find(const std::vector<Region>& memory, const std::string& bytes) {
    std::vector<Hit> hits;
    for (const Region& region : memory) {
        for (std::size_t at = region.bytes.find(bytes); at != std::string::npos;
             at = region.bytes.find(bytes, at + 1)) {
            hits.push_back({&region, at});
        }
    }
    return hits;
}

std::string describe(const std::vector<Hit>& hits) {
    std::ostringstream text;
    for (const Hit& hit : hits) {
        text << "  at 0x" << std::hex << hit.region->start + hit.offset << ", "
             << hit.region->permissions << " " << hit.region->name << " (" << hit.region->flags
             << "), " << std::dec
             << hit.region->start + hit.region->bytes.size() - (hit.region->start + hit.offset)
             << " bytes before its end\n";
    }
    return text.str();
}

void expect_absent(const std::vector<Region>& memory, const std::vector<Secret>& secrets) {
    for (const Secret& secret : secrets) {
        ASSERT_GE(secret.bytes.size(), 16U) << secret.name;
        std::size_t index = 0;
        for (const std::string& piece : pieces_of(secret)) {
            const auto hits = find(memory, piece);
            EXPECT_TRUE(hits.empty()) << secret.name << ", piece " << index / 2
                                      << (index % 2 == 0 ? "" : " reversed") << ":\n"
                                      << describe(hits);
            ++index;
        }
    }
}

// Exactly one copy, where it is kept out of core dumps, and not even a piece of it elsewhere.
void expect_guarded(std::vector<Region> memory, const Secret& secret) {
    const auto hits = find(memory, secret.bytes);
    ASSERT_EQ(hits.size(), 1U) << secret.name << ":\n" << describe(hits);
    ASSERT_TRUE(hits.front().region->has_flag("dd")) << describe(hits);
    std::erase_if(memory, [](const Region& region) { return region.has_flag("dd"); });
    expect_absent(memory, {secret});
}

class Secrets : public Writers {
  protected:
    void SetUp() override {
        if (!may_trace()) {
            GTEST_SKIP() << "this system does not let us trace a program (ptrace)";
        }
    }

    // Runs the tool and keeps its memory as it was at the first sync and at the end.
    void watch(std::vector<std::string> arguments) {
        while_syncing.clear();
        at_exit.clear();
        Watchers watchers;
        watchers.call = [this](const SystemCall& call) {
            if (call.number == SYS_fsync && !call.made && while_syncing.empty()) {
                while_syncing = read_memory(call.thread);
            }
        };
        watchers.exit = [this](pid_t process) {
            at_exit = read_memory(process);
            rlimit core{.rlim_cur = 1, .rlim_max = 1};
            EXPECT_EQ(::prlimit(process, RLIMIT_CORE, nullptr, &core), 0);
            EXPECT_EQ(core.rlim_cur, 0U) << "a crash would leave a core dump";
        };
        ChildOptions options = here(std::move(arguments));
        options.output_path = "out-watched";
        const Ended ended = run_traced(aion_program(), options, watchers);
        ASSERT_EQ(ended.exit_code, 0) << read("out-watched");
        ASSERT_FALSE(while_syncing.empty());
        ASSERT_FALSE(at_exit.empty());
        // The search finds something else that the process was given.
        ASSERT_FALSE(find(at_exit, options.arguments.back()).empty());
    }

    // The key stored as `id`: its seed and what RFC 8032 makes of it.
    [[nodiscard]] std::vector<Secret> secrets_of_key(std::uint64_t id) const {
        const trust::Keystore store(Env::system(), path(".aion/keys"));
        const auto key = store.load(trust::KeyId{id});
        const std::string seed = text_of(key->seed());
        std::string expanded(crypto_hash_sha512_BYTES, '\0');
        crypto_hash_sha512(reinterpret_cast<unsigned char*>(expanded.data()), key->seed().data(),
                           key->seed().size());
        std::string scalar = expanded.substr(0, 32);
        scalar.front() = static_cast<char>(scalar.front() & 0xf8);
        scalar.back() = static_cast<char>((scalar.back() & 0x7f) | 0x40);
        return {{"seed", seed},
                {"expanded seed", expanded},
                {"scalar", scalar},
                {"prefix", expanded.substr(32)}};
    }

    static Secret machine_key() {
        const auto id = Env::system().machine_id();
        return {"machine key", text_of(trust::derive_machine_key(id->text)->view())};
    }

    // What protects the export in `file`.
    [[nodiscard]] Secret export_key(const std::string& file) const {
        const std::string container = read(file);
        const ByteView salt = as_bytes(container).subspan(5).first(16);
        const auto key =
            trust::derive_export_key(as_bytes(password), std::span<const std::uint8_t, 16>(salt));
        return {"export key", text_of(key->view())};
    }

    static std::vector<Secret> with(std::vector<Secret> some, const std::vector<Secret>& more) {
        some.insert(some.end(), more.begin(), more.end());
        return some;
    }

    const std::string password = "Xq7-unlikely-9vK-in-any-memory-2Lz";
    std::vector<Region> while_syncing;
    std::vector<Region> at_exit;
};

TEST_F(Secrets, AfterAKeyWasGenerated) {
    watch({"key", "generate", "--id", "5"});
    const auto secrets = secrets_of_key(5);
    expect_guarded(while_syncing, secrets.front());
    expect_absent(at_exit, with(secrets, {machine_key()}));
}

TEST_F(Secrets, AfterACommitWasSigned) {
    make("p.aion");
    watch(tool_commit("p.aion", "watched"));
    const auto secrets = secrets_of_key(1);
    expect_guarded(while_syncing, secrets.front());
    expect_absent(at_exit, with(secrets, {machine_key()}));
}

TEST_F(Secrets, AfterAKeyWasExportedUnderAPasswordFromAFile) {
    write("password", password + "\n");
    watch({"key", "export", "1", "-o", "backup.key", "--password-file", "password"});
    expect_guarded(while_syncing, {"password", password});
    const std::vector<Secret> others = {
        {"password", password}, machine_key(), export_key("backup.key")};
    expect_absent(at_exit, with(secrets_of_key(1), others));
}

TEST_F(Secrets, AfterAKeyWasExportedUnderAPasswordFromTheEnvironment) {
    variables["AION_KEY_PASSWORD"] = password;
    watch({"key", "export", "1", "-o", "backup.key"});
    expect_guarded(while_syncing, {"password", password});
    const std::vector<Secret> others = {
        {"password", password}, machine_key(), export_key("backup.key")};
    expect_absent(at_exit, with(secrets_of_key(1), others));
}

TEST_F(Secrets, AfterAKeyWasImported) {
    write("password", password + "\n");
    must({"key", "export", "1", "-o", "backup.key", "--password-file", "password"});
    watch({"key", "import", "backup.key", "--id", "6", "--exported-as", "1", "--password-file",
           "password"});
    const auto secrets = secrets_of_key(6);
    expect_guarded(while_syncing, secrets.front());
    const std::vector<Secret> others = {
        {"password", password}, machine_key(), export_key("backup.key")};
    expect_absent(at_exit, with(secrets, others));
}

TEST_F(Secrets, AfterARotationWasSigned) {
    make_key(3);
    watch({"registry", "rotate", "--author", "7", "--from-epoch", "0", "--to-epoch", "1",
           "--new-key", "3", "--master-key", "2", "--effective-from-version", "9", "--registry",
           "reg.json"});
    expect_absent(at_exit, with(secrets_of_key(2), secrets_of_key(3)));
    expect_absent(at_exit, {machine_key()});
}

}  // namespace
}  // namespace aion::test
