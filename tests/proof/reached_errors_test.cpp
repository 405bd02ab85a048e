// SPDX-License-Identifier: MIT OR Apache-2.0
// Every error code can happen: one test a code, which provokes it through the API. The switch below
// has no default, so that a new code does not compile before it has a scenario. Codes that
// docs/errors.md calls reserved have none, and nothing in the library may raise them.
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "aion/base/files.hpp"
#include "aion/base/interrupt.hpp"
#include "aion/crypto/aead.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/supply/http.hpp"
#include "aion/trust/keystore.hpp"
#include "policy/draft.hpp"
#include "proof/doc_table.hpp"
#include "proof/forgery.hpp"
#include "proof/genuine.hpp"
#include "support/world.hpp"

namespace aion::proof {
namespace {

using policy::test::ScriptedSigner;
using Call = MemoryEnv::Call;

class ReachedError : public policy::test::World, public ::testing::WithParamInterface<std::size_t> {
  protected:
    // The error that a scenario ended with; nothing if it succeeded.
    using Outcome = std::optional<Error>;

    template <class T>
    static Outcome outcome(const Result<T>& result) {
        return result ? Outcome() : Outcome(result.error());
    }

    static Outcome outcome(const std::expected<policy::VerifiedPayload, policy::Refusal>& opened) {
        return opened ? Outcome() : Outcome(opened.error().error);
    }

    // Makes every call of one kind fail with an errno.
    void fail_calls(Call which, int cause) {
        env.set_fault([=](std::uint64_t, const MemoryEnv::CallRecord& call) {
            return call.call == which ? cause : 0;
        });
    }

    Outcome commit_as(AuthorId author, crypto::Signer& signer,
                      std::optional<Timestamp> time = std::nullopt) {
        must_create();
        return outcome(
            policy::commit(env, path, {as_bytes("x"), author, "", time}, signer, registry));
    }

