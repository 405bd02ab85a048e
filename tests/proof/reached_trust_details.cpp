// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_trust_details.hpp"

#include <string>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/trust/keystore.hpp"
#include "aion/trust/registry_chain.hpp"
#include "aion/trust/registry_record.hpp"
#include "proof/genuine.hpp"
#include "support/world.hpp"
#include "trust/key_container.hpp"

namespace aion::proof {
namespace {

using policy::test::key_from;
using trust::Registry;
using trust::TrustDetail;

constexpr AuthorId author{1};

std::string base64_key(std::uint8_t fill) {
    return to_base64(key_from(fill).public_half().view());
}

std::string epoch_json(std::uint32_t number, std::uint64_t from, const std::string& key,
                       const std::string& status = "active") {
    return R"({"epoch": )" + std::to_string(number) + R"(, "public_key": ")" + key +
           R"(", "active_from_version": )" + std::to_string(from) + R"(, "status": ")" + status +
           R"("})";
}

Result<Registry> registry_of(const std::string& epochs, const std::string& revocations = "",
                             int version = 1) {
    return Registry::from_json(R"({"version": )" + std::to_string(version) +
                               R"(, "authors": [{"author_id": 1, "master_key": ")" +
                               base64_key(master_fill) + R"(", "epochs": [)" + epochs +
                               R"(], "revocations": [)" + revocations + "]}]}");
}

// One author, whose first key is valid from version 5 on.
Registry small_registry() {
    return *registry_of(epoch_json(0, 5, base64_key(0x11)));
}

Outcome rotated(Registry registry, std::uint32_t from_epoch, std::uint32_t to_epoch,
                std::uint64_t from_version, AuthorId of = author) {
    crypto::SigningKey master = key_from(master_fill);
    const trust::RotationRecord record{.author = of,
                                       .from_epoch = {from_epoch},
                                       .to_epoch = {to_epoch},
                                       .to_public_key = key_from(0x12).public_half(),
                                       .effective_from = {from_version},
                                       .master_signature = {}};
    return outcome(registry.apply(*sign(record, master)));
}

Outcome revoked(Registry& registry, std::uint32_t epoch, std::uint64_t from) {
    crypto::SigningKey master = key_from(master_fill);
    const trust::RevocationRecord record{.author = author,
                                         .epoch = {epoch},
                                         .reason = trust::RevocationReason::retired,
                                         .effective_from = {from},
                                         .master_signature = {}};
    return outcome(registry.apply(*sign(record, master)));
}

Outcome record_with_key(const std::string& key) {
    return outcome(trust::signed_record_from_json(
        R"({"type": "aion.rotation.v1", "author_id": 1, "from_epoch": 0, "to_epoch": 1, )"
        R"("to_public_key": ")" +
        key + R"(", "effective_from_version": 9, "master_signature": ""})"));
}

// Of a registry's JSON.
Outcome provoke_by_json(TrustDetail detail) {
    const std::string first = epoch_json(0, 5, base64_key(0x11));
    const std::string revocation =
        R"({"epoch": 0, "reason": "Retired", "effective_from_version": 9})";
    switch (detail) {
        case TrustDetail::registry_no_epochs:
            return outcome(registry_of(""));
        case TrustDetail::registry_first_epoch:
            return outcome(registry_of(epoch_json(1, 5, base64_key(0x11))));
        case TrustDetail::registry_epoch_order:
            return outcome(registry_of(first + ", " + epoch_json(0, 6, base64_key(0x12))));
        case TrustDetail::registry_start_order:
            return outcome(registry_of(first + ", " + epoch_json(1, 5, base64_key(0x12))));
        case TrustDetail::registry_bad_key:
            return outcome(registry_of(epoch_json(0, 5, "AA==")));
        case TrustDetail::registry_bad_status:
            return outcome(registry_of(epoch_json(0, 5, base64_key(0x11), "odd")));
        case TrustDetail::registry_false_status:
            return outcome(registry_of(epoch_json(0, 5, base64_key(0x11), "rotated")));
        case TrustDetail::registry_mistyped_key:
            return outcome(registry_of(R"({"epoch": 0, "Status": "revoked"})"));
        case TrustDetail::registry_already_revoked:
            return outcome(registry_of(first, revocation + ", " + revocation));
        case TrustDetail::registry_file_version:
            return outcome(registry_of(first, "", 2));
        default:
            return outcome(registry_of(
                first, R"({"epoch": 0, "reason": "retired", "effective_from_version": 9})"));
    }
}

