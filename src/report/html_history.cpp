// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/html_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "aion/base/hex.hpp"
#include "aion/base/time_text.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

namespace aion::report {
namespace {

using policy::ExaminedVersion;
using policy::SignatureState;

// What a page lists at most, so that it stays usable: docs/reports.md#the-page.
constexpr std::uint64_t most_versions = 500;
constexpr std::size_t most_message = 600;  // Bytes of a message.
constexpr std::size_t most_keys = 200;

std::string hash_beginning(const std::string& hex) {
    return hex.substr(0, 12) + "…";
}

/// Which versions the epoch has signed, if it is one of those that have.
void write_use(Page& page, const Overview& overview, AuthorId author, Epoch epoch) {
    const auto found = overview.by_epoch.find({author, epoch});
    if (found == overview.by_epoch.end()) {
        page.mark("none");
        return;
    }
    const policy::SignerUse& use = found->second;
    page.text(grouped(use.versions)).mark("<small>");
    if (use.first == use.last) {
        page.mark("version ").number(use.first.value);
    } else {
        page.mark("between ").number(use.first.value).mark(" and ").number(use.last.value);
    }
    page.mark("</small>");
}

void write_status(Page& page, const trust::EpochRecord& epoch) {
    switch (epoch.status()) {
        case trust::EpochStatus::active:
            page.mark("active");
            break;
        case trust::EpochStatus::rotated:
            page.mark("rotated");
            break;
        case trust::EpochStatus::revoked:
            page.mark("<span class=\"bad\">✗ revoked</span>");
            break;
    }
    if (epoch.rotation) {
        page.mark("<small>epoch ").number(epoch.rotation->successor.value);
        page.mark(" from version ").number(epoch.rotation->effective_from.value);
        page.mark("</small>");
    }
    if (epoch.revocation) {
        page.mark("<small>").text(word_for(epoch.revocation->reason)).mark(", from version ");
        page.number(epoch.revocation->effective_from.value).mark("</small>");
    }
}

void write_key_row(Page& page, Table& table, const Overview& overview, AuthorId author,
                   const trust::EpochRecord& epoch) {
    table.row();
    table.cell().text(to_string(author));
    table.cell().number(epoch.epoch.value);
    table.cell().mark("<span id=\"key-").number(author.value).mark("-");
    page.number(epoch.epoch.value).mark("\">").code(to_hex(epoch.public_key)).mark("</span>");
    table.cell().text(trust::in_words(epoch.window()));
    table.cell();
    write_status(page, epoch);
    table.cell();
    write_use(page, overview, author, epoch.epoch);
}

void write_signature(Page& page, const ExaminedVersion& version, bool is_proven) {
    const SignatureWords words = words_on(version, is_proven);
    switch (words.seal) {
        case Seal::proven:
            page.mark("<span class=\"good\"><span class=\"sign\" aria-hidden=\"true\">✓</span>");
            break;
        case Seal::unproven:
            page.mark("<span class=\"open\"><span class=\"sign\" aria-hidden=\"true\">○</span>");
            break;
        case Seal::refused:
            page.mark("<span class=\"bad\"><span class=\"sign\" aria-hidden=\"true\">✗</span>");
            break;
        case Seal::not_judged:
            page.mark(R"(<span class="open"><span class="sign" aria-hidden="true">?</span>)");
            break;
    }
    page.text(words.word).mark("</span>");
    if (!words.note.empty()) {
        page.mark("<small>").foreign(words.note, most_message).mark("</small>");
    }
}

void write_key_cell(Page& page, const ExaminedVersion& version, const KeyAnchors& anchors) {
    if (version.epoch != nullptr) {
        page.mark("epoch ").number(version.epoch->epoch.value).mark("<small>");
        page.text(trust::in_words(version.epoch->window())).mark("</small>");
    } else {
        page.mark(
            "no epoch<small>the registry holds no key of that author for that version"
            "</small>");
    }
    if (!version.key) {
        return;
    }
    const std::string hex = to_hex(*version.key);
    const bool is_registered =
        version.epoch != nullptr && version.epoch->public_key == *version.key;
    page.mark("<small>key ");
    if (is_registered && anchors.contains({version.author, version.epoch->epoch})) {
        page.mark("<a href=\"#key-").number(version.author.value).mark("-");
        page.number(version.epoch->epoch.value).mark("\">");
        page.code(hash_beginning(hex)).mark("</a>");
    } else {
        page.code(is_registered ? hash_beginning(hex) : hex);
    }
    page.mark(is_registered ? Markup("</small>") : Markup(" (not the registry's)</small>"));
}

/// Keys that `write_keys` lists, in its order.
template <class Visit>
void for_each_key(const policy::Examination& file, const Overview& overview, const Visit& visit) {
    std::size_t listed = 0;
    for (const auto& [author, versions] : overview.by_author) {
        const trust::Registry::Author* const known = file.seen().find(author);
        if (known == nullptr) {
            continue;
        }
        for (const trust::EpochRecord& epoch : known->epochs) {
            visit(author, epoch, listed < most_keys);
            ++listed;
        }
    }
}

void write_version_row(Page& page, Table& table, const ExaminedVersion& version, bool is_proven,
                       const KeyAnchors& anchors) {
    table.row(version.signature == SignatureState::refused ? Markup("refused") : Markup(""));
    table.cell().number(version.position);
    if (version.number.value != version.position) {
        page.mark("<small>says ").number(version.number.value).mark("</small>");
    }
    const std::string nanos = std::to_string(version.timestamp.value);
    table.cell().mark("<time datetime=\"").text(rfc3339_seconds(version.timestamp));
    page.mark("\" title=\"").text(nanos).mark(" ns since 1970\">");
    page.text(day_and_time(version.timestamp)).mark("</time>");
    table.cell().number(version.author.value);
    table.cell();
    write_key_cell(page, version, anchors);
    table.cell();
    write_signature(page, version, is_proven);
    table.cell().mark("<div class=\"message\">").foreign(version.message, most_message);
    page.mark("</div>");
}

void write_hashes(Page& page, const policy::Examination& file, std::uint64_t first) {
    constexpr std::array columns{Column{"Version", "number"}, Column{"Time in ns", "narrow"},
                                 Column{"Version hash", "digest"}, Column{"Rules hash", "digest"},
                                 Column{"Key of the signature", "digest"}};
    page.mark("<details>\n<summary>Hashes, keys and nanoseconds of these versions</summary>\n");
    Table table(page, "BLAKE3-256 and Ed25519, as hexadecimal digits.", columns);
    for (std::uint64_t index = file.version_count(); index-- > first;) {
        const ExaminedVersion version = file.version(index);
        table.row();
        table.cell().number(version.position);
        table.cell().number(version.timestamp.value);
        table.cell().code(to_hex(version.version_hash));
        table.cell().code(to_hex(version.rules_hash));
        if (version.key) {
            table.cell().code(to_hex(*version.key));
        } else {
            table.cell().mark("none");
        }
    }
    table.end();
    page.mark("</details>\n");
}

}  // namespace

Overview look_over(const policy::Examination& file) {
    Overview overview;
    overview.versions.reserve(file.version_count());
    for (std::uint64_t index = 0; index < file.version_count(); ++index) {
        const ExaminedVersion version = file.version(index);
        overview.versions.push_back({version.author, version.timestamp, version.signature});
        ++overview.by_author[version.author];
        overview.refused += version.signature == SignatureState::refused ? 1U : 0U;
        overview.not_judged += version.signature == SignatureState::not_judged ? 1U : 0U;
    }
    for (const policy::SignerUse& use : signers_of(file)) {
        overview.by_epoch.emplace(std::pair(use.author, use.epoch), use);
    }
    return overview;
}

KeyAnchors write_keys(Page& page, const policy::Examination& file, const Overview& overview) {
    constexpr std::array columns{Column{"Author", "narrow"}, Column{"Epoch", "number"},
                                 Column{"Key", "wide"},      Column{"May sign", "time"},
                                 Column{"Status", "time"},   Column{"Has signed", "number"}};
    std::string caption =
        "Of the authors that the file names, as the registry has them: whose key speaks for which "
        "version.";
    caption += asserts(file.report()) ? ""
                                      : " Signatures are counted that verify, which alone proves "
                                        "nothing.";
    Table table(page, caption, columns);
    KeyAnchors anchors;
    std::size_t others = 0;
    for_each_key(file, overview,
                 [&](AuthorId author, const trust::EpochRecord& epoch, bool is_listed) {
                     if (is_listed) {
                         write_key_row(page, table, overview, author, epoch);
                         anchors.emplace(author, epoch.epoch);
                     } else {
                         ++others;
                     }
                 });
    std::size_t strangers = 0;
    for (const auto& [author, versions] : overview.by_author) {
        if (file.seen().find(author) == nullptr && strangers++ < most_keys) {
            table.row();
            table.cell().text(to_string(author));
            table.cell().mark("–");
            table.cell().mark("<span class=\"bad\">✗ not in the registry</span>");
            table.cell().mark("no version");
            table.cell().mark("unknown");
            table.cell().mark("none");
        }
    }
    table.end();
    others += strangers > most_keys ? strangers - most_keys : 0;
    if (others != 0) {
        page.mark("<p class=\"soft\">… and ").text(many(others, "more key"));
        page.mark(", which <code>aion registry show</code> lists.</p>\n");
    }
    return anchors;
}

void write_versions(Page& page, const policy::Examination& file, const KeyAnchors& anchors) {
    const std::uint64_t count = file.version_count();
    if (count == 0) {
        page.mark("<p>No version could be located in the file.</p>\n");
        return;
    }
    const std::uint64_t first = count > most_versions ? count - most_versions : 0;
    const bool is_proven = asserts(file.report());
    std::string caption = first == 0 ? fmt::format("Newest first. ")
                                     : fmt::format("The newest {} of {}, newest first. ",
                                                   grouped(most_versions), grouped(count));
    caption += "Messages are not authenticated by format v2: no signature covers them.";
    constexpr std::array columns{
        Column{"Version", "number"}, Column{"Time (UTC)", "time"},
        Column{"Author", "narrow"},  Column{"By which right", "right"},
        Column{"Signature", "time"}, Column{"Message, not authenticated", "wide"}};
    Table table(page, caption, columns);
    for (std::uint64_t index = count; index-- > first;) {
        write_version_row(page, table, file.version(index), is_proven, anchors);
    }
    table.end();
    if (first != 0) {
        page.mark("<p class=\"note\">").text(many(first, "older version"));
        page.mark(
            " are not listed here, but were judged all the same. "
            "<code>aion report --format json</code> lists every one.</p>\n");
    }
    write_hashes(page, file, first);
}

}  // namespace aion::report
