// SPDX-License-Identifier: MIT OR Apache-2.0
// Outputs that are written to and never replaced: open descriptors, pipes, devices.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aion/base/bytes.hpp"
#include "shell/outcome.hpp"

namespace aion::cli {

/// Something that takes bytes one after the other.
class OutputStream {
  public:
    OutputStream() = default;
    virtual ~OutputStream() = default;
    OutputStream(const OutputStream&) = delete;
    OutputStream& operator=(const OutputStream&) = delete;
    OutputStream(OutputStream&&) = delete;
    OutputStream& operator=(OutputStream&&) = delete;

    /// Writes all of `bytes`.
    [[nodiscard]] virtual Outcome<> write(ByteView bytes) = 0;
    /// Whether a person would see them.
    [[nodiscard]] virtual bool is_terminal() const noexcept = 0;
};

/// The descriptor of this process that `path` names: `/dev/stdout`, `/dev/fd/3`,
/// `/proc/self/fd/3`, or a symbolic link that leads to one. Opening such a path anew would begin at
/// the start of the file behind it, and replacing it would leave that file to nobody.
[[nodiscard]] std::optional<int> descriptor_named_by(const std::string& path);

/// The descriptor that `path` names, or else the pipe or device that is there, which is neither
/// made nor emptied. A pipe is waited for until somebody reads it.
[[nodiscard]] Outcome<std::unique_ptr<OutputStream>> open_output_stream(const std::string& path);

}  // namespace aion::cli
