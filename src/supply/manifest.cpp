// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/supply/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/base/utf8.hpp"
#include "aion/crypto/hash.hpp"
#include "base/json_reader.hpp"
#include "base/json_text.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view domain = "AION_V2_MANIFEST_V1";
constexpr std::string_view type_uri = "https://aion-context.dev/manifest/v1";
constexpr std::string_view algorithm_name = "BLAKE3-256";
constexpr std::uint16_t algorithm_code = 1;
constexpr std::size_t count_size = 8;
constexpr std::size_t entry_size = 128;

template <std::unsigned_integral Number>
void put_little_endian(MutableByteView out, std::size_t at, Number number) noexcept {
    for (std::size_t i = 0; i < sizeof number; ++i) {
        out[at + i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
}

template <std::unsigned_integral Number>
Number little_endian(ByteView bytes, std::size_t at) noexcept {
    Number number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) {
        number =
            static_cast<Number>(number | static_cast<Number>(Number{bytes[at + i]} << (8 * i)));
    }
    return number;
}

bool is_zero(ByteView bytes) noexcept {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

// Why a name is none, or nothing.
std::optional<std::string_view> name_problem(std::string_view name) {
    if (name.empty()) {
        return "it is empty";
    }
    if (find_utf8_fault(name)) {
        return "it is not UTF-8";
    }
    if (name.starts_with('/')) {
        return "it is absolute";
    }
    for (std::size_t at = 0; at <= name.size();) {
        const std::size_t end = std::min(name.find('/', at), name.size());
        const std::string_view component = name.substr(at, end - at);
        if (component.empty() || component == "." || component == "..") {
            return "a component of it is empty, '.' or '..'";
        }
        at = end + 1;
    }
    if (name.contains('\\')) {
        return "it has a backslash, which separates folders elsewhere";
    }
    if (name.contains('\0')) {
        return "it has a NUL";
    }
    return std::nullopt;
}

std::string shown(std::string_view name) {
    constexpr std::size_t longest = 256;
    return escape_controls(name.substr(0, longest)) + (name.size() > longest ? "..." : "");
}

template <class Digest>
Result<Digest> digest_of(const json::ObjectReader& entry, std::string_view key) {
    AION_TRY_ASSIGN(const std::string_view text, entry.text(key));
    const auto digest = octets_from_hex<Digest>(text);
    if (!digest || to_hex(*digest) != text) {
        return fail(entry.error_at(key, told<SupplyDetail::manifest_bad_digest>()));
    }
    return *digest;
}

Result<Artifact> artifact_of(const json::ObjectReader& entry) {
    AION_TRY(entry.check_only({"hash", "hash_algorithm", "name", "sha256", "size"}));
    Artifact artifact;
    AION_TRY_ASSIGN(artifact.blake3, digest_of<Hash>(entry, "hash"));
    AION_TRY_ASSIGN(const std::string_view algorithm, entry.text("hash_algorithm"));
    if (algorithm != algorithm_name) {
        return fail(
            entry.error_at("hash_algorithm", told<SupplyDetail::manifest_unknown_algorithm>()));
    }
    AION_TRY_ASSIGN(artifact.name, entry.text("name"));
    AION_TRY_ASSIGN(artifact.size, entry.u64("size"));
    AION_TRY_ASSIGN(const auto sha256, entry.text_or_null("sha256"));
    if (sha256) {
        AION_TRY_ASSIGN(artifact.sha256, digest_of<crypto::Sha256Digest>(entry, "sha256"));
    }
    return artifact;
}

}  // namespace

Result<> check_artifact_name(std::string_view name) {
    if (const auto problem = name_problem(name)) {
        return fail(invalid<SupplyDetail::manifest_bad_name>(shown(name), *problem));
    }
    return {};
}

Manifest::Manifest(std::vector<Artifact> artifacts)
    : artifacts_(std::move(artifacts)), by_name_(artifacts_.size()) {
    std::iota(by_name_.begin(), by_name_.end(), 0U);
    std::ranges::sort(by_name_, {},
                      [this](std::uint32_t i) -> const auto& { return artifacts_[i].name; });
    id_ = crypto::blake3(canonical_bytes());
}

Result<Manifest> Manifest::make(std::vector<Artifact> artifacts) {
    if (artifacts.size() > max_artifacts) {
        return fail(invalid<SupplyDetail::manifest_too_many>(artifacts.size(), max_artifacts));
    }
    for (const Artifact& artifact : artifacts) {
        AION_TRY(check_artifact_name(artifact.name));
    }
    Manifest manifest(std::move(artifacts));
    const auto name = [&](std::uint32_t i) -> const auto& { return manifest.artifacts_[i].name; };
    const auto twin = std::ranges::adjacent_find(manifest.by_name_, {}, name);
    if (twin != manifest.by_name_.end()) {
        return fail(invalid<SupplyDetail::manifest_duplicate_name>(shown(name(*twin))));
    }
    return manifest;
}

Result<Manifest> Manifest::from_canonical_bytes(ByteView bytes) {
    const std::size_t entries_at = domain.size() + count_size;
    if (!as_text(bytes).starts_with(domain) || bytes.size() < entries_at) {
        return fail(invalid<SupplyDetail::manifest_truncated>());
    }
    const auto count = little_endian<std::uint64_t>(bytes, domain.size());
    if (count > (bytes.size() - entries_at) / entry_size) {
        return fail(invalid<SupplyDetail::manifest_truncated>());
    }
    const std::string_view names = as_text(bytes).substr(entries_at + (count * entry_size));
    std::vector<Artifact> artifacts;
    std::size_t name_at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const ByteView entry = bytes.subspan(entries_at + (i * entry_size), entry_size);
        const auto offset = little_endian<std::uint64_t>(entry, 0);
        const auto length = little_endian<std::uint32_t>(entry, 8);
        if (little_endian<std::uint16_t>(entry, 12) != algorithm_code ||
            !is_zero(entry.subspan(14, 2)) || !is_zero(entry.subspan(56))) {
            return fail(invalid<SupplyDetail::manifest_bad_entry>(i));
        }
        if (offset != name_at || length >= names.size() - name_at ||
            names[name_at + length] != '\0') {
            return fail(invalid<SupplyDetail::manifest_bad_name_table>(i));
        }
        Artifact& artifact = artifacts.emplace_back();
        artifact.name = names.substr(name_at, length);
        artifact.size = little_endian<std::uint64_t>(entry, 16);
        std::ranges::copy(entry.subspan(24, sizeof artifact.blake3.bytes),
                          artifact.blake3.bytes.begin());
        name_at += std::size_t{length} + 1;
    }
    if (name_at != names.size()) {
        return fail(invalid<SupplyDetail::manifest_bad_name_table>(count));
    }
    return make(std::move(artifacts));
}

