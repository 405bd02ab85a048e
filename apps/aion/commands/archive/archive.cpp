// SPDX-License-Identifier: MIT OR Apache-2.0
// aion archive: many files (docs/cli.md#aion-archive-verify).
#include "commands/archive/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

#include "aion/archive/names.hpp"
#include "aion/archive/shard_report.hpp"
#include "aion/archive/verify.hpp"
#include "commands/archive/report.hpp"
#include "shell/decimal.hpp"
#include "shell/input.hpp"
#include "shell/pins.hpp"
#include "shell/state_folder.hpp"
#include "shell/try.hpp"
#include "shell/watched_archive.hpp"
#include "table/command_table.hpp"
#include "table/pin_options.hpp"

namespace aion::cli {
namespace {

using archive::Names;

// First those of one, then those of the other.
class Both final : public Names {
  public:
    Both(std::unique_ptr<Names> first, std::unique_ptr<Names> second)
        : first_(std::move(first)), second_(std::move(second)) {}

    [[nodiscard]] std::optional<archive::Name> next() override {
        if (auto name = first_->next()) {
            return name;
        }
        return second_->next();
    }

    [[nodiscard]] std::optional<double> share_done() const noexcept override {
        return std::nullopt;
    }

  private:
    std::unique_ptr<Names> first_;
    std::unique_ptr<Names> second_;
};

Outcome<std::optional<archive::Shard>> parse_shard(const std::optional<std::string>& text) {
    if (!text) {
        return std::nullopt;
    }
    const std::size_t slash = text->find('/');
    const auto index = parse_decimal(std::string_view(*text).substr(0, slash), UINT32_MAX);
    const auto count = slash == std::string::npos
                           ? std::unexpected(std::string_view())
                           : parse_decimal(std::string_view(*text).substr(slash + 1), UINT32_MAX);
    if (!index || !count || *index == 0 || *index > *count) {
        return fail_with(fmt::format("Invalid shard '{}'", *text),
                         "Say which part of how many, as 1/4, 2/4, 3/4 or 4/4");
    }
    return archive::Shard{static_cast<std::uint32_t>(*index), static_cast<std::uint32_t>(*count)};
}

Result<std::size_t> read_some(ReadableFile& file, std::uint64_t& at, MutableByteView out) {
    const std::uint64_t left = file.info().size - std::min(at, file.info().size);
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, out.size()));
    if (const Result<> read = file.read_at(at, out.first(size)); !read) {
        return fail(read.error());
    }
    at += size;
    return size;
}

// The names in a file, or in what comes in at standard input for `-`.
Outcome<std::unique_ptr<Names>> names_in(Context& context, const std::string& list,
                                         archive::ScanOptions options) {
    if (list == "-") {
        CLI_TRY(claim_standard_input(context, "the list of files"));
        return archive::listed(
            context.env,
            [&host = context.host](MutableByteView out) -> Result<std::size_t> {
                const auto read = host.read_input("the list of files", out);
                return read ? Result<std::size_t>(*read)
                            : fail(error_at_path(ErrorCode::file_read_error, "-",
                                                 read.error().cause.os_error()));
            },
            std::nullopt, std::move(options));
    }
    CLI_TRY_ASSIGN(std::unique_ptr<ReadableFile> file,
                   or_fail_with_cause(context.env.open(list, {}),
                                      "Failed to read the list of files: " + list));
    const std::uint64_t size = file->info().size;
    return archive::listed(
        context.env,
        [file = std::shared_ptr<ReadableFile>(std::move(file)),
         at = std::uint64_t{0}](MutableByteView out) mutable { return read_some(*file, at, out); },
        size, std::move(options));
}

Outcome<std::unique_ptr<Names>> names_of(Context& context, const ArchiveArguments& arguments,
                                         const std::vector<std::filesystem::path>& operands,
                                         LeftOut& left_out) {
    const archive::ScanOptions options = left_out.options();
    std::unique_ptr<Names> scanned = archive::scan(context.env, operands, options);
    if (!arguments.files_from) {
        return scanned;
    }
    CLI_TRY_ASSIGN(std::unique_ptr<Names> listed,
                   names_in(context, *arguments.files_from, options));
    if (operands.empty()) {
        return listed;
    }
    return std::make_unique<Both>(std::move(scanned), std::move(listed));
}

// The only operand, if it is a folder.
std::optional<std::string> only_folder(Env& env, const ArchiveArguments& arguments) {
    if (arguments.paths.size() != 1 || arguments.files_from) {
        return std::nullopt;
    }
    const auto info = env.info(arguments.paths.front());
    const bool is_folder = info && *info && (*info)->kind == FileKind::directory;
    return is_folder ? std::optional(arguments.paths.front()) : std::nullopt;
}

