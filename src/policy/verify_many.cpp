// SPDX-License-Identifier: MIT OR Apache-2.0
// Who has nothing to do takes the next file, so names stay in order and no thread waits for
// another, but for the moment in which the next name is asked for. Nothing here blocks: whoever can
// take no file, as telling is too far behind, returns, and helps with what others share
// (base/threads.hpp) until the next round.
#include "aion/policy/verify_many.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "aion/base/interrupt.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "policy/asked_files.hpp"
#include "policy/events.hpp"
#include "policy/history_facts.hpp"
#include "policy/judge.hpp"
#include "policy/pin_check.hpp"

namespace aion::policy {

namespace {

using Clock = std::chrono::steady_clock;

// How far judging may be ahead of telling.
constexpr std::size_t window_files = 1024;
constexpr std::size_t window_bytes = std::size_t{16} << 20U;

// Roughly what a refused signature takes.
constexpr std::size_t refused_bytes = 256;

// A batch is full when it has one of these. With so many signatures, what they share costs little;
// more would only make others wait for the last batch.
constexpr std::size_t batch_files = 64;
constexpr std::size_t batch_signatures = 256;
constexpr std::size_t batch_bytes = std::size_t{1} << 20U;
// From this size on, a file may be worth several threads, and is judged by itself.
constexpr std::uint64_t large_file = std::uint64_t{256} << 10U;

// Work that is done in this time is not worth a thread.
constexpr std::chrono::microseconds little_work{200};
constexpr std::size_t little_batch = 4;

// A file that was opened, and what is known of it.
struct Opened {
    Opened(std::size_t number, PrivateFile content, const trust::Registry& registry,
           const VerifyOptions& options)
        : index(number),
          file(std::move(content)),
          subject(file),
          gates(std::make_unique<Evaluation>(subject, registry, options, Keep::nothing)) {}

    std::size_t index;
    std::uint64_t read_time = 0;
    PrivateFile file;
    Subject subject;
    std::unique_ptr<Evaluation> gates;  // Until there is a verdict.
};

// What a file came to, until it is told.
struct Judged {
    bool is_done = false;
    bool was_answered = false;
    bool is_withdrawn = false;                              // Evaluated::is_withdrawn
    std::optional<Result<VerificationReport>> report = {};  // Nothing, if there was no memory.
    // If events are still to be told:
    std::unique_ptr<Opened> opened = {};
    std::vector<RefusedSignature> refused = {};
    std::size_t weight = 0;
};

// A file that was claimed and is not told yet.
struct Slot {
    // Of whoever claimed the file, who needs no lock to look at it; it changes no more.
    std::filesystem::path path;
    std::uint64_t tag = 0;
    Timestamp opened_at;
    std::optional<FileInfo> info;
    Judged judged;
};

class Run {
  public:
    // `window`: of how many files judging may be ahead.
    Run(Env& env, FilesToJudge& files, std::size_t window, const trust::Registry& registry,
        VerifyOptions options, const JudgedFileSink& sink, const ReadOptions& read)
        : env_(env),
          registry_(registry),
          options_(std::move(options)),
          sink_(sink),
          read_(read),
          now_(env.now()),
          tells_history_(options_.list_history),
          asked_(files, window_bytes),
          window_(window) {
        if (options_.key_cache == nullptr) {
            options_.key_cache = &own_keys_.emplace();
        }
        // By which pins are compared, when the file is closed.
        options_.list_history = tells_history_ || options_.pin_store != nullptr;
    }

    Result<> run() {
        Recording recording(options_.pin_store);
        Result<> judged = judge_all();
        Result<> recorded = recording.end();
        return judged ? recorded : judged;
    }

  private:
    class Batch;

