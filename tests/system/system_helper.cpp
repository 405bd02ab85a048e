// SPDX-License-Identifier: MIT OR Apache-2.0
// What the tests of this folder run as processes of their own that use the library, not the tool.
//
//   system_helper write FILE REGISTRY AUTHOR SEED_BYTE NAME FIRST COUNT
//       commits COUNT versions, "NAME FIRST", "NAME FIRST+1", …, each also its payload, and
//       prints a line for each that was reported as done
//   system_helper read FILE REGISTRY
//       reads FILE until standard input ends; fails if it is ever anything but VALID or shorter
//       than before
//   system_helper judge REGISTRY FILE...
//       verifies each FILE, opens it and hashes its content on all cores; prints "alone" if it can
//       have no other thread, and whether all are VALID
//   system_helper create FILE AUTHOR SEED_BYTE MIB
//       creates FILE with a payload of MIB mebibytes of zeros, without syncing
//   system_helper ask create|commit FILE synced|unsynced
//       creates FILE or commits to it, twice, and marks what the second one asks of the system by a
//       getppid(2) before and behind it
//   system_helper flip FILE OFFSET FIRST SECOND
//       stores the content of the files FIRST and SECOND at OFFSET of FILE in turn, through a
//       shared mapping, until it is killed
//   system_helper truncate FILE SIZE WHOLE
//       cuts FILE to SIZE bytes and makes it WHOLE again, in place, until it is killed
//   system_helper replace FILE FIRST SECOND
//       renames copies of FIRST and SECOND over FILE in turn, until it is killed
// The last three print a line when they have begun.
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "aion/base/files.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/policy/commit.hpp"
#include "aion/policy/open_verified.hpp"
#include "aion/policy/verify.hpp"
#include "support/keys.hpp"