Outcome<std::optional<archive::ResultCache>> open_cache(Context& context,
                                                        const ArchiveArguments& arguments,
                                                        const trust::Registry& registry,
                                                        const policy::VerifyOptions& judging) {
    if (!arguments.cache) {
        if (arguments.rehash || arguments.cache_key) {
            return fail_with(arguments.rehash ? "--rehash compares with what --cache remembers"
                                              : "--cache-key is the secret of --cache",
                             "Add --cache FILE");
        }
        return std::nullopt;
    }
    std::filesystem::path key = arguments.cache_key.value_or("");
    if (!arguments.cache_key) {
        CLI_TRY_ASSIGN(const std::filesystem::path state, state_folder(context));
        key = state / "cache.key";
    }
    return context.host.open_cache(context.env, *arguments.cache, key, registry, judging);
}

// One archive, from its names to its report.
class Run {
  public:
    Run(Context& context, const ArchiveArguments& arguments, const trust::Registry& registry)
        : context_(context), arguments_(arguments), registry_(registry), ledger_(context.env) {}

    Outcome<Ending> run() {
        CLI_TRY(prepare());
        CLI_TRY_ASSIGN(const Pins pins, open_pins(context_, arguments_.pin_file));
        pins.ask_in(options_.judging, policy::PinUse::record);
        CLI_TRY(demand_signers(context_, arguments_.pins, registry_, options_.judging));
        view_.expectations = archive::digest_of_expectations(options_.judging);
        CLI_TRY_ASSIGN(std::optional<archive::ResultCache> cache,
                       open_cache(context_, arguments_, registry_, options_.judging));
        options_.cache = cache ? &*cache : nullptr;
        const std::vector<std::filesystem::path> operands(arguments_.paths.begin(),
                                                          arguments_.paths.end());
        CLI_TRY_ASSIGN(std::unique_ptr<Names> names,
                       names_of(context_, arguments_, operands, left_out_));
        if (view_.shard) {
            names = part_of(std::move(names), *view_.shard);
        }
        const auto report = make_archive_report(context_.env, context_.console, arguments_.format,
                                                arguments_.verbose, view_);
        CLI_TRY(look_at_all(*names, *report));
        if (cache && !cache->trouble().empty()) {
            context_.console.warn(shown(fmt::format(
                "the cache {}: {}", view_.tally.remembered == 0 ? "is not used" : "was given up",
                cache->trouble())));
        }
        if (has_windows_lines_) {
            context_.console.hint(
                "Names in the list end in a carriage return, as lines of Windows do: take them off "
                "with tr -d '\\r'");
        }
        if (view_.tally.files() == 0 && (!view_.shard || view_.shard->count == 1)) {
            return no_files_in(view_);
        }
        CLI_TRY(report->end(view_));
        return ending_of(view_.tally);
    }

  private:
    Outcome<> prepare() {
        if (arguments_.paths.empty() && !arguments_.files_from) {
            return fail_with("No files to verify",
                             "Name a folder, a file or a pattern, or a list with --files-from");
        }
        if (std::ranges::find(arguments_.paths, "-") != arguments_.paths.end()) {
            return fail_with("- is not a file here: an archive is not read from standard input",
                             "Names of files are, by `aion archive verify --files-from -`; a file "
                             "that is called so is ./-");
        }
        CLI_TRY_ASSIGN(view_.shard, parse_shard(arguments_.shard));
        view_.directory = only_folder(context_.env, arguments_);
        view_.operands = arguments_.paths;
        view_.files_from = arguments_.files_from;
        view_.registry = registry_.fingerprint();
        view_.profile = arguments_.judging.profile;
        view_.ledger = &ledger_;
        options_.judging = arguments_.judging;
        CLI_TRY_ASSIGN(options_.judging.pins, parse_pins(arguments_.pins));
        options_.judging.events = context_.events;
        options_.rehash = arguments_.rehash;
        options_.fail_fast = arguments_.fail_fast;
        return {};
    }

