// SPDX-License-Identifier: MIT OR Apache-2.0
// docs/file-format.md#strings.
#include "aion/format/string_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace aion::format {
namespace {

StringTable table_of(std::string_view bytes) {
    return StringTable::parse(as_bytes(bytes)).value();
}

void expect_error(const Result<std::string_view>& result, ReasonCode code,
                  const std::string& reason) {
    ASSERT_FALSE(result) << *result;
    EXPECT_EQ(result.error(), error_because(code, reason));
}

TEST(StringTableBuilder, StartsEmptyAndClears) {
    StringTableBuilder builder;
    EXPECT_TRUE(builder.empty());
    EXPECT_EQ(builder.size(), 0U);
    ASSERT_TRUE(builder.add("x"));
    EXPECT_FALSE(builder.empty());
    builder.clear();
    EXPECT_TRUE(builder.empty());
}

TEST(StringTableBuilder, PlacesStringsOneAfterTheOther) {
    StringTableBuilder builder;
    EXPECT_EQ(builder.add("Hello").value(), (StringRef{0, 5}));
    EXPECT_EQ(builder.size(), 6U);
    EXPECT_EQ(builder.add("Aion v").value(), (StringRef{6, 6}));
    EXPECT_EQ(builder.add("Test").value(), (StringRef{13, 4}));
    EXPECT_EQ(as_text(builder.bytes()), std::string_view("Hello\0Aion v\0Test\0", 18));
}

TEST(StringTableBuilder, AnEmptyStringIsOneZeroByte) {
    StringTableBuilder builder;
    EXPECT_EQ(builder.add("").value(), (StringRef{0, 0}));
    EXPECT_EQ(as_text(builder.bytes()), std::string_view("\0", 1));
}

TEST(StringTableBuilder, ContinuesAnExistingTable) {
    StringTableBuilder builder(as_bytes(std::string_view("one\0", 4)));
    EXPECT_EQ(builder.add("two").value(), (StringRef{4, 3}));
    EXPECT_EQ(as_text(builder.bytes()), std::string_view("one\0two\0", 8));
}

TEST(StringTableBuilder, RefusesWhatIsNotUtf8AndStaysAsItWas) {
    StringTableBuilder builder;
    const auto refused = builder.add("ab\xff");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_utf8);
    EXPECT_TRUE(builder.empty());
}

TEST(StringTable, ReadsWhatIsThere) {
    EXPECT_TRUE(table_of("").bytes().empty());
    EXPECT_EQ(table_of("").get({0, 0}).value(), "");
    const auto table = table_of(std::string_view("\0Test\0", 6));
    EXPECT_EQ(table.get({0, 0}).value(), "");
    EXPECT_EQ(table.get({1, 4}).value(), "Test");
    EXPECT_EQ(table.bytes().size(), 6U);
}

TEST(StringTable, AStringMayHoldZeroBytes) {
    const auto table = table_of(std::string_view("a\0b\0", 4));
    EXPECT_EQ(table.get({0, 3}).value(), std::string_view("a\0b", 3));
}

TEST(StringTable, TheLastTerminatorMayBeMissing) {
    EXPECT_EQ(table_of("tail").get({0, 4}).value(), "tail");
}

TEST(StringTable, NamesTheFirstFaultOfBytesThatAreNotUtf8) {
    const auto invalid = StringTable::parse(as_bytes("\xff\xfe"));
    ASSERT_FALSE(invalid);
    EXPECT_EQ(invalid.error(),
              error_because(ErrorCode::invalid_utf8,
                            "String table contains invalid UTF-8: invalid utf-8 sequence of 1 "
                            "bytes from index 0"));
    const auto incomplete = StringTable::parse(as_bytes("ab\xe2\x82"));
    ASSERT_FALSE(incomplete);
    EXPECT_EQ(incomplete.error(),
              error_because(ErrorCode::invalid_utf8,
                            "String table contains invalid UTF-8: incomplete utf-8 byte sequence "
                            "from index 2"));
}

