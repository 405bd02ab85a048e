// SPDX-License-Identifier: MIT OR Apache-2.0
// A program's policy that follows its file, but only forwards.
//
/// Example: what a service asks before it acts, and what keeps that up to date.
///
///     #include <stop_token>
///
///     policy::PinMemory pins;  // or archive::open_pin_file, which outlives the process
///     policy::PolicyGateOptions options;
///     options.on_refusal = [](const policy::Refusal& refusal) {
///         std::cout << "REFUSED " << refusal.message() << '\n';
///     };
///     policy::PolicyGate gate(Env::system(), "policy.aion", "registry.json", pins, options);
///     const auto looked = gate.refresh();  // in a service: gate.run(stop_token), in a thread
///     if (!looked) {
///         return fail(looked.error().error);  // nothing is in force yet: deny everything
///     }
///     std::cout << gate.current()->text() << '\n';  // limit: 200
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/events.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/policy/history_cache.hpp"
#include "aion/policy/open_verified.hpp"
#include "aion/policy/pin_store.hpp"

namespace aion::policy {

struct PolicyGateOptions {
    /// A larger file is refused before it is read, in bytes: its payload is held in memory.
    std::uint64_t max_file_size = std::uint64_t{64} << 20U;
    /// How often `run` looks where the system does not tell of changes, in milliseconds.
    std::uint32_t poll_ms = 500;
    /// How often where it does: for what it cannot tell of (`Watch`), such as a network file
    /// system, and for what may pass this time though the file did not change.
    std::uint32_t slow_poll_ms = 5'000;
    std::filesystem::path pin_base = {};  ///< As in `VerifyOptions`.
    /// As in `Pins`: the registry file may go forward, to no other chain and not behind this.
    std::optional<Hash> expected_registry = {};
    std::vector<AuthorId> authors = {};       ///< As in `VerifyOptions`.
    std::optional<Requirement> require = {};  ///< As in `VerifyOptions`.
    /// What is known of attestations by now: asked each time before the file is judged. As above.
    std::function<std::vector<Attestation>()> attestations = nullptr;
    unsigned threads = 0;   ///< As in `VerifyOptions`.
    EventSink events = {};  ///< As in `VerifyOptions`.
    /// Another policy is in force. On the thread that looked; must not look itself.
    std::function<void(const std::shared_ptr<const VerifiedPayload>&)> on_change = nullptr;
    /// What is there was refused, and what was in force stays so. Told once for each state of the
    /// files and each reason. As above.
    std::function<void(const Refusal&)> on_refusal = nullptr;
};

/// The policy in force is the last state of a file that was VALID under the registry as it was
/// then, and did not go back behind what `pins` remembers: the same file under that name, a history
/// that contains the version accepted before, a registry that is not older. What is accepted is
/// pinned before it is in force. Anything else, a file that is gone or cannot be read included, is
/// refused, and the last good policy stays in force, also where it is a revocation in a new
/// registry that refuses the file: who wants to stop then has `on_refusal`. Before the first good
/// one, nothing is in force. Each change of the registry has the file judged again.
///
/// Thread-safe. No thread is started.
class PolicyGate {
  public:
    /// Looks at nothing yet. `env` and `pins` must live as long as this object.
    PolicyGate(Env& env, std::filesystem::path file, std::filesystem::path registry, PinStore& pins,
               PolicyGateOptions options = {});
    ~PolicyGate() = default;
    PolicyGate(const PolicyGate&) = delete;
    PolicyGate& operator=(const PolicyGate&) = delete;
    PolicyGate(PolicyGate&&) = delete;
    PolicyGate& operator=(PolicyGate&&) = delete;

    /// Looks at the files, and if they changed judges them. So it does where nothing changed, but
    /// something else decided: no verdict was reached, or pins refused, which a person may alter.
    /// True: another policy is in force now. False: none is, or there was nothing new to say.
    /// Refusals, once each (`on_refusal`): those of `open_verified` and `Registry::load`.
    [[nodiscard]] std::expected<bool, Refusal> refresh();

    /// The policy in force; null for none: then deny everything.
    [[nodiscard]] std::shared_ptr<const VerifiedPayload> current() const;

    /// Follows the files until `stop` is requested, woken by the system's word (`Env::watch`) where
    /// there is one, else by the clock. By one thread at a time.
    void run(const std::stop_token& stop);

  private:
    /// What tells one state of a file from another without reading it.
    struct Look {
        FileInfo::Identity identity;
        std::uint64_t changed_ns = 0;
        friend bool operator==(const Look&, const Look&) = default;
    };

    /// Both files; nothing for one that is not there.
    struct Seen {
        std::optional<Look> file;
        std::optional<Look> registry;
        friend bool operator==(const Seen&, const Seen&) = default;
    };

    using Opened = std::expected<VerifiedPayload, Refusal>;

    [[nodiscard]] std::expected<bool, Refusal> look(bool again);
    [[nodiscard]] Result<Seen> looks() const;
    [[nodiscard]] bool is_settling(const Seen& seen) const;
    [[nodiscard]] Opened examine();
    [[nodiscard]] bool take_over(VerifiedPayload opened);
    [[nodiscard]] std::expected<bool, Refusal> refuse(Refusal refusal);
    void follow(const std::stop_token& stop, Watch* watch);
    void look_in_time();

    Env& env_;
    std::filesystem::path file_;
    std::filesystem::path registry_;
    PinStore& pins_;
    PolicyGateOptions options_;
    crypto::KeyCache keys_;   ///< Signers' keys stay prepared between looks,
    HistoryCache histories_;  ///< and a known history costs no signatures.

    std::mutex looking_;          ///< Held while looking: guards what follows.
    std::optional<Seen> seen_;    ///< What was judged last.
    bool may_pass_later_ = true;  ///< Though the files stay as they are.
    std::string said_;            ///< The refusal of `seen_` that was told.
    std::chrono::steady_clock::time_point next_try_;

    mutable std::mutex current_mutex_;
    std::shared_ptr<const VerifiedPayload> current_;
};

}  // namespace aion::policy
