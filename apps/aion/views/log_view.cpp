// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/log_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "aion/base/twins.hpp"
#include "aion/report/verdict_members.hpp"
#include "views/author_text.hpp"
#include "views/text_width.hpp"

namespace aion::cli {
namespace {

using policy::ExaminedVersion;
using policy::SignatureState;

template <class Visit>
void visit(const LogView& view, Visit visitor) {
    *view.shown = report::visit_history(view.judged.file, view.query, visitor);
}

// `epoch 0 (key 17cb79fb2b4120f2…), which may sign versions 1 to 3; revoked (compromised) from
// version 4 on`.
std::string epoch_text(const Stream& out, const trust::EpochRecord& epoch) {
    std::string text =
        fmt::format("epoch {} (key {}), which may sign {}", to_string(epoch.epoch),
                    shortened(out, to_hex(epoch.public_key)), trust::in_words(epoch.window()));
    if (epoch.rotation) {
        text += fmt::format("; handed over to epoch {} at version {}",
                            to_string(epoch.rotation->successor),
                            to_string(epoch.rotation->effective_from));
    }
    if (epoch.revocation) {
        text += fmt::format("; revoked ({}) from version {} on", word_for(epoch.revocation->reason),
                            to_string(epoch.revocation->effective_from));
    }
    return text;
}

// By which right, or why not by any.
void write_right(Stream& out, const JudgedFile& judged, const ExaminedVersion& version) {
    const SignatureState state = judged.state_of(version);
    if (state == SignatureState::valid && version.epoch != nullptr) {
        out.write(fmt::format("Signed with: {}\n", epoch_text(out, *version.epoch)));
    } else if (version.key) {
        out.write(fmt::format("Names key:   {}\n", shortened(out, to_hex(*version.key))));
    }
    out.write(fmt::format("Signature:   {}", signature_text(out, judged, version)));
    if (state == SignatureState::refused) {
        out.write(": " + shown(version.why));
    } else if (!judged.has_registry) {
        out.write(": no registry was named");
    }
    out.write("\n");
}

// Its lines stand back, so that none of them looks like one of ours.
void write_message(Stream& out, const ExaminedVersion& version) {
    if (version.message.empty()) {
        out.write("No message\n");
        return;
    }
    out.write("Message (not authenticated):\n");
    std::string_view rest = version.message;
    while (true) {
        const std::size_t end = rest.find('\n');
        const std::string line = shown(rest.substr(0, end));
        out.write(line.empty() ? "\n" : "    " + line + "\n");
        if (end == std::string_view::npos || end + 1 == rest.size()) {
            return;
        }
        rest.remove_prefix(end + 1);
    }
}

void write_block(Stream& out, const JudgedFile& judged, const ExaminedVersion& version) {
    const bool is_last = version.position == judged.file.version_count();
    std::string title = "version " + to_string(version.number);
    if (version.number.value != version.position) {
        title += fmt::format(" at place {}", version.position);
    }
    out.write(fmt::format("\n{}{}  {}\n", out.paint(Tone::caution, title), is_last ? " (HEAD)" : "",
                          to_hex(version.version_hash)));
    out.write(fmt::format("Author:      {}\nDate:        {}\n",
                          author_text(judged.file.registry(), version.author),
                          rfc3339_seconds(version.timestamp)));
    write_right(out, judged, version);
    write_message(out, version);
}

struct Row {
    std::string number;
    std::string time;
    std::string author;
    std::string right;
    Tone tone = Tone::faint;
    std::string message;
};

// Rows come one by one: the first of them, held back, say how wide the columns are.
class Table {
  public:
    Table(Stream& out, const JudgedFile& judged) : out_(out), judged_(judged) {}

    void add(const ExaminedVersion& version) {
        constexpr std::size_t most_held = 1000;
        Row row = row_of(version);
        number_width_ = std::max(number_width_, columns_of(row.number));
        author_width_ = std::max(author_width_, columns_of(row.author));
        right_width_ = std::max(right_width_, columns_of(row.right));
        held_.push_back(std::move(row));
        if (is_begun_ || held_.size() == most_held) {
            write_held();
        }
    }

    void write_held() {
        for (const Row& row : held_) {
            write(row);
        }
        held_.clear();
        is_begun_ = true;
    }

  private:
    [[nodiscard]] Row row_of(const ExaminedVersion& version) const {
        Row row{.number = "v" + to_string(version.number),
                .time = rfc3339_minutes(version.timestamp),
                .author = author_text(judged_.file.registry(), version.author),
                .right = "not judged",
                .tone = Tone::caution,
                .message = shown(version.message)};
        const SignatureState state = judged_.state_of(version);
        if (state == SignatureState::refused) {
            row.right = "refused";
            row.tone = Tone::bad;
        } else if (state == SignatureState::valid && version.epoch != nullptr) {
            row.right = "epoch " + to_string(version.epoch->epoch);
            row.tone = judged_.is_proven() ? Tone::good : Tone::faint;
        }
        return row;
    }

    void write(const Row& row) {
        const std::string before =
            fmt::format("{}  {}  {}  ", padded(row.number, row.number, number_width_), row.time,
                        padded(row.author, row.author, author_width_));
        const std::size_t used =
            columns_of(before) + std::max(right_width_, columns_of(row.right)) + 2;
        // What is left for the message, on a terminal that says how wide it is.
        const std::size_t all = out_.columns();
        const std::string message =
            all == 0 ? row.message
                     : cut_to(row.message, all > used ? all - used : 0, out_.ellipsis());
        const std::string right = out_.paint(row.tone, row.right);
        out_.write(fmt::format(
            "{}{}{}\n", before,
            message.empty() ? right : padded(right, row.right, right_width_) + "  ", message));
    }

    Stream& out_;
    const JudgedFile& judged_;
    std::vector<Row> held_;
    bool is_begun_ = false;
    std::size_t number_width_ = 0;
    std::size_t author_width_ = 0;
    std::size_t right_width_ = 0;
};

void write_table(Stream& out, const LogView& view) {
    write_verdict_line(out, view.judged, "; messages are not authenticated");
    Table table(out, view.judged);
    visit(view, [&](const ExaminedVersion& version) {
        table.add(version);
        return !out.is_closed();
    });
    table.write_held();
}

void write_version(DocumentWriter& out, const JudgedFile& judged, const ExaminedVersion& version) {
    Twins twins(out);
    out.begin_object();
    write_version_members(out, twins, version);
    write_signature_members(out, judged, version);
    out.key("epoch");
    report::write_epoch(out, version.epoch);
    twins.end_object();
}

void write_versions(DocumentWriter& out, const LogView& view) {
    visit(view, [&](const ExaminedVersion& version) {
        write_version(out, view.judged, version);
        return true;
    });
}

}  // namespace

void write_text(Console& console, const LogView& view) {
    Stream& out = console.out();
    if (view.oneline) {
        write_table(out, view);
        return;
    }
    write_verdict_line(out, view.judged);
    visit(view, [&](const ExaminedVersion& version) {
        write_block(out, view.judged, version);
        return !out.is_closed();
    });
}

void write(DocumentWriter& out, const LogView& view) {
    write_judged(
        out, view.judged, view.as_lines,
        [&](Twins& twins) { twins.number("total_versions", view.judged.file.version_count()); },
        {.key = "versions", .write = [&] { write_versions(out, view); }},
        [&](Twins& twins) { twins.number("shown", *view.shown); });
}

}  // namespace aion::cli
