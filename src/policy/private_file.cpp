// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/private_file.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "format/sections.hpp"

namespace aion::policy {

using format::Extent;
using format::HeaderRecord;

namespace {

/// What no section but the payload claims is not looked at, only hashed, so it need not be held:
/// the largest such range, which is the payload in every file that a writer made. Nothing for one
/// that is not worth it. A hostile file may say that it is as long as it likes, and have any
/// layout.
std::optional<Extent> absent_range(const HeaderRecord& header, std::uint64_t file_size) {
    // Ranges that are looked at, by where they begin and end; an empty one keeps its place.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> held = {
        {0, format::header_size}, {file_size - format::integrity_size, file_size}};
    const bool is_sound = header.magic == format::magic && header.version == format::format_version;
    for (const format::Section section : format::all_sections) {
        const Extent extent = format::declared_extent(header, section);
        const bool small = extent.length < streamed_payload_size;
        if (is_sound && format::lies_within(extent, 0, file_size) &&
            (section != format::Section::payload || small)) {
            held.emplace_back(extent.offset, extent.offset + extent.length);
        }
    }
    std::ranges::sort(held);
    Extent largest;
    std::uint64_t end = 0;
    for (const auto& [begins, ends] : held) {
        if (begins > end && begins - end > largest.length) {
            largest = {end, begins - end};
        }
        end = std::max(end, ends);
    }
    return largest.length < streamed_payload_size ? std::nullopt : std::optional(largest);
}

}  // namespace

struct PrivateFile::Copied {
    Buffer buffer;
    std::size_t size = 0;  ///< Of the buffer.
    Extent absent;
};

/// Copies a file of `size` bytes, each of which `fill` is asked for once at most.
Result<PrivateFile::Copied> PrivateFile::copy(std::uint64_t size, Hold hold, const Fill& fill) {
    if (hold == Hold::everything || size < streamed_payload_size) {
        Copied copied{make_buffer(size), size, {size, 0}};
        AION_TRY(fill(0, {copied.buffer.get(), size}));
        return copied;
    }
    std::array<std::uint8_t, format::header_size> start{};
    AION_TRY(fill(0, start));
    const Extent absent =
        absent_range(format::overlay<HeaderRecord>(start).front(), size).value_or(Extent{size, 0});
    const std::size_t stored = size - absent.length;
    const std::size_t before = absent.offset;
    Copied copied{make_buffer(stored), stored, absent};
    const MutableByteView out(copied.buffer.get(), stored);
    std::ranges::copy(start, out.begin());
    AION_TRY(fill(start.size(), out.subspan(start.size(), before - start.size())));
    AION_TRY(fill(absent.offset + absent.length, out.subspan(before)));
    return copied;
}

PrivateFile::PrivateFile(const format::FileImage& image) : bytes_(image.file_bytes()) {}

// The payload may stay with the caller: it passes once through a buffer of ours, so whatever is
// stored into it meanwhile, what was hashed is what was opened.
PrivateFile PrivateFile::copy_of(ByteView file, Hold hold) {
    PrivateFile made;
    made.callers_ = file;
    auto copied = copy(file.size(), hold, [&](std::uint64_t offset, MutableByteView out) {
        std::ranges::copy(file.subspan(offset, out.size()), out.begin());
        return Result<>();
    });
    made.hold(*std::move(copied));
    return made;
}

Result<PrivateFile> PrivateFile::copy_of(std::unique_ptr<ReadableFile> file, Hold hold) {
    AION_TRY_ASSIGN(Copied copied,
                    copy(file->info().size, hold, [&](std::uint64_t offset, MutableByteView out) {
                        return file->read_at(offset, out);
                    }));
    PrivateFile made;
    made.identity_ = file->info().identity;
    if (copied.absent.length == 0) {
        AION_TRY(file->check_unchanged());
    } else {
        made.file_ = std::move(file);
    }
    made.hold(std::move(copied));
    return made;
}

Result<PrivateFile> PrivateFile::open(Env& env, const std::filesystem::path& path, Hold hold) {
    AION_TRY_ASSIGN(auto file, env.open(path, {}));
    return copy_of(std::move(file), hold);
}

void PrivateFile::hold(Copied copied) noexcept {
    bytes_ = format::FileBytes({copied.buffer.get(), copied.size}, copied.absent);
    buffer_ = std::move(copied.buffer);
}

void PrivateFile::read_absent(std::uint64_t offset, MutableByteView out) {
    if (file_ == nullptr) {
        std::ranges::copy(callers_.subspan(offset, out.size()), out.begin());
    } else if (auto read = failure_ ? fail(*failure_) : file_->read_at(offset, out); !read) {
        std::ranges::fill(out, std::uint8_t{0});
        failure_ = std::move(read).error();
    }
    if (seen_) {
        seen_(out);
    }
}

Result<> PrivateFile::finish() {
    const auto file = std::move(file_);
    if (failure_) {
        return fail(*failure_);
    }
    return file == nullptr ? Result<>() : file->check_unchanged();
}

}  // namespace aion::policy
