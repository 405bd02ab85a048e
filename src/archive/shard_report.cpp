// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/archive/shard_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "aion/base/hex.hpp"
#include "aion/crypto/hash.hpp"
#include "archive/demands.hpp"
#include "base/json_reader.hpp"
#include "base/try.hpp"

namespace aion::archive {
namespace {

using json::ObjectReader;
using policy::VerificationReport;

constexpr std::string_view what_failed = "report of an archive: ";
// The row of a file of a million versions has some 70 MB; a document of so many bytes, some
// 100,000 files.
constexpr std::size_t max_line = std::size_t{256} << 20U;
constexpr std::size_t piece_size = std::size_t{64} << 10U;

constexpr json::ReadOptions reading{.error_prefix = what_failed,
                                    .max_size = max_line,
                                    .max_depth = 16,
                                    .max_values = std::size_t{1} << 26U};

Error no_report(const std::string& why) {
    return invalid_format(fmt::format("{}{}", what_failed, why));
}

// The member, or null.
std::optional<json::Value> find(json::Value object, std::string_view key) {
    for (const json::Member& member : object.children()) {
        if (member.key() == key) {
            return member.value;
        }
    }
    return std::nullopt;
}

Result<bool> truth(json::Value object, std::string_view key) {
    const auto value = find(object, key);
    const auto said = value ? value->boolean() : std::nullopt;
    return said ? Result<bool>(*said) : fail(no_report(fmt::format("{}: no boolean", key)));
}

// The enumerator of that name.
template <class Enum>
Result<Enum> named(std::string_view name, std::size_t count, std::string_view what) {
    for (std::size_t i = 0; i < count; ++i) {
        if (name_of(static_cast<Enum>(i)) == name) {
            return static_cast<Enum>(i);
        }
    }
    return fail(no_report(fmt::format("'{}' is no {}", name, what)));
}

template <class T>
Result<T> octets(const ObjectReader& object, std::string_view key) {
    AION_TRY_ASSIGN(const std::string_view text, object.text(key));
    auto read = octets_from_hex<T>(text);
    return read ? read : fail(no_report(fmt::format("{}: not {} bytes in hex", key, T::size)));
}

Result<std::string> read_bytes(std::string_view hex, std::string_view key) {
    auto bytes = from_hex(hex);
    return bytes ? Result<std::string>(as_text(*bytes))
                 : fail(no_report(fmt::format("{}: not bytes in hex", key)));
}

Result<std::string> read_text(json::Value value, bool is_hex) {
    const auto text = value.text();
    if (!text) {
        return fail(no_report("operands: one is no text"));
    }
    return is_hex ? read_bytes(*text, "operands_bytes") : std::string(*text);
}

// What is in `path`, unless that is not UTF-8, and so in another member.
Result<std::string> read_path(const ObjectReader& object) {
    AION_TRY_ASSIGN(const auto hex, object.text_or_null("path_bytes"));
    if (hex) {
        return read_bytes(*hex, "path_bytes");
    }
    AION_TRY_ASSIGN(const std::string_view path, object.text("path"));
    return std::string(path);
}

Result<> read_gates(const ObjectReader& object, VerificationReport& report) {
    AION_TRY_ASSIGN(const auto gates, object.objects("gates"));
    for (const ObjectReader& one : gates) {
        AION_TRY_ASSIGN(const std::string_view name, one.text("gate"));
        AION_TRY_ASSIGN(const auto gate, named<policy::Gate>(name, policy::gate_count, "gate"));
        AION_TRY_ASSIGN(const std::string_view state, one.text("state"));
        AION_TRY_ASSIGN(report.gates.at(static_cast<std::size_t>(gate)),
                        named<policy::GateState>(state, 3, "state of a gate"));
    }
    AION_TRY_ASSIGN(const auto findings, object.objects("findings"));
    for (const ObjectReader& one : findings) {
        policy::Finding finding;
        AION_TRY_ASSIGN(const std::string_view gate, one.text("gate"));
        AION_TRY_ASSIGN(finding.gate, named<policy::Gate>(gate, policy::gate_count, "gate"));
        AION_TRY_ASSIGN(const std::string_view reason, one.text("reason"));
        AION_TRY_ASSIGN(finding.reason,
                        named<policy::Reason>(reason, policy::reason_count, "reason"));
        AION_TRY_ASSIGN(const auto version, one.text_or_null("version_text"));
        if (version) {
            AION_TRY_ASSIGN(const std::uint64_t number, one.u64("version"));
            finding.version = VersionNumber{number};
        }
        AION_TRY_ASSIGN(const auto offset, one.text_or_null("offset_text"));
        if (offset) {
            AION_TRY_ASSIGN(finding.offset, one.u64("offset"));
        }
        AION_TRY_ASSIGN(finding.message, one.text("message"));
        ++report.finding_counts.at(static_cast<std::size_t>(finding.gate));
        report.findings.push_back(std::move(finding));
    }
    return {};
}

Result<policy::HistoryFacts> read_history(json::Value row, const ObjectReader& object) {
    policy::HistoryFacts history;
    const auto hashes = find(row, "version_hashes");
    if (!hashes || !hashes->is_array()) {
        return fail(no_report("a VALID file without version_hashes: verified without --shard"));
    }
    for (const json::Member& member : hashes->children()) {
        const auto hash = octets_from_hex<Hash>(member.value.text().value_or(""));
        if (!hash) {
            return fail(no_report("version_hashes: not 32 bytes in hex"));
        }
        history.version_hashes.push_back(*hash);
    }
    AION_TRY_ASSIGN(const auto signers, object.objects("signers"));
    for (const ObjectReader& one : signers) {
        policy::SignerUse use;
        AION_TRY_ASSIGN(use.author.value, one.u64("author"));
        AION_TRY_ASSIGN(use.epoch.value, one.u32("epoch"));
        AION_TRY_ASSIGN(use.key, octets<PublicKey>(one, "public_key"));
        AION_TRY_ASSIGN(use.first.value, one.u64("first_version"));
        AION_TRY_ASSIGN(use.last.value, one.u64("last_version"));
        AION_TRY_ASSIGN(use.versions, one.u64("versions"));
        history.signers.push_back(use);
    }
    return history;
}

Result<VerificationReport> read_verdict(json::Value row, const ObjectReader& object, bool valid) {
    VerificationReport report;
    AION_TRY_ASSIGN(report.file_id.value, object.u64("file_id"));
    AION_TRY_ASSIGN(report.version_count, object.u64("version_count"));
    AION_TRY_ASSIGN(const auto head, object.text_or_null("head"));
    if (head) {
        AION_TRY_ASSIGN(report.head, octets<Hash>(object, "head"));
    }
    AION_TRY(read_gates(object, report));
    report.pinned = report.state(policy::Gate::pin) != policy::GateState::skipped;
    if (report.state(policy::Gate::header) == policy::GateState::skipped && valid) {
        report.profile = policy::Profile::reference;
    }
    if (report.is_valid() != valid) {
        return fail(no_report("a verdict that the gates contradict"));
    }
    if (valid && report.profile == policy::Profile::strict) {
        AION_TRY_ASSIGN(report.history, read_history(row, object));
        const auto& hashes = report.history->version_hashes;
        if (hashes.empty() || hashes.size() != report.version_count ||
            hashes.back() != report.head) {
            return fail(no_report("version_hashes are not those of all versions"));
        }
    }
    return report;
}

// The kind of an error, as far as there is one for a path and a text.
Error error_of(std::string_view code, std::string path, std::string message) {
    if (code == name_of(ErrorCode::resource_exhausted)) {
        return error_because(ErrorCode::resource_exhausted, std::move(message));
    }
    if (code == name_of(ErrorCode::file_changed)) {
        return error_at_path(ErrorCode::file_changed, std::move(path))
            .in_context(std::move(message));
    }
    return error_at_path(ErrorCode::file_read_error, std::move(path))
        .in_context(std::move(message));
}

Result<std::string> said_path(json::Value said) {
    const auto bytes = find(said, "path_bytes");
    const auto path = bytes ? bytes : find(said, "path");
    const auto text = path ? path->text() : std::nullopt;
    return text && bytes ? read_bytes(*text, "path_bytes") : std::string(text.value_or(""));
}

Result<> read_error(json::Value row, ReportedFile& file) {
    const auto said = find(row, "no_verdict");
    const auto code = said ? find(*said, "code") : std::nullopt;
    const auto message = said ? find(*said, "message") : std::nullopt;
    if (!code || !code->text() || !message || !message->text()) {
        return fail(no_report("a file without verdict does not say why"));
    }
    file.report = fail(error_of(*code->text(), file.path, std::string(*message->text())));
    AION_TRY_ASSIGN(file.is_in_every_part, truth(row, "in_every_part"));
    const auto remedy = find(*said, "remedy");
    file.remedy = remedy ? remedy->text().value_or("") : "";
    AION_TRY_ASSIGN(file.error_path, said_path(*said));
    const auto causes = find(row, "causes");
    if (causes) {
        for (const json::Member& cause : causes->children()) {
            file.causes.emplace_back(cause.value.text().value_or(""));
        }
    }
    return file.causes.empty() ? Result<>(fail(no_report("causes: none"))) : Result<>();
}

class Reader {
  public:
    // One of the lines: a file, if it is one.
    Result<std::optional<ReportedFile>> line(std::string_view text) {
        if (run_) {
            return fail(no_report("something behind the summary"));
        }
        AION_TRY_ASSIGN(const json::Document document, json::parse(text, reading));
        AION_TRY_ASSIGN(const auto object, ObjectReader::root(document, what_failed));
        AION_TRY_ASSIGN(const std::string_view type, object.text("type"));
        if (type == "file") {
            return file(document.root(), object);
        }
        if (type == "summary") {
            AION_TRY(summary(document.root(), object));
        }
        return std::nullopt;
    }

