// SPDX-License-Identifier: MIT OR Apache-2.0
// aion archive merge: the reports on all parts of an archive as one on all of it
// (docs/cli.md#aion-archive-merge).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "aion/archive/shard_report.hpp"
#include "commands/archive/archive.hpp"
#include "commands/archive/report.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

using archive::ReportedFile;
using archive::ReportedRun;

struct Part {
    std::string name;
    std::unique_ptr<ReadableFile> file;
    ReportedRun run;
};

// What comes next of a part.
struct Pending {
    Part* part;
    archive::ReportReader reader;
    std::optional<ReportedFile> file = {};
    std::map<std::string, std::uint64_t> in_every_part = {};  // How often each was met.
};

// Reads each report twice: what it says of all stands behind its files.
class Merge {
  public:
    Merge(Context& context, const MergeArguments& arguments)
        : context_(context), arguments_(arguments), ledger_(context.env) {}

    Outcome<Ending> run() {
        for (const std::string& name : arguments_.reports) {
            CLI_TRY(open(name));
        }
        std::ranges::sort(parts_, {}, [](const Part& part) { return part.run.shard->index; });
        CLI_TRY(check());
        describe();
        const auto report = make_archive_report(context_.env, context_.console, arguments_.format,
                                                arguments_.verbose, view_);
        CLI_TRY(tell_all(*report));
        CLI_TRY(or_fail(ledger_.finish(), "Failed to compare the files"));
        if (view_.tally.files() == 0) {
            return no_files_in(view_);
        }
        CLI_TRY(report->end(view_));
        return ending_of(view_.tally);
    }

  private:
    Outcome<> open(const std::string& name) {
        CLI_TRY_ASSIGN(auto file, name == "-"
                                      ? spool_standard_input(context_, "a report")
                                      : or_fail_with_cause(context_.env.open(name, {}),
                                                           "Failed to read report: " + name));
        CLI_TRY_ASSIGN(
            ReportedRun run,
            or_fail(archive::read_report(*file, [](const ReportedFile&) { return Result<>(); }),
                    "Failed to read report: " + name));
        if (!run.shard) {
            return fail_with(
                fmt::format("{} is on a whole archive: there is nothing to merge", name),
                "Verify the parts with --shard 1/N to N/N");
        }
        if (run.is_faulty || run.tally.stopped) {
            return fail_with(fmt::format("{} is not on all of part {}: {}", name, run.shard->index,
                                         run.is_faulty ? "what was known of the files was lost"
                                                       : "it stopped at the first bad file"),
                             "Verify that part anew, without --fail-fast");
        }
        parts_.push_back({name, std::move(file), std::move(run)});
        return {};
    }

    // By part.
    [[nodiscard]] Outcome<> check() const {
        const ReportedRun& first = parts_.front().run;
        for (const Part& part : parts_) {
            if (part.run.registry != first.registry || part.run.profile != first.profile) {
                return fail_with(
                    fmt::format("{} and {} were made under different {}", parts_.front().name,
                                part.name,
                                part.run.registry != first.registry ? "registries" : "profiles"),
                    "Verify all parts under one registry");
            }
            if (part.run.expectations != first.expectations) {
                return fail_with(fmt::format("{} and {} were judged under different expectations",
                                             parts_.front().name, part.name),
                                 "Give all machines the same --expect-registry, --author and "
                                 "--require");
            }
            if (part.run.shard->count != first.shard->count) {
                return fail_with(fmt::format("{} is one of {} parts, {} one of {}",
                                             parts_.front().name, first.shard->count, part.name,
                                             part.run.shard->count));
            }
            CLI_TRY(check_operands(parts_.front(), part));
        }
        const auto twice = std::ranges::adjacent_find(
            parts_, {}, [](const Part& part) { return part.run.shard->index; });
        if (twice != parts_.end()) {
            return fail_with(fmt::format("Part {} is there twice: {} and {}",
                                         twice->run.shard->index, twice->name,
                                         std::next(twice)->name));
        }
        return check_missing(first.shard->count);
    }

    // A file is in a part by its path as it was found: under other operands, by another path, it
    // may be in none.
    static Outcome<> check_operands(const Part& first, const Part& part) {
        const ReportedRun& a = first.run;
        const ReportedRun& b = part.run;
        if (a.operands == b.operands && a.directory == b.directory &&
            a.files_from == b.files_from) {
            return {};
        }
        return fail_with(fmt::format("{} and {} are not of the same files: one is on {}, the other "
                                     "on {}",
                                     first.name, part.name, what_of(a), what_of(b)),
                         "Give all machines the same operands, letter by letter: which part a file "
                         "is in depends on its path");
    }

    static std::string what_of(const ReportedRun& run) {
        std::vector<std::string> all = run.operands;
        if (run.directory) {
            all.front() += " (a folder)";
        }
        if (run.files_from) {
            all.push_back("--files-from " + *run.files_from);
        }
        return fmt::format("{}", fmt::join(all, " "));
    }

