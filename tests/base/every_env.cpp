// SPDX-License-Identifier: MIT OR Apache-2.0
#include "every_env.hpp"

#include <fstream>

#include "aion/base/hex.hpp"

namespace aion::test {
namespace {

namespace fs = std::filesystem;

class SystemFolder final : public EnvFolder {
  public:
    SystemFolder() : EnvFolder(new_folder()) {}

    ~SystemFolder() override {
        std::error_code ignored;
        fs::remove_all(root(), ignored);
    }

    SystemFolder(const SystemFolder&) = delete;
    SystemFolder& operator=(const SystemFolder&) = delete;
    SystemFolder(SystemFolder&&) = delete;
    SystemFolder& operator=(SystemFolder&&) = delete;

    Env& env() override { return Env::system(); }

    void put_symlink(const fs::path& path, const fs::path& target) override {
        std::error_code none;
        fs::remove(path, none);
        fs::create_symlink(target, path);
    }

    void overwrite(const fs::path& path, std::string_view text) override {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    }

  private:
    static fs::path new_folder() {
        std::array<std::uint8_t, 8> random{};
        EXPECT_TRUE(Env::system().random(random).has_value());
        const fs::path folder = fs::temp_directory_path() / ("aion-test-" + to_hex(random));
        EXPECT_TRUE(Env::system().create_directories(folder, 0700).has_value());
        return folder;
    }
};

class MemoryFolder : public EnvFolder {
  public:
    MemoryFolder() : EnvFolder("/world") { memory_.put_directory(root()); }

    Env& env() override { return memory_; }

    void put_symlink(const fs::path& path, const fs::path& target) override {
        memory_.put_symlink(path, target);
    }

    void overwrite(const fs::path& path, std::string_view text) override {
        memory_.put(path, as_bytes(text));
    }

  protected:
    MemoryEnv& memory() { return memory_; }

  private:
    MemoryEnv memory_;
};

class NamedFolder final : public MemoryFolder {
  public:
    NamedFolder() {
        memory().set_fault([](std::uint64_t, const MemoryEnv::CallRecord& call) {
            return call.call == MemoryEnv::Call::create_unlinked ? EOPNOTSUPP : 0;
        });
    }
};

}  // namespace

std::unique_ptr<EnvFolder> make_system_folder() {
    return std::make_unique<SystemFolder>();
}

std::unique_ptr<EnvFolder> make_memory_folder() {
    return std::make_unique<MemoryFolder>();
}

std::unique_ptr<EnvFolder> make_named_folder() {
    return std::make_unique<NamedFolder>();
}

void PrintTo(const EnvKind& kind, std::ostream* out) {
    *out << kind.name;
}

void WithEveryEnv::write(const std::string& name, std::string_view text) {
    const std::array<ByteView, 1> pieces{as_bytes(text)};
    WriteOptions options;
    options.replace = Replace::always;
    options.sync = false;
    const auto written = write_file_atomically(env(), at(name), pieces, options);
    ASSERT_EQ(outcome(written), "ok");
}

std::string WithEveryEnv::read(const std::string& name) {
    const auto content = read_file(env(), at(name));
    return content ? std::string(as_text(*content)) : outcome(content);
}

std::vector<std::string> WithEveryEnv::names() {
    auto listed = list_at(env(), folder().root());
    EXPECT_EQ(outcome(listed), "ok");
    return listed.value_or(std::vector<std::string>{});
}

std::string env_name(const ::testing::TestParamInfo<EnvKind>& info) {
    return info.param.name;
}

}  // namespace aion::test
