// SPDX-License-Identifier: MIT OR Apache-2.0
// A file of two versions, ways to spoil it gate by gate, and reports on it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "aion/format/records.hpp"
#include "aion/policy/examine.hpp"
#include "aion/report/compliance.hpp"
#include "support/world.hpp"

namespace aion::report::test {

using policy::Gate;
using policy::GateState;
using policy::test::start;

inline constexpr std::array<Framework, 4> all_frameworks = {Framework::sox, Framework::hipaa,
                                                            Framework::gdpr, Framework::generic};

class Reported : public policy::test::World {
  protected:
    void SetUp() override {
        World::SetUp();
        must_create("allow: read\n");
        must_commit("allow: write\n", "allow write");
    }

    policy::Examination examined(const Bytes& bytes, policy::VerifyOptions how = {}) const {
        policy::ExamineOptions options{.verify = std::move(how), .digests = true};
        auto made = policy::examine(bytes, registry, env_now(), options);
        EXPECT_TRUE(made.has_value());
        return *std::move(made);
    }

    static Timestamp env_now() { return Timestamp{start.value + 10'000'000'000}; }

    report::Run run() const {
        return {.tool = "aion 1.0.0",
                .generated_at = env_now(),
                .file_path = "p.aion",
                .registry_path = "reg.json",
                .registry_digests = policy::digests_of(as_bytes(registry.to_json())),
                .pins_path = {}};
    }

    /// The file, so changed that `gate` fails; the pin gate fails by `pins_against`.
    Bytes spoilt(Gate gate) const {
        Bytes bytes = content();
        const format::HeaderRecord header = header_of(bytes);
        const auto flip = [&](std::uint64_t offset) {
            bytes.at(offset) ^= 1U;
            policy::test::rehash(bytes);
        };
        switch (gate) {
            case Gate::structure:
                flip(offsetof(format::HeaderRecord, reserved));
                break;
            case Gate::integrity:
                bytes.back() ^= 1U;
                break;
            case Gate::header:
                flip(offsetof(format::HeaderRecord, modified_at));
                break;
            case Gate::chain:  // the parent hash of version 2
                flip(header.versions.offset + format::version_record_size + 8);
                break;
            case Gate::payload:
                flip(header.payload.offset + 20);
                break;
            case Gate::signatures:
                flip(header.signatures.offset + format::signature_record_size - 20);
                break;
            case Gate::audit:
                flip(header.audit.offset + 8);
                break;
            case Gate::pin:
                break;
        }
        return bytes;
    }

    static policy::VerifyOptions pins_against(Gate gate) {
        policy::VerifyOptions options;
        if (gate == Gate::pin) {
            options.pins.file_id = FileId{1};
        }
        return options;
    }

    static format::HeaderRecord header_of(const Bytes& bytes) {
        format::HeaderRecord header;
        std::memcpy(&header, bytes.data(), sizeof header);
        return header;
    }
};

/// All that a writer of text says.
template <class Report>
std::string text_of(void (*write)(const TextSink&, const Report&), const Report& report) {
    std::string text;
    write([&](std::string_view piece) { text += piece; }, report);
    return text;
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

}  // namespace aion::report::test
