// SPDX-License-Identifier: MIT OR Apache-2.0
// Stored keys that sign the notes of transparency logs.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aion/crypto/ml_dsa.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/tlog/note.hpp"
#include "shell/context.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// A stored key as logs and witnesses sign with it: one that has a post-quantum half signs with
/// ML-DSA-44 beside Ed25519, so that no command has to be told, and none forgets it.
class NoteSigningKey {
  public:
    /// Fails as `load_stored_key`, and where a post-quantum half is there and cannot be used.
    [[nodiscard]] static Outcome<NoteSigningKey> load(Context& context, const std::string& key_id);

    [[nodiscard]] crypto::SigningKey& classical() const noexcept { return *classical_; }

    /// Null if there is none.
    [[nodiscard]] const crypto::MlDsa44Key* post_quantum() const noexcept {
        return post_quantum_.get();
    }

    /// As the log or the witness `name`; the first is of `type`. They borrow `env` and this, and
    /// may be used where this was moved to. Errors: those of `NoteSigner::make`.
    [[nodiscard]] Result<std::vector<tlog::NoteSigner>> signers(Env& env, std::string_view name,
                                                                tlog::NoteKeyType type) const;

  private:
    NoteSigningKey() = default;
    std::unique_ptr<crypto::SigningKey> classical_;
    std::unique_ptr<crypto::MlDsa44Key> post_quantum_;
};

}  // namespace aion::cli
