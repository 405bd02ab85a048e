// SPDX-License-Identifier: MIT OR Apache-2.0
// Everything that a third party needs to judge files without our tool: the files, the registry,
// payloads, reports, and a script that checks the chains with openssl and b3sum (docs/audit.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aion/base/env.hpp"
#include "aion/base/files.hpp"
#include "aion/base/result.hpp"
#include "aion/policy/examine.hpp"
#include "aion/report/compliance.hpp"
#include "aion/trust/registry.hpp"

namespace aion::report {

/// A collection of evidence. Each file has a folder, which is called as the file is:
///
///     README.txt              what this is, and how to check it
///     check.sh                checks the chains with stock tools
///     registry.json           the very bytes that the files were judged by
///     SHA256SUMS, B3SUMS      of all else, for `sha256sum -c` and `b3sum -c`
///     policy.aion/policy.aion the very bytes that were judged
///     policy.aion/payload     what the last version says, if the file is VALID
///     policy.aion/report.html, report.md, report.json
///
/// Names are of letters, digits, `.`, `_` and `-` alone, so that no file name does anything to a
/// shell, a terminal or an archiver; of two that come to the same the second gets a number.
class Evidence {
  public:
    /// `registry` must outlive it. `run`: of all reports; the file's path is filled in.
    Evidence(Env& env, const trust::RegistryFile& registry, Framework framework, Run run);

    /// Reads `file` once, into memory or a file without a name, judges that and adds it. `path`: as
    /// it was given. Payloads are held in memory. What is INVALID is evidence, too.
    /// Errors: those of `policy::examine` and of `Spool`.
    [[nodiscard]] Result<policy::VerificationReport> add(ReadableFile& file,
                                                         const std::filesystem::path& path,
                                                         const policy::VerifyOptions& options);

    /// Adds what belongs to all files. To be called once, behind the last `add`, before what
    /// follows. Errors: those of `Spool`.
    [[nodiscard]] Result<> finish();

    /// One file of it.
    struct Item {
        std::string name;   ///< With its folder: `policy.aion/report.md`.
        bool runs = false;  ///< A program.
        std::shared_ptr<ReadableFile> content;
        policy::FileDigests digests;
    };

    [[nodiscard]] const std::vector<Item>& items() const noexcept { return items_; }

    /// All of it as a tar archive (POSIX.1-1988, ustar) in one folder `evidence/`: the same items
    /// give the same bytes. Valid as long as this object.
    [[nodiscard]] ProducedContent tar() const;

    /// All of it into the folder `path`, which is made, or is there and empty. The sums come last:
    /// without them, it is not complete.
    /// Errors: `file_exists` for a folder with something in it; `file_write_error`, `interrupted`.
    [[nodiscard]] Result<> write_folder(const std::filesystem::path& path) const;

  private:
    [[nodiscard]] Result<> add_item(
        std::string name, const std::function<Result<>(const ProducedContent::Append&)>& produce,
        bool runs = false);
    [[nodiscard]] Result<> add_file(std::string name, std::shared_ptr<ReadableFile> kept,
                                    const std::optional<policy::FileDigests>& digests);
    [[nodiscard]] Result<> add_text(std::string name, std::string_view text, bool runs = false);
    [[nodiscard]] Result<> add_reports(const std::string& folder, const Report& report);
    [[nodiscard]] std::string name_for(const std::filesystem::path& path);
    [[nodiscard]] std::string readme() const;

    Env* env_;
    const trust::RegistryFile* registry_;
    Framework framework_;
    Run run_;
    std::vector<std::string> about_;                ///< A line on each file.
    std::set<std::string> taken_;                   ///< Names in small letters.
    std::map<std::string, std::uint64_t> numbers_;  ///< How often each was asked for again.
    std::vector<std::string> verdicts_;             ///< Of each folder.
    std::vector<Item> items_;
};

}  // namespace aion::report
