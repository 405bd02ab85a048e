// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/record_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/trust/author_in_words.hpp"
#include "shell/console.hpp"

namespace aion::cli {
namespace {

std::string keys_text(const std::vector<PublicKey>& keys) {
    std::vector<std::string> digits;
    digits.reserve(keys.size());
    for (const PublicKey& key : keys) {
        digits.push_back(to_hex(key));
    }
    return fmt::format("{}", fmt::join(digits, ", "));
}

std::string_view word_for_end(trust::EpochEnd end) {
    return end == trust::EpochEnd::rotation ? "hands over" : "is revoked";
}

std::string named(std::string_view name, std::string_view contact) {
    const std::string who = name.empty() ? "without a name" : shown(name);
    return contact.empty() ? who : fmt::format("{}, {}", who, shown(contact));
}

class Sentence {
  public:
    explicit Sentence(const trust::Registry& known) : known_(known) {}

    std::string operator()(const trust::RootRecord& root) const {
        return fmt::format("Root: {} of {} must sign what only the root may say: {}",
                           root.threshold, counted(root.keys.size(), "key"), keys_text(root.keys));
    }

    std::string operator()(const trust::AuthorRegistration& one) const {
        return fmt::format("Registers author {} ({}), who may sign {}; key {}, master key {}",
                           to_string(one.author), named(one.name, one.contact),
                           trust::in_words(trust::EpochRecord{.epoch = Epoch{0},
                                                              .public_key = one.operational_key,
                                                              .active_from = one.active_from,
                                                              .rotation = std::nullopt,
                                                              .revocation = std::nullopt}
                                               .window()),
                           to_hex(one.operational_key), to_hex(one.master_key));
    }

    std::string operator()(const trust::EpochRotation& one) const {
        return fmt::format("Hands {} over to epoch {}, key {}; epoch {} may still sign {}",
                           who(one.author), std::uint64_t{one.from_epoch.value} + 1,
                           to_hex(one.to_public_key), to_string(one.from_epoch),
                           bound_text(one.until));
    }

    std::string operator()(const trust::EpochRevocation& one) const {
        return fmt::format("Revokes epoch {} of {} ({}), which may still sign {}",
                           to_string(one.epoch), who(one.author), word_for(one.reason),
                           bound_text(one.until));
    }

    std::string operator()(const trust::EndTightening& one) const {
        return fmt::format("Tightens where epoch {} of {} {}: it may still sign {}",
                           to_string(one.epoch), who(one.author), word_for_end(one.end),
                           bound_text(one.until));
    }

    std::string operator()(const trust::EndExtension& one) const {
        return fmt::format("Sets anew where epoch {} of {} {}: it may sign {}",
                           to_string(one.epoch), who(one.author), word_for_end(one.end),
                           bound_text(one.until));
    }

    std::string operator()(const trust::AuthorRenaming& one) const {
        return fmt::format("Names author {}: {}", to_string(one.author),
                           named(one.name, one.contact));
    }

    std::string operator()(const trust::MasterRekeying& one) const {
        return fmt::format("Gives {} another master key: {}", who(one.author),
                           to_hex(one.master_key));
    }

    std::string operator()(const trust::AuthorScope& one) const {
        return one.histories ? fmt::format("Lets {} sign {} and no other file", who(one.author),
                                           counted(one.histories->size(), "listed file"))
                             : fmt::format("Lets {} sign any file", who(one.author));
    }

    std::string operator()(const trust::HybridBinding& one) const {
        return fmt::format("Binds the ML-DSA-65 key with BLAKE3 {} to epoch {} of {}",
                           to_hex(crypto::blake3(one.key)), to_string(one.epoch), who(one.author));
    }

    std::string operator()(const trust::RegistryExpiry& one) const {
        return one.at ? "The registry expires at " + rfc3339_seconds(*one.at)
                      : std::string("The registry does not expire");
    }

  private:
    [[nodiscard]] std::string who(AuthorId author) const {
        return shown(trust::author_in_words(known_, author));
    }

    const trust::Registry& known_;
};

bool has_signed(const trust::RegistryRecord& record, const PublicKey& key) {
    return std::ranges::find(record.signatures, key, &trust::KeySignature::key) !=
           record.signatures.end();
}

}  // namespace

std::string bound_text(const trust::Bound& bound) {
    const bool is_never = bound.unlisted.value == 0;
    const std::string before = "versions before " + to_string(bound.unlisted);
    if (bound.listed.empty()) {
        return is_never ? "no version of any file" : before + ", of any file";
    }
    const std::string listed = fmt::format(
        "what {} up to the version listed",
        bound.listed.size() == 1 ? "1 listed file has"
                                 : fmt::format("{} listed files have", bound.listed.size()));
    return is_never ? listed + ", and nothing in any other file"
                    : fmt::format("{}, and {} of any other file", listed, before);
}

std::string record_text(const trust::RecordFacts& facts, const trust::Registry& known) {
    return std::visit(Sentence(known), facts);
}

std::string missing_text(const trust::SigningRules& rules, const trust::RegistryRecord& record) {
    if (rules.master_key && has_signed(record, *rules.master_key)) {
        return "";
    }
    std::vector<std::string> wanted;
    for (const trust::SigningRules::Group& group : rules.root) {
        std::vector<PublicKey> others;
        std::ranges::copy_if(group.keys, std::back_inserter(others),
                             [&](const PublicKey& key) { return !has_signed(record, key); });
        const std::size_t have = group.keys.size() - others.size();
        if (have < group.threshold) {
            wanted.push_back(
                fmt::format("{} of the root keys {}", group.threshold - have, keys_text(others)));
        }
    }
    if (wanted.empty()) {
        return "";
    }
    const std::string roots = fmt::format("{}", fmt::join(wanted, ", and "));
    return rules.master_key
               ? fmt::format("the author's master key {}, or {}", to_hex(*rules.master_key), roots)
               : roots;
}

}  // namespace aion::cli
