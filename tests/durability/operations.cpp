// SPDX-License-Identifier: MIT OR Apache-2.0
#include "durability/operations.hpp"

#include <array>
#include <set>
#include <stdexcept>

#include "aion/attest/container.hpp"
#include "aion/base/files.hpp"
#include "aion/policy/repair.hpp"
#include "aion/policy/verify.hpp"
#include "aion/supply/oci_layout.hpp"
#include "aion/tlog/log_check.hpp"
#include "aion/tlog/log_store.hpp"
#include "aion/trust/registry_chain.hpp"
#include "aion/trust/registry_record.hpp"
#include "base/try.hpp"
#include "policy/private_file.hpp"
#include "support/keys.hpp"
#include "support/world.hpp"
#include "tlog/log_world.hpp"

namespace aion::test {
namespace {

using policy::test::known_registry;
using policy::test::start;

constexpr trust::KeyId stored{1001};
constexpr trust::KeyId fresh{2002};
constexpr std::string_view machine = "00112233445566778899aabbccddeeff";
constexpr std::string_view password = "correct horse battery staple";
constexpr std::uint8_t alices_next = 0x12;

Result<> done(const auto& result) {
    if (!result) {
        return fail(result.error());
    }
    return {};
}

// --- Files ---------------------------------------------------------------------------------------

Result<> create(Site& site, std::string_view payload, bool replace = false) {
    crypto::SigningKey& key = key_of(alices);
    policy::CreateOptions options;
    options.replace_existing = replace;
    return done(policy::create(site.env, site.policy(), {as_bytes(payload), alice}, key, options));
}

Result<> commit(Site& site, std::string_view payload) {
    crypto::SigningKey& key = key_of(bobs);
    policy::CommitOptions options;
    options.verify.threads = 1;
    return done(policy::commit(site.env, site.policy(), {as_bytes(payload), bob, "change"}, key,
                               known_registry(), options));
}

Result<> commit_many(Site& site) {
    crypto::SigningKey& key = key_of(alices);
    const trust::Registry& registry = known_registry();
    policy::CommitOptions options;
    options.verify.threads = 1;
    AION_TRY_ASSIGN(auto session,
                    policy::CommitSession::open(site.env, site.policy(), registry, options));
    for (int i = 0; i < 20; ++i) {
        AION_TRY(
            session.add({as_bytes("rules: " + std::to_string(i)), alice, "in a session"}, key));
    }
    return done(session.save());
}

// --- Large payloads ------------------------------------------------------------------------------

/// Large enough to be read from its file twice and never held.
Result<> put_large(Site& site) {
    static const Bytes payload(policy::streamed_payload_size + 1, 0x6c);
    const std::array pieces{ByteView(payload)};
    return done(write_file_atomically(site.env, site.payload(), pieces, {}));
}

Result<> create_large(Site& site) {
    AION_TRY_ASSIGN(const auto payload, site.env.open(site.payload(), {}));
    return done(policy::create(site.env, site.policy(), {*payload, alice}, key_of(alices)));
}

Result<> commit_large(Site& site) {
    AION_TRY_ASSIGN(const auto payload, site.env.open(site.payload(), {}));
    policy::CommitOptions options;
    options.verify.threads = 1;
    return done(policy::commit(site.env, site.policy(), {*payload, bob, "large"}, key_of(bobs),
                               known_registry(), options));
}

Result<> commit_large_in_session(Site& site) {
    const trust::Registry& registry = known_registry();
    policy::CommitOptions options;
    options.verify.threads = 1;
    AION_TRY_ASSIGN(auto session,
                    policy::CommitSession::open(site.env, site.policy(), registry, options));
    {
        AION_TRY_ASSIGN(const auto payload, site.env.open(site.payload(), {}));
        AION_TRY(session.add({*payload, alice, "large"}, key_of(alices)));
    }
    return done(session.save());
}

// --- Image layouts -------------------------------------------------------------------------------

// The index of an artefact that is there already gets one more tag.
Result<> tag(Site& site, std::string_view name) {
    AION_TRY_ASSIGN(const auto layout, supply::OciLayout::open(site.env, site.layout()));
    const std::string text = to_json(supply::OciIndex());
    return layout->write_document(supply::describe_bytes(supply::oci_index_type, text), text, name);
}

Result<> put_layout(Site& site) {
    AION_TRY(supply::OciLayout::create(site.env, site.layout()));
    return tag(site, "v1");
}

// --- Transparency logs ---------------------------------------------------------------------------

tlog::test::LogWorld log_of(Site& site) {
    return tlog::test::LogWorld(site.env, site.log());
}

// So many entries that there are whole tiles, and partial ones of earlier checkpoints.
Result<> put_log(Site& site) {
    AION_TRY(log_of(site).create());
    AION_TRY(log_of(site).append(tlog::test::entries_of(0, 3)));
    return done(log_of(site).append(tlog::test::entries_of(3, 250)));
}

Result<> append_to_log(Site& site, std::uint64_t first, std::uint64_t end) {
    auto appended = log_of(site).append(tlog::test::entries_of(first, end));
    if (!appended && appended.error().detail() == "log_other_key") {
        appended =
            log_of(site).append(tlog::test::entries_of(first, end), tlog::test::next_operators);
    }
    return done(appended);
}

Result<> rotate_log(Site& site) {
    AION_TRY_ASSIGN(const auto writer, log_of(site).write());
    return writer->rotate({tlog::test::signer_of(tlog::test::next_operators)});
}

// --- Registry ------------------------------------------------------------------------------------

Result<> update(Site& site, const std::function<Result<trust::Applied>(trust::Registry&)>& change,
                bool create = false) {
    trust::UpdateOptions options;
    options.create = create;
    return done(trust::update_registry_file(site.env, site.registry(), options, change));
}

Result<> pin(Site& site, std::uint64_t author) {
    return update(
        site,
        [author](trust::Registry& registry) {
            return registry.pin(AuthorId{author}, key_of(masters).public_half(),
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
        return sign(record, key_of(masters)).value();
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
        return sign(record, key_of(masters)).value();
    }();
    return signed_record;
}

Result<> apply(Site& site, const trust::SignedRecord& record) {
    return update(site, [&](trust::Registry& registry) { return registry.apply(record); });
}

// A registry with a chain whose root is the key of the masters.
trust::RegistryRecord signed_by_root(trust::RegistryRecord record) {
    sign(record, key_of(masters)).value();
    return record;
}

trust::Registry proven_registry() {
    trust::RegistryRecord first;
    first.facts = trust::RootRecord{.keys = {key_of(masters).public_half()}, .threshold = 1};
    return trust::Registry::from_chain(
        trust::RegistryChain::replay({signed_by_root(std::move(first))}).value());
}

Result<> put_chain(Site& site) {
    return update(
        site,
        [](trust::Registry& registry) {
            registry = proven_registry();
            return Result<trust::Applied>(trust::Applied::changed);
        },
        true);
}

Result<> append_expiry(Site& site) {
    return update(site, [](trust::Registry& registry) -> Result<trust::Applied> {
        if (registry.chain() == nullptr) {  // In a random history another one may be there.
            return fail(error_because(ErrorCode::invalid_argument, "a registry without a chain"));
        }
        return registry.append(signed_by_root(registry.chain()->next_record(
            trust::RegistryExpiry{.at = Timestamp{1}}, Timestamp{1}, "")));
    });
}

Result<> put_registry(Site& site) {
    AION_TRY(pin(site, alice.value));
    return update(site, [](trust::Registry& registry) {
        registry = known_registry();
        return Result<trust::Applied>(trust::Applied::changed);
    });
}

// --- Keys and exports ----------------------------------------------------------------------------

Result<> export_to_file(Site& site, ByteView content, bool secret = false) {
    const std::array pieces{content};
    return done(write_file_atomically(site.env, site.exported(), pieces,
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
Result<> put_key(Site& site) {
    static const Bytes sealed = [] {
        const Bytes seed(crypto::SigningKey::seed_size, alices);
        const std::array<std::uint8_t, 12> nonce{3};
        return trust::seal_local_key(stored, seed, machine, nonce).value();
    }();
    AION_TRY(site.env.create_directories(site.keys().directory(), 0700));
    const std::array pieces{ByteView(sealed)};
    return done(write_file_atomically(site.env, site.keys().directory() / "author-1001.key", pieces,
                                      {.secret = true}));
}

// A copy whose header is damaged, and what follows from its versions, in another file.
Result<> put_damaged(Site& site) {
    AION_TRY(create(site, "rules: 0\n"));
    AION_TRY_ASSIGN(Bytes bytes, read_file(site.env, site.policy()));
    bytes[offsetof(format::HeaderRecord, created_at)] ^= 1U;
    const std::array pieces{ByteView(bytes)};
    return done(write_file_atomically(site.env, site.damaged(), pieces, {}));
}

Result<> repair(Site& site) {
    AION_TRY_ASSIGN(const auto planned,
                    policy::Repair::plan(site.env, site.damaged(), known_registry()));
    AION_TRY_ASSIGN(const Place place, locate_to_write(site.env, site.exported()));
    return done(
        write_file_atomically(site.env, place, planned.content(), {.replace = Replace::always}));
}

// An entry of whomever: what it is worth is nobody's business here.
Result<> attest_as(Site& site, std::uint64_t signer) {
    const attest::Entry entry{
        .attestation = {.signer = AuthorId{signer}, .public_key = {}, .signature = {}},
        .reserved = {}};
    return done(attest::add_to_file(
        site.env, site.attestations(),
        {.file = FileId{1}, .number = VersionNumber{1}, .hash = {}, .entry = entry}));
}

std::vector<Operation> make_operations() {
    const auto nothing = [](Site&) -> Result<> { return {}; };
    const auto a_file = [](Site& site) { return create(site, "rules: 0\n"); };
    const auto a_commit = [](Site& site) { return commit(site, "rules: later\n"); };
    const auto a_pin = [](Site& site) { return pin(site, 0x42); };
    const auto a_key = [](Site& site) { return put_key(site); };
    const auto another_key = [](Site& site) -> Result<> {
        if (site.keys().contains(fresh).value_or(false)) {
            AION_TRY(site.keys().load(fresh));  // using a key repairs its public half
        }
        return done(site.keys().generate(trust::KeyId{3003}));
    };
    const auto an_export = [](Site& site) { return export_to_file(site, as_bytes("later")); };
    const auto empty_log_folder = [](Site& site) {
        return done(site.env.create_directories(site.log(), 0755));
    };
    const auto a_log_entry = [](Site& site) { return append_to_log(site, 1000, 1001); };
    const auto large_and_a_file = [](Site& site) -> Result<> {
        AION_TRY(put_large(site));
        return create(site, "rules: 0\n");
    };
    const auto large_file = [](Site& site) -> Result<> {
        AION_TRY(put_large(site));
        return create_large(site);
    };
    return {
        {"create_large", put_large, create_large, a_commit, Cost::much_data},
        {"commit_large", large_and_a_file, commit_large, a_commit, Cost::much_data},
        {"commit_after_large", large_file, [](Site& site) { return commit(site, "rules: 1\n"); },
         a_commit, Cost::much_data},
        {"session_large", large_and_a_file, commit_large_in_session, a_commit, Cost::much_data},
        {"create", nothing, a_file, a_commit},
        {"create_force", a_file, [](Site& site) { return create(site, "rules: 1\n", true); },
         a_commit},
        {"commit", a_file, [](Site& site) { return commit(site, "rules: 1\n"); }, a_commit},
        {"session", a_file, commit_many, a_commit},
        {"repair", put_damaged, repair, an_export},
        {"attest_first", nothing, [](Site& site) { return attest_as(site, 1); },
         [](Site& site) { return attest_as(site, 3); }},
        {"attest", [](Site& site) { return attest_as(site, 1); },
         [](Site& site) { return attest_as(site, 2); },
         [](Site& site) { return attest_as(site, 3); }},
        {"layout_tag", put_layout, [](Site& site) { return tag(site, "v2"); },
         [](Site& site) { return tag(site, "v3"); }},
        {"log_create", empty_log_folder, [](Site& site) { return log_of(site).create(); },
         a_log_entry},
        {"log_append", put_log, [](Site& site) { return append_to_log(site, 250, 260); },
         a_log_entry},
        {"log_rotate", put_log, rotate_log, a_log_entry},
        {"registry_create", nothing, [](Site& site) { return pin(site, alice.value); }, a_pin},
        {"registry_pin", put_registry, [](Site& site) { return pin(site, 0x41); }, a_pin},
        {"registry_rotate", put_registry, [](Site& site) { return apply(site, rotation()); },
         a_pin},
        {"registry_revoke", put_registry, [](Site& site) { return apply(site, revocation()); },
         a_pin},
        {"registry_apply", put_registry,
         [](Site& site) {
             const auto record = trust::signed_record_from_json(trust::to_json(rotation()));
             return record ? apply(site, *record) : fail(record.error());
         },
         a_pin},
        {"registry_init", nothing, put_chain, put_chain},
        {"registry_record", put_chain, append_expiry, append_expiry},
        {"registry_export", nothing,
         [](Site& site) { return export_to_file(site, as_bytes(trust::to_json(revocation()))); },
         an_export},
        {"key_generate", nothing, [](Site& site) { return done(site.keys().generate(fresh)); },
         another_key, Cost::machine},
        {"key_import", a_key,
         [](Site& site) {
             return done(site.keys().import_key(fresh, container(), as_bytes(password)));
         },
         another_key, Cost::password},
        {"key_delete", a_key, [](Site& site) { return site.keys().remove(stored); }, another_key,
         Cost::machine},
        {"key_export", a_key,
         [](Site& site) -> Result<> {
             AION_TRY_ASSIGN(const Bytes sealed,
                             site.keys().export_key(stored, as_bytes(password)));
             return export_to_file(site, sealed, true);
         },
         an_export, Cost::password},
    };
}

bool is_temporary(std::string_view path) {
    const auto name = path.substr(path.rfind('/') + 1);
    return name.starts_with('.') && name.ends_with(".tmp");
}

bool counts(std::string_view path) {
    return !path.starts_with("/w/log/") || path == "/w/log/checkpoint";
}

}  // namespace

const std::vector<Operation>& operations() {
    static const std::vector<Operation> all = make_operations();
    return all;
}

Files files_of(const MemoryEnv& env) {
    Files files;
    for (const std::string& path : env.all_paths()) {
        if (!is_temporary(path) && !path.ends_with(".pub") && counts(path)) {
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

std::string wrong_with_policy(Site& site) {
    policy::VerifyOptions options;
    options.threads = 1;
    const auto opened = policy::open_verified(site.env, site.policy(), known_registry(), options);
    return opened ? "" : "policy: " + opened.error().message() + "\n";
}

std::string wrong_with_registry(Site& site) {
    const auto loaded = trust::Registry::load(site.env, site.registry());
    return loaded ? "" : "registry: " + loaded.error().full_message() + "\n";
}

std::string wrong_with_attestations(Site& site) {
    const auto read = attest::read_container(site.env, site.attestations());
    return read ? "" : "attestations: " + read.error().full_message() + "\n";
}

std::string wrong_with_layout(Site& site) {
    const auto layout = supply::OciLayout::open(site.env, site.layout());
    const auto report = layout ? supply::check_layout(**layout) : fail(layout.error());
    if (!report) {
        return "layout: " + report.error().full_message() + "\n";
    }
    return report->is_valid() ? "" : "layout: damaged\n";
}

std::string wrong_with_log(Site& site) {
    tlog::LogCheckOptions options;
    options.indexing = tlog::LogIndexing::none;
    options.threads = 1;
    const auto report = tlog::check_log(site.env, site.log(), options);
    if (!report) {
        return "log: " + report.error().full_message() + "\n";
    }
    return report->is_valid() ? "" : "log: damaged\n";
}

std::string wrong_with_keys(Site& site) {
    const auto listed = site.keys().list();
    if (!listed) {
        return "keys: " + listed.error().full_message() + "\n";
    }
    std::string wrong;
    for (const trust::KeyListing& listing : *listed) {
        // Opening a key takes longer than all else together; the same bytes open again.
        static std::set<Bytes> known_good;
        const auto bytes = read_file(site.env, listing.path);
        if (bytes && known_good.contains(*bytes)) {
            continue;
        }
        const auto key = site.keys().load(listing.id);
        wrong += key ? "" : "key: " + key.error().full_message() + "\n";
        if (bytes && key) {
            known_good.insert(*bytes);
        }
    }
    return wrong;
}

bool is_there(Site& site, const std::filesystem::path& path) {
    const auto info = site.env.info(path);
    return info && *info;
}

}  // namespace

std::string what_is_wrong(Site& site) {
    return (is_there(site, site.policy()) ? wrong_with_policy(site) : "") +
           (is_there(site, site.registry()) ? wrong_with_registry(site) : "") +
           (is_there(site, site.attestations()) ? wrong_with_attestations(site) : "") +
           (is_there(site, site.layout() / "index.json") ? wrong_with_layout(site) : "") +
           (is_there(site, site.log() / "checkpoint") ? wrong_with_log(site) : "") +
           wrong_with_keys(site);
}

MemorySite::MemorySite(std::uint64_t seed) : env(seed), site(env, "/w") {
    env.set_now(start);
    env.set_machine_id(std::string(machine));
    env.put_directory("/w");
}

std::unique_ptr<MemorySite> prepared(const Operation& operation) {
    auto made = std::make_unique<MemorySite>();
    const auto ready = operation.prepare(made->site);
    if (!ready) {
        throw std::runtime_error(operation.name + ": " + ready.error().full_message());
    }
    return made;
}

}  // namespace aion::test
