// SPDX-License-Identifier: MIT OR Apache-2.0
#include "supply/sorted_json.hpp"

#include <fmt/compile.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/json_places.hpp"
#include "base/json_text.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"

namespace aion::supply {
namespace {

// The longest is of the form -1.2345678901234567e-308.
constexpr std::size_t longest_number = 32;

/// A double's shortest digits that read back as it, and where its point is. By fmt, whose tables
/// are a tenth of those that std::to_chars has for doubles.
struct Decimal {
    explicit Decimal(double number) {
        std::array<char, longest_number> printed{};
        const char* const end = fmt::format_to(printed.data(), FMT_COMPILE("{}"), std::abs(number));
        // Of the form d[.d...][e[+-]dd]
        const char* at = printed.data();
        bool is_behind_point = false;
        for (; at != end && *at != 'e'; ++at) {
            if (*at == '.') {
                is_behind_point = true;
                continue;
            }
            const bool counts = size_ != 0 || *at != '0';
            exponent += is_behind_point ? -int{!counts} : int{counts};
            if (counts) {
                room_[size_++] = *at;
            }
        }
        if (at != end) {
            int more = 0;
            std::from_chars(at + (at[1] == '+' ? 2 : 1), end, more);
            exponent += more;
        }
        while (size_ > 1 && room_[size_ - 1] == '0') {
            --size_;
        }
        if (size_ == 0) {
            room_[size_++] = '0';
            exponent = 0;
        }
    }

    [[nodiscard]] std::string_view digits() const noexcept { return {room_.data(), size_}; }

    [[nodiscard]] int count() const noexcept { return static_cast<int>(size_); }

    int exponent = -1;  // Of the first digit.

  private:
    std::array<char, longest_number> room_{};
    std::size_t size_ = 0;
};

void append_scientific(std::string& out, const Decimal& decimal) {
    const std::string_view digits = decimal.digits();
    out += digits[0];
    if (digits.size() > 1) {
        out.append(".").append(digits, 1);
    }
    out += decimal.exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(decimal.exponent));
}

void append_positional(std::string& out, const Decimal& decimal) {
    const std::string_view digits = decimal.digits();
    const int before = decimal.exponent + 1;  // Digits before the point.
    if (before <= 0) {
        out.append("0.").append(static_cast<std::size_t>(-before), '0').append(digits);
    } else if (decimal.count() <= before) {
        out.append(digits);
        out.append(static_cast<std::size_t>(before - decimal.count()), '0');
    } else {
        const auto whole = static_cast<std::size_t>(before);
        out.append(digits, 0, whole).append(".").append(digits, whole);
    }
}

bool is_integer(std::string_view written) noexcept {
    return written.find_first_of(".eE") == std::string_view::npos;
}

double double_of(std::string_view written) noexcept {
    double number = 0;
    // What is too small for a double is as good as 0; what is too large was refused before.
    std::from_chars(written.data(), written.data() + written.size(), number);
    return number;
}

// As the reference prints what is no integer of 64 bits.
void append_as_reference(std::string& out, std::string_view written) {
    if (is_integer(written) && written != "-0") {
        std::int64_t is_signed = 0;
        std::uint64_t is_unsigned = 0;
        const char* const end = written.data() + written.size();
        if (std::from_chars(written.data(), end, is_signed).ec == std::errc() ||
            std::from_chars(written.data(), end, is_unsigned).ec == std::errc()) {
            out += written;
            return;
        }
    }
    const double number = double_of(written);
    if (std::signbit(number)) {
        out += '-';
    }
    const Decimal decimal(number);
    if (decimal.exponent < -5 || decimal.exponent > 15) {
        append_scientific(out, decimal);
    } else {
        append_positional(out, decimal);
        if (decimal.count() <= decimal.exponent + 1) {
            out += ".0";
        }
    }
}

class Writer {
  public:
    Writer(std::string_view text, SortedForm form) : text_(text), form_(form) {
        out_.reserve(text.size());
    }

