// SPDX-License-Identifier: MIT OR Apache-2.0
// Every detail of an error can happen: one test a detail, which provokes it. The switches below
// have no default, so that a new detail does not compile before it has a scenario.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "aion/archive/pin_file.hpp"
#include "aion/base/base64.hpp"
#include "aion/format/string_table.hpp"
#include "aion/policy/inspect.hpp"
#include "aion/report/conflict.hpp"
#include "aion/report/export.hpp"
#include "aion/report/export_check.hpp"
#include "aion/report/text_diff.hpp"
#include "aion/trust/keystore.hpp"
#include "archive/details.hpp"
#include "base/json_details.hpp"
#include "base/json_reader.hpp"
#include "format/details.hpp"
#include "policy/details.hpp"
#include "policy/draft.hpp"
#include "proof/doc_table.hpp"
#include "proof/file_map.hpp"
#include "proof/genuine.hpp"
#include "report/export_details.hpp"
#include "report/text_details.hpp"
#include "report/value.hpp"
#include "report/yaml_details.hpp"
#include "support/temporary_folder.hpp"
#include "support/world.hpp"
#include "trust/details.hpp"
#include "trust/key_container.hpp"

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
using report::YamlDetail;
using trust::Registry;
using trust::TrustDetail;

// What a scenario ended with; nothing if it succeeded, or if there is none.
using Outcome = std::optional<Error>;

template <class T>
Outcome outcome(const Result<T>& result) {
    return result ? Outcome() : Outcome(result.error());
}

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

// --- Registries, records, key files -------------------------------------------------------------

constexpr AuthorId author{1};

std::string base64_key(std::uint8_t fill) {
    return to_base64(key_from(fill).public_half().view());
}

std::string epoch_json(std::uint32_t number, std::uint64_t from, const std::string& key,
                       const std::string& status = "active") {
    return R"({"epoch": )" + std::to_string(number) + R"(, "public_key": ")" + key +
           R"(", "active_from_version": )" + std::to_string(from) + R"(, "status": ")" + status +
           R"("})";
}

Result<Registry> registry_of(const std::string& epochs, const std::string& revocations = "",
                             int version = 1) {
    return Registry::from_json(R"({"version": )" + std::to_string(version) +
                               R"(, "authors": [{"author_id": 1, "master_key": ")" +
                               base64_key(master_fill) + R"(", "epochs": [)" + epochs +
                               R"(], "revocations": [)" + revocations + "]}]}");
}

// One author, whose first key is valid from version 5 on.
Registry small_registry() {
    return *registry_of(epoch_json(0, 5, base64_key(0x11)));
}

Outcome rotated(Registry registry, std::uint32_t from_epoch, std::uint32_t to_epoch,
                std::uint64_t from_version, AuthorId of = author) {
    crypto::SigningKey master = key_from(master_fill);
    const trust::RotationRecord record{.author = of,
                                       .from_epoch = {from_epoch},
                                       .to_epoch = {to_epoch},
                                       .to_public_key = key_from(0x12).public_half(),
                                       .effective_from = {from_version},
                                       .master_signature = {}};
    return outcome(registry.apply(*sign(record, master)));
}

Outcome revoked(Registry& registry, std::uint32_t epoch, std::uint64_t from) {
    crypto::SigningKey master = key_from(master_fill);
    const trust::RevocationRecord record{.author = author,
                                         .epoch = {epoch},
                                         .reason = trust::RevocationReason::retired,
                                         .effective_from = {from},
                                         .master_signature = {}};
    return outcome(registry.apply(*sign(record, master)));
}

Outcome record_with_key(const std::string& key) {
    return outcome(trust::signed_record_from_json(
        R"({"type": "aion.rotation.v1", "author_id": 1, "from_epoch": 0, "to_epoch": 1, )"
        R"("to_public_key": ")" +
        key + R"(", "effective_from_version": 9, "master_signature": ""})"));
}

// Of a registry's JSON.
Outcome provoke_by_json(TrustDetail detail) {
    const std::string first = epoch_json(0, 5, base64_key(0x11));
    const std::string revocation =
        R"({"epoch": 0, "reason": "Retired", "effective_from_version": 9})";
    switch (detail) {
        case TrustDetail::registry_no_epochs:
            return outcome(registry_of(""));
        case TrustDetail::registry_first_epoch:
            return outcome(registry_of(epoch_json(1, 5, base64_key(0x11))));
        case TrustDetail::registry_epoch_order:
            return outcome(registry_of(first + ", " + epoch_json(0, 6, base64_key(0x12))));
        case TrustDetail::registry_start_order:
            return outcome(registry_of(first + ", " + epoch_json(1, 5, base64_key(0x12))));
        case TrustDetail::registry_bad_key:
            return outcome(registry_of(epoch_json(0, 5, "AA==")));
        case TrustDetail::registry_bad_status:
            return outcome(registry_of(epoch_json(0, 5, base64_key(0x11), "odd")));
        case TrustDetail::registry_false_status:
            return outcome(registry_of(epoch_json(0, 5, base64_key(0x11), "rotated")));
        case TrustDetail::registry_mistyped_key:
            return outcome(registry_of(R"({"epoch": 0, "Status": "revoked"})"));
        case TrustDetail::registry_already_revoked:
            return outcome(registry_of(first, revocation + ", " + revocation));
        case TrustDetail::registry_file_version:
            return outcome(registry_of(first, "", 2));
        default:
            return outcome(registry_of(
                first, R"({"epoch": 0, "reason": "retired", "effective_from_version": 9})"));
    }
}

