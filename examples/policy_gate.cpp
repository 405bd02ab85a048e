// SPDX-License-Identifier: MIT OR Apache-2.0
// A long-running gate: an agent's policy that follows its file, but only forwards.
//
//   policy_gate policy.aion registry.json gate.state [POLL_MILLISECONDS]
//
// It looks at the file twice a second and verifies it again whenever it, or the registry, has
// changed. What it accepts must be VALID, must be the same file as before, must reach at least the
// version accepted before and must contain that version unchanged. Anything else is refused, said
// once, and the last good policy stays in force. Before the first good one, nothing is allowed.
// What was accepted is remembered in the state file, so that a restart does not forget it.
#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "aion/aion.hpp"
#include "aion/base/files.hpp"
#include "aion/base/hex.hpp"

namespace {

namespace policy = aion::policy;
using aion::Result;

constexpr std::uint64_t max_policy_size = std::uint64_t{64} << 20U;

/// What the gate has seen and will never go behind.
struct Accepted {
    aion::FileId file_id;
    aion::VersionNumber version;
    aion::Hash head;
};

class PolicyGate {
  public:
    PolicyGate(aion::Env& env, std::filesystem::path file, std::filesystem::path registry,
               std::filesystem::path state)
        : env_(env),
          file_path_(std::move(file)),
          registry_path_(std::move(registry)),
          state_path_(std::move(state)) {}

    /// Reads what earlier runs accepted. A state file that cannot be read is an error: starting
    /// without it would let an old policy back in.
    [[nodiscard]] Result<> restore();

    /// Looks at the files and takes over a new policy if there is one.
    /// Value: true when another policy is in force now. Error: why a change was refused.
    [[nodiscard]] Result<bool> refresh();

    /// The policy in force, or nullptr: then deny everything.
    [[nodiscard]] const policy::VerifiedPayload* current() const noexcept {
        return current_ ? &*current_ : nullptr;
    }

  private:
    /// Identities of both files; nothing for one that is not there.
    struct Seen {
        std::optional<aion::FileInfo::Identity> file;
        std::optional<aion::FileInfo::Identity> registry;
        friend bool operator==(const Seen&, const Seen&) = default;
    };

    [[nodiscard]] Result<Seen> look() const;
    [[nodiscard]] Result<policy::VerifiedPayload> examine();
    [[nodiscard]] Result<> check_continues(aion::ByteView file) const;
    [[nodiscard]] Result<> remember(const Accepted& accepted) const;

