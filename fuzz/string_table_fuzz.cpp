// SPDX-License-Identifier: MIT OR Apache-2.0
// Any bytes as a string table and any ranges as strings in it: exactly those are handed out that
// lie inside, are followed by a zero byte and are UTF-8, judged here a second time in the plainest
// way; and messages of a file are shown as UTF-8 whatever they are.
//
// Input: one byte, how many ranges (at most 15); for each 8 bytes offset and 4 bytes length; the
// rest is the table.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "aion/base/utf8.hpp"
#include "aion/format/file_image.hpp"
#include "aion/format/layout_check.hpp"
#include "aion/format/string_table.hpp"
#include "aion/policy/inspect.hpp"
#include "support/fuzz_input.hpp"
#include "support/require.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program
using format::StringRef;
using fuzz::require;

// The table of RFC 3629, section 4, byte by byte.
bool is_utf8(ByteView text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const std::uint8_t lead = text[i++];
        if (lead < 0x80U) {
            continue;
        }
        if (lead < 0xC2U || lead > 0xF4U) {
            return false;
        }
        const std::size_t more = lead < 0xE0U ? 1 : (lead < 0xF0U ? 2 : 3);
        std::uint8_t low = lead == 0xE0U ? 0xA0U : (lead == 0xF0U ? 0x90U : 0x80U);
        std::uint8_t high = lead == 0xEDU ? 0x9FU : (lead == 0xF4U ? 0x8FU : 0xBFU);
        for (std::size_t k = 0; k < more; ++k, ++i) {
            if (i == text.size() || text[i] < low || text[i] > high) {
                return false;
            }
            low = 0x80U;
            high = 0xBFU;
        }
    }
    return true;
}

// A string at the very end of the table needs no zero byte (docs/file-format.md#strings).
bool may_be_read(ByteView table, StringRef ref) {
    if (ref.offset > table.size() || ref.length > table.size() - ref.offset) {
        return false;
    }
    const std::size_t end = ref.offset + ref.length;
    return (end == table.size() || table[end] == 0) &&
           is_utf8(table.subspan(ref.offset, ref.length));
}

void check_reading(ByteView bytes, const std::vector<StringRef>& refs) {
    const auto table = format::StringTable::parse(bytes);
    require(table.has_value() == is_utf8(bytes));
    if (!table) {
        require(!table.error().full_message().empty());
        return;
    }
    for (const StringRef ref : refs) {
        const auto text = table->get(ref);
        require(text.has_value() == may_be_read(bytes, ref));
        require(!text || (as_bytes(*text).data() == bytes.data() + ref.offset &&
                          text->size() == ref.length));
    }
}

// What is written is read back, also behind a table that was there before.
void check_writing(ByteView existing, ByteView texts) {
    format::StringTableBuilder builder(existing);
    const bool readable = is_utf8(existing);
    while (!texts.empty()) {
        const auto end = std::ranges::find(texts, std::uint8_t{0});
        const auto size = static_cast<std::size_t>(end - texts.begin());
        const ByteView text = texts.first(size);
        const std::size_t before = builder.size();
        const auto ref = builder.add(as_text(text));
        require(ref.has_value() == is_utf8(text));
        require(ref ? *ref == StringRef{before, static_cast<std::uint32_t>(size)}
                    : builder.size() == before);
        const auto table = format::StringTable::parse(builder.bytes());
        require(table.has_value() == readable);
        require(!table || !ref || table->get(*ref) == as_text(text));
        texts = texts.subspan(std::min(texts.size(), size + 1));
    }
}

// The whole layout of the table as the structure gate sees it: messages, each with its zero byte,
// tile it.
bool messages_hold(ByteView table, std::vector<StringRef> refs) {
    std::ranges::sort(refs, {}, [](StringRef ref) { return ref.offset; });
    std::uint64_t next = 0;
    for (const StringRef ref : refs) {
        if (ref.offset != next || !may_be_read(table, ref)) {
            return false;
        }
        next += std::uint64_t{ref.length} + 1;  // Behind the table where the last one has no zero.
    }
    return next == table.size();
}

void check_messages(ByteView table, const std::vector<StringRef>& refs) {
    format::FileImage image({.payload_size = 0,
                             .versions = refs.size(),
                             .signatures = refs.size(),
                             .audit = refs.size(),
                             .strings_size = table.size()});
    std::ranges::copy(table, image.strings().begin());
    for (std::size_t i = 0; i < refs.size(); ++i) {
        image.versions()[i].message_offset = refs[i].offset;
        image.versions()[i].message_length = refs[i].length;
        image.audit()[i].action = std::uint16_t{1};
    }
    image.finish();
    const auto view = format::FileView::parse(image.bytes());
    require(view.has_value());
    const auto versions = *view->versions();
    for (std::size_t i = 0; i < refs.size(); ++i) {
        const std::string_view message = view->message(versions[i]);
        require(message.empty() || message.size() == refs[i].length);
    }
    const auto history = policy::history(*view);
    std::uint64_t text_size = 0;
    for (const StringRef ref : refs) {
        text_size += ref.length;
    }
    // Refused only where messages that overlap would take more memory than the file.
    require(history.has_value() == (text_size <= view->file().size()));
    require(!history || history->size() == refs.size());
    for (const policy::VersionInfo& version :
         history.value_or(std::vector<policy::VersionInfo>{})) {
        require(is_utf8(as_bytes(version.message)));
        require(is_utf8(as_bytes(escape_controls(version.message))));
    }
    const auto faults = format::check_layout(*view);
    for (const format::LayoutFault& fault : faults) {
        require(!format::describe(fault).empty());
    }
    require(refs.empty() || faults.empty() == messages_hold(table, refs));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    std::vector<StringRef> refs(input.byte() & 15U);
    for (StringRef& ref : refs) {
        ref.offset = input.number(8);
        ref.length = static_cast<std::uint32_t>(input.number(4));
    }
    const ByteView table = input.rest();
    check_reading(table, refs);
    check_writing(table, table);
    check_writing({}, table);
    check_messages(table, refs);
    return 0;
}
