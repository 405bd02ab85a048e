// SPDX-License-Identifier: MIT OR Apache-2.0
// Every reason code can happen: one test a code, which makes a file that is refused for it. The
// switch below has no default, so that a new code does not compile before it has a scenario, and
// the gate is the one that docs/verification.md names.
#include <gtest/gtest.h>

#include <cerrno>
#include <memory>

#include "proof/doc_table.hpp"
#include "proof/forgery.hpp"
#include "proof/genuine.hpp"
#include "support/chain_world.hpp"
#include "support/failing_pins.hpp"
#include "support/world.hpp"

namespace aion::proof {
namespace {

using policy::Gate;
using policy::Reason;

constexpr Timestamp now{1'800'000'000'000'000'000};

// What brings a reason about. It starts as a genuine file of three versions by one author.
struct Scenario {
    Bytes file = genuine("one_author").file;
    trust::Registry registry = genuine("one_author").registry;
    policy::VerifyOptions options;
    std::shared_ptr<policy::PinStore> pins = nullptr;  ///< `options` borrows it.
    std::shared_ptr<trust::LogOrder> log = nullptr;    ///< Likewise.

    [[nodiscard]] FileMap map() const { return FileMap(genuine("one_author").file); }

    void set(std::size_t offset, std::uint64_t value, std::size_t size = 8) {
        put_number(file, offset, value, size);
    }

    void flip(std::size_t offset) { file[offset] ^= 1U; }

    // Three messages, first with six bytes of text, laid out as the offsets and lengths say.
    void move_message(std::size_t i, std::uint64_t offset, std::uint64_t length) {
        set(map().version(i) + 88, offset);
        set(map().version(i) + 96, length, 4);
    }
};

// A file as a library of format v2 writes it that was told to store nothing.
Bytes empty_file() {
    Bytes file(header_size + hash_size);
    std::ranges::copy(as_bytes("AION"), file.begin());
    put_number(file, 4, 2, 2);
    put_number(file, 6, 1, 2);
    for (std::size_t s = 0; s < section_count; ++s) {
        put_number(file, section_field(s), header_size);
    }
    return file;
}

// "first", "second" and "third!" lie at 0, 6 and 13.
Scenario message_scenario(Reason reason) {
    Scenario s;
    const std::size_t strings = s.map().strings();
    switch (reason) {
        case Reason::message_out_of_bounds:
            s.move_message(1, 6, UINT32_MAX);
            break;
        case Reason::message_not_terminated:
            s.set(strings + 5, 'x', 1);
            break;
        case Reason::message_not_utf8:
            s.set(strings + 1, 0xFF, 1);
            break;
        case Reason::string_table_gap:
            s.move_message(1, 7, 5);
            break;
        case Reason::string_table_overlap:
            s.move_message(1, 5, 7);
            break;
        default:
            s.move_message(2, 13, 5);
            s.set(strings + 18, 0, 1);
            break;
    }
    return s;
}

Scenario layout_scenario(Reason reason) {
    Scenario s;
    const FileMap map = s.map();
    switch (reason) {
        case Reason::section_out_of_bounds:
            s.set(section_field(0), UINT64_MAX);
            break;
        case Reason::section_gap:
            s.set(section_field(0), header_size + 1);
            s.set(section_field(0) + 8, map.section(1) - header_size - 1);
            break;
        case Reason::section_overlap:
            s.set(section_field(1), map.section(1) - 1);
            break;
        case Reason::section_out_of_order:
            s.set(section_field(0), map.section(1) + 3 * version_size);
            s.set(section_field(0) + 8, 0);
            break;
        case Reason::trailing_bytes:
            s.file.push_back(0);
            break;
        case Reason::count_mismatch:
            s.set(section_field(2) + 8, 2);
            break;
        default:
            s.file = empty_file();
            break;
    }
    return s;
}

Scenario signature_scenario(Reason reason) {
    Scenario s;
    const std::size_t second = s.map().signature(1);
    switch (reason) {
        case Reason::signature_missing:
            s.set(section_field(2) + 8, 2);
            break;
        case Reason::author_mismatch:
            s.flip(second);
            break;
        case Reason::no_active_epoch:
            revoke(s.registry, 1001, 0, 2);
            break;
        case Reason::pubkey_substitution:
            s.flip(second + 8);
            break;
        default:
            s.flip(second + 40);
            break;
    }
    return s;
}

// Has every version at one place and every record at another, or nowhere.
class FixedOrder final : public trust::LogOrder {
  public:
    using Place = std::optional<std::uint64_t>;

    FixedOrder(Place version, Place record) : version_(version), record_(record) {}

    Result<Place> index_of_version(const trust::SignedVersion& /*version*/) const override {
        return version_;
    }

    Result<Place> index_of_record(const trust::RegistryRecord& /*record*/) const override {
        return record_;
    }

