// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/tlog/checkpoint.hpp"

#include <gtest/gtest.h>

#include <string>

#include "aion/base/hex.hpp"
#include "tlog/notes.hpp"

namespace aion::tlog {
namespace {

using namespace std::string_literals;
using test::detail_of;
using test::key_of;
using test::ok;
using test::refusal;
using test::signed_note;
using test::signer_of;
using test::vector_text;
using test::with;

const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
// Of no entries: SHA-256 of nothing.
const std::string empty_root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
// The example of c2sp.org/tlog-checkpoint.
const std::string example = "example.com/behind-the-sofa\n20852163\n" + root + "\n";

std::string of_size(const std::string& size, const std::string& digest = root) {
    return "o\n" + size + "\n" + digest + "\n";
}

TEST(Checkpoint, ReadsTheExampleOfItsSpecification) {
    const Checkpoint read = ok(Checkpoint::parse(example));
    EXPECT_EQ(read.origin, "example.com/behind-the-sofa");
    EXPECT_EQ(read.size, 20'852'163U);
    EXPECT_EQ(to_hex(read.root),
              "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
    EXPECT_EQ(read.text(), example);
}

TEST(Checkpoint, IsOfTheRootThatGoComputes) {
    const Checkpoint read = ok(Checkpoint::parse(vector_text("text")));
    EXPECT_EQ(to_hex(read.root), vector_text("root"));
    EXPECT_EQ(read.text(), vector_text("text"));
}

TEST(Checkpoint, MayHaveAnyTextForItsOrigin) {
    for (const std::string& origin : {" "s, "a b"s, "a+b"s, "ä"s, "— x"s}) {
        const std::string text = origin + "\n1\n" + root + "\n";
        EXPECT_EQ(ok(Checkpoint::parse(text)).origin, origin);
        EXPECT_EQ(ok(Checkpoint::parse(text)).text(), text);
    }
    for (const std::string& origin : {""s, "a\r"s, "\0"s, "\t"s, "\xFF"s}) {
        EXPECT_EQ(detail_of(Checkpoint::parse(origin + "\n1\n" + root + "\n")),
                  "checkpoint_bad_line");
    }
}

TEST(Checkpoint, HasASizeThatIsWrittenInOneWay) {
    for (const std::string& size : {""s, " "s, "00"s, "01"s, "020852163"s, "+1"s, "-1"s, "1 "s,
                                    " 1"s, "1.0"s, "1e3"s, "0x1"s, "a"s, "1\0"s, "١"s}) {
        EXPECT_EQ(detail_of(Checkpoint::parse(of_size(size))), "checkpoint_bad_line") << size;
    }
    EXPECT_EQ(ok(Checkpoint::parse(of_size("9223372036854775807"))).size, max_tree_size);
    for (const std::string& size : {"9223372036854775808"s, "18446744073709551615"s,
                                    "18446744073709551616"s, std::string(1000, '9')}) {
        EXPECT_EQ(detail_of(Checkpoint::parse(of_size(size))), "checkpoint_too_large") << size;
    }
}

TEST(Checkpoint, OfNoEntriesHasOneRoot) {
    EXPECT_EQ(ok(Checkpoint::parse(of_size("0", empty_root))).size, 0U);
    EXPECT_EQ(detail_of(Checkpoint::parse(of_size("0"))), "checkpoint_bad_line");
}

TEST(Checkpoint, HasARootOf32BytesInOneBase64) {
    for (const std::string& digest :
         {""s, root.substr(0, 43), root + "=", root + " ", " " + root, root.substr(0, 43) + "A",
          with(root, "2I=", "2J="), with(root, "/", "_"), "AAAA"s, root + root}) {
        EXPECT_EQ(detail_of(Checkpoint::parse(of_size("1", digest))), "checkpoint_bad_line")
            << digest;
    }
}

TEST(Checkpoint, IsThreeLinesEachWithItsEnd) {
    for (const std::string& text :
         {""s, "\n"s, "o"s, "o\n"s, "o\n1"s, "o\n1\n"s, "o\n1\n" + root, of_size("1") + "\n",
          of_size("1") + "extension\n", of_size("1") + "x", "\n" + of_size("1"),
          with(example, "\n", "\r\n"), with(example, "=\n", "=\r\n")}) {
        EXPECT_EQ(detail_of(Checkpoint::parse(text)), "checkpoint_bad_line") << text;
    }
    EXPECT_NE(refusal(Checkpoint::parse(of_size("1") + "extension\n")).find("line 4"),
              std::string::npos);
}

TEST(OpenCheckpoint, GivesWhatTheLogHasSigned) {
    const Checkpoint opened = ok(open_checkpoint(vector_text("note"), key_of(test::the_log)));
    EXPECT_EQ(opened.text(), vector_text("text"));
}

TEST(OpenCheckpoint, RefusesWhatTheLogHasNotSigned) {
    const std::string note = vector_text("note");
    const NoteKey log = key_of(test::the_log);
    EXPECT_EQ(detail_of(open_checkpoint(with(note, "\n5\n", "\n4\n"), log)),
              "note_wrong_signature");
    EXPECT_EQ(detail_of(open_checkpoint(vector_text("text"), log)), "note_no_signature");
    const NoteSigner other = signer_of(log.name(), NoteKeyType::ed25519, 9);
    EXPECT_EQ(detail_of(open_checkpoint(note, other.key())), "note_not_signed");
}

TEST(OpenCheckpoint, RefusesWhatTheLogSignsForAnother) {
    const NoteSigner log = signer_of("mine", NoteKeyType::ed25519, 1);
    const std::string yours = signed_note("yours\n1\n" + root + "\n", {{log}});
    EXPECT_EQ(detail_of(open_checkpoint(yours, log.key())), "checkpoint_other_origin");
    const std::string nothing = signed_note("mine\nnothing\n", {{log}});
    EXPECT_EQ(detail_of(open_checkpoint(nothing, log.key())), "checkpoint_bad_line");
}

}  // namespace
}  // namespace aion::tlog
