// SPDX-License-Identifier: MIT OR Apache-2.0
// Enforcement receipts: what a program says, under its own key, that it decided by which version of
// a policy on which inputs.
//
// A receipt is a DSSE envelope over an in-toto statement, and for each witness who signed it as
// well, at which version of its own that was. It proves who said so; whether it counts, and for
// what, `judge_receipt` says (receipt_verdict.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/supply/envelope.hpp"
#include "aion/supply/statement.hpp"
#include "aion/tlog/checkpoint.hpp"

namespace aion::release {

inline constexpr std::string_view receipt_predicate_type =
    "https://aion-context.dev/enforcement-receipt/v1";

/// Of a receipt's text, and of its statement's, in bytes.
inline constexpr std::size_t max_receipt_size = std::size_t{16} << 20U;
inline constexpr std::size_t max_receipt_subjects = 65'536;
inline constexpr std::size_t max_receipt_approvals = 1024;
/// Of the runtime and its witnesses, together.
inline constexpr std::size_t max_receipt_signatures = 64;

/// What was decided.
enum class Decision : std::uint8_t {
    allow,
    deny,
    degraded,     ///< It went on with less.
    fail_closed,  ///< Nothing could be decided, which denies.
};
/// `allow`, …: stable.
[[nodiscard]] std::string_view name_of(Decision decision) noexcept;
/// Nothing for any other word, `Allow` included.
[[nodiscard]] std::optional<Decision> decision_of(std::string_view word) noexcept;

/// 16 bytes that no other receipt of a runtime has.
using ReceiptNonce = Octets<16, struct ReceiptNoncePurpose>;

/// The version of a policy file that was in force.
struct PolicyReference {
    FileId file_id;
    VersionNumber version;
    AuthorId author;
    friend bool operator==(const PolicyReference&, const PolicyReference&) = default;
};

/// The key that the policy was relied upon for.
struct EpochReference {
    AuthorId author;
    Epoch epoch;
    friend bool operator==(const EpochReference&, const EpochReference&) = default;
};

/// That somebody approved the decision beforehand (approvals.hpp).
struct ReceiptApproval {
    AuthorId approver;
    Hash attestation;
    friend bool operator==(const ReceiptApproval&, const ReceiptApproval&) = default;
};

/// What is signed.
struct ReceiptStatement {
    std::string type = std::string(supply::statement_type_uri);
    /// What was decided about: digests under distinct names, checkpoints of logs among them.
    std::vector<supply::Subject> subjects = {};
    std::string predicate_type = std::string(receipt_predicate_type);
    PolicyReference policy;
    EpochReference trust;
    Decision decision = Decision::fail_closed;
    std::vector<ReceiptApproval> approvals = {};
    AuthorId runtime;
    /// A runtime's own counter, by which its key is found in the registry.
    VersionNumber receipt_version;
    ReceiptNonce nonce;

    /// Reads a statement as the reference does: members that it does not have are passed over, hex
    /// digits may be of either case, types are whatever they are. All of that `judge_receipt`
    /// refuses. Errors: `invalid_format` with the place and a detail of base/json_details.hpp, or
    /// `receipt_bad_decision`, `receipt_bad_nonce`, `receipt_bad_reference`, `receipt_too_many`.
    [[nodiscard]] static Result<ReceiptStatement> from_json(std::string_view text);

    /// The reference's bytes, which are what is signed. Texts must be UTF-8.
    [[nodiscard]] std::string json() const;

    friend bool operator==(const ReceiptStatement&, const ReceiptStatement&) = default;
};

/// `name` with its BLAKE3 digest.
[[nodiscard]] supply::Subject receipt_input(std::string name, const Hash& digest);

/// A checkpoint that was seen before the decision: `checkpoint ORIGIN SIZE` with the root as
/// `sha256` and BLAKE3 of the checkpoint's text. A receipt with it was made afterwards.
[[nodiscard]] supply::Subject checkpoint_input(const tlog::Checkpoint& checkpoint);

/// A subject that is such a checkpoint.
struct SeenLog {
    std::string origin;
    std::uint64_t size = 0;
    Hash text_hash;  ///< Of the checkpoint's text.
};

/// Nothing for a subject of another name. Error: `invalid_format` for one that is named so and has
/// no digests of one checkpoint.
[[nodiscard]] Result<std::optional<SeenLog>> seen_log_of(const supply::Subject& subject);

/// The subjects that are no checkpoints, in the order of their names.
[[nodiscard]] std::vector<supply::Subject> inputs_of(const ReceiptStatement& statement);

/// At which version of its own a witness signed, by which its key is found. Nobody signs that.
struct ReceiptWitness {
    std::string keyid;
    VersionNumber version;
    friend bool operator==(const ReceiptWitness&, const ReceiptWitness&) = default;
};

struct Receipt {
    supply::Envelope envelope;
    std::vector<ReceiptWitness> witnesses = {};
    friend bool operator==(const Receipt&, const Receipt&) = default;
};

/// Reads a receipt: the JSON of its envelope, in which `witnesses` may stand beside the
/// signatures, `[{"keyid":…,"version":…}]`; other members are refused, as nobody signed them.
/// Errors: as `supply::envelope_from_json`, and `invalid_format` with a detail of
/// base/json_details.hpp or `receipt_too_many`.
[[nodiscard]] Result<Receipt> receipt_from_json(std::string_view text);

/// In one line without an end of line. Without witnesses, the reference's form of the envelope;
/// readers of envelopes pass over the witnesses.
[[nodiscard]] std::string to_json(const Receipt& receipt);

/// The statement of a receipt, of which nothing is verified. Errors: `invalid_format` where the
/// payload is of another type; those of `ReceiptStatement::from_json`.
[[nodiscard]] Result<ReceiptStatement> statement_of(const Receipt& receipt);

/// What a receipt will say, as far as that is known.
struct ReceiptDraft {
    struct Runtime {
        AuthorId author;
        VersionNumber receipt_version;
    };

    PolicyReference policy;
    EpochReference trust;
    std::optional<Decision> decision = {};
    std::optional<Runtime> runtime = {};
    std::optional<ReceiptNonce> nonce = {};
    std::vector<supply::Subject> inputs = {};
    std::vector<ReceiptApproval> approvals = {};
};

/// Signs it with the runtime's key. Errors: `invalid_format` with the detail `receipt_no_decision`,
/// `receipt_no_runtime`, `receipt_no_nonce`, `receipt_no_input`, looked for in this order;
/// `receipt_too_many`; `invalid_argument` for inputs of one name or without a BLAKE3 digest, or
/// texts that are not UTF-8; the signer's own.
[[nodiscard]] Result<Receipt> seal_receipt(const ReceiptDraft& draft, crypto::Signer& runtime);

/// Adds the signature of a witness, whose key is that of its `version`. Errors:
/// `invalid_argument` for the runtime, or an author who has signed already; `receipt_too_many`;
/// those of `statement_of`; the signer's own. The receipt is unchanged then.
[[nodiscard]] Result<> add_witness(Receipt& receipt, AuthorId witness, VersionNumber version,
                                   crypto::Signer& key);

/// How a receipt is logged: an entry of kind `enforcement_receipt` with the envelope in the
/// reference's form and its first `signatures` signatures, at the version of the policy.
[[nodiscard]] Bytes receipt_entry(const supply::Envelope& envelope, VersionNumber policy_version,
                                  std::size_t signatures = SIZE_MAX);

}  // namespace aion::release
