// SPDX-License-Identifier: MIT OR Apache-2.0
#include "crypto/ed25519/cpu.hpp"

#include <cstdlib>

#include "base/names.hpp"

namespace aion::crypto {
namespace ed25519 {

// The compiler's run-time support asks CPUID, and XGETBV whether the system
// saves the registers.
bool is_supported(CpuPath path) noexcept {
#if defined(__x86_64__)
    switch (path) {
        case CpuPath::avx512ifma:
            return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("bmi2");
        case CpuPath::avx2:
            return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                   __builtin_cpu_supports("bmi2");
        case CpuPath::portable:
            break;
    }
#endif
    return path == CpuPath::portable;
}

const Path& path_of(CpuPath path) noexcept {
#if defined(__x86_64__)
    switch (path) {
        case CpuPath::avx512ifma:
            return avx512_path;
        case CpuPath::avx2:
            return avx2_path;
        case CpuPath::portable:
            break;
    }
#endif
    return portable_path;
}

}  // namespace ed25519

namespace {

constexpr NameTable paths(std::to_array<Named<CpuPath>>({
    {CpuPath::portable, "portable"},
    {CpuPath::avx2, "avx2"},
    {CpuPath::avx512ifma, "avx512ifma"},
}));

}  // namespace

CpuPath active_cpu_path() noexcept {
    static const CpuPath active = [] {
        constexpr CpuPath best_first[] = {CpuPath::avx512ifma, CpuPath::avx2, CpuPath::portable};
        // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in the library changes the
        // environment.
        const char* wanted = std::getenv("AION_CPU");
        for (const CpuPath path : best_first) {
            if (wanted != nullptr && name_of(path) == wanted && ed25519::is_supported(path)) {
                return path;
            }
        }
        for (const CpuPath path : best_first) {
            if (ed25519::is_supported(path)) {
                return path;
            }
        }
        return CpuPath::portable;
    }();
    return active;
}

std::string_view name_of(CpuPath path) noexcept {
    return paths.name(path);
}

}  // namespace aion::crypto
