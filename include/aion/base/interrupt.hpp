// SPDX-License-Identifier: MIT OR Apache-2.0
// Asking changes that are under way to stop, from a signal handler or another thread.
//
// The library installs no signal handler and starts no watch. Whoever wants to be able to stop a
// write gives an `InterruptibleEnv` to what writes, and calls `Interrupt::request` when it is time:
//
//   aion::Interrupt interrupt;                                     // the handler's, too
//   aion::InterruptibleEnv env(aion::Env::system(), interrupt);
//   aion::policy::create(env, …);                                  // `interrupted`, if asked
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "aion/base/env.hpp"

namespace aion {

/// A request to stop, and how far the changes are that it is about. Every member function may be
/// called at any time, in any thread and in a signal handler: none of them locks or allocates.
class Interrupt {
  public:
    /// From now on every change through an environment with this object ends with `interrupted`
    /// and leaves everything as it was, unless it has come too far: what is renamed into its place
    /// stays, is synced, and is a success. A write is asked after every 8 MiB and right before that
    /// rename; what waits for a lock or computes meanwhile is not woken.
    void request() noexcept { requested_ = true; }

    [[nodiscard]] bool requested() const noexcept { return requested_; }

    /// Whether a temporary file is there, or anything else that is half done: a process that ended
    /// now would leave it. Otherwise it may end at once, if no other thread can begin a write in
    /// between: where several write, ask with `request` and wait for them.
    [[nodiscard]] bool is_under_way() const noexcept { return under_way_ != 0; }

    /// How many changes were made: files put into their places, keys deleted. Counted before
    /// `is_under_way` turns false.
    [[nodiscard]] std::uint64_t done() const noexcept { return done_; }

    /// How much of the files that are being written is written, in bytes.
    struct Written {
        std::uint64_t bytes = 0;
        std::uint64_t of = 0;
    };

    [[nodiscard]] Written written() const noexcept { return {written_, to_write_}; }

  private:
    friend class Change;
    static_assert(std::atomic<bool>::is_always_lock_free &&
                  std::atomic<std::uint64_t>::is_always_lock_free);

    std::atomic<bool> requested_ = false;
    std::atomic<std::uint64_t> under_way_ = 0;
    std::atomic<std::uint64_t> done_ = 0;
    std::atomic<std::uint64_t> written_ = 0;
    std::atomic<std::uint64_t> to_write_ = 0;
};

/// Another environment, whose changes can be asked to stop. Both must live as long as this one.
class InterruptibleEnv final : public Env {
  public:
    InterruptibleEnv(Env& env, Interrupt& interrupt) noexcept
        : env_(&env), interrupt_(&interrupt) {}

    [[nodiscard]] Result<std::shared_ptr<const FileContent>> read(
        const std::filesystem::path& path, const ReadOptions& options) override {
        return env_->read(path, options);
    }

    [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& path,
                                                             const ReadOptions& options) override {
        return env_->open(path, options);
    }

    [[nodiscard]] Result<std::unique_ptr<UnnamedFile>> create_unnamed() override {
        return env_->create_unnamed();
    }

    [[nodiscard]] Result<std::optional<FileInfo>> info(const std::filesystem::path& path) override {
        return env_->info(path);
    }

    [[nodiscard]] Result<std::shared_ptr<Directory>> open_directory(
        const std::filesystem::path& path) override {
        return env_->open_directory(path);
    }

    [[nodiscard]] Result<Place> locate(const std::filesystem::path& path) override {
        return env_->locate(path);
    }

    [[nodiscard]] Result<std::shared_ptr<Directory>> create_directories(
        const std::filesystem::path& directory, std::uint32_t mode) override {
        return env_->create_directories(directory, mode);
    }

    [[nodiscard]] Result<std::unique_ptr<Watch>> watch(
        std::vector<std::filesystem::path> paths) override {
        return env_->watch(std::move(paths));
    }

    [[nodiscard]] Timestamp now() override { return env_->now(); }

    [[nodiscard]] Result<> random(MutableByteView out) override { return env_->random(out); }

    [[nodiscard]] Result<MachineId> machine_id() override { return env_->machine_id(); }

    [[nodiscard]] Interrupt* interrupt() noexcept override { return interrupt_; }

  private:
    Env* env_;
    Interrupt* interrupt_;
};

}  // namespace aion
