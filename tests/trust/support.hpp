// SPDX-License-Identifier: MIT OR Apache-2.0
// What the tests of this layer share: the keys of docs/registry.md#known-answers, records signed
// with them, and the test vectors' index.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/trust/registry.hpp"
#include "base/json_reader.hpp"
#include "base/json_support.hpp"
#include "support/keys.hpp"
#include "support/results.hpp"
#include "support/vectors.hpp"

namespace aion::trust::test {

inline constexpr AuthorId author{50001};

using aion::test::code_of;
using aion::test::key_from;
using aion::test::member;
using aion::test::number_member;
using aion::test::ok;
using aion::test::public_of;
using aion::test::refusal;
using aion::test::text_member;

inline crypto::SigningKey master_key() {
    return key_from(0x11);
}

/// Master 0x11, epoch 0 with key 0x22 from version 0 (or `active_from`).
inline Registry pinned(VersionNumber active_from = VersionNumber{0}) {
    Registry registry;
    ok(registry.pin(author, public_of(0x11), public_of(0x22), active_from));
    return registry;
}

inline RotationRecord rotation(std::uint32_t from, std::uint32_t to, std::uint8_t filler,
                               std::uint64_t effective_from) {
    auto master = master_key();
    RotationRecord record;
    record.author = author;
    record.from_epoch = Epoch{from};
    record.to_epoch = Epoch{to};
    record.to_public_key = public_of(filler);
    record.effective_from = VersionNumber{effective_from};
    return ok(sign(record, master));
}

inline RevocationRecord revocation(std::uint32_t epoch, std::uint64_t effective_from,
                                   RevocationReason reason = RevocationReason::compromised) {
    auto master = master_key();
    RevocationRecord record;
    record.author = author;
    record.epoch = Epoch{epoch};
    record.reason = reason;
    record.effective_from = VersionNumber{effective_from};
    return ok(sign(record, master));
}

/// The number of the epoch that may sign `version`, or -1.
inline std::int64_t active_at(const Registry& registry, std::uint64_t version,
                              AuthorId who = author) {
    const EpochRecord* epoch = registry.active_epoch(who, VersionNumber{version});
    return epoch == nullptr ? -1 : std::int64_t{epoch->epoch.value};
}

inline std::string vector_text(const std::string& path) {
    const Bytes bytes = aion::test::read_vector(path);
    return std::string(as_text(bytes));
}

/// tests/data/vectors/index.json.
inline json::Value vector_index() {
    static const std::string text = vector_text("index.json");
    static const json::Document document = ok(json::parse(text, {.error_prefix = "index: "}));
    return document.root();
}

inline const std::vector<std::string>& registry_vectors() {
    static const std::vector<std::string> names = {
        "basic.json",         "empty.json",        "other-key.json",   "revoked-at-1.json",
        "revoked-at-20.json", "rotated-at-2.json", "rotated-at-5.json"};
    return names;
}

}  // namespace aion::trust::test
