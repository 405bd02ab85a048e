// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/hardware_view.hpp"

#include <fmt/format.h>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "aion/crypto/hash.hpp"

namespace aion::cli {
namespace {

std::string_view word_for(crypto::ForeignHash hash) {
    return hash == crypto::ForeignHash::sha256 ? "sha256" : "sha384";
}

void print_quote(Stream& out, const attest::Tpm2Quote& quote) {
    const attest::AttestationKey& key = quote.key;
    out.write(fmt::format("  Attestation Key: {} with {}\n    Name: {}\n    SPKI SHA-256: {}\n",
                          name_of(key.scheme), word_for(key.hash), to_hex(key.name),
                          to_hex(key.spki)));
    for (const attest::Pcr& pcr : quote.pcrs) {
        out.write(fmt::format("  PCR {}: {}\n", to_string(pcr),
                              pcr.value.empty() ? "not recorded" : to_hex(pcr.value)));
    }
    out.write(fmt::format("  PCR Digest: {}\n", to_hex(quote.pcr_digest)));
    out.write(fmt::format(
        "  Clock: {} ms{}, {}, {}\n", quote.clock, quote.is_clock_safe ? "" : " (may go back)",
        counted(quote.reset_count, "reset"), counted(quote.restart_count, "restart")));
    out.write(fmt::format("  Firmware: {}\n", to_hex(quote.firmware_version)));
}

void write_quote(DocumentWriter& out, const attest::Tpm2Quote& quote) {
    const attest::AttestationKey& key = quote.key;
    Twins twins(out);
    out.begin_object()
        .member("key_name_hex", to_hex(key.name))
        .member("key_spki_sha256", to_hex(key.spki))
        .member("scheme", name_of(key.scheme))
        .member("hash", word_for(key.hash))
        .member("key_attributes", key.attributes)
        .member("qualified_signer_hex", to_hex(quote.qualified_signer))
        .member("qualifying_data", to_hex(quote.extra_data))
        .member("pcr_digest", to_hex(quote.pcr_digest))
        .key("pcrs")
        .begin_array();
    for (const attest::Pcr& pcr : quote.pcrs) {
        out.begin_object()
            .member("pcr", to_string(pcr))
            .member("value", pcr.value.empty() ? std::nullopt : std::optional(to_hex(pcr.value)))
            .end_object();
    }
    out.end_array();
    twins.number("clock_ms", quote.clock);
    out.member("reset_count", quote.reset_count)
        .member("restart_count", quote.restart_count)
        .member("is_clock_safe", quote.is_clock_safe)
        .member("firmware_version_hex", to_hex(quote.firmware_version));
    twins.end_object();
}

bool is_quote(const BindingView& view) {
    return view.binding.evidence.kind == attest::EvidenceKind::tpm2_quote;
}

}  // namespace

void write_text(Console& console, const ChallengeView& view) {
    const std::string data = to_hex(view.qualifying_data);
    console.out().write(fmt::format("Nonce: {}\nQualifying Data: {}\n", to_hex(view.nonce), data));
    console.hint("Have the TPM answer it with:");
    console.hint(fmt::format("  tpm2_quote -c ak.ctx -l sha256:0,1,2,3,4,7 -q {}", data));
    console.hint("    -m quote.msg -s quote.sig -o quote.pcrs --pcrs_format values");
}

void write(DocumentWriter& out, const ChallengeView& view) {
    Twins twins(out);
    out.begin_object();
    twins.number("author_id", view.author).number("epoch", view.epoch);
    out.member("public_key_hex", to_hex(view.public_key))
        .member("nonce", to_hex(view.nonce))
        .member("qualifying_data", to_hex(view.qualifying_data));
    twins.end_object();
}

void write_text(Console& console, const BindingView& view) {
    Stream& out = console.out();
    const attest::HardwareBinding& binding = view.binding;
    if (view.verdict != nullptr && view.verdict->is_valid()) {
        out.write(fmt::format("{}  {}\n", out.paint(Tone::good, "VALID"), shown(view.path)));
    } else if (view.verdict != nullptr) {
        out.write(fmt::format("{}  {}  {}\n", out.paint(Tone::bad, "INVALID"), shown(view.path),
                              shown(view.verdict->reason())));
    }
    if (console.is_quiet() && view.verdict != nullptr) {
        return;
    }
    out.write(fmt::format("  Author: {}, epoch {}\n  Public Key: {}\n  Kind: {}\n  Nonce: {}\n",
                          view.author, to_string(binding.epoch), to_hex(binding.public_key),
                          name_of(binding.evidence.kind), to_hex(binding.evidence.nonce)));
    if (view.quote) {
        print_quote(out, *view.quote);
        return;
    }
    out.write(fmt::format("  Evidence: {} bytes, BLAKE3 {}\n", binding.evidence.bytes.size(),
                          to_hex(crypto::blake3(binding.evidence.bytes))));
    if (is_quote(view)) {
        out.write(fmt::format("  Problem: {}\n", shown(view.quote.error().full_message())));
    }
}

void write(DocumentWriter& out, const BindingView& view) {
    const attest::HardwareBinding& binding = view.binding;
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    if (view.verdict != nullptr) {
        const std::string reason = view.verdict->reason();
        out.member("is_valid", view.verdict->is_valid())
            .member("finding", name_of(view.verdict->finding))
            .member("reason", reason.empty() ? std::nullopt : std::optional(reason))
            .member("detail", view.verdict->refusal ? std::optional(view.verdict->refusal->detail())
                                                    : std::nullopt);
    }
    twins.number("author_id", binding.author).number("epoch", binding.epoch);
    out.member("public_key_hex", to_hex(binding.public_key))
        .member("kind", name_of(binding.evidence.kind))
        .member("nonce", to_hex(binding.evidence.nonce));
    twins.number("evidence_size", binding.evidence.bytes.size());
    out.member("evidence_blake3", to_hex(crypto::blake3(binding.evidence.bytes)));
    out.key("tpm2_quote");
    if (view.quote) {
        write_quote(out, *view.quote);
    } else {
        out.null();
    }
    out.member("problem", is_quote(view) && !view.quote
                              ? std::optional(view.quote.error().full_message())
                              : std::nullopt);
    twins.end_object();
}

}  // namespace aion::cli
