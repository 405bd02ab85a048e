// SPDX-License-Identifier: MIT OR Apache-2.0
// Hashing files: each byte is read once, and goes through all digests while it is in the cache.
#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "aion/base/buffer.hpp"
#include "aion/base/interrupt.hpp"
#include "aion/crypto/hash.hpp"
#include "aion/supply/artifacts.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "crypto/sha256_stream.hpp"

namespace aion::supply {
namespace {

// Two of them stay in a core's second-level cache, besides what it takes to fill them.
constexpr std::size_t piece_size = std::size_t{128} << 10U;
// From here on one file is worth several threads, and pieces that are worth handing over.
constexpr std::uint64_t large_file = std::uint64_t{8} << 20U;
constexpr std::size_t large_piece_size = std::size_t{2} << 20U;

/// What is hashed by itself: a file, or a part of one.
struct Part {
    std::size_t file = 0;
    std::uint64_t begin = 0;
    std::optional<std::uint64_t> end = std::nullopt;  // Nothing: where the file ends.
};

struct HashedPart {
    Artifact digests;
    FileInfo::Identity identity;  // Of the file when it was opened.
};

/// All digests of what it is given.
class Digests {
  public:
    explicit Digests(const HashOptions& options) {
        if (options.with_sha256) {
            sha256_.emplace();
        }
        if (options.with_blake3) {
            blake3_.emplace();
        }
    }

    void update_blake3(ByteView bytes, crypto::Parallelism parallelism) {
        if (blake3_) {
            blake3_->update(bytes, parallelism);
        }
    }

    void update_sha256(ByteView bytes) {
        if (sha256_) {
            sha256_->update(bytes);
        }
    }

    // Of two files, which takes little longer than of one.
    static void update_sha256(Digests& a, ByteView bytes_a, Digests& b, ByteView bytes_b) {
        if (a.sha256_ && b.sha256_) {
            crypto::Sha256Stream::update_both(*a.sha256_, bytes_a, *b.sha256_, bytes_b);
        }
    }

    void put_into(Artifact& artifact) {
        if (blake3_) {
            artifact.blake3 = blake3_->digest();
        }
        if (sha256_) {
            artifact.sha256 = sha256_->digest();
        }
    }

  private:
    std::optional<crypto::Blake3> blake3_;
    std::optional<crypto::Sha256Stream> sha256_;
};

/// A part on its way through the digests.
class Progress {
  public:
    Progress(std::unique_ptr<ReadableFile> opened, const ArtifactFile& file, const Part& part,
             const HashOptions& options)
        : opened_(std::move(opened)),
          name_(file.name),
          digests_(options),
          begin_(part.begin),
          end_(part.end.value_or(opened_->info().size)),
          at_(begin_) {}

    [[nodiscard]] bool is_read() const noexcept { return at_ == end_; }

    [[nodiscard]] Digests& digests() noexcept { return digests_; }

    // As much of what is next as `buffer` holds, which is then its beginning.
    [[nodiscard]] Result<ByteView> read(MutableByteView buffer) {
        const MutableByteView bytes = buffer.first(
            static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end_ - at_)));
        AION_TRY(opened_->read_at(at_, bytes));
        at_ += bytes.size();
        return bytes;
    }

    // After all is read and hashed.
    [[nodiscard]] Result<HashedPart> finish() {
        AION_TRY(opened_->check_unchanged());
        HashedPart hashed{
            .digests = {.name = name_, .size = end_ - begin_, .blake3 = {}, .sha256 = {}},
            .identity = opened_->info().identity};
        digests_.put_into(hashed.digests);
        return hashed;
    }

  private:
    std::unique_ptr<ReadableFile> opened_;
    const std::string& name_;
    Digests digests_;
    std::uint64_t begin_;
    std::uint64_t end_;
    std::uint64_t at_;
};

