// SPDX-License-Identifier: MIT OR Apache-2.0
// Batches: items are grouped by key, keys get the tables they deserve, and
// signatures with tables of one width go to the lanes together, whatever their
// keys.
#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "base/threads.hpp"
#include "crypto/ed25519/engine.hpp"
#include "crypto/ed25519/key_cache.hpp"
#include "crypto/ed25519/scalar.hpp"

namespace aion::crypto::ed25519 {
namespace {

/// Less work than this, in microseconds a thread, is not worth waking one.
/// Measured: the rows tuning/*/threads:* of bench/crypto_verify_bench.cpp.
constexpr std::size_t min_thread_work = 60;

/// Items of one key. The key is a copy: its table must be that of the key it is filed under, also
/// when the caller's memory changes meanwhile.
struct KeyGroup {
    PublicKey key;
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
        verify_slices();
    }

  private:
    static constexpr std::uint32_t no_group = UINT32_MAX;

    /// Items that may share lanes: all with tables of one width, or all without
    /// (width 0).
    using Class = std::vector<std::uint32_t>;

    /// Neighbours in a class that one thread verifies.
    struct Slice {
        unsigned width;
        std::size_t first;
        std::size_t count;
    };

    void group_by_key();
    void get_tables();
    void sort_into_classes();
    void split_classes();
    void verify_slices();
    void verify_slice(const Slice& slice);

    Engine& engine_;
    std::span<const VerifyItem> items_;
    std::span<std::uint8_t> verdicts_;
    KeyCache* cache_;
    unsigned threads_;
    Table base_{};
    std::vector<KeyGroup> groups_;
    std::vector<std::uint32_t> group_of_;
    std::array<Class, max_width + 1> classes_;
    std::vector<Slice> slices_;
};

void Batch::group_by_key() {
    // Open addressing, at most half full. Chosen keys cannot be made to collide.
    const std::size_t mask = std::bit_ceil(2 * items_.size()) - 1;
    std::vector<std::uint32_t> slots(mask + 1, no_group);
    group_of_.assign(items_.size(), no_group);
    std::uint32_t last = no_group;
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const VerifyItem& item = items_[i];
        if (item.key == nullptr || item.signature == nullptr) {
            continue;
        }
        const PublicKey key = *item.key;
        // Runs of one author's signatures are the common case.
        if (last == no_group || groups_[last].key != key) {
            std::size_t slot = KeyHash{}(key)&mask;
            while (slots[slot] != no_group && groups_[slots[slot]].key != key) {
                slot = (slot + 1) & mask;
            }
            if (slots[slot] == no_group) {
                slots[slot] = static_cast<std::uint32_t>(groups_.size());
                groups_.push_back({key, 0, nullptr, true});
            }
            last = slots[slot];
        }
        group_of_[i] = last;
        ++groups_[last].uses;
    }
}

void Batch::get_tables() {
    struct Missing {
        std::size_t group;
        unsigned width;
    };

    // Looking is quick and done here; only building is worth threads. A file may name many keys a
    // few times each, and the narrowest table is some 36 times as large as the records that make
    // it pay: so there is a bound.
    std::size_t room = KeyCache::default_memory_bound;
    std::vector<Missing> missing;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        KeyGroup& group = groups_[i];
        group.is_point = is_strict_encoding(group.key.bytes.data());
        if (!group.is_point || (cache_ == nullptr && engine_.width_for(group.uses) == 0)) {
            continue;
        }
        Engine::FoundTable found = engine_.find_table(group.key, group.uses, cache_);
        group.table = std::move(found.table);
        const unsigned width = found.missing_width;
        if (width != 0 && KeyTable::memory_of(width) <= room) {
            room -= KeyTable::memory_of(width);
            missing.push_back({i, width});
        }
    }
    for_each_piece(threads_, missing.size(), [&](std::size_t i) {
        KeyGroup& group = groups_[missing[i].group];
        group.table = engine_.build_table(group.key, missing[i].width, cache_);
        group.is_point = group.table != nullptr;
    });
}

