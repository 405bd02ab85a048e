// SPDX-License-Identifier: MIT OR Apache-2.0
// Suite `files`: what operators and agents do to whole files, against the real file system.
//
// "synced" rows force every write to stable storage, as the command line does; the others leave
// that to the system, as the reference implementation always does. The figures named as reference
// were measured with aion-context 1.0.0 on another machine of two Zen 4 cores: compare shapes, and
// trust ratios only where both were measured together.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "aion/aion.hpp"
#include "aion/base/files.hpp"
#include "aion/trust/registry_chain.hpp"
#include "aion/trust/registry_record.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program

constexpr AuthorId author{1001};

// A directory that goes away, a key, and a registry that trusts it.
class Place {
  public:
    Place() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "aion-bench-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
        file = directory_ / "policy.aion";
        (void)registry.pin(author, key.public_half(), key.public_half());
    }

    ~Place() { std::filesystem::remove_all(directory_); }

    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place(Place&&) = delete;
    Place& operator=(Place&&) = delete;

    void create(const policy::Payload& payload, bool sync = false) {
        policy::CreateOptions options;
        options.replace_existing = true;
        options.sync = sync;
        require(policy::create(env, file, {payload, author}, key, options).has_value());
    }

    void grow_to(std::uint64_t versions, ByteView payload) {
        auto session = policy::CommitSession::open(env, file, registry, {.sync = false});
        require(session.has_value());
        for (std::uint64_t v = 2; v <= versions; ++v) {
            require(
                session->add({payload, author, "version " + std::to_string(v)}, key).has_value());
        }
        require(session->save().has_value());
    }

    static void require(bool done) {
        if (!done) {
            std::abort();  // A benchmark of something that fails measures nothing.
        }
    }

    Env& env = Env::system();
    crypto::SigningKey key = *crypto::SigningKey::from_seed(Bytes(32, 7));
    trust::Registry registry;
    std::filesystem::path file;

  private:
    std::filesystem::path directory_;
};

Bytes payload_of(std::int64_t size) {
    return Bytes(static_cast<std::size_t>(size), 0x61);
}

void create_new(benchmark::State& state) {
    Place place;
    const Bytes payload = payload_of(state.range(0));
    const bool sync = state.range(1) != 0;
    for (auto _ : state) {
        state.PauseTiming();
        std::filesystem::remove(place.file);
        state.ResumeTiming();
        place.create(payload, sync);
    }
    state.SetLabel(sync ? "synced" : "unsynced");
}

BENCHMARK(create_new)
    ->ArgNames({"bytes", "sync"})
    ->Args({10 << 10, 0})
    ->Args({10 << 10, 1})
    ->Args({1 << 20, 0})
    ->Args({1 << 20, 1})
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

