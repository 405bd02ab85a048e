// SPDX-License-Identifier: MIT OR Apache-2.0
#include "aion/report/archive_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aion/base/counted.hpp"
#include "aion/base/spool.hpp"
#include "archive/encoding.hpp"
#include "base/try.hpp"
#include "report/statements.hpp"
#include "report/words.hpp"

namespace aion::report {

namespace {

using archive::Decoder;
using archive::Encoder;
using policy::Gate;

enum class Verdict : std::uint8_t { none, invalid, valid };

void encode(Encoder& out, const policy::SignerUse& use) {
    out.number(use.author.value)
        .number(use.epoch.value)
        .raw(use.key.bytes)
        .number(use.first.value)
        .number(use.last.value)
        .number(use.versions);
}

policy::SignerUse decode_signer(Decoder& in) {
    policy::SignerUse use;
    use.author.value = in.number();
    use.epoch.value = static_cast<std::uint32_t>(in.number());
    use.key = in.octets<PublicKey>();
    use.first.value = in.number();
    use.last.value = in.number();
    use.versions = in.number();
    return use;
}

void encode(Encoder& out, const std::optional<Hash>& hash) {
    out.number(hash ? 1 : 0);
    if (hash) {
        out.raw(hash->bytes);
    }
}

std::optional<Hash> decode_hash(Decoder& in) {
    return in.number() != 0 ? std::optional(in.octets<Hash>()) : std::nullopt;
}

ArchiveRow row_of(const archive::Row& from) {
    ArchiveRow row;
    row.path = from.path;
    row.size = from.size;
    row.remembered = from.remembered;
    if (!from.report) {
        row.reason = from.report.error().full_message();
        return row;
    }
    const policy::VerificationReport& report = *from.report;
    row.valid = report.is_valid();
    row.reason = report.reason();
    row.versions = report.version_count;
    if (report.version_count != 0 || report.file_id.value != 0) {
        row.file_id = report.file_id;
    }
    if (*row.valid) {
        row.head = report.head;
    }
    if (*row.valid && report.history) {
        row.signers = report.history->signers;
        row.integrity_hash = report.history->file_hash;
    }
    return row;
}

Bytes encoded(const ArchiveRow& row) {
    Encoder out;
    Verdict verdict = Verdict::none;
    if (row.valid) {
        verdict = *row.valid ? Verdict::valid : Verdict::invalid;
    }
    out.sized(row.path.native())
        .number(static_cast<std::uint64_t>(verdict))
        .sized(row.reason)
        .number(row.size)
        .number(row.remembered ? 1 : 0)
        .number(row.file_id ? 1 : 0)
        .number(row.file_id.value_or(FileId{}).value)
        .number(row.versions);
    encode(out, row.head);
    encode(out, row.integrity_hash);
    out.number(row.signers.size());
    for (const policy::SignerUse& use : row.signers) {
        encode(out, use);
    }
    return out.take();
}

// What is read back was written by this process into a file that nobody else can open.
ArchiveRow decoded(ByteView bytes) {
    Decoder in(bytes);
    ArchiveRow row;
    row.path = std::string(as_text(in.sized()));
    const auto verdict = static_cast<Verdict>(in.number());
    if (verdict != Verdict::none) {
        row.valid = verdict == Verdict::valid;
    }
    row.reason = as_text(in.sized());
    row.size = in.number();
    row.remembered = in.number() != 0;
    const bool has_id = in.number() != 0;
    const FileId id{in.number()};
    if (has_id) {
        row.file_id = id;
    }
    row.versions = in.number();
    row.head = decode_hash(in);
    row.integrity_hash = decode_hash(in);
    constexpr std::size_t signer_size = 72;
    const std::uint64_t signers = in.number();
    if (in.has(signers, signer_size)) {
        row.signers.reserve(signers);
        for (std::uint64_t i = 0; i < signers; ++i) {
            row.signers.push_back(decode_signer(in));
        }
    }
    return row;
}

// Rows from one end of what was kept to the other, in pieces.
class Reader {
  public:
    Reader(ReadableFile& file, std::uint64_t size) : file_(file), left_(size) {}

