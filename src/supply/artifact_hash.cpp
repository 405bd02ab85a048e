// SPDX-License-Identifier: MIT OR Apache-2.0
// Hashing files: each byte is read once, and goes through all digests while it is in the cache.
#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>
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

/// All digests of what it is given.
class Digests {
  public:
    explicit Digests(bool with_sha256) {
        if (with_sha256) {
            sha256_.emplace();
        }
    }

    void update_blake3(ByteView bytes, crypto::Parallelism parallelism) {
        blake3_.update(bytes, parallelism);
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
        artifact.blake3 = blake3_.digest();
        if (sha256_) {
            artifact.sha256 = sha256_->digest();
        }
    }

  private:
    crypto::Blake3 blake3_;
    std::optional<crypto::Sha256Stream> sha256_;
};

/// A file on its way through the digests.
class Progress {
  public:
    Progress(std::unique_ptr<ReadableFile> opened, const ArtifactFile& file, bool with_sha256)
        : opened_(std::move(opened)),
          artifact_{.name = file.name, .size = opened_->info().size, .blake3 = {}, .sha256 = {}},
          digests_(with_sha256) {}

    [[nodiscard]] std::uint64_t size() const noexcept { return artifact_.size; }

    [[nodiscard]] bool is_read() const noexcept { return at_ == artifact_.size; }

    [[nodiscard]] Digests& digests() noexcept { return digests_; }

    // As much of what is next as `buffer` holds, which is then its beginning.
    [[nodiscard]] Result<ByteView> read(MutableByteView buffer) {
        const MutableByteView bytes = buffer.first(
            static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size() - at_)));
        AION_TRY(opened_->read_at(at_, bytes));
        at_ += bytes.size();
        return bytes;
    }

    // After all is read and hashed.
    [[nodiscard]] HashedArtifact finish() {
        AION_TRY(opened_->check_unchanged());
        digests_.put_into(artifact_);
        return std::move(artifact_);
    }

  private:
    std::unique_ptr<ReadableFile> opened_;
    Artifact artifact_;
    Digests digests_;
    std::uint64_t at_ = 0;
};

class Hasher {
  public:
    Hasher(Env& env, const HashOptions& options) : env_(env), options_(options) {}

