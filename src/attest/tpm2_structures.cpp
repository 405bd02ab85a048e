// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading the structures of a TPM (TCG TPM 2.0 Library, part 2: Structures). All numbers are
// big-endian.
#include "attest/tpm2_structures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "attest/hardware_details.hpp"
#include "base/try.hpp"

namespace aion::attest {
namespace {

constexpr std::uint32_t generated_magic = 0xFF544347;  // TPM_GENERATED_VALUE
constexpr std::uint16_t quote_tag = 0x8018;            // TPM_ST_ATTEST_QUOTE
constexpr std::uint16_t no_algorithm = 0x0010;         // TPM_ALG_NULL
constexpr std::uint16_t rsa_type = 0x0001;             // TPM_ALG_RSA
constexpr std::uint16_t ecc_type = 0x0023;             // TPM_ALG_ECC
constexpr std::size_t max_banks = 16;                  // TPM2_NUM_PCR_BANKS
constexpr std::size_t max_bitmap = 4;                  // TPM2_PCR_SELECT_MAX

constexpr auto banks = std::to_array<std::pair<PcrBank, std::size_t>>({
    {PcrBank::sha1, 20},
    {PcrBank::sha256, 32},
    {PcrBank::sha384, 48},
    {PcrBank::sha512, 64},
    {PcrBank::sm3_256, 32},
});

// Reads from the front. What is not there reads as zeros, and `is_whole` says so in the end.
class Reader {
  public:
    explicit Reader(ByteView bytes) : rest_(bytes) {}

    template <class Number>
    Number number() {
        Number out = 0;
        for (const std::uint8_t byte : take(sizeof(Number))) {
            out = static_cast<Number>((std::uint64_t{out} << 8U) | byte);
        }
        return out;
    }

    ByteView take(std::size_t size) {
        if (rest_.size() < size) {
            is_short_ = true;
            rest_ = {};
            return {};
        }
        const ByteView taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }

    // A TPM2B: bytes behind their number.
    ByteView sized() { return take(number<std::uint16_t>()); }

    // Whether everything that was asked for was there, and nothing else is.
    [[nodiscard]] Result<> end(std::string_view what) const {
        if (is_short_) {
            return fail(invalid<HardwareDetail::tpm2_bad_structure>(what, "it ends too early"));
        }
        if (!rest_.empty()) {
            return fail(invalid<HardwareDetail::tpm2_bad_structure>(
                what, fmt::format("{} bytes too many", rest_.size())));
        }
        return {};
    }