    Result<> judge_all() {
        begin();
        const unsigned limit = thread_limit(options_.threads);
        if (limit > 1 && look_ahead(2) > 1) {
            threads_ = limit;
            together(limit, [this] { rounds(); });
        } else {
            rounds();
        }
        if (is_out_of_memory_) {
            throw std::bad_alloc();
        }
        if (is_interrupted()) {
            if (const auto next = first_untold()) {
                return fail(error_at_path(ErrorCode::interrupted, next->string()));
            }
        }
        return {};
    }

    // A few small files are done before a thread would have started.
    void begin() {
        const Clock::time_point end = Clock::now() + little_work;
        while (Clock::now() < end && judge_some(little_batch)) {
            tell();
        }
    }

    // A round ends when there is nothing to claim: at the end, or when what is told is far behind.
    void rounds() {
        for (tell(); !is_over() && is_anything_left(); tell()) {
            somebody_left_ = false;
            regroup_ = false;
            for_each_piece(threads_, threads_, [this](std::size_t piece) { work(piece == 0); });
        }
    }

    // `tells`: on the caller's thread, which the first piece is always done by.
    void work(bool tells) {
        while (!regroup_ && judge_some(fair_share())) {
            if (tells) {
                tell();
                // There is room again for those who left.
                regroup_ = somebody_left_ && 2 * ahead() < window_.size();
            }
        }
        somebody_left_ = true;
    }

    // Large batches while there is much left, small ones to end together; and all of them far from
    // filling the window.
    std::size_t fair_share() {
        if (threads_ == 1) {
            return batch_files;
        }
        const std::size_t threads = threads_;
        const std::size_t share = std::min(look_ahead(2 * threads * batch_files) / (2 * threads),
                                           window_.size() / (4 * threads));
        return std::clamp(share, std::size_t{1}, batch_files);
    }

    // How many files are known to be left to claim, having asked for so many.
    std::size_t look_ahead(std::size_t files) noexcept {
        const std::scoped_lock lock(asked_.mutex());
        return ask_for(files);
    }

    // Under the lock.
    std::size_t ask_for(std::size_t files) noexcept {
        try {
            return asked_.ask_for(files, [this] { return !is_over(); });
        } catch (const std::bad_alloc&) {
            is_out_of_memory_ = true;
            stopped_ = true;
            return 0;
        }
    }

    bool is_anything_left() {
        if (look_ahead(1) != 0) {
            return true;
        }
        const std::scoped_lock lock(mutex_);
        return told_ != claimed_;
    }

    std::optional<std::filesystem::path> first_untold() {
        const std::scoped_lock lock(asked_.mutex(), mutex_);
        if (told_ != claimed_) {
            return slot(told_).path;
        }
        const bool is_any_left = asked_.ask_for(1, [] { return true; }) != 0;
        return is_any_left ? std::optional(asked_.first().path) : std::nullopt;
    }

    std::size_t ahead() {
        const std::scoped_lock lock(mutex_);
        return claimed_ - told_;
    }

    struct Claimed {
        std::size_t index;
        std::optional<Result<VerificationReport>> answer;
        std::optional<Hash> only_if;
    };

    std::optional<Claimed> claim() noexcept {
        const std::scoped_lock lock(asked_.mutex());
        if (is_over() || is_far_ahead() || ask_for(1) == 0) {
            return std::nullopt;
        }
        FileToJudge next = asked_.take();
        const std::scoped_lock slots(mutex_);
        Slot& taken = slot(claimed_);
        taken = Slot{};
        taken.path = std::move(next.path);
        taken.info = next.info;
        taken.tag = next.tag;
        return Claimed{claimed_++, std::move(next.answer), next.only_if};
    }

    bool is_far_ahead() {
        const std::scoped_lock lock(mutex_);
        return claimed_ - told_ == window_.size() || weight_ >= window_bytes;
    }

    Slot& slot(std::size_t index) noexcept { return window_[index % window_.size()]; }

    // False if there was nothing to claim.
    bool judge_some(std::size_t most) noexcept;

    void put_error(std::size_t index, Error error) noexcept {
        put(index, {.is_done = true, .report = fail(std::move(error))});
    }

