// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/repair_changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "aion/base/hex.hpp"

namespace aion::policy {

using format::AuditRecord;
using format::HeaderRecord;
using format::SignatureRecord;
using format::VersionRecord;

namespace {

template <std::unsigned_integral T>
std::string text_of(const format::LittleEndian<T>& number) {
    return std::to_string(static_cast<T>(number));
}

std::string text_of(const Hash& hash) {
    return to_hex(hash);
}

template <std::size_t size>
std::string text_of(const std::array<std::uint8_t, size>& bytes) {
    return to_hex(ByteView(bytes));
}

class Changes {
  public:
    explicit Changes(std::vector<RepairChange>& into) : into_(into) {}

    /// One field of the header.
    template <class Record, class Field>
    void field(std::string_view place, const Record& was, const Record& now,
               Field Record::* member) {
        if (was.*member != now.*member) {
            into_.push_back({std::string(place), 1, 0, text_of(was.*member), text_of(now.*member)});
        }
    }

    /// One field of all records of a section that both have.
    template <class Record, class Field>
    void fields(std::string_view place, std::span<const Record> was, std::span<const Record> now,
                Field Record::* member) {
        RepairChange change{std::string(place), 0, 0, {}, {}};
        for (std::size_t i = 0; i < std::min(was.size(), now.size()); ++i) {
            if (was[i].*member == now[i].*member) {
                continue;
            }
            if (change.count++ == 0) {
                change.first = i + 1;
                change.was = text_of(was[i].*member);
                change.now = text_of(now[i].*member);
            }
        }
        if (change.count > 0) {
            into_.push_back(std::move(change));
        }
    }

    void number(std::string_view place, std::uint64_t was, std::uint64_t now) {
        if (was != now) {
            into_.push_back({std::string(place), 1, 0, std::to_string(was), std::to_string(now)});
        }
    }

  private:
    std::vector<RepairChange>& into_;
};

void compare_headers(Changes& changes, const HeaderRecord& was, const HeaderRecord& now) {
    changes.field("header.flags", was, now, &HeaderRecord::flags);
    changes.field("header.current_version", was, now, &HeaderRecord::current_version);
    changes.field("header.root_hash", was, now, &HeaderRecord::root_hash);
    changes.field("header.current_hash", was, now, &HeaderRecord::current_hash);
    changes.field("header.created_at", was, now, &HeaderRecord::created_at);
    changes.field("header.modified_at", was, now, &HeaderRecord::modified_at);
    changes.number("header.payload.offset", was.payload.offset, now.payload.offset);
    changes.number("header.versions.offset", was.versions.offset, now.versions.offset);
    changes.number("header.signatures.offset", was.signatures.offset, now.signatures.offset);
    changes.number("header.signatures.count", was.signatures.count, now.signatures.count);
    changes.number("header.audit.offset", was.audit.offset, now.audit.offset);
    changes.number("header.audit.count", was.audit.count, now.audit.count);
    changes.number("header.strings.offset", was.strings.offset, now.strings.offset);
    changes.number("header.strings.length", was.strings.length, now.strings.length);
    changes.field("header.reserved", was, now, &HeaderRecord::reserved);
}

void compare_audit(Changes& changes, std::span<const AuditRecord> was,
                   std::span<const AuditRecord> now) {
    changes.fields("audit.timestamp", was, now, &AuditRecord::timestamp);
    changes.fields("audit.author", was, now, &AuditRecord::author);
    changes.fields("audit.action", was, now, &AuditRecord::action);
    changes.fields("audit.details_offset", was, now, &AuditRecord::details_offset);
    changes.fields("audit.details_length", was, now, &AuditRecord::details_length);
    changes.fields("audit.previous_hash", was, now, &AuditRecord::previous_hash);
    changes.fields("audit.reserved", was, now, &AuditRecord::reserved1);
    changes.fields("audit.reserved", was, now, &AuditRecord::reserved2);
    changes.fields("audit.reserved", was, now, &AuditRecord::reserved3);
}

}  // namespace

std::vector<RepairChange> changes_between(const format::HeaderRecord& header, const Subject& was,
                                          format::FileImage& now,
                                          const VerificationReport& before) {
    std::vector<RepairChange> found;
    Changes changes(found);
    compare_headers(changes, header, now.header());
    // Bytes that belonged to nothing, and whatever else of the layout is no field.
    for (const Finding& finding : before.findings) {
        if (finding.gate == Gate::structure) {
            if (found.empty() || found.back().place != "layout") {
                found.push_back({"layout", 0, 0, finding.message, {}});
            }
            ++found.back().count;
        }
    }
    changes.fields("versions.reserved", *was.versions,
                   std::span<const VersionRecord>(now.versions()), &VersionRecord::reserved);
    changes.fields("signatures.reserved", *was.signatures,
                   std::span<const SignatureRecord>(now.signatures()), &SignatureRecord::reserved);
    if (was.audit) {
        compare_audit(changes, *was.audit, now.audit());
    }
    const ByteView trailing = was.file.stored().last(format::integrity_size);
    if (!equal(trailing, now.bytes().last(format::integrity_size))) {
        found.push_back({"trailing_hash", 1, 0, to_hex(trailing),
                         to_hex(now.bytes().last(format::integrity_size))});
    }
    return found;
}

}  // namespace aion::policy
