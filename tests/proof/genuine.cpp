// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/genuine.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "support/world.hpp"

namespace aion::proof {

using policy::test::key_from;

namespace {

constexpr std::uint64_t alice = 1001;
constexpr std::uint64_t bob = 1002;
constexpr std::uint64_t day_one = 1'700'000'000'000'000'000;

// Anything that goes wrong while making a sample fails the test that asked for it.
template <class T>
T must(Result<T> result) {
    if (!result) {
        throw std::runtime_error("making a sample: " + result.error().full_message());
    }
    return std::move(*result);
}

struct Recipe {
    std::string name;
    std::vector<Step> steps;
    trust::Registry registry;
    FileId file_id{0x0123456789abcdef};
};

trust::Registry two_authors() {
    return registry_with({{alice, 0x11}, {bob, 0x22}});
}

Recipe rotated() {
    Recipe recipe{"rotated_and_revoked",
                  {{alice, 0x11, "limit: 1\n", "by the first key", day_one},
                   {bob, 0x22, "limit: 2\n", "by a key revoked later", day_one + 1},
                   {alice, 0x12, "limit: 3\n", "by the second key", day_one + 1},
                   {alice, 0x12, "limit: 4\n", "again", day_one + 5}},
                  two_authors()};
    rotate(recipe.registry, alice, 0, 0x12, 3);
    revoke(recipe.registry, bob, 0, 4);
    return recipe;
}

Recipe extremes() {
    constexpr std::uint64_t most = UINT64_MAX;
    return {"extreme_numbers",
            {{0, 0x11, "a", "author 0 at time 0", 0},
             {most, 0x22, "b", "", 0},
             {0, 0x11, "c", "the last nanosecond", most}},
            registry_with({{0, 0x11}, {most, 0x22}}),
            FileId{most}};
}

std::vector<Recipe> large_recipes() {
    Recipe many{"many_versions", {}, two_authors()};
    for (std::uint64_t i = 0; i < 40; ++i) {
        const bool by_bob = i % 3 == 1;
        Step step{alice, 0x11, "limit: " + std::to_string(i), std::string(i % 5, 'm'),
                  day_one + i / 2};
        if (by_bob) {
            step.author = bob;
            step.key = 0x22;
        }
        many.steps.push_back(step);
    }
    Recipe large{"large_payload",
                 {{alice, 0x11, "small", "first", day_one},
                  {bob, 0x22, std::string(300'000, 'p'), "second", day_one}},
                 two_authors()};
    return {many, large};
}

std::vector<Recipe> recipes() {
    using namespace std::string_literals;
    return {
        {"genesis", {{alice, 0x11, "rules: 1\n", "Genesis version", day_one}}, two_authors()},
        {"genesis_bare", {{alice, 0x11, "", "", day_one}}, two_authors(), FileId{0}},
        {"one_author",
         {{alice, 0x11, "one", "first", day_one},
          {alice, 0x11, "two", "second", day_one + 7},
          {alice, 0x11, "three", "third!", day_one + 8}},
         two_authors()},
        {"several_authors",
         {{alice, 0x11, "a: 1\n", "", day_one},
          {bob, 0x22, "a: 2\n", "Grüße, 世界 \xF0\x9F\x9A\x80", day_one},
          {bob, 0x22, "a: 2\n", "with a \0 inside"s, day_one + 1},
          {alice, 0x11, std::string(100, 'z'), "last", day_one + 2}},
         two_authors()},
        {"long_message",
         {{alice, 0x11, "x", "short", day_one},
          {bob, 0x22, "y", std::string(700, 'm'), day_one},
          {alice, 0x11, "", "", day_one + 1}},
         two_authors()},
        rotated(),
        extremes(),
    };
}

// Small ones of the reference's own files; the others differ from these in length only.
constexpr std::array reference_files = {"genesis-empty-payload",
                                        "genesis-one-zero-byte",
                                        "genesis-max-author",
                                        "genesis-unicode-message",
                                        "chain-2",
                                        "chain-payload-shrinks-to-empty",
                                        "chain-same-payload-thrice",
                                        "chain-revoked-later",
                                        "chain-rotated-at-5"};

constexpr std::array large_reference_files = {"chain-120"};

std::string test_name(std::string name) {
    std::ranges::replace(name, '-', '_');
    return "reference_" + name;
}

Genuine made_of(const Recipe& recipe) {
    const std::string& payload = recipe.steps.back().payload;
    return {recipe.name, file_of(recipe.steps, recipe.registry, recipe.file_id),
            Bytes(payload.begin(), payload.end()), recipe.registry, windows_of(recipe.registry)};
}

Genuine reference_shape(const std::string& name) {
    const auto vectors = aion::test::load_valid_vectors();
    const auto vector =
        std::ranges::find(vectors, "valid/" + name + ".aion", &aion::test::ValidVector::file);
    if (vector == vectors.end()) {
        throw std::runtime_error("no vector " + name);
    }
    const Bytes json = aion::test::read_vector(vector->registry);
    auto registry = must(trust::Registry::from_json(as_text(json)));
    auto windows = windows_of(registry);
    return {test_name(name), aion::test::read_vector(vector->file),
            aion::test::read_vector(vector->payload), std::move(registry), std::move(windows)};
}

Genuine make(const std::string& name) {
    for (const auto& all : {recipes(), large_recipes()}) {
        const auto recipe = std::ranges::find(all, name, &Recipe::name);
        if (recipe != all.end()) {
            return made_of(*recipe);
        }
    }
    for (const char* file : reference_files) {
        if (name == test_name(file)) {
            return reference_shape(file);
        }
    }
    for (const char* file : large_reference_files) {
        if (name == test_name(file)) {
            return reference_shape(file);
        }
    }
    throw std::runtime_error("no shape " + name);
}

// Without making the files, which listing the tests need not do.
std::vector<std::string> names_of(const std::vector<Recipe>& own, const auto& files) {
    std::vector<std::string> names;
    for (const Recipe& recipe : own) {
        names.push_back(recipe.name);
    }
    for (const char* file : files) {
        names.push_back(test_name(file));
    }
    return names;
}

}  // namespace

const std::vector<std::string>& genuine_names() {
    static const auto names = names_of(recipes(), reference_files);
    return names;
}

const std::vector<std::string>& large_names() {
    static const auto names = names_of(large_recipes(), large_reference_files);
    return names;
}

const Genuine& genuine(const std::string& name) {
    static std::map<std::string, Genuine> made;
    const auto known = made.find(name);
    return known != made.end() ? known->second : made.emplace(name, make(name)).first->second;
}

const PublicKey* key_at(const std::vector<Window>& windows, std::uint64_t author,
                        std::uint64_t version) {
    for (const Window& window : windows) {
        if (window.author == author && version >= window.from &&
            (!window.until || version < *window.until)) {
            return &window.key;
        }
    }
    return nullptr;
}

std::vector<Window> windows_of(const trust::Registry& registry) {
    std::vector<Window> windows;
    for (const auto& [author, record] : registry.authors()) {
        for (const trust::EpochRecord& epoch : record.epochs) {
            Window window{author.value, epoch.active_from.value, std::nullopt, epoch.public_key};
            if (epoch.rotation) {
                window.until = epoch.rotation->effective_from.value;
            }
            if (epoch.revocation) {
                window.until = std::min(window.until.value_or(UINT64_MAX),
                                        epoch.revocation->effective_from.value);
            }
            windows.push_back(window);
        }
    }
    return windows;
}

Bytes file_of(const std::vector<Step>& steps, const trust::Registry& registry, FileId file_id) {
    MemoryEnv env;
    const std::filesystem::path path = "/sample.aion";
    const Step& first = steps.front();
    policy::CreateOptions create;
    create.file_id = file_id;
    auto key = key_from(first.key);
    must(policy::create(
        env, path,
        {as_bytes(first.payload), AuthorId{first.author}, first.message, Timestamp{first.time}},
        key, create));
    for (std::size_t i = 1; i < steps.size(); ++i) {
        const Step& step = steps[i];
        auto signer = key_from(step.key);
        must(policy::commit(
            env, path,
            {as_bytes(step.payload), AuthorId{step.author}, step.message, Timestamp{step.time}},
            signer, registry));
    }
    return *env.get(path);
}

trust::Registry registry_with(const std::vector<std::pair<std::uint64_t, std::uint8_t>>& authors) {
    trust::Registry registry;
    const PublicKey master = key_from(master_fill).public_half();
    for (const auto& [author, key] : authors) {
        must(registry.pin(AuthorId{author}, master, key_from(key).public_half()));
    }
    return registry;
}

void rotate(trust::Registry& registry, std::uint64_t author, std::uint32_t from_epoch,
            std::uint8_t key, std::uint64_t from) {
    auto master = key_from(master_fill);
    must(registry.apply(must(trust::sign(trust::RotationRecord{AuthorId{author},
                                                               Epoch{from_epoch},
                                                               Epoch{from_epoch + 1},
                                                               key_from(key).public_half(),
                                                               VersionNumber{from},
                                                               {}},
                                         master))));
}

void revoke(trust::Registry& registry, std::uint64_t author, std::uint32_t epoch,
            std::uint64_t from) {
    auto master = key_from(master_fill);
    must(registry.apply(
        must(trust::sign(trust::RevocationRecord{AuthorId{author},
                                                 Epoch{epoch},
                                                 trust::RevocationReason::compromised,
                                                 VersionNumber{from},
                                                 {}},
                         master))));
}

}  // namespace aion::proof