void Batch::sort_into_classes() {
    const auto class_of = [this](const KeyGroup& group) -> Class& {
        return classes_[group.table ? group.table->windows().width : 0];
    };
    std::array<std::size_t, max_width + 1> sizes{};
    for (const KeyGroup& group : groups_) {
        sizes[static_cast<std::size_t>(&class_of(group) - classes_.data())] += group.uses;
    }
    for (std::size_t width = 0; width <= max_width; ++width) {
        classes_[width].reserve(sizes[width]);
    }
    for (std::size_t i = 0; i < items_.size(); ++i) {
        if (group_of_[i] != no_group && groups_[group_of_[i]].is_point) {
            class_of(groups_[group_of_[i]]).push_back(static_cast<std::uint32_t>(i));
        }
    }
}

void Batch::split_classes() {
    const Path& path = engine_.path();
    const auto cost = [&](unsigned width) {
        return std::size_t{width == 0 ? path.cost_without_table : path.cost_with_table};
    };
    std::size_t work = 0;
    for (unsigned width = 0; width <= max_width; ++width) {
        work += classes_[width].size() * cost(width);
    }
    threads_ = static_cast<unsigned>(std::clamp<std::size_t>(work / min_thread_work, 1, threads_));
    for (unsigned width = 0; width <= max_width; ++width) {
        const std::size_t count = classes_[width].size();
        std::size_t size = 0;
        for (std::size_t first = 0; first < count; first += size) {
            size = path.group;
            if (threads_ > 1) {
                // Guided self-scheduling (Polychronopoulos and Kuck, 1987): large
                // pieces while there is much left, small ones to end together.
                const std::size_t fair = work / (2 * std::size_t{threads_});
                const std::size_t vector_work = cost(width) * path.lanes;
                const std::size_t vectors = std::max(fair, min_thread_work) / vector_work;
                size = std::clamp(vectors, std::size_t{1}, std::size_t{path.group / path.lanes}) *
                       path.lanes;
            }
            size = std::min(size, count - first);
            slices_.push_back({width, first, size});
            work -= size * cost(width);
        }
    }
}

void Batch::verify_slices() {
    for_each_piece(threads_, slices_.size(), [&](std::size_t i) { verify_slice(slices_[i]); });
}

void Batch::verify_slice(const Slice& slice) {
    const Path& path = engine_.path();
    const std::span<const std::uint32_t> source(classes_[slice.width].data() + slice.first,
                                                slice.count);
    std::vector<Job> jobs;
    std::vector<std::uint32_t> indices;
    jobs.reserve(source.size());
    indices.reserve(source.size());
    for (const std::uint32_t index : source) {
        const KeyGroup& group = groups_[group_of_[index]];
        Job& job = jobs.emplace_back();
        if (make_job(items_[index], group.key, job)) {
            job.table = group.table ? group.table->table().entries : nullptr;
            indices.push_back(index);
        } else {
            jobs.pop_back();
        }
    }
    const std::size_t count = jobs.size();
    if (count == 0) {
        return;
    }
    std::vector<std::uint8_t> verdicts(count);
    if (slice.width == 0) {
        // What does not fill a vector may be faster without.
        const std::size_t rest = count % path.lanes;
        const bool is_enough = rest >= path.lanes_from;
        const std::size_t in_lanes =
            path.lanes_from > path.lanes ? 0 : count - (is_enough ? 0 : rest);
        if (in_lanes != 0) {
            path.without_tables(jobs.data(), in_lanes, base_, verdicts.data());
        }
        verify_few(path, jobs.data() + in_lanes, count - in_lanes, base_,
                   verdicts.data() + in_lanes);
    } else {
        const auto run =
            count < path.lanes_from_with_tables ? path.few_with_tables : path.with_tables;
        run(jobs.data(), count, base_, windows_of(slice.width), verdicts.data());
    }
    for (std::size_t i = 0; i < count; ++i) {
        verdicts_[indices[i]] = verdicts[i];
    }
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
