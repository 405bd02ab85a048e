// SPDX-License-Identifier: MIT OR Apache-2.0
// Batches: items are grouped by key, keys get the tables they deserve, and
// signatures with tables of one width go to the lanes together, whatever their
// keys.
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "crypto/ed25519/engine.hpp"
#include "crypto/ed25519/key_cache.hpp"
#include "crypto/ed25519/scalar.hpp"
#include "crypto/threads.hpp"

namespace aion::crypto::ed25519 {
namespace {

/// Less work than this, in microseconds a thread, is not worth waking one.
/// Estimated; the rows tuning/*/threads:* of bench/crypto_verify_bench.cpp
/// measure it on a machine with nothing else to do.
constexpr std::size_t min_thread_work = 60;
/// Pieces a thread: enough to even out unequal progress, few enough to fill
/// groups. Estimated.
constexpr std::size_t pieces_per_thread = 4;

struct KeyGroup {
    const PublicKey* key = nullptr;
    std::size_t uses = 0;
    std::shared_ptr<const KeyTable> table;
    bool is_point = true;
};

class Batch {
  public:
    Batch(Engine& engine, std::span<const VerifyItem> items, std::span<std::uint8_t> verdicts,
          const VerifyOptions& options)
        : engine_(engine),
          items_(items),
          verdicts_(verdicts),
          cache_(options.cache),
          threads_(thread_limit(options.threads)) {}

    void run() {
        group_by_key();
        get_tables();
        sort_into_classes();
        base_ = engine_.base(items_.size());
        split_classes();
        verify_pieces();
    }

  private:
    static constexpr std::uint32_t no_group = UINT32_MAX;

    /// Jobs that may share lanes: all with tables of one width, or all without
    /// (width 0).
    struct Class {
        std::vector<Job> jobs;
        std::vector<std::size_t> indices;
    };

    struct Piece {
        unsigned width;
        std::size_t first;
        std::size_t count;
    };

    void group_by_key();
    void get_tables();
    void sort_into_classes();
    void split_classes();
    void verify_pieces();
    void verify_piece(const Piece& piece);
    void in_parallel(std::size_t count, unsigned threads, const auto& body) const;

    Engine& engine_;
    std::span<const VerifyItem> items_;
    std::span<std::uint8_t> verdicts_;
    KeyCache* cache_;
    unsigned threads_;
    Table base_{};
    std::vector<KeyGroup> groups_;
    std::vector<std::uint32_t> group_of_;
    std::array<Class, max_width + 1> classes_;
    std::vector<Piece> pieces_;
};

void Batch::group_by_key() {
    struct SameKey {
        bool operator()(const PublicKey* a, const PublicKey* b) const noexcept { return *a == *b; }
    };

    struct HashKey {
        std::size_t operator()(const PublicKey* key) const noexcept { return KeyHash{}(*key); }
    };

    std::unordered_map<const PublicKey*, std::uint32_t, HashKey, SameKey> known;
    group_of_.assign(items_.size(), no_group);
    std::uint32_t last = no_group;
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const VerifyItem& item = items_[i];
        if (item.key == nullptr || item.signature == nullptr) {
            continue;
        }
        // Runs of one author's signatures are the common case.
        if (last == no_group || *groups_[last].key != *item.key) {
            const auto [at, is_new] =
                known.try_emplace(item.key, static_cast<std::uint32_t>(groups_.size()));
            if (is_new) {
                groups_.push_back({item.key, 0, nullptr, true});
            }
            last = at->second;
        }
        group_of_[i] = last;
        ++groups_[last].uses;
    }
}

void Batch::get_tables() {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        groups_[i].is_point = is_strict_encoding(groups_[i].key->bytes.data());
        if (groups_[i].is_point && (cache_ != nullptr || engine_.width_for(groups_[i].uses) != 0)) {
            wanted.push_back(i);
        }
    }
    in_parallel(wanted.size(), threads_, [&](std::size_t i) {
        KeyGroup& group = groups_[wanted[i]];
        group.table = engine_.table_for(*group.key, group.uses, cache_, group.is_point);
    });
}

void Batch::sort_into_classes() {
    for (std::size_t i = 0; i < items_.size(); ++i) {
        if (group_of_[i] == no_group || !groups_[group_of_[i]].is_point) {
            continue;
        }
        Job job;
        if (!make_job(items_[i], job)) {
            continue;
        }
        const auto& table = groups_[group_of_[i]].table;
        job.table = table ? table->table().entries : nullptr;
        Class& target = classes_[table ? table->windows().width : 0];
        target.jobs.push_back(job);
        target.indices.push_back(i);
    }
}

void Batch::split_classes() {
    const Path& path = engine_.path();
    std::size_t work = 0;
    for (unsigned width = 0; width <= max_width; ++width) {
        work += classes_[width].jobs.size() *
                (width == 0 ? path.cost_without_table : path.cost_with_table);
    }
    const auto worthwhile = static_cast<unsigned>(
        std::min<std::size_t>(threads_, std::max<std::size_t>(1, work / min_thread_work)));
    threads_ = worthwhile;
    for (unsigned width = 0; width <= max_width; ++width) {
        const std::size_t count = classes_[width].jobs.size();
        std::size_t size = path.group;
        if (threads_ > 1) {
            const std::size_t even = count / (threads_ * pieces_per_thread);
            size = std::clamp(even / path.lanes * path.lanes, std::size_t{path.lanes} * 4,
                              std::size_t{path.group});
        }
        for (std::size_t first = 0; first < count; first += size) {
            pieces_.push_back({width, first, std::min(size, count - first)});
        }
    }
}

void Batch::verify_pieces() {
    in_parallel(pieces_.size(), threads_, [&](std::size_t i) { verify_piece(pieces_[i]); });
}

void Batch::verify_piece(const Piece& piece) {
    const Path& path = engine_.path();
    const Class& source = classes_[piece.width];
    const Job* jobs = source.jobs.data() + piece.first;
    std::array<std::uint8_t, 512> verdicts{};
    const bool few = piece.count < path.lanes_from;
    if (piece.width == 0) {
        const auto run = few ? path.few_without_tables : path.without_tables;
        run(jobs, piece.count, base_, verdicts.data());
    } else {
        const auto run = few ? path.few_with_tables : path.with_tables;
        run(jobs, piece.count, base_, windows_of(piece.width), verdicts.data());
    }
    for (std::size_t i = 0; i < piece.count; ++i) {
        verdicts_[source.indices[piece.first + i]] = verdicts[i];
    }
}

void Batch::in_parallel(std::size_t count, unsigned threads, const auto& body) const {
    if (threads <= 1 || count <= 1) {
        for (std::size_t i = 0; i < count; ++i) {
            body(i);
        }
        return;
    }
    tbb::task_arena arena(static_cast<int>(threads));
    arena.execute([&] {
        tbb::parallel_for(
            std::size_t{0}, count, [&](std::size_t i) { body(i); }, tbb::simple_partitioner{});
    });
}

}  // namespace

void Engine::verify_batch(std::span<const VerifyItem> items, std::span<std::uint8_t> verdicts,
                          const VerifyOptions& options) {
    std::ranges::fill(verdicts, std::uint8_t{0});
    if (items.size() != verdicts.size() || items.empty()) {
        return;
    }
    if (items.size() == 1) {
        verdicts[0] = verify(items[0], options.cache) ? 1 : 0;
        return;
    }
    Batch(*this, items, verdicts, options).run();
}

}  // namespace aion::crypto::ed25519
