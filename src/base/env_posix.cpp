// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/env_posix.hpp"

#include <sys/random.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <ctime>

#include "base/machine_id.hpp"
#include "base/try.hpp"

namespace aion {
namespace {

std::optional<std::string> environment(const char* name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): unsafe only against setenv, which is the caller's.
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// Stateless, hence thread-safe: every method is a function of env_posix.hpp.
class PosixEnv final : public Env {
  public:
    Result<std::shared_ptr<const FileContent>> read(const std::filesystem::path& path,
                                                    const ReadOptions& options) override {
        return posix::read(path, options);
    }

    Result<std::unique_ptr<ReadableFile>> open(const std::filesystem::path& path,
                                               const ReadOptions& options) override {
        return posix::open(path, options);
    }

    Result<std::unique_ptr<UnnamedFile>> create_unnamed() override {
        const auto folder = environment("TMPDIR");
        const bool is_usable = folder && std::filesystem::path(*folder).is_absolute();
        return posix::create_unnamed(is_usable ? *folder : "/tmp");
    }

    Result<std::optional<FileInfo>> info(const std::filesystem::path& path) override {
        return posix::info_at(path);
    }

    Result<std::shared_ptr<Directory>> open_directory(const std::filesystem::path& path) override {
        return posix::open_directory(path);
    }

    Result<Place> locate(const std::filesystem::path& path) override { return posix::locate(path); }

    Result<std::shared_ptr<Directory>> create_directories(const std::filesystem::path& directory,
                                                          std::uint32_t mode) override {
        return posix::create_directories(directory, mode);
    }

    Result<std::unique_ptr<Watch>> watch(std::vector<std::filesystem::path> paths) override {
        return posix::watch(std::move(paths));
    }

    Timestamp now() override;
    Result<> random(MutableByteView out) override;
    Result<MachineId> machine_id() override;
};

Timestamp PosixEnv::now() {
    timespec time{};
    if (::clock_gettime(CLOCK_REALTIME, &time) != 0 || time.tv_sec < 0) {
        return {};
    }
    return Timestamp{static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
                     static_cast<std::uint64_t>(time.tv_nsec)};
}

Result<> PosixEnv::random(MutableByteView out) {
    while (!out.empty()) {
        const auto got = posix::retry([&] { return ::getrandom(out.data(), out.size(), 0); });
        if (got <= 0) {
            return fail(error_because(ErrorCode::entropy_unavailable, "getrandom failed")
                            .caused_by_os(errno));
        }
        out = out.subspan(static_cast<std::size_t>(got));
    }
    return {};
}

// Only where there is no file is there a substitute: a key made under one while the file could not
// be read would be lost as soon as it can be.
Result<MachineId> PosixEnv::machine_id() {
    MachineFacts facts;
    const auto file = read("/etc/machine-id", {.max_size = 4096, .regular_only = true});
    if (file) {
        facts.machine_id_file = as_text((*file)->bytes());
    } else if (file.error().os_error() != ENOENT && file.error().os_error() != ENOTDIR) {
        return fail(unreadable_machine_id(file.error()));
    }
    facts.user = environment("USER");
    facts.username = environment("USERNAME");
    std::array<char, HOST_NAME_MAX + 1> host{};
    if (::gethostname(host.data(), host.size() - 1) == 0) {
        facts.host = host.data();
    }
    return machine_id_from(facts);
}

}  // namespace

Result<std::unique_ptr<Watch>> Env::watch(std::vector<std::filesystem::path> paths) {
    return fail(posix::read_error(paths.empty() ? "" : paths.front(), EOPNOTSUPP));
}

Env& Env::system() {
    // Never destroyed, so that destructors of other statics may still use it.
    alignas(PosixEnv) static std::array<std::byte, sizeof(PosixEnv)> storage;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): what construct_at needs.
    static PosixEnv* const env = std::construct_at(reinterpret_cast<PosixEnv*>(storage.data()));
    return *env;
}

}  // namespace aion

namespace aion::posix {
namespace {

FileKind kind_of(mode_t mode) noexcept {
    if (S_ISREG(mode)) {
        return FileKind::regular;
    }
    if (S_ISDIR(mode)) {
        return FileKind::directory;
    }
    return S_ISLNK(mode) ? FileKind::symlink : FileKind::other;
}

std::uint64_t nanoseconds(const timespec& time) noexcept {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

FileInfo to_file_info(const struct stat& facts) noexcept {
    FileInfo info;
    info.kind = kind_of(facts.st_mode);
    info.size = static_cast<std::uint64_t>(facts.st_size);
    info.mode = facts.st_mode & 07777U;
    info.user = facts.st_uid;
    info.group = facts.st_gid;
    info.links = facts.st_nlink;
    info.identity = {
        .device = facts.st_dev,
        .inode = facts.st_ino,
        .size = info.size,
        .modified_ns = nanoseconds(facts.st_mtim),
    };
    info.changed_ns = nanoseconds(facts.st_ctim);
    return info;
}

Result<FileInfo> info_of(int descriptor, const std::filesystem::path& path) {
    struct stat facts{};
    if (::fstat(descriptor, &facts) != 0) {
        return fail(read_error(path));
    }
    return to_file_info(facts);
}

Result<std::optional<FileInfo>> info_at(const std::filesystem::path& path) {
    struct stat facts{};
    if (::stat(path.c_str(), &facts) == 0) {
        return to_file_info(facts);
    }
    if (errno == ENOENT || errno == ENOTDIR) {
        return std::nullopt;
    }
    return fail(read_error(path));
}

Result<std::optional<FileInfo>> info_at(int directory, const std::string& name,
                                        const std::filesystem::path& shown) {
    struct stat facts{};
    if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0) {
        return to_file_info(facts);
    }
    if (errno == ENOENT) {
        return std::nullopt;
    }
    return fail(read_error(shown));
}

Error read_error(const std::filesystem::path& path, int cause) {
    return error_at_path(ErrorCode::file_read_error, path.string(), cause);
}

Error write_error(const std::filesystem::path& path, int cause) {
    return error_at_path(ErrorCode::file_write_error, path.string(), cause);
}

}  // namespace aion::posix
