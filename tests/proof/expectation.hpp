// SPDX-License-Identifier: MIT OR Apache-2.0
// What the verdict on a changed file has to be, from docs/verification.md and docs/file-format.md
// alone: which gates fail, and what the first finding of each has to name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "aion/policy/report.hpp"
#include "proof/file_map.hpp"
#include "proof/genuine.hpp"

namespace aion::proof {

/// What the first finding of a gate has to say.
struct Mark {
    policy::Reason reason{};
    std::uint64_t version = 0;  ///< Position in the chain, from 1; 0: of no version.
    std::uint64_t offset = 0;
    friend bool operator==(const Mark&, const Mark&) = default;
};

class Expectation {
  public:
    /// The gate fails, and its first finding is this one; of several calls the first counts.
    void fail(policy::Gate gate, const Mark& mark);
    /// The gate does not pass; whether it can be evaluated at all depends on the change.
    void refuse(policy::Gate gate);
    /// What the gate reads is not what it was, which may be to its liking or not.
    void ignore(policy::Gate gate);
    /// There is no header that could be read: nothing is evaluated but the structure.
    void skip_all_but_structure();

    /// No gate has to refuse the file.
    [[nodiscard]] bool valid() const noexcept;
    /// What the report says otherwise; empty when it is as expected.
    [[nodiscard]] std::string disagreement(const policy::VerificationReport& report) const;

  private:
    enum class Kind : std::uint8_t { passes, fails, skipped, refuses, anything };

    struct Line {
        Kind kind = Kind::passes;
        Mark mark;
    };

    [[nodiscard]] Line& line(policy::Gate gate) noexcept {
        return lines_[static_cast<std::size_t>(gate)];
    }

    std::array<Line, policy::gate_count> lines_{};
};

/// The expectations for changes of one genuine file.
class Judge {
  public:
    explicit Judge(const Genuine& genuine) : genuine_(genuine), map_(genuine.file) {}

    [[nodiscard]] const FileMap& map() const noexcept { return map_; }

    [[nodiscard]] const Genuine& genuine() const noexcept { return genuine_; }

    /// `changed` differs from the genuine file within `field` only, and in the trailing hash if
    /// that was made to fit (`rehashed`).
    [[nodiscard]] Expectation after_change(const Field& field, ByteView changed,
                                           bool rehashed) const;
    /// The file was cut to `length`, less than its own; the last bytes that are left may have
    /// been made its trailing hash.
    [[nodiscard]] Expectation after_cut(std::size_t length, bool rehashed) const;

    // --- Single rules, for other kinds of changes -------------------------------------------
    /// The first fault of the five sections as a header lays them out; nothing if they tile.
    [[nodiscard]] static std::optional<Mark> section_fault(ByteView file);
    /// The first fault of the messages as the version records lay them out.
    [[nodiscard]] std::optional<Mark> message_fault(ByteView file) const;
    /// Why the signature of version `i`, which does not hold, is refused.
    [[nodiscard]] Mark signature_fault(ByteView file, std::size_t i) const;

  private:
    void judge_header(Expectation& e, const Field& field, ByteView changed) const;
    void judge_section(Expectation& e, const Field& field, ByteView changed) const;
    void judge_version(Expectation& e, const Field& field, ByteView changed) const;
    void judge_head(Expectation& e, const Field& field) const;
    void judge_signature(Expectation& e, const Field& field, ByteView changed) const;
    void judge_audit(Expectation& e, const Field& field, ByteView changed) const;
    [[nodiscard]] Mark in_version(policy::Reason reason, std::size_t i, std::size_t offset) const;
    [[nodiscard]] bool same(const Field& field, ByteView changed) const;

    const Genuine& genuine_;
    FileMap map_;
};

/// Where the first byte sequence starts that RFC 3629 does not allow.
[[nodiscard]] std::optional<std::size_t> first_bad_utf8(ByteView text);

}  // namespace aion::proof