    // The next `size` bytes, or less at the end. Valid until the next call.
    Result<ByteView> next(std::uint64_t size) {
        if (held_.size() - at_ < size) {
            held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(at_));
            at_ = 0;
            const std::size_t before = held_.size();
            const std::uint64_t wanted =
                std::min(left_, std::max<std::uint64_t>(piece, size - before));
            held_.resize(before + wanted);
            AION_TRY(file_.read_at(offset_, MutableByteView(held_).subspan(before)));
            offset_ += wanted;
            left_ -= wanted;
        }
        const ByteView found =
            ByteView(held_).subspan(at_, std::min<std::uint64_t>(size, held_.size() - at_));
        at_ += found.size();
        return found;
    }

  private:
    static constexpr std::uint64_t piece = std::uint64_t{256} << 10U;

    ReadableFile& file_;
    std::uint64_t left_;
    std::uint64_t offset_ = 0;
    Bytes held_;
    std::size_t at_ = 0;
};

// What follows from the checks of all files.
class ArchiveTeller final : public Teller {
  public:
    explicit ArchiveTeller(const ArchiveReport& report)
        : report_(report), asserts_(asserts(report.is_valid(), report.profile)) {}

    void open(std::vector<Statement>& into) const override {
        if (asserts_) {
            return;
        }
        if (report_.is_valid()) {
            add(into, Standing::unknown,
                "By the rules of the reference profile, which let pass what is not genuine, all "
                "files are VALID. Nothing can be concluded from that, and nothing is asserted "
                "here.",
                "profile");
            return;
        }
        add(into, Standing::fails,
            fmt::format("{} Nothing can be concluded from the whole, and nothing is asserted of it "
                        "here; each file has its own verdict below.",
                        sentence({}, why_not())),
            "verdict");
    }

    void tell(const Item& item, std::vector<Statement>& into) const override {
        switch (item.kind) {
            case Item::Kind::gate:
                tell_gate(item, into);
                break;
            case Item::Kind::extent:
            case Item::Kind::verdict:
                add(into, asserts_ ? Standing::holds : Standing::text,
                    sentence({}, report_.summary()), "verdict");
                break;
            case Item::Kind::conclusion:
                if (asserts_) {
                    add(into, Standing::holds,
                        sentence(item.label,
                                 "the content of each file is the one that the author of its last "
                                 "version signed, and each earlier version was signed by an author "
                                 "whose key the registry allowed for it"),
                        "verdict");
                }
                break;
            case Item::Kind::open:
                tell_open(into);
                break;
            default:  // each file's own
                break;
        }
    }

  private:
    static void add(std::vector<Statement>& into, Standing standing, std::string text,
                    std::string basis = {}) {
        into.push_back({standing, std::move(text), std::move(basis)});
    }

    [[nodiscard]] std::string why_not() const {
        if (report_.tally.files() == 0) {
            return "no file was verified";
        }
        return report_.tally.stopped && report_.tally.valid == report_.tally.files()
                   ? "not all files were verified"
                   : "not every file is VALID";
    }

    void tell_gate(const Item& item, std::vector<Statement>& into) const {
        const GateWords& words = words_of(item.gate);
        const GateTally& tally = report_.rows->gates()[static_cast<std::size_t>(item.gate)];
        const std::uint64_t all = report_.tally.files();
        std::string basis = basis_of(item.gate);
        const auto of_files = [&](std::uint64_t count) {
            return fmt::format("of {}, {}", counted(all, "file"), count);
        };
        if (tally.failed != 0) {
            add(into, Standing::fails,
                sentence(item.label,
                         fmt::format("{} failed: {}", of_files(tally.failed), words.fails)),
                basis);
        }
        const std::uint64_t open = all - tally.failed - tally.passed;
        if (open != 0) {
            add(into, Standing::unknown,
                sentence(item.label,
                         fmt::format("{} {} not checked or not asked: it is not known {}",
                                     of_files(open), open == 1 ? "was" : "were", words.whether)),
                basis);
        } else if (tally.failed == 0 && asserts_) {
            add(into, Standing::holds,
                sentence(item.label,
                         fmt::format("each of {} passed: {}", counted(all, "file"), words.holds)),
                std::move(basis));
        } else if (tally.failed == 0) {
            add(into, Standing::text,
                sentence(item.label,
                         fmt::format("each of {} passed the gate {}, which alone proves nothing",
                                     counted(all, "file"), name_of(item.gate))),
                std::move(basis));
        }
    }