    Outcome<> look_at_all(Names& names, ArchiveReport& report) {
        const auto start = std::chrono::steady_clock::now();
        CLI_TRY_ASSIGN(view_.tally,
                       verify_watched(context_, names, registry_, options_, left_out_, ledger_,
                                      [&](const archive::Row& row) { return tell(row, report); }));
        view_.elapsed_ns =
            static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                           std::chrono::steady_clock::now() - start)
                                           .count());
        return {};
    }

    Result<> tell(const archive::Row& row, ArchiveReport& report) {
        const std::string path = row.path.string();
        std::optional<Failure> failure;
        if (!row.report) {
            failure = no_verdict_on(path, row.report.error());
            has_windows_lines_ =
                has_windows_lines_ || (arguments_.files_from && path.ends_with('\r') &&
                                       row.report.error().os_error() == ENOENT);
        }
        return report.file(
            path, {.report = row.report ? &*row.report : nullptr,
                   .failure = failure ? &*failure : nullptr,
                   .path = view_.name_of(row.path),
                   .size = row.size,
                   .remembered = row.remembered,
                   .position = row.position,
                   .is_in_every_part = row.is_in_every_part,
                   .comparable = view_.shard.has_value() || arguments_.format == Format::jsonl});
    }

    Context& context_;
    const ArchiveArguments& arguments_;
    const trust::Registry& registry_;
    LeftOut left_out_;
    archive::Ledger ledger_;
    archive::VerifyOptions options_;
    ArchiveView view_;
    bool has_windows_lines_ = false;
};

void archive_verify_options(Options& options, ArchiveArguments& into) {
    options.texts("PATH", into.paths, "PATH",
                  "Folders (all `.aion` files below), files, or patterns of *, ? and [...]; ** is "
                  "none");
    options.registry(into.registry)->required();
    options.format_or_lines(into.format);
    options.text("--files-from", into.files_from, "FILE",
                 "Also the files that FILE (- for standard input) lists: a line each, or ended by "
                 "NUL");
    options.pins(into.pin_file, pins_help);
    signer_options(options, into.pins);
    options.text("--cache", into.cache, "FILE",
                 "Remember what is VALID, and do not verify it again until it changes");
    options.text("--cache-key", into.cache_key, "FILE",
                 "The cache's secret, instead of cache.key in the state folder");
    options.flag("--rehash", into.rehash, "Read what the cache knows, too, and compare its hash");
    options.flag("--fail-fast", into.fail_fast, "Stop behind the first file that is not VALID");
    options.text("--shard", into.shard, "I/N", "Only part I of N, by the names of the files");
    options.flag("-v,--verbose", into.verbose,
                 "Text: also a line for each VALID file, copy and earlier state");
    options.footer(
        "Text has a line for each file that is not VALID (FAIL path gate reason version, or NONE "
        "path why), for each fork (FORK) and each head under two file ids (RELABELLED), and ends "
        "with the counts. --quiet leaves nothing of the text, forks included: the exit code says "
        "it. Exit code 0: every file is VALID; 1: one is INVALID; 2: no verdict could be reached "
        "for one of them, or there is none; what files are to each other changes none of that. "
        "--pins knows one highest version of each file id: an archive that keeps old states beside "
        "new ones fails under it, so name only the live files then.");
    options.example("Is all of this genuine?", "aion archive verify . --registry registry.json");
    options.example("For a program, a file a line, as each is done",
                    "aion archive verify . --registry registry.json --format jsonl");
}

void merge_options(Options& options, MergeArguments& into) {
    options
        .texts("REPORT", into.reports, "REPORT",
               "What `aion archive verify --shard` wrote, as json or jsonl; - is standard input")
        ->required();
    options.format_or_lines(into.format);
    options.flag("-v,--verbose", into.verbose,
                 "Text: also a line for each VALID file, copy and earlier state");
    options.example("All parts, verified on two machines, say",
                    "aion archive verify . --registry registry.json --shard 1/2 -f jsonl >part1\n"
                    "aion archive verify . --registry registry.json --shard 2/2 -f jsonl >part2\n"
                    "aion archive merge part1 part2");
    options.footer(
        "Exit code as that of `aion archive verify` of the whole archive; 2 also when parts are "
        "missing, there twice, cut off, or made of other operands, under another registry, or "
        "under other "
        "expectations.");
}

}  // namespace

Outcome<Ending> verify_archive(Context& context, const ArchiveArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry,
                   load_registry(context, arguments.registry, {arguments.pins.max_registry_age}));
    return Run(context, arguments, registry).run();
}

Declare declare_archive;

void declare_archive(const Declared& root) {
    const Declared archive =
        add_group(root, "archive", "Verify many files, and what they are to each other");
    add_command(archive, "verify", "Verify all files of folders or lists", archive_verify_options,
                verify_archive);
    add_command(archive, "merge", "Put the reports on all parts of an archive together",
                merge_options, merge_reports);
}

}  // namespace aion::cli