  private:
    ByteView rest_;
    bool is_short_ = false;
};

constexpr std::string_view quote_name = "TPMS_ATTEST";
constexpr std::string_view signature_name = "TPMT_SIGNATURE";
constexpr std::string_view key_name = "TPMT_PUBLIC";

Bytes copy_of(ByteView bytes) {
    return {bytes.begin(), bytes.end()};
}

std::unexpected<Error> unsupported(std::string_view structure, std::string_view what,
                                   std::uint64_t number) {
    return fail(invalid<HardwareDetail::tpm2_unsupported>(structure,
                                                          fmt::format("{} {:#06x}", what, number)));
}

std::optional<crypto::ForeignHash> hash_of(std::uint16_t algorithm) {
    switch (static_cast<PcrBank>(algorithm)) {
        case PcrBank::sha256:
            return crypto::ForeignHash::sha256;
        case PcrBank::sha384:
            return crypto::ForeignHash::sha384;
        default:
            return std::nullopt;
    }
}

Result<> read_selection(Reader& in, std::vector<Pcr>& pcrs) {
    const auto count = in.number<std::uint32_t>();
    if (count > max_banks) {
        return fail(invalid<HardwareDetail::tpm2_bad_structure>(
            quote_name, fmt::format("{} banks of PCRs", count)));
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto bank = in.number<std::uint16_t>();
        const auto size = in.number<std::uint8_t>();
        const ByteView bitmap = in.take(size);
        if (size > max_bitmap) {
            return fail(
                invalid<HardwareDetail::tpm2_bad_structure>(quote_name, "too many PCRs in a bank"));
        }
        const auto* const known = std::ranges::find(banks, static_cast<PcrBank>(bank),
                                                    &std::pair<PcrBank, std::size_t>::first);
        if (known == banks.end() && !bitmap.empty()) {
            return unsupported(quote_name, "PCR bank", bank);
        }
        if (std::ranges::find(pcrs, static_cast<PcrBank>(bank), &Pcr::bank) != pcrs.end()) {
            return fail(
                invalid<HardwareDetail::tpm2_bad_structure>(quote_name, "a bank of PCRs twice"));
        }
        for (std::size_t pcr = 0; pcr < bitmap.size() * 8; ++pcr) {
            if ((static_cast<unsigned>(bitmap[pcr / 8]) >> (pcr % 8) & 1U) != 0) {
                pcrs.push_back({.bank = static_cast<PcrBank>(bank),
                                .number = static_cast<std::uint8_t>(pcr),
                                .value = {}});
            }
        }
    }
    return {};
}

// Left-padded to the size that it must have.
Result<Bytes> coordinate(ByteView bytes, std::size_t size) {
    if (bytes.size() > size) {
        return fail(
            invalid<HardwareDetail::tpm2_bad_structure>(key_name, "a coordinate is too long"));
    }
    Bytes out(size - bytes.size());
    out.insert(out.end(), bytes.begin(), bytes.end());
    return out;
}

Result<> read_rsa(Reader& in, AttestationKey& key) {
    const auto bits = in.number<std::uint16_t>();
    const auto exponent = in.number<std::uint32_t>();
    const ByteView modulus = in.sized();
    AION_TRY(in.end(key_name));
    if (bits < crypto::min_rsa_bits || bits > crypto::max_rsa_bits) {
        return unsupported(key_name, "RSA of bits", bits);
    }
    if (exponent != 0 && exponent != 65537) {  // zero stands for that
        return unsupported(key_name, "the exponent", exponent);
    }
    if (modulus.size() * 8 != bits || modulus.front() < 0x80) {
        return fail(invalid<HardwareDetail::tpm2_bad_structure>(
            key_name, "the modulus is not of the size that is said"));
    }
    key.key = crypto::RsaKey{copy_of(modulus)};
    return {};
}

Result<> read_ecc(Reader& in, AttestationKey& key) {
    const auto curve = in.number<std::uint16_t>();
    const auto derivation = in.number<std::uint16_t>();
    const ByteView x = in.sized();
    const ByteView y = in.sized();
    if (derivation != no_algorithm) {
        return unsupported(key_name, "the key derivation", derivation);
    }
    AION_TRY(in.end(key_name));
    if (curve != 0x0003 && curve != 0x0004) {
        return unsupported(key_name, "the curve", curve);
    }
    crypto::EcKey point;
    point.curve = curve == 0x0003 ? crypto::Curve::p256 : crypto::Curve::p384;
    AION_TRY_ASSIGN(point.x, coordinate(x, size_of(point.curve)));
    AION_TRY_ASSIGN(point.y, coordinate(y, size_of(point.curve)));
    key.key = std::move(point);
    return {};
}

Result<Tpm2Scheme> scheme_of(std::uint16_t algorithm, std::string_view structure) {
    const auto scheme = static_cast<Tpm2Scheme>(algorithm);
    if (scheme != Tpm2Scheme::rsassa && scheme != Tpm2Scheme::rsapss &&
        scheme != Tpm2Scheme::ecdsa) {
        return unsupported(structure, "the signature scheme", algorithm);
    }
    return scheme;
}

Result<crypto::ForeignHash> supported_hash(std::uint16_t algorithm, std::string_view structure) {
    const auto hash = hash_of(algorithm);
    if (!hash) {
        return unsupported(structure, "the hash", algorithm);
    }
    return *hash;
}

}  // namespace

Result<> read_attest(ByteView bytes, Tpm2Quote& out) {
    Reader in(bytes);
    const auto magic = in.number<std::uint32_t>();
    const auto tag = in.number<std::uint16_t>();
    if (magic != generated_magic) {
        return fail(
            invalid<HardwareDetail::tpm2_not_a_quote>("its magic", fmt::format("{:#010x}", magic)));
    }
    if (tag != quote_tag) {
        return fail(
            invalid<HardwareDetail::tpm2_not_a_quote>("its type", fmt::format("{:#06x}", tag)));
    }
    out.qualified_signer = copy_of(in.sized());
    out.extra_data = copy_of(in.sized());
    out.clock = in.number<std::uint64_t>();
    out.reset_count = in.number<std::uint32_t>();
    out.restart_count = in.number<std::uint32_t>();
    const auto safe = in.number<std::uint8_t>();
    if (safe > 1) {
        return fail(
            invalid<HardwareDetail::tpm2_bad_structure>(quote_name, "safe is neither yes nor no"));
    }
    out.is_clock_safe = safe == 1;
    out.firmware_version = in.number<std::uint64_t>();
    AION_TRY(read_selection(in, out.pcrs));
    out.pcr_digest = copy_of(in.sized());
    return in.end(quote_name);
}

Result<AttestationKey> read_public(ByteView bytes) {
    Reader in(bytes);
    AttestationKey key;
    const auto type = in.number<std::uint16_t>();
    const auto name_hash = in.number<std::uint16_t>();
    key.attributes = in.number<std::uint32_t>();
    in.sized();  // the policy that using it takes
    const auto symmetric = in.number<std::uint16_t>();
    const auto scheme = in.number<std::uint16_t>();
    if (type != rsa_type && type != ecc_type) {
        return unsupported(key_name, "the key type", type);
    }
    // Both are so of every key that signs and is restricted.
    if (symmetric != no_algorithm) {
        return unsupported(key_name, "a key that encrypts, with", symmetric);
    }
    AION_TRY_ASSIGN(key.scheme, scheme_of(scheme, key_name));
    if ((key.scheme == Tpm2Scheme::ecdsa) != (type == ecc_type)) {
        return unsupported(key_name, "for such a key the signature scheme", scheme);
    }
    AION_TRY_ASSIGN(key.hash, supported_hash(in.number<std::uint16_t>(), key_name));
    AION_TRY(type == rsa_type ? read_rsa(in, key) : read_ecc(in, key));
    AION_TRY_ASSIGN(const crypto::ForeignHash naming, supported_hash(name_hash, key_name));
    key.name = {static_cast<std::uint8_t>(name_hash >> 8U), static_cast<std::uint8_t>(name_hash)};
    std::ranges::copy(crypto::foreign_digest(naming, {bytes}), std::back_inserter(key.name));
    key.spki = crypto::sha256(crypto::subject_public_key_info(key.key));
    return key;
}

Result<Tpm2Signature> read_signature(ByteView bytes) {
    Reader in(bytes);
    Tpm2Signature signature;
    AION_TRY_ASSIGN(signature.scheme, scheme_of(in.number<std::uint16_t>(), signature_name));
    AION_TRY_ASSIGN(signature.hash, supported_hash(in.number<std::uint16_t>(), signature_name));
    signature.first = in.sized();
    if (signature.scheme == Tpm2Scheme::ecdsa) {
        signature.second = in.sized();
    }
    AION_TRY(in.end(signature_name));
    return signature;
}

std::size_t size_of(PcrBank bank) noexcept {
    const auto* const found =
        std::ranges::find(banks, bank, &std::pair<PcrBank, std::size_t>::first);
    return found == banks.end() ? 0 : found->second;
}

}  // namespace aion::attest
