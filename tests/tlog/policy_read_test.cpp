// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "aion/base/base64.hpp"
#include "aion/tlog/policy.hpp"
#include "tlog/notes.hpp"

namespace aion::tlog {
namespace {

using namespace std::string_literals;
using test::detail_of;
using test::key_text;
using test::ok;
using test::refusal;
using test::with;

std::string log_line() {
    return "log " + key_text(test::the_log) + "\n";
}

std::string w1_line() {
    return "witness W1 " + key_text(test::first_witness) + "\n";
}

std::string w2_line() {
    return "witness W2 " + key_text(test::second_witness) + "\n";
}

// A witness with a key of its own for every number.
std::string witness(std::size_t number) {
    Bytes key(32);
    key[0] = static_cast<std::uint8_t>(number);
    key[1] = static_cast<std::uint8_t>(number >> 8U);
    const std::string name = "w" + std::to_string(number);
    return "witness " + name + " " +
           ok(NoteKey::make(name, NoteKeyType::ed25519_cosignature, key)).text() + "\n";
}

std::string log_with(std::size_t number) {
    Bytes key(32);
    key[0] = static_cast<std::uint8_t>(number);
    key[1] = static_cast<std::uint8_t>(number >> 8U);
    return "log " +
           ok(NoteKey::make("l" + std::to_string(number), NoteKeyType::ed25519, key)).text() + "\n";
}

// The line that is refused, or nothing of a policy that is read.
std::string refused_line(const std::string& text) {
    const auto read = LogPolicy::parse(text);
    if (read) {
        return {};
    }
    EXPECT_EQ(read.error().detail(), "policy_bad_line");
    const std::string message = refusal(read);
    const std::size_t at = message.find("line ") + 5;
    return message.substr(at, message.find(':', at) - at);
}

TEST(LogPolicyText, IsOfLogsWitnessesGroupsAndAQuorum) {
    const auto policy =
        ok(LogPolicy::parse("# A comment, with ümlauts and \xFF\n\n \t\n\t # Another\n log\t" +
                            key_text(test::the_log) + "  https://log.example/a#b \t\n" +
                            with(w1_line(), "W1", "\xE2\x84\xAA\xFF") +
                            with(w2_line(), "\n", " https://w2.example/\n") +
                            "group G 2 \xE2\x84\xAA\xFF W2\nquorum G\n"));
    ASSERT_EQ(policy.logs().size(), 1U);
    EXPECT_EQ(policy.logs()[0].key.text(), key_text(test::the_log));
    EXPECT_EQ(policy.logs()[0].url, "https://log.example/a#b");
    ASSERT_EQ(policy.witnesses().size(), 2U);
    EXPECT_EQ(policy.witnesses()[0].name, "\xE2\x84\xAA\xFF");
    EXPECT_EQ(policy.witnesses()[0].url, "");
    EXPECT_EQ(policy.witnesses()[1].key.text(), key_text(test::second_witness));
    EXPECT_EQ(policy.witnesses()[1].url, "https://w2.example/");
    EXPECT_TRUE(policy.needs_witnesses());
}

TEST(LogPolicyText, MayNeedNobody) {
    EXPECT_FALSE(ok(LogPolicy::parse("quorum none\n")).needs_witnesses());
    EXPECT_FALSE(ok(LogPolicy::parse(log_line() + w1_line() + "quorum none\n")).needs_witnesses());
    // What follows the quorum counts, too.
    EXPECT_EQ(ok(LogPolicy::parse("quorum none\n" + log_line() + w1_line())).logs().size(), 1U);
}

TEST(LogPolicyText, NamesTheLineThatItRefuses) {
    const std::string both = w1_line() + w2_line();
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "1"},
        {log_line(), "2"},
        {"quorum none", "1"},
        {"quorum none\nquorum none\n", "2"},
        {"quorum\n", "1"},
        {"quorum none none\n", "1"},
        {"quorum W1\n" + w1_line(), "1"},
        {"quorum w1\n", "1"},
        {"Quorum none\n", "1"},
        {"policy none\nquorum none\n", "1"},
        {"quorum none # not a comment\n", "1"},
        {"quorum none\r\n", "1"},
        {"quorum none\n\x7F\n", "2"},
        {"quorum none\n#\0\n"s, "2"},
        {"quorum none\n#\v\n", "2"},
        {"log\nquorum none\n", "1"},
        {"log x\nquorum none\n", "1"},
        {with(log_line(), "\n", " a b\n") + "quorum none\n", "1"},
        {log_line() + log_line() + "quorum none\n", "2"},
        {"log " + key_text(test::first_witness) + "\nquorum none\n", "1"},
        {"witness W\nquorum none\n", "1"},
        {"witness W x\nquorum none\n", "1"},
        {with(w1_line(), "\n", " a b\n") + "quorum none\n", "1"},
        {"witness W " + key_text(test::the_log) + "\nquorum none\n", "1"},
        {w1_line() + w1_line() + "quorum none\n", "2"},
        {w1_line() + with(w1_line(), "W1", "W2") + "quorum none\n", "2"},
        {w1_line() + with(w2_line(), "W2", "W1") + "quorum none\n", "2"},
        {with(w1_line(), "W1", "none") + "quorum none\n", "1"},
        {both + "group G\nquorum G\n", "3"},
        {both + "group G 1\nquorum G\n", "3"},
        {both + "group G any\nquorum G\n", "3"},
        {both + "group G 0 W1 W2\nquorum G\n", "3"},
        {both + "group G 3 W1 W2\nquorum G\n", "3"},
        {both + "group G 01 W1 W2\nquorum G\n", "3"},
        {both + "group G +1 W1 W2\nquorum G\n", "3"},
        {both + "group G 18446744073709551617 W1 W2\nquorum G\n", "3"},
        {both + "group G most W1 W2\nquorum G\n", "3"},
        {both + "group G 1 W1 W1\nquorum G\n", "3"},
        {both + "group G 1 W1 W3\nquorum G\n", "3"},
        {both + "group G 1 W1 none\nquorum G\n", "3"},
        {both + "group G 1 W1 G\nquorum G\n", "3"},
        {both + "group W1 1 W1\nquorum W1\n", "3"},
        {both + "group none 1 W1\nquorum none\n", "3"},
        {both + "group G any W1\ngroup H any W1 W2\nquorum H\n", "4"},
        {both + "group G any W1\ngroup H any G\ngroup I all G W2\nquorum I\n", "5"},
    };
    for (const auto& [text, line] : cases) {
        EXPECT_EQ(refused_line(text), line) << text;
    }
}

