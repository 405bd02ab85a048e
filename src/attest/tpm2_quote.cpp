// SPDX-License-Identifier: MIT OR Apache-2.0
// Quotes as evidence: the container, what must be in it, and what it is compared with.
#include "aion/attest/tpm2_quote.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "aion/base/hex.hpp"
#include "attest/hardware_details.hpp"
#include "attest/tpm2_structures.hpp"
#include "base/try.hpp"

namespace aion::attest {
namespace {

constexpr std::string_view qualifying_domain = "AION_V2_TPM2_QUALIFYING_DATA_V1";
constexpr std::string_view evidence_magic = "AION_TPM2_QUOTE_V1";
constexpr std::size_t evidence_parts = 4;
constexpr std::uint8_t last_pcr = 31;

// TPMA_OBJECT
constexpr std::uint32_t fixed_tpm = 1U << 1U;
constexpr std::uint32_t sensitive_data_origin = 1U << 5U;
constexpr std::uint32_t restricted = 1U << 16U;
constexpr std::uint32_t decrypts = 1U << 17U;
constexpr std::uint32_t signs = 1U << 18U;

constexpr auto bank_names = std::to_array<std::pair<PcrBank, std::string_view>>({
    {PcrBank::sha1, "sha1"},
    {PcrBank::sha256, "sha256"},
    {PcrBank::sha384, "sha384"},
    {PcrBank::sha512, "sha512"},
    {PcrBank::sm3_256, "sm3_256"},
});

std::unexpected<Error> refuse(Told problem) {
    return fail(error_because(ErrorCode::verdict_invalid, std::move(problem.text))
                    .with_detail(problem.detail));
}

std::unexpected<Error> bad_argument(std::string reason) {
    return fail(error_because(ErrorCode::invalid_argument, std::move(reason)));
}

// --- What the evidence says ----------------------------------------------------------------------

struct Read {
    Tpm2Evidence parts;
    Tpm2Quote quote;
};

Result<> give_values(const Tpm2Evidence& parts, Tpm2Quote& quote) {
    ByteView rest = parts.pcr_values;
    if (rest.empty()) {
        return {};
    }
    for (Pcr& pcr : quote.pcrs) {
        const std::size_t size = size_of(pcr.bank);
        if (rest.size() < size) {
            return fail(invalid<HardwareDetail::tpm2_bad_structure>("PCR values",
                                                                    "fewer than were quoted"));
        }
        pcr.value.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
        rest = rest.subspan(size);
    }
    if (!rest.empty()) {
        return fail(
            invalid<HardwareDetail::tpm2_bad_structure>("PCR values", "more than were quoted"));
    }
    return {};
}

Result<Read> read_all(ByteView evidence) {
    Read read;
    AION_TRY_ASSIGN(read.parts, tpm2_evidence_from_bytes(evidence));
    AION_TRY(read_attest(read.parts.quote, read.quote));
    AION_TRY_ASSIGN(read.quote.key, read_public(read.parts.public_key));
    AION_TRY(read_signature(read.parts.signature));
    AION_TRY(give_values(read.parts, read.quote));
    return read;
}

// --- Whether it holds ----------------------------------------------------------------------------

bool is_pinned(const AttestationKey& key, std::span<const KeyPin> pins) {
    return std::ranges::any_of(pins, [&](const KeyPin& pin) {
        const auto* const name = std::get_if<Bytes>(&pin);
        return name != nullptr ? *name == key.name
                               : std::get<crypto::Sha256Digest>(pin) == key.spki;
    });
}

Result<> check_signature(const Read& read) {
    const AttestationKey& key = read.quote.key;
    AION_TRY_ASSIGN(const Tpm2Signature signature, read_signature(read.parts.signature));
    if (signature.scheme != key.scheme || signature.hash != key.hash) {
        return refuse(told<HardwareDetail::tpm2_other_scheme>());
    }
    const auto* const rsa = std::get_if<crypto::RsaKey>(&key.key);
    const bool is_valid =
        rsa != nullptr
            ? crypto::verify_rsa(*rsa,
                                 key.scheme == Tpm2Scheme::rsapss ? crypto::RsaPadding::pss
                                                                  : crypto::RsaPadding::pkcs1,
                                 key.hash, read.parts.quote, signature.first)
            : crypto::verify_ecdsa(std::get<crypto::EcKey>(key.key), key.hash, read.parts.quote,
                                   signature.first, signature.second);
    return is_valid ? Result<>() : refuse(told<HardwareDetail::tpm2_bad_signature>());
}

// Signature, qualifying data, and values of PCRs where there are any.
Result<> check_itself(const Read& read, const Evidence& evidence, const PublicKey& expected) {
    if (!read.quote.key.is_fit()) {
        return refuse(told<HardwareDetail::tpm2_key_unfit>(read.quote.key.attributes));
    }
    AION_TRY(check_signature(read));
    if (!equal(read.quote.extra_data, qualifying_data(evidence.nonce, expected).view())) {
        return refuse(told<HardwareDetail::tpm2_other_qualifying_data>());
    }
    if (!read.parts.pcr_values.empty() &&
        crypto::foreign_digest(read.quote.key.hash, {read.parts.pcr_values}) !=
            read.quote.pcr_digest) {
        return refuse(told<HardwareDetail::tpm2_pcr_digest>());
    }
    return {};
}

const Pcr* find_pcr(std::span<const Pcr> pcrs, const Pcr& wanted) {
    const auto found = std::ranges::find_if(pcrs, [&](const Pcr& pcr) {
        return pcr.bank == wanted.bank && pcr.number == wanted.number;
    });
    return found == pcrs.end() ? nullptr : &*found;
}

// Expected values against those of the evidence, which are those that were quoted.
Result<> compare_values(const Tpm2Quote& quote, std::span<const Pcr> expected) {
    for (const Pcr& wanted : expected) {
        const Pcr* const quoted = find_pcr(quote.pcrs, wanted);
        if (quoted == nullptr) {
            return refuse(told<HardwareDetail::tpm2_pcr_not_quoted>(to_string(wanted)));
        }
        if (!quoted->value.empty() && quoted->value != wanted.value) {
            return refuse(told<HardwareDetail::tpm2_pcr_differs>(
                to_string(wanted), to_hex(quoted->value), to_hex(wanted.value)));
        }
    }
    return {};
}

// Expected values, of which there must be one for each that was quoted, against the digest.
Result<> compare_digest(const Tpm2Quote& quote, std::span<const Pcr> expected) {
    Bytes values;
    for (const Pcr& quoted : quote.pcrs) {
        const Pcr* const wanted = find_pcr(expected, quoted);
        if (wanted == nullptr) {
            return refuse(told<HardwareDetail::tpm2_pcr_unknown>(to_string(quoted)));
        }
        values.insert(values.end(), wanted->value.begin(), wanted->value.end());
    }
    if (crypto::foreign_digest(quote.key.hash, {values}) != quote.pcr_digest) {
        return refuse(told<HardwareDetail::tpm2_pcr_digest>());
    }
    return {};
}

}  // namespace

crypto::Sha256Digest qualifying_data(const Nonce& nonce, const PublicKey& key) {
    return crypto::Sha256()
        .update(as_bytes(qualifying_domain))
        .update(nonce.view())
        .update(key.view())
        .digest();
}

Result<Bytes> to_bytes(const Tpm2Evidence& evidence) {
    const std::array<const Bytes*, evidence_parts> parts{
        &evidence.quote, &evidence.signature, &evidence.public_key, &evidence.pcr_values};
    const ByteView magic = as_bytes(evidence_magic);
    Bytes out(magic.begin(), magic.end());
    for (const Bytes* const part : parts) {
        const std::size_t size = part->size();
        if (size > max_tpm2_part) {
            return fail(invalid<HardwareDetail::tpm2_bad_evidence>("a part is too long"));
        }
        out.push_back(static_cast<std::uint8_t>(size));
        out.push_back(static_cast<std::uint8_t>(size >> 8U));
        out.insert(out.end(), part->begin(), part->end());
    }
    return out;
}

Result<Tpm2Evidence> tpm2_evidence_from_bytes(ByteView bytes) {
    if (!as_text(bytes).starts_with(evidence_magic)) {
        return fail(invalid<HardwareDetail::tpm2_bad_evidence>("it does not begin as such"));
    }
    bytes = bytes.subspan(evidence_magic.size());
    Tpm2Evidence evidence;
    const std::array<Bytes*, evidence_parts> parts{&evidence.quote, &evidence.signature,
                                                   &evidence.public_key, &evidence.pcr_values};
    for (Bytes* const part : parts) {
        if (bytes.size() < 2) {
            return fail(invalid<HardwareDetail::tpm2_bad_evidence>("it ends too early"));
        }
        const std::size_t size = bytes[0] | (static_cast<std::size_t>(bytes[1]) << 8U);
        bytes = bytes.subspan(2);
        if (size > max_tpm2_part || size > bytes.size()) {
            return fail(invalid<HardwareDetail::tpm2_bad_evidence>("a part is too long"));
        }
        part->assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        bytes = bytes.subspan(size);
    }
    if (!bytes.empty()) {
        return fail(invalid<HardwareDetail::tpm2_bad_evidence>("something follows its parts"));
    }
    return evidence;
}

ByteView without_size(ByteView public_key) noexcept {
    const bool has_size =
        public_key.size() > 2 &&
        ((static_cast<std::size_t>(public_key[0]) << 8U) | public_key[1]) == public_key.size() - 2;
    return has_size ? public_key.subspan(2) : public_key;
}

std::string_view name_of(PcrBank bank) noexcept {
    const auto* const found =
        std::ranges::find(bank_names, bank, &std::pair<PcrBank, std::string_view>::first);
    return found == bank_names.end() ? "unknown" : found->second;
}

std::string to_string(const Pcr& pcr) {
    return std::string(name_of(pcr.bank)) + ":" + std::to_string(pcr.number);
}

Result<Pcr> parse_pcr(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::size_t equals = text.find('=');
    if (colon == std::string_view::npos || equals == std::string_view::npos || equals < colon) {
        return bad_argument("expected BANK:NUMBER=HEX, e.g. sha256:7=…");
    }
    const auto* const bank = std::ranges::find(bank_names, text.substr(0, colon),
                                               &std::pair<PcrBank, std::string_view>::second);
    if (bank == bank_names.end()) {
        return bad_argument("no bank of PCRs is called so: sha1, sha256, sha384, sha512, sm3_256");
    }
    Pcr pcr{.bank = bank->first, .number = 0, .value = {}};
    const std::string_view number = text.substr(colon + 1, equals - colon - 1);
    const char* const end = number.data() + number.size();
    const auto read = std::from_chars(number.data(), end, pcr.number);
    if (read.ec != std::errc() || read.ptr != end || pcr.number > last_pcr) {
        return bad_argument("a PCR's number is 0 to 31");
    }
    AION_TRY_ASSIGN(pcr.value, from_hex(text.substr(equals + 1)));
    if (pcr.value.size() != size_of(pcr.bank)) {
        return bad_argument("a value of that bank has " + std::to_string(size_of(pcr.bank)) +
                            " bytes");
    }
    return pcr;
}

std::string_view name_of(Tpm2Scheme scheme) noexcept {
    switch (scheme) {
        case Tpm2Scheme::rsassa:
            return "rsassa";
        case Tpm2Scheme::rsapss:
            return "rsapss";
        case Tpm2Scheme::ecdsa:
            return "ecdsa";
    }
    return "unknown";
}

bool AttestationKey::is_fit() const noexcept {
    constexpr std::uint32_t needed = fixed_tpm | sensitive_data_origin | restricted | signs;
    return (attributes & (needed | decrypts)) == needed;
}

Result<Tpm2Quote> read_tpm2_quote(ByteView evidence) {
    AION_TRY_ASSIGN(Read read, read_all(evidence));
    return std::move(read.quote);
}

Result<KeyPin> parse_key_pin(std::string_view text) {
    AION_TRY_ASSIGN(Bytes bytes, from_hex(text));
    if (const auto digest = crypto::Sha256Digest::from(bytes)) {
        return KeyPin(*digest);
    }
    const bool is_name = (bytes.size() == 34 && bytes[0] == 0 && bytes[1] == 0x0B) ||
                         (bytes.size() == 50 && bytes[0] == 0 && bytes[1] == 0x0C);
    if (!is_name) {
        return bad_argument(
            "expected the name of an attestation key (000b… or 000c…), or the SHA-256 of its "
            "SubjectPublicKeyInfo, in hex");
    }
    return KeyPin(std::move(bytes));
}

Result<> Tpm2QuoteVerifier::verify(const Evidence& evidence, const PublicKey& expected) {
    AION_TRY_ASSIGN(const Read read, read_all(evidence.bytes));
    if (!is_pinned(read.quote.key, rules_.keys)) {
        return refuse(told<HardwareDetail::tpm2_key_not_pinned>(to_hex(read.quote.key.name)));
    }
    AION_TRY(check_itself(read, evidence, expected));
    if (rules_.pcrs.empty()) {
        return {};
    }
    AION_TRY(compare_values(read.quote, rules_.pcrs));
    return read.parts.pcr_values.empty() ? compare_digest(read.quote, rules_.pcrs) : Result<>();
}

Result<Tpm2Quote> check_tpm2_evidence(const Evidence& evidence, const PublicKey& expected) {
    AION_TRY_ASSIGN(Read read, read_all(evidence.bytes));
    AION_TRY(check_itself(read, evidence, expected));
    return std::move(read.quote);
}

}  // namespace aion::attest
