// SPDX-License-Identifier: MIT OR Apache-2.0
// Reports as pages, for tests: a file, its page, and what is on it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "aion/base/memory_env.hpp"
#include "aion/policy/commit.hpp"
#include "aion/policy/examine.hpp"
#include "aion/report/compliance.hpp"
#include "support/keys.hpp"
#include "support/xml_page.hpp"

namespace aion::report::test {

inline constexpr Timestamp judged_at{1'764'000'000'000'000'000};

inline Run some_run() {
    return {.tool = "aion 1.0.0",
            .generated_at = judged_at,
            .file_path = "policies/limits.aion",
            .registry_path = "registry.json",
            .registry_digests = policy::digests_of(as_bytes("{}")),
            .pins_path = {}};
}

inline std::string page_of(const Report& report) {
    std::string page;
    write_html([&](std::string_view piece) { page += piece; }, report);
    return page;
}

inline std::string page_of(const policy::Examination& file,
                           Framework framework = Framework::generic, Run run = some_run()) {
    return page_of(make_report(file, framework, std::move(run)));
}

inline policy::Examination examined(ByteView file, const trust::Registry& registry,
                                    policy::VerifyOptions verify = {}) {
    return policy::examine(file, registry, judged_at, {.verify = verify, .digests = true}).value();
}

/// Alice with two epochs, the second from version 9 on, and Bob, who was revoked from `revoked` on.
inline trust::Registry two_authors(std::uint64_t revoked = 100) {
    using aion::test::key_of;
    using aion::test::public_of;
    trust::Registry made;
    const auto& master = public_of(aion::test::masters);
    made.pin(aion::test::alice, master, public_of(aion::test::alices)).value();
    made.pin(aion::test::bob, master, public_of(aion::test::bobs)).value();
    const trust::RotationRecord rotation{.author = aion::test::alice,
                                         .from_epoch = Epoch{0},
                                         .to_epoch = Epoch{1},
                                         .to_public_key = public_of(0x33),
                                         .effective_from = VersionNumber{9},
                                         .master_signature = {}};
    made.apply(sign(rotation, key_of(aion::test::masters)).value()).value();
    const trust::RevocationRecord revocation{.author = aion::test::bob,
                                             .epoch = Epoch{0},
                                             .reason = trust::RevocationReason::compromised,
                                             .effective_from = VersionNumber{revoked},
                                             .master_signature = {}};
    made.apply(sign(revocation, key_of(aion::test::masters)).value()).value();
    return made;
}

/// A file of so many versions, every third by Bob, with `message` at each but the first.
inline Bytes file_of(std::uint64_t versions, std::string_view message = "change") {
    using aion::test::alice;
    using aion::test::bob;
    MemoryEnv env(1);
    env.set_now(Timestamp{judged_at.value - 86'400'000'000'000'000});
    const trust::Registry registry = two_authors(versions + 1);
    const std::filesystem::path path = "/file.aion";
    policy::create(env, path, {as_bytes("limit: 1\n"), alice, "Genesis"},
                   aion::test::key_of(aion::test::alices), {.file_id = FileId{42}})
        .value();
    auto session = policy::CommitSession::open(env, path, registry).value();
    for (std::uint64_t number = 2; number <= versions; ++number) {
        env.advance(60'000'000'000);
        const bool is_bobs = number % 3 == 0;
        const std::uint8_t key = is_bobs      ? aion::test::bobs
                                 : number < 9 ? aion::test::alices
                                              : std::uint8_t{0x33};
        session
            .add({as_bytes("limit: 2\n"), is_bobs ? bob : alice, message}, aion::test::key_of(key))
            .value();
    }
    session.save().value();
    return *env.get(path);
}

/// The text of each element.
inline std::vector<std::string> texts(const std::vector<const aion::test::XmlElement*>& elements) {
    std::vector<std::string> all;
    for (const aion::test::XmlElement* element : elements) {
        all.push_back(element->text);
    }
    return all;
}

}  // namespace aion::report::test