// Of what is asked of a registry.
Outcome provoke_by_change(TrustDetail detail) {
    Registry registry = small_registry();
    const PublicKey key = key_from(0x12).public_half();
    switch (detail) {
        case TrustDetail::registry_unknown_author:
            return rotated(registry, 0, 1, 9, AuthorId{2});
        case TrustDetail::registry_duplicate_author:
            return outcome(registry.pin(author, key, key));
        case TrustDetail::registry_unknown_epoch:
            return revoked(registry, 7, 9);
        case TrustDetail::rotation_wrong_source:
            return rotated(registry, 3, 1, 9);
        case TrustDetail::rotation_wrong_target:
            return rotated(registry, 0, 2, 9);
        case TrustDetail::rotation_after_the_last:
            return rotated(*registry_of(epoch_json(0, 5, base64_key(0x11)) + ", " +
                                        epoch_json(UINT32_MAX, 6, base64_key(0x13))),
                           UINT32_MAX, 0, 9);
        case TrustDetail::rotation_too_early:
            return rotated(registry, 0, 1, 4);
        default:
            return rotated(registry, 0, 1, 5);
    }
}

Outcome key_file_of(std::size_t size, std::string_view begin) {
    Bytes container(size);
    std::ranges::copy(as_bytes(begin), container.begin());
    return outcome(trust::check_local_container(container));
}

Outcome key_file_too_large() {
    MemoryEnv env;
    env.put("/keys/author-1.key", Bytes(5000));
    return outcome(trust::Keystore(env, "/keys").load(trust::KeyId{1}));
}

Outcome key_file_misnamed() {
    MemoryEnv env;
    env.put("/keys/author-01.key", Bytes(trust::local_container_size));
    return trust::Keystore(env, "/keys").list()->at(0).problem;
}

trust::RegistryRecord root_record() {
    return {.number = 0,
            .previous = {},
            .time = Timestamp{1},
            .reason = "begin",
            .facts = trust::RootRecord{.keys = {key_from(0x11).public_half()}, .threshold = 1},
            .signatures = {}};
}

// What decoding says of the record above with one byte changed.
Outcome decoded_with(std::size_t offset, std::uint8_t value) {
    Bytes bytes = encode(root_record());
    bytes.at(offset) = value;
    return outcome(trust::decode_record(bytes));
}

Outcome wrong_form(trust::RecordFacts facts) {
    trust::RegistryRecord record = root_record();
    record.facts = std::move(facts);
    return outcome(check_form(record));
}

// Of records of a chain, by themselves.
Outcome provoke_by_record(TrustDetail detail) {
    const PublicKey key = key_from(0x11).public_half();
    Bytes bytes = encode(root_record());
    switch (detail) {
        case TrustDetail::record_version:
            return decoded_with(4, 2);
        case TrustDetail::record_bad_kind:
            return decoded_with(5, 0);
        case TrustDetail::record_cut_off:
            bytes.pop_back();
            return outcome(trust::decode_record(bytes));
        case TrustDetail::record_surplus:
            bytes.push_back(0);
            return outcome(trust::decode_record(bytes));
        case TrustDetail::record_bad_code:
            return wrong_form(trust::EpochRevocation{
                .author = author, .epoch = {}, .reason = trust::RevocationReason{4}, .until = {}});
        case TrustDetail::record_bad_number:
            return wrong_form(trust::RootRecord{.keys = {key}, .threshold = 2});
        case TrustDetail::record_bad_count:
            return wrong_form(trust::RootRecord{.keys = {}, .threshold = 1});
        case TrustDetail::record_bad_order:
            return wrong_form(trust::RootRecord{.keys = {key, key}, .threshold = 1});
        case TrustDetail::record_bad_text:
            return wrong_form(trust::AuthorRenaming{.author = author, .name = "", .contact = "\n"});
        case TrustDetail::record_too_long:
            return wrong_form(trust::AuthorRenaming{
                .author = author, .name = "", .contact = std::string(trust::max_contact + 1, 'c')});
        default:
            return outcome(trust::check_author_name("12"));
    }
}

Outcome provoke_by_key_file(TrustDetail detail) {
    switch (detail) {
        case TrustDetail::key_file_too_small:
            return key_file_of(64, "AFKY\x01");
        case TrustDetail::key_file_too_large:
            return key_file_too_large();
        case TrustDetail::key_file_bad_magic:
            return key_file_of(65, "AKEY\x01");
        case TrustDetail::key_file_version:
            return key_file_of(65, "AFKY\x02");
        default:
            return key_file_misnamed();
    }
}

