// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/base/sync.hpp"

#include <cerrno>

#include "base/file_system.hpp"

namespace aion {

Result<> sync_file_system(Directory& directory) {
    auto* const system = dynamic_cast<FileSystem*>(&directory);
    if (system == nullptr) {
        return fail(error_at_path(ErrorCode::file_write_error, "", EOPNOTSUPP));
    }
    return system->sync_all();
}

}  // namespace aion
