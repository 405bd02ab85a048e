// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/release/receipt.hpp"
#include "release/receipt_world.hpp"
#include "supply/vectors.hpp"

namespace aion::release {
namespace {

using namespace test;

std::string example_text() {
    return aion::test::supply_vectors("receipt.json")["payload"];
}

// The example with something else in it.
std::string with(const std::string& what, const std::string& instead) {
    std::string text = example_text();
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), instead);
}

std::string detail_of_statement(const std::string& text) {
    const auto read = ReceiptStatement::from_json(text);
    return read ? "none" : std::string(read.error().detail());
}

TEST(ReceiptStatements, AreReadAsTheReferenceReadsThem) {
    const ReceiptStatement example = ok(ReceiptStatement::from_json(example_text()));
    EXPECT_EQ(ok(ReceiptStatement::from_json(example.json())), example);
    // What another writer may do, and our verdict refuses later.
    EXPECT_EQ(ok(ReceiptStatement::from_json(with(R"("decision")", R"("x":{"y":[]},"decision")"))),
              example);
    EXPECT_EQ(ok(ReceiptStatement::from_json(with("d0d0d0", "D0d0D0"))), example);
    EXPECT_EQ(ok(ReceiptStatement::from_json(example_text() + " \n")), example);
    const std::string no_approvals = R"("approvals":[],"runtime")";
    std::string text = example_text();
    const std::size_t begin = text.find(R"("approvals")");
    text.replace(begin, text.find(R"("runtime")") + 9 - begin, no_approvals);
    EXPECT_TRUE(ok(ReceiptStatement::from_json(text)).approvals.empty());
}

TEST(ReceiptStatements, ThatTheReferenceRefusesAreRefused) {
    for (const auto& [text, detail] : std::vector<std::pair<std::string, std::string>>{
             {with(R"("deny")", R"("Deny")"), "receipt_bad_decision"},
             {with(R"("deny")", R"({"deny":null})"), "json_wrong_type"},
             {with(R"("deny")", R"("deny","decision":"allow")"), "json_duplicate_key"},
             {with(R"("file_id":4411)", R"("file_id":"4411")"), "json_wrong_type"},
             {with(R"("file_id":4411)", R"("file_id":4411.0)"), "json_wrong_type"},
             {with(R"("file_id":4411)", R"("file_id":-1)"), "json_wrong_type"},
             {with(R"("file_id":4411)", R"("file_id":18446744073709551616)"), "json_wrong_type"},
             {with(R"("epoch":0)", R"("epoch":4294967296)"), "json_wrong_type"},
             {with(R"("nonce":"d0)", R"("nonce":")"), "receipt_bad_nonce"},
             {with(R"("blake3:)", R"("BLAKE3:)"), "receipt_bad_reference"},
             {with(R"("blake3:3e)", R"("blake3:)"), "receipt_bad_reference"},
             {with(R"("approvals":[{)", R"("approvals":null,"a":[{)"), "json_wrong_type"},
             {with(R"("approvals":[{)", R"("approvals":[[],{)"), "json_wrong_type"},
             {with(R"("name":"http-request",)", ""), "json_missing_key"},
             {with(R"("digest":{"blake3-256":")", R"("digest":{"blake3-256":{},"a":")"),
              "json_wrong_type"},
             {example_text() + "{}", "json_syntax"},
             {"[" + example_text() + "]", "json_wrong_type"}}) {
        const std::string found = detail_of_statement(text);
        EXPECT_EQ(found, detail) << text;
    }
}

TEST(ReceiptStatements, MillionsOfSubjectsAreRefusedBeforeTheyAreHeld) {
    std::string subjects;
    for (std::size_t i = 0; i <= max_receipt_subjects; ++i) {
        subjects += R"({"name":"a","digest":{}},)";
    }
    EXPECT_EQ(detail_of_statement(with(R"("subject":[)", R"("subject":[)" + subjects)),
              "receipt_too_many");
    std::string more(std::size_t{6} << 20U, ' ');
    for (std::size_t i = 0; i < more.size(); i += 3) {
        more.replace(i, 3, "{},");
    }
    EXPECT_EQ(detail_of_statement(with(R"("subject":[)", R"("subject":[)" + more)),
              "json_too_many_values");
}

TEST(ReceiptStatements, SayWhatWasSeenOfALog) {
    const tlog::Checkpoint checkpoint{
        .origin = "log.example/one", .size = 12, .root = tlog::Sha256Tree::empty()};
    supply::Subject subject = checkpoint_input(checkpoint);
    EXPECT_EQ(subject.name, "checkpoint log.example/one 12");
    const auto seen = ok(seen_log_of(subject));
    ASSERT_TRUE(seen.has_value());
    EXPECT_EQ(seen->size, 12U);
    EXPECT_EQ(seen->origin, checkpoint.origin);
    EXPECT_EQ(seen->text_hash, crypto::blake3(as_bytes(checkpoint.text())));
    supply::Subject only_ours = subject;
    only_ours.digest.pop_back();
    EXPECT_TRUE(ok(seen_log_of(only_ours)).has_value()) << "as the reference can write it";
    for (const std::string name : {"checkpoint log.example/one 13", "checkpoint other 12"}) {
        subject.name = name;
        EXPECT_FALSE(seen_log_of(subject).has_value()) << name;
    }
    for (const std::string name :
         {"checkpoint", "checkpoint 12", "checkpoint a 012", "checkpoint a b 12", "Checkpoint a 12",
          "checkpoint a 18446744073709551616", "checkpoint a -1"}) {
        subject.name = name;
        EXPECT_EQ(ok(seen_log_of(subject)).has_value(), false) << name;
    }
}

}  // namespace
}  // namespace aion::release