    // All threads for one file: while one piece is hashed, by each algorithm in a thread of its
    // own, the next is read.
    [[nodiscard]] HashedArtifact hash_large(const ArtifactFile& file) const {
        AION_TRY_ASSIGN(const auto begun, begin(file));
        const Buffer memory = make_buffer(2 * large_piece_size);
        const auto half = [&](std::size_t which) {
            return MutableByteView(memory.get() + (which * large_piece_size), large_piece_size);
        };
        AION_TRY_ASSIGN(ByteView piece, begun->read(half(0)));
        for (std::size_t next = 1; !piece.empty(); next = 1 - next) {
            AION_TRY(check_interrupt(file));
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

    [[nodiscard]] Result<ByteView> read(Progress& progress, const ArtifactFile& file,
                                        MutableByteView buffer) const {
        AION_TRY(check_interrupt(file));
        return progress.read(buffer);
    }

    [[nodiscard]] Result<std::unique_ptr<Progress>> begin(const ArtifactFile& file) const {
        if (file.error) {
            return fail(*file.error);
        }
        AION_TRY_ASSIGN(auto opened, open(file));
        return std::make_unique<Progress>(std::move(opened), file, options_.with_sha256);
    }

    [[nodiscard]] Result<> check_interrupt(const ArtifactFile& file) const {
        Interrupt* const interrupt = env_.interrupt();
        if (interrupt != nullptr && interrupt->requested()) {
            return fail(error_at_path(ErrorCode::interrupted, file.path.string()));
        }
        return {};
    }

    void tell(std::uint64_t files, std::uint64_t bytes) const {
        if (options_.progress) {
            options_.progress(files, bytes);
        }
    }

  private:
    // A file may be replaced by a link after it was found.
    [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open(const ArtifactFile& file) const {
        constexpr ReadOptions regular{.regular_only = true};
        if (options_.symlinks == Symlinks::follow) {
            return env_.open(file.path, regular);
        }
        AION_TRY_ASSIGN(const auto directory, env_.open_directory(file.path.parent_path()));
        return directory->open(file.path.filename().string(), regular);
    }

    Env& env_;
    const HashOptions& options_;
};

/// Which files are still to be hashed.
class Queue {
  public:
    Queue(std::span<const std::size_t> files, unsigned workers)
        : files_(files), workers_(workers) {}

    // The next one. Nothing: there is none, or for a worker that `has_one` too few to leave the
    // others without.
    [[nodiscard]] std::optional<std::size_t> take(bool has_one) {
        if (has_one && next_ + workers_ > files_.size()) {
            return std::nullopt;
        }
        const std::size_t next = next_++;
        return next < files_.size() ? std::optional(files_[next]) : std::nullopt;
    }

  private:
    std::span<const std::size_t> files_;
    std::size_t workers_;
    std::atomic<std::size_t> next_ = 0;
};

/// One thread's work: two files side by side as long as there are enough.
class Worker {
  public:
    Worker(const Hasher& hasher, Queue& queue, std::span<const ArtifactFile> files,
           std::span<HashedArtifact> results, bool with_sha256)
        : hasher_(hasher),
          queue_(queue),
          files_(files),
          results_(results),
          used_(with_sha256 ? lanes_.size() : 1),
          memory_(make_buffer(used_ * piece_size)) {}

    void run() {
        while (fill()) {
            for (std::size_t i = 0; i < used_; ++i) {
                read(lanes_[i], MutableByteView(memory_.get() + (i * piece_size), piece_size));
            }
            hash();
            for (Lane& lane : lanes_) {
                if (lane.file && lane.file->is_read()) {
                    results_[lane.index] = lane.file->finish();
                    hasher_.tell(1, 0);
                    lane.file = nullptr;
                }
            }
        }
    }

  private:
    struct Lane {
        std::unique_ptr<Progress> file;  // Null: none.
        std::size_t index = 0;
        ByteView piece;
    };

    // Whether there is anything to do.
    bool fill() {
        bool has_one = std::ranges::any_of(lanes_, [](const Lane& lane) { return !!lane.file; });
        for (Lane& lane : std::span(lanes_).first(used_)) {
            while (!lane.file) {
                const auto next = queue_.take(has_one);
                if (!next) {
                    break;
                }
                auto begun = hasher_.begin(files_[*next]);
                if (begun) {
                    lane.file = std::move(*begun);
                    lane.index = *next;
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
        if (!lane.file) {
            return;
        }
        auto piece = hasher_.read(*lane.file, files_[lane.index], buffer);
        if (piece) {
            lane.piece = *piece;
        } else {
            results_[lane.index] = fail(std::move(piece).error());
            lane.file = nullptr;
        }
    }

    void hash() {
        for (Lane& lane : lanes_) {
            if (lane.file) {
                lane.file->digests().update_blake3(lane.piece, crypto::Parallelism::one_thread);
                hasher_.tell(0, lane.piece.size());
            }
        }
        if (lanes_[0].file && lanes_[1].file) {
            Digests::update_sha256(lanes_[0].file->digests(), lanes_[0].piece,
                                   lanes_[1].file->digests(), lanes_[1].piece);
            return;
        }
        for (Lane& lane : lanes_) {
            if (lane.file) {
                lane.file->digests().update_sha256(lane.piece);
            }
        }
    }

    const Hasher& hasher_;
    Queue& queue_;
    std::span<const ArtifactFile> files_;
    std::span<HashedArtifact> results_;
    std::array<Lane, 2> lanes_;
    std::size_t used_;
    Buffer memory_;
};

}  // namespace

std::vector<HashedArtifact> hash_artifacts(Env& env, std::span<const ArtifactFile> files,
                                           const HashOptions& options) {
    std::vector<HashedArtifact> results(files.size());
    const Hasher hasher(env, options);
    const unsigned threads = thread_limit(options.threads);
    std::uint64_t total = 0;
    for (const ArtifactFile& file : files) {
        total += file.size;
    }
    // A file that is more than a thread's share would keep the others waiting: all work on it.
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (threads > 1 && files[i].size >= large_file && files[i].size > total / threads) {
            results[i] = hasher.hash_large(files[i]);
        } else {
            others.push_back(i);
        }
    }
    const auto workers = static_cast<unsigned>(std::min<std::size_t>(threads, others.size()));
    Queue queue(others, workers);
    for_each_piece(workers, workers, [&](std::size_t /*worker*/) {
        Worker(hasher, queue, files, results, options.with_sha256).run();
    });
    return results;
}

}  // namespace aion::supply