    void put_lack_of_memory(std::size_t index) noexcept { put(index, {.is_done = true}); }

    void put_answer(std::size_t index, Result<VerificationReport> answer) noexcept {
        const std::size_t weight = answer ? weight_of(*answer) : 0;
        put(index,
            {.is_done = true, .was_answered = true, .report = std::move(answer), .weight = weight});
    }

    void put_verdict(std::unique_ptr<Opened> opened, Evaluated evaluated) {
        const std::size_t index = opened->index;
        VerificationReport& report = evaluated.report;
        report.timings.read = opened->read_time;
        report.timings.total += opened->read_time;
        std::size_t weight = weight_of(report) + refused_bytes * evaluated.refused.size();
        remember(evaluated, options_);
        opened->gates.reset();
        if (options_.events) {
            weight += opened->subject.file.stored().size();
        } else {
            opened.reset();
        }
        put(index, {.is_done = true,
                    .is_withdrawn = evaluated.is_withdrawn,
                    .report = std::move(report),
                    .opened = std::move(opened),
                    .refused = std::move(evaluated.refused),
                    .weight = weight});
    }

    void put(std::size_t index, Judged judged) noexcept {
        const std::scoped_lock lock(mutex_);
        weight_ += judged.weight;
        slot(index).judged = std::move(judged);
    }

    // Tells what is ready, in order. By the caller's thread alone, which may come here again from
    // inside of `sink`, if that shares work.
    void tell() {
        if (is_telling_) {
            return;
        }
        const Telling telling(*this);
        while (std::optional<Slot> next = take_next()) {
            tell(*std::move(next));
        }
    }

    std::optional<Slot> take_next() {
        const std::scoped_lock lock(mutex_);
        if (is_over() || told_ == claimed_ || !slot(told_).judged.is_done) {
            return std::nullopt;
        }
        std::optional<Slot> next = std::move(slot(told_));
        weight_ -= next->judged.weight;
        ++told_;
        return next;
    }

    void tell(Slot told) {
        Judged& judged = told.judged;
        Result<VerificationReport> report = report_of(judged, told.path);
        if (judged.opened != nullptr && report) {
            emit_outcome(options_.events, judged.opened->subject, *report, judged.refused);
        } else if (judged.was_answered && report) {
            emit_verdict(options_.events, *report);
        }
        judged.opened.reset();
        if (sink_({.path = std::move(told.path),
                   .report = std::move(report),
                   .info = told.info,
                   .opened_at = told.opened_at,
                   .was_answered = judged.was_answered,
                   .tag = told.tag}) == Next::stop) {
            stopped_ = true;
        }
    }

    // With what the pins say, which are asked in the order of the files, by this thread alone.
    Result<VerificationReport> report_of(Judged& judged, const std::filesystem::path& path) {
        if (!judged.report) {
            return fail(error_because(ErrorCode::resource_exhausted, "memory"));
        }
        AION_TRY_ASSIGN(VerificationReport report, *std::move(judged.report));
        if (options_.pin_store != nullptr) {
            if (judged.is_withdrawn) {
                AION_TRY(tell_withdrawn(options_, registry_, report));
            }
            AION_TRY(ask_pins(options_, pinned_name(options_, path), registry_, now_, report));
        }
        if (!tells_history_) {
            report.history.reset();
        }
        return report;
    }

    // What is thrown while telling ends everything.
    class Telling {
      public:
        explicit Telling(Run& run) noexcept : run_(run), thrown_(std::uncaught_exceptions()) {
            run_.is_telling_ = true;
        }

        ~Telling() {
            run_.is_telling_ = false;
            if (std::uncaught_exceptions() > thrown_) {
                run_.stopped_ = true;
            }
        }

        Telling(const Telling&) = delete;
        Telling& operator=(const Telling&) = delete;

      private:
        Run& run_;
        int thrown_;
    };

