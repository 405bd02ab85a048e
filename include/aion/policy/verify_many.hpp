// SPDX-License-Identifier: MIT OR Apache-2.0
// Deciding of many files whether they are genuine: on all cores, told in the order of their names.
//
/// Example: how many of these are genuine?
///
///     Env& env = Env::system();
///     const auto registry = trust::Registry::load(env, "registry.json");
///     if (!registry) {
///         return fail(registry.error());
///     }
///     const std::vector<std::filesystem::path> files = {"none.aion", "policy.aion"};
///     std::size_t valid = 0;
///     const auto done = policy::verify_many(
///         env, files, *registry, {}, [&](std::size_t i, const auto& report) {
///             if (!report) {
///                 std::cout << report.error().message() << '\n';  // Failed to read file: …
///             } else if (report->is_valid()) {
///                 std::cout << files[i].string() << '\n';  // policy.aion
///                 ++valid;
///             }
///             return policy::Next::go_on;
///         });
///     if (!done) {
///         return fail(done.error());  // interrupted
///     }
///     std::cout << valid << " of " << files.size() << '\n';  // 1 of 2
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/report.hpp"
#include "aion/policy/verify.hpp"
#include "aion/trust/registry.hpp"

namespace aion::policy {

/// What whoever is told a result wants.
enum class Next : std::uint8_t {
    go_on,
    stop,  ///< Nothing more is told, and what is under way is dropped.
};

/// A file of which somebody wants to know whether it is genuine.
struct FileToJudge {
    std::filesystem::path path;
    /// What is told of it without judging it, if that is known already.
    std::optional<Result<VerificationReport>> answer = {};
    /// The facts that are told with `answer` where the file is not opened.
    std::optional<FileInfo> info = {};
    /// The file is opened and read, and `answer` counts only if it hashes to this
    /// (`HistoryFacts::file_hash`); else it is judged, for which it is read anew.
    std::optional<Hash> only_if = {};
    std::uint64_t tag = 0;  ///< Whatever whoever asks wants to be told with the file.
};

/// Which files there are, one after the other; they need not be known beforehand.
class FilesToJudge {
  public:
    virtual ~FilesToJudge() = default;
    FilesToJudge(const FilesToJudge&) = delete;
    FilesToJudge& operator=(const FilesToJudge&) = delete;
    FilesToJudge(FilesToJudge&&) = delete;
    FilesToJudge& operator=(FilesToJudge&&) = delete;

    /// The next file; nothing at the end, after which nobody asks again. Is called by whichever
    /// thread has nothing to do, one at a time, and so must not use what belongs to the caller's
    /// thread. May throw `std::bad_alloc`, which ends everything.
    [[nodiscard]] virtual std::optional<FileToJudge> next() = 0;

  protected:
    FilesToJudge() = default;
};

/// What became of a file.
struct JudgedFile {
    std::filesystem::path path;
    Result<VerificationReport> report;  ///< Or why there is none.
    /// The file's facts when it was opened, or `FileToJudge::info`; nothing if it could not be.
    std::optional<FileInfo> info;
    Timestamp opened_at;        ///< When that was about to be, if it was.
    bool was_answered = false;  ///< `report` is `FileToJudge::answer`, but for what pins say.
    std::uint64_t tag = 0;      ///< `FileToJudge::tag`
};

/// Is told what became of each file, and may take it.
using JudgedFileSink = std::function<Next(JudgedFile file)>;
/// Is told what became of `files[index]`: a report, or why there is none.
using ReportSink = std::function<Next(std::size_t index, Result<VerificationReport> report)>;

/// Verifies each of `files` as `verify` does a path, in as many threads as `options.threads` says,
/// and tells `sink` of every one in the order of `files`, on the calling thread, which judges, too.
/// Small files share batches of signatures. What comes out depends neither on the number of threads
/// nor on which of them does what; all files are judged as of the same time.
///
/// A file without a verdict is an error told of it and stops nothing: those of `Env::open` under
/// `read`, `file_changed`, and `resource_exhausted` (`memory`) where memory did not suffice for
/// that file. Judging is ahead of telling by 1,024 files and some 16 MiB of results at most,
/// however slow `sink` is, and asking for files ahead of judging by no more than that; memory
/// beyond it is what as many files need as there are threads.
///
/// `options.pin_store` is asked right before a file is told of, in their order, on the calling
/// thread; of an answered file, too, if the answer has a `history`, without which it is
/// `invalid_argument`. What is recorded is written at the end at the latest (`PinStore::end_many`).
///
/// `options.key_cache`: null for one of this call alone. `options.events` are called right before
/// `sink` is told of the file concerned. `Timings` of small files hold a share of what their batch
/// took. A pipe that is named twice is read by whoever comes first. `env` is called in all the
/// threads and, as everywhere in the library, throws nothing but `std::bad_alloc`: anything else
/// ends the process.
/// Errors: `interrupted` when `env` was asked to stop (base/interrupt.hpp) before all was told;
/// what was told stands. Those of `PinStore::end_many`. May throw `std::bad_alloc`, and whatever
/// `sink` throws.
[[nodiscard]] Result<> verify_many(Env& env, FilesToJudge& files, const trust::Registry& registry,
                                   const VerifyOptions& options, const JudgedFileSink& sink,
                                   const ReadOptions& read = {});

/// The same of files that are all known.
[[nodiscard]] Result<> verify_many(Env& env, std::span<const std::filesystem::path> files,
                                   const trust::Registry& registry, const VerifyOptions& options,
                                   const ReportSink& sink, const ReadOptions& read = {});

}  // namespace aion::policy