    Result<ReportedFile> file(json::Value row, const ObjectReader& object) {
        ++files_;
        AION_TRY_ASSIGN(std::string path, read_path(object));
        const auto valid = find(row, "valid");
        if (!valid || !(valid->is_null() || valid->boolean())) {
            return fail(no_report("a file without a verdict"));
        }
        ReportedFile file{.path = path, .report = VerificationReport{}};
        if (valid->is_null()) {
            AION_TRY(read_error(row, file));
        } else {
            AION_TRY_ASSIGN(file.report, read_verdict(row, object, *valid->boolean()));
        }
        AION_TRY_ASSIGN(file.size, object.u64("size"));
        AION_TRY_ASSIGN(file.remembered, truth(row, "remembered"));
        if (!find(row, "position")) {
            return fail(no_report("a file without position: verified without --shard"));
        }
        AION_TRY_ASSIGN(file.position, object.u64("position"));
        if (file.position <= std::exchange(last_, file.position)) {
            return fail(no_report("the files are not in the order of their positions"));
        }
        return file;
    }

    [[nodiscard]] Result<> check_end() const {
        if (!run_) {
            return fail(no_report("cut off: there is no summary"));
        }
        if (run_->tally.files() != files_) {
            return fail(no_report(
                fmt::format("cut off: {} of {} files are listed", files_, run_->tally.files())));
        }
        return {};
    }

