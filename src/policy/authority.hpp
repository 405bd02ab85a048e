// SPDX-License-Identifier: MIT OR Apache-2.0
// Which key may sign which version, and why not, in words for people.
#pragma once

#include <string>

#include "aion/format/records.hpp"
#include "aion/trust/seen_registry.hpp"

namespace aion::policy {

struct Subject;
struct VerifyOptions;

/// `registry` as the history of `subject` sees it, by version hashes made from its records: nothing
/// in policy/ or report/ asks a registry itself who may sign a version of a file. Borrows
/// `registry` only.
[[nodiscard]] trust::SeenRegistry seen_by(const Subject& subject, const trust::Registry& registry);
/// The same with what the log in `options`, if any, says of versions that count for nothing without
/// one.
[[nodiscard]] trust::SeenRegistry seen_by(const Subject& subject, const trust::Registry& registry,
                                          const VerifyOptions& options);

/// A version and its signature, as a log knows them.
[[nodiscard]] trust::SignedVersion signed_version(FileId file, const format::VersionRecord& version,
                                                  const Hash& version_hash,
                                                  const Signature& signature);

/// What a log says of `version`, in one line: `version 3 by alice (1001) has index 9 in the log,
/// behind index 5 of record 4 of the registry (epoch 0 was revoked (compromised) …): it was logged
/// after that`.
[[nodiscard]] std::string order_in_log(const trust::SeenRegistry& registry, AuthorId author,
                                       VersionNumber version, const trust::LogAnswer& answer);

/// Why `author` has no key for `version`, given that there is none: `the registry does not hold
/// author 7`, `epoch 0 of author 7 was revoked (compromised) from version 4 on`, with `, and epoch
/// 1 begins at version 6 only` where another follows, `epoch 0 of author 7 begins at version 5
/// only`, `the registry lets author 7 sign certain histories only, and this is none of them`.
[[nodiscard]] std::string why_no_key(const trust::SeenRegistry& registry, AuthorId author,
                                     VersionNumber version);

/// Where the revocation of `epoch`, which has one, holds: `from version 4 on`; where records list
/// histories, also `from version 4 on, which in this history is behind what the record lists`,
/// `from version 4 on in histories that the record does not list`, `for every version of a history
/// that the record does not list`.
[[nodiscard]] std::string where_revoked(const trust::SeenRegistry& registry, AuthorId author,
                                        const trust::EpochRecord& epoch);
/// The same of the rotation, behind `handed over to epoch 1`: `at version 4` and so on.
[[nodiscard]] std::string where_rotated(const trust::SeenRegistry& registry, AuthorId author,
                                        const trust::EpochRecord& epoch);

/// What ended an epoch that may not sign `version` any more: `was revoked (compromised) from
/// version 4 on`, `handed over to epoch 1 at version 3`, or both; empty if nothing did. A
/// revocation is never left out: that a key was stolen says more than that it has a successor.
[[nodiscard]] std::string how_it_ended(const trust::SeenRegistry& registry, AuthorId author,
                                       const trust::EpochRecord& epoch, VersionNumber version);

/// What `key` is to `author` where another is the right one for `version`: `the key of epoch 0,
/// which handed over to epoch 1 at version 3`; empty if it is none of that author's.
[[nodiscard]] std::string what_key_it_is(const trust::SeenRegistry& registry, AuthorId author,
                                         VersionNumber version, const PublicKey& key);

}  // namespace aion::policy
