// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever the bytes are and whatever is asked, there is an answer. What
// these tests look for is a crash or a sanitizer report; the expectations are few.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <memory>
#include <random>

#include "aion/format/file_view.hpp"
#include "aion/format/layout_check.hpp"
#include "format/samples.hpp"
#include "support/vectors.hpp"

namespace aion::format {
namespace {

/// Keeps the compiler from dropping a read of `view`.
void touch(ByteView view) {
    volatile std::uint8_t seen = 0;
    for (const std::uint8_t byte : view) {
        seen = byte;
    }
    static_cast<void>(seen);
}

template <class Records>
void touch_all(const Result<Records>& records) {
    if (records) {
        for (const auto& record : *records) {
            touch(bytes_of(record));
        }
    }
}

template <class Record>
void touch_one(const Result<const Record*>& record) {
    if (record) {
        touch(bytes_of(**record));
    }
}

void ask_for_index(const FileView& view, std::uint64_t index) {
    touch_one(view.version_at(index));
    touch_one(view.signature_at(index));
    touch_one(view.audit_at(index));
    touch_one(view.version({index}));
    if (const auto version = view.version_at(index)) {
        touch(as_bytes(view.message(**version)));
    }
}

/// Every accessor with every kind of index.
void ask_everything(const FileView& view) {
    touch(bytes_of(view.header()));
    for (const Section section : {Section::payload, Section::versions, Section::signatures,
                                  Section::audit, Section::strings}) {
        if (const auto extent = view.extent(section)) {
            ASSERT_LE(extent->offset + extent->length, view.file().size());
        }
    }
    touch(view.payload().value_or(ByteView{}));
    touch(view.strings().value_or(ByteView{}));
    touch_all(view.versions());
    touch_all(view.signatures());
    touch_all(view.audit());
    static_cast<void>(view.integrity_hash());
    static_cast<void>(view.check_integrity());
    const std::uint64_t count = view.version_count();
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, 8); ++i) {
        ask_for_index(view, i);
    }
    for (const std::uint64_t i : {count - 1, count, count + 1, UINT64_MAX, UINT64_MAX - 1,
                                  UINT64_MAX / 152, UINT64_MAX / 152 + 1}) {
        ask_for_index(view, i);
    }
}

/// Everything the layer can be asked about some bytes. They are moved to a buffer that ends where
/// they end, at an odd address, so that AddressSanitizer sees a read of one byte too many.
void survive(ByteView bytes) {
    const auto buffer = std::make_unique<std::uint8_t[]>(bytes.size() + 1);
    std::ranges::copy(bytes, buffer.get() + 1);
    const ByteView file(buffer.get() + 1, bytes.size());
    const auto faults = check_layout(file);
    for (const auto& fault : faults) {
        ASSERT_LE(fault.offset, file.size());
        ASSERT_FALSE(describe(fault).empty());
    }
    for (const auto bounds : {FileView::Bounds::every_section, FileView::Bounds::as_used}) {
        if (const auto view = FileView::parse(file, bounds)) {
            ask_everything(*view);
        } else {
            ASSERT_FALSE(faults.empty() && bounds == FileView::Bounds::as_used);
        }
    }
    if (faults.empty()) {
        ASSERT_TRUE(FileView::parse(file));
    }
}

/// A number that is likely to hurt.
std::uint64_t nasty_number(std::mt19937_64& random, std::uint64_t near) {
    switch (random() % 6) {
        case 0:
            return random();
        case 1:
            return UINT64_MAX - random() % 300;
        case 2:
            return std::uint64_t{1} << (random() % 64);
        case 3:
            return UINT64_MAX / std::array{152U, 112U, 80U, 1U}[random() % 4] + random() % 3;
        default:
            return near + random() % 400 - 200;
    }
}

TEST(Totality, EveryTruncation) {
    for (const char* path : {"valid/genesis-yaml.aion", "valid/chain-2.aion"}) {
        const Bytes file = test::read_vector(path);
        for (std::size_t size = 0; size <= file.size(); ++size) {
            survive(ByteView(file).first(size));
        }
    }
}

TEST(Totality, EverySingleByteOfAHeader) {
    const Bytes good = test::read_vector("valid/chain-2.aion");
    for (std::size_t at = 0; at < header_size; ++at) {
        for (const std::uint8_t change : std::array<std::uint8_t, 3>{0x01, 0x80, 0xFF}) {
            Bytes file = good;
            file[at] ^= change;
            survive(file);
        }
    }
}

TEST(Totality, NastyNumbersInTheHeader) {
    const Bytes good = test::read_vector("valid/chain-2.aion");
    std::mt19937_64 random(20240517);
    for (int round = 0; round < 4000; ++round) {
        Bytes file = good;
        for (auto fields = 1 + random() % 3; fields > 0; --fields) {
            const std::size_t at = test::field_payload + 8 * (random() % 10);
            test::poke(file, at, le_u64(nasty_number(random, file.size())));
        }
        survive(file);
    }
}

TEST(Totality, RandomDamageAnywhere) {
    std::mt19937_64 random(99);
    for (const char* path : {"valid/chain-10.aion", "valid/genesis-unicode-message.aion",
                             "valid/chain-payload-shrinks-to-empty.aion"}) {
        const Bytes good = test::read_vector(path);
        for (int round = 0; round < 1000; ++round) {
            Bytes file = good;
            for (auto changes = 1 + random() % 8; changes > 0; --changes) {
                file[random() % file.size()] = static_cast<std::uint8_t>(random());
            }
            if (random() % 4 == 0) {
                file.resize(random() % (file.size() + 64));
            }
            survive(file);
        }
    }
}

TEST(Totality, EveryHostileFile) {
    for (const auto& vector : test::load_hostile_vectors()) {
        SCOPED_TRACE(vector.file);
        survive(test::read_vector(vector.file));
    }
}

RC_GTEST_PROP(Totality, ArbitraryBytes, ()) {
    const auto size = *rc::gen::inRange<std::size_t>(0, 4097);
    std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
    Bytes file(size);
    std::ranges::generate(file, [&random] { return static_cast<std::uint8_t>(random()); });
    if (size < header_size) {
        RC_ASSERT(!FileView::parse(file, FileView::Bounds::as_used).has_value());
    }
    survive(file);
}

RC_GTEST_PROP(Totality, ArbitraryBytesBehindASoundHeader, ()) {
    const auto size = *rc::gen::inRange<std::size_t>(256, 4097);
    std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
    Bytes file(size);
    std::ranges::generate(file, [&random] { return static_cast<std::uint8_t>(random()); });
    HeaderRecord header{};
    header.magic = magic;
    header.version = format_version;
    for (auto* place : {&header.versions, &header.signatures, &header.audit}) {
        *place = {nasty_number(random, size / 2), random() % 20};
    }
    header.payload = {nasty_number(random, size / 2), nasty_number(random, size / 2)};
    header.strings = {nasty_number(random, size / 2), nasty_number(random, size / 2)};
    test::poke(file, 0, header);
    RC_ASSERT(FileView::parse(file, FileView::Bounds::as_used).has_value());
    survive(file);
}

}  // namespace
}  // namespace aion::format