namespace aion::test {
namespace {

using Arguments = std::vector<std::string>;

std::uint64_t number(const std::string& text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

crypto::SigningKey key_named(const std::string& filler) {
    return key_from(static_cast<std::uint8_t>(number(filler)));
}

int complain(std::string_view what, const Error& error) {
    std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(what.size()), what.data(),
                 error.full_message().c_str());
    return 1;
}

int write_versions(const Arguments& arguments) {
    Env& env = Env::system();
    const auto registry = trust::Registry::load(env, arguments.at(1));
    if (!registry) {
        return complain("registry", registry.error());
    }
    auto key = key_named(arguments.at(3));
    const std::uint64_t first = number(arguments.at(5));
    for (std::uint64_t i = first; i < first + number(arguments.at(6)); ++i) {
        const std::string text = arguments.at(4) + " " + std::to_string(i);
        policy::CommitOptions options;
        options.lock_wait_ms = 120'000;
        const auto made = policy::commit(env, arguments.at(0),
                                         {as_bytes(text), AuthorId{number(arguments.at(2))}, text},
                                         key, *registry, options);
        if (!made) {
            return complain(text, made.error());
        }
        // At once, so that what was said before a SIGKILL was said.
        const std::string line = "done " + text + "\n";
        if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) {
            return 1;
        }
    }
    return 0;
}

bool input_has_ended() {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    return ::poll(&input, 1, 0) > 0;
}

int read_until_told(const Arguments& arguments) {
    Env& env = Env::system();
    const auto registry = trust::Registry::load(env, arguments.at(1));
    if (!registry) {
        return complain("registry", registry.error());
    }
    std::uint64_t versions = 0;
    std::uint64_t rounds = 0;
    do {
        const auto opened = policy::open_verified(env, arguments.at(0), *registry);
        if (!opened) {
            return complain("open_verified", opened.error().error);
        }
        const auto report = policy::verify(env, arguments.at(0), *registry);
        if (!report || !report->is_valid()) {
            return complain("verify",
                            report ? error_because(ErrorCode::verdict_invalid, report->summary())
                                   : report.error());
        }
        if (opened->version().value < versions || report->version_count < opened->version().value) {
            std::fprintf(stderr, "the history shrank\n");
            return 1;
        }
        versions = report->version_count;
        ++rounds;
    } while (!input_has_ended());
    std::printf("rounds %llu versions %llu\n", static_cast<unsigned long long>(rounds),
                static_cast<unsigned long long>(versions));
    return 0;
}

bool can_have_a_thread() {
    try {
        std::thread([] {}).join();
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

int judge_all(const Arguments& arguments) {
    Env& env = Env::system();
    const bool alone = !can_have_a_thread();
    const auto registry = trust::Registry::load(env, arguments.at(0));
    if (!registry) {
        return complain("registry", registry.error());
    }
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const auto report = policy::verify(env, arguments.at(i), *registry);
        if (!report || !report->is_valid()) {
            return complain("verify",
                            report ? error_because(ErrorCode::verdict_invalid, report->summary())
                                   : report.error());
        }
        const auto opened = policy::open_verified(env, arguments.at(i), *registry);
        if (!opened) {
            return complain("open_verified", opened.error().error);
        }
        if (crypto::blake3(opened->bytes()) !=
            crypto::blake3(opened->bytes(), crypto::Parallelism::all_cores)) {
            return 1;
        }
    }
    std::puts(alone && !can_have_a_thread() ? "alone: all VALID" : "all VALID");
    return 0;
}

int judge(const Arguments& arguments) {
    try {
        return judge_all(arguments);
    } catch (const std::bad_alloc&) {
        std::fputs("Out of memory\n", stderr);
        return 2;
    }
}

int create_large(const Arguments& arguments) {
    const std::size_t size = number(arguments.at(3)) << 20U;
    // Zero pages that nobody writes to take no memory of this process.
    void* const zeros =
        ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (zeros == MAP_FAILED) {
        return 1;
    }
    auto key = key_named(arguments.at(2));
    policy::CreateOptions options;
    options.sync = false;
    const auto made = policy::create(Env::system(), arguments.at(0),
                                     {ByteView(static_cast<const std::uint8_t*>(zeros), size),
                                      AuthorId{number(arguments.at(1))}},
                                     key, options);
    return made ? 0 : complain("create", made.error());
}

void mark(bool wanted) {
    if (wanted) {
        (void)::getppid();
    }
}

int ask_of_the_system(const Arguments& arguments) {
    const std::string& file = arguments.at(1);
    const bool sync = arguments.at(2) == "synced";
    const Bytes payload(1024, 'x');
    const policy::NewVersion version{payload, AuthorId{1}, "change"};
    auto key = key_named("1");
    trust::Registry registry;
    policy::CreateOptions to_create;
    policy::CommitOptions to_commit;
    to_create.sync = to_commit.sync = sync;
    bool done = registry.pin(version.author, key.public_half(), key.public_half()).has_value();
    for (const bool marked : {false, true}) {
        const bool commits = arguments.at(0) == "commit";
        ::unlink(file.c_str());
        done = done && (!commits || policy::create(Env::system(), file, version, key));
        mark(marked);
        done = done &&
               (commits ? policy::commit(Env::system(), file, version, key, registry, to_commit)
                        : policy::create(Env::system(), file, version, key, to_create));
        mark(marked);
    }
    return done ? 0 : 1;
}

Bytes content_of(const std::string& path) {
    return read_file(Env::system(), path).value();
}

void begin_until_killed() {
    // Nor does it outlive a test that crashed.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::puts("begins");
    std::fflush(stdout);
}

// A while that differs from turn to turn, so that every moment of the reader is hit sometime.
void wait_for_a_while() {
    static std::uint32_t state = 1;
    state = state * 1664525U + 1013904223U;
    for (std::uint32_t i = state >> 17U; i != 0; --i) {
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
}

int flip(const Arguments& arguments) {
    const int file = ::open(arguments.at(0).c_str(), O_RDWR | O_CLOEXEC);
    const auto size = static_cast<std::size_t>(::lseek(file, 0, SEEK_END));
    void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    const Bytes first = content_of(arguments.at(2));
    const Bytes second = content_of(arguments.at(3));
    const std::size_t offset = number(arguments.at(1));
    if (memory == MAP_FAILED || first.size() != second.size() || offset + first.size() > size) {
        return 1;
    }
    auto* const at = static_cast<std::uint8_t*>(memory) + offset;
    begin_until_killed();
    for (;;) {
        std::memcpy(at, first.data(), first.size());
        wait_for_a_while();
        std::memcpy(at, second.data(), second.size());
        wait_for_a_while();
    }
}

int cut_and_mend(const Arguments& arguments) {
    const int file = ::open(arguments.at(0).c_str(), O_RDWR | O_CLOEXEC);
    const Bytes whole = content_of(arguments.at(2));
    begin_until_killed();
    for (;;) {
        if (::ftruncate(file, static_cast<off_t>(number(arguments.at(1)))) != 0 ||
            ::pwrite(file, whole.data(), whole.size(), 0) < 0) {
            return 1;
        }
        wait_for_a_while();
    }
}

int replace(const Arguments& arguments) {
    begin_until_killed();
    for (;;) {
        for (const std::size_t which : {std::size_t{1}, std::size_t{2}}) {
            const Bytes content = content_of(arguments.at(which));
            const std::string made = arguments.at(0) + ".new";
            const int file = ::open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
            if (::write(file, content.data(), content.size()) < 0 || ::close(file) != 0 ||
                ::rename(made.c_str(), arguments.at(0).c_str()) != 0) {
                return 1;
            }
            wait_for_a_while();
        }
    }
}

int run(const Arguments& words) {
    const std::string command = words.empty() ? "" : words.front();
    const Arguments rest(words.begin() + (words.empty() ? 0 : 1), words.end());
    if (command == "write" && rest.size() == 7) {
        return write_versions(rest);
    }
    if (command == "read" && rest.size() == 2) {
        return read_until_told(rest);
    }
    if (command == "judge" && rest.size() >= 2) {
        return judge(rest);
    }
    if (command == "create" && rest.size() == 4) {
        return create_large(rest);
    }
    if (command == "ask" && rest.size() == 3) {
        return ask_of_the_system(rest);
    }
    if (command == "flip" && rest.size() == 4) {
        return flip(rest);
    }
    if (command == "truncate" && rest.size() == 3) {
        return cut_and_mend(rest);
    }
    if (command == "replace" && rest.size() == 3) {
        return replace(rest);
    }
    std::fprintf(stderr, "see the head of system_helper.cpp\n");
    return 2;
}

}  // namespace
}  // namespace aion::test

int main(int argc, char** argv) {
    return aion::test::run({argv + 1, argv + argc});
}
