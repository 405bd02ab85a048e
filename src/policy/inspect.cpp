// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/inspect.hpp"

#include <fmt/format.h>

#include "aion/base/utf8.hpp"
#include "base/try.hpp"
#include "policy/authority.hpp"
#include "policy/details.hpp"
#include "policy/gates.hpp"
#include "policy/payload.hpp"

namespace aion::policy {

using format::FileView;
using format::SignatureRecord;
using format::VersionRecord;

Result<Bytes> payload_unverified(const FileView& view) {
    if (view.version_count() == 0) {
        return fail(invalid<PolicyDetail::file_without_versions>());
    }
    AION_TRY_ASSIGN(const VersionRecord* head, view.version_at(view.version_count() - 1));
    AION_TRY_ASSIGN(const ByteView section, view.payload());
    return open_payload(section, view.file_id(), VersionNumber{head->number}, head->rules_hash);
}

Result<std::vector<VersionInfo>> history(const FileView& view) {
    AION_TRY_ASSIGN(const auto records, view.versions());
    AION_TRY(view.strings());
    std::vector<VersionInfo> versions;
    versions.reserve(records.size());
    std::uint64_t text_size = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        AION_TRY_ASSIGN(const VersionRecord* record, view.version_at(i));
        // In an unjudged file many long messages may lie over the same bytes: 10 MB could ask for
        // copies of 100 GB. Messages that do not overlap are shorter than the file.
        text_size += record->message_length;
        if (text_size > view.file().size()) {
            return fail(invalid<PolicyDetail::messages_overlap>());
        }
        VersionInfo info{VersionNumber{record->number},
                         AuthorId{record->author},
                         Timestamp{record->timestamp},
                         to_valid_utf8(view.message(*record)),
                         record->rules_hash,
                         std::nullopt,
                         format::version_hash(*record)};
        if (info.number != genesis_version) {
            info.parent_hash = record->parent_hash;
        }
        versions.push_back(std::move(info));
    }
    return versions;
}

Result<std::vector<SignatureInfo>> signatures(const FileView& view, const trust::Registry& registry,
                                              const trust::LogOrder* log) {
    AION_TRY_ASSIGN(const auto versions, view.versions());
    AION_TRY_ASSIGN(const auto records, view.signatures());
    if (records.size() > versions.size()) {
        return fail(
            invalid<PolicyDetail::signature_without_version>(versions.size(), versions.size()));
    }
    std::vector<SignatureInfo> infos;
    infos.reserve(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        AION_TRY_ASSIGN(const VersionRecord* version, view.version_at(i));
        AION_TRY_ASSIGN(const SignatureRecord* signature, view.signature_at(i));
        infos.push_back({VersionNumber{version->number}, AuthorId{signature->author},
                         signature->public_key, true, std::nullopt});
    }
    if (!view.file().is_whole()) {
        return fail(invalid<PolicyDetail::file_not_in_memory>());
    }
    // The verdict's own gate decides, on a copy as always; the payload is not looked at.
    PrivateFile copy = PrivateFile::copy_of(view.file().stored(), Hold::records);
    const Subject subject(copy);
    VerifyOptions options;
    options.log = log;
    const trust::SeenRegistry seen = seen_by(subject, registry, options);
    for (const RefusedSignature& refused : signature_gate(subject, seen, {}).refused) {
        if (refused.index < infos.size()) {
            infos[refused.index].verified = false;
            infos[refused.index].error = describe(refused, subject, seen);
        }
    }
    return infos;
}

Result<FileSummary> summarize(const FileView& view, const trust::Registry& registry,
                              const trust::LogOrder* log) {
    FileSummary summary;
    summary.file_id = view.file_id();
    summary.version_count = view.version_count();
    AION_TRY_ASSIGN(summary.versions, history(view));
    AION_TRY_ASSIGN(summary.signatures, signatures(view, registry, log));
    if (!summary.versions.empty()) {
        summary.current_version = summary.versions.back().number;
    }
    return summary;
}

}  // namespace aion::policy
