// SPDX-License-Identifier: MIT OR Apache-2.0
// The files that one operand after the other names: what `scan` and `listed` have in common.
#pragma once

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aion/archive/names.hpp"
#include "archive/entry_list.hpp"

namespace aion::archive {

/// Part of all that is to be done, from 0 to 1.
struct Share {
    double from = 0;
    double width = 1;

    /// Part `index` of `count` of it.
    [[nodiscard]] Share part(std::size_t index, std::size_t count) const noexcept {
        const double one = width / static_cast<double>(count);
        return {from + one * static_cast<double>(index), one};
    }
};

class Walk {
  public:
    Walk(Env& env, ScanOptions options) : env_(&env), options_(std::move(options)) {}

    /// What an operand may be.
    enum class Operand : std::uint8_t {
        name_or_pattern,  ///< What is not there is an error.
        name,             ///< What is not there is given out: whoever opens it learns why.
    };

    /// What `next` gives comes from `operand` from now on. Only when the last one has ended.
    void begin(std::string operand, Operand kind, Share share);

    /// Gives `name` out next.
    void add(Name name) { pending_ = std::move(name); }

    /// The next name; nothing when the operand has ended.
    [[nodiscard]] std::optional<Name> next();

    /// How far everything is. Any thread may ask.
    [[nodiscard]] double share_done() const noexcept {
        return done_.load(std::memory_order_relaxed);
    }

    void set_share_done(double share) noexcept { done_.store(share, std::memory_order_relaxed); }

  private:
    struct Identity {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        friend auto operator<=>(const Identity&, const Identity&) = default;
    };

    [[nodiscard]] static Identity identity_of(const FileInfo& info) noexcept {
        return {info.identity.device, info.identity.inode};
    }

    /// A folder whose entries are being gone through.
    struct Folder {
        std::string prefix;  // of what is in it: its path, with a slash
        EntryList entries;
        std::size_t next = 0;
        Identity identity = {};
        /// Which component of the pattern the entries match; nothing for what is below an operand.
        std::optional<std::size_t> component = {};
        Share share;
    };

    [[nodiscard]] std::optional<Name> next_entry();
    [[nodiscard]] std::optional<Name> follow(std::string path, Share share, bool is_wanted);
    [[nodiscard]] bool is_folder(const std::string& path, EntryKind kind);
    void expand(std::string prefix, std::size_t component, Share share);
    void end_of_pattern(std::string path, Share share);
    void enter(const std::string& path, Share share, bool by_link);
    void list(Directory& directory, Folder& folder, const std::string& path);
    [[nodiscard]] bool is_left_out(const std::string& path, const FileInfo& folder);
    [[nodiscard]] bool is_around_operand(const Identity& identity);
    void refuse_or_leave_out(const std::string& path, Error error);
    void refuse(const std::string& path, Error error);

    Env* env_;
    ScanOptions options_;
    std::vector<Folder> folders_;       // each is in the one before
    std::optional<Name> pending_;       // before what they have
    std::vector<std::string> pattern_;  // its components
    std::string operand_;
    bool is_unmatched_ = false;    // a pattern, so far
    bool is_over_ = false;         // somebody asked to stop
    std::set<Identity> followed_;  // to these folders led links
    Identity inner_;               // of the first folder that is gone through
    std::set<Identity> around_;    // the folders that it is in, if they are known
    std::atomic<double> done_ = 0;
    static_assert(std::atomic<double>::is_always_lock_free);
};

}  // namespace aion::archive