    [[nodiscard]] const ReportedRun& run() const { return *run_; }

    Result<> summary(json::Value all, const ObjectReader& object) {
        ReportedRun run;
        AION_TRY_ASSIGN(run.registry, octets<Hash>(object, "registry"));
        AION_TRY_ASSIGN(const std::string_view profile, object.text("profile"));
        AION_TRY_ASSIGN(run.profile, named<policy::Profile>(profile, 2, "profile"));
        AION_TRY_ASSIGN(run.tally.valid, object.u64("valid_count"));
        AION_TRY_ASSIGN(run.tally.invalid, object.u64("invalid_count"));
        AION_TRY_ASSIGN(run.tally.unreadable, object.u64("unreadable_count"));
        AION_TRY_ASSIGN(run.tally.remembered, object.u64("remembered_count"));
        AION_TRY_ASSIGN(run.tally.bytes, object.u64("bytes"));
        AION_TRY_ASSIGN(run.tally.stopped, truth(all, "stopped"));
        AION_TRY_ASSIGN(run.elapsed_ns, object.u64("elapsed_ns"));
        AION_TRY(read_operands(all, object, run));
        const auto error = find(all, "error");
        run.is_faulty = error && !error->is_null();
        AION_TRY(read_shard(all, run));
        run_ = std::move(run);
        return {};
    }

