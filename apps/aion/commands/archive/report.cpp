// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/archive/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "aion/base/files.hpp"
#include "aion/base/spool.hpp"
#include "shell/failure_text.hpp"
#include "shell/try.hpp"
#include "views/archive_text_view.hpp"
#include "views/document_writer.hpp"

namespace aion::cli {
namespace {

// Whoever reads along sees what there is, though not each line by itself.
class Flushing {
  public:
    explicit Flushing(Stream& out) : out_(out) {}

    void line_ended() {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_ > std::chrono::milliseconds(100)) {
            out_.flush();
            last_ = now;
        }
    }

  private:
    Stream& out_;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// A line a file that is not VALID. When quiet, nothing but why there is no verdict.
class Text final : public ArchiveReport {
  public:
    Text(Console& console, bool verbose)
        : console_(console), verbose_(verbose), flushing_(console.out()) {}

    [[nodiscard]] Result<> file(std::string_view path, const ArchiveFileView& view) override {
        if (console_.is_quiet()) {
            if (view.failure != nullptr) {
                print_failure(console_, *view.failure);
            }
        } else if (verbose_ || view.report == nullptr || !view.report->is_valid()) {
            write_file(console_.out(), path, view);
            flushing_.line_ended();
        }
        return {};
    }

    [[nodiscard]] Outcome<> end(const ArchiveView& view) override {
        return console_.is_quiet() ? Outcome<>()
                                   : write_conclusions(console_.out(), view, verbose_);
    }

  private:
    Console& console_;
    bool verbose_;
    Flushing flushing_;
};

class ReferenceText final : public ArchiveReport {
  public:
    ReferenceText(Env& env, Stream& out, const ArchiveView& about)
        : about_(about), text_(env, out) {}

    [[nodiscard]] Result<> file(std::string_view /*path*/, const ArchiveFileView& view) override {
        begin();
        return text_.file(view);
    }

    [[nodiscard]] Outcome<> end(const ArchiveView& view) override {
        begin();
        return or_fail(text_.end(view), "Failed to read what was kept of the files");
    }

  private:
    void begin() {
        if (!has_begun_) {
            text_.begin(
                about_.directory.value_or(fmt::format("{}", fmt::join(about_.sources(), " "))));
            has_begun_ = true;
        }
    }

    const ArchiveView& about_;
    ReferenceArchiveText text_;
    bool has_begun_ = false;
};

// A line a file as it is done.
class Lines final : public ArchiveReport {
  public:
    explicit Lines(Stream& out) : document_(out, Format::jsonl), flushing_(out) {
        document_.writer().begin_array();
    }

    [[nodiscard]] Result<> file(std::string_view /*path*/, const ArchiveFileView& view) override {
        DocumentWriter& out = document_.writer();
        out.begin_object().member("type", "file");
        write_members(out, view);
        out.end_object();
        flushing_.line_ended();
        return {};
    }

    [[nodiscard]] Outcome<> end(const ArchiveView& view) override {
        Outcome<> done = write_lines(document_.writer(), view);
        document_.writer().end_array();
        document_.end();
        return done;
    }

  private:
    Document document_;
    Flushing flushing_;
};

// One document. The counts stand in front of the files, so those are kept until all are counted:
// one writer writes all but the counts, and a second one those, having written to nowhere what the
// first wrote in front of them.
class OneDocument final : public ArchiveReport {
  public:
    OneDocument(Env& env, Stream& out, Format format, const ArchiveView& about)
        : out_(out), format_(format), files_(env) {
        begin(about);
    }

    [[nodiscard]] Result<> file(std::string_view /*path*/, const ArchiveFileView& view) override {
        writer_->begin_object();
        write_members(*writer_, view);
        writer_->end_object();
        return kept_;
    }

    [[nodiscard]] Outcome<> end(const ArchiveView& view) override {
        writer_->end_array();
        writer_->flush();
        if (!kept_) {
            return fail_with("Failed to keep what is known of the files", kept_.error());
        }
        write_beginning(view);
        if (const Result<> copied = copy_files(); !copied) {
            // What is behind them cannot be said any more, but for the end of a document.
            return fail_with("Failed to read what was kept of the files", copied.error());
        }
        keeping_ = Keeping::nothing;
        Outcome<> done = write_conclusions(*writer_, view);
        writer_->end_object();
        out_.write("\n");
        return done;
    }

  private:
    void begin(const ArchiveView& about) {
        writer_ = make_document_writer([this](std::string_view piece) { keep(piece); }, format_);
        writer_->begin_object();
        write_directory(*writer_, about);
        write_counts(*writer_, about);
        writer_->flush();
        keeping_ = Keeping::files;
        writer_->key("files").begin_array();
    }

    enum class Keeping : std::uint8_t { beginning, files, nothing };

    void keep(std::string_view piece) {
        if (keeping_ == Keeping::files) {
            kept_ = kept_ ? files_.append(as_bytes(piece)) : kept_;
        } else if (keeping_ == Keeping::nothing) {
            out_.write(piece);
        }
    }

    void write_beginning(const ArchiveView& view) {
        const auto counts =
            make_document_writer([this](std::string_view piece) { out_.write(piece); }, format_);
        counts->begin_object();
        write_directory(*counts, view);
        write_counts(*counts, view);
        counts->flush();
    }

    Result<> copy_files() {
        const auto kept = files_.finish("what is known of the files");
        return read_pieces(*kept, 0, kept->info().size,
                           [this](ByteView piece) { out_.write(as_text(piece)); });
    }

    Stream& out_;
    Format format_;
    Keeping keeping_ = Keeping::beginning;
    Spool files_;
    Result<> kept_;
    std::unique_ptr<DocumentWriter> writer_;
};

}  // namespace

std::unexpected<Failure> no_files_in(const ArchiveView& view) {
    return fail_with(fmt::format("No `.aion` files found in {}", fmt::join(view.sources(), ", ")));
}

Ending ending_of(const archive::Tally& tally) noexcept {
    if (tally.unreadable != 0) {
        return Ending::failure;
    }
    return tally.invalid != 0 ? Ending::invalid : Ending::success;
}

std::unique_ptr<ArchiveReport> make_archive_report(Env& env, Console& console, Format format,
                                                   bool verbose, const ArchiveView& about) {
    switch (format) {
        case Format::json:
        case Format::yaml:
            return std::make_unique<OneDocument>(env, console.out(), format, about);
        case Format::reference_text:
            return std::make_unique<ReferenceText>(env, console.out(), about);
        case Format::jsonl:
            return std::make_unique<Lines>(console.out());
        default:  // no other can be asked for
            break;
    }
    return std::make_unique<Text>(console, verbose);
}

}  // namespace aion::cli
