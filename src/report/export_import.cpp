// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/export_import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/utf8.hpp"
#include "base/named.hpp"
#include "base/try.hpp"
#include "report/comparing_writer.hpp"
#include "report/export_details.hpp"
#include "report/export_form.hpp"
#include "report/export_tree.hpp"
#include "report/export_verdict.hpp"

namespace aion::report {
namespace {

using Kind = Value::Kind;

constexpr NameTable formats(std::to_array<Named<ExportFormat>>({
    {ExportFormat::json, "json"},
    {ExportFormat::yaml, "yaml"},
    {ExportFormat::csv, "csv"},
}));

// An object and its place: what the values in it are, or what is wrong with them, by name.
class Reader {
  public:
    Reader(const Value& object, std::string place) : object_(object), place_(std::move(place)) {}

    /// Where the member of that name is.
    [[nodiscard]] std::string at(std::string_view name) const {
        return place_.empty() ? std::string(name) : fmt::format("{}.{}", place_, name);
    }

    [[nodiscard]] std::unexpected<Error> wrong(std::string_view name, std::string_view what) const {
        return fail(invalid<ExportDetail::export_wrong_value>(at(name), what));
    }

    [[nodiscard]] std::unexpected<Error> contradicts(std::string_view name,
                                                     std::string_view what) const {
        return fail(invalid<ExportDetail::export_contradiction>(at(name), what));
    }

    [[nodiscard]] Result<const Value*> member(std::string_view name) const {
        if (const Value* const found = object_.find(name)) {
            return found;
        }
        return fail(invalid<ExportDetail::export_missing_key>(at(name)));
    }

    [[nodiscard]] Result<std::string> text(std::string_view name) const {
        AION_TRY_ASSIGN(const Value* value, member(name));
        // In YAML a plain text of digits reads as a number: its digits are the text.
        if (value->kind != Kind::text && value->kind != Kind::number) {
            return wrong(name, "expected text");
        }
        return value->text;
    }

    [[nodiscard]] Result<bool> truth(std::string_view name) const {
        AION_TRY_ASSIGN(const Value* value, member(name));
        if (value->kind != Kind::boolean) {
            return wrong(name, "expected true or false");
        }
        return value->truth;
    }

    /// Null: nothing.
    template <class T>
    [[nodiscard]] Result<std::optional<T>> hex_or_null(std::string_view name) const {
        AION_TRY_ASSIGN(const Value* value, member(name));
        if (value->kind == Kind::null) {
            return std::optional<T>();
        }
        AION_TRY_ASSIGN(const T octets, hex<T>(name));
        return std::optional<T>(octets);
    }

    template <class T>
    [[nodiscard]] Result<T> hex(std::string_view name) const {
        AION_TRY_ASSIGN(const std::string digits, text(name));
        auto octets = octets_from_hex<T>(digits);
        if (!octets || to_hex(*octets) != digits) {
            return wrong(name, fmt::format("expected {} lower-case hex digits", 2 * T::size));
        }
        return *octets;
    }

    /// A number and, if `is_ours`, the same as text beside it.
    template <class Number>
    [[nodiscard]] Result<Number> number(std::string_view name, bool is_ours) const {
        AION_TRY_ASSIGN(const auto found, number_or_null<Number>(name, is_ours));
        if (!found) {
            return wrong(name, "expected a number");
        }
        return *found;
    }

    /// The same, null: nothing.
    template <class Number>
    [[nodiscard]] Result<std::optional<Number>> number_or_null(std::string_view name,
                                                               bool is_ours) const {
        AION_TRY_ASSIGN(const Value* value, member(name));
        const std::string twin_name = std::string(name) + "_text";
        if (is_ours) {
            AION_TRY_ASSIGN(const Value* twin, member(twin_name));
            const bool agrees = value->kind == Kind::null
                                    ? twin->kind == Kind::null
                                    : twin->kind == Kind::text && twin->text == value->text;
            if (!agrees) {
                return contradicts(twin_name, fmt::format("it is not what {} says", name));
            }
        }
        if (value->kind == Kind::null) {
            return std::optional<Number>();
        }
        const auto number = value->kind == Kind::number ? unsigned_from(value->text) : std::nullopt;
        if (!number || *number > most<Number>()) {
            return wrong(name, fmt::format("expected a number from 0 to {}", most<Number>()));
        }
        return std::optional(made<Number>(*number));
    }

