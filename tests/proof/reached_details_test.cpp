// SPDX-License-Identifier: MIT OR Apache-2.0
// Every detail of an error can happen: one test a detail, which provokes it. The switches below
// have no default, so that a new detail does not compile before it has a scenario.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "aion/archive/pin_file.hpp"
#include "aion/format/string_table.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/report/conflict.hpp"
#include "aion/report/export.hpp"
#include "aion/report/export_check.hpp"
#include "aion/report/text_diff.hpp"
#include "archive/details.hpp"
#include "base/json_details.hpp"
#include "base/json_reader.hpp"
#include "base/value.hpp"
#include "base/yaml_details.hpp"
#include "crypto/details.hpp"
#include "crypto/openssl.hpp"
#include "format/details.hpp"
#include "policy/details.hpp"
#include "policy/draft.hpp"
#include "proof/doc_table.hpp"
#include "proof/file_map.hpp"
#include "proof/genuine.hpp"
#include "proof/reached_attest_details.hpp"
#include "proof/reached_hardware_details.hpp"
#include "proof/reached_log_details.hpp"
#include "proof/reached_note_details.hpp"
#include "proof/reached_order_details.hpp"
#include "proof/reached_receipt_details.hpp"
#include "proof/reached_registry_details.hpp"
#include "proof/reached_release_details.hpp"
#include "proof/reached_service_details.hpp"
#include "proof/reached_supply_details.hpp"
#include "proof/reached_tlog_details.hpp"
#include "proof/reached_trust_details.hpp"
#include "report/export_details.hpp"
#include "report/text_details.hpp"
#include "support/temporary_folder.hpp"
#include "support/world.hpp"
#include "trust/details.hpp"