  private:
    Place version_;
    Place record_;
};

// A file by a key that was revoked for every history that the record does not list.
Scenario order_scenario(Reason reason) {
    namespace world = policy::test;
    MemoryEnv env;
    auto key = world::key_from(aion::test::alices);
    EXPECT_TRUE(policy::create(env, "/f", {as_bytes("a"), world::alice, "first"}, key).has_value());
    Scenario s;
    s.file = *env.get("/f");
    trust::RegistryChain chain = world::chain_of_three();
    world::add(chain, world::stolen(world::bound(0)));
    s.registry = trust::Registry::from_chain(std::move(chain));
    const FixedOrder::Place nowhere;
    s.log = std::make_shared<FixedOrder>(
        reason == Reason::version_not_logged ? nowhere : FixedOrder::Place{7},
        reason == Reason::revocation_not_logged ? nowhere : FixedOrder::Place{3});
    s.options.log = s.log.get();
    return s;
}

Scenario audit_scenario(Reason reason) {
    Scenario s;
    const std::size_t second = s.map().audit(1);
    switch (reason) {
        case Reason::audit_count_mismatch:
            s.set(section_field(3) + 8, 2);
            break;
        case Reason::audit_link_broken:
            s.flip(second + 40);
            break;
        case Reason::audit_author_mismatch:
            s.flip(second + 8);
            break;
        case Reason::audit_timestamp_mismatch:
            s.flip(second);
            break;
        case Reason::audit_action_mismatch:
            s.set(second + 16, 3, 2);
            break;
        case Reason::audit_details_present:
            s.set(second + 32, 1, 4);
            break;
        default:
            s.set(second, 1);
            break;
    }
    return s;
}

Scenario payload_scenario(Reason reason) {
    Scenario s;
    if (reason == Reason::payload_undecryptable) {
        s.flip(header_size);
        return s;
    }
    Forgery forgery = Forgery::of(s.file, genuine("one_author").payload);
    forgery.payload = Bytes{'t', 'w', 'o'};
    s.file = forgery.write();
    return s;
}

// What a store knows that was asked before about the file of `s`, and what came of it.
policy::Sighting sighting_of(const Scenario& s) {
    const auto report = policy::verify(s.file, s.registry, now);
    return {.file_id = report.file_id,
            .version = VersionNumber{report.version_count},
            .head = *report.head,
            .name = {},
            .time = now};
}

class BrokenPins final : public policy::test::FailingPins {
  public:
    BrokenPins() {
        before_call = [](int) -> Result<> {
            return fail(error_at_path(ErrorCode::file_read_error, "pins.db", EIO));
        };
    }
};

Scenario store_scenario(Reason reason) {
    Scenario s;
    if (reason == Reason::pin_store_failed) {
        s.pins = std::make_shared<BrokenPins>();
    } else {
        s.pins = std::make_shared<policy::PinMemory>();
        policy::Sighting seen = sighting_of(s);
        if (reason == Reason::pinned_version_differs) {
            seen.head = Hash();
        }
        s.pins->accept(seen, policy::AskedRegistry(s.registry), {}).value();
        if (reason == Reason::registry_rolled_back) {
            // Another took its place.
            s.pins->accept(seen, policy::AskedRegistry::none(), {}).value();
        }
    }
    s.options.pin_store = s.pins.get();
    return s;
}

Scenario pin_scenario(Reason reason) {
    Scenario s;
    switch (reason) {
        case Reason::file_id_differs:
            s.options.pins.file_id = FileId{1};
            break;
        case Reason::head_differs:
            s.options.pins.head = Hash();
            break;
        case Reason::registry_differs:
            s.options.pins.registry = Hash();
            break;
        case Reason::author_not_allowed:
            s.options.authors = {AuthorId{1}};
            break;
        case Reason::threshold_not_met:
            s.options.require = policy::Requirement{1, {AuthorId{1}}};
            break;
        default:
            s.options.pins.min_version = VersionNumber{4};
            break;
    }
    return s;
}

Scenario form_scenario(Reason reason) {
    Scenario s;
    switch (reason) {
        case Reason::too_small:
            s.file.resize(header_size + hash_size - 1);
            break;
        case Reason::bad_magic:
            s.flip(0);
            break;
        case Reason::unsupported_version:
            s.set(4, 3, 2);
            break;
        case Reason::reserved_flags:
            s.set(6, 3, 2);
            break;
        default:
            s.flip(s.map().version(1) + 100);
            break;
    }
    return s;
}

Scenario header_scenario(Reason reason) {
    Scenario s;
    switch (reason) {
        case Reason::current_version_mismatch:
            s.set(16, 2);
            break;
        case Reason::root_hash_mismatch:
            s.flip(24);
            break;
        case Reason::current_hash_mismatch:
            s.flip(56);
            break;
        case Reason::created_at_mismatch:
            s.flip(88);
            break;
        case Reason::modified_at_mismatch:
            s.flip(96);
            break;
        default:
            s.set(6, 0, 2);
            break;
    }
    return s;
}

Scenario chain_scenario(Reason reason) {
    Scenario s;
    if (reason == Reason::genesis_invalid) {
        s.set(s.map().version(0), 0);
    } else if (reason == Reason::version_number_invalid) {
        s.set(s.map().version(1), 3);
    } else {
        s.flip(s.map().version(2) + 8);
    }
    return s;
}

Scenario scenario_for(Reason reason) {
    Scenario s;
    switch (reason) {
        case Reason::too_small:
        case Reason::bad_magic:
        case Reason::unsupported_version:
        case Reason::reserved_flags:
        case Reason::reserved_nonzero:
            return form_scenario(reason);
        case Reason::section_out_of_bounds:
        case Reason::section_gap:
        case Reason::section_overlap:
        case Reason::section_out_of_order:
        case Reason::trailing_bytes:
        case Reason::count_mismatch:
        case Reason::no_versions:
            return layout_scenario(reason);
        case Reason::message_out_of_bounds:
        case Reason::message_not_terminated:
        case Reason::message_not_utf8:
        case Reason::string_table_gap:
        case Reason::string_table_overlap:
        case Reason::string_table_excess:
            return message_scenario(reason);
        case Reason::integrity_hash_mismatch:
            s.file.back() ^= 1U;
            return s;
        case Reason::current_version_mismatch:
        case Reason::root_hash_mismatch:
        case Reason::current_hash_mismatch:
        case Reason::created_at_mismatch:
        case Reason::modified_at_mismatch:
        case Reason::encrypted_flag_missing:
            return header_scenario(reason);
        case Reason::genesis_invalid:
        case Reason::version_number_invalid:
        case Reason::parent_hash_mismatch:
            return chain_scenario(reason);
        case Reason::payload_undecryptable:
        case Reason::rules_hash_mismatch:
            return payload_scenario(reason);
        case Reason::signature_missing:
        case Reason::author_mismatch:
        case Reason::no_active_epoch:
        case Reason::pubkey_substitution:
        case Reason::bad_signature:
            return signature_scenario(reason);
        case Reason::version_not_logged:
        case Reason::revocation_not_logged:
        case Reason::after_revocation:
            return order_scenario(reason);
        case Reason::audit_count_mismatch:
        case Reason::audit_link_broken:
        case Reason::audit_author_mismatch:
        case Reason::audit_timestamp_mismatch:
        case Reason::audit_action_mismatch:
        case Reason::audit_details_present:
        case Reason::timestamp_regression:
            return audit_scenario(reason);
        case Reason::file_id_differs:
        case Reason::head_differs:
        case Reason::history_too_short:
        case Reason::registry_differs:
        case Reason::author_not_allowed:
        case Reason::threshold_not_met:
            return pin_scenario(reason);
        case Reason::pinned_version_differs:
        case Reason::registry_rolled_back:
        case Reason::pin_store_failed:
            return store_scenario(reason);
        case Reason::unreadable:
            // The strict gates are skipped then, and the structure says why.
            s.options.profile = policy::Profile::reference;
            s.set(section_field(1), UINT64_MAX);
            return s;
    }
    return s;
}

class ReachedReason : public ::testing::TestWithParam<std::size_t> {};

TEST_P(ReachedReason, IsReported) {
    const auto reason = static_cast<Reason>(GetParam());
    Scenario s = scenario_for(reason);
    if (reason != Reason::integrity_hash_mismatch) {
        policy::test::rehash(s.file);
    }
    const auto report = policy::verify(s.file, s.registry, now, s.options);
    EXPECT_FALSE(report.is_valid());
    const auto found = std::ranges::find(report.findings, reason, &policy::Finding::reason);
    ASSERT_NE(found, report.findings.end()) << report.summary();
    EXPECT_FALSE(found->message.empty());
    const auto documented = table_below("docs/verification.md", "## Reason codes");
    const auto row = documented.find(std::string(name_of(reason)));
    ASSERT_NE(row, documented.end());
    if (reason != Reason::unreadable) {
        EXPECT_EQ(row->second.at(0), name_of(found->gate));
        EXPECT_EQ(gate_of(reason), found->gate);
    }
}

INSTANTIATE_TEST_SUITE_P(Codes, ReachedReason,
                         ::testing::Range(std::size_t{0}, policy::reason_count),
                         [](const ::testing::TestParamInfo<std::size_t>& tested) {
                             return std::string(name_of(static_cast<Reason>(tested.param)));
                         });

}  // namespace
}  // namespace aion::proof