    [[nodiscard]] Result<Timestamp> time(std::string_view name) const {
        AION_TRY_ASSIGN(const std::string said, text(name));
        if (const auto time = parse_written_time(said)) {
            return *time;
        }
        return wrong(name, "expected a time such as 2026-01-01T00:00:00Z");
    }

    /// Calls `take` with each item, which must be an object.
    template <class Take>
    [[nodiscard]] Result<> each(std::string_view name, Take take) const {
        AION_TRY_ASSIGN(const Value* list, member(name));
        if (list->kind != Kind::list) {
            return wrong(name, "expected a list");
        }
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            const Reader item(list->items[i], fmt::format("{}[{}]", at(name), i));
            if (list->items[i].kind != Kind::object) {
                return fail(
                    invalid<ExportDetail::export_wrong_value>(item.place_, "expected an object"));
            }
            AION_TRY(take(item));
        }
        return {};
    }

    [[nodiscard]] Result<Reader> object(std::string_view name) const {
        AION_TRY_ASSIGN(const Value* value, member(name));
        if (value->kind != Kind::object) {
            return wrong(name, "expected an object");
        }
        return Reader(*value, at(name));
    }

  private:
    template <class Number>
    static constexpr std::uint64_t most() noexcept {
        if constexpr (std::is_integral_v<Number>) {
            return std::numeric_limits<Number>::max();
        } else {
            return std::numeric_limits<typename Number::rep>::max();
        }
    }

    template <class Number>
    static constexpr Number made(std::uint64_t number) noexcept {
        if constexpr (std::is_integral_v<Number>) {
            return static_cast<Number>(number);
        } else {
            return Number{static_cast<typename Number::rep>(number)};
        }
    }

