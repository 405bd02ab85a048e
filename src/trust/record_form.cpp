// SPDX-License-Identifier: MIT OR Apache-2.0
#include "trust/record_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "aion/base/ascii.hpp"
#include "aion/base/utf8.hpp"
#include "base/try.hpp"
#include "trust/details.hpp"
#include "trust/record_fields.hpp"

namespace aion::trust {
namespace {

using record::Place;
using record::TextRule;

bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

// The first character that `is_wrong`, as it is to be shown; nothing if there is none.
template <class Predicate>
std::optional<std::string> find_character(std::string_view text, const Predicate& is_wrong) {
    while (!text.empty()) {
        const Utf8Character first = first_character(text);
        const std::string_view character = text.substr(0, first.length);
        if (is_wrong(*first.point, character)) {
            return escape_controls(character);
        }
        text.remove_prefix(first.length);
    }
    return std::nullopt;
}

std::optional<std::string> problem_of_line(std::string_view text) {
    if (const auto fault = find_utf8_fault(text)) {
        return describe(*fault);
    }
    const auto found =
        find_character(text, [](char32_t c, std::string_view /*bytes*/) { return is_control(c); });
    return found ? std::optional("control character " + *found) : std::nullopt;
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_ascii_digit);
}

// What else a name could be taken for.
std::optional<std::string_view> meant_otherwise(std::string_view name) {
    constexpr std::string_view unnamed = "author-";
    if (is_digits(name)) {
        return "an author id";
    }
    if (name.starts_with(unnamed) && is_digits(name.substr(unnamed.size()))) {
        return "an author without a name";
    }
    if (name.starts_with('-') || name.starts_with('+')) {
        return "an option";
    }
    const std::size_t at = name.rfind('@');
    if (at != std::string_view::npos && is_digits(name.substr(at + 1))) {
        return "an author and a version";
    }
    return std::nullopt;
}

std::optional<std::string> problem_of_name(std::string_view name) {
    if (name.empty()) {
        return "is empty";
    }
    if (name.size() > max_author_name) {
        return fmt::format("has {} bytes, at most {} are allowed", name.size(), max_author_name);
    }
    if (const auto fault = find_utf8_fault(name)) {
        return "has an " + describe(*fault);
    }
    const auto found = find_character(name, [](char32_t c, std::string_view character) {
        return is_unseen(c) || is_control(c) || trim_white_space(character).empty() || c == U',' ||
               c == U'"' || c == U'\'' || c == U'`';
    });
    if (found) {
        return fmt::format("has the character \"{}\", which no name may have", *found);
    }
    if (const auto other = meant_otherwise(name)) {
        return fmt::format("{} could be taken for {}", name, *other);
    }
    return std::nullopt;
}

PublicKey order_of(const PublicKey& key) {
    return key;
}

const PublicKey& order_of(const KeySignature& signature) {
    return signature.key;
}

std::pair<VersionNumber, Hash> order_of(const HistoryPoint& point) {
    return {point.version, point.hash};
}

template <class T>
struct Limits {
    std::size_t least = 0;
    std::size_t most = SIZE_MAX;
};

template <>
struct Limits<PublicKey> {
    std::size_t least = 1;
    std::size_t most = max_root_keys;
};

template <>
struct Limits<KeySignature> {
    std::size_t least = 0;
    std::size_t most = max_record_signatures;
};

// Goes over a record's fields and keeps the first fault.
class FieldCheck {
  public:
    template <class T>
    void number(const T& value, const Place& place) {
        if constexpr (std::is_same_v<T, EpochEnd>) {
            if (value != EpochEnd::rotation && value != EpochEnd::revocation) {
                complain<TrustDetail::record_bad_code>(place, std::to_underlying(value));
            }
        } else if constexpr (std::is_same_v<T, RevocationReason>) {
            if (!revocation_reason_from_code(std::to_underlying(value))) {
                complain<TrustDetail::record_bad_code>(place, std::to_underlying(value));
            }
        }
    }

