// SPDX-License-Identifier: MIT OR Apache-2.0
// A receipt from anywhere, read and judged: whatever it is, there is a verdict, and what was read
// is written and read as the same. Nobody signs here, so a receipt counts only if all of it is a
// genuine one of the corpus.
//
// Input: the receipt's text; behind a line end, an approval's statement.
#include <cstdint>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/memory_env.hpp"
#include "aion/release/receipt_verdict.hpp"
#include "support/require.hpp"

namespace {

using namespace aion;           // NOLINT(google-build-using-namespace): one short program
using namespace aion::release;  // NOLINT(google-build-using-namespace)
using aion::fuzz::require;

crypto::SigningKey key_of(std::uint8_t filler) {
    return *crypto::SigningKey::from_seed(Bytes(32, filler));
}

// The authors of the corpus: 1 writes policies, 2 is the runtime, 3 a witness.
const trust::Registry& registry() {
    static const trust::Registry known = [] {
        trust::Registry made;
        for (std::uint8_t author = 1; author <= 3; ++author) {
            const auto master = static_cast<std::uint8_t>(0x90 + author);
            require(made.pin(AuthorId{author}, key_of(master).public_half(),
                             key_of(author).public_half())
                        .has_value());
        }
        return made;
    }();
    return known;
}

void check_approval(std::string_view text) {
    if (const auto approval = Approval::from_json(text)) {
        require(Approval::from_json(approval->json()) == *approval);
    }
}

void check_receipt(std::string_view text) {
    const auto receipt = receipt_from_json(text);
    if (!receipt) {
        return;
    }
    require(receipt_from_json(to_json(*receipt)) == *receipt);
    const auto statement = statement_of(*receipt);
    if (statement) {
        require(ReceiptStatement::from_json(statement->json()) == *statement);
    }
    MemoryEnv env;
    const ApprovalStore approvals(env, "/approvals");
    ReplayMemory seen;
    const ReceiptRules rules{.approvals = &approvals, .seen = &seen};
    const ReceiptVerdict verdict = judge_receipt(*receipt, registry(), rules);
    require(verdict.is_valid() == verdict.findings.empty());
    require(!verdict.is_valid() || as_text(receipt->envelope.payload) == statement->json());
    // The second one is a replay, if the first one counted.
    require(!judge_receipt(*receipt, registry(), rules).is_valid());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text(ByteView(data, size));
    const std::size_t end = text.find('\n');
    check_receipt(text.substr(0, end));
    if (end != std::string_view::npos) {
        check_approval(text.substr(end + 1));
    }
    return 0;
}