    const Value& object_;
    std::string place_;
};

// The exact time, which must be in the second that was said before.
Result<Timestamp> exact_time(const Reader& object) {
    AION_TRY_ASSIGN(const auto nanos, object.number<Timestamp>("timestamp_nanos", true));
    AION_TRY_ASSIGN(const auto text, object.text("timestamp_rfc3339"));
    if (rfc3339(nanos) != text) {
        return object.contradicts("timestamp_rfc3339", "it is not what timestamp_nanos says");
    }
    return nanos;
}

Result<policy::SignatureState> signature_state(const Reader& object) {
    AION_TRY_ASSIGN(const std::string said, object.text("signature"));
    const auto state = enumerator_named<policy::SignatureState>(said);
    return state ? Result<policy::SignatureState>(*state)
                 : object.wrong("signature", "expected valid, refused or not_judged");
}

// The reason why the signature does not count, which there is if it was refused.
Result<> read_refused(const Reader& object, policy::SignatureState state) {
    AION_TRY_ASSIGN(const Value* value, object.member("refused"));
    const bool is_refused = value->kind != Kind::null;
    if (is_refused && !enumerator_named<policy::Reason>(value->text)) {
        return object.wrong("refused", "expected a reason, or null");
    }
    if (is_refused != (state == policy::SignatureState::refused)) {
        return object.contradicts("refused", "it is not what signature says");
    }
    return {};
}

Result<> read_what_is_ours(const Reader& object, ExportedVersion& version) {
    AION_TRY_ASSIGN(const Timestamp exact, exact_time(object));
    if (rfc3339_seconds(exact) != rfc3339_seconds(version.timestamp)) {
        return object.contradicts("timestamp", "it is not what timestamp_nanos says");
    }
    version.timestamp = exact;
    AION_TRY_ASSIGN(version.version_hash, object.hex<Hash>("version_hash"));
    AION_TRY_ASSIGN(const bool authenticated, object.truth("message_authenticated"));
    if (authenticated) {
        return object.wrong("message_authenticated", "no message of format v2 is authenticated");
    }
    AION_TRY_ASSIGN(const policy::SignatureState state, signature_state(object));
    AION_TRY(read_refused(object, state));
    version.signature = state;
    AION_TRY_ASSIGN(version.key, object.hex_or_null<PublicKey>("key"));
    AION_TRY_ASSIGN(version.epoch, object.number_or_null<Epoch>("epoch", true));
    AION_TRY_ASSIGN(version.epoch_active_from,
                    object.number_or_null<VersionNumber>("epoch_active_from", true));
    AION_TRY_ASSIGN(version.epoch_valid_until,
                    object.number_or_null<VersionNumber>("epoch_valid_until", true));
    return {};
}

Result<> read_version(const Reader& object, ExportedHistory& into) {
    ExportedVersion version;
    AION_TRY_ASSIGN(version.number, object.number<VersionNumber>("version", into.is_ours));
    AION_TRY_ASSIGN(version.author, object.number<AuthorId>("author_id", into.is_ours));
    AION_TRY_ASSIGN(version.timestamp, object.time("timestamp"));
    AION_TRY_ASSIGN(version.message, object.text("message"));
    AION_TRY_ASSIGN(version.rules_hash, object.hex<Hash>("rules_hash"));
    // The reference takes a parent hash that is missing for null.
    if (into.is_ours || object.member("parent_hash")) {
        AION_TRY_ASSIGN(version.parent_hash, object.hex_or_null<Hash>("parent_hash"));
    }
    if (version.parent_hash && version.number == genesis_version) {
        return object.contradicts("parent_hash", "version 1 has none");
    }
    if (into.is_ours) {
        AION_TRY(read_what_is_ours(object, version));
    }
    into.versions.push_back(std::move(version));
    return {};
}

Result<> read_signature(const Reader& object, ExportedHistory& into) {
    ExportedSignature signature;
    AION_TRY_ASSIGN(signature.version,
                    object.number_or_null<VersionNumber>("version", into.is_ours));
    AION_TRY_ASSIGN(signature.author, object.number<AuthorId>("author_id", into.is_ours));
    AION_TRY_ASSIGN(signature.key, object.hex<PublicKey>("public_key"));
    AION_TRY_ASSIGN(signature.verified, object.truth("verified"));
    if (into.is_ours) {
        AION_TRY_ASSIGN(const auto state, signature_state(object));
        if ((state == policy::SignatureState::valid) != signature.verified) {
            return object.contradicts("signature", "it is not what verified says");
        }
    }
    into.signatures.push_back(signature);
    return {};
}

Result<> read_audit_entry(const Reader& object, ExportedHistory& into) {
    ExportedAuditEntry entry;
    AION_TRY_ASSIGN(entry.position, object.number<std::uint64_t>("entry", false));
    AION_TRY_ASSIGN(entry.action, object.number<std::uint16_t>("action_code", false));
    AION_TRY_ASSIGN(entry.author, object.number<AuthorId>("author_id", true));
    AION_TRY_ASSIGN(entry.timestamp, exact_time(object));
    AION_TRY_ASSIGN(entry.previous_hash, object.hex<Hash>("previous_hash"));
    AION_TRY_ASSIGN(entry.hash, object.hex<Hash>("hash"));
    AION_TRY_ASSIGN(entry.is_linked, object.truth("is_linked"));
    if (entry.position != into.audit_trail.size() + 1) {
        return object.contradicts(
            "entry", fmt::format("it is the entry at place {}", into.audit_trail.size() + 1));
    }
    into.audit_trail.push_back(entry);
    return {};
}

Result<> read_file_info(const Reader& root, ExportedHistory& into) {
    AION_TRY_ASSIGN(const Reader info, root.object("file_info"));
    AION_TRY_ASSIGN(const Value* id, info.member("file_id"));
    if (id->kind != Kind::null || !into.is_ours) {
        AION_TRY_ASSIGN(const std::string text, info.text("file_id"));
        std::uint64_t number = 0;
        const char* const end = text.data() + text.size();
        const auto parsed = text.size() == 18 && text.starts_with("0x")
                                ? std::from_chars(text.data() + 2, end, number, 16)
                                : std::from_chars_result{nullptr, std::errc::invalid_argument};
        if (parsed.ptr != end || to_string(FileId{number}) != text) {
            return info.wrong("file_id", "expected 0x and 16 lower-case hex digits");
        }
        into.file_id = FileId{number};
    }
    AION_TRY_ASSIGN(into.version_count,
                    info.number_or_null<std::uint64_t>("version_count", into.is_ours));
    AION_TRY_ASSIGN(into.current_version,
                    info.number<VersionNumber>("current_version", into.is_ours));
    if (!into.is_ours && !into.version_count) {
        return info.wrong("version_count", "expected a number");
    }
    const VersionNumber last =
        into.versions.empty() ? VersionNumber{0} : into.versions.back().number;
    if (into.current_version != last) {
        return info.contradicts("current_version",
                                fmt::format("the last version is {}", to_string(last)));
    }
    return {};
}

// What holds of every file that is not broken.
Result<> check_history(const Reader& root, const ExportedHistory& history) {
    const std::uint64_t count = history.versions.size();
    if (history.version_count != count) {
        return root.contradicts("file_info.version_count",
                                fmt::format("there are {} versions", count));
    }
    for (std::size_t i = 0; i < count; ++i) {
        const ExportedVersion& version = history.versions[i];
        const auto at = [i](std::string_view name) {
            return fmt::format("versions[{}].{}", i, name);
        };
        if (version.number.value != i + 1) {
            return root.contradicts(at("version"), fmt::format("version {} comes here", i + 1));
        }
        if (i > 0 && !version.parent_hash) {
            return root.contradicts(at("parent_hash"), "only version 1 has none");
        }
        if (i > 0 && history.is_ours &&
            version.parent_hash != history.versions[i - 1].version_hash) {
            return root.contradicts(at("parent_hash"),
                                    "it is not the version_hash of the version before");
        }
    }
    for (std::size_t i = 0; i < history.signatures.size(); ++i) {
        if (history.signatures[i].version != VersionNumber{i + 1} || i >= count) {
            return root.contradicts(fmt::format("signatures[{}].version", i),
                                    "it is no version at this place");
        }
    }
    return {};
}

// Signatures stand at the places of their versions, whatever the verdict.
Result<> check_signature_states(const Reader& root, const ExportedHistory& history) {
    const std::size_t count = std::min(history.versions.size(), history.signatures.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (history.signatures[i].verified !=
            (history.versions[i].signature == policy::SignatureState::valid)) {
            return root.contradicts(fmt::format("signatures[{}].verified", i),
                                    fmt::format("it is not what versions[{}].signature says", i));
        }
    }
    return {};
}

// What holds of every version of a file of which all held, and of what belongs to it.
Result<> check_sound_version(const Reader& root, const ExportedHistory& history, std::size_t i) {
    const ExportedVersion& version = history.versions[i];
    const ExportedSignature& signature = history.signatures[i];
    const ExportedAuditEntry& entry = history.audit_trail[i];
    const auto contradicts = [&](std::string_view list, std::string_view name,
                                 std::string_view what) {
        return root.contradicts(fmt::format("{}[{}].{}", list, i, name), what);
    };
    constexpr std::string_view others = "it is not that of the version";
    if (version.signature != policy::SignatureState::valid) {
        return contradicts("versions", "signature", "the verdict is VALID");
    }
    if (!version.key || !version.epoch || version.epoch_active_from > version.number ||
        (version.epoch_valid_until && *version.epoch_valid_until <= version.number)) {
        return contradicts("versions", "epoch", "no epoch signed that version");
    }
    if (signature.author != version.author) {
        return contradicts("signatures", "author_id", others);
    }
    if (signature.key != version.key) {
        return contradicts("signatures", "public_key", others);
    }
    if (entry.author != version.author) {
        return contradicts("audit_trail", "author_id", others);
    }
    if (entry.timestamp != version.timestamp) {
        return contradicts("audit_trail", "timestamp_nanos", others);
    }
    if (!entry.is_linked) {
        return contradicts("audit_trail", "is_linked", "the verdict is VALID");
    }
    return {};
}

// Of a file that was VALID by all of the rules.
Result<> check_sound(const Reader& root, const ExportedHistory& history,
                     const policy::VerificationReport& report) {
    const std::size_t count = history.versions.size();
    const auto counts = fmt::format("there are {} versions", count);
    if (history.signatures.size() != count) {
        return root.contradicts("signatures", counts);
    }
    if (history.audit_trail.size() != count) {
        return root.contradicts("audit_trail", counts);
    }
    if (report.signatures_valid != count) {
        return root.contradicts("verification.signatures_valid", counts);
    }
    if (count == 0 || report.head != history.versions.back().version_hash) {
        return root.contradicts("verification.head", "it is not the last version_hash");
    }
    for (std::size_t i = 0; i < count; ++i) {
        AION_TRY(check_sound_version(root, history, i));
    }
    return {};
}

// The verdict must come out again when it is put together from its parts.
Result<> read_verification(const Reader& root, const Value& tree, bool is_yaml,
                           ExportedHistory& into) {
    AION_TRY_ASSIGN(const Reader verification, root.object("verification"));
    AION_TRY_ASSIGN(into.was_valid, verification.truth("is_valid"));
    AION_TRY_ASSIGN(const std::string verdict, verification.text("verdict"));
    if (verdict != (*into.was_valid ? "VALID" : "INVALID")) {
        return verification.contradicts("verdict", "it is not what is_valid says");
    }
    std::optional<ExportDifference> first;
    ComparingWriter comparing(*tree.find("verification"), {}, is_yaml,
                              [&first](ExportDifference difference) {
                                  // What else stands there is nobody's.
                                  if (!first && difference.found) {
                                      first = std::move(difference);
                                  }
                              });
    const StatedVerdict stated = verdict_from(tree);
    write_verification(comparing, stated.report, stated.judged);
    if (first && !first->stated) {
        return fail(invalid<ExportDetail::export_missing_key>(verification.at(first->place)));
    }
    if (first) {
        return verification.contradicts(
            first->place, fmt::format("by what else is stated it is {}", *first->found));
    }
    AION_TRY(check_signature_states(root, into));
    if (*into.was_valid) {
        AION_TRY(check_history(root, into));
        if (stated.report.profile == policy::Profile::strict) {
            AION_TRY(check_sound(root, into, stated.report));
        }
    }
    return {};
}

}  // namespace

