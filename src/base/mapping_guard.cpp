// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/mapping_guard.hpp"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <csignal>
#include <mutex>

namespace aion::posix {
namespace {

// --- The table ----------------------------------------------------------------------------
//
// The handler reads it in the middle of anything, so it holds no locks: one atomic word per
// mapping says where the mapping is, and nothing is ever moved.

/// Where a mapping is, in one word so that it is read and written whole: the number of its first
/// page in the upper 36 bits, how many pages it has in the lower 28. Good for addresses below
/// 2^48 and mappings below 1 TiB with pages of 4 KiB.
using Place = std::uint64_t;
constexpr unsigned count_bits = 28;
constexpr Place nowhere = 0;
constexpr Place reserved = Place{1} << count_bits;  // taken, but no page is in it yet
static_assert(std::atomic<Place>::is_always_lock_free);
static_assert(std::atomic<bool>::is_always_lock_free);

struct Slot {
    std::atomic<Place> place{nowhere};
    std::atomic<bool> damaged{false};
};

// Constant-initialized, never destroyed: faults come at any time.
constinit std::array<Slot, max_guarded_mappings> slots{};

std::size_t page_size() noexcept {
    // sysconf is not async-signal-safe by the letter, so the handler must find this set.
    static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return size;
}

constinit std::atomic<std::size_t> handler_page_size{0};

std::optional<Place> place_of(std::uintptr_t begin, std::size_t size) noexcept {
    const std::uintptr_t first = begin / page_size();
    const std::size_t pages = size / page_size() + (size % page_size() == 0 ? 0 : 1);
    if (first >> (64U - count_bits) != 0 || pages >> count_bits != 0) {
        return std::nullopt;
    }
    return Place{first} << count_bits | pages;
}

/// A free slot, reserved for the caller.
std::optional<std::size_t> reserve_slot() noexcept {
    for (std::size_t i = 0; i < slots.size(); ++i) {
        Place expected = nowhere;
        if (slots[i].place.compare_exchange_strong(expected, reserved)) {
            slots[i].damaged.store(false);
            return i;
        }
    }
    return std::nullopt;
}

// --- The handler --------------------------------------------------------------------------

/// What handled SIGBUS before us. Written before our handler is installed.
struct sigaction previous{};
/// A previous handler that asked for SA_RESETHAND has had its one call.
constinit std::atomic<bool> previous_spent{false};

/// Maps pages of zeros over `size` bytes at `address`. A bare system call: it takes no lock and
/// touches nothing of the C library, nor of a sanitizer that stands before its functions, which
/// is what async-signal safety needs.
bool put_zeros(std::uintptr_t address, std::size_t size) noexcept {
    constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
#if defined(SYS_mmap)
    const long mapped = ::syscall(SYS_mmap, address, size, PROT_READ, flags, -1, 0);
    return mapped != -1;
#else
    return ::mmap(std::bit_cast<void*>(address), size, PROT_READ, flags, -1, 0) != MAP_FAILED;
#endif
}

/// Puts zeros from the faulting page to the end of the mapping that holds it. One call for all of
/// them: a reader of a large file that was emptied would otherwise fault once per page.
bool repair(std::uintptr_t address) noexcept {
    const std::size_t page = handler_page_size.load();
    const std::uintptr_t fault = address / page;
    for (Slot& slot : slots) {
        const Place place = slot.place.load();
        const std::uintptr_t first = place >> count_bits;
        const std::uintptr_t end = first + (place & (reserved - 1));
        if (fault < first || fault >= end) {
            continue;
        }
        slot.damaged.store(true);
        return put_zeros(fault * page, (end - fault) * page);
    }
    return false;
}

/// The default action, exactly as without us. A fault comes again when we return and is then the
/// kernel's; a signal that somebody sent would not, so it is sent again. It stays pending until
/// we return, because SIGBUS is blocked meanwhile, or ends us on the spot.
void die_by_default(const siginfo_t& info) noexcept {
    struct sigaction fallback{};
    fallback.sa_handler = SIG_DFL;
    ::sigaction(SIGBUS, &fallback, nullptr);
    const bool comes_again = info.si_code == BUS_ADRERR || info.si_code == BUS_ADRALN ||
                             info.si_code == BUS_OBJERR || info.si_code == BUS_MCEERR_AR;
    if (!comes_again) {
        (void)::raise(SIGBUS);
    }
}

void pass_on(int signal, siginfo_t* info, void* context) noexcept {
    const bool once = (previous.sa_flags & static_cast<int>(SA_RESETHAND)) != 0;
    const bool spent = once && previous_spent.exchange(true);
    if (!spent && (previous.sa_flags & SA_SIGINFO) != 0) {
        previous.sa_sigaction(signal, info, context);
        return;
    }
    if (!spent && previous.sa_handler == SIG_IGN) {
        // What somebody sent is ignored; a real fault cannot be, and the kernel does not either.
        if (info->si_code > 0) {
            die_by_default(*info);
        }
        return;
    }
    if (spent || previous.sa_handler == SIG_DFL) {
        die_by_default(*info);
        return;
    }
    previous.sa_handler(signal);
}

void on_sigbus(int signal, siginfo_t* info, void* context) noexcept {
    const int saved_errno = errno;
    // BUS_ADRERR is what both truncation and failed reads raise. A memory failure
    // (BUS_MCEERR_*) is not about the file, and a sent signal has no address.
    const bool repaired =
        info->si_code == BUS_ADRERR && repair(std::bit_cast<std::uintptr_t>(info->si_addr));
    errno = saved_errno;
    if (!repaired) {
        pass_on(signal, info, context);
    }
}

/// Installs the handler with the mask and flags of the previous one, so that when that one runs
/// it finds the same signals blocked. SA_ONSTACK because runtimes with small stacks (Go) need it;
/// without an alternate stack it has no effect.
bool install() noexcept {
    handler_page_size.store(page_size());
    if (::sigaction(SIGBUS, nullptr, &previous) != 0) {
        return false;
    }
    struct sigaction ours{};
    ours.sa_sigaction = on_sigbus;
    ours.sa_mask = previous.sa_mask;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | (previous.sa_flags & (SA_NODEFER | SA_RESTART));
    return ::sigaction(SIGBUS, &ours, nullptr) == 0;
}

/// True while faults reach our handler: it could be installed, and nobody has replaced it since.
/// Installing it again on top of a handler that passes faults on to us would make a circle.
bool guard_is_up() noexcept {
    static const bool installed = install();
    struct sigaction current{};
    return installed && ::sigaction(SIGBUS, nullptr, &current) == 0 &&
           (current.sa_flags & SA_SIGINFO) != 0 && current.sa_sigaction == on_sigbus;
}

}  // namespace

std::unique_ptr<GuardedMapping> GuardedMapping::map(int descriptor, std::size_t size) {
    if (!guard_is_up()) {
        return nullptr;
    }
    const auto slot = reserve_slot();
    if (!slot) {
        return nullptr;
    }
    void* const begin = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    const auto place =
        begin == MAP_FAILED ? std::nullopt : place_of(std::bit_cast<std::uintptr_t>(begin), size);
    if (!place) {
        if (begin != MAP_FAILED) {
            ::munmap(begin, size);
        }
        slots[*slot].place.store(nowhere);
        return nullptr;
    }
    slots[*slot].place.store(*place);
    // Files are hashed from front to back: read ahead further, keep less behind.
    ::madvise(begin, size, MADV_SEQUENTIAL);
    return std::make_unique<GuardedMapping>(
        Key{}, ByteView{static_cast<const std::uint8_t*>(begin), size}, *slot);
}

GuardedMapping::~GuardedMapping() {
    // First out of the table, then out of the address space: what comes to lie there next is
    // somebody else's.
    slots[slot_].place.store(nowhere);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): munmap takes no pointer to const.
    ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
}

bool GuardedMapping::damaged() const noexcept {
    return slots[slot_].damaged.load();
}

}  // namespace aion::posix
