// SPDX-License-Identifier: MIT OR Apache-2.0
#include <cstdlib>

#include "base/env_posix.hpp"
#include "base/try.hpp"

namespace aion::posix {
namespace {

/// Where there is no O_TMPFILE, the file has a name for a moment.
Descriptor create_and_unlink(const std::filesystem::path& folder) {
    std::string name = (folder / "aion-XXXXXX").string();
    Descriptor file(retry([&] { return ::mkostemp(name.data(), O_CLOEXEC); }));
    if (file.is_open() && ::unlink(name.c_str()) != 0) {
        return {};
    }
    return file;
}

Descriptor create_without_a_name(const std::filesystem::path& folder) {
#ifdef O_TMPFILE
    // With O_EXCL it can never be given a name.
    Descriptor file = open(folder, O_TMPFILE | O_RDWR | O_EXCL, 0600);
    if (file.is_open()) {
        return file;
    }
    // Whatever the cause: file systems and filters of calls have many words for not knowing it, and
    // a folder that takes no file says so again.
#endif
    return create_and_unlink(folder);
}

class PosixUnnamedFile final : public UnnamedFile {
  public:
    PosixUnnamedFile(Descriptor file, const FileInfo& info, std::filesystem::path folder)
        : file_(std::move(file)), info_(info), folder_(std::move(folder)) {}

    [[nodiscard]] const FileInfo& info() const noexcept override { return info_; }

    [[nodiscard]] Result<> append(ByteView bytes) override {
        // Behind what is counted: what an append that failed wrote before is written over.
        std::uint64_t end = info_.size;
        while (!bytes.empty()) {
            const auto wrote = retry([&] {
                return ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(end));
            });
            if (wrote < 0) {
                return fail(no_room(errno));
            }
            end += static_cast<std::uint64_t>(wrote);
            bytes = bytes.subspan(static_cast<std::size_t>(wrote));
        }
        info_.size = end;
        return {};
    }

    [[nodiscard]] Result<> read_at(std::uint64_t offset, MutableByteView out) override {
        AION_TRY_ASSIGN(const std::size_t got, read_from(file_.get(), offset, out, folder_));
        if (got != out.size()) {
            return fail(error_at_path(ErrorCode::file_changed, folder_.string()));
        }
        return {};
    }

    [[nodiscard]] Result<> check_unchanged() const override { return {}; }

  private:
    [[nodiscard]] Error no_room(int cause) const {
        return write_error(folder_, cause)
            .in_context("what comes in is kept in an unnamed file in " + folder_.string() +
                        "; TMPDIR names another folder");
    }

    Descriptor file_;
    FileInfo info_;
    std::filesystem::path folder_;
};

}  // namespace

Result<std::unique_ptr<UnnamedFile>> create_unnamed(const std::filesystem::path& folder) {
    Descriptor file = create_without_a_name(folder);
    if (!file.is_open()) {
        return fail(
            write_error(folder).in_context("what comes in is to be kept in an unnamed file in " +
                                           folder.string() + "; TMPDIR names another folder"));
    }
    AION_TRY_ASSIGN(const FileInfo info, info_of(file.get(), folder));
    return std::make_unique<PosixUnnamedFile>(std::move(file), info, folder);
}

}  // namespace aion::posix
