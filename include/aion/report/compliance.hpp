// SPDX-License-Identifier: MIT OR Apache-2.0
// A report on one file for people who keep it: what was checked, and what follows from that
// (docs/reports.md). Nothing in it is a constant: each statement names the check of this run that
// it follows from, is negative where the check failed, and is not made where it was not done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aion/base/document_writer.hpp"
#include "aion/base/ids.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/policy/examine.hpp"
#include "aion/policy/requirement.hpp"
#include "aion/trust/registry.hpp"

namespace aion::report {

/// Whose questions a report answers.
enum class Framework : std::uint8_t { sox, hipaa, gdpr, generic };
/// `sox`, `hipaa`, `gdpr`, `generic`: as a command line has them.
[[nodiscard]] std::string_view name_of(Framework framework) noexcept;
/// `SOX`, `HIPAA`, `GDPR`, `Generic Audit`.
[[nodiscard]] std::string_view display_name(Framework framework) noexcept;

/// The run that a report is of, as far as the file does not say it.
struct Run {
    std::string tool;  ///< `aion 1.0.0`
    Timestamp generated_at;
    std::string file_path;                 ///< As given; not necessarily UTF-8.
    std::string registry_path;             ///< The same; empty if it came from elsewhere.
    policy::FileDigests registry_digests;  ///< Of the registry's bytes; none without a path.
    std::string pins_path;                 ///< The store of pins that was asked; empty if none was.
    std::vector<AuthorId> authors = {};    ///< Who alone may have signed; empty: whoever it was.
    std::optional<policy::Requirement> require = {};  ///< Who must have signed, if it was asked.

    /// Whether there are bytes of a registry that `registry_digests` are of.
    [[nodiscard]] bool has_registry_file() const noexcept { return !registry_path.empty(); }
};

/// What a registry is called by, and what proves it: its fingerprint, and of a chain the last
/// record.
struct RegistryFacts {
    struct Point {
        std::uint64_t number = 0;
        Hash head;
    };

    Hash fingerprint;
    std::optional<Point> chain = {};
};

[[nodiscard]] RegistryFacts facts_of(const trust::Registry& registry);

/// What a line of a section is.
enum class Standing : std::uint8_t {
    text,     ///< A remark that is true whatever was found.
    holds,    ///< Follows from a check that passed.
    fails,    ///< The negative form: the check failed.
    unknown,  ///< Neither: the check was not done, or what it reads could not be located.
};
/// `text`, `holds`, `fails`, `unknown`: stable.
[[nodiscard]] std::string_view name_of(Standing standing) noexcept;

/// One statement. Plain text in one line, UTF-8; texts of the file in it are not escaped yet.
struct Statement {
    Standing standing = Standing::text;
    std::string text;
    std::string basis;  ///< The check it follows from: `gate signatures`; empty for a remark.
};

struct Section {
    std::string title;  ///< As in docs/reports.md: readers look for it.
    std::vector<Statement> statements;
    /// Behind the statements stands every version: who changed what and when, with key and epoch.
    bool lists_versions = false;
};

/// A report. Borrows the file and what it was judged by.
struct Report {
    Framework framework = Framework::generic;
    std::string title;  ///< `SOX Compliance Report`
    Run run;
    const policy::Examination* file = nullptr;
    std::vector<Section> sections;  ///< Three. Of an INVALID file none asserts anything.
};

/// Puts together what the checks of `file` come to. `file` must outlive the report, and should have
/// been examined with `ExamineOptions::digests`.
[[nodiscard]] Report make_report(const policy::Examination& file, Framework framework, Run run);

/// Whether texts are escaped for where they stand: see each. All are deterministic: the same report
/// gives the same bytes. A sink that throws ends it.
///
/// For a terminal or a pager, 70 columns: controls and what turns the direction of a text are
/// escaped, as `escape_controls` does.
void write_text(const TextSink& sink, const Report& report);
/// CommonMark with tables (GFM). Texts of the file cannot end a cell, begin a heading, be a link,
/// an image or HTML.
void write_markdown(const TextSink& sink, const Report& report);
/// One page, printable, without script and without anything from elsewhere, well-formed as XML,
/// too. Its size is bounded: docs/reports.md#the-page.
void write_html(const TextSink& sink, const Report& report);
/// The reference's keys in its order, then ours.
void write(DocumentWriter& out, const Report& report);

}  // namespace aion::report