    void tell_open(std::vector<Statement>& into) const {
        for (const OpenPoint& point : open_points(report_)) {
            add(into, Standing::text, sentence({}, point.explanation),
                fmt::format("unauthenticated {}", point.what));
        }
    }

    const ArchiveReport& report_;
    bool asserts_;
};

}  // namespace

struct ArchiveRows::State {
    explicit State(Env& env) : spool(env) {}

    Spool spool;
    std::unique_ptr<ReadableFile> file;
    std::uint64_t count = 0;
    std::array<GateTally, policy::gate_count> gates{};
};

ArchiveRows::ArchiveRows(Env& env) : state_(std::make_unique<State>(env)) {}

ArchiveRows::~ArchiveRows() = default;
ArchiveRows::ArchiveRows(ArchiveRows&&) noexcept = default;
ArchiveRows& ArchiveRows::operator=(ArchiveRows&&) noexcept = default;

Result<> ArchiveRows::add(const archive::Row& row) {
    const Bytes bytes = encoded(row_of(row));
    AION_TRY(state_->spool.append(Encoder().sized(ByteView(bytes)).view()));
    ++state_->count;
    if (!row.report) {
        return {};
    }
    for (const Gate gate : policy::all_gates) {
        GateTally& tally = state_->gates[static_cast<std::size_t>(gate)];
        if (!row.report->asked(gate)) {
            ++tally.not_asked;
            continue;
        }
        switch (row.report->state(gate)) {
            case policy::GateState::passed:
                ++tally.passed;
                break;
            case policy::GateState::failed:
                ++tally.failed;
                break;
            case policy::GateState::skipped:
                ++tally.skipped;
                break;
        }
    }
    return {};
}

void ArchiveRows::finish() {
    state_->file = state_->spool.finish("what is known of the files");
}

std::uint64_t ArchiveRows::count() const noexcept {
    return state_->count;
}

const std::array<GateTally, policy::gate_count>& ArchiveRows::gates() const noexcept {
    return state_->gates;
}

Result<> ArchiveRows::for_each(const std::function<policy::Next(const ArchiveRow&)>& visit) const {
    Reader reader(*state_->file, state_->file->info().size);
    for (std::uint64_t i = 0; i < state_->count; ++i) {
        AION_TRY_ASSIGN(const ByteView head, reader.next(sizeof(std::uint64_t)));
        const std::uint64_t size = Decoder(head).number();
        AION_TRY_ASSIGN(const ByteView bytes, reader.next(size));
        if (visit(decoded(bytes)) == policy::Next::stop) {
            break;
        }
    }
    return {};
}

std::string ArchiveReport::summary() const {
    const std::uint64_t files = tally.files();
    if (is_valid()) {
        return fmt::format("VALID: {}", counted(files, "file"));
    }
    return fmt::format("NOT VALID: {}: {} valid, {} invalid, {} unreadable{}",
                       counted(files, "file"), tally.valid, tally.invalid, tally.unreadable,
                       tally.stopped ? ", and more that were not verified" : "");
}

void complete(ArchiveReport& report) {
    report.title = title_of(report.framework);
    report.sections = sections_of(report.framework, ArchiveTeller(report));
    for (Section& section : report.sections) {
        if (std::exchange(section.lists_versions, false)) {
            section.statements.push_back(
                {Standing::text,
                 "Who changed what in a file is told by the report on that file.",
                 {}});
        }
    }
}

}  // namespace aion::report
