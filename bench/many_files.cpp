// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes what suites measure with, and what takes too long to make by one process a version:
//
//   many_files DIRECTORY COUNT [VERSIONS]
//
// writes 00000.aion, 00001.aion, … of 1 to 20 versions each, or VERSIONS, by four authors, and
// registry.json, into a directory that is there. 10,000 files have 105,000 versions together.
// Nothing is drawn at random but what the format wants: file ids and nonces.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/aion.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program

struct Author {
    AuthorId id;
    crypto::SigningKey key;
};

std::vector<Author> make_authors() {
    std::vector<Author> authors;
    for (std::uint8_t i = 1; i <= 4; ++i) {
        authors.push_back({AuthorId{1000U + i}, *crypto::SigningKey::from_seed(Bytes(32, i))});
    }
    return authors;
}

Result<trust::Registry> write_registry(Env& env, const std::filesystem::path& directory,
                                       const std::vector<Author>& authors) {
    trust::Registry registry;
    for (const Author& author : authors) {
        const PublicKey key = author.key.public_half();
        if (auto pinned = registry.pin(author.id, key, key); !pinned) {
            return std::unexpected(pinned.error());
        }
    }
    const std::string json = registry.to_json();
    const ByteView text = as_bytes(json);
    auto saved = write_file_atomically(env, directory / "registry.json", {&text, 1}, {});
    if (!saved) {
        return std::unexpected(saved.error());
    }
    return registry;
}

// 20 in a row have 210 versions.
std::size_t versions_of(std::size_t number) {
    return 1 + number * 7 % 20;
}

// The files differ in their authors and payloads.
Result<> write_history(Env& env, const std::filesystem::path& file, std::size_t number,
                       std::size_t versions, std::vector<Author>& authors,
                       const trust::Registry& registry) {
    std::string payload = fmt::format("agent: {}\nmax_refund_eur: 0\n", number);
    payload.resize(200 + number % 1801, '#');
    const auto author_of = [&](std::size_t v) -> Author& {
        return authors[(number + v / 4) % authors.size()];
    };
    Author& first = author_of(1);
    if (auto made = policy::create(env, file, {as_bytes(payload), first.id, "first"}, first.key,
                                   {.sync = false});
        !made) {
        return std::unexpected(made.error());
    }
    auto session = policy::CommitSession::open(env, file, registry, {.sync = false});
    if (!session) {
        return std::unexpected(session.error());
    }
    for (std::size_t v = 2; v <= versions; ++v) {
        Author& author = author_of(v);
        payload[payload.find("eur: ") + 5] = static_cast<char>('0' + v % 10);
        const std::string message = fmt::format("change {}", v);
        if (auto added = session->add({as_bytes(payload), author.id, message}, author.key);
            !added) {
            return std::unexpected(added.error());
        }
    }
    auto saved = session->save();
    return saved ? Result<>() : std::unexpected(saved.error());
}

Result<> write_all(const std::filesystem::path& directory, std::size_t count,
                   std::optional<std::size_t> versions) {
    Env& env = Env::system();
    std::vector<Author> authors = make_authors();
    auto registry = write_registry(env, directory, authors);
    if (!registry) {
        return std::unexpected(registry.error());
    }
    for (std::size_t i = 0; i < count; ++i) {
        const auto file = directory / fmt::format("{:05}.aion", i);
        if (auto written =
                write_history(env, file, i, versions.value_or(versions_of(i)), authors, *registry);
            !written) {
            return written;
        }
    }
    return {};
}

std::optional<std::size_t> number_in(std::string_view text) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number != 0
               ? std::optional(number)
               : std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
    const auto count = argc == 3 || argc == 4 ? number_in(argv[2]) : std::nullopt;
    const auto versions = argc == 4 ? number_in(argv[3]) : std::nullopt;
    if (!count || (argc == 4 && !versions)) {
        std::fputs("usage: many_files DIRECTORY COUNT [VERSIONS]\n", stderr);
        return 2;
    }
    if (const auto written = write_all(argv[1], *count, versions); !written) {
        fmt::print(stderr, "many_files: {}\n", written.error().message());
        return 1;
    }
    return 0;
}
