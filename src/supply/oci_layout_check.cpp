// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether a layout has what it names.
#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "aion/base/interrupt.hpp"
#include "base/names.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/layout_state.hpp"

namespace aion::supply {
namespace {

constexpr NameTable finding_names(std::to_array<Named<BlobFinding>>({
    {BlobFinding::fits, "fits"},
    {BlobFinding::other_content, "other_content"},
    {BlobFinding::other_size, "other_size"},
    {BlobFinding::missing, "missing"},
    {BlobFinding::bad_document, "bad_document"},
    {BlobFinding::unreadable, "unreadable"},
    {BlobFinding::foreign, "foreign"},
}));

constexpr auto algorithms = std::to_array<std::string_view>({"sha256", "sha512"});

using Row = LayoutReport::Row;

/// What is asked of a blob that something names.
enum class Demand : std::uint8_t { may_be_missing, must_be_there };

}  // namespace

/// One look at a layout.
class LayoutCheck {
  public:
    LayoutCheck(OciLayout& layout,
                const std::function<void(std::uint64_t, std::uint64_t)>& progress)
        : state_(*layout.state_), progress_(progress) {}

    Result<LayoutReport> run() {
        AION_TRY_ASSIGN(const auto index, state_.read_index());
        for (const std::string_view algorithm : algorithms) {
            AION_TRY(list(algorithm));
        }
        AION_TRY(hash());
        for (const OciDescriptor& entry : index.first.manifests) {
            if (const std::string* const tag = entry.annotation(oci_ref_name)) {
                report_.tags.push_back({*tag, entry.digest});
            }
            follow(entry, Demand::must_be_there, 0);
        }
        std::ranges::sort(report_.tags, {}, &LayoutReport::Tag::tag);
        for (auto& [digest, row] : rows_) {
            report_.rows.push_back(std::move(row));
        }
        std::ranges::sort(report_.rows, {}, &Row::name);
        return std::move(report_);
    }

  private:
    Result<> list(std::string_view algorithm) {
        AION_TRY_ASSIGN(const Folder folder, state_.blobs(algorithm, Missing::none));
        if (folder.directory == nullptr) {
            return {};
        }
        AION_TRY_ASSIGN(const auto names, folder.directory->list());
        for (const std::string& name : names) {
            std::string text(algorithm);
            text += ':';
            text += name;
            auto digest = OciDigest::parse(text);
            if (!digest) {
                report_.rows.push_back(
                    {.name = std::string(algorithm) + "/" + name, .finding = BlobFinding::foreign});
                continue;
            }
            AION_TRY_ASSIGN(const auto info, folder.directory->info(name));
            if (!info) {
                continue;  // It was removed just now.
            }
            Row row{.name = digest->text(), .size = info->size};
            if (info->kind != FileKind::regular) {
                row.finding = BlobFinding::unreadable;
                row.error = error_at_path(ErrorCode::file_read_error, (folder.path / name).string(),
                                          info->kind == FileKind::symlink ? ELOOP : EINVAL);
            }
            rows_.emplace(*std::move(digest), std::move(row));
        }
        return {};
    }

    // Each blob on its own; the largest first, so that none of them is begun last.
    Result<> hash() {
        std::vector<std::pair<const OciDigest*, Row*>> all;
        for (auto& [digest, row] : rows_) {
            if (row.finding == BlobFinding::fits) {
                all.emplace_back(&digest, &row);
            }
        }
        std::ranges::sort(all, std::ranges::greater{},
                          [](const auto& one) { return one.second->size; });
        for_each_piece(thread_limit(0), all.size(), [&](std::size_t i) {
            const auto& [digest, row] = all[i];
            if (auto done = hash_one(*digest, *row); !done) {
                const bool is_other =
                    done.error().detail() == supply_details.name(SupplyDetail::oci_other_digest);
                row->finding = is_other ? BlobFinding::other_content : BlobFinding::unreadable;
                row->error = std::move(done).error();
            }
        });
        for (const auto& [digest, row] : all) {
            if (row->error && row->error->code() == ErrorCode::interrupted) {
                return fail(*row->error);
            }
            report_.hashed_bytes += row->size;
        }
        return {};
    }

