// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/attest/hardware.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/crypto/ed25519_verify.hpp"
#include "aion/crypto/hash.hpp"
#include "attest/hardware_details.hpp"
#include "base/json_places.hpp"
#include "base/json_reader.hpp"
#include "base/try.hpp"
#include "trust/current_epoch.hpp"

namespace aion::attest {
namespace {

constexpr std::string_view domain = "AION_V2_KEY_ATTESTATION_V1";
constexpr std::string_view binding_type = "aion.hardware-binding.v1";
constexpr std::string_view prefix = "hardware binding: ";

// Its numbers are beyond what a NameTable looks at.
constexpr auto kinds = std::to_array<std::pair<EvidenceKind, std::string_view>>({
    {EvidenceKind::tpm2_quote, "tpm2-quote"},
    {EvidenceKind::nvidia_nras, "nvidia-nras"},
    {EvidenceKind::amd_sev_snp, "amd-sev-snp"},
    {EvidenceKind::intel_tdx, "intel-tdx"},
    {EvidenceKind::intel_sgx, "intel-sgx"},
    {EvidenceKind::aws_nitro, "aws-nitro"},
    {EvidenceKind::arm_cca, "arm-cca"},
    {EvidenceKind::azure_attestation, "azure-attestation"},
    {EvidenceKind::custom, "custom"},
});

struct FindingRow {
    BindingFinding value;
    std::string_view name;
    std::string_view text;
};

constexpr NameTable findings(std::to_array<FindingRow>({
    {BindingFinding::valid, "valid", ""},
    {BindingFinding::unknown_author, "unknown_author", "the registry does not know the author"},
    {BindingFinding::no_active_epoch, "no_active_epoch",
     "the author has no key that would be valid"},
    {BindingFinding::other_epoch, "other_epoch",
     "the binding is of another epoch or key than the one that is valid"},
    {BindingFinding::bad_master_signature, "bad_master_signature",
     "the author's master key has not signed this binding"},
    {BindingFinding::zero_nonce, "zero_nonce", "the nonce is all zeros: nobody drew it"},
    {BindingFinding::other_nonce, "other_nonce", "the nonce is not the one that was asked for"},
    {BindingFinding::evidence_refused, "evidence_refused", "the evidence was refused"},
}));

template <std::size_t count>
std::uint8_t* append_number(std::uint8_t* out, std::uint64_t number) {
    for (std::size_t i = 0; i < count; ++i) {
        *out = static_cast<std::uint8_t>(number >> (8 * i));
        out = std::next(out);
    }
    return out;
}

Result<Bytes> read_bytes(const json::ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const std::string_view text, object.text(key));
    auto bytes = from_base64(text);
    if (!bytes) {
        return fail(object.error_at(
            key, told<HardwareDetail::binding_bad_base64>(bytes.error().message())));
    }
    return bytes;
}

template <class T>
Result<T> read_octets(const json::ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const Bytes bytes, read_bytes(object, key));
    if (const auto octets = T::from(bytes)) {
        return *octets;
    }
    return fail(
        object.error_at(key, told<HardwareDetail::binding_bad_size>(T::size, bytes.size())));
}

// All but the evidence itself.
BindingFinding find_fault(const HardwareBinding& binding, const trust::Registry& registry,
                          const BindingRules& rules) {
    const trust::Registry::Author* const author = registry.find(binding.author);
    if (author == nullptr) {
        return BindingFinding::unknown_author;
    }
    const trust::EpochRecord* const epoch =
        trust::current_epoch(registry, binding.author, rules.at_version);
    if (epoch == nullptr) {
        return BindingFinding::no_active_epoch;
    }
    if (epoch->public_key != binding.public_key || epoch->epoch != binding.epoch) {
        return BindingFinding::other_epoch;
    }
    if (!crypto::verify(author->master_key, binding.message(), binding.master_signature)) {
        return BindingFinding::bad_master_signature;
    }
    if (binding.evidence.nonce.is_zero() && !rules.allow_zero_nonce) {
        return BindingFinding::zero_nonce;
    }
    if (rules.nonce && *rules.nonce != binding.evidence.nonce) {
        return BindingFinding::other_nonce;
    }
    return BindingFinding::valid;
}

}  // namespace

std::string_view name_of(EvidenceKind kind) noexcept {
    const auto* const found =
        std::ranges::find(kinds, kind, &std::pair<EvidenceKind, std::string_view>::first);
    return found == kinds.end() ? "unknown" : found->second;
}

Result<EvidenceKind> evidence_kind_from_code(std::uint16_t code) {
    const auto kind = static_cast<EvidenceKind>(code);
    if (std::ranges::find(kinds, kind, &std::pair<EvidenceKind, std::string_view>::first) ==
        kinds.end()) {
        return fail(invalid<HardwareDetail::evidence_kind_unknown>(code));
    }
    return kind;
}

std::optional<EvidenceKind> evidence_kind_named(std::string_view name) noexcept {
    const auto* const found =
        std::ranges::find(kinds, name, &std::pair<EvidenceKind, std::string_view>::second);
    return found == kinds.end() ? std::nullopt : std::optional(found->first);
}

