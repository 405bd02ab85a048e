// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/format/layout_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "aion/base/utf8.hpp"
#include "base/names.hpp"
#include "format/sections.hpp"

namespace aion::format {

namespace {

/// Walks one file and collects its faults.
class LayoutChecker {
  public:
    LayoutChecker(const FileBytes& file, const CheckedBefore& before) noexcept
        : file_(file), before_(before), next_message_(before.strings) {}

    [[nodiscard]] std::vector<LayoutFault> run() &&;

  private:
    [[nodiscard]] bool check_header();
    void check_sections();
    void check_section(Section section);
    void check_trailing_bytes();
    void check_counts();
    void check_versions();
    [[nodiscard]] std::vector<std::uint64_t> order_of_messages(
        std::span<const VersionRecord> versions, ByteView table);
    [[nodiscard]] std::optional<LayoutFault> check_message(const VersionRecord& version,
                                                           ByteView table);
    void check_table_end();
    template <class Record>
    void check_reserved(Section section);

    /// The section, if it is in bounds and lies over no other.
    [[nodiscard]] std::optional<ByteView> readable(Section section) const noexcept;
    [[nodiscard]] bool lies_over_an_earlier_one(Extent extent) const noexcept;

    [[nodiscard]] std::uint64_t offset_of(const void* inside) const noexcept {
        return file_.offset_of(inside);
    }

    /// The records of a section that are to be looked at.
    template <class Record>
    [[nodiscard]] std::span<const Record> unknown(ByteView section) const noexcept {
        const auto records = overlay<Record>(section);
        return records.subspan(std::min<std::uint64_t>(before_.records, records.size()));
    }

    FileBytes file_;
    CheckedBefore before_;
    const HeaderRecord* header_ = nullptr;
    std::vector<LayoutFault> faults_;