  private:
    static Result<> read_operands(json::Value all, const ObjectReader& object, ReportedRun& run) {
        const auto bytes = find(all, "operands_bytes");
        const auto operands = bytes ? bytes : find(all, "operands");
        if (!operands || !operands->is_array()) {
            return fail(no_report("operands: no list of what was verified"));
        }
        for (const json::Member& operand : operands->children()) {
            AION_TRY_ASSIGN(std::string text, read_text(operand.value, bytes.has_value()));
            run.operands.push_back(std::move(text));
        }
        AION_TRY_ASSIGN(const auto list_bytes, object.text_or_null("files_from_bytes"));
        AION_TRY_ASSIGN(const auto list, object.text_or_null("files_from"));
        if (list_bytes) {
            AION_TRY_ASSIGN(run.files_from, read_bytes(*list_bytes, "files_from_bytes"));
        } else if (list) {
            run.files_from = std::string(*list);
        }
        AION_TRY_ASSIGN(const auto directory, object.text_or_null("archive_dir"));
        if (!directory) {
            return {};
        }
        if (run.operands.size() != 1 || run.files_from ||
            (!bytes && *directory != run.operands.front())) {
            return fail(no_report("archive_dir is not the only operand"));
        }
        run.directory = run.operands.front();
        return {};
    }

    static Result<> read_shard(json::Value all, ReportedRun& run) {
        const auto shard = find(all, "shard");
        if (!shard || shard->is_null()) {
            return {};
        }
        const auto index = find(*shard, "index");
        const auto count = find(*shard, "count");
        const std::uint64_t part = index ? index->integer().value_or(0) : 0;
        const std::uint64_t parts = count ? count->integer().value_or(0) : 0;
        if (part == 0 || part > parts || parts > UINT32_MAX) {
            return fail(no_report("shard: not a part of some"));
        }
        run.shard = {static_cast<std::uint32_t>(part), static_cast<std::uint32_t>(parts)};
        const auto expected = find(*shard, "expectations");
        if (expected && !expected->is_null()) {
            const auto digest = octets_from_hex<Hash>(expected->text().value_or(""));
            if (!digest) {
                return fail(no_report("expectations: not 32 bytes in hex"));
            }
            run.expectations = *digest;
        }
        return {};
    }

    std::uint64_t files_ = 0;
    std::uint64_t last_ = 0;  // The position of the file before.
    std::optional<ReportedRun> run_;
};

// Cuts a file into lines.
class Lines {
  public:
    explicit Lines(ReadableFile& file) : file_(file) {}

    // The next without its end; nothing behind the last. Valid until the next call.
    Result<std::optional<std::string_view>> next() {
        for (std::size_t searched = next_;;) {
            if (const std::size_t end = held_.find('\n', searched); end != std::string::npos) {
                const std::size_t begin = std::exchange(next_, end + 1);
                return std::string_view(held_).substr(begin, end - begin);
            }
            searched = held_.size() - next_;
            if (searched > max_line) {
                return fail(no_report("a line is too long"));
            }
            held_.erase(0, std::exchange(next_, 0));
            AION_TRY_ASSIGN(const bool more, read_more());
            if (!more) {
                next_ = held_.size();
                return held_.empty() ? std::nullopt : std::optional(std::string_view(held_));
            }
        }
    }

  private:
    Result<bool> read_more() {
        const auto size =
            static_cast<std::size_t>(std::min<std::uint64_t>(piece_size, file_.info().size - at_));
        Bytes piece(size);
        AION_TRY(file_.read_at(at_, piece));
        held_ += as_text(piece);
        at_ += size;
        return size != 0;
    }

    ReadableFile& file_;
    std::uint64_t at_ = 0;
    std::string held_;
    std::size_t next_ = 0;  // Where the next line begins.
};

// A document begins otherwise: its first line is the beginning of an object, or all of it, and that
// has no type.
bool begins_lines(std::string_view first) {
    const auto document = json::parse(first, reading);
    return document && find(document->root(), "type").has_value();
}

Result<std::string> all_of(ReadableFile& file) {
    if (file.info().size > max_line) {
        return fail(no_report("too long for one document: use --format jsonl"));
    }
    Bytes bytes(static_cast<std::size_t>(file.info().size));
    AION_TRY(file.read_at(0, bytes));
    return std::string(as_text(bytes));
}

// A document, and where in its files one is.
struct Whole {
    std::string text;
    json::Document document;
    std::optional<ObjectReader> root;
    ObjectReader::Objects::Iterator next;
    ObjectReader::Objects::Iterator end;
    json::Value::Children::Iterator value;
};

}  // namespace

class ReportReader::State {
  public:
    explicit State(ReadableFile& file) : file_(file), lines_(file) {}