TEST(StringTable, ChecksBoundsBeforeAnythingElse) {
    const auto table = table_of(std::string_view("Hello\0World\0", 12));
    expect_error(table.get({UINT64_MAX, 1}), ErrorCode::invalid_format,
                 "String table access overflow: offset=18446744073709551615, length=1");
    expect_error(table.get({100, 0}), ErrorCode::invalid_format,
                 "String table access out of bounds: offset=100, length=0, table_size=12");
    expect_error(table.get({0, 100}), ErrorCode::invalid_format,
                 "String table access out of bounds: offset=0, length=100, table_size=12");
    expect_error(table.get({UINT64_MAX, 0}), ErrorCode::invalid_format,
                 "String table access out of bounds: offset=18446744073709551615, length=0, "
                 "table_size=12");
    expect_error(table.get({UINT64_MAX - UINT32_MAX, UINT32_MAX}), ErrorCode::invalid_format,
                 "String table access out of bounds: offset=18446744069414584320, "
                 "length=4294967295, table_size=12");
}

TEST(StringTable, WantsATerminator) {
    const auto table = table_of(std::string_view("Hello\0World\0", 12));
    EXPECT_EQ(table.get({0, 5}).value(), "Hello");
    EXPECT_EQ(table.get({6, 5}).value(), "World");
    expect_error(table.get({0, 10}), ErrorCode::invalid_format,
                 "String at offset 0 is not null-terminated");
    expect_error(table.get({2, 0}), ErrorCode::invalid_format,
                 "String at offset 2 is not null-terminated");
}

TEST(StringTable, RefusesASliceThatCutsACharacter) {
    const auto table = table_of(std::string_view("\xe2\x82\xac\0", 4));
    EXPECT_EQ(table.get({0, 3}).value(), "\xe2\x82\xac");
    expect_error(table.get({1, 2}), ErrorCode::invalid_utf8,
                 "String at offset 1 contains invalid UTF-8: invalid utf-8 sequence of 1 bytes "
                 "from index 0");
}

TEST(StringTable, KeepsScriptsAndControlCharacters) {
    const std::vector<std::string> texts = {
        "規則 変更", "Ελληνικά", "🔐✅", "שלום", "line\nbreak\ttab \"quoted\"", ""};
    StringTableBuilder builder;
    std::vector<StringRef> refs;
    for (const auto& text : texts) {
        refs.push_back(builder.add(text).value());
    }
    const auto table = StringTable::parse(builder.bytes()).value();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        EXPECT_EQ(table.get(refs[i]).value(), texts[i]);
    }
}

RC_GTEST_PROP(StringTable, ReadsBackWhatWasAdded, ()) {
    const auto texts = *rc::gen::container<std::vector<std::string>>(
        *rc::gen::inRange<std::size_t>(1, 17),
        rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127)));
    StringTableBuilder builder;
    std::vector<StringRef> refs;
    for (const auto& text : texts) {
        const auto before = builder.size();
        refs.push_back(builder.add(text).value());
        RC_ASSERT(builder.size() > before);
    }
    const auto table = StringTable::parse(builder.bytes()).value();
    for (std::size_t i = 0; i < texts.size(); ++i) {
        RC_ASSERT(table.get(refs[i]).value() == texts[i]);
    }
}

RC_GTEST_PROP(StringTable, GetIsTotal, (std::string bytes)) {
    const auto table = StringTable::parse(as_bytes(bytes));
    if (!table) {
        RC_ASSERT(table.error().code() == ErrorCode::invalid_utf8);
        return;
    }
    const auto offset = *rc::gen::oneOf(rc::gen::arbitrary<std::uint64_t>(),
                                        rc::gen::inRange<std::uint64_t>(0, bytes.size() + 2));
    const auto length =
        *rc::gen::oneOf(rc::gen::arbitrary<std::uint32_t>(), rc::gen::inRange<std::uint32_t>(0, 9));
    const auto text = table->get({offset, length});
    RC_ASSERT((!text || text->size() == length));
}

}  // namespace
}  // namespace aion::format
