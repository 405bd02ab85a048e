// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading the trusted registry file's JSON in the order of its rules (docs/registry.md#reading-it):
// the shape of the whole document comes before any rule about its content. Author after author is
// read and judged; a rule that is broken waits until the shape of the others is known.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "aion/base/base64.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/trust/registry.hpp"
#include "aion/trust/registry_chain.hpp"
#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "trust/details.hpp"
#include "trust/registry_keys.hpp"
#include "trust/registry_text.hpp"
#include "trust/registry_unknown.hpp"

namespace aion::trust {
namespace {

constexpr std::string_view parse_failed = "registry JSON parse failed: ";

// --- The shape of an author ---------------------------------------------------------------------

struct RawEpoch {
    Epoch epoch;
    std::string_view public_key;
    VersionNumber active_from;
    std::optional<EpochStatus> status;
};

struct RawRevocation {
    Epoch epoch;
    EpochRecord::Revocation revocation;
};

// What one author's object says. One is used for all of them: most have no more to say than the one
// before.
struct RawAuthor {
    AuthorId id;
    std::string_view master_key;
    std::vector<RawEpoch> epochs;
    std::vector<RawRevocation> revocations;
};

Result<std::optional<EpochStatus>> read_status(const json::ObjectReader& object) {
    AION_TRY_ASSIGN(const auto status, object.text_or_null("status"));
    if (!status) {
        return std::optional<EpochStatus>();
    }
    if (const auto* row = epoch_statuses.named(*status)) {
        return std::optional(row->value);
    }
    return fail(object.error_at("status", told<TrustDetail::registry_bad_status>()));
}

Result<RawEpoch> read_epoch(const json::ObjectReader& object, UnknownKeys& unknown) {
    AION_TRY(note_unknown_keys(object, KeysOf::epoch, unknown));
    RawEpoch raw;
    AION_TRY_ASSIGN(raw.epoch.value, object.u32("epoch"));
    AION_TRY_ASSIGN(raw.public_key, object.text("public_key"));
    AION_TRY_ASSIGN(raw.active_from.value, object.u64("active_from_version"));
    AION_TRY_ASSIGN(raw.status, read_status(object));
    return raw;
}

Result<RawRevocation> read_revocation(const json::ObjectReader& object, UnknownKeys& unknown) {
    AION_TRY(note_unknown_keys(object, KeysOf::revocation, unknown));
    RawRevocation raw;
    AION_TRY_ASSIGN(raw.epoch.value, object.u32("epoch"));
    AION_TRY_ASSIGN(const std::string_view name, object.text("reason"));
    const auto reason = revocation_reason_from_name(name);
    if (!reason) {
        return fail(object.error_at("reason", told<TrustDetail::revocation_bad_reason>()));
    }
    raw.revocation.reason = *reason;
    AION_TRY_ASSIGN(raw.revocation.effective_from.value, object.u64("effective_from_version"));
    return raw;
}

template <class T>
Result<> read_all(const json::ObjectReader::Objects& objects, UnknownKeys& unknown,
                  Result<T> (*read_one)(const json::ObjectReader&, UnknownKeys&),
                  std::vector<T>& out) {
    out.clear();
    for (const json::ObjectReader& object : objects) {
        AION_TRY_ASSIGN(T one, read_one(object, unknown));
        out.push_back(one);
    }
    return {};
}

Result<> read_author(const json::ObjectReader& object, UnknownKeys& unknown, RawAuthor& raw) {
    AION_TRY(note_unknown_keys(object, KeysOf::author, unknown));
    AION_TRY_ASSIGN(raw.id.value, object.u64("author_id"));
    AION_TRY_ASSIGN(raw.master_key, object.text("master_key"));
    AION_TRY_ASSIGN(const auto epochs, object.objects("epochs"));
    AION_TRY(read_all(epochs, unknown, read_epoch, raw.epochs));
    AION_TRY_ASSIGN(const auto revocations, object.objects_if_any("revocations"));
    return read_all(revocations, unknown, read_revocation, raw.revocations);
}

// --- Then the rules (docs/registry.md#reading-it) -----------------------------------------------

// Keys whose points wait to be decoded many at a time, in the order in which they were met. That
// they are judged late changes no verdict and no error: whoever breaks a rule first asks them.
class WaitingKeys {
  public:
    // `epoch`: nothing for the master key. Error: as `check`.
    Result<> add(AuthorId author, std::optional<Epoch> epoch, const PublicKey& key) {
        if (keys_.size() == most) {
            AION_TRY(check());
        }
        keys_.push_back(key);
        owners_.push_back({author, epoch});
        return {};
    }

