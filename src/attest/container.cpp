// SPDX-License-Identifier: MIT OR Apache-2.0
// Containers as bytes.
#include "aion/attest/container.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>
#include <utility>

#include "attest/details.hpp"
#include "base/try.hpp"

namespace aion::attest {
namespace {

using format::le_u16;
using format::le_u32;
using format::le_u64;

constexpr std::uint16_t container_version = 1;
constexpr std::string_view container_magic = "AION_ATT";

struct ContainerHeader {
    std::array<std::uint8_t, container_magic.size()> magic{};
    le_u16 version;
    le_u16 reserved;
    le_u32 versions;
    le_u64 file_id;
};

struct VersionHeader {
    le_u64 number;
    Hash hash;
    le_u32 entries;
    le_u32 reserved;
};

static_assert(sizeof(ContainerHeader) == container_header_size);
static_assert(sizeof(VersionHeader) == version_header_size);

// What is left to be read, and where that is.
class Reader {
  public:
    explicit Reader(ByteView bytes) : bytes_(bytes) {}

    // False: there is not that much.
    template <class Record>
    bool read(Record& into) {
        if (left() < sizeof into) {
            return false;
        }
        std::memcpy(&into, bytes_.data() + at_, sizeof into);
        at_ += sizeof into;
        return true;
    }

    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - at_; }

    [[nodiscard]] std::size_t at() const noexcept { return at_; }

    [[nodiscard]] Error bad_size() const {
        return invalid<AttestDetail::attestations_bad_size>(bytes_.size());
    }

  private:
    ByteView bytes_;
    std::size_t at_ = 0;
};

Error too_many() {
    return invalid<AttestDetail::attestations_too_many>(max_entries);
}

Error out_of_order(std::size_t at) {
    return invalid<AttestDetail::attestations_out_of_order>(at);
}

Result<ContainerHeader> read_header(Reader& reader) {
    ContainerHeader header;
    if (!reader.read(header) || as_text(ByteView(header.magic)) != container_magic) {
        return fail(invalid<AttestDetail::attestations_not_a_container>());
    }
    const std::uint16_t version = header.version;
    if (version != container_version || header.reserved != 0) {
        return fail(invalid<AttestDetail::attestations_unsupported>(version));
    }
    if (header.versions > max_entries) {
        return fail(too_many());
    }
    return header;
}

// `taken`: entries before.
Result<AttestedVersion> read_version(Reader& reader, std::size_t taken) {
    VersionHeader header;
    if (!reader.read(header)) {
        return fail(reader.bad_size());
    }
    const std::uint32_t count = header.entries;
    if (header.reserved != 0) {
        return fail(invalid<AttestDetail::attestations_unsupported>(container_version));
    }
    if (count > max_entries - taken) {
        return fail(too_many());
    }
    if (count == 0 || reader.left() / entry_size < count) {
        return fail(reader.bad_size());
    }
    AttestedVersion version{VersionNumber{header.number}, header.hash, {}};
    version.entries.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::size_t at = reader.at();
        std::array<std::uint8_t, entry_size> bytes{};
        if (!reader.read(bytes)) {
            return fail(reader.bad_size());
        }
        const Entry entry = entry_from(bytes);
        if (i > 0 && version.entries.back() >= entry) {
            return fail(out_of_order(at));
        }
        version.entries.push_back(entry);
    }
    return version;
}

using Key = std::tuple<const VersionNumber&, const Hash&>;

Key key_of(const AttestedVersion& version) {
    return {version.number, version.hash};
}

/// Where the next record goes, in a buffer that has room for all of them.
class Writer {
  public:
    explicit Writer(MutableByteView out) : out_(out) {}

    void put(ByteView bytes) {
        std::ranges::copy(bytes, out_.begin());
        out_ = out_.subspan(bytes.size());
    }

    template <class Record>
    void put_record(const Record& record) {
        put(format::bytes_of(record));
    }

  private:
    MutableByteView out_;
};

}  // namespace

Result<Container> Container::parse(ByteView bytes) {
    if (bytes.size() > max_container_size) {
        return fail(too_many());
    }
    Reader reader(bytes);
    AION_TRY_ASSIGN(const ContainerHeader header, read_header(reader));
    Container container(FileId{header.file_id});
    for (std::uint32_t i = 0; i < header.versions; ++i) {
        const std::size_t at = reader.at();
        AION_TRY_ASSIGN(AttestedVersion version, read_version(reader, container.size_));
        if (i > 0 && key_of(container.versions_.back()) >= key_of(version)) {
            return fail(out_of_order(at));
        }
        container.size_ += version.entries.size();
        container.versions_.push_back(std::move(version));
    }
    if (reader.left() != 0) {
        return fail(reader.bad_size());
    }
    return container;
}

Bytes Container::to_bytes() const {
    Bytes out(container_header_size + (versions_.size() * version_header_size) +
              (size_ * entry_size));
    Writer writer(out);
    ContainerHeader header{.magic = {},
                           .version = container_version,
                           .reserved = std::uint16_t{0},
                           .versions = static_cast<std::uint32_t>(versions_.size()),
                           .file_id = file_.value};
    std::ranges::copy(as_bytes(container_magic), header.magic.begin());
    writer.put_record(header);
    for (const AttestedVersion& version : versions_) {
        writer.put_record(
            VersionHeader{.number = version.number.value,
                          .hash = version.hash,
                          .entries = static_cast<std::uint32_t>(version.entries.size()),
                          .reserved = std::uint32_t{0}});
        for (const Entry& entry : version.entries) {
            writer.put(attest::to_bytes(entry));
        }
    }
    return out;
}

const AttestedVersion* Container::find(VersionNumber number, const Hash& hash) const noexcept {
    const Key key{number, hash};
    const auto at = std::ranges::lower_bound(versions_, key, {}, key_of);
    return at != versions_.end() && key_of(*at) == key ? &*at : nullptr;
}

Result<bool> Container::add(VersionNumber number, const Hash& hash, const Entry& entry) {
    const Key key{number, hash};
    const auto version = std::ranges::lower_bound(versions_, key, {}, key_of);
    const bool is_known = version != versions_.end() && key_of(*version) == key;
    if (is_known && std::ranges::binary_search(version->entries, entry)) {
        return false;
    }
    if (size_ >= max_entries) {
        return fail(too_many());
    }
    if (is_known) {
        version->entries.insert(std::ranges::lower_bound(version->entries, entry), entry);
    } else {
        versions_.insert(version, AttestedVersion{number, hash, {entry}});
    }
    ++size_;
    return true;
}

std::vector<policy::Attestation> attestations_in(const Container& container) {
    std::vector<policy::Attestation> all;
    for (const AttestedVersion& version : container.versions()) {
        for (const Entry& entry : version.entries) {
            if (entry.is_well_formed()) {
                all.push_back(entry.attestation);
            }
        }
    }
    return all;
}

}  // namespace aion::attest