namespace aion::proof {
namespace {

using archive::ArchiveDetail;
using format::FileView;
using format::FormatDetail;
using json::JsonDetail;
using policy::PolicyDetail;
using policy::test::key_from;
using report::ExportDetail;
using report::TextDetail;
using trust::Registry;

using proof::provoke;

// --- JSON ---------------------------------------------------------------------------------------

json::ObjectReader object_in(std::string_view text) {
    // The reader borrows the document.
    static json::Document document;
    document = *json::parse(text, {});
    return *json::ObjectReader::root(document, "");
}

Outcome provoke(JsonDetail detail) {
    switch (detail) {
        case JsonDetail::json_too_large:
            return outcome(json::parse("[1]", {.error_prefix = "", .max_size = 2}));
        case JsonDetail::json_invalid_utf8:
            return outcome(json::parse("\"\xFF\"", {}));
        case JsonDetail::json_byte_order_mark:
            return outcome(json::parse("\xEF\xBB\xBF{}", {}));
        case JsonDetail::json_nul:
            return outcome(json::parse(std::string_view("[\0]", 3), {}));
        case JsonDetail::json_syntax:
            return outcome(json::parse("{", {}));
        case JsonDetail::json_duplicate_key:
            return outcome(json::parse(R"({"a": 1, "a": 2})", {}));
        case JsonDetail::json_too_many_values:
            return outcome(json::parse("[1]", {.error_prefix = "", .max_values = 1}));
        case JsonDetail::json_too_deep:
            return outcome(json::parse("[[1]]", {.error_prefix = "", .max_depth = 1}));
        case JsonDetail::json_missing_key:
            return outcome(object_in("{}").u64("a"));
        case JsonDetail::json_wrong_type:
            return outcome(object_in(R"({"a": "x"})").u64("a"));
        case JsonDetail::json_unknown_key:
            return outcome(object_in(R"({"a": 1})").check_only({"b"}));
    }
    return std::nullopt;
}

// --- Files --------------------------------------------------------------------------------------

const Bytes& sample() {
    return genuine("one_author").file;
}

Outcome after_setting(std::size_t offset, std::uint64_t value, std::size_t size = 8) {
    Bytes file = sample();
    put_number(file, offset, value, size);
    return outcome(FileView::parse(file));
}

Outcome string_at(std::string_view table, std::uint64_t offset, std::uint32_t length) {
    return outcome(format::StringTable::parse(as_bytes(table))->get({offset, length}));
}

// The sample without one of its sections; `stored` becomes the rest.
FileView without_section(std::size_t section, Bytes& stored) {
    const FileMap map(sample());
    const std::size_t offset = map.section(section);
    const std::size_t size = map.section(section + 1) - offset;
    const auto from = sample().begin() + static_cast<std::ptrdiff_t>(offset);
    stored.assign(sample().begin(), from);
    stored.insert(stored.end(), from + static_cast<std::ptrdiff_t>(size), sample().end());
    return *FileView::parse(format::FileBytes(stored, {offset, size}));
}

Outcome audit_link_with_reserved_bytes() {
    const auto view = FileView::parse(sample());
    format::AuditRecord entry = **view->audit_at(1);
    entry.reserved1[0] = 1;
    return outcome(format::check_audit_link(entry, **view->audit_at(0)));
}

Outcome provoke(FormatDetail detail) {
    const FileMap map(sample());
    Bytes file = sample();
    switch (detail) {
        case FormatDetail::file_too_small:
            return outcome(FileView::parse(ByteView(file).first(10)));
        case FormatDetail::file_without_hash:
            return outcome(FileView::parse(ByteView(file).first(header_size)));
        case FormatDetail::header_bad_magic:
            return after_setting(0, 'a', 1);
        case FormatDetail::header_reserved_flags:
            return after_setting(6, 0x8001, 2);
        case FormatDetail::header_reserved_bytes:
            return after_setting(header_size - 1, 1, 1);
        case FormatDetail::section_size_overflow:
            return after_setting(section_field(1) + 8, UINT64_MAX);
        case FormatDetail::section_end_overflow:
            return after_setting(section_field(0), UINT64_MAX);
        case FormatDetail::section_out_of_bounds:
            return after_setting(section_field(0), file.size());
        case FormatDetail::section_not_in_memory:
            return outcome(without_section(1, file).versions());
        case FormatDetail::index_out_of_bounds:
            return outcome(FileView::parse(file)->version_at(map.count()));
        case FormatDetail::record_reserved_bytes:
            file[map.version(1) - 1] = 1;
            return outcome(FileView::parse(file)->version_at(0));
        case FormatDetail::audit_entry_size:
            return outcome(format::audit_record_from(Bytes(audit_size - 1)));
        case FormatDetail::audit_reserved_bytes:
            return audit_link_with_reserved_bytes();
        case FormatDetail::string_overflow:
            return string_at("ab", UINT64_MAX, 2);
        case FormatDetail::string_out_of_bounds:
            return string_at("ab", 1, 2);
        case FormatDetail::string_not_terminated:
            return string_at("abc", 0, 2);
    }
    return std::nullopt;
}

// --- Operations ---------------------------------------------------------------------------------

/// What becomes of one more version of a file that nobody verified.
Result<format::FileImage> continued(MemoryEnv& env, ByteView file) {
    auto read = policy::PrivateFile::copy_of(file, policy::Hold::everything);
    auto draft = policy::Draft::continuing(env, policy::Subject(read), std::nullopt, 1);
    auto next = draft->prepare({}, policy::Ownership::callers, nullptr);
    draft->append(*std::move(next), format::SignatureRecord{});
    return draft->write([](ByteView) { return Result<>(); }, nullptr);
}

Outcome provoke(PolicyDetail detail) {
    const FileMap map(sample());
    Bytes file = sample();
    MemoryEnv env;
    switch (detail) {
        case PolicyDetail::file_without_versions:
            put_number(file, section_field(1) + 8, 0);
            return outcome(policy::payload_unverified(*FileView::parse(file)));
        case PolicyDetail::file_not_in_memory: {
            const FileView partial = without_section(0, file);
            return outcome(policy::signatures(partial, genuine("one_author").registry));
        }
        case PolicyDetail::messages_overlap:
            put_number(file, map.version(0) + 96, UINT32_MAX, 4);
            return outcome(policy::history(*FileView::parse(file)));
        case PolicyDetail::signature_without_version:
            put_number(file, section_field(1) + 8, map.count() - 1);
            return outcome(
                policy::signatures(*FileView::parse(file), genuine("one_author").registry));
        case PolicyDetail::draft_unsound:
            // No VALID file has such a trail.
            put_number(file, section_field(3) + 8, map.count() - 1);
            return outcome(continued(env, file));
    }
    return std::nullopt;
}

// --- What is kept between runs ------------------------------------------------------------------

/// Pins of which one byte is another, or which end there.
Outcome pins_of(const std::function<void(std::string&)>& how) {
    const aion::test::TemporaryFolder folder;
    const std::filesystem::path path = folder / "pins.db";
    EXPECT_TRUE(archive::open_pin_file(Env::system(), path).has_value());
    std::string bytes;
    {
        std::ifstream in(path, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    }
    how(bytes);
    std::ofstream(path, std::ios::binary) << bytes;
    return outcome(archive::open_pin_file(Env::system(), path));
}

Outcome provoke(ArchiveDetail detail) {
    switch (detail) {
        case ArchiveDetail::database_damaged:
            return pins_of([](std::string& bytes) { bytes.resize(50); });
        case ArchiveDetail::database_foreign:
            return pins_of([](std::string& bytes) { bytes[0] = 'X'; });
        case ArchiveDetail::database_newer:
            return pins_of([](std::string& bytes) { bytes[63] = 3; });
    }
    return std::nullopt;
}

// --- Payloads -----------------------------------------------------------------------------------

Outcome provoke(YamlDetail detail) {
    switch (detail) {
        case YamlDetail::yaml_too_large:
            return outcome(parse_yaml("a: 1", {.yaml_size = 3}));
        case YamlDetail::yaml_invalid_utf8:
            return outcome(parse_yaml("\xFF"));
        case YamlDetail::yaml_character:
            return outcome(parse_yaml("\x04"));
        case YamlDetail::yaml_syntax:
            return outcome(parse_yaml("["));
        case YamlDetail::yaml_duplicate_key:
            return outcome(parse_yaml("a: 1\na: 2"));
        case YamlDetail::yaml_too_many_values:
            return outcome(parse_yaml("[a]", {.values = 1}));
        case YamlDetail::yaml_too_deep:
            return outcome(parse_yaml("[[a]]", {.depth = 1}));
        case YamlDetail::yaml_not_plain:
            return outcome(parse_yaml("&a b"));
    }
    return std::nullopt;
}

Outcome provoke(TextDetail detail) {
    switch (detail) {
        case TextDetail::text_too_many_lines:
            return outcome(report::check_unified_diff(std::string(report::most_lines, '\n'), "\n"));
        case TextDetail::text_like_markers:
            return outcome(report::check_conflict_markers(std::string(99, '<'), ""));
    }
    return std::nullopt;
}

// --- All of them --------------------------------------------------------------------------------

Outcome read_export(const std::string& members, std::size_t max_size = 1'000) {
    return outcome(report::import_export(R"({"export_version":"1.0")" + members + "}",
                                         report::ExportFormat::json, {.max_size = max_size}));
}

Outcome provoke(ExportDetail detail) {
    const std::string empty = R"(,"source_file":"","versions":[],"signatures":[],"file_info":)"
                              R"({"file_id":"0x0000000000000000","version_count":)";
    const Registry nobody;
    switch (detail) {
        case ExportDetail::export_not_like_reference:
            return outcome(report::exports_like_reference(
                *policy::examine(as_bytes("x"), nobody, Timestamp{0})));
        case ExportDetail::export_too_large:
            return read_export("", 3);
        case ExportDetail::export_unknown_form:
            return outcome(report::import_export("[]", report::ExportFormat::json));
        case ExportDetail::export_newer:
            return read_export(R"(,"aion_export":2)");
        case ExportDetail::export_missing_key:
            return read_export("");
        case ExportDetail::export_wrong_value:
            return read_export(R"(,"source_file":null)");
        case ExportDetail::export_contradiction:
            return read_export(empty + R"(1,"current_version":0})");
        case ExportDetail::csv_syntax:
            return outcome(report::check_export(
                "version,author_id,timestamp,message,rules_hash,parent_hash\n\"",
                report::ExportFormat::csv, *policy::examine(as_bytes("x"), nobody, Timestamp{0}),
                {}));
    }
    return std::nullopt;
}

// The same as an older libcrypto says of the algorithm that we use.
Outcome provoke(crypto::CryptoDetail detail) {
    switch (detail) {
        case crypto::CryptoDetail::algorithm_unavailable:
            return outcome(crypto::openssl::check_offered("ML-DSA-1024", "9.9"));
    }
    return std::nullopt;
}

struct Case {
    std::string name;
    std::function<Outcome()> provoke;
};

template <class Table>
void add_cases(std::vector<Case>& cases, const Table& table) {
    for (const auto& row : table) {
        cases.push_back({std::string(row.name), [value = row.value] { return provoke(value); }});
    }
}

std::vector<Case> all_cases() {
    std::vector<Case> cases;
    add_cases(cases, json::json_details);
    add_cases(cases, format::format_details);
    add_cases(cases, trust::trust_details);
    add_cases(cases, policy::policy_details);
    add_cases(cases, archive::archive_details);
    add_cases(cases, yaml_details);
    add_cases(cases, report::text_details);
    add_cases(cases, report::export_details);
    add_cases(cases, supply::supply_details);
    add_cases(cases, supply::registry_details);
    add_cases(cases, tlog::note_details);
    add_cases(cases, tlog::service_details);
    add_cases(cases, attest::attest_details);
    add_cases(cases, attest::hardware_details);
    add_cases(cases, crypto::crypto_details);
    add_cases(cases, tlog::tlog_details);
    add_cases(cases, tlog::log_details);
    add_cases(cases, tlog::ledger_details);
    add_cases(cases, tlog::order_details);
    add_cases(cases, release::release_details);
    add_cases(cases, release::receipt_details);
    return cases;
}

class ReachedDetail : public ::testing::TestWithParam<Case> {};

TEST_P(ReachedDetail, Arrives) {
    const auto raised = GetParam().provoke();
    if (GetParam().name == "registry_not_the_same") {
        EXPECT_EQ(raised, std::nullopt) << "there is a way now";
        return;
    }
    ASSERT_TRUE(raised.has_value()) << "nothing raises it";
    // What hardware says is not of another form, but refused; registries fail in ways of their own.
    const std::set<ErrorCode> codes = {ErrorCode::invalid_format, ErrorCode::verdict_invalid,
                                       ErrorCode::operation_not_permitted,
                                       ErrorCode::transfer_failed};
    EXPECT_TRUE(codes.contains(raised->code())) << raised->full_message();
    EXPECT_EQ(raised->detail(), GetParam().name) << raised->full_message();
    EXPECT_EQ(raised->message().find('{'), std::string::npos) << raised->message();
}

INSTANTIATE_TEST_SUITE_P(Names, ReachedDetail, ::testing::ValuesIn(all_cases()),
                         [](const ::testing::TestParamInfo<Case>& tested) {
                             return tested.param.name;
                         });

TEST(ReachedDetails, AreDocumentedAndDistinct) {
    const auto documented = table_below("docs/errors.md", "### Details");
    std::set<std::string> names;
    for (const Case& each : all_cases()) {
        EXPECT_TRUE(names.insert(each.name).second) << each.name << " of two layers";
        EXPECT_TRUE(documented.contains(each.name)) << each.name;
    }
    EXPECT_EQ(names.size(), documented.size());
}

TEST(ReachedDetails, OtherErrorsHaveNone) {
    EXPECT_EQ(invalid_format("x").detail(), "");
    EXPECT_EQ(outcome(trust::Registry().pin(AuthorId{1}, PublicKey(), PublicKey()))->detail(), "");
}

}  // namespace
}  // namespace aion::proof
