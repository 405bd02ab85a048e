// SPDX-License-Identifier: MIT OR Apache-2.0
#include "proof/reached_tlog_details.hpp"

#include <array>

#include "aion/tlog/entry.hpp"
#include "aion/tlog/memory_log.hpp"
#include "aion/tlog/merkle.hpp"
#include "aion/tlog/tile.hpp"

namespace aion::proof {
namespace {

using tlog::EntryKind;
using tlog::EntryView;
using tlog::Sha256Tree;
using tlog::TlogDetail;

Outcome inclusion(std::uint64_t index, std::size_t digests) {
    const std::vector<Sha256Tree::Digest> path(digests);
    return outcome(tlog::verify_inclusion<Sha256Tree>({}, index, 2, path, {}));
}

// An entry of which one byte is another, or which has another length.
Outcome entry_with(std::size_t at, std::uint8_t byte, std::size_t size) {
    Bytes entry = tlog::make_entry(EntryKind::slsa_statement, 1, {});
    entry[at] = byte;
    entry.resize(size);
    return outcome(EntryView::parse(entry));
}

// Gives the same bytes for every tile.
class Always final : public tlog::TileSource {
  public:
    explicit Always(std::size_t size) : bytes_(size) {}

    Result<Bytes> tile(const tlog::TileName& /*name*/) override { return bytes_; }

  private:
    Bytes bytes_;
};

Outcome tile_of(std::size_t size) {
    Always source(size);
    return outcome(tlog::TileTree(source, 1, {{1}}).leaf(0));
}

Outcome broken_chain() {
    tlog::MemoryLog log;
    log.append(EntryKind::slsa_statement, 1, {});
    log.append(EntryKind::slsa_statement, 1, {});
    return outcome(tlog::check_chain(log.entries().subspan(1)));
}

}  // namespace

Outcome provoke(TlogDetail detail) {
    switch (detail) {
        case TlogDetail::proof_bad_index:
            return inclusion(2, 1);
        case TlogDetail::proof_wrong_length:
            return inclusion(1, 2);
        case TlogDetail::proof_other_root:
            return inclusion(1, 1);
        case TlogDetail::entry_truncated:
            return entry_with(0, 1, tlog::entry_header_size - 1);
        case TlogDetail::entry_unknown_form:
            return entry_with(0, 3, tlog::entry_header_size);
        case TlogDetail::entry_unknown_kind:
            return entry_with(1, 99, tlog::entry_header_size);
        case TlogDetail::entry_too_long:
            return entry_with(0, 1, tlog::max_entry_size + 1);
        case TlogDetail::entry_broken_chain:
            return broken_chain();
        case TlogDetail::tile_bad_bundle:
            return outcome(tlog::each_of_bundle({}, 1, [](ByteView) { return Result<>(); }));
        case TlogDetail::tile_other_content:
            return tile_of(Sha256Tree::Digest::size);
        case TlogDetail::tile_bad_size:
            return tile_of(Sha256Tree::Digest::size - 1);
    }
    return std::nullopt;
}

}  // namespace aion::proof
