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

class World {
  public:
    virtual ~World() = default;
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    World(World&&) = delete;
    World& operator=(World&&) = delete;

    virtual Env& env() = 0;
    /// Replaces a link that is there.
    virtual void put_symlink(const std::filesystem::path& path,
                             const std::filesystem::path& target) = 0;
    /// Writes over the file in place, as a program that does not know better.
    virtual void overwrite(const std::filesystem::path& path, std::string_view text) = 0;

    /// A path inside the world's folder.
    [[nodiscard]] std::filesystem::path at(const std::string& name) const { return root_ / name; }

    [[nodiscard]] const std::filesystem::path& root() const { return root_; }

  protected:
    explicit World(std::filesystem::path root) : root_(std::move(root)) {}

  private:
    std::filesystem::path root_;
};

/// The real file system, in a new temporary folder that is removed in the end.
std::unique_ptr<World> make_system_world();
std::unique_ptr<World> make_memory_world();

struct WorldKind {
    std::string name;
    std::unique_ptr<World> (*make)();
};

/// Names the kind in the output of a failed test.
void PrintTo(const WorldKind& kind, std::ostream* out);

inline const auto every_world = ::testing::Values(WorldKind{"System", make_system_world},
                                                  WorldKind{"Memory", make_memory_world});

/// Base of the test suites that run in every world.
class InEveryWorld : public ::testing::TestWithParam<WorldKind> {
  protected:
    Env& env() { return world_->env(); }

    [[nodiscard]] std::filesystem::path at(const std::string& name) const {
        return world_->at(name);
    }

    [[nodiscard]] World& world() { return *world_; }

    /// Writes a new or existing file through the library, checking that it worked.
    void write(const std::string& name, std::string_view text);
    /// The content of a file, or the error that reading it gives.
    [[nodiscard]] std::string read(const std::string& name);
    /// Names in the world's folder.
    [[nodiscard]] std::vector<std::string> names();

  private:
    std::unique_ptr<World> world_ = GetParam().make();
};

std::string world_name(const ::testing::TestParamInfo<WorldKind>& info);

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