/// Opens files, of which many in a row are in the same folder.
class Opener {
  public:
    Opener(Env& env, Symlinks symlinks) : env_(env), symlinks_(symlinks) {}

    // A file may be replaced by a link after it was found.
    [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open(const ArtifactFile& file) {
        constexpr ReadOptions regular{.regular_only = true};
        if (symlinks_ == Symlinks::follow) {
            return env_.open(file.path, regular);
        }
        const std::string& path = file.path.native();
        const std::size_t slash = path.rfind('/');
        const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
        if (directory_ == nullptr || path.compare(0, begin, folder_) != 0) {
            directory_ = nullptr;
            folder_ = path.substr(0, begin);
            AION_TRY_ASSIGN(directory_, env_.open_directory(file.path.parent_path()));
        }
        return directory_->open(path.substr(begin), regular);
    }

  private:
    Env& env_;
    Symlinks symlinks_;
    std::string folder_;  // With the slash behind it.
    std::shared_ptr<Directory> directory_;
};

/// What is to be hashed, and how.
class Hasher {
  public:
    Hasher(Env& env, std::span<const ArtifactFile> files, std::span<const Part> parts,
           const HashOptions& options)
        : env_(env), files_(files), parts_(parts), options_(options) {}

    [[nodiscard]] const HashOptions& options() const noexcept { return options_; }

    [[nodiscard]] Opener opener() const { return {env_, options_.symlinks}; }

    // All threads for one part: while one piece is hashed, by each algorithm in a thread of its
    // own, the next is read.
    [[nodiscard]] Result<HashedPart> hash_large(std::size_t part) const {
        Opener opening = opener();
        AION_TRY_ASSIGN(const auto begun, begin(part, opening));
        const Buffer memory = make_buffer(2 * large_piece_size);
        const auto half = [&](std::size_t which) {
            return MutableByteView(memory.get() + (which * large_piece_size), large_piece_size);
        };
        AION_TRY_ASSIGN(ByteView piece, begun->read(half(0)));
        for (std::size_t next = 1; !piece.empty(); next = 1 - next) {
            AION_TRY(check_interrupt(part));
            Result<ByteView> read = ByteView();
            Digests& digests = begun->digests();
            together(
                thread_limit(options_.threads), [&] { digests.update_sha256(piece); },
                [&] { digests.update_blake3(piece, crypto::Parallelism::all_cores); },
                [&] { read = begun->read(half(next)); });
            tell(0, piece.size());
            AION_TRY(read);
            piece = *read;
        }
        tell(1, 0);
        return begun->finish();
    }

    [[nodiscard]] Result<ByteView> read(Progress& progress, std::size_t part,
                                        MutableByteView buffer) const {
        AION_TRY(check_interrupt(part));
        return progress.read(buffer);
    }

    [[nodiscard]] Result<std::unique_ptr<Progress>> begin(std::size_t part, Opener& opener) const {
        const ArtifactFile& file = file_of(part);
        if (file.error) {
            return fail(*file.error);
        }
        AION_TRY_ASSIGN(auto opened, opener.open(file));
        if (parts_[part].end && opened->info().size != file.size) {
            return fail(error_at_path(ErrorCode::file_changed, file.path.string()));
        }
        return std::make_unique<Progress>(std::move(opened), file, parts_[part], options_);
    }

    void tell(std::uint64_t files, std::uint64_t bytes) const {
        if (options_.progress) {
            options_.progress(files, bytes);
        }
    }

  private:
    [[nodiscard]] const ArtifactFile& file_of(std::size_t part) const {
        return files_[parts_[part].file];
    }

    [[nodiscard]] Result<> check_interrupt(std::size_t part) const {
        Interrupt* const interrupt = env_.interrupt();
        if (interrupt != nullptr && interrupt->requested()) {
            return fail(error_at_path(ErrorCode::interrupted, file_of(part).path.string()));
        }
        return {};
    }

