// SPDX-License-Identifier: MIT OR Apache-2.0
// The trusted registry file's JSON (docs/registry.md#the-file): writing byte for byte what the
// reference writes, reading it in the order of its rules.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "aion/base/base64.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/trust/registry.hpp"
#include "base/json_reader.hpp"
#include "base/names.hpp"
#include "base/try.hpp"
#include "trust/details.hpp"
#include "trust/registry_keys.hpp"
#include "trust/registry_unknown.hpp"

namespace aion::trust {
namespace {

constexpr std::uint32_t file_version = 1;
constexpr std::string_view parse_failed = "registry JSON parse failed: ";

constexpr NameTable statuses(std::to_array<Named<EpochStatus>>({
    {EpochStatus::active, "active"},
    {EpochStatus::rotated, "rotated"},
    {EpochStatus::revoked, "revoked"},
}));

// --- Writing ------------------------------------------------------------------------------------

void write_epochs(DocumentWriter& out, const std::vector<EpochRecord>& epochs) {
    out.key("epochs").begin_array();
    for (const EpochRecord& epoch : epochs) {
        out.begin_object()
            .member("epoch", epoch.epoch.value)
            .member("public_key", to_base64(epoch.public_key.view()))
            .member("active_from_version", epoch.active_from.value)
            .member("status", name_of(epoch.status()))
            .end_object();
    }
    out.end_array();
}

void write_revocations(DocumentWriter& out, const std::vector<EpochRecord>& epochs) {
    const auto is_revoked = [](const EpochRecord& epoch) { return epoch.revocation.has_value(); };
    if (std::ranges::none_of(epochs, is_revoked)) {
        return;
    }
    out.key("revocations").begin_array();
    for (const EpochRecord& epoch : epochs | std::views::filter(is_revoked)) {
        out.begin_object()
            .member("epoch", epoch.epoch.value)
            .member("reason", name_of(epoch.revocation->reason))
            .member("effective_from_version", epoch.revocation->effective_from.value)
            .end_object();
    }
    out.end_array();
}

void write_author(DocumentWriter& out, AuthorId id, const Registry::Author& author) {
    out.begin_object()
        .member("author_id", id.value)
        .member("master_key", to_base64(author.master_key.view()));
    write_epochs(out, author.epochs);
    write_revocations(out, author.epochs);
    out.end_object();
}

// --- Reading: first the shape of the whole document, before any rule about its content ----------

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
    if (const auto* row = statuses.named(*status)) {
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
Result<std::vector<T>> read_all(const std::vector<json::ObjectReader>& objects,
                                UnknownKeys& unknown,
                                Result<T> (*read_one)(const json::ObjectReader&, UnknownKeys&)) {
    std::vector<T> out;
    out.reserve(objects.size());
    for (const json::ObjectReader& object : objects) {
        AION_TRY_ASSIGN(T one, read_one(object, unknown));
        out.push_back(std::move(one));
    }
    return out;
}

Result<RawAuthor> read_author(const json::ObjectReader& object, UnknownKeys& unknown) {
    AION_TRY(note_unknown_keys(object, KeysOf::author, unknown));
    RawAuthor raw;
    AION_TRY_ASSIGN(raw.id.value, object.u64("author_id"));
    AION_TRY_ASSIGN(raw.master_key, object.text("master_key"));
    AION_TRY_ASSIGN(const auto epochs, object.objects("epochs"));
    AION_TRY_ASSIGN(raw.epochs, read_all(epochs, unknown, read_epoch));
    AION_TRY_ASSIGN(const auto revocations, object.objects_if_any("revocations"));
    AION_TRY_ASSIGN(raw.revocations, read_all(revocations, unknown, read_revocation));
    return raw;
}

// --- Reading: then the rules, author by author (docs/registry.md#reading-it) --------------------

// The reference's words do not say whose key it is; among hundreds of authors somebody has to find
// it.
Result<PublicKey> decode_key(std::string_view field, std::string_view text,
                             const std::string& whose) {
    const auto refused = [&](const std::string& problem) {
        return fail(invalid<TrustDetail::registry_bad_key>(field, problem, whose));
    };
    const auto bytes = from_base64(text);
    if (!bytes) {
        return refused(fmt::format("base64 decode failed: {}", bytes.error().message()));
    }
    if (const auto key = PublicKey::from(*bytes)) {
        return *key;
    }
    return refused(fmt::format("must decode to exactly 32 bytes (got {})", bytes->size()));
}

Result<PublicKey> decode_master_key(const RawAuthor& author) {
    AION_TRY_ASSIGN(const PublicKey key, decode_key("master_key", author.master_key,
                                                    fmt::format("author {}", author.id.value)));
    AION_TRY(check_master_key(author.id, key));
    return key;
}

Result<EpochRecord> decode_epoch(AuthorId author, const RawEpoch& raw) {
    AION_TRY_ASSIGN(const PublicKey key,
                    decode_key("public_key", raw.public_key,
                               fmt::format("author {}, epoch {}", author.value, raw.epoch.value)));
    AION_TRY(check_epoch_key(author, raw.epoch, key));
    return EpochRecord{raw.epoch, key, raw.active_from, std::nullopt, std::nullopt};
}

// The loader asks less than a signed rotation does: epochs may leave gaps and need no signature,
// because the file itself is what is trusted.
Result<> append_epoch(AuthorId author, std::vector<EpochRecord>& epochs, const RawEpoch& raw) {
    AION_TRY_ASSIGN(const EpochRecord epoch, decode_epoch(author, raw));
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

Result<> insert_author(std::map<AuthorId, Registry::Author>& authors, const RawAuthor& raw,
                       std::vector<RegistryWarning>& remarks) {
    Registry::Author author;
    AION_TRY_ASSIGN(author.master_key, decode_master_key(raw));
    const std::uint64_t id = raw.id.value;
    if (raw.epochs.empty()) {
        return fail(invalid<TrustDetail::registry_no_epochs>(id));
    }
    const RawEpoch& first = raw.epochs.front();
    AION_TRY_ASSIGN(EpochRecord initial, decode_epoch(raw.id, first));
    if (authors.contains(raw.id)) {
        return fail(invalid<TrustDetail::registry_duplicate_author>(id));
    }
    if (first.epoch != Epoch{0}) {
        return fail(invalid<TrustDetail::registry_first_epoch>(id, first.epoch.value));
    }
    author.epochs.push_back(initial);
    for (const RawEpoch& epoch : std::span(raw.epochs).subspan(1)) {
        AION_TRY(append_epoch(raw.id, author.epochs, epoch));
    }
    for (const RawRevocation& revocation : raw.revocations) {
        AION_TRY(insert_revocation(raw.id, author.epochs, revocation));
    }
    AION_TRY(check_statuses(raw, author.epochs, remarks));
    authors.emplace(raw.id, std::move(author));
    return {};
}

}  // namespace

std::string_view name_of(EpochStatus status) noexcept {
    return statuses.name(status);
}

std::string Registry::to_json() const {
    std::string text;
    JsonWriter out(text, JsonStyle::pretty);
    out.begin_object().member("version", file_version).key("authors").begin_array();
    for (const auto& [id, author] : authors_) {
        write_author(out, id, author);
    }
    out.end_array().end_object();
    return text;
}

Result<Registry> Registry::from_json(std::string_view text) {
    // An author's shortest record has 10 values in 130 bytes: the size limit is the one that
    // an honest registry meets first.
    const json::ReadOptions options{
        .error_prefix = parse_failed, .max_size = max_json_size, .max_values = max_json_size / 16};
    AION_TRY_ASSIGN(const json::Value document, json::parse(text, options));
    AION_TRY_ASSIGN(const auto root, json::ObjectReader::root(document, parse_failed));
    Registry registry;
    AION_TRY(note_unknown_keys(root, KeysOf::top, registry.unknown_));
    AION_TRY_ASSIGN(const std::uint32_t version, root.u32("version"));
    AION_TRY_ASSIGN(const auto objects, root.objects("authors"));
    AION_TRY_ASSIGN(const std::vector<RawAuthor> authors,
                    read_all(objects, registry.unknown_, read_author));
    // Not before the rest was read, as in the reference: a later version that looks different is
    // one that cannot be parsed.
    if (version != file_version) {
        return fail(invalid<TrustDetail::registry_file_version>(version));
    }
    for (const RawAuthor& author : authors) {
        AION_TRY(insert_author(registry.authors_, author, registry.remarks_));
    }
    return registry;
}

}  // namespace aion::trust
