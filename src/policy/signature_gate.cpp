// SPDX-License-Identifier: MIT OR Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "aion/base/hex.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/trust/author_in_words.hpp"
#include "policy/authority.hpp"
#include "policy/gates.hpp"

namespace aion::policy {

using format::SignatureRecord;
using format::VersionRecord;

namespace {

// Of so many refused signatures at most it is found out whether they are genuine: a hostile file
// has as many as it likes.
constexpr std::size_t most_tried = 8;

// Most often an author took the key before or behind the right one, which is no attack. Who signed
// is not known: the key is what the file says.
std::string describe_other_key(const trust::SeenRegistry& registry, AuthorId author,
                               VersionNumber version, const PublicKey& key) {
    const std::string what = what_key_it_is(registry, author, version, key);
    const trust::EpochRecord* const right = registry.active_epoch(author, version);
    if (what.empty() || right == nullptr) {
        return fmt::format(
            "version {} is signed with key {}, which is not the one that the registry holds for {}",
            version.value, short_hex(key.view()), author_in_words(registry.registry(), author));
    }
    return fmt::format("version {} by {} names {}; it has to be that of epoch {}", version.value,
                       author_in_words(registry.registry(), author), what, right->epoch.value);
}

// Whether another epoch or none had to sign, which says nothing of the signature itself.
bool is_about_epochs(Reason reason) {
    return reason == Reason::no_active_epoch || reason == Reason::pubkey_substitution ||
           reason == Reason::version_not_logged || reason == Reason::revocation_not_logged ||
           reason == Reason::after_revocation;
}

}  // namespace

std::string describe(const RefusedSignature& refused, const Subject& subject,
                     const trust::SeenRegistry& registry) {
    const VersionRecord& version = (*subject.versions)[refused.index];
    const auto number = static_cast<std::uint64_t>(version.number);
    const auto author = static_cast<std::uint64_t>(version.author);
    if (refused.reason == Reason::signature_missing) {
        return fmt::format("version {} has no signature", number);
    }
    const SignatureRecord& signature = (*subject.signatures)[refused.index];
    switch (refused.reason) {
        case Reason::author_mismatch:
            return fmt::format("version {} is by {}, its signature by {}", number,
                               author_in_words(registry.registry(), AuthorId{author}),
                               author_in_list(registry.registry(), AuthorId{signature.author}));
        case Reason::no_active_epoch:
            return fmt::format("no key of {} may sign version {}: {}",
                               author_in_words(registry.registry(), AuthorId{author}), number,
                               why_no_key(registry, AuthorId{author}, VersionNumber{number}));
        case Reason::version_not_logged:
        case Reason::revocation_not_logged:
        case Reason::after_revocation:
            return order_in_log(registry, AuthorId{author}, VersionNumber{number},
                                *registry.log_answer(AuthorId{author}, VersionNumber{number}));
        case Reason::pubkey_substitution:
            return describe_other_key(registry, AuthorId{author}, VersionNumber{number},
                                      signature.public_key);
        default:
            return fmt::format("the signature of version {} by {} does not verify", number,
                               author_in_words(registry.registry(), AuthorId{author}));
    }
}

SignatureCheck::SignatureCheck(const Subject& subject, const trust::SeenRegistry& registry)
    : subject_(subject), registry_(registry) {
    if (!subject.has_versions() || !subject.signatures) {
        result_.outcome.skip();
        is_decided_ = true;
        return;
    }
    versions_ = *subject.versions;
    signatures_ = *subject.signatures;
    const std::size_t paired = std::min(versions_.size(), signatures_.size());
    for (std::size_t i = 0; i < paired; ++i) {
        authorize(i);
    }
}

// Nothing where a log was not asked, or has no say.
std::optional<Reason> SignatureCheck::refused_by_log(const VersionRecord& version) const {
    const trust::LogAnswer* const answer =
        registry_.log_answer(AuthorId{version.author}, VersionNumber{version.number});
    if (answer == nullptr) {
        return std::nullopt;
    }
    switch (answer->finding) {
        case trust::LogFinding::version_not_logged:
            return Reason::version_not_logged;
        case trust::LogFinding::record_not_logged:
            return Reason::revocation_not_logged;
        case trust::LogFinding::after:
            return Reason::after_revocation;
        case trust::LogFinding::before:
            break;
    }
    return std::nullopt;
}

// The key that is used is the registry's, never the file's, although both were found equal: so no
// later change here can make a file vouch for itself.
void SignatureCheck::authorize(std::size_t index) {
    const VersionRecord& version = versions_[index];
    const SignatureRecord& signature = signatures_[index];
    if (signature.author != version.author) {
        refuse(index, Reason::author_mismatch);
        return;
    }
    const trust::EpochRecord* epoch =
        registry_.active_epoch(AuthorId{version.author}, VersionNumber{version.number});
    const bool is_its_key = epoch != nullptr && epoch->public_key == signature.public_key;
    if (const auto out_of_order = is_its_key ? std::nullopt : refused_by_log(version)) {
        refuse(index, *out_of_order);
    } else if (epoch == nullptr) {
        refuse(index, Reason::no_active_epoch);
    } else if (!is_its_key) {
        refuse(index, Reason::pubkey_substitution);
    } else {
        items_.push_back({{format::version_signature_domain(), version.body(), {}},
                          &epoch->public_key,
                          &signature.signature});
        indices_.push_back(index);
    }
}

SignatureOutcome SignatureCheck::finish(std::span<const std::uint8_t> verdicts) {
    if (is_decided_) {
        return std::move(result_);
    }
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        if (verdicts[i] != 0) {
            ++result_.valid;
        } else {
            refuse(indices_[i], Reason::bad_signature);
        }
    }
    // Refusals came in two turns; a report is in the order of the file.
    std::ranges::sort(result_.refused, {}, &RefusedSignature::index);
    for (std::size_t i = std::min(versions_.size(), signatures_.size()); i < versions_.size();
         ++i) {
        refuse(i, Reason::signature_missing);
    }
    for (const RefusedSignature& refused : result_.refused) {
        report(refused);
    }
    result_.is_withdrawn = is_withdrawn();
    return std::move(result_);
}