// A payload that is never held: from memory, or from a file that is read twice.
void create_large(benchmark::State& state) {
    Place place;
    const Bytes payload = payload_of(state.range(0));
    const bool from_file = state.range(1) != 0;
    const bool sync = state.range(2) != 0;
    const auto path = place.file.parent_path() / "payload";
    const std::array<ByteView, 1> pieces{payload};
    Place::require(write_file_atomically(place.env, path, pieces, {}).has_value());
    for (auto _ : state) {
        state.PauseTiming();
        std::filesystem::remove(place.file);
        const auto file = place.env.open(path, {});
        Place::require(file.has_value());
        state.ResumeTiming();
        place.create(from_file ? policy::Payload(**file) : policy::Payload(payload), sync);
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
    state.SetLabel(sync ? "synced" : "unsynced");
}

BENCHMARK(create_large)
    ->ArgNames({"bytes", "from_file", "sync"})
    ->Args({64 << 20, 0, 0})
    ->Args({64 << 20, 1, 0})
    ->Args({64 << 20, 1, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// One small version behind a large one, whose payload is judged and not kept.
void commit_behind_large(benchmark::State& state) {
    Place place;
    const Bytes large = payload_of(state.range(0));
    const Bytes small = payload_of(1 << 10);
    for (auto _ : state) {
        state.PauseTiming();
        place.create(large);
        state.ResumeTiming();
        Place::require(policy::commit(place.env, place.file, {small, author, "change"}, place.key,
                                      place.registry, {.sync = false})
                           .has_value());
    }
}

BENCHMARK(commit_behind_large)
    ->ArgNames({"bytes"})
    ->Arg(64 << 20)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void commit_each_time(benchmark::State& state, Place& place, bool sync) {
    const Bytes payload = payload_of(1 << 10);
    policy::CommitOptions options;
    options.sync = sync;
    for (auto _ : state) {
        state.PauseTiming();
        std::filesystem::remove(place.file);
        place.create(payload);
        state.ResumeTiming();
        Place::require(policy::commit(place.env, place.file, {payload, author, "change"}, place.key,
                                      place.registry, options)
                           .has_value());
    }
    state.SetLabel(sync ? "synced" : "unsynced");
}

void commit_small(benchmark::State& state) {
    Place place;
    commit_each_time(state, place, state.range(0) != 0);
}

BENCHMARK(commit_small)
    ->ArgNames({"sync"})
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

// The same, where the directory has many other files: nothing looks for anything in it.
void commit_among_others(benchmark::State& state) {
    static std::map<std::int64_t, Place> places;  // Once each: this is called several times.
    const auto [made, is_new] = places.try_emplace(state.range(0));
    Place& place = made->second;
    for (std::int64_t i = 0; is_new && i < state.range(0); ++i) {
        const auto other = place.file.parent_path() / (std::to_string(i) + ".aion");
        Place::require(static_cast<bool>(std::ofstream(other)));
    }
    commit_each_time(state, place, false);
}

BENCHMARK(commit_among_others)
    ->ArgName("files")
    ->Arg(0)
    ->Arg(100'000)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

// A history of 1,000 versions, each committed, written and renamed on its own.
void chain_by_single_commits(benchmark::State& state) {
    Place place;
    const Bytes payload = payload_of(64);
    const bool remember = state.range(0) != 0;
    for (auto _ : state) {
        state.PauseTiming();
        std::filesystem::remove(place.file);
        place.create(payload);
        policy::HistoryCache cache;
        crypto::KeyCache keys;
        policy::CommitOptions options;
        options.sync = false;
        options.verify.history_cache = remember ? &cache : nullptr;
        options.verify.key_cache = &keys;
        state.ResumeTiming();
        for (int i = 1; i < 1000; ++i) {
            Place::require(policy::commit(place.env, place.file, {payload, author, "change"},
                                          place.key, place.registry, options)
                               .has_value());
        }
    }
    state.SetLabel(remember ? "history remembered" : "every signature every time");
}

BENCHMARK(chain_by_single_commits)
    ->ArgNames({"history_cache"})
    ->Arg(1)
    ->Arg(0)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

void chain_by_session(benchmark::State& state) {
    Place place;
    const Bytes payload = payload_of(64);
    for (auto _ : state) {
        state.PauseTiming();
        std::filesystem::remove(place.file);
        place.create(payload);
        state.ResumeTiming();
        place.grow_to(1000, payload);
    }
}

BENCHMARK(chain_by_session)->Unit(benchmark::kMillisecond)->UseRealTime();

void verify_file(benchmark::State& state) {
    Place place;
    const Bytes payload = payload_of(state.range(1));
    place.create(payload);
    place.grow_to(static_cast<std::uint64_t>(state.range(0)), payload);
    policy::VerifyOptions options;
    options.threads = static_cast<unsigned>(state.range(2));
    for (auto _ : state) {
        const auto report = policy::verify(place.env, place.file, place.registry, options);
        Place::require(report.has_value() && report->is_valid());
    }
}

BENCHMARK(verify_file)
    ->ArgNames({"versions", "payload", "threads"})
    ->Args({1, 1 << 10, 1})
    ->Args({10, 1 << 10, 1})
    ->Args({1000, 1 << 10, 1})
    ->Args({1000, 1 << 10, 2})
    ->Args({100'000, 1 << 10, 1})
    ->Args({100'000, 1 << 10, 2})
    ->Args({1, 1 << 20, 1})
    ->Args({1, 1 << 20, 2})
    ->Args({1, 64 << 20, 2})
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

// What an agent does before it acts, with the signer's key seen before.
void open_verified_small(benchmark::State& state) {
    Place place;
    place.create(payload_of(1 << 10));
    crypto::KeyCache keys;
    policy::VerifyOptions options;
    options.key_cache = &keys;
    for (auto _ : state) {
        const auto opened = policy::open_verified(place.env, place.file, place.registry, options);
        Place::require(opened.has_value());
    }
}

BENCHMARK(open_verified_small)->Unit(benchmark::kMicrosecond)->UseRealTime();

// Loads a registry from a file again and again.
void load_each_time(benchmark::State& state, Place& place, const trust::Registry& registry) {
    const std::string text = registry.to_json();
    const std::filesystem::path file = place.file.replace_extension("json");
    const ByteView piece = as_bytes(text);
    Place::require(
        write_file_atomically(place.env, file, {&piece, 1}, {.sync = false}).has_value());
    for (auto _ : state) {
        auto loaded = trust::Registry::load(place.env, file);
        Place::require(loaded.has_value());
        benchmark::DoNotOptimize(loaded);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

// A registry of so many authors of one key each; the same keys, but nothing remembers them.
void registry_load(benchmark::State& state) {
    Place place;
    trust::Registry registry;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        const AuthorId id{static_cast<std::uint64_t>(i)};
        Place::require(
            registry.pin(id, place.key.public_half(), place.key.public_half()).has_value());
    }
    load_each_time(state, place, registry);
}

BENCHMARK(registry_load)
    ->Arg(1)
    ->Arg(1000)
    ->Arg(100'000)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

// Records of a chain, each signed by one root key.
class Records {
  public:
    explicit Records(crypto::SigningKey& root) : root_(root) {
        add(trust::RootRecord{.keys = {root.public_half()}, .threshold = 1});
    }

    void add(trust::RecordFacts facts) {
        trust::RegistryRecord record{.number = all.size(),
                                     .previous = previous_,
                                     .time = {},
                                     .reason = "",
                                     .facts = std::move(facts),
                                     .signatures = {}};
        Place::require(trust::sign(record, root_).has_value());
        previous_ = record.hash();
        all.push_back(std::move(record));
    }

    // An author has an operational key of his own.
    void add_author(AuthorId id, const PublicKey& master, const PublicKey& key) {
        add(trust::AuthorRegistration{.author = id,
                                      .name = "",
                                      .contact = "",
                                      .master_key = master,
                                      .operational_key = key,
                                      .active_from = VersionNumber{0}});
    }

    [[nodiscard]] trust::Registry registry() const {
        auto chain = trust::RegistryChain::replay(all);
        Place::require(chain.has_value());
        return trust::Registry::from_chain(*std::move(chain));
    }

    std::vector<trust::RegistryRecord> all;

  private:
    crypto::SigningKey& root_;
    Hash previous_;
};

crypto::SigningKey key_number(std::uint64_t number) {
    Bytes seed(crypto::SigningKey::seed_size);
    for (std::size_t i = 0; i < sizeof number; ++i) {
        seed[i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return crypto::SigningKey::from_seed(seed).value();
}

// A registry that is a chain of so many records, each of which registers an author: one signature
// and one key of each are checked, and the projection is compared.
void chained_registry_load(benchmark::State& state) {
    Place place;
    Records records(place.key);
    for (std::int64_t i = 1; i < state.range(0); ++i) {
        const auto id = static_cast<std::uint64_t>(i);
        records.add_author(AuthorId{id}, place.key.public_half(), key_number(id).public_half());
    }
    load_each_time(state, place, records.registry());
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(chained_registry_load)
    ->Arg(10)
    ->Arg(1000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

// The same of the shortest records, nearly as many as a file has room for: expiries, which are
// about no author.
void chained_registry_load_short(benchmark::State& state) {
    Place place;
    Records records(place.key);
    for (std::int64_t i = 1; i < state.range(0); ++i) {
        records.add(trust::RegistryExpiry{.at = std::nullopt});
    }
    load_each_time(state, place, records.registry());
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(chained_registry_load_short)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

// A file of so many versions under a registry whose records list so many histories, the file's
// among them.
void verify_file_by_history(benchmark::State& state) {
    Place place;
    place.create(payload_of(1 << 10));
    if (state.range(0) > 1) {
        place.grow_to(static_cast<std::uint64_t>(state.range(0)), payload_of(1 << 10));
    }
    const auto plain = policy::verify(place.env, place.file, place.registry, {});
    Place::require(plain.has_value() && plain->is_valid());
    Records records(place.key);
    records.add_author(author, place.key.public_half(), place.key.public_half());
    trust::Bound until{.unlisted = VersionNumber{0}, .listed = {}};
    for (std::int64_t i = 1; i < state.range(1); ++i) {
        Hash hash;
        hash.bytes[0] = static_cast<std::uint8_t>(i);
        hash.bytes[1] = static_cast<std::uint8_t>(i >> 8);
        until.listed.push_back({.version = VersionNumber{1 + static_cast<std::uint64_t>(i) % 100},
                                .hash = hash,
                                .file_id = {},
                                .name = "archive/some/file.aion"});
    }
    if (state.range(1) > 0) {
        until.listed.push_back({.version = VersionNumber{plain->version_count},
                                .hash = *plain->head,
                                .file_id = {},
                                .name = ""});
        std::ranges::sort(until.listed, {}, [](const trust::HistoryPoint& point) {
            return std::pair(point.version, point.hash);
        });
        records.add(trust::EpochRevocation{.author = author,
                                           .epoch = Epoch{0},
                                           .reason = trust::RevocationReason::compromised,
                                           .until = std::move(until)});
    }
    const trust::Registry registry = records.registry();
    for (auto _ : state) {
        const auto report = policy::verify(place.env, place.file, registry, {.threads = 1});
        Place::require(report.has_value() && report->is_valid());
    }
}

BENCHMARK(verify_file_by_history)
    ->ArgNames({"versions", "histories"})
    ->Args({1, 0})
    ->Args({1, 1})
    ->Args({1, 10'000})
    ->Args({1000, 0})
    ->Args({1000, 10'000})
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
