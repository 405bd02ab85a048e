// SPDX-License-Identifier: MIT OR Apache-2.0
// What bench/supply.py measures beside other programs: one piece of work, and the seconds that it
// took, of wall time and of processor time.
//
//   supply_once jcs FILE           canonical JSON of a file that is in memory, the fastest of 9
//   supply_once jcs-indexed FILE   the same by way of an index of the text
//   supply_once touch FOLDER       all files found, opened, read and closed
//   supply_once sha256 FOLDER      SHA-256 of all files
//   supply_once blake3 FOLDER      BLAKE3 of all files
//   supply_once both FOLDER        BLAKE3 and SHA-256 of all files
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/files.hpp"
#include "aion/supply/artifacts.hpp"
#include "aion/supply/canonical_json.hpp"
#include "base/json_reader.hpp"
#include "supply/sorted_json.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program

double processor_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + (static_cast<double>(time.tv_usec) * 1e-6);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The least that `work` takes, wall and processor.
template <class Work>
void measure(int rounds, const Work& work) {
    double least = 1e9;
    double least_of_processor = 1e9;
    for (int i = 0; i < rounds; ++i) {
        const double processor = processor_seconds();
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
        least = std::min(least, wall.count());
        least_of_processor = std::min(least_of_processor, processor_seconds() - processor);
    }
    fmt::print("{:.6f} {:.6f}\n", least, least_of_processor);
}

// What fails is no measurement.
template <class Value>
Value ok(Result<Value> result) {
    if (!result) {
        fmt::print(stderr, "supply_once: {}\n", result.error().full_message());
        std::exit(1);
    }
    return std::move(*result);
}

void hash(const std::filesystem::path& folder, const supply::HashOptions& options) {
    Env& env = Env::system();
    const auto files = ok(supply::find_artifacts(env, folder));
    for (auto& artifact : supply::hash_artifacts(env, files, options)) {
        ok(std::move(artifact));
    }
}

// Nothing but what the system has to do, on one thread.
void touch(const std::filesystem::path& folder) {
    Bytes buffer(std::size_t{1} << 20U);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) {
            continue;
        }
        const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
        while (::read(file, buffer.data(), buffer.size()) > 0) {
        }
        ::close(file);
    }
}

}  // namespace

int main(int argc, char** argv) {
    constexpr int rounds = 9;
    const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
    if (arguments.size() != 3) {
        return 2;
    }
    const std::string_view what = arguments[1];
    const std::filesystem::path path = arguments[2];
    if (what == "touch") {
        measure(1, [&] { touch(path); });
        return 0;
    }
    if (what == "blake3" || what == "sha256" || what == "both") {
        measure(1, [&] {
            hash(path, {.with_sha256 = what != "blake3", .with_blake3 = what != "sha256"});
        });
        return 0;
    }
    const Bytes content = ok(read_file(Env::system(), path));
    const std::string_view text = as_text(content);
    if (what == "jcs") {
        measure(rounds, [&] { ok(supply::canonical_json(text)); });
    } else if (what == "jcs-indexed") {
        measure(rounds, [&] {
            constexpr std::size_t many = std::size_t{1} << 28U;
            const auto document =
                ok(json::parse(text, {.error_prefix = "", .max_size = many, .max_values = many}));
            ok(supply::sorted_json(document.root(), text, supply::SortedForm::canonical));
        });
    } else {
        return 2;
    }
    return 0;
}
