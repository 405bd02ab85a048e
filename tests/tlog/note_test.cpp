// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/note.hpp"

#include <gtest/gtest.h>

#include <string>

#include "aion/base/base64.hpp"
#include "tlog/notes.hpp"

namespace aion::tlog {
namespace {

using namespace std::string_literals;
using test::detail_of;
using test::ok;
using test::vector_text;
using test::with;

// The example of c2sp.org/signed-note.
const std::string example_key =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const std::string example_line =
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm"
    "RKuwHjG1Yu72IneyaQM=\n";
const std::string example = "This is an example message.\n\n" + example_line;

TEST(Note, ReadsTheExampleOfItsSpecification) {
    const Note note = ok(Note::parse(example));
    EXPECT_EQ(note.text, "This is an example message.\n");
    ASSERT_EQ(note.signatures.size(), 1U);
    EXPECT_EQ(note.signatures[0].name, "example.com/foo");
    EXPECT_EQ(note.signatures[0].key_id, 0x530d903aU);
    EXPECT_EQ(note.signatures[0].signature.size(), 64U);
    EXPECT_EQ(note.str(), example);
    EXPECT_TRUE(ok(verify_note(note, ok(NoteKey::parse(example_key)))).signed_by_key);
}

TEST(Note, ReadsAndWritesWhatGoWrites) {
    const std::string text = vector_text("note");
    const Note note = ok(Note::parse(text));
    EXPECT_EQ(note.text, vector_text("text"));
    EXPECT_EQ(note.signatures.size(), 4U);
    EXPECT_EQ(note.str(), text);
}

TEST(Note, MayHaveEmptyLinesInItsText) {
    const Note note = ok(Note::parse("a\n\n\nb\n\n— looks like one\n\n" + example_line));
    EXPECT_EQ(note.text, "a\n\n\nb\n\n— looks like one\n");
    EXPECT_EQ(note.signatures.size(), 1U);
    EXPECT_EQ(ok(Note::parse("é\x7F\n\n" + example_line)).text, "é\x7F\n");
}

TEST(Note, IsText) {
    for (const std::string& bad :
         {"\0"s, "\r"s, "\t"s, "\x1F"s, "\xFF"s, "\xC0\x80"s, "\xED\xA0\x80"s}) {
        for (const std::string& text :
             {bad + example, with(example, "\n\n", "\n" + bad + "\n"), example + bad}) {
            EXPECT_EQ(detail_of(Note::parse(text)), "note_not_text") << text;
        }
    }
    EXPECT_EQ(detail_of(Note::parse("text\r\n\r\n" + example_line)), "note_not_text");
}

TEST(Note, HasSignaturesUnderAnEmptyLineToTheLastByte) {
    for (const std::string& text :
         {""s, "\n"s, "\n\n"s, "text"s, "text\n"s, "text\n\n"s, example + "\n",
          example.substr(0, example.size() - 1), with(example, "\n\n", "\n"), example_line}) {
        EXPECT_EQ(detail_of(Note::parse(text)), "note_no_signature") << text;
    }
}

TEST(Note, RefusesALineThatIsNoSignature) {
    const std::string name = "example.com/foo";
    for (const std::string& line :
         {"not a signature\n"s, "- example.com/foo AAAAAAA=\n"s, "—example.com/foo AAAAAAA=\n"s,
          "— \n"s, "— example.com/foo\n"s, "— example.com/foo \n"s, "— AAAAAAA=\n"s,
          "—  example.com/foo AAAAAAA=\n"s, "— example.com/foo  AAAAAAA=\n"s,
          "— example.com/foo AAAAAAA= \n"s, " — example.com/foo AAAAAAA=\n"s,
          "— exa+mple AAAAAAA=\n"s, "— exa\u2003mple AAAAAAA=\n"s, "— exa\u0085mple AAAAAAA=\n"s,
          // Four bytes, of which nothing is left behind the id.
          "— example.com/foo AAAAAA==\n"s, "— example.com/foo AAAA\n"s,
          // Base64 in another way.
          "— example.com/foo AAAAAAA\n"s, "— example.com/foo AAAAAAB=\n"s,
          "— example.com/foo AAAA-AA=\n"s, "— example.com/foo AAAAAAA=A\n"s,
          "— example.com/foo AAAA AAA=\n"s}) {
        EXPECT_EQ(detail_of(Note::parse(example + line)), "note_bad_signature_line") << line;
        EXPECT_EQ(detail_of(Note::parse("text\n\n" + line)), "note_bad_signature_line") << line;
    }
    EXPECT_EQ(ok(Note::parse(example + "— example.com/foo AAAAAAA=\n")).signatures.size(), 2U);
}

TEST(Note, HasLimits) {
    std::string text = "text\n\n";
    for (std::size_t i = 0; i < max_note_signatures; ++i) {
        text += example_line;
    }
    EXPECT_EQ(ok(Note::parse(text)).signatures.size(), max_note_signatures);
    EXPECT_EQ(detail_of(Note::parse(text + example_line)), "note_too_many_signatures");
    const std::string longest = std::string(max_note_size - example.size(), 'a') + example;
    EXPECT_EQ(ok(Note::parse(longest)).str(), longest);
    EXPECT_EQ(detail_of(Note::parse("a" + longest)), "note_not_text");
}

TEST(KeyName, IsTextWithoutSpacesAndPlus) {
    EXPECT_TRUE(is_key_name("example.com/log"));
    EXPECT_TRUE(is_key_name("schöner.example"));
    EXPECT_TRUE(is_key_name("oid/1.3.6.1.4"));
    for (const std::string& name : {""s, " "s, "a b"s, "a+b"s, "a\tb"s, "a\n"s, "\0"s, "a\x01"s,
                                    "a\u00A0b"s, "a\u2028"s, "\u3000"s, "\xFF"s, "a\xC3"s}) {
        EXPECT_FALSE(is_key_name(name)) << name;
    }
}

}  // namespace
}  // namespace aion::tlog
