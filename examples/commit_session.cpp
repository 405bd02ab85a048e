// SPDX-License-Identifier: MIT OR Apache-2.0
// Building a long history fast: a commit session appends in memory and writes once.
//
//   commit_session history.aion [VERSIONS]
//
// Makes a fresh key, creates the file, appends the versions, saves, verifies, and says how long
// the session took.
#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>

#include "aion/aion.hpp"

namespace {

namespace policy = aion::policy;
using aion::Result;

constexpr aion::AuthorId author{1001};

struct Outcome {
    std::chrono::duration<double, std::milli> took{};
    policy::VerificationReport report;
};

Result<Outcome> build(const std::filesystem::path& path, unsigned long versions) {
    auto& env = aion::Env::system();
    auto key = aion::crypto::SigningKey::generate(env);
    if (!key) {
        return aion::fail(std::move(key.error()));
    }
    aion::trust::Registry registry;
    if (auto pinned = registry.pin(author, key->public_half(), key->public_half()); !pinned) {
        return aion::fail(std::move(pinned.error()));
    }
    if (auto made = policy::create(env, path, {aion::as_bytes("limit: 0\n"), author}, *key);
        !made) {
        return aion::fail(std::move(made.error()));
    }

    const auto start = std::chrono::steady_clock::now();
    auto session = policy::CommitSession::open(env, path, registry);
    if (!session) {
        return aion::fail(std::move(session.error()));
    }
    for (unsigned long i = 1; i < versions; ++i) {
        const std::string number = std::to_string(i);
        const std::string payload = "limit: " + number + "\n";
        const std::string message = "Raise to " + number;
        auto added = session->add({aion::as_bytes(payload), author, message}, *key);
        if (!added) {
            return aion::fail(std::move(added.error()));
        }
    }
    if (auto saved = session->save(); !saved) {
        return aion::fail(std::move(saved.error()));
    }
    const auto took = std::chrono::steady_clock::now() - start;

    auto report = policy::verify(env, path, registry);
    if (!report) {
        return aion::fail(std::move(report.error()));
    }
    return Outcome{took, std::move(*report)};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) {
        std::cerr << "usage: commit_session FILE [VERSIONS]\n";
        return 2;
    }
    const unsigned long versions = argc == 3 ? std::stoul(argv[2]) : 1000;
    const auto outcome = build(argv[1], versions);
    if (!outcome) {
        std::cerr << outcome.error().full_message() << '\n';
        return 1;
    }
    std::cout << outcome->report.version_count << " versions in " << outcome->took.count()
              << " ms, written once and synced: " << outcome->report.summary() << '\n';
    return outcome->report.is_valid() ? 0 : 1;
}