    Env& env_;
    std::span<const ArtifactFile> files_;
    std::span<const Part> parts_;
    const HashOptions& options_;
};

/// Which parts are still to be hashed.
class Queue {
  public:
    Queue(std::span<const std::size_t> parts, unsigned workers)
        : parts_(parts), workers_(workers) {}

    // The next one. Nothing: there is none, or for a worker that `has_one` too few to leave the
    // others without.
    [[nodiscard]] std::optional<std::size_t> take(bool has_one) {
        if (has_one && next_ + workers_ > parts_.size()) {
            return std::nullopt;
        }
        const std::size_t next = next_++;
        return next < parts_.size() ? std::optional(parts_[next]) : std::nullopt;
    }

  private:
    std::span<const std::size_t> parts_;
    std::size_t workers_;
    std::atomic<std::size_t> next_ = 0;
};

/// One thread's work: two parts side by side as long as there are enough.
class Worker {
  public:
    Worker(const Hasher& hasher, Queue& queue, std::span<Result<HashedPart>> results)
        : hasher_(hasher),
          queue_(queue),
          results_(results),
          opener_(hasher.opener()),
          used_(hasher.options().with_sha256 ? lanes_.size() : 1),
          memory_(make_buffer(used_ * piece_size)) {}

    void run() {
        while (fill()) {
            for (std::size_t i = 0; i < used_; ++i) {
                read(lanes_[i], MutableByteView(memory_.get() + (i * piece_size), piece_size));
            }
            hash();
            for (Lane& lane : lanes_) {
                if (lane.progress && lane.progress->is_read()) {
                    results_[lane.part] = lane.progress->finish();
                    hasher_.tell(1, 0);
                    lane.progress = nullptr;
                }
            }
        }
    }

  private:
    struct Lane {
        std::unique_ptr<Progress> progress;  // Null: none.
        std::size_t part = 0;
        ByteView piece;
    };

    // Whether there is anything to do.
    bool fill() {
        bool has_one =
            std::ranges::any_of(lanes_, [](const Lane& lane) { return !!lane.progress; });
        for (Lane& lane : std::span(lanes_).first(used_)) {
            while (!lane.progress) {
                const auto next = queue_.take(has_one);
                if (!next) {
                    break;
                }
                auto begun = hasher_.begin(*next, opener_);
                if (begun) {
                    lane.progress = std::move(*begun);
                    lane.part = *next;
                    has_one = true;
                } else {
                    results_[*next] = fail(std::move(begun).error());
                }
            }
        }
        return has_one;
    }

    void read(Lane& lane, MutableByteView buffer) {
        lane.piece = {};
        if (!lane.progress) {
            return;
        }
        auto piece = hasher_.read(*lane.progress, lane.part, buffer);
        if (piece) {
            lane.piece = *piece;
        } else {
            results_[lane.part] = fail(std::move(piece).error());
            lane.progress = nullptr;
        }
    }

    void hash() {
        for (Lane& lane : lanes_) {
            if (lane.progress) {
                lane.progress->digests().update_blake3(lane.piece, crypto::Parallelism::one_thread);
                hasher_.tell(0, lane.piece.size());
            }
        }
        if (lanes_[0].progress && lanes_[1].progress) {
            Digests::update_sha256(lanes_[0].progress->digests(), lanes_[0].piece,
                                   lanes_[1].progress->digests(), lanes_[1].piece);
            return;
        }
        for (Lane& lane : lanes_) {
            if (lane.progress) {
                lane.progress->digests().update_sha256(lane.piece);
            }
        }
    }