std::string_view name_of(ExportFormat format) noexcept {
    return formats.name(format);
}

ExportFormat export_format_of(std::string_view text) noexcept {
    text = without_byte_order_mark(text);
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin != std::string_view::npos && text[begin] == '{') {
        return ExportFormat::json;
    }
    // As spreadsheets write it back: with quotation marks or without, and their own separator.
    const bool is_quoted = text.starts_with("\"version\"");
    if (!is_quoted && !text.starts_with("version")) {
        return ExportFormat::yaml;
    }
    const std::string_view behind = text.substr(is_quoted ? 9 : 7);
    return !behind.empty() && std::string_view(",;\t").contains(behind.front())
               ? ExportFormat::csv
               : ExportFormat::yaml;
}

Result<ExportedHistory> import_export(std::string_view text, ExportFormat format,
                                      const ReadOptions& options) {
    AION_TRY_ASSIGN(const Value tree, parse_export(text, format, options));
    const Reader root(tree, "");
    ExportedHistory history;
    history.is_ours = is_ours(tree);
    AION_TRY_ASSIGN(history.source_file, root.text("source_file"));
    AION_TRY(
        root.each("versions", [&](const Reader& item) { return read_version(item, history); }));
    AION_TRY(
        root.each("signatures", [&](const Reader& item) { return read_signature(item, history); }));
    AION_TRY(read_file_info(root, history));
    if (history.is_ours) {
        AION_TRY(root.each("audit_trail",
                           [&](const Reader& item) { return read_audit_entry(item, history); }));
        AION_TRY(read_verification(root, tree, format == ExportFormat::yaml, history));
    }
    if (!history.is_ours) {
        AION_TRY(check_history(root, history));
    }
    return history;
}

}  // namespace aion::report
