// SPDX-License-Identifier: MIT OR Apache-2.0
// Whose key has made a signature of an envelope.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "aion/crypto/ed25519_verify.hpp"
#include "aion/release/key_choice.hpp"
#include "aion/supply/envelope.hpp"

namespace aion::release {

/// How many keys are tried, at most, for the signatures of one text where no key is active: each
/// hashes all of it.
inline constexpr std::size_t max_tries = 64;

/// What one signature is that claims to be an author's, at a version of the author's own.
struct SignatureTrial {
    KeyChoice choice;
    bool is_genuine = false;  ///< Made with the key of `choice`, whether that counts or not.
};

struct TrialTerms {
    AuthorId author;
    VersionNumber version;
    const tlog::LogOrderReader* log = nullptr;
    std::span<const Bytes> entries = {};  ///< What was signed, as a log may have it.
    crypto::KeyCache* keys = nullptr;
    std::size_t* tries = nullptr;  ///< What is left of `max_tries`; null: all.
};

/// `header`: what DSSE signs in front of the payload.
[[nodiscard]] SignatureTrial try_signature(const trust::Registry& registry, const TrialTerms& terms,
                                           std::string_view header, ByteView payload,
                                           ByteView signature);

}  // namespace aion::release