    Result<std::optional<ReportedFile>> next() {
        if (!std::exchange(has_begun_, true)) {
            AION_TRY(begin());
        }
        if (whole_) {
            return next_of_whole();
        }
        while (line_) {
            AION_TRY_ASSIGN(auto file, reader_.line(*line_));
            AION_TRY_ASSIGN(line_, lines_.next());
            if (file) {
                return file;
            }
        }
        AION_TRY(reader_.check_end());
        return std::nullopt;
    }

    [[nodiscard]] const ReportedRun& run() const { return reader_.run(); }

  private:
    Result<> begin() {
        AION_TRY_ASSIGN(line_, lines_.next());
        if (!line_) {
            return fail(no_report("it is empty"));
        }
        const std::size_t start = std::min(line_->find_first_not_of(" \t\r"), line_->size());
        if (!line_->substr(start).starts_with('{')) {
            return fail(no_report("it is no JSON: make it with --format jsonl"));
        }
        if (begins_lines(*line_)) {
            return {};
        }
        auto whole = std::make_unique<Whole>();
        AION_TRY_ASSIGN(whole->text, all_of(file_));
        AION_TRY_ASSIGN(whole->document, json::parse(whole->text, reading));
        AION_TRY_ASSIGN(whole->root, ObjectReader::root(whole->document, what_failed));
        AION_TRY_ASSIGN(const auto files, whole->root->objects("files"));
        whole->next = files.begin();
        whole->end = files.end();
        whole->value = find(whole->document.root(), "files")->children().begin();
        whole_ = std::move(whole);
        return {};
    }

    Result<std::optional<ReportedFile>> next_of_whole() {
        if (whole_->next != whole_->end) {
            const ObjectReader object = *whole_->next;
            auto file = reader_.file((*whole_->value).value, object);
            ++whole_->next;
            ++whole_->value;
            return file;
        }
        AION_TRY(reader_.summary(whole_->document.root(), *whole_->root));
        AION_TRY(reader_.check_end());
        return std::nullopt;
    }

    ReadableFile& file_;
    Lines lines_;
    Reader reader_;
    bool has_begun_ = false;
    std::optional<std::string_view> line_;
    std::unique_ptr<Whole> whole_;
};

std::optional<Hash> digest_of_expectations(const policy::VerifyOptions& options) {
    if (!options.expects_anything()) {
        return std::nullopt;
    }
    // In whatever order they were named.
    const auto in_order = [](std::vector<AuthorId>& authors) {
        std::ranges::sort(authors);
        const auto rest = std::ranges::unique(authors);
        authors.erase(rest.begin(), rest.end());
    };
    policy::VerifyOptions sorted = options;
    in_order(sorted.authors);
    if (sorted.require) {
        in_order(sorted.require->authors);
    }
    Encoder demands;
    demands.sized("aion expectations 1");
    put_pins(demands, sorted.pins);
    put_signers(demands, sorted);
    return crypto::blake3(demands.view());
}

ReportReader::ReportReader(ReadableFile& file) : state_(std::make_unique<State>(file)) {}

ReportReader::~ReportReader() = default;
ReportReader::ReportReader(ReportReader&& other) noexcept = default;
ReportReader& ReportReader::operator=(ReportReader&& other) noexcept = default;

Result<std::optional<ReportedFile>> ReportReader::next() {
    return state_->next();
}

const ReportedRun& ReportReader::run() const {
    return state_->run();
}

Result<ReportedRun> read_report(ReadableFile& file,
                                const std::function<Result<>(ReportedFile)>& visit) {
    ReportReader reader(file);
    for (;;) {
        AION_TRY_ASSIGN(auto next, reader.next());
        if (!next) {
            return reader.run();
        }
        AION_TRY(visit(*std::move(next)));
    }
}

}  // namespace aion::archive