// Of what is asked of a registry.
Outcome provoke_by_change(TrustDetail detail) {
    Registry registry = small_registry();
    const PublicKey key = key_from(0x12).public_half();
    switch (detail) {
        case TrustDetail::registry_unknown_author:
            return rotated(registry, 0, 1, 9, AuthorId{2});
        case TrustDetail::registry_duplicate_author:
            return outcome(registry.pin(author, key, key));
        case TrustDetail::registry_unknown_epoch:
            return revoked(registry, 7, 9);
        case TrustDetail::rotation_wrong_source:
            return rotated(registry, 3, 1, 9);
        case TrustDetail::rotation_wrong_target:
            return rotated(registry, 0, 2, 9);
        case TrustDetail::rotation_after_the_last:
            return rotated(*registry_of(epoch_json(0, 5, base64_key(0x11)) + ", " +
                                        epoch_json(UINT32_MAX, 6, base64_key(0x13))),
                           UINT32_MAX, 0, 9);
        case TrustDetail::rotation_too_early:
            return rotated(registry, 0, 1, 4);
        default:
            return rotated(registry, 0, 1, 5);
    }
}

Outcome key_file_of(std::size_t size, std::string_view begin) {
    Bytes container(size);
    std::ranges::copy(as_bytes(begin), container.begin());
    return outcome(trust::check_local_container(container));
}

Outcome key_file_too_large() {
    MemoryEnv env;
    env.put("/keys/author-1.key", Bytes(5000));
    return outcome(trust::Keystore(env, "/keys").load(trust::KeyId{1}));
}

Outcome key_file_misnamed() {
    MemoryEnv env;
    env.put("/keys/author-01.key", Bytes(trust::local_container_size));
    return trust::Keystore(env, "/keys").list()->at(0).problem;
}

Outcome provoke(TrustDetail detail) {
    switch (detail) {
        case TrustDetail::registry_no_epochs:
        case TrustDetail::registry_first_epoch:
        case TrustDetail::registry_epoch_order:
        case TrustDetail::registry_start_order:
        case TrustDetail::registry_bad_key:
        case TrustDetail::registry_bad_status:
        case TrustDetail::registry_false_status:
        case TrustDetail::registry_mistyped_key:
        case TrustDetail::registry_already_revoked:
        case TrustDetail::registry_file_version:
        case TrustDetail::revocation_bad_reason:
            return provoke_by_json(detail);
        case TrustDetail::registry_unknown_author:
        case TrustDetail::registry_duplicate_author:
        case TrustDetail::registry_unknown_epoch:
        case TrustDetail::rotation_wrong_source:
        case TrustDetail::rotation_wrong_target:
        case TrustDetail::rotation_after_the_last:
        case TrustDetail::rotation_too_early:
        case TrustDetail::rotation_leaves_nothing:
            return provoke_by_change(detail);
        case TrustDetail::revocation_unknown_code:
            return outcome(trust::revocation_reason_from_code(7));
        case TrustDetail::revocation_unknown_name:
            return outcome(trust::revocation_reason_from_name("retired"));
        case TrustDetail::record_bad_type:
            return outcome(trust::signed_record_from_json(R"({"type": "aion.rotation.v2"})"));
        case TrustDetail::record_bad_base64:
            return record_with_key("!");
        case TrustDetail::record_bad_size:
            return record_with_key("AA==");
        case TrustDetail::key_file_too_small:
            return key_file_of(64, "AFKY\x01");
        case TrustDetail::key_file_too_large:
            return key_file_too_large();
        case TrustDetail::key_file_bad_magic:
            return key_file_of(65, "AKEY\x01");
        case TrustDetail::key_file_version:
            return key_file_of(65, "AFKY\x02");
        case TrustDetail::key_file_misnamed:
            return key_file_misnamed();
        // Written to be read as it was: only a fault of the library brings it about.
        case TrustDetail::registry_not_the_same:
            break;
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
            return pins_of([](std::string& bytes) { bytes[63] = 2; });
    }
    return std::nullopt;
}

// --- Payloads -----------------------------------------------------------------------------------

Outcome provoke(YamlDetail detail) {
    switch (detail) {
        case YamlDetail::yaml_too_large:
            return outcome(report::parse_yaml("a: 1", {.yaml_size = 3}));
        case YamlDetail::yaml_invalid_utf8:
            return outcome(report::parse_yaml("\xFF"));
        case YamlDetail::yaml_character:
            return outcome(report::parse_yaml("\x04"));
        case YamlDetail::yaml_syntax:
            return outcome(report::parse_yaml("["));
        case YamlDetail::yaml_duplicate_key:
            return outcome(report::parse_yaml("a: 1\na: 2"));
        case YamlDetail::yaml_too_many_values:
            return outcome(report::parse_yaml("[a]", {.values = 1}));
        case YamlDetail::yaml_too_deep:
            return outcome(report::parse_yaml("[[a]]", {.depth = 1}));
        case YamlDetail::yaml_not_plain:
            return outcome(report::parse_yaml("&a b"));
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
    add_cases(cases, report::yaml_details);
    add_cases(cases, report::text_details);
    add_cases(cases, report::export_details);
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
    EXPECT_EQ(raised->code(), ErrorCode::invalid_format) << raised->full_message();
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
    EXPECT_EQ(outcome(trust::Registry().pin(author, PublicKey(), PublicKey()))->detail(), "");
}

}  // namespace
}  // namespace aion::proof
