// SPDX-License-Identifier: MIT OR Apache-2.0
// One random history, lived through by the library and by the model at once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "aion/base/memory_env.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/policy/commit.hpp"
#include "aion/trust/registry_chain.hpp"
#include "proof/model.hpp"

namespace aion::proof {

/// A registry, twice.
struct Registries {
    model::Registry model;
    trust::Registry real;
};

inline constexpr std::array<std::uint64_t, 4> authors = {1001, 1002, 0, UINT64_MAX};

crypto::SigningKey secret_of(model::Key key);
/// Of `no_key`, all zero: a point of small order.
PublicKey public_of(model::Key key);

class History {
  public:
    explicit History(std::uint64_t seed) : random_(seed), env_(seed) {}

    /// Lives through it; what differs between the two, or nothing.
    std::string run();

    /// What happened, a line a step.
    [[nodiscard]] const std::string& told() const noexcept { return told_; }

    /// What happened how often, summed up over all histories.
    using Tally = std::map<std::string, std::uint64_t>;

    [[nodiscard]] static Tally& tally() {
        static Tally all;
        return all;
    }

  private:
    // --- Chance -----------------------------------------------------------------------------
    std::uint64_t below(std::uint64_t n) { return random_() % n; }

    bool one_in(std::uint64_t n) { return below(n) == 0; }

    std::uint64_t any_author();
    model::Key any_key();
    std::uint64_t interesting_version();
    model::Request any_request(std::uint64_t version);

    // --- Steps ------------------------------------------------------------------------------
    void step();
    void create();
    void commit();
    void session();
    void register_author();
    void pin();
    void rotate();
    void end_epoch();
    void revoke();
    void apply(const trust::SignedRecord& record, const model::Applied& expected);
    void move_clock();
    void lose_power();
    bool pin_something(policy::Pins& pins);

    // --- Steps of a chain -------------------------------------------------------------------
    void begin_chain();
    void say_registration();
    void say_rotation();
    void say_something();
    void say(model::Said said);
    model::Said any_end();
    model::Bound any_bound();
    std::vector<model::Point> any_points();
    model::Key fresh_key();
    void sign_as_usual(model::Said& said);
    [[nodiscard]] trust::HistoryPoint real_point(const model::Point& point) const;
    [[nodiscard]] std::vector<trust::HistoryPoint> real_points(
        const std::vector<model::Point>& points) const;
    [[nodiscard]] trust::Bound real_bound(const model::Bound& bound) const;
    [[nodiscard]] trust::RecordFacts real_facts(const model::Said& said) const;
    void remember_points();
    void same_windows();
    void same_projection();

    // --- Comparing --------------------------------------------------------------------------
    void tell(std::string what) { told_ += "  " + std::move(what) + "\n"; }

    static void count(std::string_view what) { ++tally()[std::string(what)]; }

    void differ(std::string what) {
        if (difference_.empty()) {
            difference_ = std::move(what);
        }
    }

    template <class T>
    void same_refusal(const Result<T>& got, const model::Refusals& expected) {
        same_error(got ? nullptr : &got.error(), expected);
    }

    void same_error(const Error* got, const model::Refusals& expected);
    void same_receipt(const Result<policy::CommitReceipt>& got, const model::Request& request);
    void same_state();
    void same_file_content(ByteView file);
    void same_verdict(ByteView file, const Registries& under);
    void same_payload(ByteView file, const Registries& under, const model::Verdict& verdict);

    std::mt19937_64 random_;
    MemoryEnv env_;
    std::filesystem::path path_ = "/policy.aion";
    model::File file_;
    std::vector<Hash> heads_;                 ///< Of each version, as the receipts said.
    std::map<model::Identity, Hash> hashes_;  ///< Of all versions that there ever were.
    std::vector<model::Point> points_;        ///< Those.
    std::vector<model::Versions> histories_;  ///< Those that were replaced.
    model::Key last_key_ = 20;
    Registries now_;
    std::vector<Registries> earlier_;
    policy::HistoryCache history_cache_;
    crypto::KeyCache key_cache_;
    std::uint64_t counter_ = 0;
    /// A write that was given up, for its signer say, had removed its temporary file; a power cut
    /// may bring it back, until the next write to the file.
    bool may_have_leftover_ = false;
    std::optional<Bytes> content_;  ///< Of the file, when it was last looked at.
    std::string told_;
    std::string difference_;
};

}  // namespace aion::proof
