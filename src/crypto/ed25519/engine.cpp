// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519/engine.hpp"

#include <algorithm>
#include <cstring>

#include "base/threads.hpp"
#include "crypto/ed25519/base_tables.hpp"
#include "crypto/ed25519/cpu.hpp"
#include "crypto/ed25519/key_cache.hpp"
#include "crypto/ed25519/scalar.hpp"

namespace aion::crypto::ed25519 {
namespace {

/// RFC 8032 section 5.1: y = 4/5, x even.
constexpr std::array<unsigned char, 32> base_point = [] {
    std::array<unsigned char, 32> encoding{};
    encoding.fill(0x66);
    encoding[0] = 0x58;
    return encoding;
}();

constexpr unsigned wide_base_width = 8;
constexpr std::size_t wide_base_from = 512;

}  // namespace

Engine& Engine::of(CpuPath path) {
    // Never destroyed: threads may still verify while the process exits.
    static const auto make = [](CpuPath of) {
        return std::make_unique<Engine>(path_of(of)).release();
    };
    static Engine& portable = *make(CpuPath::portable);
    static Engine& avx2 = *make(CpuPath::avx2);
    static Engine& avx512 = *make(CpuPath::avx512ifma);
    switch (path) {
        case CpuPath::avx512ifma:
            return avx512;
        case CpuPath::avx2:
            return avx2;
        case CpuPath::portable:
            break;
    }
    return portable;
}

bool Engine::is_valid_public_key(const PublicKey& key) const {
    return is_strict_encoding(key.bytes.data()) && path_.is_point(key.bytes.data());
}

std::size_t Engine::find_invalid_public_key(std::span<const PublicKey> keys,
                                            unsigned threads) const {
    static_assert(sizeof(PublicKey) == 32);
    constexpr std::size_t piece = 256;  // Some 60 us and more, which is worth a thread.
    std::atomic<std::size_t> found{keys.size()};
    const auto check = [&](std::size_t number) {
        const std::size_t first = number * piece;
        const auto some = keys.subspan(first, std::min(piece, keys.size() - first));
        std::array<std::uint8_t, piece> are_points;
        path_.are_points(some.front().bytes.data(), some.size(), are_points.data());
        for (std::size_t i = 0; i < some.size(); ++i) {
            if (are_points[i] == 0 || !is_strict_encoding(some[i].bytes.data())) {
                std::size_t known = found.load();
                while (first + i < known && !found.compare_exchange_weak(known, first + i)) {
                }
                return;
            }
        }
    };
    const std::size_t pieces = (keys.size() + piece - 1) / piece;
    for_each_piece(pieces < 2 ? 1 : thread_limit(threads), pieces, check);
    return found.load();
}

bool Engine::verify(const VerifyItem& item, KeyCache* cache) {
    if (item.key == nullptr || item.signature == nullptr) {
        return false;
    }
    const PublicKey key = *item.key;
    Job job;
    if (!make_job(item, key, job)) {
        return false;
    }
    std::uint8_t verdict = 0;
    bool is_point = true;
    std::shared_ptr<const KeyTable> table;
    if (cache != nullptr) {
        FoundTable found = find_table(key, 1, cache);
        table = found.missing_width == 0 ? std::move(found.table)
                                         : build_table(key, found.missing_width, cache);
        is_point = table != nullptr || found.missing_width == 0;
    }
    if (table != nullptr) {
        job.table = table->table().entries;
        path_.few_with_tables(&job, 1, base(1), table->windows(), &verdict);
    } else if (is_point) {
        verify_few(path_, &job, 1, base(1), &verdict);
    }
    return verdict != 0;
}

Table Engine::base(std::size_t count) {
    const std::size_t before = checked_.fetch_add(count, std::memory_order_relaxed);
    if (before + count < wide_base_from) {
        return {base_table.entry, &windows_of(base_table_width)};
    }
    const KeyTable* table = ready_.load(std::memory_order_acquire);
    if (table == nullptr) {
        const std::scoped_lock lock(building_);
        if (wide_base_ == nullptr) {
            wide_base_ = KeyTable::build(path_, base_point.data(), false, wide_base_width);
            ready_.store(wide_base_.get(), std::memory_order_release);
        }
        table = wide_base_.get();
    }
    return table->table();
}

unsigned Engine::width_for(std::size_t uses) const noexcept {
    unsigned width = 0;
    for (const WidthStep& step : path_.widths) {
        width = uses >= step.uses ? step.width : width;
    }
    return width;
}

Engine::FoundTable Engine::find_table(const PublicKey& key, std::size_t uses,
                                      KeyCache* cache) const {
    KeyCache::Impl* impl = cache == nullptr ? nullptr : cache->impl_.get();
    KeyCache::Impl::Found found{nullptr, uses};
    if (impl != nullptr) {
        found = impl->use(key, uses);
    }
    const unsigned width = width_for(found.uses);
    if (found.table != nullptr && found.table->windows().width >= width) {
        return {std::move(found.table), 0};
    }
    return {nullptr, width};
}

std::shared_ptr<const KeyTable> Engine::build_table(const PublicKey& key, unsigned width,
                                                    KeyCache* cache) const {
    auto table = KeyTable::build(path_, key.bytes.data(), true, width);
    KeyCache::Impl* impl = cache == nullptr ? nullptr : cache->impl_.get();
    if (impl != nullptr && table != nullptr) {
        impl->offer(key, table);
    }
    return table;
}

void verify_few(const Path& path, const Job* jobs, std::size_t count, const Table& base,
                std::uint8_t* verdicts) {
    HalvedScalars halves[2];
    std::size_t waiting = 0;  // Of two the first, whose halved scalars are there.
    bool is_waiting = false;
    for (std::size_t i = 0; i < count; ++i) {
        const Job& job = jobs[i];
        std::uint64_t k[4];
        std::uint64_t s[4];
        path.hash(job, k);
        std::memcpy(s, job.signature + 32, sizeof s);
        HalvedScalars& own = halves[is_waiting ? 1 : 0];
        if (!halve(s, k, own)) {
            verdicts[i] = path.whole(job, k, base) ? 1 : 0;
        } else if (path.halved_two == nullptr) {
            verdicts[i] = path.halved(job, own) ? 1 : 0;
        } else if (is_waiting) {
            const Job* const two[2] = {jobs + waiting, &job};
            bool both[2];
            path.halved_two(two, halves, both);
            verdicts[waiting] = both[0] ? 1 : 0;
            verdicts[i] = both[1] ? 1 : 0;
            is_waiting = false;
        } else {
            waiting = i;
            is_waiting = true;
        }
    }
    if (is_waiting) {
        verdicts[waiting] = path.halved(jobs[waiting], halves[0]) ? 1 : 0;
    }
}

bool make_job(const VerifyItem& item, const PublicKey& key, Job& job) noexcept {
    job.key = key.bytes.data();
    std::memcpy(job.signature, item.signature->bytes.data(), sizeof job.signature);
    for (std::size_t i = 0; i < item.message.size(); ++i) {
        job.message[i] = {item.message[i].data(), item.message[i].size()};
    }
    return is_reduced(job.signature + 32) && is_strict_encoding(job.signature) &&
           is_strict_encoding(job.key);
}

}  // namespace aion::crypto::ed25519