// What a file names as its key proves nothing: that the key signed has to be found out.
bool SignatureCheck::is_withdrawn() const {
    std::size_t tried = 0;
    for (const auto& [index, reason] : result_.refused) {
        if (!is_about_epochs(reason)) {
            continue;
        }
        const auto* const author = registry_.find(AuthorId{versions_[index].author});
        if (author == nullptr) {
            continue;
        }
        const auto epoch = std::ranges::find(author->epochs, signatures_[index].public_key,
                                             &trust::EpochRecord::public_key);
        if (epoch == author->epochs.end()) {
            continue;
        }
        if (crypto::verify(epoch->public_key,
                           {format::version_signature_domain(), versions_[index].body(), {}},
                           signatures_[index].signature)) {
            return true;
        }
        if (++tried == most_tried) {
            break;
        }
    }
    return false;
}

void SignatureCheck::report(const RefusedSignature& refused) {
    result_.outcome.add(
        refused.reason, refused.index, offset(refused),
        result_.outcome.full() ? std::string() : describe(refused, subject_, registry_));
}

std::uint64_t SignatureCheck::offset(const RefusedSignature& refused) const {
    const format::FileView& view = *subject_.view;
    switch (refused.reason) {
        case Reason::signature_missing:
            return view.offset_of(&versions_[refused.index]);
        case Reason::pubkey_substitution:
            return view.offset_of(&signatures_[refused.index].public_key);
        case Reason::bad_signature:
            return view.offset_of(&signatures_[refused.index].signature);
        default:
            return view.offset_of(&signatures_[refused.index].author);
    }
}

SignatureOutcome signature_gate(const Subject& subject, const trust::SeenRegistry& registry,
                                const VerifyOptions& options) {
    SignatureCheck check(subject, registry);
    return check.finish(crypto::verify_batch(
        check.items(), {.cache = options.key_cache, .threads = options.threads}));
}

}  // namespace aion::policy
