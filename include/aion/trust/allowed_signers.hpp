// SPDX-License-Identifier: MIT OR Apache-2.0
// Keys as OpenSSH lists those who may sign: `allowed_signers`, ssh-keygen(1), ALLOWED SIGNERS. And
// one of them as others have it, in PEM.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/result.hpp"
#include "aion/trust/registry.hpp"

namespace aion::trust {

/// What signatures of versions are for, in the words of OpenSSH.
inline constexpr std::string_view signer_namespace = "aion";

/// One line that says nothing but what a registry can say: whose key it is.
struct AllowedSigner {
    std::size_t line = 0;  ///< In the text, from 1.
    /// A name as `check_author_name` has it; empty where `author` is set.
    std::string name;
    /// Of the principal `author-ID`, which is how an author without a name is written.
    std::optional<AuthorId> author;
    PublicKey key;
    /// The line's comment, else its further principals; as a registry has it, may be empty.
    std::string contact;

    friend bool operator==(const AllowedSigner&, const AllowedSigner&) = default;
};

/// A line, and why nobody was made of it or what of it was not taken over.
struct SignerRemark {
    std::size_t line = 0;  ///< From 1.
    bool is_left_out = true;
    std::string message;  ///< One line, safe for a terminal.

    friend bool operator==(const SignerRemark&, const SignerRemark&) = default;
};

struct AllowedSigners {
    std::vector<AllowedSigner> signers;  ///< In the order of the text; no name and no key twice.
    std::vector<SignerRemark> remarks;   ///< In the order of the text.
};

struct ReadSignersOptions {
    /// Also keys that the text allows for other purposes only, such as `namespaces="git"`.
    bool any_namespace = false;
};

/// Limits on what is read: bytes of the text, and lines that are neither empty nor comments.
inline constexpr std::size_t max_signers_size = std::size_t{4} << 20U;
inline constexpr std::size_t max_signers_lines = 65'536;

/// Reads the text of such a file. Every line that is neither empty nor a comment becomes a signer
/// or is left out with a remark that says why: another type of key than `ssh-ed25519`, one that is
/// no sound key, an authority for certificates, a principal that is a pattern or could be no
/// author's name, a time before or after which the key is not valid (a registry counts versions,
/// never dates), another namespace, a name (in whatever case) or key that a line before has,
/// anything that OpenSSH would not read. Error: `resource_exhausted`, beyond the limits.
[[nodiscard]] Result<AllowedSigners> read_allowed_signers(std::string_view text,
                                                          const ReadSignersOptions& options = {});

/// The same for a registry: a line for the newest key of each author, as long as it may sign in
/// whatever history and was not revoked, else a comment that says so. The principal is the author's
/// name, or `author-ID` for one without a name or with one that OpenSSH would take for a pattern or
/// comment. What it says is weaker than the registry: nothing of versions, histories and older
/// keys.
[[nodiscard]] std::string to_allowed_signers(const Registry& registry);

/// The newest key of one author in PEM, as SubjectPublicKeyInfo (RFC 8410, RFC 7468): how OpenSSL,
/// cosign and slsa-verifier read it. It is as weak as a line of `to_allowed_signers`. Errors:
/// `invalid_argument` for an author whom the registry does not have, or who would have no line.
[[nodiscard]] Result<std::string> to_public_key_pem(const Registry& registry, AuthorId author);

}  // namespace aion::trust