    [[nodiscard]] Outcome<> check_missing(std::uint32_t count) const {
        if (parts_.size() == count) {
            return {};
        }
        std::vector<std::uint32_t> missing;
        auto next = parts_.begin();
        constexpr std::size_t most_named = 10;
        for (std::uint32_t part = 1; part <= count && missing.size() < most_named; ++part) {
            if (next != parts_.end() && next->run.shard->index == part) {
                ++next;
            } else {
                missing.push_back(part);
            }
        }
        const std::size_t others = count - parts_.size() - missing.size();
        return fail_with(fmt::format("Of {} parts there {} missing: {}{}", count,
                                     count - parts_.size() == 1 ? "is one" : "are some",
                                     fmt::join(missing, ", "),
                                     others == 0 ? "" : fmt::format(" and {} more", others)),
                         "A report on part of an archive says nothing about the rest");
    }

    void describe() {
        const ReportedRun& first = parts_.front().run;
        view_.directory = first.directory;
        view_.operands = first.operands;
        view_.files_from = first.files_from;
        for (const Part& part : parts_) {
            view_.elapsed_ns = std::max(view_.elapsed_ns, part.run.elapsed_ns);
        }
        view_.registry = first.registry;
        view_.profile = first.profile;
        view_.ledger = &ledger_;
    }

    // As it was found there.
    static std::string path_of(const ReportedRun& run, const std::filesystem::path& path) {
        if (!run.directory || run.directory->empty()) {
            return path.string();
        }
        if (path == ".") {
            return *run.directory;
        }
        return *run.directory + (run.directory->ends_with('/') ? "" : "/") + path.string();
    }

    // In the order of all names, in which each part has its own.
    Outcome<> tell_all(ArchiveReport& report) {
        std::vector<Pending> pending;
        pending.reserve(parts_.size());
        for (Part& part : parts_) {
            pending.push_back({&part, archive::ReportReader(*part.file)});
            CLI_TRY(advance(pending.back()));
        }
        const auto is_later = [&](std::size_t a, std::size_t b) {
            return std::pair(pending[a].file->position, a) >
                   std::pair(pending[b].file->position, b);
        };
        std::vector<std::size_t> heap;
        for (std::size_t i = 0; i < pending.size(); ++i) {
            if (pending[i].file) {
                heap.push_back(i);
            }
        }
        std::ranges::make_heap(heap, is_later);
        while (!heap.empty()) {
            std::ranges::pop_heap(heap, is_later);
            Pending& first = pending[heap.back()];
            if (!is_told(first)) {
                CLI_TRY(or_fail(tell(first.part->run, *first.file, report),
                                "Failed to keep what is known of the files"));
            }
            CLI_TRY(advance(first));
            if (first.file) {
                std::ranges::push_heap(heap, is_later);
            } else {
                heap.pop_back();
            }
        }
        return {};
    }

    static Outcome<> advance(Pending& pending) {
        CLI_TRY_ASSIGN(pending.file, or_fail(pending.reader.next(),
                                             "Failed to read report: " + pending.part->name));
        return {};
    }

    // What could not be looked into is told once, however many parts tell of it, but as often as
    // one of them does.
    bool is_told(Pending& pending) {
        if (!pending.file->is_in_every_part) {
            return false;
        }
        const std::string& path = pending.file->path.native();
        const std::uint64_t times = ++pending.in_every_part[path];
        std::uint64_t& told = told_in_every_part_[path];
        const bool is_told = times <= told;
        told = std::max(told, times);
        return is_told;
    }

    Result<> tell(const ReportedRun& run, const ReportedFile& file, ArchiveReport& report) {
        const std::filesystem::path path = path_of(run, file.path);
        view_.tally.count({.path = path,
                           .report = file.report,
                           .size = file.size,
                           .remembered = file.remembered});
        if (file.report && file.report->history) {
            if (Result<> added = ledger_.add(path, file.report->file_id, *file.report->history);
                !added) {
                return added;
            }
        }
        std::optional<Failure> failure;
        if (!file.report) {
            failure = Failure{.messages = file.causes,
                              .cause = file.report.error(),
                              .remedy = file.remedy,
                              .path = file.error_path};
        }
        return report.file(path.native(), {.report = file.report ? &*file.report : nullptr,
                                           .failure = failure ? &*failure : nullptr,
                                           .path = view_.name_of(path),
                                           .size = file.size,
                                           .remembered = file.remembered,
                                           .comparable = arguments_.format == Format::jsonl});
    }

    Context& context_;
    const MergeArguments& arguments_;
    std::vector<Part> parts_;
    archive::Ledger ledger_;
    ArchiveView view_;
    std::map<std::string, std::uint64_t> told_in_every_part_;
};

}  // namespace

Outcome<Ending> merge_reports(Context& context, const MergeArguments& arguments) {
    return Merge(context, arguments).run();
}

}  // namespace aion::cli