    std::array<std::optional<Extent>, all_sections.size()> placed_;
    std::uint64_t next_section_ = header_size;  ///< Where the next section must start …
    bool next_section_known_ = true;            ///< … unless the one before could not be placed.
    std::uint64_t next_message_;      ///< Where the next message must start in the table …
    bool messages_are_known_ = true;  ///< … unless one lies elsewhere and leaves a hole.
};

std::string subject(const LayoutFault& fault);

#define ROW(name, meaning) {LayoutReason::name, #name},
constexpr NameTable reasons(std::to_array<Named<LayoutReason>>({AION_LAYOUT_REASONS(ROW)}));
#undef ROW

}  // namespace

std::vector<LayoutFault> check_layout(const FileBytes& file, const CheckedBefore& before) {
    return LayoutChecker(file, before).run();
}

std::string_view name_of(LayoutReason reason) noexcept {
    return reasons.name(reason);
}

std::string describe(const LayoutFault& f) {
    switch (f.reason) {
        case LayoutReason::too_small:
            return fmt::format("only {} bytes; header and trailing hash alone take {}", f.stated,
                               f.expected);
        case LayoutReason::bad_magic:
            return fmt::format("not an .aion file: it starts with {:08x}, not {:08x}", f.stated,
                               f.expected);
        case LayoutReason::unsupported_version:
            return fmt::format("format version {} is not supported (supported: {})", f.stated,
                               f.expected);
        case LayoutReason::reserved_flags:
            return fmt::format("header: reserved flag bits are set (0x{:04x})", f.stated);
        case LayoutReason::reserved_nonzero:
            return fmt::format("{}: reserved bytes are not zero", subject(f));
        case LayoutReason::section_out_of_bounds:
            return fmt::format(
                "{}: not between header and trailing hash: offset={}, length={}, file_size={}",
                subject(f), f.stated, f.length, f.expected);
        case LayoutReason::section_gap:
            return fmt::format("{}: {} unused bytes before it, at offset {}", subject(f),
                               f.stated - f.expected, f.offset);
        case LayoutReason::section_overlap:
            return fmt::format("{}: lies over an earlier section: offset={}, length={}", subject(f),
                               f.stated, f.length);
        case LayoutReason::section_out_of_order:
            return fmt::format("{}: lies at offset {}, not behind the section that it follows ({})",
                               subject(f), f.stated, f.expected);
        case LayoutReason::trailing_bytes:
            return fmt::format("{} unused bytes between the last section and the trailing hash",
                               f.length);
        case LayoutReason::count_mismatch:
            return fmt::format("{} signatures for {} versions", f.stated, f.expected);
        case LayoutReason::no_versions:
            return "no version at all";
        case LayoutReason::message_out_of_bounds:
            return fmt::format(
                "{}: message is outside the string table: offset={}, length={}, "
                "table_size={}",
                subject(f), f.stated, f.length, f.expected);
        case LayoutReason::message_not_terminated:
            return fmt::format("{}: message is not followed by a zero byte", subject(f));
        case LayoutReason::message_not_utf8:
            return fmt::format("{}: message is not UTF-8", subject(f));
        case LayoutReason::string_table_gap:
            return fmt::format("{}: {} bytes of the string table before its message belong to none",
                               subject(f), f.stated - f.expected);
        case LayoutReason::string_table_overlap:
            return fmt::format(
                "{}: message starts at {} in the string table, inside an earlier one"
                " that ends at {}",
                subject(f), f.stated, f.expected);
        case LayoutReason::string_table_excess:
            return fmt::format("string table: {} bytes behind the last message", f.length);
    }
    return "unknown fault";
}

namespace {

std::vector<LayoutFault> LayoutChecker::run() && {
    if (check_header()) {
        check_sections();
        check_counts();
        check_versions();
        check_reserved<SignatureRecord>(Section::signatures);
        check_reserved<AuditRecord>(Section::audit);
        check_table_end();
    }
    return std::move(faults_);
}

// Whether anything behind the header can be looked at.
bool LayoutChecker::check_header() {
    if (file_.size() < smallest_file) {
        faults_.push_back({.reason = LayoutReason::too_small,
                           .offset = file_.size(),
                           .stated = file_.size(),
                           .expected = smallest_file});
    }
    if (file_.stored().size() < header_size) {
        return false;
    }
    header_ = &overlay<HeaderRecord>(file_.stored()).front();
    const auto add = [this](LayoutReason reason, const void* field, std::uint64_t stated,
                            std::uint64_t expected) {
        faults_.push_back(
            {.reason = reason, .offset = offset_of(field), .stated = stated, .expected = expected});
    };
    if (header_->magic != magic) {
        const auto as_number = [](const std::array<std::uint8_t, 4>& bytes) {
            return std::uint64_t{bytes[0]} << 24U | std::uint64_t{bytes[1]} << 16U |
                   std::uint64_t{bytes[2]} << 8U | bytes[3];
        };
        add(LayoutReason::bad_magic, &header_->magic, as_number(header_->magic), as_number(magic));
        return false;  // then what follows is no header
    }
    if (header_->version != format_version) {
        add(LayoutReason::unsupported_version, &header_->version, header_->version, format_version);
        return false;  // then it is not known what the rest of the header means
    }
    if ((header_->flags & ~flag_encrypted) != 0) {
        add(LayoutReason::reserved_flags, &header_->flags, header_->flags, flag_encrypted);
    }
    if (!all_zero(header_->reserved)) {
        add(LayoutReason::reserved_nonzero, &header_->reserved, 0, 0);
    }
    return file_.size() >= smallest_file;
}

void LayoutChecker::check_sections() {
    for (const Section section : all_sections) {
        check_section(section);
    }
    check_trailing_bytes();
}

// One fault a section. Behind a section that cannot be placed it is not known where the next one
// must start, so that one is only asked to come after what was placed.
void LayoutChecker::check_section(Section section) {
    const Extent extent = declared_extent(*header_, section);
    LayoutFault fault{.section = section,
                      .offset = extent.offset,
                      .stated = extent.offset,
                      .expected = next_section_,
                      .length = extent.length};
    if (!lies_within(extent, header_size, file_.size() - integrity_size)) {
        fault.reason = LayoutReason::section_out_of_bounds;
        // The place itself may be anywhere; what can be looked at is the header's word for it.
        static_assert(offsetof(HeaderRecord, strings) ==
                      offsetof(HeaderRecord, payload) + 4 * sizeof(ByteSection));
        fault.offset = offsetof(HeaderRecord, payload) +
                       static_cast<std::size_t>(section) * sizeof(ByteSection);
        fault.expected = file_.size();
        faults_.push_back(fault);
        next_section_known_ = false;
        return;
    }
    if (lies_over_an_earlier_one(extent)) {
        fault.reason = LayoutReason::section_overlap;
        faults_.push_back(fault);
        next_section_known_ = false;
        return;
    }
    if (extent.offset < next_section_) {
        fault.reason = LayoutReason::section_out_of_order;
        faults_.push_back(fault);
    } else if (extent.offset > next_section_ && next_section_known_) {
        fault.reason = LayoutReason::section_gap;
        fault.offset = next_section_;
        faults_.push_back(fault);
    }
    placed_[static_cast<std::size_t>(section)] = extent;
    next_section_ = extent.offset + extent.length;
    next_section_known_ = true;
}

bool LayoutChecker::lies_over_an_earlier_one(Extent extent) const noexcept {
    return std::ranges::any_of(placed_, [extent](const std::optional<Extent>& other) {
        return other && extent.offset < other->offset + other->length &&
               other->offset < extent.offset + extent.length;
    });
}

// Judged only when every section has its place: otherwise the missing one may belong there.
void LayoutChecker::check_trailing_bytes() {
    std::uint64_t end = header_size;
    for (const auto& extent : placed_) {
        if (!extent) {
            return;
        }
        end = std::max(end, extent->offset + extent->length);
    }
    const std::uint64_t hash_start = file_.size() - integrity_size;
    if (end < hash_start) {
        faults_.push_back({.reason = LayoutReason::trailing_bytes,
                           .offset = end,
                           .stated = end,
                           .expected = hash_start,
                           .length = hash_start - end});
    }
}

void LayoutChecker::check_counts() {
    const std::uint64_t versions = header_->versions.count;
    const std::uint64_t signatures = header_->signatures.count;
    if (versions == 0) {
        faults_.push_back({.reason = LayoutReason::no_versions,
                           .section = Section::versions,
                           .offset = offset_of(&header_->versions.count),
                           .expected = 1});
    }
    if (signatures != versions) {
        faults_.push_back({.reason = LayoutReason::count_mismatch,
                           .section = Section::signatures,
                           .offset = offset_of(&header_->signatures.count),
                           .stated = signatures,
                           .expected = versions});
    }
}

void LayoutChecker::check_versions() {
    const auto section = readable(Section::versions);
    if (!section) {
        messages_are_known_ = false;
        return;
    }
    const auto versions = unknown<VersionRecord>(*section);
    const auto table = readable(Section::strings);
    const auto order = table ? order_of_messages(versions, *table) : std::vector<std::uint64_t>{};
    const std::size_t first_fault = faults_.size();
    for (std::size_t n = 0; n < versions.size(); ++n) {
        const std::uint64_t index = order.empty() ? n : order[n];
        const VersionRecord& version = versions[index];
        auto fault = table ? check_message(version, *table) : std::nullopt;
        if (!reserved_is_zero(version)) {
            fault = LayoutFault{.reason = LayoutReason::reserved_nonzero,
                                .offset = offset_of(&version.reserved)};
        }
        if (fault) {
            fault->section = Section::versions;
            fault->index = before_.records + index;
            faults_.push_back(*fault);
        }
    }
    if (!order.empty()) {
        std::ranges::sort(std::span(faults_).subspan(first_fault), {}, &LayoutFault::index);
    }
}

// The versions in the order in which their messages lie in the table; empty when that is the order
// of the versions, as it is in every file that grew by commits. A shuffled chain is the business of
// the chain's own rules: here every byte must belong to one message, whoever's it is.
std::vector<std::uint64_t> LayoutChecker::order_of_messages(std::span<const VersionRecord> versions,
                                                            ByteView table) {
    bool ordered = true;
    std::uint64_t before = 0;
    for (const VersionRecord& version : versions) {
        const Extent text = {version.message_offset, version.message_length};
        messages_are_known_ = messages_are_known_ && lies_within(text, 0, table.size());
        ordered = ordered && before <= text.offset;
        before = text.offset;
    }
    if (ordered) {
        return {};
    }

    // Sorted by copies: a sort whose keys change in the caller's memory may run out of its range.
    struct Start {
        std::uint64_t offset;
        std::uint64_t index;
        auto operator<=>(const Start&) const = default;
    };

    std::vector<Start> starts;
    starts.reserve(versions.size());
    for (const VersionRecord& version : versions) {
        starts.push_back({version.message_offset, starts.size()});
    }
    std::ranges::sort(starts);
    std::vector<std::uint64_t> order(starts.size());
    std::ranges::transform(starts, order.begin(), &Start::index);
    return order;
}

// To be called in the order of the messages. Only one that starts where none was read before is
// read, so that many long messages over the same bytes cost no more than the table.
std::optional<LayoutFault> LayoutChecker::check_message(const VersionRecord& version,
                                                        ByteView table) {
    const Extent text = {version.message_offset, version.message_length};
    const std::uint64_t table_start = offset_of(table.data());
    LayoutFault fault{.stated = text.offset, .expected = next_message_, .length = text.length};
    if (!lies_within(text, 0, table.size())) {
        fault.reason = LayoutReason::message_out_of_bounds;
        fault.offset = offset_of(&version.message_offset);
        fault.expected = table.size();
        return fault;
    }
    const std::uint64_t end = text.offset + text.length;
    next_message_ = std::max(next_message_, end + 1);
    fault.offset = table_start + text.offset;
    if (text.offset < fault.expected) {
        fault.reason = LayoutReason::string_table_overlap;
        return fault;
    }
    if (text.offset > fault.expected && messages_are_known_) {
        fault.reason = LayoutReason::string_table_gap;
        fault.offset = table_start + fault.expected;
        return fault;
    }
    if (end == table.size() || table[end] != 0) {
        fault.reason = LayoutReason::message_not_terminated;
        fault.offset = table_start + end;
        return fault;
    }
    if (const auto bad = find_utf8_fault(as_text(slice(table, text)))) {
        fault.reason = LayoutReason::message_not_utf8;
        fault.offset += bad->index;
        return fault;
    }
    return std::nullopt;
}

void LayoutChecker::check_table_end() {
    const auto table = readable(Section::strings);
    if (!table || !messages_are_known_ || next_message_ >= table->size()) {
        return;
    }
    faults_.push_back({.reason = LayoutReason::string_table_excess,
                       .section = Section::strings,
                       .offset = offset_of(table->data()) + next_message_,
                       .stated = table->size(),
                       .expected = next_message_,
                       .length = table->size() - next_message_});
}

// The reserved field of a record that is not zero.
const std::uint8_t* used_reserved_field(const SignatureRecord& record) noexcept {
    return record.reserved.data();
}

const std::uint8_t* used_reserved_field(const AuditRecord& record) noexcept {
    if (!all_zero(record.reserved1)) {
        return record.reserved1.data();
    }
    return all_zero(record.reserved2) ? record.reserved3.data() : record.reserved2.data();
}

template <class Record>
void LayoutChecker::check_reserved(Section section) {
    const auto bytes = readable(section);
    if (!bytes) {
        return;
    }
    std::uint64_t index = before_.records;
    for (const Record& record : unknown<Record>(*bytes)) {
        if (!reserved_is_zero(record)) {
            faults_.push_back({.reason = LayoutReason::reserved_nonzero,
                               .section = section,
                               .index = index,
                               .offset = offset_of(used_reserved_field(record))});
        }
        ++index;
    }
}

std::optional<ByteView> LayoutChecker::readable(Section section) const noexcept {
    const auto& extent = placed_[static_cast<std::size_t>(section)];
    return extent && file_.has(*extent) ? std::optional(file_.slice(*extent)) : std::nullopt;
}

// What a fault is about: a record counted from 1, a section, or the header.
std::string subject(const LayoutFault& fault) {
    if (!fault.section) {
        return "header";
    }
    if (!fault.index) {
        return fmt::format("{} section", name_of(*fault.section));
    }
    const std::uint64_t position = *fault.index + 1;
    switch (*fault.section) {
        case Section::versions:
            return fmt::format("version {}", position);
        case Section::signatures:
            return fmt::format("signature {}", position);
        default:
            return fmt::format("audit entry {}", position);
    }
}

}  // namespace

}  // namespace aion::format
