// SPDX-License-Identifier: MIT OR Apache-2.0
#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "aion/archive/names.hpp"
#include "aion/base/buffer.hpp"
#include "archive/walk.hpp"
#include "base/try.hpp"

namespace aion::archive {
namespace {

constexpr std::size_t path_room = 4096;  // PATH_MAX of Linux, the NUL behind the path included

/// The pieces of a list between its separators.
class Pieces {
  public:
    explicit Pieces(ReadSome read) : read_(std::move(read)), buffer_(make_buffer(size)) {}

    struct Piece {
        std::string text;
        bool was_cut = false;  ///< It was longer than any path.
    };

    /// The next piece that is not empty; nothing at the end.
    [[nodiscard]] Result<std::optional<Piece>> next() {
        Piece piece;
        for (;;) {
            if (begin_ == end_ && !is_at_end_) {
                AION_TRY(fill());
            }
            const std::string_view rest(data() + begin_, end_ - begin_);
            if (rest.empty()) {
                return piece.text.empty() ? std::nullopt : std::optional(std::move(piece));
            }
            const std::size_t length = std::min(rest.find(separator_), rest.size());
            const std::size_t fits = path_room - 1 - piece.text.size();
            piece.text += rest.substr(0, std::min(length, fits));
            piece.was_cut = piece.was_cut || length > fits;
            const bool is_whole = length < rest.size();
            advance(length + (is_whole ? 1 : 0));
            if (is_whole && !piece.text.empty()) {
                return piece;
            }
        }
    }

    /// How many bytes of the list are behind us.
    [[nodiscard]] std::uint64_t consumed() const noexcept { return consumed_; }

  private:
    static constexpr std::size_t size = std::size_t{64} << 10U;

    [[nodiscard]] const char* data() const noexcept {
        return reinterpret_cast<const char*>(buffer_.get());
    }

    void advance(std::size_t bytes) noexcept {
        begin_ += bytes;
        consumed_ += bytes;
    }

    /// Reads what there is; the first time as much as it takes to know the separator.
    [[nodiscard]] Result<> fill() {
        constexpr std::size_t decisive = path_room + 1;
        begin_ = 0;
        end_ = 0;
        bool has_nul = false;
        do {
            const auto got = read_({buffer_.get() + end_, size - end_});
            if (!got) {
                is_at_end_ = true;
                end_ = 0;
                return fail(got.error());
            }
            end_ += *got;
            is_at_end_ = *got == 0;
            has_nul = std::string_view(data(), std::min(end_, decisive)).contains('\0');
        } while (is_first_ && !is_at_end_ && !has_nul && end_ < decisive);
        if (is_first_ && has_nul) {
            separator_ = '\0';
        }
        is_first_ = false;
        return {};
    }

    ReadSome read_;
    Buffer buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t consumed_ = 0;
    bool is_at_end_ = false;
    bool is_first_ = true;
    char separator_ = '\n';
};

class ListedNames final : public Names {
  public:
    ListedNames(Env& env, ReadSome read, std::optional<std::uint64_t> size, ScanOptions options)
        : walk_(env, std::move(options)), pieces_(std::move(read)), size_(size) {}

    std::optional<Name> next() override {
        for (;;) {
            if (auto name = walk_.next()) {
                return name;
            }
            if (is_over_) {
                walk_.set_share_done(1);
                return std::nullopt;
            }
            begin_next();
        }
    }

    [[nodiscard]] std::optional<double> share_done() const noexcept override {
        return size_ ? std::optional(walk_.share_done()) : std::nullopt;
    }

  private:
    void begin_next() {
        const std::uint64_t before = pieces_.consumed();
        auto piece = pieces_.next();
        if (!piece) {
            is_over_ = true;
            const auto* const path = piece.error().field("path");
            const auto* const text = path == nullptr ? nullptr : std::get_if<std::string>(path);
            std::filesystem::path name(text == nullptr ? "" : *text);
            walk_.add({std::move(name), std::move(piece).error().in_context(
                                            "the list of files ended with an error; files behind "
                                            "it were not looked at")});
        } else if (!*piece) {
            is_over_ = true;
        } else if ((*piece)->was_cut) {
            const std::string& text = (*piece)->text;
            walk_.add({text, error_at_path(ErrorCode::file_read_error, text, ENAMETOOLONG)});
        } else {
            walk_.begin(std::move((*piece)->text), Walk::Operand::name, share_of(before));
        }
    }

    /// What of the list lies between `before` and where it is read now.
    [[nodiscard]] Share share_of(std::uint64_t before) const noexcept {
        const auto all = static_cast<double>(std::max(size_.value_or(0), pieces_.consumed()));
        return all == 0 ? Share()
                        : Share{static_cast<double>(before) / all,
                                static_cast<double>(pieces_.consumed() - before) / all};
    }

    Walk walk_;
    Pieces pieces_;
    std::optional<std::uint64_t> size_;
    bool is_over_ = false;
};

}  // namespace

std::unique_ptr<Names> listed(Env& env, ReadSome read, std::optional<std::uint64_t> size,
                              ScanOptions options) {
    return std::make_unique<ListedNames>(env, std::move(read), size, std::move(options));
}

}  // namespace aion::archive
