// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/policy/policy_gate.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <utility>

#include "aion/trust/registry.hpp"
#include "base/try.hpp"

namespace aion::policy {

namespace {

// File systems count time in ticks, some in ones of two seconds: what changes within one that was
// seen already looks as if it had not.
constexpr std::uint64_t settling_ns = 3'000'000'000;

// Nothing that may keep us waiting is opened.
Result<std::optional<FileInfo>> facts_of(Env& env, const std::filesystem::path& path) {
    AION_TRY_ASSIGN(const auto info, env.info(path));
    if (!info) {
        return std::nullopt;
    }
    if (info->kind != FileKind::regular) {
        return fail(error_at_path(ErrorCode::file_read_error, path.string(),
                                  info->kind == FileKind::directory ? EISDIR : EINVAL));
    }
    return info;
}

bool are_pins_against(const Refusal& refusal) {
    return refusal.report && refusal.report->state(Gate::pin) == GateState::failed;
}

}  // namespace

PolicyGate::PolicyGate(Env& env, std::filesystem::path file, std::filesystem::path registry,
                       PinStore& pins, PolicyGateOptions options)
    : env_(env),
      file_(std::move(file)),
      registry_(std::move(registry)),
      pins_(pins),
      options_(std::move(options)) {}

std::shared_ptr<const VerifiedPayload> PolicyGate::current() const {
    const std::scoped_lock lock(current_mutex_);
    return current_;
}

std::expected<bool, Refusal> PolicyGate::refresh() {
    const std::scoped_lock lock(looking_);
    return look(true);
}

std::expected<bool, Refusal> PolicyGate::look(bool again) {
    // The identities are taken before the content is read: a change in between is seen next time.
    auto now = looks();
    if (!now) {
        seen_.reset();
        return refuse(std::move(now.error()));
    }
    if (seen_ == *now && !(again && may_pass_later_)) {
        return false;
    }
    if (seen_ != *now) {
        said_.clear();
    }
    // Until there is a verdict, and if there is none, this is to be looked at again.
    may_pass_later_ = true;
    seen_ = *now;
    Opened opened = examine();
    if (!opened) {
        may_pass_later_ =
            !opened.error().report || are_pins_against(opened.error()) || is_settling(*now);
        return refuse(std::move(opened.error()));
    }
    may_pass_later_ = is_settling(*now);
    return take_over(*std::move(opened));
}

Result<PolicyGate::Seen> PolicyGate::looks() const {
    const auto look_of = [](const FileInfo& info) { return Look{info.identity, info.changed_ns}; };
    AION_TRY_ASSIGN(const auto file, facts_of(env_, file_));
    AION_TRY_ASSIGN(const auto registry, facts_of(env_, registry_));
    Seen seen;
    if (file) {
        seen.file = look_of(*file);
    }
    if (registry) {
        seen.registry = look_of(*registry);
    }
    return seen;
}

bool PolicyGate::is_settling(const Seen& seen) const {
    const std::uint64_t now = env_.now().value;
    return std::ranges::any_of(std::array{seen.file, seen.registry}, [&](const auto& look) {
        return look && look->changed_ns + settling_ns > now;
    });
}

PolicyGate::Opened PolicyGate::examine() {
    AION_TRY_ASSIGN(const trust::Registry registry, trust::Registry::load(env_, registry_));
    const std::vector<Attestation> attestations =
        options_.attestations ? options_.attestations() : std::vector<Attestation>();
    VerifyOptions options;
    options.pins.registry = options_.expected_registry;
    options.authors = options_.authors;
    options.require = options_.require;
    options.attestations = attestations;
    options.threads = options_.threads;
    options.key_cache = &keys_;
    options.history_cache = &histories_;
    options.pin_store = &pins_;
    options.pin_base = options_.pin_base;
    options.events = options_.events;
    return open_verified(env_, file_, registry, options,
                         {.max_size = options_.max_file_size, .regular_only = true});
}

// It was pinned before: what ends the program here cannot lead backwards.
bool PolicyGate::take_over(VerifiedPayload opened) {
    const auto next = std::make_shared<const VerifiedPayload>(std::move(opened));
    std::shared_ptr<const VerifiedPayload> before;
    {
        const std::scoped_lock lock(current_mutex_);
        before = std::exchange(current_, next);
    }
    said_.clear();
    const bool is_other =
        before == nullptr || before->head() != next->head() || before->file_id() != next->file_id();
    if (is_other && options_.on_change) {
        options_.on_change(next);
    }
    return is_other;
}

std::expected<bool, Refusal> PolicyGate::refuse(Refusal refusal) {
    std::string message = refusal.message();
    if (message == said_) {
        return false;
    }
    said_ = std::move(message);
    if (options_.on_refusal) {
        options_.on_refusal(refusal);
    }
    return std::unexpected<Refusal>(std::move(refusal));
}

// What did not change is tried again at the slow pace only: each time costs a whole verification.
void PolicyGate::look_in_time() {
    const std::scoped_lock lock(looking_);
    const auto now = std::chrono::steady_clock::now();
    const bool again = now >= next_try_;
    if (again) {
        next_try_ = now + std::chrono::milliseconds(options_.slow_poll_ms);
    }
    // Who listens was told what came of it.
    [[maybe_unused]] const auto looked = look(again);
}

void PolicyGate::follow(const std::stop_token& stop, Watch* watch) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    const std::stop_callback wake(stop, [&] {
        if (watch != nullptr) {
            watch->wake();
        }
    });
    while (!stop.stop_requested()) {
        look_in_time();
        if (watch != nullptr) {
            watch->wait(watch->is_complete() ? options_.slow_poll_ms : options_.poll_ms);
        } else {
            std::unique_lock lock(mutex);
            stopped.wait_for(lock, stop, std::chrono::milliseconds(options_.poll_ms),
                             [] { return false; });
        }
    }
}

void PolicyGate::run(const std::stop_token& stop) {
    const auto watch = env_.watch({file_, registry_});
    follow(stop, watch ? watch->get() : nullptr);
}

}  // namespace aion::policy
