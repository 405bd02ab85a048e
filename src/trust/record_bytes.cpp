// SPDX-License-Identifier: MIT OR Apache-2.0
// A registry's records, byte for byte (docs/registry.md#records).
#include <algorithm>
#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

#include "aion/trust/registry_record.hpp"
#include "base/try.hpp"
#include "trust/details.hpp"
#include "trust/record_fields.hpp"
#include "trust/record_form.hpp"

namespace aion::trust {
namespace {

using record::Place;
using record::TextRule;

// What an integer, id or code is in bytes.
template <class T>
auto raw(T value) {
    if constexpr (std::is_enum_v<T>) {
        return std::to_underlying(value);
    } else if constexpr (std::unsigned_integral<T>) {
        return value;
    } else {
        return value.value;
    }
}

template <class T>
using Raw = decltype(raw(std::declval<T>()));

// The least bytes that an element of a list takes.
template <class T>
constexpr std::size_t least_size = T::size;
template <>
constexpr std::size_t least_size<KeySignature> = PublicKey::size + Signature::size;
template <>
constexpr std::size_t least_size<HistoryPoint> = 8 + Hash::size + 8 + 2;

// Appends fields.
class FieldWriter {
  public:
    explicit FieldWriter(Bytes& out) : out_(out) {}

    template <class T>
    void number(T value, const Place& /*place*/) {
        const std::uint64_t wide = raw(value);
        for (std::size_t i = 0; i < sizeof(Raw<T>); ++i) {
            out_.push_back(static_cast<std::uint8_t>(wide >> (8 * i)));
        }
    }

    template <class T>
    void octets(const T& value, const Place& /*place*/) {
        out_.insert(out_.end(), value.bytes.begin(), value.bytes.end());
    }

    void block(const Bytes& value, std::size_t /*size*/, const Place& /*place*/) {
        out_.insert(out_.end(), value.begin(), value.end());
    }

    void text(const std::string& value, std::size_t /*most*/, TextRule /*rule*/,
              const Place& place) {
        number(static_cast<std::uint16_t>(value.size()), place);
        const ByteView bytes = as_bytes(value);
        out_.insert(out_.end(), bytes.begin(), bytes.end());
    }

    void version(VersionNumber value, VersionNumber /*least*/, const Place& place) {
        number(value, place);
    }

    template <class T, class Each>
    void list(const std::vector<T>& values, const Place& place, const Each& each) {
        number(static_cast<std::uint32_t>(values.size()), place);
        for (std::size_t i = 0; i < values.size(); ++i) {
            each(values[i], i);
        }
    }

    template <class T, class Each>
    void maybe(const std::optional<T>& value, const Place& place, const Each& each) {
        number(std::uint8_t{value ? std::uint8_t{1} : std::uint8_t{0}}, place);
        if (value) {
            each(*value);
        }
    }

  private:
    Bytes& out_;
};

// Counts what `FieldWriter` would append.
class FieldMeasure {
  public:
    template <class T>
    void number(T /*value*/, const Place& /*place*/) {
        size_ += sizeof(Raw<T>);
    }

    template <class T>
    void octets(const T& /*value*/, const Place& /*place*/) {
        size_ += T::size;
    }

    void block(const Bytes& value, std::size_t /*size*/, const Place& /*place*/) {
        size_ += value.size();
    }

    void text(const std::string& value, std::size_t /*most*/, TextRule /*rule*/,
              const Place& /*place*/) {
        size_ += 2 + value.size();
    }

    void version(VersionNumber value, VersionNumber /*least*/, const Place& place) {
        number(value, place);
    }

    template <class T, class Each>
    void list(const std::vector<T>& values, const Place& /*place*/, const Each& each) {
        size_ += 4;
        for (std::size_t i = 0; i < values.size(); ++i) {
            each(values[i], i);
        }
    }