    Result<> hash_one(const OciDigest& digest, const Row& row) {
        Interrupt* const interrupt = state_.env.interrupt();
        AION_TRY_ASSIGN(const auto file, state_.open_blob(digest));
        if (file == nullptr) {
            return fail(error_at_path(ErrorCode::file_not_found, digest.text()));
        }
        BlobCheck check(OciDescriptor{.media_type = {}, .digest = digest, .size = row.size});
        AION_TRY(
            read_pieces_until_error(*file, 0, file->info().size, [&](ByteView bytes) -> Result<> {
                if (interrupt != nullptr && interrupt->requested()) {
                    return fail(error_at_path(ErrorCode::interrupted, digest.text()));
                }
                AION_TRY(check.take(bytes));
                if (progress_) {
                    progress_(0, bytes.size());
                }
                return {};
            }));
        AION_TRY(check.finish());
        if (progress_) {
            progress_(1, 0);
        }
        return {};
    }

    // The row of what is named; nullptr where nothing more is to be said.
    Row* named(const OciDescriptor& descriptor, Demand demand) {
        auto found = rows_.find(descriptor.digest);
        if (found == rows_.end()) {
            if (demand == Demand::may_be_missing) {
                return nullptr;
            }
            found = rows_
                        .emplace(descriptor.digest, Row{.name = descriptor.digest.text(),
                                                        .finding = BlobFinding::missing})
                        .first;
        }
        Row& row = found->second;
        if (!row.is_named) {
            row.is_named = true;
            row.media_type = descriptor.media_type;
        }
        if (row.finding == BlobFinding::fits && row.size != descriptor.size) {
            row.finding = BlobFinding::other_size;
            row.error = invalid<SupplyDetail::oci_other_size>(
                descriptor.digest.text(), row.size > descriptor.size ? "more" : "fewer",
                descriptor.size);
        }
        return row.finding == BlobFinding::fits ? &row : nullptr;
    }

    void follow(const OciDescriptor& entry, Demand demand,
                unsigned depth) {  // NOLINT(misc-no-recursion): bounded
        Row* const row = named(entry, demand);
        if (row == nullptr || depth == max_oci_depth || !is_oci_document_type(entry.media_type) ||
            !followed_.insert(entry.digest).second) {
            return;
        }
        ++report_.manifests;
        if (auto done = follow_document(entry, depth); !done) {
            row->finding = BlobFinding::bad_document;
            row->error = std::move(done).error();
        }
    }

    Result<> follow_document(const OciDescriptor& entry,
                             unsigned depth) {  // NOLINT(misc-no-recursion): bounded
        if (entry.size > max_oci_document) {
            return fail(error_because(ErrorCode::resource_exhausted,
                                      "more than " + std::to_string(max_oci_document) + " bytes"));
        }
        AION_TRY_ASSIGN(const std::string text, state_.read_document(entry));
        if (is_oci_index_type(entry.media_type)) {
            AION_TRY_ASSIGN(const OciIndex index, oci_index_from_json(text));
            for (const OciDescriptor& inner : index.manifests) {
                follow(inner, Demand::may_be_missing, depth + 1);
            }
            return {};
        }
        AION_TRY_ASSIGN(const OciManifest manifest, oci_manifest_from_json(text));
        std::ignore = named(manifest.config, Demand::must_be_there);
        for (const OciDescriptor& layer : manifest.layers) {
            std::ignore = named(layer, layer.others.contains(R"("urls":)") ? Demand::may_be_missing
                                                                           : Demand::must_be_there);
        }
        return {};
    }

    OciLayout::State& state_;
    const std::function<void(std::uint64_t, std::uint64_t)>& progress_;
    std::map<OciDigest, Row> rows_;
    std::set<OciDigest> followed_;
    LayoutReport report_;
};

std::string_view name_of(BlobFinding finding) noexcept {
    return finding_names.name(finding);
}

bool LayoutReport::is_valid() const noexcept {
    return std::ranges::all_of(rows, [](const Row& row) {
        return row.finding == BlobFinding::fits || row.finding == BlobFinding::foreign;
    });
}

Result<LayoutReport> check_layout(
    OciLayout& layout, const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    return LayoutCheck(layout, progress).run();
}

}  // namespace aion::supply