    [[nodiscard]] bool is_interrupted() const noexcept {
        const Interrupt* const interrupt = env_.interrupt();
        return interrupt != nullptr && interrupt->requested();
    }

    [[nodiscard]] bool is_over() const noexcept { return stopped_ || is_interrupted(); }

    Env& env_;
    const trust::Registry& registry_;
    VerifyOptions options_;
    const JudgedFileSink& sink_;
    const ReadOptions& read_;
    Timestamp now_;
    bool tells_history_;
    std::optional<crypto::KeyCache> own_keys_;
    unsigned threads_ = 1;

    AskedFiles asked_;  // Its lock is taken before the other.

    std::mutex mutex_;
    std::vector<Slot> window_;  // File i is at i modulo its size.
    std::size_t claimed_ = 0;
    std::size_t told_ = 0;
    std::size_t weight_ = 0;
    std::atomic<bool> stopped_ = false;
    std::atomic<bool> is_out_of_memory_ = false;
    std::atomic<bool> somebody_left_ = false;
    std::atomic<bool> regroup_ = false;

    bool is_telling_ = false;
};

// Files whose signatures are verified together. What it has claimed, it puts, whatever happens.
class Run::Batch {
  public:
    explicit Batch(Run& run) noexcept : run_(run) {}

    [[nodiscard]] bool is_full() const noexcept {
        return is_full_ || signatures_ >= batch_signatures || bytes_ >= batch_bytes;
    }

    void add(Claimed claimed) noexcept {
        const std::size_t index = claimed.index;
        try {
            if (auto added = open(std::move(claimed)); !added) {
                run_.put_error(index, std::move(added).error());
            }
        } catch (const std::bad_alloc&) {
            run_.put_lack_of_memory(index);
        }
    }

    void finish() noexcept {
        std::vector<std::uint8_t> verdicts;
        std::uint64_t time = 0;
        try {
            const auto start = Clock::now();
            verdicts = verify_together();
            time = nanoseconds_since(start);
        } catch (const std::bad_alloc&) {
            verdicts.clear();  // One by one, then.
        }
        std::span<const std::uint8_t> rest(verdicts);
        for (std::unique_ptr<Opened>& member : members_) {
            const std::size_t index = member->index;
            try {
                const std::size_t own = member->gates->items().size();
                if (rest.size() >= own) {
                    // Taken first: the next member's are behind them, though this one has no
                    // verdict for lack of memory.
                    const auto mine = rest.first(own);
                    rest = rest.subspan(own);
                    conclude(std::move(member), mine, own == 0 ? 0 : time * own / signatures_);
                } else {
                    const auto alone = verify(member->gates->items());
                    conclude(std::move(member), alone, 0);
                }
            } catch (const std::bad_alloc&) {
                run_.put_lack_of_memory(index);
            }
        }
        members_.clear();
    }

  private:
    [[nodiscard]] std::vector<std::uint8_t> verify(std::span<const crypto::VerifyItem> items) {
        return crypto::verify_batch(items, {.cache = run_.options_.key_cache, .threads = 1});
    }

    std::vector<std::uint8_t> verify_together() {
        std::vector<crypto::VerifyItem> items;
        items.reserve(signatures_);
        for (const std::unique_ptr<Opened>& member : members_) {
            const auto own = member->gates->items();
            items.insert(items.end(), own.begin(), own.end());
        }
        return verify(items);
    }