    template <class T, class Each>
    void maybe(const std::optional<T>& value, const Place& /*place*/, const Each& each) {
        size_ += 1;
        if (value) {
            each(*value);
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    std::size_t size_ = 0;
};

// Takes fields from the front of some bytes. From the first fault on, which it keeps, there is
// nothing left.
class FieldReader {
  public:
    explicit FieldReader(ByteView bytes) : left_(bytes) {}

    template <class T>
    void number(T& value, const Place& place) {
        const ByteView bytes = take(sizeof(Raw<T>), place);
        std::uint64_t wide = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            wide |= std::uint64_t{bytes[i]} << (8 * i);
        }
        value = T{static_cast<Raw<T>>(wide)};
    }

    template <class T>
    void octets(T& value, const Place& place) {
        std::ranges::copy(take(T::size, place), value.bytes.begin());
    }

    void block(Bytes& value, std::size_t size, const Place& place) {
        const ByteView taken = take(size, place);
        value.assign(taken.begin(), taken.end());
    }

    // How long it may be is a question of form, which comes later; 64 KiB are none of memory.
    void text(std::string& value, std::size_t /*most*/, TextRule /*rule*/, const Place& place) {
        std::uint16_t length = 0;
        number(length, place);
        value = as_text(take(length, place));
    }

    void version(VersionNumber& value, VersionNumber /*least*/, const Place& place) {
        number(value, place);
    }

    template <class T, class Each>
    void list(std::vector<T>& values, const Place& place, const Each& each) {
        std::uint32_t count = 0;
        number(count, place);
        if (!check_left(std::uint64_t{count} * least_size<T>, place)) {
            return;
        }
        values.resize(count);
        for (std::size_t i = 0; i < values.size() && result_; ++i) {
            each(values[i], i);
        }
    }

    template <class T, class Each>
    void maybe(std::optional<T>& value, const Place& place, const Each& each) {
        std::uint8_t flag = 0;
        number(flag, place);
        if (flag == 1) {
            each(value.emplace());
        } else if (flag != 0) {
            stop(invalid<TrustDetail::record_bad_code>(place.text(), flag));
        }
    }

    ByteView take(std::size_t size, const Place& place) {
        if (!check_left(size, place)) {
            return {};
        }
        const ByteView taken = left_.first(size);
        left_ = left_.subspan(size);
        return taken;
    }

    // To be asked for when all was taken.
    [[nodiscard]] Result<> end(std::string_view what) const {
        if (result_ && !left_.empty()) {
            return fail(invalid<TrustDetail::record_surplus>(left_.size(), what));
        }
        return result_;
    }

    [[nodiscard]] const Result<>& result() const noexcept { return result_; }

  private:
    bool check_left(std::uint64_t size, const Place& place) {
        if (result_ && size > left_.size()) {
            stop(invalid<TrustDetail::record_cut_off>(place.text(), size, left_.size()));
        }
        return result_.has_value();
    }

    void stop(Error error) {
        result_ = fail(std::move(error));
        left_ = {};
    }

    ByteView left_;
    Result<> result_;
};

// One row a kind: what stands behind the code.
template <class... Each>
bool begin_facts(Variant<Each...>& facts, std::uint8_t code) {
    const auto begin = [&]<class Facts>(std::type_identity<Facts> /*which*/) {
        if (code != std::to_underlying(Facts::kind)) {
            return false;
        }
        facts = Facts{};
        return true;
    };
    return (begin(std::type_identity<Each>()) || ...);
}

Result<> read_body(RegistryRecord& record, ByteView body) {
    FieldReader reader(body);
    std::uint8_t version = 0;
    std::uint8_t kind = 0;
    reader.number(version, Place{"version"});
    reader.number(kind, Place{"kind"});
    AION_TRY(reader.result());
    if (version != record::format_version) {
        return fail(invalid<TrustDetail::record_version>(version));
    }
    if (!begin_facts(record.facts, kind)) {
        return fail(invalid<TrustDetail::record_bad_kind>(kind));
    }
    record::head(reader, record);
    std::visit([&](auto& one) { record::facts(reader, one); }, record.facts);
    return reader.end("body");
}

template <class Io>
void go_over_body(Io& io, const RegistryRecord& record) {
    io.number(record::format_version, Place{"version"});
    io.number(kind_of(record.facts), Place{"kind"});
    record::head(io, record);
    std::visit([&](const auto& one) { record::facts(io, one); }, record.facts);
}

std::size_t size_of_body(const RegistryRecord& record) {
    FieldMeasure measure;
    go_over_body(measure, record);
    return measure.size();
}

}  // namespace

Bytes RegistryRecord::body() const {
    Bytes out;
    out.reserve(size_of_body(*this));
    FieldWriter writer(out);
    go_over_body(writer, *this);
    return out;
}

Result<> check_form(const RegistryRecord& record) {
    AION_TRY(record::check_fields(record));
    const std::size_t size = size_of_body(record);
    if (size > max_record_size) {
        return fail(invalid<TrustDetail::record_too_long>("body", size, max_record_size));
    }
    return {};
}

Bytes encode(const RegistryRecord& record) {
    const std::size_t size = size_of_body(record);
    Bytes out;
    out.reserve(4 + size + 4 + (record.signatures.size() * least_size<KeySignature>));
    FieldWriter writer(out);
    writer.number(static_cast<std::uint32_t>(size), Place{"body"});
    go_over_body(writer, record);
    record::signatures(writer, record.signatures);
    return out;
}

Result<RegistryRecord> decode_record(ByteView bytes) {
    RegistryRecord record;
    FieldReader reader(bytes);
    std::uint32_t size = 0;
    reader.number(size, Place{"body"});
    if (size > max_record_size) {
        return fail(invalid<TrustDetail::record_too_long>("body", size, max_record_size));
    }
    const ByteView body = reader.take(size, Place{"body"});
    AION_TRY(reader.result());
    AION_TRY(read_body(record, body));
    record::signatures(reader, record.signatures);
    AION_TRY(reader.end("record"));
    AION_TRY(record::check_fields(record));
    return record;
}

}  // namespace aion::trust
