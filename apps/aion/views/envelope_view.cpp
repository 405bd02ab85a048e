// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/envelope_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "aion/crypto/sha256.hpp"
#include "views/author_text.hpp"

namespace aion::cli {
namespace {

using supply::Envelope;
using supply::EnvelopeSignature;
using supply::EnvelopeVerdict;
using supply::SignatureFinding;

// Of an envelope with very many signatures, texts show so many.
constexpr std::size_t most_rows = 20;

std::string_view words_for(SignatureFinding finding) {
    switch (finding) {
        case SignatureFinding::counts:
            return "valid, counts";
        case SignatureFinding::foreign:
            return "of nobody in the registry, passed over";
        case SignatureFinding::not_allowed:
            return "of an author whose signature does not count";
        case SignatureFinding::no_current_key:
            return "its author has no key that is valid";
        case SignatureFinding::wrong_size:
            return "not 64 bytes";
        case SignatureFinding::invalid:
            return "not its author's signature of this payload";
        case SignatureFinding::counted_already:
            return "valid, counted already";
        case SignatureFinding::not_tried:
            return "names no key, and enough keys were tried";
    }
    return "";
}

std::string keyid_text(const EnvelopeSignature& signature) {
    return signature.keyid.empty() ? "no keyid" : shown(signature.keyid);
}

std::string payload_text(const Envelope& envelope) {
    return fmt::format("{}, {}", shown(envelope.payload_type),
                       counted(envelope.payload.size(), "byte", Digits::grouped));
}

void write_signatures(Stream& out, const Envelope& envelope, const EnvelopeVerdict* verdict) {
    const std::size_t count = envelope.signatures.size();
    for (std::size_t i = 0; i < std::min(count, most_rows); ++i) {
        std::string row =
            fmt::format("  signature {}: {}", i + 1, keyid_text(envelope.signatures[i]));
        if (verdict != nullptr) {
            row += fmt::format(": {}", words_for(verdict->signatures[i].finding));
        }
        out.write(row + "\n");
    }
    if (count > most_rows) {
        out.write(fmt::format("  {} {} more\n", out.ellipsis(), count - most_rows));
    }
}

void write_one(Stream& out, const EnvelopesView& view, std::size_t i) {
    const Envelope& envelope = view.envelopes[i];
    const EnvelopeVerdict* const verdict = view.verdicts.empty() ? nullptr : &view.verdicts[i];
    const std::string place = view.envelopes.size() == 1
                                  ? shown(view.path)
                                  : fmt::format("{}:{}", shown(view.path), i + 1);
    if (verdict == nullptr) {
        out.write(fmt::format("{}: {}, {}\n", place, payload_text(envelope),
                              counted(envelope.signatures.size(), "signature")));
    } else if (verdict->is_valid()) {
        out.write(fmt::format("{}  {}: {}, {}\n", verdict_word(out, true), place,
                              payload_text(envelope),
                              signers_text(verdict->signers, *view.registry)));
    } else {
        out.write(fmt::format("{}  {}: {} ({})\n", verdict_word(out, false), place,
                              verdict->reason(), payload_text(envelope)));
    }
    write_signatures(out, envelope, verdict);
}

void write_signature(DocumentWriter& out, const EnvelopeSignature& signature,
                     const EnvelopeVerdict::Signature* found, const trust::Registry* registry) {
    Twins twins(out);
    out.begin_object().member("keyid", signature.keyid);
    twins.number("size", signature.signature.size());
    if (found != nullptr) {
        out.member("finding", supply::name_of(found->finding));
        twins.number("author", found->author).number("epoch", found->epoch);
        out.member("author_name", found->author && registry->find(*found->author) != nullptr
                                      ? std::optional(author_text(*registry, *found->author))
                                      : std::nullopt);
    }
    twins.end_object();
}

void write_one(DocumentWriter& out, const EnvelopesView& view, std::size_t i) {
    const Envelope& envelope = view.envelopes[i];
    const EnvelopeVerdict* const verdict = view.verdicts.empty() ? nullptr : &view.verdicts[i];
    Twins twins(out);
    out.begin_object().member("payload_type", envelope.payload_type);
    twins.number("payload_size", envelope.payload.size());
    out.member("payload_sha256", to_hex(crypto::sha256(envelope.payload)));
    if (verdict != nullptr) {
        out.member("is_valid", verdict->is_valid()).member("reason", verdict->reason());
        write_signers(out, verdict->signers, verdict->required, *view.registry);
    }
    out.key("signatures").begin_array();
    for (std::size_t j = 0; j < envelope.signatures.size(); ++j) {
        write_signature(out, envelope.signatures[j],
                        verdict == nullptr ? nullptr : &verdict->signatures[j], view.registry);
    }
    out.end_array();
    twins.end_object();
}

}  // namespace

bool EnvelopesView::is_valid() const noexcept {
    return std::ranges::all_of(verdicts, &EnvelopeVerdict::is_valid);
}

std::string verdict_word(const Stream& out, bool is_valid) {
    return out.paint(is_valid ? Tone::good : Tone::bad, is_valid ? "VALID" : "INVALID");
}

std::string signers_text(std::span<const AuthorId> signers, const trust::Registry& registry) {
    std::string text = "signed by ";
    for (std::size_t i = 0; i < std::min(signers.size(), most_rows); ++i) {
        text += (i == 0 ? "" : ", ") + author_text(registry, signers[i]);
    }
    return signers.size() <= most_rows
               ? text
               : text + fmt::format(" and {} more", signers.size() - most_rows);
}

void write_signers(DocumentWriter& out, std::span<const AuthorId> signers, std::uint32_t required,
                   const trust::Registry& registry) {
    out.key("signers").begin_array();
    for (const AuthorId signer : signers) {
        Twins twins(out);
        out.begin_object();
        twins.number("author", signer);
        out.member("author_name", author_text(registry, signer));
        twins.end_object();
    }
    out.end_array().member("required", required);
}

void write_text(Console& console, const BlobView& view) {
    if (console.is_quiet()) {
        return;
    }
    Stream& out = console.out();
    const std::string found = view.signer ? signers_text({&*view.signer, 1}, view.registry)
                                          : "not signed by anybody who counts";
    out.write(fmt::format("{}  {}: {}\n", verdict_word(out, view.signer.has_value()),
                          shown(view.path), found));
}

void write(DocumentWriter& out, const BlobView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    out.member("is_valid", view.signer.has_value());
    const std::span<const AuthorId> signers =
        view.signer ? std::span(&*view.signer, 1) : std::span<const AuthorId>();
    write_signers(out, signers, 1, view.registry);
    twins.end_object();
}

void write_text(Console& console, const EnvelopesView& view) {
    if (console.is_quiet() && !view.verdicts.empty()) {
        return;
    }
    Stream& out = console.out();
    for (std::size_t i = 0; i < view.envelopes.size(); ++i) {
        write_one(out, view, i);
    }
    if (view.verdicts.empty()) {
        console.hint("Nothing was verified: `aion dsse verify` does");
    }
}

void write(DocumentWriter& out, const EnvelopesView& view) {
    Twins twins(out);
    out.begin_object();
    twins.path(view.path);
    if (!view.verdicts.empty()) {
        out.member("is_valid", view.is_valid());
        twins.path_unless_empty("payload_path", view.payload_path);
    }
    out.key("envelopes").begin_array();
    for (std::size_t i = 0; i < view.envelopes.size(); ++i) {
        write_one(out, view, i);
    }
    out.end_array();
    twins.end_object();
}

}  // namespace aion::cli
