// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/log_order.hpp"

#include <cerrno>
#include <utility>

#include "aion/base/files.hpp"
#include "aion/tlog/proof.hpp"
#include "shell/log_place.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

Outcome<Bytes> read_small_file(Context& context, const std::string& path, std::size_t max_size,
                               const std::string& what) {
    auto bytes = read_file(context.env, path, max_size);
    if (!bytes && bytes.error().os_error() == ENOENT) {
        return about_file(fail_because(bytes.error(), what + " not found: " + path), path);
    }
    if (!bytes) {
        return about_file(fail_with_cause("Failed to read " + path, bytes.error()), path);
    }
    return *std::move(bytes);
}

Outcome<> add_proof(Context& context, tlog::LogOrderReader& order, const std::string& path,
                    std::span<const tlog::EntryKind> kinds) {
    CLI_TRY_ASSIGN(const Bytes text, read_small_file(context, path, tlog::max_proof_size, "Proof"));
    if (const auto added = order.add_proof(as_text(text), kinds); !added) {
        return about_file(
            fail_with("No verdict by a proof that does not hold: " + path, added.error()), path);
    }
    return {};
}

}  // namespace

Outcome<tlog::LogPolicy> parse_log_policy(ByteView text, const std::string& path,
                                          const std::string& refused) {
    auto policy = tlog::LogPolicy::parse(as_text(text));
    if (!policy) {
        return about_file(fail_with(refused + ": " + path, policy.error()), path);
    }
    return *std::move(policy);
}

Outcome<tlog::LogPolicy> load_log_policy(Context& context, const std::string& path,
                                         const std::string& refused) {
    CLI_TRY_ASSIGN(const Bytes text,
                   read_small_file(context, path, tlog::max_policy_size, "Policy of a log"));
    return parse_log_policy(text, path, refused);
}

Outcome<std::unique_ptr<tlog::LogOrderReader>> open_log_order(
    Context& context, const OrderTexts& texts, std::span<const tlog::EntryKind> kinds) {
    const bool has_log = !texts.log.empty() || !texts.proofs.empty();
    if (!texts.is_wanted()) {
        return std::unique_ptr<tlog::LogOrderReader>();
    }
    if (is_url(texts.log)) {
        return fail_with("A verdict is not asked of a network: --tlog is a folder here",
                         "Fetch a proof of each entry with `aion tlog prove --log URL --index N`, "
                         "and give them with --tlog-proof");
    }
    if (!has_log) {
        return fail_with("--tlog-policy says whom to believe, but not what: no log is given",
                         "Add --tlog-proof FILE, or --tlog DIR");
    }
    if (texts.policy.empty()) {
        return fail_with("Nobody is believed about a log without --tlog-policy",
                         "A policy is a file with a line `log KEY`, and who has to witness: see "
                         "docs/transparency.md");
    }
    CLI_TRY_ASSIGN(tlog::LogPolicy policy,
                   load_log_policy(context, texts.policy, "No verdict without its policy"));
    auto order = std::make_unique<tlog::LogOrderReader>(std::move(policy));
    for (const std::string& path : texts.proofs) {
        CLI_TRY(add_proof(context, *order, path, kinds));
    }
    if (!texts.log.empty()) {
        if (const auto added = order->add_log(context.env, texts.log); !added) {
            return about_file(fail_with("No verdict by the log in " + texts.log, added.error()),
                              texts.log);
        }
    }
    return order;
}

}  // namespace aion::cli
