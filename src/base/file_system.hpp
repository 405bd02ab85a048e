// SPDX-License-Identifier: MIT OR Apache-2.0
// What a directory of ours knows of the file system that it is in.
#pragma once

#include "aion/base/result.hpp"

namespace aion {

class FileSystem {
  public:
    virtual ~FileSystem() = default;
    FileSystem(const FileSystem&) = delete;
    FileSystem& operator=(const FileSystem&) = delete;
    FileSystem(FileSystem&&) = delete;
    FileSystem& operator=(FileSystem&&) = delete;

    /// As `sync_file_system` (aion/base/sync.hpp).
    [[nodiscard]] virtual Result<> sync_all() = 0;

  protected:
    FileSystem() = default;
};

}  // namespace aion
