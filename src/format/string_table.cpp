// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/format/string_table.hpp"

#include <fmt/format.h>

#include <limits>

#include "aion/base/utf8.hpp"
#include "format/details.hpp"

namespace aion::format {

Result<StringRef> StringTableBuilder::add(std::string_view text) {
    if (text.size() > std::numeric_limits<std::uint32_t>::max()) {
        return fail(error_because(ErrorCode::resource_exhausted, "a string of 4 GiB or more"));
    }
    if (const auto fault = find_utf8_fault(text)) {
        return fail(error_because(ErrorCode::invalid_utf8, describe(*fault)));
    }
    const StringRef ref{bytes_.size(), static_cast<std::uint32_t>(text.size())};
    const ByteView added = as_bytes(text);
    bytes_.insert(bytes_.end(), added.begin(), added.end());
    bytes_.push_back(0);
    return ref;
}

Result<StringTable> StringTable::parse(ByteView bytes) {
    if (const auto fault = find_utf8_fault(as_text(bytes))) {
        return fail(error_because(
            ErrorCode::invalid_utf8,
            fmt::format("String table contains invalid UTF-8: {}", describe(*fault))));
    }
    return StringTable(bytes);
}

Result<std::string_view> StringTable::get(StringRef ref) const {
    const auto [offset, length] = ref;
    if (offset > std::numeric_limits<std::uint64_t>::max() - length) {
        return fail(invalid<FormatDetail::string_overflow>(offset, length));
    }
    const std::uint64_t end = offset + length;
    if (end > bytes_.size()) {
        return fail(invalid<FormatDetail::string_out_of_bounds>(offset, length, bytes_.size()));
    }
    // At the very end of the table a terminator is not required (docs/file-format.md#strings).
    if (end < bytes_.size() && bytes_[end] != 0) {
        return fail(invalid<FormatDetail::string_not_terminated>(offset));
    }
    const auto text = as_text(bytes_.subspan(offset, length));
    if (const auto fault = find_utf8_fault(text)) {
        return fail(error_because(ErrorCode::invalid_utf8,
                                  fmt::format("String at offset {} contains invalid UTF-8: {}",
                                              offset, describe(*fault))));
    }
    return text;
}

}  // namespace aion::format