    Result<> open(Claimed claimed) {
        const auto start = Clock::now();
        const VerifyOptions& options = run_.options_;
        Slot& slot = run_.slot(claimed.index);
        slot.info.reset();
        slot.opened_at = run_.env_.now();
        AION_TRY_ASSIGN(std::unique_ptr<ReadableFile> file, run_.env_.open(slot.path, run_.read_));
        slot.info = file->info();
        if (claimed.answer && claimed.only_if) {
            AION_TRY_ASSIGN(const bool is_same, hashes_to(*file, *claimed.only_if));
            if (is_same) {
                run_.put_answer(claimed.index, *std::move(claimed.answer));
                return {};
            }
            // What is judged is read anew: by the other bytes nothing is decided.
            AION_TRY_ASSIGN(file, run_.env_.open(slot.path, run_.read_));
            slot.info = file->info();
        }
        AION_TRY_ASSIGN(PrivateFile content,
                        PrivateFile::copy_of(std::move(file), hold_for(options)));
        auto opened =
            std::make_unique<Opened>(claimed.index, std::move(content), run_.registry_, options);
        opened->read_time = nanoseconds_since(start);
        // Where threads do not share files, they share what is in one.
        const bool is_large = opened->subject.file.size() >= large_file ||
                              (run_.threads_ == 1 && opened->gates->useful_threads() > 1);
        if (is_large || options.profile != Profile::strict) {
            is_full_ = true;
            return judge_alone(std::move(opened));
        }
        opened->gates->begin();
        bytes_ += opened->subject.file.size();
        const std::size_t own = opened->gates->items().size();
        members_.push_back(std::move(opened));
        signatures_ += own;
        return {};
    }

    // Others need not wait for it.
    Result<> judge_alone(std::unique_ptr<Opened> opened) {
        finish();
        Evaluated evaluated =
            judge(opened->subject, run_.registry_, run_.now_, run_.options_, Keep::nothing);
        AION_TRY(opened->file.finish());
        opened->file.close();  // It may wait long to be told, beside a thousand others.
        run_.put_verdict(std::move(opened), std::move(evaluated));
        return {};
    }

    void conclude(std::unique_ptr<Opened> member, std::span<const std::uint8_t> verdicts,
                  std::uint64_t time) {
        Evaluated evaluated = member->gates->finish(verdicts, time);
        describe(evaluated.report, member->subject, run_.registry_, run_.now_, run_.options_);
        run_.put_verdict(std::move(member), std::move(evaluated));
    }

    Run& run_;
    std::vector<std::unique_ptr<Opened>> members_;
    std::size_t signatures_ = 0;
    std::size_t bytes_ = 0;
    bool is_full_ = false;
};

bool Run::judge_some(std::size_t most) noexcept {
    Batch batch(*this);
    std::size_t count = 0;
    while (count < most && !batch.is_full()) {
        std::optional<Claimed> claimed = claim();
        if (!claimed) {
            break;
        }
        if (claimed->answer && !claimed->only_if) {
            put_answer(claimed->index, *std::move(claimed->answer));
        } else {
            batch.add(*std::move(claimed));
        }
        ++count;
    }
    batch.finish();
    return count != 0;
}

class Listed final : public FilesToJudge {
  public:
    explicit Listed(std::span<const std::filesystem::path> files) : rest_(files) {}

    std::optional<FileToJudge> next() override {
        if (rest_.empty()) {
            return std::nullopt;
        }
        FileToJudge file{rest_.front()};
        rest_ = rest_.subspan(1);
        return file;
    }

  private:
    std::span<const std::filesystem::path> rest_;
};

}  // namespace

Result<> verify_many(Env& env, FilesToJudge& files, const trust::Registry& registry,
                     const VerifyOptions& options, const JudgedFileSink& sink,
                     const ReadOptions& read) {
    return Run(env, files, window_files, registry, options, sink, read).run();
}

Result<> verify_many(Env& env, std::span<const std::filesystem::path> files,
                     const trust::Registry& registry, const VerifyOptions& options,
                     const ReportSink& sink, const ReadOptions& read) {
    if (files.empty()) {
        return {};
    }
    Listed list(files);
    std::size_t told = 0;
    const JudgedFileSink in_order = [&](JudgedFile file) {
        return sink(told++, std::move(file.report));
    };
    return Run(env, list, std::min(files.size(), window_files), registry, options, in_order, read)
        .run();
}

}  // namespace aion::policy
