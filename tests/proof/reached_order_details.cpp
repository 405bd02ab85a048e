// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_order_details.hpp"

#include <string>
#include <vector>

#include "aion/tlog/log_order.hpp"
#include "aion/tlog/proof.hpp"
#include "aion/tlog/registry_entries.hpp"
#include "support/keys.hpp"

namespace aion::proof {
namespace {

using tlog::OrderDetail;
using tlog::Sha256Tree;

tlog::NoteSigner signer_of(const std::string& log) {
    return *tlog::NoteSigner::make(log, tlog::NoteKeyType::ed25519,
                                   aion::test::key_of(log == "log" ? 1 : 2));
}

// A proof that a log of one entry has it.
std::string proof_of(const std::string& log, const Bytes& entry, bool carries_it = true) {
    const std::string text =
        tlog::Checkpoint{.origin = log, .size = 1, .root = Sha256Tree::leaf(entry)}.text();
    return tlog::LogProof{
        .extra = carries_it ? std::optional(entry) : std::nullopt,
        .index = 0,
        .path = {},
        .checkpoint = tlog::Note{.text = text, .signatures = {*signer_of(log).sign(text)}}.str()}
        .str();
}

Bytes version(std::uint64_t number) {
    return tlog::entry_of(trust::SignedVersion{.file_id = {},
                                               .version = VersionNumber{number},
                                               .author = {},
                                               .version_hash = {},
                                               .signature_hash = {}});
}

// What comes of the last of these proofs, for whoever believes both logs.
Outcome last_of(const std::vector<std::string>& proofs) {
    tlog::LogOrderReader order(*tlog::LogPolicy::parse("log " + signer_of("log").key().text() +
                                                       "\nlog " + signer_of("other").key().text() +
                                                       "\nquorum none\n"));
    Outcome last;
    for (const std::string& proof : proofs) {
        last = outcome(order.add_proof(proof));
    }
    return last;
}

}  // namespace

Outcome provoke(OrderDetail detail) {
    switch (detail) {
        case OrderDetail::proof_without_entry:
            return last_of({proof_of("log", version(1), false)});
        case OrderDetail::proof_of_other_kind:
            return last_of({proof_of(
                "log", tlog::make_entry(tlog::EntryKind::dsse_envelope, 1, as_bytes("{}")))});
        case OrderDetail::proof_of_other_log:
            return last_of({proof_of("log", version(1)), proof_of("other", version(1))});
        case OrderDetail::log_forked:
            return last_of({proof_of("log", version(1)), proof_of("log", version(2))});
    }
    return std::nullopt;
}

}  // namespace aion::proof
