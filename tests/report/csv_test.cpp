// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/csv.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace aion::report {
namespace {

std::string table_of(const std::vector<std::vector<std::string>>& rows, CsvStyle style) {
    std::string text;
    const TextSink sink = [&text](std::string_view piece) { text += piece; };
    CsvWriter table(sink, style);
    for (const auto& row : rows) {
        for (const std::string& cell : row) {
            table.cell(cell);
        }
        table.end_row();
    }
    table.end();
    return text;
}

Result<std::vector<std::vector<std::string>>> rows_of(std::string_view text,
                                                      std::size_t most_cells = 1'000) {
    CsvReader reader(text, most_cells);
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> cells;
    while (true) {
        const auto has_row = reader.next(cells);
        if (!has_row) {
            return fail(has_row.error());
        }
        if (!*has_row) {
            return rows;
        }
        rows.push_back(cells);
    }
}

TEST(CsvTest, FormulasStandBehindAnApostrophe) {
    for (const std::string_view text :
         {"=1",      "+1",       "-1",       "@a",      "\ta",     "\ra",     "\na",
          " =1",     "\u00a0=1", "\u200b=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20a",
          "\ufe661", "\ufe621",  "\ufe631",  "\ufe6ba", "'=1",     "''=1",    "'\t"}) {
        EXPECT_TRUE(looks_like_formula(text)) << text;
        const std::string marked = "'" + std::string(text);
        EXPECT_EQ(without_marks(marked), text);
        const auto rows = rows_of(table_of({{std::string(text)}}, CsvStyle::safe));
        EXPECT_EQ(rows->at(0).at(0), marked);
    }
    for (const std::string_view text : {"", "a=1", "1+1", "'tis", "(=1)", "2026-01-01", "'"}) {
        EXPECT_FALSE(looks_like_formula(text)) << text;
        EXPECT_EQ(without_marks(text), text);
    }
}

// Where semicolons or tabs part cells, what is quoted for commas is parted all the same.
TEST(CsvTest, FormulasInsideACellStandBehindAnApostropheToo) {
    const auto expect = [](std::string_view text, std::string_view marked) {
        EXPECT_EQ(with_marks(text), marked);
        EXPECT_EQ(without_marks(marked), text);
        EXPECT_EQ(rows_of(table_of({{std::string(text)}}, CsvStyle::safe))->at(0).at(0), marked);
    };
    expect("x;=cmd|' /C calc'!A0", "x;'=cmd|' /C calc'!A0");
    expect("=1;+2; -3;a", "'=1;'+2;' -3;a");
    expect("a\t@b", "a\t'@b");
    expect("a\n\n-b\r\n\ufe66c", "a\n\n'-b\r\n'\ufe66c");
    expect("a;'=1", "a;''=1");
    expect("\t=1", "'\t'=1");
    expect("two\nlines\n\n", "two\nlines\n\n");
    expect("a;b;;", "a;b;;");
    expect("a,-1 = b; c", "a,-1 = b; c");
}

TEST(CsvTest, EveryCellIsQuotedExceptAsTheReferenceDoesIt) {
    EXPECT_EQ(table_of({{"a", "b c", ""}}, CsvStyle::safe), "\"a\",\"b c\",\"\"\r\n");
    EXPECT_EQ(table_of({{"a,b", "\"", "\"x\"y", "x\ry", " a"}}, CsvStyle::safe),
              "\"a,b\",\"\"\"\",\"\"\"x\"\"y\",\"x\ry\",\" a\"\r\n");
    EXPECT_EQ(table_of({{"=1", "a;=1"}}, CsvStyle::raw), "\"=1\",\"a;=1\"\r\n");
    EXPECT_EQ(table_of({{"a,b", "x\ny", "x\ry", " a", "=1"}}, CsvStyle::reference),
              "\"a,b\",\"x\ny\",x\ry, a,=1\n");
}

TEST(CsvTest, NoMoreCellsAreReadThanThereMayBe) {
    EXPECT_EQ(rows_of("a,b\n,\n", 2)->size(), 2U);
    EXPECT_EQ(rows_of("a,b\n,,", 2).error().message(),
              "Invalid file format: more than 2 cells in line 2");
    // Refused at the third cell, whatever follows: a mark that is not closed is not met any more.
    const std::string commas(std::size_t{1} << 20U, ',');
    EXPECT_EQ(rows_of(commas + "\"", 2).error().message(),
              "Invalid file format: more than 2 cells in line 1");
}

TEST(CsvTest, AByteOrderMarkIsPassed) {
    EXPECT_EQ(rows_of("\ufeff\"a\",b\n")->at(0), (std::vector<std::string>{"a", "b"}));
}

TEST(CsvTest, WhatIsNoTableIsRefusedWithItsLine) {
    EXPECT_EQ(rows_of("a\n\"b").error().message(),
              "Invalid file format: a quotation mark that is not closed in line 2");
    EXPECT_EQ(rows_of("\"a\nb\"\n\"c\"d\n").error().message(),
              "Invalid file format: text behind a quotation mark in line 3");
    EXPECT_EQ(rows_of("a,b\r\n\"\",\n")->at(1), (std::vector<std::string>{"", ""}));
    EXPECT_TRUE(rows_of("")->empty());
}

RC_GTEST_PROP(CsvProperty, WhatIsWrittenIsReadBack, ()) {
    const auto piece = rc::gen::element<std::string>("a", ",", "\"", "\n", "\r", " ", "=", "'",
                                                     "\t", ";", "\u00e9", "\uff1d");
    const auto cell = rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                                   [](const std::vector<std::string>& pieces) {
                                       std::string text;
                                       for (const std::string& one : pieces) {
                                           text += one;
                                       }
                                       return text;
                                   });
    const auto rows = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::vector<std::string>>>(
        rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(cell))));
    for (const CsvStyle style : {CsvStyle::safe, CsvStyle::raw}) {
        auto read = rows_of(table_of(rows, style));
        RC_ASSERT(read.has_value());
        if (style == CsvStyle::safe) {
            for (auto& row : *read) {
                for (std::string& text : row) {
                    text = without_marks(text);
                }
            }
        }
        RC_ASSERT(*read == rows);
    }
}

}  // namespace
}  // namespace aion::report
