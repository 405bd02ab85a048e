// SPDX-License-Identifier: MIT OR Apache-2.0
// Any bytes as a file: parsing, verifying and looking are total, and a strict VALID implies the
// reference's VALID. The first byte chooses whether the trailing hash is repaired, so that the
// fuzzer gets past the integrity gate.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "aion/aion.hpp"
#include "aion/crypto/hash.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

const trust::Registry& registry() {
    static const trust::Registry known = [] {
        const auto key = crypto::SigningKey::from_seed(Bytes(32, 0x11));
        trust::Registry made;
        require(made.pin(AuthorId{1001}, key->public_half(), key->public_half()).has_value());
        return made;
    }();
    return known;
}

void look_at(const format::FileView& view) {
    (void)policy::payload_unverified(view);
    (void)policy::history(view);
    (void)policy::signatures(view, registry());
    (void)policy::summarize(view, registry());
    for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX}) {
        (void)view.version_at(index);
        (void)view.signature_at(index);
        (void)view.audit_at(index);
    }
}

void check(ByteView file) {
    policy::VerifyOptions options;
    options.threads = 1;
    const auto strict = policy::verify(file, registry(), Timestamp{0}, options);
    options.profile = policy::Profile::reference;
    const auto reference = policy::verify(file, registry(), Timestamp{0}, options);
    require(!strict.is_valid() || reference.is_valid());
    options.profile = policy::Profile::strict;
    const auto opened = policy::open_verified(file, registry(), Timestamp{0}, options);
    require(opened.has_value() == strict.is_valid());
    require(strict.is_valid() == strict.findings.empty());
    for (const auto bounds :
         {format::FileView::Bounds::every_section, format::FileView::Bounds::as_used}) {
        if (const auto view = format::FileView::parse(file, bounds)) {
            look_at(*view);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    Bytes file(data + 1, data + size);
    if ((data[0] & 1U) != 0 && file.size() >= format::integrity_size) {
        const std::size_t covered = file.size() - format::integrity_size;
        const Hash hash = crypto::blake3(ByteView(file).first(covered));
        std::ranges::copy(hash.bytes, file.begin() + static_cast<std::ptrdiff_t>(covered));
    }
    check(file);
    return 0;
}