    const Hasher& hasher_;
    Queue& queue_;
    std::span<Result<HashedPart>> results_;
    Opener opener_;
    std::array<Lane, 2> lanes_;
    std::size_t used_;
    Buffer memory_;
};

std::vector<Result<HashedPart>> hash_parts(Env& env, std::span<const ArtifactFile> files,
                                           std::span<const Part> parts,
                                           const HashOptions& options) {
    std::vector<Result<HashedPart>> results(parts.size());
    const Hasher hasher(env, files, parts, options);
    const unsigned threads = thread_limit(options.threads);
    const auto size_of = [&](const Part& part) {
        return part.end.value_or(files[part.file].size) - part.begin;
    };
    std::uint64_t total = 0;
    for (const Part& part : parts) {
        total += size_of(part);
    }
    // What is more than a thread's share would keep the others waiting: all work on it.
    std::vector<std::size_t> others;
    others.reserve(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::uint64_t size = size_of(parts[i]);
        if (threads > 1 && size >= large_file && size > total / threads) {
            results[i] = hasher.hash_large(i);
        } else {
            others.push_back(i);
        }
    }
    const auto workers = static_cast<unsigned>(std::min<std::size_t>(threads, others.size()));
    Queue queue(others, workers);
    for_each_piece(workers, workers,
                   [&](std::size_t /*worker*/) { Worker(hasher, queue, results).run(); });
    return results;
}

Result<std::vector<Part>> parts_of(std::span<const ArtifactFile> files, std::uint64_t shard_size) {
    if (shard_size == 0) {
        return fail(error_because(ErrorCode::invalid_argument, "a shard has at least one byte"));
    }
    std::vector<Part> parts;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i].error) {
            parts.push_back({.file = i, .begin = 0, .end = 0});  // Which says what is wrong.
            continue;
        }
        if (files[i].size / shard_size >= max_shards - parts.size()) {
            return fail(error_because(
                ErrorCode::resource_exhausted,
                "more than " + std::to_string(max_shards) + " shards: make them larger"));
        }
        for (std::uint64_t at = 0; at < files[i].size;) {
            const std::uint64_t end = at + std::min(shard_size, files[i].size - at);
            parts.push_back({.file = i, .begin = at, .end = end});
            at = end;
        }
    }
    return parts;
}

// The file's first part was `first`.
Result<> add_shard(std::vector<Shard>& shards, Result<HashedPart>& part, const Part& which,
                   const FileInfo::Identity& first, const ArtifactFile& file) {
    if (!part) {
        return fail(std::move(part).error());
    }
    if (part->identity != first) {
        return fail(error_at_path(ErrorCode::file_changed, file.path.string()));
    }
    shards.push_back({.begin = which.begin,
                      .end = which.begin + part->digests.size,
                      .blake3 = part->digests.blake3,
                      .sha256 = part->digests.sha256});
    return {};
}

}  // namespace

std::vector<HashedArtifact> hash_artifacts(Env& env, std::span<const ArtifactFile> files,
                                           const HashOptions& options) {
    std::vector<Part> parts(files.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i].file = i;
    }
    std::vector<HashedArtifact> results;
    results.reserve(files.size());
    for (Result<HashedPart>& part : hash_parts(env, files, parts, options)) {
        if (part) {
            results.emplace_back(std::move(part->digests));
        } else {
            results.emplace_back(fail(std::move(part).error()));
        }
    }
    return results;
}

Result<std::vector<HashedShards>> hash_shards(Env& env, std::span<const ArtifactFile> files,
                                              std::uint64_t shard_size,
                                              const HashOptions& options) {
    AION_TRY_ASSIGN(const std::vector<Part> parts, parts_of(files, shard_size));
    std::vector<Result<HashedPart>> hashed = hash_parts(env, files, parts, options);
    std::vector<HashedShards> results(files.size());
    std::optional<FileInfo::Identity> first;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        HashedShards& result = results[parts[i].file];
        if (parts[i].begin == 0) {
            first = hashed[i] ? hashed[i]->identity : FileInfo::Identity{};
        }
        if (result) {
            if (auto added = add_shard(*result, hashed[i], parts[i], *first, files[parts[i].file]);
                !added) {
                result = fail(std::move(added).error());
            }
        }
    }
    return results;
}

}  // namespace aion::supply