Result<Nonce> fresh_nonce(Env& env) {
    Nonce nonce;
    AION_TRY(env.random(nonce.view()));
    return nonce;
}

std::array<std::uint8_t, HardwareBinding::message_size> HardwareBinding::message() const {
    std::array<std::uint8_t, message_size> message{};
    std::uint8_t* out = std::ranges::copy(as_bytes(domain), message.data()).out;
    out = append_number<8>(out, author.value);
    out = append_number<4>(out, epoch.value);
    out = std::ranges::copy(public_key.bytes, out).out;
    out = append_number<2>(out, static_cast<std::uint16_t>(evidence.kind));
    out = std::ranges::copy(evidence.nonce.bytes, out).out;
    std::ranges::copy(crypto::blake3(evidence.bytes).bytes, out);
    return message;
}

Result<HardwareBinding> sign(HardwareBinding binding, crypto::Signer& master) {
    if (binding.evidence.bytes.size() > max_evidence_size) {
        Told problem = told<HardwareDetail::evidence_too_large>(binding.evidence.bytes.size(),
                                                                max_evidence_size);
        return fail(error_because(ErrorCode::resource_exhausted, std::move(problem.text))
                        .with_detail(problem.detail));
    }
    AION_TRY_ASSIGN(binding.master_signature, master.sign(binding.message()));
    return binding;
}

std::string to_json(const HardwareBinding& binding) {
    std::string text;
    JsonWriter out(text, JsonStyle::pretty);
    out.begin_object()
        .member("type", binding_type)
        .member("author_id", binding.author.value)
        .member("epoch", binding.epoch.value)
        .member("public_key", to_base64(binding.public_key.view()))
        .member("kind", name_of(binding.evidence.kind))
        .member("nonce", to_base64(binding.evidence.nonce.view()))
        .member("evidence", to_base64(binding.evidence.bytes))
        .member("master_signature", to_base64(binding.master_signature.view()))
        .end_object();
    return text + "\n";
}

Result<HardwareBinding> hardware_binding_from_json(std::string_view text) {
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(text, {.error_prefix = prefix, .max_size = max_binding_text}));
    AION_TRY_ASSIGN(const auto object, json::ObjectReader::root(document, prefix));
    AION_TRY_ASSIGN(const std::string_view type, object.text("type"));
    if (type != binding_type) {
        return fail(object.error_at("type", told<HardwareDetail::binding_bad_type>(binding_type)));
    }
    AION_TRY(object.check_only({"type", "author_id", "epoch", "public_key", "kind", "nonce",
                                "evidence", "master_signature"}));
    HardwareBinding binding;
    AION_TRY_ASSIGN(binding.author.value, object.u64("author_id"));
    AION_TRY_ASSIGN(binding.epoch.value, object.u32("epoch"));
    AION_TRY_ASSIGN(binding.public_key, read_octets<PublicKey>(object, "public_key"));
    AION_TRY_ASSIGN(const std::string_view kind, object.text("kind"));
    const auto known = evidence_kind_named(kind);
    if (!known) {
        return fail(object.error_at(
            "kind", told<HardwareDetail::evidence_kind_unknown>(json::shown(kind))));
    }
    binding.evidence.kind = *known;
    AION_TRY_ASSIGN(binding.evidence.nonce, read_octets<Nonce>(object, "nonce"));
    AION_TRY_ASSIGN(binding.evidence.bytes, read_bytes(object, "evidence"));
    if (binding.evidence.bytes.size() > max_evidence_size) {
        return fail(
            object.error_at("evidence", told<HardwareDetail::evidence_too_large>(
                                            binding.evidence.bytes.size(), max_evidence_size)));
    }
    AION_TRY_ASSIGN(binding.master_signature, read_octets<Signature>(object, "master_signature"));
    return binding;
}

std::string_view name_of(BindingFinding finding) noexcept {
    return findings.name(finding);
}

std::string BindingVerdict::reason() const {
    if (refusal) {
        return refusal->messages().back();
    }
    const FindingRow* const row = findings.find(finding);
    return row == nullptr ? std::string() : std::string(row->text);
}

Result<BindingVerdict> judge_binding(const HardwareBinding& binding,
                                     const trust::Registry& registry, const BindingRules& rules,
                                     EvidenceVerifier& verifier) {
    BindingVerdict verdict{.finding = find_fault(binding, registry, rules), .refusal = {}};
    if (!verdict.is_valid()) {
        return verdict;
    }
    if (!verifier.knows(binding.evidence.kind)) {
        return fail(
            invalid<HardwareDetail::evidence_kind_unsupported>(name_of(binding.evidence.kind)));
    }
    if (auto done = verifier.verify(binding.evidence, binding.public_key); !done) {
        verdict.finding = BindingFinding::evidence_refused;
        verdict.refusal = std::move(done).error();
    }
    return verdict;
}

}  // namespace aion::attest
