// SPDX-License-Identifier: MIT OR Apache-2.0
// Watching where paths lead, by inotify(7).
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <map>
#include <set>
#include <string_view>

#include "base/env_posix.hpp"

namespace aion::posix {

namespace {

// In a directory: a name is replaced, made, taken away, written to the end or given other rights;
// and the directory itself goes.
constexpr std::uint32_t what = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
                               IN_DELETE | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR;
constexpr int most_links = 40;  // as many as Linux follows

// What a link says; nothing if there is none, as for anything that is no link.
std::optional<std::filesystem::path> link_at(const std::filesystem::path& path) {
    std::array<char, 4097> text{};
    const ssize_t size = ::readlink(path.c_str(), text.data(), text.size());
    if (size < 0) {
        return std::nullopt;
    }
    return std::filesystem::path(std::string_view(text.data(), static_cast<std::size_t>(size)));
}

class PosixWatch final : public Watch {
  public:
    PosixWatch(Descriptor events, Descriptor woken, std::vector<std::filesystem::path> paths)
        : events_(std::move(events)), woken_(std::move(woken)), paths_(std::move(paths)) {
        arm();
    }

    void wait(std::uint32_t most_ms) override {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(most_ms);
        while (true) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now())
                    .count();
            std::array<pollfd, 2> on = {{{events_.get(), POLLIN, 0}, {woken_.get(), POLLIN, 0}}};
            const int ready =
                ::poll(on.data(), on.size(),
                       static_cast<int>(std::clamp<std::int64_t>(left, 0, INT32_MAX)));
            const bool is_over = ready <= 0 || on[1].revents != 0;
            // Both are emptied, so that neither ends the next call, too.
            if (is_concerned() || take_wake() || is_over) {
                break;
            }
        }
        arm();
    }

    void wake() noexcept override {
        const std::uint64_t one = 1;
        // Fails only where so many wakes wait to be taken that the number is full.
        [[maybe_unused]] const ssize_t written = ::write(woken_.get(), &one, sizeof one);
    }

    [[nodiscard]] bool is_complete() const noexcept override { return is_complete_; }

  private:
    // By directory: the names of interest in it.
    using Names = std::map<int, std::set<std::string, std::less<>>>;

    // Each directory is watched before a link in it is read: what changes behind that is told.
    void arm() {
        is_complete_ = true;
        Names names;
        for (const std::filesystem::path& path : paths_) {
            follow(path, names);
        }
        for (const auto& [directory, unused] : names_) {
            if (!names.contains(directory)) {
                ::inotify_rm_watch(events_.get(), directory);
            }
        }
        names_ = std::move(names);
    }

    void follow(const std::filesystem::path& path, Names& names) {
        std::filesystem::path here = path.is_absolute() ? "/" : ".";
        std::vector<std::filesystem::path> rest;  // The next one last.
        const auto expect = [&](const std::filesystem::path& more) {
            const std::vector<std::filesystem::path> parts(more.begin(), more.end());
            rest.insert(rest.end(), parts.rbegin(), parts.rend());
        };
        expect(path.relative_path());
        for (int links = 0; !rest.empty();) {
            const std::filesystem::path part = std::move(rest.back());
            rest.pop_back();
            if (part.empty() || part == "." || part == "..") {
                here /= part;
                continue;
            }
            const bool is_last = rest.empty();
            struct stat facts{};
            const bool is_there = ::lstat((here / part).c_str(), &facts) == 0;
            if (is_there && !is_last && S_ISDIR(facts.st_mode)) {
                here /= part;
                continue;
            }
            watch_for(here, part.string(), names);
            const auto target = link_at(here / part);
            if (!target || ++links > most_links) {
                return;  // The file, nothing, or what a path cannot lead over.
            }
            here = target->is_absolute() ? "/" : here;
            expect(target->relative_path());
        }
    }

    void watch_for(const std::filesystem::path& directory, std::string name, Names& names) {
        const int number = ::inotify_add_watch(events_.get(), directory.c_str(), what);
        if (number < 0) {
            is_complete_ = false;
            return;
        }
        names[number].insert(std::move(name));
    }

    // Reads what there is: whether any of it is about what is watched for.
    bool is_concerned() {
        bool any = false;
        alignas(inotify_event) std::array<char, 4096> buffer{};
        while (true) {
            const ssize_t size =
                retry([&] { return ::read(events_.get(), buffer.data(), buffer.size()); });
            if (size <= 0) {
                return any;
            }
            const std::string_view all(buffer.data(), static_cast<std::size_t>(size));
            for (std::size_t at = 0; at + sizeof(inotify_event) <= all.size();) {
                inotify_event event{};
                std::memcpy(&event, all.data() + at, sizeof event);
                at += sizeof event;
                any = concerns(event, all.substr(at, event.len)) || any;
                at += event.len;
            }
        }
    }

    [[nodiscard]] bool concerns(const inotify_event& event, std::string_view padded) const {
        if ((event.mask & IN_Q_OVERFLOW) != 0) {
            return true;
        }
        const auto watched = names_.find(event.wd);
        if (watched == names_.end()) {
            return false;  // Of a directory that is watched no longer.
        }
        const std::string_view name = padded.substr(0, padded.find('\0'));
        return name.empty() ? (event.mask & IN_ATTRIB) == 0 : watched->second.contains(name);
    }

    bool take_wake() {
        std::uint64_t count = 0;
        return ::read(woken_.get(), &count, sizeof count) == sizeof count;
    }

    Descriptor events_;
    Descriptor woken_;
    std::vector<std::filesystem::path> paths_;
    Names names_;
    bool is_complete_ = true;
};

}  // namespace

Result<std::unique_ptr<Watch>> watch(std::vector<std::filesystem::path> paths) {
    Descriptor events(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!events.is_open()) {
        return fail(read_error("inotify"));
    }
    Descriptor woken(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!woken.is_open()) {
        return fail(read_error("eventfd"));
    }
    return std::make_unique<PosixWatch>(std::move(events), std::move(woken), std::move(paths));
}

}  // namespace aion::posix