// What is wrong with a hybrid signature that has one byte changed, or another length.
Outcome hybrid_file_with(std::size_t offset, std::uint8_t value, std::size_t surplus = 0) {
    trust::SignedHybrid one;
    one.signature.post_quantum = Bytes(crypto::ml_dsa_65_signature_size);
    Bytes bytes = encode(one);
    bytes.at(offset) = value;
    bytes.resize(bytes.size() + surplus);
    return outcome(trust::decode_signed_hybrid(bytes));
}

Outcome provoke_by_hybrid(TrustDetail detail) {
    trust::HybridPublicKey key;
    trust::HybridSignature signature;
    crypto::SigningKey classical = key_from(0x11);
    key.classical = classical.public_half();
    signature.classical = *classical.sign(trust::hybrid_message({}));
    switch (detail) {
        case TrustDetail::hybrid_bad_size:
            return hybrid_file_with(0, 'A', 1);
        case TrustDetail::hybrid_bad_magic:
            return hybrid_file_with(0, 'a');
        case TrustDetail::hybrid_version:
            return hybrid_file_with(4, 2);
        case TrustDetail::hybrid_unknown_algorithm:
            return hybrid_file_with(5, 2);
        case TrustDetail::hybrid_algorithm_mismatch:
            signature.algorithm = trust::HybridAlgorithm{2};
            return outcome(trust::verify(key, {}, signature));
        case TrustDetail::hybrid_signature_too_long:
            signature.post_quantum.resize(crypto::ml_dsa_65_signature_size + 1);
            return outcome(trust::verify(key, {}, signature));
        default:
            return outcome(trust::verify(key, {}, signature));
    }
}

// --- Chains -------------------------------------------------------------------------------------

constexpr std::uint8_t root_fill = 0x31;
constexpr std::uint8_t first_fill = 0x33;

trust::RegistryRecord signed_with(trust::RegistryRecord record, std::uint8_t fill) {
    crypto::SigningKey key = key_from(fill);
    static_cast<void>(sign(record, key));
    return record;
}

trust::RegistryRecord begin_of_chain() {
    trust::RegistryRecord record = root_record();
    record.facts = trust::RootRecord{.keys = {key_from(root_fill).public_half()}, .threshold = 1};
    return signed_with(record, root_fill);
}

trust::AuthorRegistration registration_of(AuthorId id, std::uint8_t fill) {
    return {.author = id,
            .name = "somebody",
            .contact = "",
            .master_key = key_from(master_fill).public_half(),
            .operational_key = key_from(fill).public_half(),
            .active_from = VersionNumber{5}};
}

// The record that is next in `chain`, signed by its root.
trust::RegistryRecord next_in(const trust::RegistryChain& chain, trust::RecordFacts facts) {
    return signed_with(chain.next_record(std::move(facts), Timestamp{2}, ""), root_fill);
}

// A root, then an author whose first epoch is revoked.
trust::RegistryChain small_chain() {
    auto chain = *trust::RegistryChain::replay({begin_of_chain()});
    for (const trust::RecordFacts& facts :
         {trust::RecordFacts(registration_of(author, first_fill)),
          trust::RecordFacts(
              trust::EpochRevocation{.author = author,
                                     .epoch = {},
                                     .reason = trust::RevocationReason::retired,
                                     .until = {.unlisted = VersionNumber{9}, .listed = {}}})}) {
        static_cast<void>(chain.append(next_in(chain, facts)));
    }
    return chain;
}

Outcome appended(trust::RecordFacts facts) {
    auto chain = small_chain();
    return outcome(chain.append(next_in(chain, std::move(facts))));
}