    // As deep as the reader allowed.
    Result<> value(const json::Value& value) {  // NOLINT(misc-no-recursion): bounded
        if (value.is_object()) {
            return object(value);
        }
        if (value.is_array()) {
            return array(value);
        }
        if (const auto written = value.number()) {
            return number(*written);
        }
        if (value.text()) {
            string(value);
        } else if (const auto truth = value.boolean()) {
            out_ += *truth ? "true" : "false";
        } else {
            out_ += "null";
        }
        return {};
    }

    std::string take() && { return std::move(out_); }

  private:
    Result<> object(const json::Value& object) {  // NOLINT(misc-no-recursion): bounded
        const std::size_t first = members_.size();
        for (const json::Member& member : object.children()) {
            members_.push_back(member);
        }
        const std::size_t end = members_.size();
        const auto here = std::span(members_).subspan(first);
        const auto order = [this](std::string_view a, std::string_view b) {
            return form_ == SortedForm::canonical ? is_before_in_utf16(a, b) : a < b;
        };
        if (!std::ranges::is_sorted(here, order, &json::Member::key)) {
            std::ranges::sort(here, order, &json::Member::key);
        }
        out_ += '{';
        for (std::size_t i = first; i < end; ++i) {
            const json::Member member = members_[i];
            if (i > first) {
                out_ += ',';
            }
            string(*member.name);
            out_ += ':';
            AION_TRY(value(member.value));
        }
        out_ += '}';
        members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(first), members_.end());
        return {};
    }

    Result<> array(const json::Value& array) {  // NOLINT(misc-no-recursion): bounded
        out_ += '[';
        bool is_first = true;
        for (const json::Member& element : array.children()) {
            if (!is_first) {
                out_ += ',';
            }
            is_first = false;
            AION_TRY(value(element.value));
        }
        out_ += ']';
        return {};
    }

    void string(const json::Value& string) {
        const std::string_view text = *string.text();
        if (string.is_verbatim()) {
            out_.append("\"").append(text).append("\"");
        } else {
            append_json_string(out_, text);
        }
    }

    Result<> number(std::string_view written) {
        if (form_ == SortedForm::reference) {
            append_as_reference(out_, written);
            return {};
        }
        const bool is_whole = is_integer(written);
        if (is_whole && written.size() <= digits_for_sure && written != "-0") {
            out_ += written;
            return {};
        }
        const double number = double_of(written);
        const std::size_t begin = out_.size();
        append_ecmascript(out_, number);
        const std::string_view printed = std::string_view(out_).substr(begin);
        if (is_whole && std::abs(number) >= first_unsure && printed != written) {
            const auto at = static_cast<std::size_t>(written.data() - text_.data());
            return fail(invalid<SupplyDetail::jcs_integer_too_large>(
                written.substr(0, longest_number), json::line_and_column(text_, at + 1), printed));
        }
        return {};
    }

    std::string_view text_;
    SortedForm form_;
    std::string out_;
    std::vector<json::Member> members_;  // Of the objects that are open.
};

}  // namespace

bool is_before_in_utf16(std::string_view a, std::string_view b) noexcept {
    const auto [in_a, in_b] = std::ranges::mismatch(a, b);
    if (in_a == a.end() || in_b == b.end()) {
        return in_a == a.end() && in_b != b.end();
    }
    return utf16_rank(*in_a) < utf16_rank(*in_b);
}

void append_ecmascript(std::string& out, double number) {
    if (number == 0) {
        out += '0';
        return;
    }
    if (number < 0) {
        out += '-';
    }
    const Decimal decimal(number);
    if (decimal.exponent < -6 || decimal.exponent > 20) {
        append_scientific(out, decimal);
    } else {
        append_positional(out, decimal);
    }
}

Result<std::string> sorted_json(const json::Value& value, std::string_view text, SortedForm form) {
    Writer writer(text, form);
    AION_TRY(writer.value(value));
    return std::move(writer).take();
}

}  // namespace aion::supply
