// SPDX-License-Identifier: MIT OR Apache-2.0
// The fixture of the tamper sweep: one genuine file, and judging changed copies of it.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

#include "aion/crypto/ed25519_verify.hpp"
#include "aion/policy/verify.hpp"
#include "proof/expectation.hpp"

namespace aion::proof {

/// The parameter is the name of a shape.
class Sweep : public ::testing::TestWithParam<std::string> {
  protected:
    using Sections = std::array<Bytes, section_count>;
    using Order = std::array<std::size_t, section_count>;

    /// Whether `changed` is judged as expected; `what` says how it was changed. Of many
    /// disagreements the first ten are reported.
    void expect(const Expectation& expected, ByteView changed, const std::string& what);

    /// Bytes of the genuine file.
    [[nodiscard]] Bytes piece(std::size_t from, std::size_t to) const;
    [[nodiscard]] Sections sections() const;
    /// The file that has these sections, in the given order, under the genuine header, with a
    /// layout and a trailing hash that know of it.
    [[nodiscard]] Bytes assembled(const Sections& sections,
                                  const Order& order = {0, 1, 2, 3, 4}) const;

    /// How many changed files were VALID so far.
    [[nodiscard]] std::size_t valid() const noexcept { return valid_; }

    void TearDown() override;

  private:
    [[nodiscard]] policy::VerificationReport check(ByteView file, bool remember) const;
    [[nodiscard]] std::string fault_of_valid(const policy::VerificationReport& report,
                                             ByteView changed) const;

  protected:
    const Genuine& genuine_ = genuine(GetParam());
    Judge judge_{genuine_};
    const FileMap& map_ = judge_.map();

  private:
    mutable crypto::KeyCache keys_;
    mutable policy::HistoryCache histories_;
    std::optional<Hash> head_ = check(genuine_.file, true).head;
    std::size_t verified_ = 0;
    std::size_t valid_ = 0;
    std::size_t complaints_ = 0;
};

/// The name of a parameterised test is its shape.
[[nodiscard]] inline std::string shape_of(const ::testing::TestParamInfo<std::string>& tested) {
    return tested.param;
}

}  // namespace aion::proof
