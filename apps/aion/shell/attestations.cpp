// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/attestations.hpp"

#include <cerrno>

#include "shell/try.hpp"

namespace aion::cli {

Outcome<std::string> container_of(const std::string& file, const std::string& path) {
    if (!path.empty()) {
        return path;
    }
    if (file == "-") {
        return fail_with("Nothing stands beside standard input",
                         "Name the attestations with --attestations");
    }
    return file + std::string(attest::container_suffix);
}

Outcome<attest::Container> load_container(Context& context, const std::string& path) {
    auto container = attest::read_container(context.env, path);
    if (!container && container.error().os_error() == ENOENT) {
        return about_file(fail_because(container.error(), "There are no attestations: " + path,
                                       "Attest the file with `aion attest add`, or name them with "
                                       "--attestations"),
                          path);
    }
    if (!container) {
        return about_file(fail_with(container.error()), path);
    }
    return *std::move(container);
}

}  // namespace aion::cli
