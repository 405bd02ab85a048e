// SPDX-License-Identifier: MIT OR Apache-2.0
#include "trust/registry_keys.hpp"

#include "aion/crypto/ed25519_verify.hpp"
#include "trust/details.hpp"

namespace aion::trust {
namespace {

Result<> check_key(const PublicKey& key, const std::string& whose) {
    if (crypto::is_valid_public_key(key)) {
        return {};
    }
    return fail(error_because(ErrorCode::invalid_public_key,
                              whose + " is not the canonical encoding of an Ed25519 point of "
                                      "large order"));
}

}  // namespace

Result<> check_master_key(AuthorId author, const PublicKey& key) {
    return check_key(key, "master key of author " + to_string(author));
}

Result<> check_epoch_key(AuthorId author, Epoch epoch, const PublicKey& key) {
    return check_key(key,
                     "key of author " + to_string(author) + ", epoch " + to_string(epoch) + ",");
}

Error epoch_not_found(AuthorId author, Epoch epoch) {
    return invalid<TrustDetail::registry_unknown_epoch>(epoch.value, author.value);
}

Error epoch_already_revoked(AuthorId author, Epoch epoch) {
    return invalid<TrustDetail::registry_already_revoked>(epoch.value, author.value);
}

}  // namespace aion::trust
