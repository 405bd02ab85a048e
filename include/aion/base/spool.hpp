// SPDX-License-Identifier: MIT OR Apache-2.0
// Keeping what comes in once, for who has to read it more than once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "aion/base/env.hpp"

namespace aion {

/// Takes bytes as they come in, from a pipe, say. What is small stays in memory; what is not goes
/// to a file without a name (`Env::create_unnamed`), so that its size costs disk and no memory.
class Spool {
  public:
    /// From so many bytes on there is a file.
    static constexpr std::size_t most_in_memory = std::size_t{4} << 20U;

    explicit Spool(Env& env) noexcept : env_(&env) {}

    /// Appends `bytes`. Errors: those of `Env::create_unnamed` and of writing to its file.
    [[nodiscard]] Result<> append(ByteView bytes);

    /// Bytes so far.
    [[nodiscard]] std::uint64_t size() const noexcept;

    /// All that was appended, to be read by position any number of times. `path` names it in
    /// messages. To be called once, in the end.
    [[nodiscard]] std::unique_ptr<ReadableFile> finish(const std::filesystem::path& path);

  private:
    Env* env_;
    Bytes held_;
    std::unique_ptr<UnnamedFile> file_;
};

/// Another way to the bytes of `file`: each may be closed on its own. For what nobody else can
/// reach, and so may be read again. Not for several threads at a time.
[[nodiscard]] std::unique_ptr<ReadableFile> share(std::shared_ptr<ReadableFile> file);

/// Reads all of `file` once and keeps it, as `Spool` does. Errors: those of reading;
/// `file_changed`; those of `Spool::append`.
[[nodiscard]] Result<std::shared_ptr<ReadableFile>> spool(Env& env, ReadableFile& file);

}  // namespace aion
