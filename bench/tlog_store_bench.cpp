// SPDX-License-Identifier: MIT OR Apache-2.0
// Suite `tlog_store`: a transparency log in a folder of TMPDIR, durable appends in batches, and the
// check of all of it. What it measures is the disk as much as the program.
//
//   AION_TLOG_ENTRIES=N   of the log that is checked (default 200000; the long form: 10000000)
#include <benchmark/benchmark.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/tlog/entry.hpp"
#include "aion/tlog/log_check.hpp"
#include "aion/tlog/log_store.hpp"

namespace {

using namespace aion;        // NOLINT(google-build-using-namespace): one short program
using namespace aion::tlog;  // NOLINT(google-build-using-namespace)

// A benchmark of something that fails measures nothing.
void require(bool done) {
    if (!done) {
        std::abort();
    }
}

crypto::SigningKey& log_key() {
    static crypto::SigningKey key = [] {
        const Bytes seed(crypto::SigningKey::seed_size, 0x61);
        return crypto::SigningKey::from_seed(seed).value();
    }();
    return key;
}

std::vector<NoteSigner> signers() {
    return {NoteSigner::make("log.example.org/bench", NoteKeyType::ed25519, log_key()).value()};
}

std::uint64_t entries_to_check() {
    std::uint64_t entries = 200'000;
    if (const char* const given = std::getenv("AION_TLOG_ENTRIES"); given != nullptr) {
        const std::string_view text(given);
        std::from_chars(text.data(), text.data() + text.size(), entries);
    }
    return entries;
}

// A log that is gone with the object.
class Folder {
  public:
    Folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "aion-tlog-bench-XXXXXX").string();
        require(::mkdtemp(name.data()) != nullptr);
        path_ = name;
        require(create_log(Env::system(), log(), signers()).has_value());
    }

    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    Folder(Folder&&) = delete;
    Folder& operator=(Folder&&) = delete;

    [[nodiscard]] std::filesystem::path log() const { return path_ / "log"; }

    void append(LogWriter& writer, std::uint64_t count) {
        std::vector<Bytes> entries;
        entries.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            Bytes payload(LoggedVersion::size);
            const std::uint64_t number = next_++;
            for (unsigned byte = 0; byte < sizeof number; ++byte) {
                payload[byte] = static_cast<std::uint8_t>(number >> (8 * byte));
            }
            entries.push_back(make_entry(EntryKind::version_attestation, number, payload));
        }
        const std::vector<ByteView> views(entries.begin(), entries.end());
        require(writer.append(views).value().added == count);
    }

  private:
    std::filesystem::path path_;
    std::uint64_t next_ = 0;
};

// From now on the most memory is counted anew.
void forget_most_memory() {
    std::ofstream("/proc/self/clear_refs") << "5";
}

// The most memory that this process had since, in MiB.
double most_memory() {
    constexpr double kib_of_mib = 1024;
    std::ifstream facts("/proc/self/status");
    for (std::string word; facts >> word;) {
        if (word == "VmHWM:") {
            double kib = 0;
            facts >> kib;
            return kib / kib_of_mib;
        }
    }
    return 0;
}

// Durable when each call returns.
void append(benchmark::State& state, LogIndexing indexing) {
    Folder folder;
    const LogOptions options{.indexing = indexing};
    const auto writer = LogWriter::open(Env::system(), folder.log(), signers(), options).value();
    const auto batch = static_cast<std::uint64_t>(state.range(0));
    for (auto _ : state) {
        folder.append(*writer, batch);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void check(benchmark::State& state) {
    constexpr std::uint64_t batch = 100'000;
    const std::uint64_t entries = entries_to_check();
    Folder folder;
    {
        const LogOptions options{.indexing = LogIndexing::none};
        const auto writer =
            LogWriter::open(Env::system(), folder.log(), signers(), options).value();
        for (std::uint64_t done = 0; done < entries; done += batch) {
            folder.append(*writer, std::min(batch, entries - done));
        }
    }
    LogCheckOptions options;
    options.indexing = LogIndexing::none;
    forget_most_memory();
    const double before = most_memory();
    for (auto _ : state) {
        require(check_log(Env::system(), folder.log(), options).value().is_valid());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(entries));
    state.counters["MiB"] = most_memory() - before;
}

}  // namespace

BENCHMARK_CAPTURE(append, index, LogIndexing::kept)
    ->Name("tlog_store/append_durably")
    ->Arg(1)
    ->Arg(100)
    ->Arg(20'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(append, no_index, LogIndexing::none)
    ->Name("tlog_store/append_durably/no_index")
    ->Arg(20'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(check)->Name("tlog_store/fsck")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_MAIN();