// An end that is made earlier, version by version, until that is refused.
Outcome tightened_too_often() {
    auto chain = small_chain();
    const auto end_at = [](std::uint64_t version) {
        return trust::Bound{.unlisted = VersionNumber{version}, .listed = {}};
    };
    const trust::EndExtension later{
        .author = author, .epoch = {}, .end = trust::EpochEnd::revocation, .until = end_at(1'000)};
    auto refused = outcome(chain.append(next_in(chain, later)));
    for (std::uint64_t version = 999; !refused && version > 900; --version) {
        const trust::EndTightening earlier{.author = author,
                                           .epoch = {},
                                           .end = trust::EpochEnd::revocation,
                                           .until = end_at(version)};
        refused = outcome(chain.append(next_in(chain, earlier)));
    }
    return refused;
}

// As many epochs as there may be, and one more.
Outcome rotated_too_often() {
    trust::RegistryChain chain = small_chain();
    std::vector<trust::RegistryRecord> records;
    trust::RegistryRecord next = chain.next_record(trust::RegistryExpiry(), Timestamp{2}, "");
    for (std::uint32_t epoch = 0; epoch < trust::max_chain_epochs; ++epoch) {
        Bytes seed(crypto::SigningKey::seed_size, 0x77);
        seed[0] = static_cast<std::uint8_t>(epoch);
        seed[1] = static_cast<std::uint8_t>(epoch >> 8U);
        next.facts = trust::EpochRotation{
            .author = author,
            .from_epoch = Epoch{epoch},
            .to_public_key = crypto::SigningKey::from_seed(seed)->public_half(),
            .until = {.unlisted = VersionNumber{0}, .listed = {}}};
        records.push_back(signed_with(next, root_fill));
        next.previous = next.hash();
        ++next.number;
    }
    return outcome(chain.append(records));
}

// The same post-quantum key for two authors, or two for one.
Outcome bound_twice(TrustDetail detail) {
    trust::RegistryChain chain = small_chain();
    constexpr AuthorId other{2};
    auto second = registration_of(other, 0x34);
    second.name = "";
    trust::HybridBinding binding{
        .author = author, .epoch = {}, .key = Bytes(crypto::ml_dsa_65_public_key_size)};
    for (const trust::RecordFacts& facts :
         {trust::RecordFacts(second), trust::RecordFacts(binding)}) {
        static_cast<void>(chain.append(next_in(chain, facts)));
    }
    if (detail == TrustDetail::chain_hybrid_used) {
        binding.author = other;
    }
    return outcome(chain.append(next_in(chain, binding)));
}

// What is wrong with a record by what it says.
Outcome provoke_by_facts(TrustDetail detail) {
    const trust::Bound until{.unlisted = VersionNumber{9}, .listed = {}};
    switch (detail) {
        case TrustDetail::chain_key_used: {
            auto registration = registration_of(AuthorId{2}, first_fill);
            registration.name = "";
            return appended(registration);
        }
        case TrustDetail::chain_name_used:
            return appended(registration_of(AuthorId{2}, 0x34));
        case TrustDetail::chain_already_revoked:
            return appended(trust::EpochRevocation{.author = author,
                                                   .epoch = {},
                                                   .reason = trust::RevocationReason::retired,
                                                   .until = until});
        case TrustDetail::chain_no_such_end:
            return appended(trust::EndExtension{
                .author = author, .epoch = {}, .end = trust::EpochEnd::rotation, .until = until});
        case TrustDetail::chain_not_tighter:
            return appended(trust::EndTightening{
                .author = author, .epoch = {}, .end = trust::EpochEnd::revocation, .until = until});
        case TrustDetail::chain_too_many_epochs:
            return rotated_too_often();
        case TrustDetail::chain_too_many_bounds:
            return tightened_too_often();
        case TrustDetail::chain_hybrid_bound:
        case TrustDetail::chain_hybrid_used:
            return bound_twice(detail);
        default:
            return appended(
                trust::EpochRotation{.author = author,
                                     .from_epoch = {},
                                     .to_public_key = key_from(0x34).public_half(),
                                     .until = {.unlisted = VersionNumber{5}, .listed = {}}});
    }
}

Outcome registry_with(const std::string& from, const std::string& to) {
    std::string text = Registry::from_chain(small_chain()).to_json();
    text.replace(text.find(from), from.size(), to);
    return outcome(Registry::from_json(text));
}

// What is wrong with where a record stands, or with who signed it.
Outcome provoke_by_chain(TrustDetail detail) {
    auto chain = small_chain();
    trust::RegistryRecord next = chain.next_record(trust::RegistryExpiry(), Timestamp{2}, "");
    switch (detail) {
        case TrustDetail::registry_projection_differs:
            return registry_with("\"active_from_version\": 5", "\"active_from_version\": 6");
        case TrustDetail::chain_bad_base64:
            return registry_with("\"chain\": [\n    \"", "\"chain\": [\n    \"!");
        case TrustDetail::chain_no_root:
            return outcome(trust::RegistryChain::replay({}));
        case TrustDetail::chain_wrong_number:
            next.number = 7;
            return outcome(chain.append(signed_with(next, root_fill)));
        case TrustDetail::chain_wrong_previous:
            next.previous = {};
            return outcome(chain.append(signed_with(next, root_fill)));
        case TrustDetail::chain_foreign_signature:
            return outcome(chain.append(signed_with(next, first_fill)));
        case TrustDetail::chain_signatures_missing:
            return outcome(chain.append(next));
        default:
            return provoke_by_facts(detail);
    }
}

}  // namespace

Outcome provoke(TrustDetail detail) {
    switch (detail) {
        case TrustDetail::registry_no_epochs:
        case TrustDetail::registry_first_epoch:
        case TrustDetail::registry_epoch_order:
        case TrustDetail::registry_start_order:
        case TrustDetail::registry_bad_key:
        case TrustDetail::registry_bad_status:
        case TrustDetail::registry_false_status:
        case TrustDetail::registry_mistyped_key:
        case TrustDetail::registry_already_revoked:
        case TrustDetail::registry_file_version:
        case TrustDetail::revocation_bad_reason:
            return provoke_by_json(detail);
        case TrustDetail::registry_unknown_author:
        case TrustDetail::registry_duplicate_author:
        case TrustDetail::registry_unknown_epoch:
        case TrustDetail::rotation_wrong_source:
        case TrustDetail::rotation_wrong_target:
        case TrustDetail::rotation_after_the_last:
        case TrustDetail::rotation_too_early:
        case TrustDetail::rotation_leaves_nothing:
            return provoke_by_change(detail);
        case TrustDetail::revocation_unknown_code:
            return outcome(trust::revocation_reason_from_code(7));
        case TrustDetail::revocation_unknown_name:
            return outcome(trust::revocation_reason_from_name("retired"));
        case TrustDetail::record_bad_type:
            return outcome(trust::signed_record_from_json(R"({"type": "aion.rotation.v2"})"));
        case TrustDetail::record_bad_base64:
            return record_with_key("!");
        case TrustDetail::record_bad_size:
            return record_with_key("AA==");
        case TrustDetail::record_version:
        case TrustDetail::record_bad_kind:
        case TrustDetail::record_cut_off:
        case TrustDetail::record_surplus:
        case TrustDetail::record_bad_code:
        case TrustDetail::record_bad_number:
        case TrustDetail::record_bad_count:
        case TrustDetail::record_bad_order:
        case TrustDetail::record_bad_text:
        case TrustDetail::record_too_long:
        case TrustDetail::author_bad_name:
            return provoke_by_record(detail);
        case TrustDetail::registry_projection_differs:
        case TrustDetail::chain_bad_base64:
        case TrustDetail::chain_no_root:
        case TrustDetail::chain_wrong_number:
        case TrustDetail::chain_wrong_previous:
        case TrustDetail::chain_foreign_signature:
        case TrustDetail::chain_signatures_missing:
        case TrustDetail::chain_key_used:
        case TrustDetail::chain_name_used:
        case TrustDetail::chain_already_revoked:
        case TrustDetail::chain_no_such_end:
        case TrustDetail::chain_not_tighter:
        case TrustDetail::chain_too_many_epochs:
        case TrustDetail::chain_too_many_bounds:
        case TrustDetail::chain_leaves_nothing:
        case TrustDetail::chain_hybrid_bound:
        case TrustDetail::chain_hybrid_used:
            return provoke_by_chain(detail);
        case TrustDetail::key_file_too_small:
        case TrustDetail::key_file_too_large:
        case TrustDetail::key_file_bad_magic:
        case TrustDetail::key_file_version:
        case TrustDetail::key_file_misnamed:
            return provoke_by_key_file(detail);
        case TrustDetail::hybrid_bad_size:
        case TrustDetail::hybrid_bad_magic:
        case TrustDetail::hybrid_version:
        case TrustDetail::hybrid_unknown_algorithm:
        case TrustDetail::hybrid_algorithm_mismatch:
        case TrustDetail::hybrid_signature_too_long:
        case TrustDetail::hybrid_post_quantum_invalid:
            return provoke_by_hybrid(detail);
        // Written to be read as it was: only a fault of the library brings it about.
        case TrustDetail::registry_not_the_same:
            break;
    }
    return std::nullopt;
}

}  // namespace aion::proof
