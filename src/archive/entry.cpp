// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/entry.hpp"

#include <utility>

#include "archive/encoding.hpp"

namespace aion::archive {
namespace {

using policy::GateState;
using policy::SignerUse;
using policy::Unauthenticated;
using policy::VerificationReport;

// Author, epoch, key, first, last and number of versions.
constexpr std::size_t signer_size = 8 + 8 + PublicKey::size + 8 + 8 + 8;

void put_signers(Encoder& out, const std::vector<SignerUse>& signers) {
    out.number(signers.size());
    for (const SignerUse& signer : signers) {
        out.number(signer.author.value)
            .number(signer.epoch.value)
            .raw(signer.key.view())
            .number(signer.first.value)
            .number(signer.last.value)
            .number(signer.versions);
    }
}

std::vector<SignerUse> signers_in(Decoder& in) {
    const std::uint64_t count = in.number();
    std::vector<SignerUse> signers;
    if (!in.has(count, signer_size)) {
        return signers;
    }
    signers.resize(count);
    for (SignerUse& signer : signers) {
        signer.author.value = in.number();
        signer.epoch.value = static_cast<Epoch::rep>(in.number());
        signer.key = in.octets<PublicKey>();
        signer.first.value = in.number();
        signer.last.value = in.number();
        signer.versions = in.number();
    }
    return signers;
}

std::vector<Hash> hashes_in(Decoder& in) {
    const std::uint64_t count = in.number();
    std::vector<Hash> hashes;
    if (!in.has(count, Hash::size)) {
        return hashes;
    }
    hashes.resize(count);
    for (Hash& hash : hashes) {
        hash = in.octets<Hash>();
    }
    return hashes;
}

// Of a VALID report, before any store was asked.
GateState state_of(policy::Gate gate, const VerificationReport& report, bool is_pin_asked) {
    if (gate != policy::Gate::pin) {
        return report.state(gate);
    }
    return is_pin_asked ? GateState::passed : GateState::skipped;
}

}  // namespace

std::optional<Bytes> encoded(const VerificationReport& report, const policy::Pins& pins,
                             bool is_asked) {
    if (!report.is_valid() || !report.history || report.history->version_hashes.empty() ||
        report.head != report.history->version_hashes.back() || !report.temporal_warnings.empty() ||
        !report.findings.empty() ||
        report.history->version_hashes.size() > max_entry_size / Hash::size / 2) {
        return std::nullopt;
    }
    Encoder out;
    out.number(report.file_id.value)
        .number(report.version_count)
        .number(static_cast<std::uint64_t>(report.profile))
        .number(is_asked ? 1 : 0)
        .number(report.signatures_valid);
    for (const policy::Gate gate : policy::all_gates) {
        out.number(static_cast<std::uint64_t>(state_of(gate, report, is_asked)));
    }
    const std::vector<Unauthenticated> open = policy::left_open(pins);
    out.number(open.size());
    for (const Unauthenticated what : open) {
        out.number(static_cast<std::uint64_t>(what));
    }
    out.raw(report.history->file_hash.view());
    put_signers(out, report.history->signers);
    out.number(report.history->version_hashes.size());
    for (const Hash& hash : report.history->version_hashes) {
        out.raw(hash.view());
    }
    Bytes bytes = out.take();
    return bytes.size() <= max_entry_size ? std::optional(std::move(bytes)) : std::nullopt;
}

std::optional<VerificationReport> decoded_entry(ByteView bytes) {
    Decoder in(bytes);
    VerificationReport report;
    report.file_id.value = in.number();
    report.version_count = in.number();
    report.profile = static_cast<policy::Profile>(in.number());
    report.pinned = in.number() != 0;
    report.signatures_valid = in.number();
    for (GateState& state : report.gates) {
        state = static_cast<GateState>(in.number());
    }
    const std::uint64_t open = in.number();
    if (in.has(open, sizeof(std::uint64_t))) {
        report.unauthenticated.resize(open);
        for (Unauthenticated& what : report.unauthenticated) {
            what = static_cast<Unauthenticated>(in.number());
        }
    }
    policy::HistoryFacts history;
    history.file_hash = in.octets<Hash>();
    history.signers = signers_in(in);
    history.version_hashes = hashes_in(in);
    if (!in.complete() || history.version_hashes.empty()) {
        return std::nullopt;
    }
    report.head = history.version_hashes.back();
    report.history = std::move(history);
    // What was put is VALID; nothing else may come out.
    return report.is_valid() ? std::optional(std::move(report)) : std::nullopt;
}

}  // namespace aion::archive