Result<Manifest> Manifest::from_payload(std::string_view json) {
    constexpr std::string_view prefix = "manifest: ";
    // Each artefact is six values, and less than 64 KiB with the longest name there is.
    constexpr std::size_t values_an_artifact = 6;
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(json, {.error_prefix = prefix,
                                       .max_size = max_payload_size,
                                       .max_depth = 3,
                                       .max_values = (max_artifacts * values_an_artifact) + 4}));
    AION_TRY_ASSIGN(const json::ObjectReader root, json::ObjectReader::root(document, prefix));
    AION_TRY(root.check_only({"_type", "entries", "manifest_id"}));
    AION_TRY_ASSIGN(const std::string_view type, root.text("_type"));
    if (type != type_uri) {
        return fail(root.error_at("_type", told<SupplyDetail::manifest_unknown_type>(type_uri)));
    }
    AION_TRY_ASSIGN(const Hash id, digest_of<Hash>(root, "manifest_id"));
    AION_TRY_ASSIGN(const auto entries, root.objects("entries"));
    std::vector<Artifact> artifacts;
    for (const json::ObjectReader entry : entries) {
        AION_TRY_ASSIGN(Artifact artifact, artifact_of(entry));
        artifacts.push_back(std::move(artifact));
    }
    AION_TRY_ASSIGN(Manifest manifest, make(std::move(artifacts)));
    if (manifest.id() != id) {
        return fail(invalid<SupplyDetail::manifest_other_id>(to_hex(id), to_hex(manifest.id())));
    }
    return manifest;
}

const Artifact* Manifest::find(std::string_view name) const noexcept {
    const auto name_of = [this](std::uint32_t i) -> std::string_view { return artifacts_[i].name; };
    const auto found = std::ranges::lower_bound(by_name_, name, {}, name_of);
    return found != by_name_.end() && name_of(*found) == name ? &artifacts_[*found] : nullptr;
}

Bytes Manifest::canonical_bytes() const {
    std::size_t names_size = 0;
    for (const Artifact& artifact : artifacts_) {
        names_size += artifact.name.size() + 1;
    }
    std::size_t entry_at = domain.size() + count_size;
    const std::size_t names_at = entry_at + (artifacts_.size() * entry_size);
    Bytes out(names_at + names_size);
    const MutableByteView all(out);
    std::ranges::copy(domain, all.begin());
    put_little_endian(all, domain.size(), std::uint64_t{artifacts_.size()});
    std::uint64_t name_at = 0;
    for (const Artifact& artifact : artifacts_) {
        const MutableByteView entry = all.subspan(entry_at, entry_size);
        put_little_endian(entry, 0, name_at);
        put_little_endian(entry, 8, static_cast<std::uint32_t>(artifact.name.size()));
        put_little_endian(entry, 12, algorithm_code);
        put_little_endian(entry, 16, artifact.size);
        std::ranges::copy(artifact.blake3.bytes, entry.subspan(24).begin());
        std::ranges::copy(artifact.name, all.subspan(names_at + name_at).begin());
        name_at += artifact.name.size() + 1;  // Behind it is NUL.
        entry_at += entry_size;
    }
    return out;
}

std::string Manifest::payload(bool with_sha256) const {
    std::string out = R"({"_type":)";
    append_json_string(out, type_uri);
    out += R"(,"entries":[)";
    bool is_first = true;
    for (const Artifact& artifact : artifacts_) {
        out += is_first ? R"({"hash":")" : R"(,{"hash":")";
        is_first = false;
        out.append(to_hex(artifact.blake3)).append(R"(","hash_algorithm":")");
        out.append(algorithm_name).append(R"(","name":)");
        append_json_string(out, artifact.name);
        if (with_sha256 && artifact.sha256) {
            out.append(R"(,"sha256":")").append(to_hex(*artifact.sha256)).append("\"");
        }
        out.append(R"(,"size":)").append(std::to_string(artifact.size)).append("}");
    }
    return out.append(R"(],"manifest_id":")").append(to_hex(id_)).append("\"}");
}

std::array<std::uint8_t, manifest_message_size> manifest_message(const Manifest& manifest,
                                                                 AuthorId signer) noexcept {
    constexpr std::string_view message_domain = "AION_V2_MANIFEST_SIG_V1";
    std::array<std::uint8_t, manifest_message_size> message{};
    auto* end = std::ranges::copy(message_domain, message.begin()).out + 1;  // Ended by NUL.
    end = std::ranges::copy(manifest.id().bytes, end).out;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        *end++ = static_cast<std::uint8_t>(signer.value >> shift);
    }
    return message;
}

}  // namespace aion::supply
