// SPDX-License-Identifier: MIT OR Apache-2.0
// An Env with a folder of its own, for tests that every Env must pass.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "aion/base/files.hpp"
#include "aion/base/memory_env.hpp"
#include "support/places.hpp"

namespace aion::test {

class EnvFolder {
  public:
    virtual ~EnvFolder() = default;
    EnvFolder(const EnvFolder&) = delete;
    EnvFolder& operator=(const EnvFolder&) = delete;
    EnvFolder(EnvFolder&&) = delete;
    EnvFolder& operator=(EnvFolder&&) = delete;

    virtual Env& env() = 0;
    /// Replaces a link that is there.
    virtual void put_symlink(const std::filesystem::path& path,
                             const std::filesystem::path& target) = 0;
    /// Writes over the file in place, as a program that does not know better.
    virtual void overwrite(const std::filesystem::path& path, std::string_view text) = 0;

    /// A path inside the folder.
    [[nodiscard]] std::filesystem::path at(const std::string& name) const { return root_ / name; }

    [[nodiscard]] const std::filesystem::path& root() const { return root_; }

  protected:
    explicit EnvFolder(std::filesystem::path root) : root_(std::move(root)) {}

  private:
    std::filesystem::path root_;
};

/// The real file system, in a new temporary folder that is removed in the end.
std::unique_ptr<EnvFolder> make_system_folder();
std::unique_ptr<EnvFolder> make_memory_folder();
/// On a file system where every file has a name.
std::unique_ptr<EnvFolder> make_named_folder();

struct EnvKind {
    std::string name;
    std::unique_ptr<EnvFolder> (*make)();
};

/// Names the kind in the output of a failed test.
void PrintTo(const EnvKind& kind, std::ostream* out);

inline const auto every_env =
    ::testing::Values(EnvKind{"System", make_system_folder}, EnvKind{"Memory", make_memory_folder},
                      EnvKind{"MemoryNamed", make_named_folder});

/// Base of the test suites that run with every Env.
class WithEveryEnv : public ::testing::TestWithParam<EnvKind> {
  protected:
    Env& env() { return folder_->env(); }

    [[nodiscard]] std::filesystem::path at(const std::string& name) const {
        return folder_->at(name);
    }

    [[nodiscard]] EnvFolder& folder() { return *folder_; }

    /// Writes a new or existing file through the library, checking that it worked.
    void write(const std::string& name, std::string_view text);
    /// The content of a file, or the error that reading it gives.
    [[nodiscard]] std::string read(const std::string& name);
    /// Names in the folder.
    [[nodiscard]] std::vector<std::string> names();

  private:
    std::unique_ptr<EnvFolder> folder_ = GetParam().make();
};

std::string env_name(const ::testing::TestParamInfo<EnvKind>& info);

/// `name_of (errno)`, or `ok`.
template <class T>
std::string outcome(const Result<T>& result) {
    if (result) {
        return "ok";
    }
    const std::string name{name_of(result.error().code())};
    const int cause = result.error().os_error();
    return cause == 0 ? name : name + " (" + std::to_string(cause) + ")";
}

/// What `outcome` gives for an error with a cause.
inline std::string caused(const std::string& name, int cause) {
    return name + " (" + std::to_string(cause) + ")";
}

}  // namespace aion::test
