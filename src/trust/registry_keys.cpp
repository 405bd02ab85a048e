// SPDX-License-Identifier: MIT OR Apache-2.0
#include "trust/registry_keys.hpp"

#include <fmt/format.h>

#include "aion/base/hex.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "trust/details.hpp"

namespace aion::trust {
namespace {

Result<> check_key(const PublicKey& key, const std::string& whose) {
    if (crypto::is_valid_public_key(key)) {
        return {};
    }
    return fail(error_because(
        ErrorCode::invalid_public_key,
        fmt::format("{} is not the canonical encoding of an Ed25519 point of large order", whose)));
}

}  // namespace

Result<> check_master_key(AuthorId author, const PublicKey& key) {
    return check_key(key, fmt::format("master key of author {}", author.value));
}

Result<> check_epoch_key(AuthorId author, Epoch epoch, const PublicKey& key) {
    return check_key(key, fmt::format("key of author {}, epoch {},", author.value, epoch.value));
}

Result<> check_root_key(const PublicKey& key) {
    return check_key(key, fmt::format("root key {}", short_hex(key.view())));
}

Error epoch_not_found(AuthorId author, Epoch epoch) {
    return invalid<TrustDetail::registry_unknown_epoch>(epoch.value, author.value);
}

Error epoch_already_revoked(AuthorId author, Epoch epoch) {
    return invalid<TrustDetail::registry_already_revoked>(epoch.value, author.value);
}

}  // namespace aion::trust
