// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <thread>
#include <type_traits>

#include "aion/base/result.hpp"
#include "base/error_maker.hpp"

namespace aion {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Hash hash_of(std::uint8_t byte) {
    Hash hash;
    hash.bytes.fill(byte);
    return hash;
}

struct Row {
    ErrorCode code;
    std::string name;
    std::string text;
    std::vector<Error::Field> fields;
    std::string message;
};

/// Codes and their texts, written out here rather than taken from the table under test.
const std::vector<Row>& rows() {
    using E = ErrorCode;
    static const std::vector<Row> all{
        {E::file_read_error,
         "file_read_error",
         "Failed to read file: {path}",
         {{"path", "/a.aion"}},
         "Failed to read file: /a.aion"},
        {E::file_write_error,
         "file_write_error",
         "Failed to write file: {path}",
         {{"path", "/a.aion"}},
         "Failed to write file: /a.aion"},
        {E::file_exists,
         "file_exists",
         "File already exists: {path}",
         {{"path", "/a.aion"}},
         "File already exists: /a.aion"},
        {E::file_not_found,
         "file_not_found",
         "File not found: {path}",
         {{"path", "/missing.aion"}},
         "File not found: /missing.aion"},
        {E::permission_denied,
         "permission_denied",
         "Permission denied: {path}",
         {{"path", "/protected.aion"}},
         "Permission denied: /protected.aion"},
        {E::invalid_format,
         "invalid_format",
         "Invalid file format: {reason}",
         {{"reason", "missing magic number"}},
         "Invalid file format: missing magic number"},
        {E::corrupted_file,
         "corrupted_file",
         "Corrupted file: checksum mismatch (expected: {expected}, got: {actual})",
         {{"expected", "abc123"}, {"actual", "def456"}},
         "Corrupted file: checksum mismatch (expected: abc123, got: def456)"},
        {E::unsupported_version,
         "unsupported_version",
         "Unsupported file version: {version} (supported: {supported})",
         {{"version", 99}, {"supported", "1-2"}},
         "Unsupported file version: 99 (supported: 1-2)"},
        {E::invalid_header,
         "invalid_header",
         "Invalid header: {reason}",
         {{"reason", "no flags"}},
         "Invalid header: no flags"},
        {E::signature_verification_failed,
         "signature_verification_failed",
         "Signature verification failed for version {version} by author {author}",
         {{"version", VersionNumber{42}}, {"author", AuthorId{1}}},
         "Signature verification failed for version 42 by author 1"},
        {E::invalid_signature,
         "invalid_signature",
         "Invalid signature: {reason}",
         {{"reason", "wrong length"}},
         "Invalid signature: wrong length"},
        {E::entropy_unavailable,
         "entropy_unavailable",
         "OS entropy source unavailable: {reason}",
         {{"reason", "no device"}},
         "OS entropy source unavailable: no device"},
        {E::signing_failed,
         "signing_failed",
         "Version signing failed: {reason}",
         {{"reason", "hardware provider unavailable"}},
         "Version signing failed: hardware provider unavailable"},
        {E::unauthorized_signer,
         "unauthorized_signer",
         "Unauthorized signer: author {author} has no active registry epoch at version {version}",
         {{"author", 50001}, {"version", 3}},
         "Unauthorized signer: author 50001 has no active registry epoch at version 3"},
        {E::key_mismatch,
         "key_mismatch",
         "Key mismatch: author {author} signing key does not match registry epoch {epoch} "
         "operational key",
         {{"author", 50001}, {"epoch", Epoch{2}}},
         "Key mismatch: author 50001 signing key does not match registry epoch 2 operational key"},
        {E::decryption_failed,
         "decryption_failed",
         "Decryption failed: {reason}",
         {{"reason", "wrong key"}},
         "Decryption failed: wrong key"},
        {E::encryption_failed,
         "encryption_failed",
         "Encryption failed: {reason}",
         {{"reason", "too long"}},
         "Encryption failed: too long"},
        {E::hash_mismatch,
         "hash_mismatch",
         "Hash mismatch: expected {expected}, got {actual}",
         {{"expected", hash_of(0xab)}, {"actual", hash_of(0)}},
         "Hash mismatch: expected [ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, "
         "ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab, ab], got [0, 0, 0, 0, 0, 0, "
         "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"},
        {E::invalid_private_key,
         "invalid_private_key",
         "Invalid private key: {reason}",
         {{"reason", "short"}},
         "Invalid private key: short"},
        {E::invalid_public_key,
         "invalid_public_key",
         "Invalid public key: {reason}",
         {{"reason", "no point"}},
         "Invalid public key: no point"},
        {E::broken_version_chain,
         "broken_version_chain",
         "Version chain broken at version {version}: parent hash mismatch",
         {{"version", 5}},
         "Version chain broken at version 5: parent hash mismatch"},
        {E::invalid_version_number,
         "invalid_version_number",
         "Invalid version number: {version} (current: {current})",
         {{"version", 10}, {"current", 5}},
         "Invalid version number: 10 (current: 5)"},
        {E::version_overflow,
         "version_overflow",
         "Version overflow: cannot increment beyond {max}",
         {{"max", UINT64_MAX}},
         "Version overflow: cannot increment beyond 18446744073709551615"},
        {E::missing_version,
         "missing_version",
         "Missing version: {version}",
         {{"version", 3}},
         "Missing version: 3"},
        {E::key_not_found,
         "key_not_found",
         "Key {author_id} not found: {reason}",
         {{"author_id", 50001}, {"reason", "key file not found"}},
         "Key 50001 not found: key file not found"},
        {E::keyring_access_denied,
         "keyring_access_denied",
         "Keyring access denied: {reason}",
         {{"reason", "locked"}},
         "Keyring access denied: locked"},
        {E::key_store_failed,
         "key_store_failed",
         "Failed to store key: {reason}",
         {{"reason", "full"}},
         "Failed to store key: full"},
        {E::keyring_error,
         "keyring_error",
         "Keyring {operation} failed: {reason}",
         {{"operation", "store"}, {"reason", "permission denied"}},
         "Keyring store failed: permission denied"},
        {E::invalid_file_id,
         "invalid_file_id",
         "Invalid file ID: {file_id}",
         {{"file_id", FileId{0}}},
         "Invalid file ID: 0"},
        {E::invalid_author_id,
         "invalid_author_id",
         "Invalid author ID: {author_id}",
         {{"author_id", 7}},
         "Invalid author ID: 7"},
        {E::invalid_timestamp,
         "invalid_timestamp",
         "Invalid timestamp: {reason}",
         {{"reason", "before its predecessor"}},
         "Invalid timestamp: before its predecessor"},
        {E::invalid_action_code,
         "invalid_action_code",
         "Invalid action code: {code}",
         {{"code", 99}},
         "Invalid action code: 99"},
        {E::broken_audit_chain,
         "broken_audit_chain",
         "Broken audit chain: previous_hash mismatch",
         {{"expected", hash_of(0xab)}, {"actual", hash_of(0xcd)}},
         "Broken audit chain: previous_hash mismatch"},
        {E::invalid_utf8,
         "invalid_utf8",
         "Invalid UTF-8: {reason}",
         {{"reason", "cut short"}},
         "Invalid UTF-8: cut short"},
        {E::rules_too_large,
         "rules_too_large",
         "Rules too large: {size} bytes (max: {max} bytes)",
         {{"size", 2000000}, {"max", 1000000}},
         "Rules too large: 2000000 bytes (max: 1000000 bytes)"},
        {E::operation_not_permitted,
         "operation_not_permitted",
         "Operation not permitted: {operation} requires {required}",
         {{"operation", "rotate"}, {"required", "master key"}},
         "Operation not permitted: rotate requires master key"},
        {E::conflict,
         "conflict",
         "Conflicting operation: {reason}",
         {{"reason", "two writers"}},
         "Conflicting operation: two writers"},
        {E::unresolved_approval,
         "unresolved_approval",
         "Unresolved approval from author {approver}: {reason}",
         {{"approver", AuthorId{9}}, {"reason", "not_found_or_invalid"}},
         "Unresolved approval from author 9: not_found_or_invalid"},
        {E::resource_exhausted,
         "resource_exhausted",
         "Resource exhausted: {resource}",
         {{"resource", "memory"}},
         "Resource exhausted: memory"},
        {E::invalid_argument,
         "invalid_argument",
         "Invalid argument: {reason}",
         {{"reason", "empty"}},
         "Invalid argument: empty"},
        {E::verdict_invalid,
         "verdict_invalid",
         "{reason}",
         {{"reason", "signatures"}},
         "signatures"},
        {E::file_changed,
         "file_changed",
         "File changed while it was being read: {path}",
         {{"path", "/a.aion"}},
         "File changed while it was being read: /a.aion"},
        {E::interrupted,
         "interrupted",
         "Interrupted; this was not changed: {path}",
         {{"path", "/a.aion"}},
         "Interrupted; this was not changed: /a.aion"},
        {E::transfer_failed,
         "transfer_failed",
         "Transfer failed: {reason}",
         {{"reason", "no such host"}},
         "Transfer failed: no such host"},
    };
    return all;
}

TEST(Error, EveryCodeHasItsNameTemplateAndMessage) {
    ASSERT_EQ(rows().size(), error_code_count);
    for (std::size_t i = 0; i < rows().size(); ++i) {
        const Row& row = rows()[i];
        SCOPED_TRACE(row.name);
        EXPECT_EQ(static_cast<std::size_t>(row.code), i);
        EXPECT_EQ(name_of(row.code), row.name);
        EXPECT_EQ(template_of(row.code), row.text);
        EXPECT_EQ(ErrorMaker::make(row.code, row.fields).message(), row.message);
    }
}

TEST(Error, NamesAreDistinctLowerSnakeCase) {
    std::set<std::string_view> names;
    for (const Row& row : rows()) {
        const std::string_view name = name_of(row.code);
        EXPECT_TRUE(names.insert(name).second) << name;
        EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_8"), std::string_view::npos);
    }
}

TEST(Error, AValueThatIsNoCodeIsToldApart) {
    EXPECT_EQ(name_of(ErrorCode{9999}), "unknown");
    EXPECT_EQ(template_of(ErrorCode{9999}), "Unknown error");
    EXPECT_EQ(ErrorMaker::make(ErrorCode{9999}).message(), "Unknown error");
}

TEST(Error, AMissingFieldRendersAsQuestionMark) {
    EXPECT_EQ(ErrorMaker::make(ErrorCode::corrupted_file, {{"actual", "x"}}).message(),
              "Corrupted file: checksum mismatch (expected: ?, got: x)");
}

TEST(Error, AFieldThatLooksLikeATemplateIsNotExpanded) {
    EXPECT_EQ(error_because(ErrorCode::conflict, "{reason} {path}").message(),
              "Conflicting operation: {reason} {path}");
}

TEST(Error, HashesAreListedWithoutPadding) {
    Hash hash;
    hash.bytes = {0xab, 0x01, 0x00, 0x10};
    hash.bytes[31] = 0xff;
    EXPECT_THAT(ErrorMaker::make(ErrorCode::hash_mismatch, {{"expected", hash}}).message(),
                HasSubstr("expected [ab, 1, 0, 10, 0, 0"));
    EXPECT_THAT(ErrorMaker::make(ErrorCode::hash_mismatch, {{"expected", hash}}).message(),
                HasSubstr(", 0, ff], got ?"));
}

TEST(Error, BrokenAuditChainShowsNoHashes) {
    const std::string message =
        ErrorMaker::make(ErrorCode::broken_audit_chain,
                         {{"expected", hash_of(0xab)}, {"actual", hash_of(0xcd)}})
            .message();
    EXPECT_THAT(message, HasSubstr("Broken audit chain"));
    EXPECT_THAT(message, Not(HasSubstr("171")));
    EXPECT_THAT(message, Not(HasSubstr("205")));
}

TEST(Error, BytesThatAreNoUnicodeStayDistinguishable) {
    EXPECT_EQ(error_at_path(ErrorCode::file_read_error, "a\xff.aion").message(),
              "Failed to read file: a\\xff.aion");
    EXPECT_EQ(error_at_path(ErrorCode::file_read_error, "x").in_context("a\xfe").message(),
              "a\\xfe");
}

TEST(Error, TheOperatingSystemsTextIsACauseAndNotPartOfTheMessage) {
    const Error error = error_at_path(ErrorCode::file_read_error, "x.aion", ENOENT);
    EXPECT_EQ(error.os_error(), ENOENT);
    EXPECT_EQ(error.message(), "Failed to read file: x.aion");
    EXPECT_THAT(error.messages(), ElementsAre("Failed to read file: x.aion",
                                              "No such file or directory (os error 2)"));
}

TEST(Error, AnUnknownOperatingSystemErrorStillHasAText) {
    EXPECT_THAT(error_at_path(ErrorCode::file_read_error, "x", 99999).full_message(),
                HasSubstr("(os error 99999)"));
}

TEST(Error, ContextsComeOutermostFirst) {
    const Error error = error_at_path(ErrorCode::file_read_error, "x.aion", ENOENT)
                            .in_context("inner")
                            .in_context("Failed to verify file: x.aion");
    EXPECT_EQ(error.message(), "Failed to verify file: x.aion");
    EXPECT_THAT(error.messages(),
                ElementsAre("Failed to verify file: x.aion", "inner", "Failed to read file: x.aion",
                            "No such file or directory (os error 2)"));
    EXPECT_EQ(error.full_message(),
              "Failed to verify file: x.aion: inner: Failed to read file: x.aion: "
              "No such file or directory (os error 2)");
}

TEST(Error, FieldsCanBeRead) {
    const Error error = unauthorized_signer(AuthorId{50001}, VersionNumber{3});
    ASSERT_NE(error.field("author"), nullptr);
    EXPECT_EQ(std::get<std::uint64_t>(*error.field("author")), 50001U);
    EXPECT_EQ(error.field("epoch"), nullptr);
    EXPECT_EQ(error.fields().size(), 2U);
}

TEST(Error, EqualityIsCodeAndFields) {
    EXPECT_EQ(invalid_format("a"), invalid_format("a"));
    EXPECT_NE(invalid_format("a"), invalid_format("b"));
    EXPECT_NE(invalid_format("a"), error_because(ErrorCode::invalid_header, "a"));
    EXPECT_EQ(invalid_format("a"), invalid_format("a").in_context("b").caused_by_os(EIO));
    EXPECT_EQ(ErrorMaker::make(ErrorCode::key_mismatch, {{"author", 1}, {"epoch", 2}}),
              ErrorMaker::make(ErrorCode::key_mismatch, {{"epoch", 2}, {"author", 1}}));
}

TEST(Error, ShortFormsFillTheOneFieldOfTheirTemplate) {
    EXPECT_EQ(invalid_format("x").message(), "Invalid file format: x");
    EXPECT_EQ(error_because(ErrorCode::resource_exhausted, "disk").message(),
              "Resource exhausted: disk");
    EXPECT_EQ(error_at_path(ErrorCode::file_changed, "p").message(),
              "File changed while it was being read: p");
}

TEST(Error, CrossesThreads) {
    static_assert(std::is_nothrow_move_constructible_v<Error>);
    Error error = invalid_format("a");
    std::thread([&error] { error = invalid_format("from there"); }).join();
    EXPECT_EQ(error, invalid_format("from there"));
}

TEST(ErrorResult, CarriesAValueOrAnError) {
    const Result<int> value = 7;
    const Result<int> error = fail(invalid_format("x"));
    EXPECT_EQ(*value, 7);
    ASSERT_FALSE(error.has_value());
    EXPECT_EQ(error.error().code(), ErrorCode::invalid_format);
}

}  // namespace
}  // namespace aion