    template <class T>
    void octets(const T& /*value*/, const Place& /*place*/) {}

    void block(const Bytes& value, std::size_t size, const Place& place) {
        if (value.size() != size) {
            complain<TrustDetail::record_bad_count>(place, value.size(), size, size);
        }
    }

    void version(VersionNumber value, VersionNumber least, const Place& place) {
        if (value < least || value > max_bound_version) {
            complain<TrustDetail::record_bad_number>(place, value.value, least.value,
                                                     max_bound_version.value);
        }
    }

    void text(const std::string& value, std::size_t most, TextRule rule, const Place& place) {
        if (value.size() > most) {
            complain<TrustDetail::record_too_long>(place, value.size(), most);
        } else if (rule == TextRule::one_line) {
            if (const auto problem = problem_of_line(value)) {
                complain<TrustDetail::record_bad_text>(place, *problem);
            }
        } else if (!value.empty()) {
            keep(check_author_name(value));
        }
    }

    template <class T, class Each>
    void list(const std::vector<T>& values, const Place& place, const Each& each) {
        constexpr Limits<T> limits;
        if (values.size() < limits.least || values.size() > limits.most) {
            complain<TrustDetail::record_bad_count>(place, values.size(), limits.least,
                                                    limits.most);
            return;
        }
        for (std::size_t i = 0; i < values.size() && result_; ++i) {
            each(values[i], i);
            if (i > 0 && order_of(values[i - 1]) >= order_of(values[i])) {
                complain<TrustDetail::record_bad_order>(Place{.field = place.field, .index = i},
                                                        "is not behind the element before it");
            }
        }
        if constexpr (std::is_same_v<T, HistoryPoint>) {
            check_distinct(values, place);
        }
    }

    template <class T, class Each>
    void maybe(const std::optional<T>& value, const Place& /*place*/, const Each& each) {
        if (value) {
            each(*value);
        }
    }

    void threshold(const RootRecord& root) {
        if (root.threshold < 1 || root.threshold > root.keys.size()) {
            complain<TrustDetail::record_bad_number>(Place{"threshold"}, root.threshold, 1,
                                                     root.keys.size());
        }
    }

    [[nodiscard]] const Result<>& result() const noexcept { return result_; }

  private:
    template <TrustDetail detail, class... Args>
    void complain(const Place& place, const Args&... args) {
        if (result_) {
            result_ = fail(invalid<detail>(place.text(), args...));
        }
    }

    void keep(const Result<>& other) {
        if (result_) {
            result_ = other;
        }
    }

    // A hash is of one version only.
    void check_distinct(const std::vector<HistoryPoint>& points, const Place& place) {
        std::vector<Hash> hashes;
        hashes.reserve(points.size());
        for (const HistoryPoint& point : points) {
            hashes.push_back(point.hash);
        }
        std::ranges::sort(hashes);
        if (std::ranges::adjacent_find(hashes) != hashes.end()) {
            complain<TrustDetail::record_bad_order>(place, "has a hash twice");
        }
    }

    Result<> result_;
};

}  // namespace

namespace record {

std::string Place::text() const {
    std::string out(field);
    if (index) {
        out += fmt::format("[{}]", *index);
    }
    return part.empty() ? out : fmt::format("{}.{}", out, part);
}

Result<> check_fields(const RegistryRecord& record) {
    FieldCheck check;
    head(check, record);
    std::visit([&](const auto& one) { facts(check, one); }, record.facts);
    if (const auto* const root = std::get_if<RootRecord>(&record.facts)) {
        check.threshold(*root);
    }
    signatures(check, record.signatures);
    return check.result();
}

}  // namespace record

Result<> check_author_name(std::string_view name) {
    if (const auto problem = problem_of_name(name)) {
        return fail(invalid<TrustDetail::author_bad_name>(*problem));
    }
    return {};
}

}  // namespace aion::trust