    Outcome provoke(ErrorCode code);
    Outcome provoke_outside(ErrorCode code);
    Outcome provoke_by_content(ErrorCode code);
    Outcome provoke_by_request(ErrorCode code);
    Outcome file_read_while_it_changes();
    Outcome two_sessions();
    Outcome version_after_the_last();
    Outcome change_of_a_registry_with_notes();
    Outcome local_key_of_another_machine();
    Outcome payload_that_was_not_signed();
};

// The payload is large enough to be read in pieces; before the second, the file is another.
ReachedError::Outcome ReachedError::file_read_while_it_changes() {
    must_create(std::string(std::size_t{4} << 20U, 'p'));
    int reads = 0;
    env.set_fault([&](std::uint64_t, const MemoryEnv::CallRecord& call) {
        if (call.call == MemoryEnv::Call::read && ++reads == 2) {
            env.put(path, as_bytes("other"));
        }
        return 0;
    });
    return outcome(policy::verify(env, path, registry));
}

ReachedError::Outcome ReachedError::two_sessions() {
    must_create();
    auto session = policy::CommitSession::open(env, path, registry);
    EXPECT_TRUE(session->add({as_bytes("mine"), policy::test::alice, "m"}, alice_key).has_value());
    must_commit("theirs");
    return outcome(session->save());
}

// No file gets there by commits: the draft is given one whose last version has the last number.
ReachedError::Outcome ReachedError::version_after_the_last() {
    Forgery forgery = Forgery::of(genuine("genesis").file, genuine("genesis").payload);
    forgery.versions[0].number = UINT64_MAX;
    const Bytes file = forgery.write();
    auto read = policy::PrivateFile::copy_of(file, policy::Hold::everything);
    auto draft = policy::Draft::continuing(env, policy::Subject(read), std::nullopt, 1);
    return outcome(draft->prepare({}, policy::Ownership::callers, nullptr));
}

ReachedError::Outcome ReachedError::local_key_of_another_machine() {
    trust::Keystore store(env, "/keys");
    EXPECT_TRUE(store.generate(trust::KeyId{1}).has_value());
    env.set_machine_id("another");
    return outcome(store.load(trust::KeyId{1}));
}

ReachedError::Outcome ReachedError::change_of_a_registry_with_notes() {
    env.put("/noted.json", as_bytes(R"({"version": 1, "authors": [], "comment": "ours"})"));
    const auto pin = [](trust::Registry& target) {
        const PublicKey key = policy::test::key_from(0x11).public_half();
        return target.pin(AuthorId{1}, key, key);
    };
    return outcome(trust::update_registry_file(env, "/noted.json", {}, pin));
}

ReachedError::Outcome ReachedError::payload_that_was_not_signed() {
    Forgery forgery = Forgery::of(genuine("genesis").file, genuine("genesis").payload);
    forgery.payload = Bytes{'?'};
    const Bytes file = forgery.write();
    return outcome(policy::payload_unverified(*format::FileView::parse(file)));
}

constexpr std::string_view reserved = "reserved";

ReachedError::Outcome ReachedError::provoke_outside(ErrorCode code) {
    trust::Keystore store(env, "/keys");
    switch (code) {
        case ErrorCode::file_read_error:
            return outcome(policy::verify(env, "/absent", registry));
        case ErrorCode::file_write_error:
            fail_calls(Call::append, ENOSPC);
            return outcome(policy::create(env, path, {{}, policy::test::alice}, alice_key));
        case ErrorCode::file_exists:
            must_create();
            return outcome(policy::create(env, path, {{}, policy::test::alice}, alice_key));
        case ErrorCode::file_not_found:
            return outcome(trust::update_registry_file(
                env, "/absent.json", {}, [](trust::Registry&) -> Result<trust::Applied> {
                    return trust::Applied::already;
                }));
        case ErrorCode::operation_not_permitted:
            return change_of_a_registry_with_notes();
        case ErrorCode::entropy_unavailable:
            fail_calls(Call::random, EIO);
            return outcome(crypto::SigningKey::generate(env));
        case ErrorCode::key_not_found:
            return outcome(store.load(trust::KeyId{1}));
        case ErrorCode::keyring_error:
            fail_calls(Call::create_directories, EROFS);
            return outcome(store.generate(trust::KeyId{1}));
        case ErrorCode::resource_exhausted:
            must_create();
            return outcome(read_file(env, path, 10));
        case ErrorCode::conflict:
            return two_sessions();
        case ErrorCode::interrupted: {
            Interrupt interrupt;
            interrupt.request();
            InterruptibleEnv asked(env, interrupt);
            return outcome(policy::create(asked, path, {{}, policy::test::alice}, alice_key));
        }
        case ErrorCode::transfer_failed:
            return outcome(supply::http_url("ftp://registry.example"));
        default:
            return file_read_while_it_changes();
    }
}

// Bytes that are not what they should be.
ReachedError::Outcome ReachedError::provoke_by_content(ErrorCode code) {
    const Genuine& sample = genuine("one_author");
    const auto view = format::FileView::parse(sample.file);
    Bytes changed = sample.file;
    switch (code) {
        case ErrorCode::invalid_format:
            return outcome(trust::Registry::from_json("{"));
        case ErrorCode::corrupted_file:
            changed.back() ^= 1U;
            return outcome(format::FileView::parse(changed)->check_integrity());
        case ErrorCode::unsupported_version:
            changed[4] = 3;
            return outcome(format::FileView::parse(changed));
        case ErrorCode::hash_mismatch:
            return payload_that_was_not_signed();
        case ErrorCode::missing_version:
            return outcome(view->version(VersionNumber{4}));
        case ErrorCode::invalid_action_code:
            put_number(changed, FileMap(sample.file).audit(0) + 16, 5, 2);
            return outcome(format::FileView::parse(changed)->audit_at(0));
        case ErrorCode::broken_audit_chain:
            return outcome(format::check_audit_link(**view->audit_at(2), **view->audit_at(0)));
        default:
            return outcome(policy::open_verified({}, sample.registry, policy::test::start));
    }
}

ReachedError::Outcome ReachedError::provoke_by_request(ErrorCode code) {
    ScriptedSigner signer(policy::test::key_from(0x11));
    Bytes room(1);
    switch (code) {
        case ErrorCode::invalid_signature:
            signer.answer = Signature();
            return commit_as(policy::test::alice, signer);
        case ErrorCode::signing_failed:
            signer.failure = error_because(ErrorCode::signing_failed, "token removed");
            return commit_as(policy::test::alice, signer);
        case ErrorCode::unauthorized_signer:
            return commit_as(AuthorId{7}, signer);
        case ErrorCode::key_mismatch:
            return commit_as(policy::test::bob, signer);
        case ErrorCode::invalid_timestamp:
            return commit_as(policy::test::alice, signer, Timestamp{1});
        case ErrorCode::version_overflow:
            return version_after_the_last();
        case ErrorCode::invalid_utf8:
            return outcome(policy::create(env, path, {{}, policy::test::alice, "\xFF"}, alice_key));
        case ErrorCode::decryption_failed:
            return local_key_of_another_machine();
        case ErrorCode::encryption_failed:
            // What the cipher takes is more than memory holds; room of the wrong size is refused
            // by the same rule.
            return outcome(crypto::aead_seal(std::array<std::uint8_t, 32>{},
                                             std::array<std::uint8_t, 12>{}, {}, {}, room));
        case ErrorCode::invalid_private_key:
            return outcome(crypto::SigningKey::from_seed(Bytes(31)));
        case ErrorCode::invalid_public_key:
            return outcome(registry.pin(AuthorId{7}, PublicKey(), PublicKey()));
        default:
            return outcome(policy::open_verified({}, registry, policy::test::start,
                                                 {.profile = policy::Profile::reference}));
    }
}

ReachedError::Outcome ReachedError::provoke(ErrorCode code) {
    switch (code) {
        case ErrorCode::file_read_error:
        case ErrorCode::file_write_error:
        case ErrorCode::file_exists:
        case ErrorCode::file_not_found:
        case ErrorCode::entropy_unavailable:
        case ErrorCode::key_not_found:
        case ErrorCode::keyring_error:
        case ErrorCode::resource_exhausted:
        case ErrorCode::operation_not_permitted:
        case ErrorCode::conflict:
        case ErrorCode::file_changed:
        case ErrorCode::interrupted:
        case ErrorCode::transfer_failed:
            return provoke_outside(code);
        case ErrorCode::invalid_format:
        case ErrorCode::corrupted_file:
        case ErrorCode::unsupported_version:
        case ErrorCode::hash_mismatch:
        case ErrorCode::missing_version:
        case ErrorCode::invalid_action_code:
        case ErrorCode::broken_audit_chain:
        case ErrorCode::verdict_invalid:
            return provoke_by_content(code);
        case ErrorCode::invalid_signature:
        case ErrorCode::signing_failed:
        case ErrorCode::unauthorized_signer:
        case ErrorCode::key_mismatch:
        case ErrorCode::invalid_timestamp:
        case ErrorCode::version_overflow:
        case ErrorCode::invalid_utf8:
        case ErrorCode::decryption_failed:
        case ErrorCode::encryption_failed:
        case ErrorCode::invalid_private_key:
        case ErrorCode::invalid_public_key:
        case ErrorCode::invalid_argument:
            return provoke_by_request(code);
        // Of the shared taxonomy, but nothing here fails in these ways.
        case ErrorCode::permission_denied:
        case ErrorCode::invalid_header:
        case ErrorCode::signature_verification_failed:
        case ErrorCode::broken_version_chain:
        case ErrorCode::invalid_version_number:
        case ErrorCode::keyring_access_denied:
        case ErrorCode::key_store_failed:
        case ErrorCode::invalid_file_id:
        case ErrorCode::invalid_author_id:
        case ErrorCode::rules_too_large:
        case ErrorCode::unresolved_approval:
            break;
    }
    return std::nullopt;
}

// The source files that name a code, other than those that give it its name and its text.
std::vector<std::string> files_that_raise(std::string_view code) {
    const std::string spelled = "ErrorCode::" + std::string(code);
    std::vector<std::string> files;
    for (const char* folder : {"src", "apps"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (!entry.is_regular_file() || entry.path() == "src/base/error.cpp") {
                continue;
            }
            std::ifstream file(entry.path());
            std::ostringstream text;
            text << file.rdbuf();
            if (text.str().find(spelled) != std::string::npos) {
                files.push_back(entry.path().string());
            }
        }
    }
    return files;
}

TEST_P(ReachedError, IsRaised) {
    const auto code = static_cast<ErrorCode>(GetParam());
    const auto documented = table_below("docs/errors.md", "### Error codes");
    const auto row = documented.find(std::string(name_of(code)));
    ASSERT_NE(row, documented.end());
    const auto raised = provoke(code);
    if (row->second.at(0) == reserved) {
        EXPECT_FALSE(raised.has_value()) << "no longer reserved";
        EXPECT_EQ(files_that_raise(name_of(code)), std::vector<std::string>());
        return;
    }
    ASSERT_TRUE(raised.has_value()) << "nothing raises it: docs/errors.md has to say reserved";
    EXPECT_EQ(name_of(raised->code()), name_of(code)) << raised->full_message();
    EXPECT_EQ(raised->message().find('?'), std::string::npos)
        << "a field of the template is missing: " << raised->message();
}

INSTANTIATE_TEST_SUITE_P(Codes, ReachedError, ::testing::Range(std::size_t{0}, error_code_count),
                         [](const ::testing::TestParamInfo<std::size_t>& tested) {
                             return std::string(name_of(static_cast<ErrorCode>(tested.param)));
                         });

}  // namespace
}  // namespace aion::proof
