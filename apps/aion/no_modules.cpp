// SPDX-License-Identifier: MIT OR Apache-2.0
// What SQLite calls in place of dlopen(3) where the program is linked statically, see
// CMakeLists.txt: it could load extensions, which nobody lets it do, and the linker would warn that
// they need the libc that we were linked with.

// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's name.
extern "C" void* __wrap_dlopen(const char* file, int mode);

extern "C" void* __wrap_dlopen(const char* /*file*/, int /*mode*/) {
    return nullptr;
}