    aion::Env& env_;
    std::filesystem::path file_path_;
    std::filesystem::path registry_path_;
    std::filesystem::path state_path_;
    std::optional<Seen> seen_;
    std::optional<Accepted> accepted_;
    std::optional<policy::VerifiedPayload> current_;
    aion::crypto::KeyCache key_cache_;    // signers' keys stay prepared between checks
    policy::HistoryCache history_cache_;  // a known history costs no signature checks
};

Result<bool> PolicyGate::refresh() {
    // The identities are taken before the content is read: a change in between is seen next time.
    auto now = look();
    if (!now) {
        return aion::fail(std::move(now.error()));
    }
    if (seen_ == *now) {
        return false;
    }
    seen_ = *now;
    auto examined = examine();
    if (!examined) {
        return aion::fail(std::move(examined.error()));
    }
    const bool changed = !current_ || current_->head() != examined->head();
    const Accepted accepted{examined->file_id(), examined->version(), examined->head()};
    if (changed) {
        // Remember first, enforce second: a crash in between cannot lead backwards.
        if (auto saved = remember(accepted); !saved) {
            return aion::fail(std::move(saved.error()));
        }
    }
    accepted_ = accepted;
    current_ = std::move(*examined);
    return changed;
}

Result<PolicyGate::Seen> PolicyGate::look() const {
    auto file = env_.info(file_path_);
    if (!file) {
        return aion::fail(std::move(file.error()));
    }
    auto registry = env_.info(registry_path_);
    if (!registry) {
        return aion::fail(std::move(registry.error()));
    }
    const auto identity = [](const aion::FileInfo& info) { return info.identity; };
    return Seen{file->transform(identity), registry->transform(identity)};
}

Result<policy::VerifiedPayload> PolicyGate::examine() {
    const auto registry = aion::trust::Registry::load(env_, registry_path_);
    if (!registry) {
        return aion::fail(registry.error());
    }
    const auto file = aion::read_file(env_, file_path_, max_policy_size);
    if (!file) {
        return aion::fail(file.error());
    }
    policy::VerifyOptions options;
    options.key_cache = &key_cache_;
    options.history_cache = &history_cache_;
    if (accepted_) {
        options.pins.file_id = accepted_->file_id;
        options.pins.min_version = accepted_->version;
    }
    auto opened = policy::open_verified(*file, *registry, env_.now(), options);
    if (!opened) {
        return aion::fail(std::move(opened.error().error));
    }
    if (accepted_) {
        if (auto continues = check_continues(*file); !continues) {
            return aion::fail(std::move(continues.error()));
        }
    }
    return *std::move(opened);
}

/// The version accepted before must be in the file still, bit for bit.
Result<> PolicyGate::check_continues(aion::ByteView file) const {
    const auto view = aion::format::FileView::parse(file);
    if (!view) {
        return aion::fail(view.error());
    }
    const auto version = view->version(accepted_->version);
    if (!version) {
        return aion::fail(version.error());
    }
    if (aion::format::version_hash(**version) != accepted_->head) {
        return aion::fail(aion::error_because(
            aion::ErrorCode::verdict_invalid,
            "version " + aion::to_string(accepted_->version) + " is not the one accepted before"));
    }
    return {};
}

Result<> PolicyGate::restore() {
    const auto info = env_.info(state_path_);
    if (!info) {
        return aion::fail(info.error());
    }
    if (!*info) {
        return {};
    }
    const auto bytes = aion::read_file(env_, state_path_, 4096);
    if (!bytes) {
        return aion::fail(bytes.error());
    }
    std::istringstream in{std::string(aion::as_text(*bytes))};
    Accepted accepted;
    std::string head;
    in >> accepted.file_id.value >> accepted.version.value >> head;
    const auto hash = aion::octets_from_hex<aion::Hash>(head);
    if (!in || !hash) {
        return aion::fail(
            aion::invalid_format("the state file is damaged: " + state_path_.string()));
    }
    accepted.head = *hash;
    accepted_ = accepted;
    return {};
}

Result<> PolicyGate::remember(const Accepted& accepted) const {
    std::ostringstream out;
    out << accepted.file_id.value << ' ' << accepted.version.value << ' '
        << aion::to_hex(accepted.head) << '\n';
    const std::string text = out.str();
    const aion::ByteView piece = aion::as_bytes(text);
    aion::WriteOptions options;
    options.replace = aion::Replace::always;
    const auto written = aion::write_file_atomically(env_, state_path_, {&piece, 1}, options);
    return written ? Result<>{} : aion::fail(written.error());
}

void say(const PolicyGate& gate, const Result<bool>& outcome) {
    if (!outcome) {
        std::cout << "REFUSED " << outcome.error().full_message() << std::endl;
    }
    if (const auto* current = gate.current(); current == nullptr) {
        std::cout << "in force: nothing, deny everything" << std::endl;
    } else {
        std::cout << "in force: version " << aion::to_string(current->version()) << " by author "
                  << aion::to_string(current->author()) << ", " << current->bytes().size()
                  << " bytes, head " << aion::to_hex(current->head()) << std::endl;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4 && argc != 5) {
        std::cerr << "usage: policy_gate FILE REGISTRY STATE [POLL_MILLISECONDS]\n";
        return 2;
    }
    const std::chrono::milliseconds pause(argc == 5 ? std::stoul(argv[4]) : 500);
    PolicyGate gate(aion::Env::system(), argv[1], argv[2], argv[3]);
    if (const auto restored = gate.restore(); !restored) {
        std::cerr << restored.error().full_message() << '\n';
        return 1;
    }
    for (bool first = true;; first = false) {
        const auto outcome = gate.refresh();
        if (first || !outcome || *outcome) {
            say(gate, outcome);
        }
        std::this_thread::sleep_for(pause);
    }
}
