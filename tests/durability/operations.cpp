// SPDX-License-Identifier: MIT OR Apache-2.0
#include "durability/operations.hpp"

#include <array>
#include <set>
#include <stdexcept>

#include "aion/base/files.hpp"
#include "aion/crypto/startup.hpp"
#include "aion/policy/verify.hpp"
#include "base/try.hpp"

namespace aion::test {
namespace {

/// See tests/policy/fixture.hpp.
const bool libcrypto_trimmed = (crypto::trim_libcrypto_startup(), true);

constexpr Timestamp start{1'700'000'000'000'000'000};
constexpr trust::KeyId stored{1001};
constexpr trust::KeyId fresh{2002};
constexpr std::string_view machine = "a machine in memory";
constexpr std::string_view password = "correct horse battery staple";

/// Made once: what a test holds must not be what memory ends for.
crypto::SigningKey& key_of(std::uint8_t filler) {
    static std::map<std::uint8_t, crypto::SigningKey> made;
    auto found = made.find(filler);
    if (found == made.end()) {
        const Bytes seed(crypto::SigningKey::seed_size, filler);
        found = made.emplace(filler, crypto::SigningKey::from_seed(seed).value()).first;
    }
    return found->second;
}

constexpr std::uint8_t master = 0x99;
constexpr std::uint8_t alices = 0x11;
constexpr std::uint8_t alices_next = 0x12;
constexpr std::uint8_t bobs = 0x22;

Result<> done(const auto& result) {
    if (!result) {
        return fail(result.error());
    }
    return {};
}

// --- Files ---------------------------------------------------------------------------------------

Result<> create(World& world, std::string_view payload, bool replace = false) {
    crypto::SigningKey& key = key_of(alices);
    policy::CreateOptions options;
    options.replace_existing = replace;
    return done(
        policy::create(world.env, world.policy(), {as_bytes(payload), alice}, key, options));
}

Result<> commit(World& world, std::string_view payload) {
    crypto::SigningKey& key = key_of(bobs);
    policy::CommitOptions options;
    options.verify.threads = 1;
    return done(policy::commit(world.env, world.policy(), {as_bytes(payload), bob, "change"}, key,
                               known_registry(), options));
}

Result<> commit_many(World& world) {
    crypto::SigningKey& key = key_of(alices);
    const trust::Registry& registry = known_registry();
    policy::CommitOptions options;
    options.verify.threads = 1;
    AION_TRY_ASSIGN(auto session,
                    policy::CommitSession::open(world.env, world.policy(), registry, options));
    for (int i = 0; i < 20; ++i) {
        AION_TRY(
            session.add({as_bytes("rules: " + std::to_string(i)), alice, "in a session"}, key));
    }
    return done(session.save());
}

// --- Registry ------------------------------------------------------------------------------------

Result<> update(World& world, const std::function<Result<trust::Applied>(trust::Registry&)>& change,
                bool create = false) {
    trust::UpdateOptions options;
    options.create = create;
    return done(trust::update_registry_file(world.env, world.registry(), options, change));
}

Result<> pin(World& world, std::uint64_t author) {
    return update(
        world,
        [author](trust::Registry& registry) {
            return registry.pin(AuthorId{author}, key_of(master).public_half(),
                                key_of(static_cast<std::uint8_t>(author)).public_half());
        },
        true);
}

const trust::RotationRecord& rotation() {
    static const trust::RotationRecord signed_record = [] {
        trust::RotationRecord record;
        record.author = alice;
        record.from_epoch = Epoch{0};
        record.to_epoch = Epoch{1};
        record.to_public_key = key_of(alices_next).public_half();
        record.effective_from = VersionNumber{100};
        return sign(record, key_of(master)).value();
    }();
    return signed_record;
}

const trust::RevocationRecord& revocation() {
    static const trust::RevocationRecord signed_record = [] {
        trust::RevocationRecord record;
        record.author = bob;
        record.epoch = Epoch{0};
        record.reason = trust::RevocationReason::compromised;
        record.effective_from = VersionNumber{100};
        return sign(record, key_of(master)).value();
    }();
    return signed_record;
}

Result<> apply(World& world, const trust::SignedRecord& record) {
    return update(world, [&](trust::Registry& registry) { return registry.apply(record); });
}

Result<> put_registry(World& world) {
    AION_TRY(pin(world, alice.value));
    return update(world, [](trust::Registry& registry) {
        registry = known_registry();
        return Result<trust::Applied>(trust::Applied::changed);
    });
}

// --- Keys and exports ----------------------------------------------------------------------------

Result<> export_to_file(World& world, ByteView content, bool secret = false) {
    const std::array pieces{content};
    return done(write_file_atomically(world.env, world.exported(), pieces,
                                      {.replace = Replace::always, .secret = secret}));
}

/// Password hashing takes long, so one container serves every run.
const Bytes& container() {
    static const Bytes sealed = [] {
        const Bytes seed(crypto::SigningKey::seed_size, 0x33);
        const std::array<std::uint8_t, 16> salt{1};
        const std::array<std::uint8_t, 12> nonce{2};
        return trust::seal_exported_key(fresh, seed, as_bytes(password), salt, nonce).value();
    }();
    return sealed;
}

/// What `Keystore::store` writes, sealed once: deriving the sealing key takes long.
Result<> put_key(World& world) {
    static const Bytes sealed = [] {
        const Bytes seed(crypto::SigningKey::seed_size, alices);
        const std::array<std::uint8_t, 12> nonce{3};
        return trust::seal_local_key(stored, seed, machine, nonce).value();
    }();
    AION_TRY(world.env.create_directories(world.keys().directory(), 0700));
    const std::array pieces{ByteView(sealed)};
    return done(write_file_atomically(world.env, world.keys().directory() / "author-1001.key",
                                      pieces, {.secret = true}));
}

std::vector<Operation> make_operations() {
    const auto nothing = [](World&) -> Result<> { return {}; };
    const auto a_file = [](World& world) { return create(world, "rules: 0\n"); };
    const auto a_commit = [](World& world) { return commit(world, "rules: later\n"); };
    const auto a_pin = [](World& world) { return pin(world, 0x42); };
    const auto a_key = [](World& world) { return put_key(world); };
    const auto another_key = [](World& world) -> Result<> {
        if (world.keys().contains(fresh).value_or(false)) {
            AION_TRY(world.keys().load(fresh));  // using a key repairs its public half
        }
        return done(world.keys().generate(trust::KeyId{3003}));
    };
    const auto an_export = [](World& world) { return export_to_file(world, as_bytes("later")); };
    return {
        {"create", nothing, a_file, a_commit},
        {"create_force", a_file, [](World& world) { return create(world, "rules: 1\n", true); },
         a_commit},
        {"commit", a_file, [](World& world) { return commit(world, "rules: 1\n"); }, a_commit},
        {"session", a_file, commit_many, a_commit},
        {"registry_create", nothing, [](World& world) { return pin(world, alice.value); }, a_pin},
        {"registry_pin", put_registry, [](World& world) { return pin(world, 0x41); }, a_pin},
        {"registry_rotate", put_registry, [](World& world) { return apply(world, rotation()); },
         a_pin},
        {"registry_revoke", put_registry, [](World& world) { return apply(world, revocation()); },
         a_pin},
        {"registry_apply", put_registry,
         [](World& world) {
             const auto record = trust::signed_record_from_json(trust::to_json(rotation()));
             return record ? apply(world, *record) : fail(record.error());
         },
         a_pin},
        {"registry_export", nothing,
         [](World& world) { return export_to_file(world, as_bytes(trust::to_json(revocation()))); },
         an_export},
        {"key_generate", nothing, [](World& world) { return done(world.keys().generate(fresh)); },
         another_key, Derivation::machine},
        {"key_import", a_key,
         [](World& world) {
             return done(world.keys().import_key(fresh, container(), as_bytes(password)));
         },
         another_key, Derivation::password},
        {"key_delete", a_key, [](World& world) { return world.keys().remove(stored); }, another_key,
         Derivation::machine},
        {"key_export", a_key,
         [](World& world) -> Result<> {
             AION_TRY_ASSIGN(const Bytes sealed,
                             world.keys().export_key(stored, as_bytes(password)));
             return export_to_file(world, sealed, true);
         },
         an_export, Derivation::password},
    };
}

bool is_temporary(std::string_view path) {
    const auto name = path.substr(path.rfind('/') + 1);
    return name.starts_with('.') && name.ends_with(".tmp");
}

}  // namespace

const trust::Registry& known_registry() {
    static const trust::Registry registry = [] {
        trust::Registry made;
        const PublicKey masters = key_of(master).public_half();
        made.pin(alice, masters, key_of(alices).public_half()).value();
        made.pin(bob, masters, key_of(bobs).public_half()).value();
        return made;
    }();
    return registry;
}

crypto::SigningKey& known_key() {
    return key_of(alices);
}

const std::vector<Operation>& operations() {
    static const std::vector<Operation> all = make_operations();
    return all;
}

Files files_of(const MemoryEnv& env) {
    Files files;
    for (const std::string& path : env.all_paths()) {
        if (!is_temporary(path) && !path.ends_with(".pub")) {
            files.emplace(path, env.get(path).value());
        }
    }
    return files;
}

std::vector<std::string> temporaries_of(const MemoryEnv& env) {
    std::vector<std::string> found;
    for (const std::string& path : env.all_paths()) {
        if (is_temporary(path)) {
            found.push_back(path);
        }
    }
    return found;
}

namespace {

std::string wrong_with_policy(World& world) {
    policy::VerifyOptions options;
    options.threads = 1;
    const auto opened = policy::open_verified(world.env, world.policy(), known_registry(), options);
    return opened ? "" : "policy: " + opened.error().message() + "\n";
}

std::string wrong_with_registry(World& world) {
    const auto loaded = trust::Registry::load(world.env, world.registry());
    return loaded ? "" : "registry: " + loaded.error().full_message() + "\n";
}

std::string wrong_with_keys(World& world) {
    const auto listed = world.keys().list();
    if (!listed) {
        return "keys: " + listed.error().full_message() + "\n";
    }
    std::string wrong;
    for (const trust::KeyListing& listing : *listed) {
        // Opening a key takes longer than all else together; the same bytes open again.
        static std::set<Bytes> known_good;
        const auto bytes = read_file(world.env, listing.path);
        if (bytes && known_good.contains(*bytes)) {
            continue;
        }
        const auto key = world.keys().load(listing.id);
        wrong += key ? "" : "key: " + key.error().full_message() + "\n";
        if (bytes && key) {
            known_good.insert(*bytes);
        }
    }
    return wrong;
}

bool is_there(World& world, const std::filesystem::path& path) {
    const auto info = world.env.info(path);
    return info && *info;
}

}  // namespace

std::string what_is_wrong(World& world) {
    return (is_there(world, world.policy()) ? wrong_with_policy(world) : "") +
           (is_there(world, world.registry()) ? wrong_with_registry(world) : "") +
           wrong_with_keys(world);
}

MemoryWorld::MemoryWorld(std::uint64_t seed) : env(seed), world(env, "/w") {
    env.set_now(start);
    env.set_machine_id(std::string(machine));
    env.put_directory("/w");
}

std::unique_ptr<MemoryWorld> prepared(const Operation& operation) {
    auto made = std::make_unique<MemoryWorld>();
    const auto ready = operation.prepare(made->world);
    if (!ready) {
        throw std::runtime_error(operation.name + ": " + ready.error().full_message());
    }
    return made;
}

}  // namespace aion::test
