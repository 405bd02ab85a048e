// SPDX-License-Identifier: MIT OR Apache-2.0
#include "archive/failing_disk.hpp"

#include <sqlite3.h>

#include <new>

namespace aion::archive::test {
namespace {

sqlite3_vfs* real_disk = nullptr;
sqlite3_vfs failing_disk;
std::uint64_t calls = 0;
std::uint64_t first_to_fail = UINT64_MAX;
bool fails_forever = false;
bool failed = false;
FailingDisk::Failure failure = FailingDisk::Failure::broken;

struct File {
    sqlite3_file base;
    sqlite3_file* real;
};

bool fails_now() {
    const std::uint64_t call = calls++;
    const bool fails = call == first_to_fail || (fails_forever && call > first_to_fail);
    failed = failed || fails;
    return fails;
}

// Calls what is real, unless this call is to fail.
template <class Call>
int unless_failing(int code, Call call) {
    if (!fails_now()) {
        return call();
    }
    if (failure == FailingDisk::Failure::no_memory) {
        return SQLITE_IOERR_NOMEM;
    }
    const bool writes = code == SQLITE_IOERR_WRITE;
    return writes && failure == FailingDisk::Failure::full ? SQLITE_FULL : code;
}

sqlite3_file* real_of(sqlite3_file* file) {
    return reinterpret_cast<File*>(file)->real;
}

int close_file(sqlite3_file* file) {
    return real_of(file)->pMethods->xClose(real_of(file));
}

int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 at) {
    return unless_failing(SQLITE_IOERR_READ, [&] {
        return real_of(file)->pMethods->xRead(real_of(file), out, size, at);
    });
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    return unless_failing(SQLITE_IOERR_WRITE, [&] {
        return real_of(file)->pMethods->xWrite(real_of(file), bytes, size, at);
    });
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return unless_failing(SQLITE_IOERR_TRUNCATE,
                          [&] { return real_of(file)->pMethods->xTruncate(real_of(file), size); });
}

int sync_file(sqlite3_file* file, int flags) {
    return unless_failing(SQLITE_IOERR_FSYNC,
                          [&] { return real_of(file)->pMethods->xSync(real_of(file), flags); });
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return unless_failing(SQLITE_IOERR_FSTAT,
                          [&] { return real_of(file)->pMethods->xFileSize(real_of(file), size); });
}

int lock_file(sqlite3_file* file, int kind) {
    return unless_failing(SQLITE_IOERR_LOCK,
                          [&] { return real_of(file)->pMethods->xLock(real_of(file), kind); });
}

int unlock_file(sqlite3_file* file, int kind) {
    return real_of(file)->pMethods->xUnlock(real_of(file), kind);
}

int check_lock(sqlite3_file* file, int* is_reserved) {
    return unless_failing(SQLITE_IOERR_CHECKRESERVEDLOCK, [&] {
        return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_reserved);
    });
}

int control_file(sqlite3_file* file, int what, void* value) {
    return real_of(file)->pMethods->xFileControl(real_of(file), what, value);
}

int sector_size(sqlite3_file* file) {
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

int characteristics(sqlite3_file* file) {
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

// Of version 1, which cannot share memory.
constexpr sqlite3_io_methods methods = {.iVersion = 1,
                                        .xClose = close_file,
                                        .xRead = read_file,
                                        .xWrite = write_file,
                                        .xTruncate = truncate_file,
                                        .xSync = sync_file,
                                        .xFileSize = file_size,
                                        .xLock = lock_file,
                                        .xUnlock = unlock_file,
                                        .xCheckReservedLock = check_lock,
                                        .xFileControl = control_file,
                                        .xSectorSize = sector_size,
                                        .xDeviceCharacteristics = characteristics,
                                        .xShmMap = nullptr,
                                        .xShmLock = nullptr,
                                        .xShmBarrier = nullptr,
                                        .xShmUnmap = nullptr,
                                        .xFetch = nullptr,
                                        .xUnfetch = nullptr};

int open_file(sqlite3_vfs* /*disk*/, const char* name, sqlite3_file* file, int flags,
              int* flags_out) {
    auto* const ours = new (file) File{};
    ours->real = reinterpret_cast<sqlite3_file*>(ours + 1);
    const int result = unless_failing(SQLITE_CANTOPEN, [&] {
        return real_disk->xOpen(real_disk, name, ours->real, flags, flags_out);
    });
    ours->base.pMethods = result == SQLITE_OK ? &methods : nullptr;
    return result;
}

int delete_file(sqlite3_vfs* /*disk*/, const char* name, int sync) {
    return unless_failing(SQLITE_IOERR_DELETE,
                          [&] { return real_disk->xDelete(real_disk, name, sync); });
}

int look_at_file(sqlite3_vfs* /*disk*/, const char* name, int flags, int* result) {
    return unless_failing(SQLITE_IOERR_ACCESS,
                          [&] { return real_disk->xAccess(real_disk, name, flags, result); });
}

}  // namespace

FailingDisk::FailingDisk() {
    mend();
    real_disk = sqlite3_vfs_find(nullptr);
    failing_disk = *real_disk;
    failing_disk.zName = "failing";
    failing_disk.szOsFile = static_cast<int>(sizeof(File)) + real_disk->szOsFile;
    failing_disk.xOpen = open_file;
    failing_disk.xDelete = delete_file;
    failing_disk.xAccess = look_at_file;
    sqlite3_vfs_register(&failing_disk, 1);
}

FailingDisk::~FailingDisk() {
    sqlite3_vfs_unregister(&failing_disk);
    sqlite3_vfs_register(real_disk, 1);
}

void FailingDisk::fail_from(std::uint64_t first, bool forever, Failure how) noexcept {
    calls = 0;
    first_to_fail = first;
    fails_forever = forever;
    failed = false;
    failure = how;
}

void FailingDisk::mend() noexcept {
    fail_from(UINT64_MAX, false);
}

bool FailingDisk::has_failed() const noexcept {
    return failed;
}

}  // namespace aion::archive::test
