// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/export_tree.hpp"

#include <chrono>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/utf8.hpp"
#include "base/try.hpp"
#include "report/export_details.hpp"
#include "report/export_form.hpp"

namespace aion::report {
namespace {

constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;

// The number that the digits at `begin` are, nothing if they are none.
std::optional<std::uint64_t> digits_at(std::string_view text, std::size_t begin,
                                       std::size_t count) {
    std::uint64_t number = 0;
    for (const char c : text.substr(begin, count)) {
        if (!is_ascii_digit(c)) {
            return std::nullopt;
        }
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return number;
}

}  // namespace

Result<Value> parse_export(std::string_view text, ExportFormat format, const ReadOptions& options) {
    const std::size_t yaml_size = options.max_size / 8;
    const std::size_t most = format == ExportFormat::yaml ? yaml_size : options.max_size;
    if (text.size() > most) {
        return fail(invalid<ExportDetail::export_too_large>(text.size(), most));
    }
    if (format == ExportFormat::csv) {
        return fail(invalid<ExportDetail::export_unknown_form>("a table is no history"));
    }
    const ValueLimits limits{options.max_depth, options.max_values, options.max_size, yaml_size};
    AION_TRY_ASSIGN(Value root, format == ExportFormat::json
                                    ? parse_json(without_byte_order_mark(text), limits)
                                    : parse_yaml(text, limits));
    if (root.kind != Value::Kind::object) {
        return fail(invalid<ExportDetail::export_unknown_form>("no object"));
    }
    const Value* const version = root.find("export_version");
    if (version == nullptr) {
        return fail(invalid<ExportDetail::export_unknown_form>("export_version is missing"));
    }
    if (version->kind != Value::Kind::text || version->text != "1.0") {
        return fail(invalid<ExportDetail::export_unknown_form>("export_version is not \"1.0\""));
    }
    if (const Value* const kind = root.find("aion_export")) {
        if (kind->kind != Value::Kind::number || kind->text != std::to_string(export_kind)) {
            return fail(invalid<ExportDetail::export_newer>(kind->text));
        }
    }
    return root;
}

bool is_ours(const Value& root) noexcept {
    return root.find("aion_export") != nullptr;
}

// Read by what stands at each place, then written again: what differs was no such text.
std::optional<Timestamp> time_from(std::string_view text) {
    using namespace std::chrono;
    constexpr std::size_t length = std::string_view("2026-01-01T00:00:00Z").size();
    constexpr std::size_t exact_length = std::string_view("2026-01-01T00:00:00.000000000Z").size();
    if (text.size() != length && text.size() != exact_length) {
        return std::nullopt;
    }
    const auto year = digits_at(text, 0, 4);
    const auto month = digits_at(text, 5, 2);
    const auto day = digits_at(text, 8, 2);
    const auto hour = digits_at(text, 11, 2);
    const auto minute = digits_at(text, 14, 2);
    const auto second = digits_at(text, 17, 2);
    const bool is_exact = text.size() == exact_length;
    const auto fraction = is_exact ? digits_at(text, 20, 9) : 0;
    if (!year || !month || !day || !hour || !minute || !second || !fraction || *year > 2554) {
        return std::nullopt;
    }
    const year_month_day date{std::chrono::year{static_cast<int>(*year)},
                              std::chrono::month{static_cast<unsigned>(*month)},
                              std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok() || *year < 1970) {
        return std::nullopt;
    }
    const auto days_since = static_cast<std::uint64_t>(sys_days{date}.time_since_epoch().count());
    const std::uint64_t seconds_since =
        days_since * 86'400 + *hour * 3'600 + *minute * 60 + *second;
    if (seconds_since > UINT64_MAX / nanoseconds_per_second ||
        *fraction > UINT64_MAX - seconds_since * nanoseconds_per_second) {
        return std::nullopt;
    }
    const Timestamp time{seconds_since * nanoseconds_per_second + *fraction};
    return (is_exact ? rfc3339(time) : rfc3339_seconds(time)) == text ? std::optional(time)
                                                                      : std::nullopt;
}

}  // namespace aion::report
