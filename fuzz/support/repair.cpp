// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/repair.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <vector>

#include "aion/crypto/hash.hpp"
#include "aion/format/file_view.hpp"
#include "policy/payload.hpp"
#include "support/require.hpp"
#include "support/world.hpp"

namespace aion::fuzz {
namespace {

using namespace format;  // NOLINT(google-build-using-namespace): records and their hashes

constexpr std::size_t max_signed = 32;

// Records are mended in copies and put back, since nothing says that they do not overlap.
template <class Record>
std::vector<Record> copies(const Result<std::span<const Record>>& records) {
    return records ? std::vector<Record>(records->begin(), records->end()) : std::vector<Record>();
}

// The view borrows from a buffer that is ours to change.
template <class Record>
void put_back(const std::vector<Record>& mended, const Result<std::span<const Record>>& records) {
    if (records) {
        std::ranges::copy(mended, const_cast<Record*>(records->data()));
    }
}

MutableByteView to_change(const Result<ByteView>& section) {
    return section ? MutableByteView(const_cast<std::uint8_t*>(section->data()), section->size())
                   : MutableByteView();
}

// What lies sealed, genuine or not, becomes the payload of the last version.
void seal_again(const FileView& view, VersionRecord& last) {
    const MutableByteView section = to_change(view.payload());
    if (section.size() < policy::seal_overhead) {
        return;
    }
    std::array<std::uint8_t, crypto::aead_nonce_size> nonce{};
    std::ranges::copy(section.first(nonce.size()), nonce.begin());
    const auto body = section.subspan(nonce.size(), section.size() - policy::seal_overhead);
    const Bytes payload(body.begin(), body.end());
    last.rules_hash = crypto::blake3(payload);
    require(
        policy::seal_payload(payload, view.file_id(), VersionNumber{last.number}, nonce, section)
            .has_value());
}

void number(std::span<VersionRecord> versions) {
    versions.front().parent_hash = {};
    std::uint64_t next = 1;
    std::uint64_t latest = 0;
    for (VersionRecord& version : versions) {
        latest = std::max(latest, std::uint64_t{version.timestamp});
        version.number = next++;
        version.timestamp = latest;
        version.author = author.value;
    }
}

void mirror(std::span<AuditRecord> audit, std::span<const VersionRecord> versions) {
    for (std::size_t i = 0; i < std::min(audit.size(), versions.size()); ++i) {
        audit[i] = {};
        audit[i].timestamp = versions[i].timestamp;
        audit[i].author = versions[i].author;
        audit[i].action = static_cast<std::uint16_t>(i == 0 ? AuditAction::create_genesis
                                                            : AuditAction::commit_version);
    }
}

void mend_header(HeaderRecord& header, const VersionRecord& first, const VersionRecord& last) {
    header.flags = flag_encrypted;
    header.current_version = last.number;
    header.root_hash = first.rules_hash;
    header.current_hash = last.rules_hash;
    header.created_at = first.timestamp;
    header.modified_at = last.timestamp;
}

void link(std::span<VersionRecord> versions, std::span<AuditRecord> audit) {
    for (std::size_t i = 1; i < versions.size(); ++i) {
        versions[i].parent_hash = version_hash(versions[i - 1]);
    }
    for (std::size_t i = 1; i < audit.size(); ++i) {
        audit[i].previous_hash = audit_hash(audit[i - 1]);
    }
}

void sign(std::span<const VersionRecord> versions, std::span<SignatureRecord> signatures) {
    const std::size_t count = std::min({versions.size(), signatures.size(), max_signed});
    for (std::size_t i = 0; i < count; ++i) {
        const auto signature = author_key().sign(version_message(versions[i]));
        require(signature.has_value());
        signatures[i] = {};
        signatures[i].author = versions[i].author;
        signatures[i].public_key = author_key().public_half();
        signatures[i].signature = *signature;
    }
}

void mend_records(const FileView& view, Repair how) {
    auto versions = copies(view.versions());
    auto signatures = copies(view.signatures());
    auto audit = copies(view.audit());
    const auto places = std::tuple(view.versions(), view.signatures(), view.audit());
    HeaderRecord header = view.header();
    if (how == Repair::everything && !versions.empty()) {
        number(versions);
        seal_again(view, versions.back());
        mirror(audit, versions);
        mend_header(header, versions.front(), versions.back());
    }
    link(versions, audit);
    sign(versions, signatures);
    put_back(versions, std::get<0>(places));
    put_back(signatures, std::get<1>(places));
    put_back(audit, std::get<2>(places));
    const_cast<HeaderRecord&>(view.header()) = header;
}

void mend_hash(Bytes& file) {
    if (file.size() >= integrity_size) {
        const std::size_t covered = file.size() - integrity_size;
        const Hash hash = crypto::blake3(ByteView(file).first(covered));
        std::ranges::copy(hash.bytes, file.begin() + static_cast<std::ptrdiff_t>(covered));
    }
}

}  // namespace

void repair(Bytes& file, Repair how) {
    if (how >= Repair::links) {
        if (const auto view = FileView::parse(file, FileView::Bounds::as_used)) {
            mend_records(*view, how);
        }
    }
    if (how >= Repair::hash) {
        mend_hash(file);
    }
}

}  // namespace aion::fuzz
