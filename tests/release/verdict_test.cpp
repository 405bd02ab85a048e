// SPDX-License-Identifier: MIT OR Apache-2.0
// Verdicts on releases: every gate has a change that makes it, and it alone, fail; and everything
// that the reference lets pass is refused.
#include "aion/release/verdict.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "aion/supply/oci.hpp"
#include "aion/tlog/registry_entries.hpp"
#include "release/release_world.hpp"
#include "support/chain_world.hpp"
#include "tlog/small_log.hpp"

namespace aion::release {
namespace {

using policy::GateState;
using test::alice;
using test::alices;
using test::artifact_of;
using test::bob;
using test::bobs;
using test::content_of;
using test::key_of;
using test::ok;
using test::public_of;
using test::ReleaseWorld;
using World = ReleaseWorld;

std::vector<std::string> names(const std::vector<Gate>& gates) {
    std::vector<std::string> found;
    for (const Gate gate : gates) {
        found.emplace_back(name_of(gate));
    }
    return found;
}

using Names = std::vector<std::string>;

Names failed(World& world, const JudgeOptions& options = {}) {
    const ReleaseReport report = world.verdict(options);
    EXPECT_EQ(report.is_valid(),
              report.failed().empty() && report.at(Gate::artifacts).state == GateState::passed);
    return names(report.failed());
}

std::string reason(World& world, Gate gate, const JudgeOptions& options = {}) {
    return world.verdict(options).at(gate).reason;
}

void replace(std::string& text, std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    text.replace(at, what.size(), by);
}

// As whoever has the signer's key would make it, or the same with other types and keys.
supply::Envelope enveloped(std::string_view type, std::string_view payload, AuthorId author = alice,
                           std::uint8_t key = alices) {
    return ok(supply::sign_envelope(type, as_bytes(payload), author, key_of(key)));
}

TEST(ReleaseVerdict, AWholeReleaseIsValid) {
    World world;
    const ReleaseReport report = world.verdict();
    EXPECT_TRUE(report.is_valid());
    EXPECT_EQ(names(report.failed()), Names());
    EXPECT_EQ(report.signer, alice);
    EXPECT_EQ(report.version, VersionNumber{3});
    EXPECT_EQ(report.epoch, Epoch{0});
    EXPECT_EQ(report.model.name, "heron");
    EXPECT_EQ(report.files, 2U);
    for (const GateResult& gate : report.gates) {
        EXPECT_EQ(gate.state == GateState::passed, gate.gate != Gate::log) << name_of(gate.gate);
    }
}

TEST(ReleaseVerdict, TheReferencesReleaseIsValidAndItsLooseEndsAreNamed) {
    const auto data = [](const char* name) {
        std::ifstream file(std::string(AION_TEST_DATA "/supply/bundle/") + name, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    World world;
    world.env.put(World::path(primary_name), as_bytes(data("primary.bin")));
    world.registry = ok(trust::Registry::from_json(data("registry.json")));
    world.bundle = ok(bundle_from_json(data("release.json")));
    const ReleaseReport report = world.verdict();
    EXPECT_TRUE(report.is_valid()) << testing::PrintToString(names(report.failed()));
    EXPECT_EQ(report.version, VersionNumber{7});
    EXPECT_EQ(report.at(Gate::binding).state, GateState::skipped);
    EXPECT_NE(report.at(Gate::binding).reason.find("could be mixed"), std::string::npos);
    EXPECT_EQ(report.at(Gate::log).state, GateState::skipped);
    EXPECT_EQ(failed(world, {.require_binding = true}), Names{"binding"});
}

TEST(ReleaseVerdict, WithoutItsFilesNothingIsValid) {
    const World world;
    const ReleaseReport report = judge_release(world.bundle, world.registry);
    EXPECT_EQ(names(report.failed()), Names());
    EXPECT_FALSE(report.is_valid());
    EXPECT_EQ(report.at(Gate::artifacts).reason, "no file was looked at");
}

// --- one gate at a time --------------------------------------------------------------------------

TEST(ReleaseGate, Signer) {
    World world;
    world.registry = {};
    EXPECT_EQ(failed(world), Names{"signer"});
    EXPECT_EQ(reason(world, Gate::signer),
              "author 1001 at version 3: the registry does not have this author");
    EXPECT_TRUE(world.registry.pin(alice, public_of(test::masters), public_of(bobs)).has_value());
    EXPECT_EQ(failed(world), Names{"signer"}) << "another key of that author";
    EXPECT_EQ(reason(world, Gate::signer), "the key is not that of author 1001 at version 3");
}

TEST(ReleaseGate, SignerAtTheReleasesOwnVersion) {
    World world;
    auto master = aion::test::key_from(test::masters);
    const auto rotation = ok(trust::sign(trust::RotationRecord{.author = alice,
                                                               .from_epoch = Epoch{0},
                                                               .to_epoch = Epoch{1},
                                                               .to_public_key = public_of(0x12),
                                                               .effective_from = VersionNumber{5},
                                                               .master_signature = {}},
                                         master));
    EXPECT_TRUE(world.registry.apply(rotation).has_value());
    EXPECT_EQ(failed(world), Names()) << "it is of version 3";
    EXPECT_EQ(failed(world, {.at_version = VersionNumber{4}}), Names());
    EXPECT_EQ(failed(world, {.at_version = VersionNumber{10}}), Names{"signer"});
    world.content.aibom.created_at_version = 7;
    world.bundle = World::sealed(world.content);
    EXPECT_EQ(failed(world), Names{"signer"}) << "the old key seals a newer version";
    EXPECT_EQ(failed(world, {.at_version = VersionNumber{1}}), Names{"signer"})
        << "no version that is asked about helps";
}

TEST(ReleaseGate, SignerWhoseKeyWasRevokedLater) {
    World world;
    auto master = aion::test::key_from(test::masters);
    const auto revocation =
        ok(trust::sign(trust::RevocationRecord{.author = alice,
                                               .epoch = Epoch{0},
                                               .reason = trust::RevocationReason::compromised,
                                               .effective_from = VersionNumber{5},
                                               .master_signature = {}},
                       master));
    EXPECT_TRUE(world.registry.apply(revocation).has_value());
    EXPECT_EQ(failed(world), Names{"signer"}) << "whoever stole it would say version 3, too";
}

TEST(ReleaseGate, SignerWhoseKeyWasEndedBehindTheReleaseInALog) {
    using policy::test::bound;
    for (const trust::RecordFacts& end :
         {trust::RecordFacts(policy::test::stolen(bound(0))),
          trust::RecordFacts(policy::test::stolen(bound(100))),
          trust::RecordFacts(policy::test::handed_over(bound(0)))}) {
        World world;
        trust::RegistryChain chain = policy::test::chain_of_three();
        policy::test::add(chain, end);
        tlog::test::SmallLog early;
        tlog::test::SmallLog late;
        late.append(*tlog::entry_of(chain.records().back()));
        for (const Bytes& entry : entries_of(world.bundle, VersionNumber{3})) {
            early.append(entry);
            late.append(entry);
        }
        early.append(*tlog::entry_of(chain.records().back()));
        world.registry = trust::Registry::from_chain(std::move(chain));
        EXPECT_EQ(failed(world), Names{"signer"});
        const auto by = [&](tlog::test::SmallLog& log) {
            tlog::LogOrderReader reader(tlog::LogPolicy::of(log.key()));
            for (std::uint64_t i = 0; i < log.entries.size(); ++i) {
                EXPECT_TRUE(reader.add_proof(log.proof_of(i), logged_kinds).has_value());
            }
            const ReleaseReport report = world.verdict({.log = &reader});
            EXPECT_EQ(report.leans_on_log, report.is_valid());
            return names(report.failed());
        };
        EXPECT_EQ(by(early), Names());
        set_logged(world.bundle, std::array<std::uint64_t, 3>{1, 2, 3});
        EXPECT_EQ(by(late), Names{"signer"});
    }
}

TEST(ReleaseGate, ManifestSignature) {
    World world;
    world.bundle.manifest_signature.signature.bytes[5] ^= 1;
    EXPECT_EQ(failed(world), Names{"manifest_signature"});
}

TEST(ReleaseGate, ManifestEnvelope) {
    World world;
    world.bundle.manifest_envelope.signatures[0].signature[5] ^= 1;
    EXPECT_EQ(failed(world), Names{"manifest_envelope"});
}

TEST(ReleaseGate, AibomEnvelope) {
    World world;
    world.bundle.aibom_envelope.signatures[0].signature[5] ^= 1;
    world.remake_oci();
    EXPECT_EQ(failed(world), Names{"aibom_envelope"});
}

TEST(ReleaseGate, ProvenanceEnvelope) {
    World world;
    world.bundle.provenance_envelope = enveloped("text/plain", world.bundle.provenance);
    world.remake_oci();
    EXPECT_EQ(failed(world), Names{"provenance_envelope"}) << "the signer's, of another type";
    EXPECT_EQ(reason(world, Gate::provenance_envelope),
              "its payload is of type 'text/plain' instead of 'application/vnd.in-toto+json'");
}

TEST(ReleaseGate, Manifest) {
    World world;
    const auto other = ok(supply::Manifest::make(
        {artifact_of("heron.gguf", "weights"), artifact_of("tokenizer.json", "{\"v\":2}")}));
    world.bundle.manifest = other.canonical_bytes();
    world.bundle.manifest_signature = ok(supply::sign_manifest(other, alice, key_of(alices)));
    world.remake_oci();
    EXPECT_EQ(failed(world), Names{"manifest"})
        << "signed as well, but not the one in the envelope";
}

TEST(ReleaseGate, Aibom) {
    World world;
    replace(world.bundle.aibom, R"("spdx_id":"Apache-2.0")", R"("spdx_id":"MIT")");
    EXPECT_EQ(failed(world), Names{"aibom"});
    EXPECT_EQ(reason(world, Gate::aibom), "what is shown is not what is signed");
}

TEST(ReleaseGate, Provenance) {
    World world;
    replace(world.bundle.provenance, "https://ci.example/1", "https://ci.example/2");
    EXPECT_EQ(failed(world), Names{"provenance"});
}

TEST(ReleaseGate, Model) {
    World world;
    replace(world.bundle.model_ref, R"("name":"heron")", R"("name":"egret")");
    EXPECT_EQ(failed(world), Names{"model"});
}

TEST(ReleaseGate, ModelThatWasAskedFor) {
    World world;
    EXPECT_EQ(failed(world, {.model = "heron", .model_version = "1.0"}), Names());
    EXPECT_EQ(failed(world, {.model = "egret"}), Names{"model"});
    EXPECT_EQ(failed(world, {.model_version = "1.1"}), Names{"model"});
}

TEST(ReleaseGate, Subjects) {
    World world;
    supply::Provenance provenance =
        ok(supply::provenance_of(ok(supply::Statement::from_json(world.bundle.provenance))));
    world.bundle.provenance =
        ok(supply::make_provenance(std::span(world.content.manifest.artifacts()).first(1),
                                   provenance))
            .json();
    world.bundle.provenance_envelope = enveloped(supply::statement_type, world.bundle.provenance);
    world.remake_oci();
    EXPECT_EQ(failed(world), Names{"subjects"});
    EXPECT_EQ(reason(world, Gate::subjects), "it is about 1 of 2 artefacts");
}

TEST(ReleaseGate, Binding) {
    World world;
    Content other = world.content;
    other.aibom.licenses.front().spdx_id = "MIT";
    const Bundle mixed_in = World::sealed(other);
    world.bundle.aibom = mixed_in.aibom;
    world.bundle.aibom_envelope = mixed_in.aibom_envelope;
    world.remake_oci();
    EXPECT_EQ(failed(world), Names{"binding"})
        << "the bill of another release of the same files by the same signer";
}

TEST(ReleaseGate, Oci) {
    for (std::string Bundle::* const part :
         {&Bundle::oci_primary, &Bundle::oci_aibom, &Bundle::oci_provenance}) {
        World world;
        replace(world.bundle.*part, R"("size":)", R"("size":1)");
        EXPECT_EQ(failed(world), Names{"oci"});
    }
}

TEST(ReleaseGate, Log) {
    World world;
    world.bundle.log_entries[1].kind = 5;
    EXPECT_EQ(failed(world), Names{"log"});
    EXPECT_EQ(reason(world, Gate::log), "entry 1 is of kind 5 instead of dsse_envelope");
    world.bundle.log_entries = {{2, 0}, {6, 0}, {5, 1}};
    EXPECT_EQ(reason(world, Gate::log), "two entries have the index 0");
    world.bundle.log_entries.pop_back();
    EXPECT_EQ(failed(world), Names{"log"});
    EXPECT_EQ(reason(world, Gate::log), "there are 2 entries instead of 3");
}

TEST(ReleaseGate, LogWithoutTheEntries) {
    World world;
    tlog::test::SmallLog small(2);
    for (const Bytes& entry : entries_of(world.bundle, VersionNumber{3})) {
        small.append(entry);
    }
    const auto reader_of = [&](std::initializer_list<std::uint64_t> proofs) {
        auto reader = std::make_unique<tlog::LogOrderReader>(tlog::LogPolicy::of(small.key()));
        for (const std::uint64_t index : proofs) {
            EXPECT_TRUE(reader->add_proof(small.proof_of(index), logged_kinds).has_value());
        }
        return reader;
    };
    const auto all = reader_of({2, 3, 4});
    EXPECT_EQ(failed(world, {.log = all.get()}), Names{"log"}) << "it says 0, 1, 2";
    set_logged(world.bundle, std::array<std::uint64_t, 3>{2, 3, 4});
    EXPECT_EQ(failed(world, {.log = all.get()}), Names());
    EXPECT_EQ(world.verdict({.log = all.get()}).at(Gate::log).state, GateState::passed);
    const auto some = reader_of({2, 4});
    EXPECT_EQ(failed(world, {.log = some.get()}), Names{"log"});
    EXPECT_EQ(reason(world, Gate::log, {.log = some.get()}),
              "the log does not have its dsse_envelope");
}

TEST(ReleaseGate, Artifacts) {
    World world;
    world.env.put(World::path(primary_name), as_bytes("weighty"));
    EXPECT_EQ(failed(world), Names{"artifacts"});
    EXPECT_EQ(reason(world, Gate::artifacts), "1 file is not as the manifest says");
    world.drop(primary_name);
    ReleaseReport report = world.verdict();
    ASSERT_EQ(report.differences.size(), 1U);
    EXPECT_EQ(report.differences[0].finding, supply::ArtifactFinding::missing);
    world.env.put(World::path(primary_name), as_bytes("weights"));
    for (const char* const name : {"artifacts/other", "artifacts/heron.gguf"}) {
        world.env.put(World::path(name), as_bytes("extra"));
        report = world.verdict();
        ASSERT_EQ(report.differences.size(), 1U) << name;
        EXPECT_EQ(report.differences[0].finding, supply::ArtifactFinding::extra);
        world.drop(name);
    }
    world.drop("artifacts/tokenizer.json");
    EXPECT_EQ(failed(world), Names{"artifacts"});
}

TEST(ReleaseGate, ArtifactsAreNotLookedAtByNamesThatNobodyVouchesFor) {
    World world;
    world.registry = {};
    world.env.put(World::path(primary_name), as_bytes("weighty"));
    const ReleaseReport report = world.verdict();
    EXPECT_EQ(report.at(Gate::artifacts).state, GateState::skipped);
    EXPECT_FALSE(report.is_valid());
}

// --- what the reference accepts ------------------------------------------------------------------

struct Accepted {
    const char* what;
    std::function<void(World&)> change;
};

class AcceptedByTheReference : public testing::TestWithParam<Accepted> {};

TEST_P(AcceptedByTheReference, IsRefused) {
    World world;
    world.bundle = World::sealed(world.content, SealForm::reference);
    ASSERT_EQ(failed(world), Names());
    GetParam().change(world);
    EXPECT_NE(failed(world), Names()) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Spec, AcceptedByTheReference,
    testing::ValuesIn(std::vector<Accepted>{
        {"the model is another",
         [](World& world) { world.env.put(World::path(primary_name), as_bytes("other")); }},
        {"the model is gone", [](World& world) { world.drop(primary_name); }},
        {"licences emptied",
         [](World& world) {
             replace(world.bundle.aibom,
                     R"({"spdx_id":"Apache-2.0","scope":"Combined","text_uri":null})", "");
         }},
        {"the model renamed in the bill",
         [](World& world) {
             replace(world.bundle.aibom, R"("name":"heron")", R"("name":"egret")");
         }},
        {"another version in the bill",
         [](World& world) {
             replace(world.bundle.aibom, R"("created_at_version":3)", R"("created_at_version":2)");
         }},
        {"another schema",
         [](World& world) { replace(world.bundle.aibom, "aion.aibom.v1", "aion.aibom.v9"); }},
        {"another builder",
         [](World& world) { replace(world.bundle.provenance, "ci.example/1", "ci.example/2"); }},
        {"another statement type",
         [](World& world) { replace(world.bundle.provenance, "Statement/v1", "Statement/v0"); }},
        {"no subjects",
         [](World& world) {
             const std::size_t begin = world.bundle.provenance.find(R"("subject":[)") + 11;
             const std::size_t end = world.bundle.provenance.find(R"(],"predicateType")");
             world.bundle.provenance.erase(begin, end - begin);
         }},
        {"another subject name",
         [](World& world) {
             replace(world.bundle.provenance, "tokenizer.json", "tokenizer.jsoN");
         }},
        {"another model_ref",
         [](World& world) {
             replace(world.bundle.model_ref, R"("version":"1.0")", R"("version":"2.0")");
         }},
        {"another signer", [](World& world) { world.bundle.signer = bob; }},
        {"envelopes of another release",
         [](World& world) {
             const Bundle other =
                 World::sealed(content_of({artifact_of("x", "other")}), SealForm::reference);
             world.bundle.manifest_envelope = other.manifest_envelope;
             world.bundle.aibom_envelope = other.aibom_envelope;
             world.bundle.provenance_envelope = other.provenance_envelope;
         }},
        {"envelopes of another author",
         [](World& world) {
             const Bundle other = World::sealed(world.content, SealForm::reference, bob, bobs);
             world.bundle.manifest_envelope = other.manifest_envelope;
             world.bundle.aibom_envelope = other.aibom_envelope;
             world.bundle.provenance_envelope = other.provenance_envelope;
             world.remake_oci();
         }},
        {"one envelope three times",
         [](World& world) {
             world.bundle.aibom_envelope = world.bundle.manifest_envelope;
             world.bundle.provenance_envelope = world.bundle.manifest_envelope;
         }},
        {"the manifest signed by one author, the rest by another",
         [](World& world) {
             world.bundle.manifest_signature =
                 ok(supply::sign_manifest(world.content.manifest, bob, key_of(bobs)));
         }},
        {"another OCI graph, consistent in itself",
         [](World& world) {
             replace(world.bundle.oci_primary, "context.v2", "context.v3");
             const auto subject =
                 supply::describe_bytes(supply::oci_manifest_type, world.bundle.oci_primary);
             for (std::string* const about :
                  {&world.bundle.oci_aibom, &world.bundle.oci_provenance}) {
                 *about = supply::to_json(
                     supply::make_referrer("x/y", supply::describe_bytes("x/y", "z"), subject));
             }
         }},
        {"a place in a log twice", [](World& world) { world.bundle.log_entries[2].index = 1; }},
        {"a second signature under the same keyid",
         [](World& world) {
             world.bundle.manifest_envelope.signatures.push_back(
                 {.keyid = "aion:author:1001", .signature = Bytes(64, 7)});
         }},
        {"the signature again under another spelling",
         [](World& world) {
             auto& signatures = world.bundle.manifest_envelope.signatures;
             signatures.push_back(signatures.front());
             signatures.back().keyid = "aion:author:01001";
         }},
        {"the only keyid in another spelling",
         [](World& world) {
             world.bundle.manifest_envelope.signatures.front().keyid = "aion:author:+1001";
         }},
    }));

TEST(AcceptedByTheReferenceElsewhere, OneReleaseOfTwo) {
    World world;
    const Bundle other = World::sealed(content_of(
        {artifact_of("heron.gguf", "weights"), artifact_of("tokenizer.json", "{\"v\":1}")}, "1.1"));
    const Bundle mine = world.bundle;
    // Every part, or pair of a document and its envelope, that can be of either.
    const std::vector<std::function<void(Bundle&)>> parts = {
        [&](Bundle& b) { b.model_ref = other.model_ref; },
        [&](Bundle& b) { b.aibom = other.aibom; },
        [&](Bundle& b) { b.aibom_envelope = other.aibom_envelope; },
        [&](Bundle& b) { b.provenance = other.provenance; },
        [&](Bundle& b) { b.provenance_envelope = other.provenance_envelope; },
        [&](Bundle& b) { b.oci_aibom = other.oci_aibom; },
        [&](Bundle& b) { b.oci_provenance = other.oci_provenance; }};
    int refused = 0;
    for (std::uint32_t which = 1; which + 1 < 1U << parts.size(); ++which) {
        world.bundle = mine;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if ((which >> i & 1U) != 0) {
                parts[i](world.bundle);
            }
        }
        const bool is_other = world.bundle == other;
        EXPECT_EQ(judge_release(world.bundle, world.registry).failed().empty(), is_other) << which;
        refused += is_other ? 0 : 1;
    }
    EXPECT_EQ(refused, 126);
}

TEST(ReleaseVerdict, ManyFilesEntriesAndSignatures) {
    World world;
    constexpr std::size_t many = 20'000;
    std::vector<supply::Artifact> artifacts;
    for (std::size_t i = 0; i < many; ++i) {
        artifacts.push_back(artifact_of("part-" + std::to_string(i), "same"));
    }
    world.bundle = World::sealed(content_of(std::move(artifacts)));
    const Bundle read = ok(bundle_from_json(to_json(world.bundle)));
    EXPECT_EQ(names(judge_release(read, world.registry).failed()), Names());
    world.bundle.log_entries.assign(10 * many, {.kind = 2, .index = 7});
    auto& signatures = world.bundle.aibom_envelope.signatures;
    signatures.assign(10 * many, signatures.front());
    const ReleaseReport report =
        judge_release(ok(bundle_from_json(to_json(world.bundle))), world.registry);
    EXPECT_EQ(names(report.failed()), (Names{"aibom_envelope", "oci", "log"}));
    EXPECT_EQ(report.at(Gate::aibom_envelope).reason,
              "it has 200000 signatures, and a release has one signer");
}

// Places in a log are looked up there, and without a log are only numbers.
bool is_only_elsewhere_in_log(Bundle changed, const Bundle& bundle) {
    std::set<std::uint64_t> places;
    for (std::size_t i = 0; i < changed.log_entries.size(); ++i) {
        if (changed.log_entries[i].kind != bundle.log_entries[i].kind ||
            !places.insert(changed.log_entries[i].index).second) {
            return false;
        }
    }
    changed.log_entries = bundle.log_entries;
    return changed == bundle;
}

TEST(ReleaseVerdict, NoByteOfTheDocumentCanBeAnother) {
    World world;
    ASSERT_TRUE(world.verdict().is_valid());
    const std::string text = to_json(world.bundle);
    std::size_t read = 0;
    for (std::size_t i = 0; i < text.size(); i += 7) {
        std::string other = text;
        other[i] = static_cast<char>(other[i] ^ 1);
        const auto bundle = bundle_from_json(other);
        if (bundle && *bundle != world.bundle) {
            ++read;
            EXPECT_EQ(judge_release(*bundle, world.registry).failed().empty(),
                      is_only_elsewhere_in_log(*bundle, world.bundle))
                << "byte " << i;
        }
    }
    EXPECT_GT(read, text.size() / 32);
}

}  // namespace
}  // namespace aion::release