// Of one line of a note it could not be said whose signature it is.
TEST(LogPolicyText, HasNoTwoKeysOfOneNameAndId) {
    EXPECT_EQ(
        refused_line("log " + key_text(test::second_witness) + "\n" + w2_line() + "quorum W2\n"),
        "2");
    // One key may be a log's, and as another type a witness's.
    const NoteKey log = test::key_of(test::the_log);
    const auto witness =
        ok(NoteKey::make(log.name(), NoteKeyType::ed25519_cosignature, log.public_key()));
    EXPECT_EQ(refused_line(log_line() + "witness W " + witness.text() + "\nquorum W\n"), "");
    // Another name makes no other log or witness.
    const auto renamed = ok(NoteKey::make("other", NoteKeyType::ed25519, log.public_key()));
    EXPECT_EQ(refused_line(log_line() + "log " + renamed.text() + "\nquorum none\n"), "2");
}

TEST(LogPolicyText, HasLimits) {
    std::string text;
    std::string members;
    for (std::size_t i = 0; i < max_policy_names; ++i) {
        text += log_with(i) + witness(i);
        members += " w" + std::to_string(i);
    }
    const std::string group = "group all-of-them all" + members + "\n";
    const std::string quorum = "quorum all-of-them\n";
    EXPECT_EQ(ok(LogPolicy::parse(text + group + quorum)).witnesses().size(), max_policy_names);
    EXPECT_EQ(refused_line(text + witness(max_policy_names) + group + quorum),
              std::to_string(2 * max_policy_names + 1));
    EXPECT_EQ(refused_line(text + log_with(max_policy_names) + group + quorum),
              std::to_string(2 * max_policy_names + 1));
    std::string nested = w1_line() + "group g0 any W1\n";
    for (std::size_t i = 1; i <= max_policy_names; ++i) {
        nested += "group g" + std::to_string(i) + " all g" + std::to_string(i - 1) + "\n";
    }
    EXPECT_EQ(refused_line(nested + "quorum g0\n"), std::to_string(max_policy_names + 2));

    const std::string end = "quorum none\n";
    const std::string longest = "#" + std::string(max_policy_size - end.size() - 2, 'x') + "\n";
    EXPECT_EQ(refused_line(longest + end), "");
    EXPECT_NE(refused_line("#" + longest + end), "");
}

}  // namespace
}  // namespace aion::tlog