    // Error: the first that is no usable key.
    Result<> check() {
        const std::size_t found = crypto::find_invalid_public_key(keys_);
        if (found != keys_.size()) {
            const auto [author, epoch] = owners_[found];
            const PublicKey& key = keys_[found];
            return epoch ? check_epoch_key(author, *epoch, key) : check_master_key(author, key);
        }
        keys_.clear();
        owners_.clear();
        return {};
    }

  private:
    static constexpr std::size_t most = 8192;

    struct Owner {
        AuthorId author;
        std::optional<Epoch> epoch;
    };

    std::vector<PublicKey> keys_;
    std::vector<Owner> owners_;
};

// The reference's words do not say whose key it is; among hundreds of authors somebody has to find
// it.
Error bad_key(AuthorId author, std::optional<Epoch> epoch, const std::string& problem) {
    const std::string whose = epoch ? fmt::format("author {}, epoch {}", author.value, epoch->value)
                                    : fmt::format("author {}", author.value);
    return invalid<TrustDetail::registry_bad_key>(epoch ? "public_key" : "master_key", problem,
                                                  whose);
}

// `epoch`: nothing for the master key.
Result<PublicKey> decode_key(AuthorId author, std::optional<Epoch> epoch, std::string_view text,
                             WaitingKeys& waiting) {
    const auto bytes = from_base64(text);
    if (!bytes) {
        return fail(bad_key(author, epoch,
                            fmt::format("base64 decode failed: {}", bytes.error().message())));
    }
    const auto key = PublicKey::from(*bytes);
    if (!key) {
        return fail(bad_key(
            author, epoch, fmt::format("must decode to exactly 32 bytes (got {})", bytes->size())));
    }
    AION_TRY(waiting.add(author, epoch, *key));
    return *key;
}

Result<EpochRecord> decode_epoch(AuthorId author, const RawEpoch& raw, WaitingKeys& waiting) {
    AION_TRY_ASSIGN(const PublicKey key, decode_key(author, raw.epoch, raw.public_key, waiting));
    return EpochRecord{raw.epoch, key, raw.active_from, std::nullopt, std::nullopt};
}

// The loader asks less than a signed rotation does: epochs may leave gaps and need no signature,
// because the file itself is what is trusted.
Result<> append_epoch(AuthorId author, std::vector<EpochRecord>& epochs, const RawEpoch& raw,
                      WaitingKeys& waiting) {
    AION_TRY_ASSIGN(const EpochRecord epoch, decode_epoch(author, raw, waiting));
    EpochRecord& latest = epochs.back();
    if (epoch.epoch <= latest.epoch) {
        return fail(invalid<TrustDetail::registry_epoch_order>(epoch.epoch.value,
                                                               latest.epoch.value, author.value));
    }
    if (epoch.active_from <= latest.active_from) {
        return fail(invalid<TrustDetail::registry_start_order>(
            epoch.active_from.value, latest.active_from.value, author.value, epoch.epoch.value));
    }
    latest.rotation = {epoch.epoch, epoch.active_from};
    epochs.push_back(epoch);
    return {};
}

Result<> insert_revocation(AuthorId author, std::vector<EpochRecord>& epochs,
                           const RawRevocation& raw) {
    const auto epoch =
        std::ranges::lower_bound(epochs, raw.epoch, std::ranges::less{}, &EpochRecord::epoch);
    if (epoch == epochs.end() || epoch->epoch != raw.epoch) {
        return fail(epoch_not_found(author, raw.epoch));
    }
    if (epoch->revocation) {
        return fail(epoch_already_revoked(author, raw.epoch));
    }
    epoch->revocation = raw.revocation;
    return {};
}

// `status` is for people, and the state is made of the rest. But whoever wrote by hand that a key
// has ended believes that it has: where nothing ends it, the file says two things, and the kinder
// one would count. One that says less than what counts is only remarked.
Result<> check_status(AuthorId author, const EpochRecord& epoch, EpochStatus said,
                      std::vector<RegistryWarning>& remarks) {
    const auto refused = [&](std::string_view why) {
        return fail(invalid<TrustDetail::registry_false_status>(epoch.epoch.value, author.value,
                                                                name_of(said), why));
    };
    if (said == EpochStatus::revoked && !epoch.revocation) {
        return refused("nothing in \"revocations\" ends it");
    }
    if (said == EpochStatus::rotated && !epoch.rotation) {
        return refused("no epoch follows it");
    }
    if (said != epoch.status()) {
        remarks.push_back(
            {author, epoch.epoch,
             fmt::format("status of epoch {} of author {} says {}, but the epoch is "
                         "{}, which counts",
                         epoch.epoch.value, author.value, name_of(said), name_of(epoch.status()))});
    }
    return {};
}

Result<> check_statuses(const RawAuthor& raw, const std::vector<EpochRecord>& epochs,
                        std::vector<RegistryWarning>& remarks) {
    for (std::size_t i = 0; i < epochs.size(); ++i) {
        if (const auto said = raw.epochs[i].status) {
            AION_TRY(check_status(raw.id, epochs[i], *said, remarks));
        }
    }
    return {};
}

using Authors = std::map<AuthorId, Registry::Author>;

// Where an author belongs; mostly behind all others, as the file is written in order.
Authors::iterator place_for(Authors& authors, AuthorId id) {
    const bool is_last = authors.empty() || std::prev(authors.end())->first < id;
    return is_last ? authors.end() : authors.lower_bound(id);
}

Result<> insert_author(Authors& authors, const RawAuthor& raw,
                       std::vector<RegistryWarning>& remarks, WaitingKeys& waiting) {
    Registry::Author author;
    AION_TRY_ASSIGN(author.master_key, decode_key(raw.id, std::nullopt, raw.master_key, waiting));
    const std::uint64_t id = raw.id.value;
    if (raw.epochs.empty()) {
        return fail(invalid<TrustDetail::registry_no_epochs>(id));
    }
    const RawEpoch& first = raw.epochs.front();
    AION_TRY_ASSIGN(EpochRecord initial, decode_epoch(raw.id, first, waiting));
    const auto place = place_for(authors, raw.id);
    if (place != authors.end() && place->first == raw.id) {
        return fail(invalid<TrustDetail::registry_duplicate_author>(id));
    }
    if (first.epoch != Epoch{0}) {
        return fail(invalid<TrustDetail::registry_first_epoch>(id, first.epoch.value));
    }
    author.epochs.reserve(raw.epochs.size());
    author.epochs.push_back(initial);
    for (const RawEpoch& epoch : std::span(raw.epochs).subspan(1)) {
        AION_TRY(append_epoch(raw.id, author.epochs, epoch, waiting));
    }
    for (const RawRevocation& revocation : raw.revocations) {
        AION_TRY(insert_revocation(raw.id, author.epochs, revocation));
    }
    AION_TRY(check_statuses(raw, author.epochs, remarks));
    authors.emplace_hint(place, raw.id, std::move(author));
    return {};
}

// --- And the chain, if there is one (docs/registry.md#the-chain) ---------------------------------

Result<RegistryChain> read_chain(const json::ObjectReader& root,
                                 std::span<const std::string_view> texts) {
    std::vector<RegistryRecord> records;
    records.reserve(texts.size());
    for (const std::string_view text : texts) {
        const auto bytes = from_base64(text);
        if (!bytes) {
            return fail(
                root.error_at(fmt::format("chain[{}]", records.size()),
                              told<TrustDetail::chain_bad_base64>(bytes.error().message())));
        }
        auto record = decode_record(*bytes);
        if (!record) {
            return fail(std::move(record.error())
                            .in_context(fmt::format("registry record {}", records.size())));
        }
        records.push_back(*std::move(record));
    }
    return RegistryChain::replay(std::move(records));
}

// The record that set what `said` has otherwise of an epoch; nothing if it has all alike.
std::optional<RecordNumber> set_otherwise(const AuthorFacts& author, const EpochFacts& epoch,
                                          const EpochRecord& expected, const EpochRecord& said) {
    if (said == expected) {
        return std::nullopt;
    }
    // Where a successor begins is told of the epoch before it.
    if (said.epoch != expected.epoch || said.public_key != expected.public_key ||
        said.active_from != expected.active_from) {
        return epoch.set_by;
    }
    if (said.revocation != expected.revocation && author.scoped_by) {
        return author.scoped_by;
    }
    if (said.revocation != expected.revocation && !epoch.revoked.empty()) {
        return epoch.revoked.back();
    }
    return epoch.rotated.empty() ? epoch.set_by : epoch.rotated.back();
}

// The same of an author, of whom something is otherwise.
RecordNumber set_otherwise(const AuthorFacts& author, const Registry::Author& expected,
                           const Registry::Author& said) {
    if (said.master_key != expected.master_key) {
        return author.keyed_by;
    }
    for (std::size_t i = 0; i < std::min(expected.epochs.size(), said.epochs.size()); ++i) {
        if (const auto by =
                set_otherwise(author, author.epochs[i], expected.epochs[i], said.epochs[i])) {
            return *by;
        }
    }
    return author.epochs.back().set_by;
}

Error differs(AuthorId author, std::string_view how) {
    return invalid<TrustDetail::registry_projection_differs>(author.value, how);
}

// Whoever reads the file without its chain must not trust more than it proves, or anything else.
// `remarks`: of statuses that say less than the rest does.
Result<> check_projection(const RegistryChain& chain, const Authors& authors,
                          const std::vector<RegistryWarning>& remarks) {
    for (const auto& [id, author] : chain.authors()) {
        const auto said = authors.find(id);
        if (said == authors.end()) {
            return fail(
                differs(id, fmt::format("record {} registers it", author.epochs.front().set_by)));
        }
        const Registry::Author expected = chain.projected(author);
        if (said->second != expected) {
            return fail(differs(
                id, fmt::format("see record {}", set_otherwise(author, expected, said->second))));
        }
    }
    for (const auto& [id, author] : authors) {
        if (!chain.authors().contains(id)) {
            return fail(differs(id, "no record registers it"));
        }
    }
    if (!remarks.empty()) {
        const RegistryWarning& first = remarks.front();
        return fail(differs(first.author.value(),
                            fmt::format("the status of epoch {}", first.epoch.value().value)));
    }
    return {};
}

}  // namespace

Result<Registry> Registry::from_json(std::string_view text) {
    // An author's shortest record has 10 values in 130 bytes: the size limit is the one that
    // an honest registry meets first.
    const json::ReadOptions options{
        .error_prefix = parse_failed, .max_size = max_json_size, .max_values = max_json_size / 16};
    AION_TRY_ASSIGN(const json::Document document, json::parse(text, options));
    AION_TRY_ASSIGN(const auto root, json::ObjectReader::root(document, parse_failed));
    Registry registry;
    AION_TRY(note_unknown_keys(root, KeysOf::top, registry.unknown_));
    AION_TRY_ASSIGN(const std::uint32_t version, root.u32("version"));
    AION_TRY_ASSIGN(const auto objects, root.objects("authors"));
    Result<> rules;
    // A later version that looks different is one that cannot be parsed, as in the reference.
    if (version != registry_file_version) {
        rules = fail(invalid<TrustDetail::registry_file_version>(version));
    }
    RawAuthor author;
    WaitingKeys waiting;
    for (const json::ObjectReader& object : objects) {
        AION_TRY(read_author(object, registry.unknown_, author));
        if (rules) {
            rules = insert_author(registry.authors_, author, registry.remarks_, waiting);
        }
    }
    AION_TRY_ASSIGN(const auto texts, root.texts_if_any("chain"));
    AION_TRY(waiting.check());
    AION_TRY(rules);
    if (!texts) {
        return registry;
    }
    AION_TRY_ASSIGN(RegistryChain chain, read_chain(root, *texts));
    AION_TRY(check_projection(chain, registry.authors_, registry.remarks_));
    Registry proven = from_chain(std::move(chain));
    proven.unknown_ = std::move(registry.unknown_);
    return proven;
}

}  // namespace aion::trust
