// SPDX-License-Identifier: MIT OR Apache-2.0
// A service that asks its policy before everything it does: each committed version changes what
// it does, and a file that is not genuine stops it.
//
//   policy_loop policy.aion
//
// Both sides are in this program. The operator makes the file, commits to it, and has it attacked;
// the service, which sends mail, knows where the file is and whose key counts, nothing else. It
// remembers nothing either, so an older genuine version would pass: agent_gate.cpp has pins.
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "aion/aion.hpp"

namespace {

namespace policy = aion::policy;
using aion::Result;

constexpr aion::AuthorId author{1001};

// The policy is text of the service's own: all that it says is how many may get one mail.
std::optional<std::uint64_t> max_recipients(std::string_view text) {
    constexpr std::string_view name = "max_recipients: ";
    if (!text.starts_with(name)) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + name.size(), end, value);
    if (error != std::errc() || std::string_view(rest, end) != "\n") {
        return std::nullopt;
    }
    return value;
}

// What becomes of a mail: the policy is opened for it, and what cannot be opened allows nothing.
std::string send(const std::filesystem::path& file, const aion::trust::Registry& registry,
                 std::uint64_t recipients) {
    const auto opened = policy::open_verified(aion::Env::system(), file, registry);
    if (!opened) {
        return "refused: " + opened.error().message();
    }
    const std::string version = "version " + to_string(opened->version());
    const auto limit = max_recipients(opened->text());
    if (!limit) {
        return "refused: " + version + " does not say how many are allowed";
    }
    return (recipients <= *limit ? "sent: " : "held back: ") + version + " allows " +
           std::to_string(*limit);
}

void serve(const std::filesystem::path& file, const aion::trust::Registry& registry) {
    for (const std::uint64_t recipients : {1U, 20U, 400U}) {
        std::cout << "  to " << recipients << ": " << send(file, registry, recipients) << '\n';
    }
}

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& file, std::string_view content) {
    std::ofstream(file, std::ios::binary) << content;
}

Result<> commit(const std::filesystem::path& file, std::string_view rules,
                aion::crypto::Signer& key, const aion::trust::Registry& registry,
                policy::Authorization authorization = policy::Authorization::required) {
    const auto made = policy::commit(
        aion::Env::system(), file,
        {.payload = aion::as_bytes(rules), .author = author, .message = "Another limit"}, key,
        registry, {.authorization = authorization});
    return made ? Result<>() : aion::fail(made.error());
}

Result<> demonstrate(const std::filesystem::path& file) {
    auto& env = aion::Env::system();
    auto key = aion::crypto::SigningKey::generate(env);
    auto strangers = aion::crypto::SigningKey::generate(env);
    if (!key || !strangers) {
        return aion::fail(key ? strangers.error() : key.error());
    }
    aion::trust::Registry registry;
    if (auto pinned = registry.pin(author, key->public_half(), key->public_half()); !pinned) {
        return aion::fail(std::move(pinned.error()));
    }

    std::cout << "the operator allows many\n";
    if (auto made =
            policy::create(env, file, {aion::as_bytes("max_recipients: 500\n"), author}, *key);
        !made) {
        return aion::fail(std::move(made.error()));
    }
    serve(file, registry);

    std::cout << "the operator commits a version that allows few\n";
    if (auto made = commit(file, "max_recipients: 20\n", *key, registry); !made) {
        return made;
    }
    serve(file, registry);

    std::cout << "somebody flips a bit of the file\n";
    const std::string genuine = read(file);
    std::string tampered = genuine;
    tampered[tampered.size() / 2] ^= 1;
    write(file, tampered);
    serve(file, registry);

    std::cout << "the operator puts the file back\n";
    write(file, genuine);
    serve(file, registry);

    std::cout << "a stranger commits in the operator's name\n";
    if (auto made = commit(file, "max_recipients: 9000\n", *strangers, registry,
                           policy::Authorization::not_checked);
        !made) {
        return made;
    }
    serve(file, registry);

    std::cout << "the operator puts the file back and commits what is no policy of this service\n";
    write(file, genuine);
    if (auto made = commit(file, "max_recipients: plenty\n", *key, registry); !made) {
        return made;
    }
    serve(file, registry);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: policy_loop FILE\n";
        return 2;
    }
    if (const auto done = demonstrate(argv[1]); !done) {
        std::cerr << done.error().full_message() << '\n';
        return 1;
    }
    return 0;
}
