// SPDX-License-Identifier: MIT OR Apache-2.0
// The reference's own files, and 373 changed ones.
#include <gtest/gtest.h>

#include <map>

#include "aion/policy/inspect.hpp"
#include "support/world.hpp"

namespace aion::policy::test {
namespace {

using aion::test::HostileVector;
using aion::test::load_hostile_vectors;
using aion::test::load_valid_vectors;
using aion::test::read_vector;

const trust::Registry& registry_named(const std::string& name) {
    static std::map<std::string, trust::Registry> known;
    const auto found = known.find(name);
    if (found != known.end()) {
        return found->second;
    }
    const Bytes text = read_vector(name);
    return known.emplace(name, *trust::Registry::from_json(as_text(text))).first->second;
}

TEST(Vectors, EveryFileOfTheReferenceIsValidAndReadsBack) {
    const auto vectors = load_valid_vectors();
    ASSERT_GE(vectors.size(), 24U);
    for (const auto& vector : vectors) {
        SCOPED_TRACE(vector.file);
        const Bytes bytes = read_vector(vector.file);
        const auto opened =
            open_verified(bytes, registry_named(vector.registry), Timestamp{UINT64_MAX});
        ASSERT_TRUE(opened.has_value()) << opened.error().message();
        EXPECT_EQ(opened->version().value, vector.version_count);
        EXPECT_EQ(opened->file_id(), vector.file_id);
        EXPECT_TRUE(equal(opened->bytes(), read_vector(vector.payload)));
        const auto versions = history(*format::FileView::parse(bytes));
        ASSERT_TRUE(versions.has_value());
        for (const auto& known : vector.history) {
            const VersionInfo& info = (*versions)[known.number.value - 1];
            EXPECT_EQ(info.message, known.message);
            EXPECT_EQ(info.author, known.author);
            EXPECT_EQ(info.timestamp, known.timestamp);
            EXPECT_EQ(info.rules_hash, known.rules_hash);
            if (known.version_hash) {
                EXPECT_EQ(info.version_hash, *known.version_hash);
            }
        }
    }
}

Gate gate_named(const std::string& name) {
    for (const Gate gate : all_gates) {
        if (name_of(gate) == name) {
            return gate;
        }
    }
    ADD_FAILURE() << "unknown gate " << name;
    return Gate::pin;
}

void expect_named_unauthenticated(const VerificationReport& report) {
    EXPECT_TRUE(report.is_valid()) << report.summary();
    EXPECT_NE(std::ranges::find(report.unauthenticated, Unauthenticated::message_texts),
              report.unauthenticated.end());
}

void expect_valid_unless_pinned(const HostileVector& vector, ByteView bytes,
                                const trust::Registry& registry) {
    const auto plain = verify(bytes, registry, start);
    EXPECT_TRUE(plain.is_valid()) << plain.summary();
    // Pin what the genuine file is.
    const Bytes base = read_vector(vector.base);
    const auto genuine = verify(base, registry, start);
    VerifyOptions pinned;
    pinned.pins.file_id = genuine.file_id;
    pinned.pins.head = genuine.head;
    pinned.pins.min_version = VersionNumber{genuine.version_count};
    EXPECT_TRUE(verify(base, registry, start, pinned).is_valid());
    const auto report = verify(bytes, registry, start, pinned);
    EXPECT_FALSE(report.is_valid());
    EXPECT_EQ(first_failed(report), Gate::pin);
}

void expect_hostile_verdict(const HostileVector& vector) {
    const Bytes bytes = read_vector(vector.file);
    const trust::Registry& registry = registry_named(vector.registry);
    if (vector.expect == "valid-unless-pinned") {
        expect_valid_unless_pinned(vector, bytes, registry);
        return;
    }
    const auto report = verify(bytes, registry, start);
    if (vector.expect == "valid-but-named-unauthenticated") {
        expect_named_unauthenticated(report);
        return;
    }
    ASSERT_EQ(vector.expect, "invalid");
    EXPECT_FALSE(report.is_valid());
    EXPECT_EQ(report.state(gate_named(vector.gate)), GateState::failed)
        << vector.gate << " of: " << failed_gates(report) << "; " << report.summary();
    for (const Finding& finding : report.findings) {
        EXPECT_FALSE(finding.message.empty());
        if (finding.offset) {
            EXPECT_LE(*finding.offset, bytes.size());
        }
    }
    const auto refused = open_verified(bytes, registry, start);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().error.code(), ErrorCode::verdict_invalid);
    ASSERT_TRUE(refused.error().report.has_value());
    EXPECT_EQ(refused.error().report->summary(), report.summary());
    EXPECT_EQ(refused.error().report->finding_counts, report.finding_counts);
}

TEST(Vectors, EveryHostileFileGetsTheVerdictOfASoundVerifier) {
    const auto vectors = load_hostile_vectors();
    ASSERT_EQ(vectors.size(), 373U);
    for (const auto& vector : vectors) {
        SCOPED_TRACE(vector.file + ": " + vector.note);
        expect_hostile_verdict(vector);
    }
}

TEST(Vectors, ReferenceProfileAgreesWithTheReference) {
    VerifyOptions options;
    options.profile = Profile::reference;
    for (const auto& vector : load_hostile_vectors()) {
        SCOPED_TRACE(vector.file + ": " + vector.note);
        const Bytes bytes = read_vector(vector.file);
        const trust::Registry& registry = registry_named(vector.registry);
        const bool valid = verify(bytes, registry, start, options).is_valid();
        EXPECT_EQ(valid, vector.reference_says == "VALID") << vector.reference_says;
        if (verify(bytes, registry, start).is_valid()) {
            EXPECT_TRUE(valid) << "strict VALID implies reference VALID";
        }
    }
    for (const auto& vector : load_valid_vectors()) {
        EXPECT_TRUE(
            verify(read_vector(vector.file), registry_named(vector.registry), start, options)
                .is_valid());
    }
}

// The seal is noise and the header lies: it says so of neither, and calls neither sound.
TEST(Vectors, TheReferenceProfileNamesItselfAndWhatItDoesNotAsk) {
    VerifyOptions options;
    options.profile = Profile::reference;
    for (const char* file :
         {"hostile/chain-2--payload-noise.aion", "hostile/chain-10--header-root.aion"}) {
        SCOPED_TRACE(file);
        const auto report =
            verify(read_vector(file), registry_named("registries/basic.json"), start, options);
        EXPECT_TRUE(report.is_valid()) << report.summary();
        EXPECT_EQ(report.profile, Profile::reference);
        for (const Gate gate : {Gate::header, Gate::payload, Gate::pin}) {
            EXPECT_FALSE(report.asked(gate)) << name_of(gate);
            EXPECT_EQ(report.state(gate), GateState::skipped) << name_of(gate);
        }
        for (const Gate gate :
             {Gate::structure, Gate::integrity, Gate::chain, Gate::signatures, Gate::audit}) {
            EXPECT_TRUE(report.asked(gate)) << name_of(gate);
            EXPECT_EQ(report.state(gate), GateState::passed) << name_of(gate);
        }
    }
}

TEST(Vectors, TheReferenceProfileKeepsPins) {
    const auto vector = load_valid_vectors().front();
    const Bytes bytes = read_vector(vector.file);
    const trust::Registry& registry = registry_named(vector.registry);
    const auto genuine = verify(bytes, registry, start);
    VerifyOptions options;
    options.profile = Profile::reference;
    options.pins = {genuine.file_id, genuine.head, VersionNumber{genuine.version_count}};
    const auto kept = verify(bytes, registry, start, options);
    EXPECT_TRUE(kept.is_valid()) << kept.summary();
    EXPECT_TRUE(kept.asked(Gate::pin));
    EXPECT_EQ(kept.state(Gate::pin), GateState::passed);
    options.pins = {FileId{1}, Hash{}, VersionNumber{genuine.version_count + 1}};
    const auto report = verify(bytes, registry, start, options);
    EXPECT_FALSE(report.is_valid());
    EXPECT_EQ(failed_gates(report), "pin ");
    EXPECT_EQ(report.finding_count(), 3U);
    // Where there is no history to compare, pins are not kept either.
    options.pins = {.file_id = std::nullopt, .head = genuine.head, .min_version = std::nullopt};
    const auto nothing = verify(Bytes(256), registry, start, options);
    EXPECT_TRUE(nothing.asked(Gate::pin));
    EXPECT_EQ(nothing.state(Gate::pin), GateState::skipped);
    EXPECT_FALSE(nothing.is_valid());
}

// What a gate failed of stands below that gate, whatever gate its reason is most often of.
TEST(Vectors, EveryGateThatFailsUnderTheReferenceProfileSaysWhy) {
    VerifyOptions options;
    options.profile = Profile::reference;
    for (const auto& vector : load_hostile_vectors()) {
        SCOPED_TRACE(vector.file + ": " + vector.note);
        const auto report =
            verify(read_vector(vector.file), registry_named(vector.registry), start, options);
        for (const Gate gate : all_gates) {
            EXPECT_EQ(report.state(gate) == GateState::failed, report.first(gate) != nullptr)
                << name_of(gate);
        }
    }
}

TEST(Vectors, ContentIsNeverOpenedUnderTheReferenceProfile) {
    const auto vector = load_valid_vectors().front();
    VerifyOptions options;
    options.profile = Profile::reference;
    const auto opened =
        open_verified(read_vector(vector.file), registry_named(vector.registry), start, options);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().error.code(), ErrorCode::invalid_argument);
    EXPECT_FALSE(opened.error().report.has_value());
}

TEST(Vectors, TheReferencesFilesCanBeContinued) {
    const auto keys = aion::test::load_test_keys();
    for (const auto& vector : load_valid_vectors()) {
        if (vector.registry != "registries/basic.json") {
            continue;
        }
        SCOPED_TRACE(vector.file);
        MemoryEnv env;
        env.set_now(Timestamp{1'900'000'000'000'000'000});
        env.put("/f.aion", read_vector(vector.file));
        auto key = *crypto::SigningKey::from_seed(keys.at("a1").seed);
        const auto made = commit(env, "/f.aion", {as_bytes("more"), AuthorId{1001}, "continued"},
                                 key, registry_named(vector.registry));
        ASSERT_TRUE(made.has_value()) << made.error().full_message();
        EXPECT_EQ(made->version.value, vector.version_count + 1);
        EXPECT_TRUE(verify(env, "/f.aion", registry_named(vector.registry))->is_valid());
    }
}

}  // namespace
}  // namespace aion::policy::test
