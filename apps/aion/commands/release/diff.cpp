// SPDX-License-Identifier: MIT OR Apache-2.0
// aion release diff: what differs between two releases (docs/cli-release.md).
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "aion/report/structural_diff.hpp"
#include "commands/release/release.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "views/document_writer.hpp"
#include "views/release_view.hpp"

namespace aion::cli {
namespace {

struct DiffArguments {
    std::array<std::string, 2> folders;
    std::string registry;
    Format format = Format::text;
};

// By name, those that are not the same in both.
std::vector<ReleaseDiffView::File> differing(const supply::Manifest& a, const supply::Manifest& b) {
    std::map<std::string_view, ReleaseDiffView::File> files;
    for (const supply::Artifact& one : a.artifacts()) {
        files[one.name] = {.name = one.name, .a = &one, .b = b.find(one.name)};
    }
    for (const supply::Artifact& one : b.artifacts()) {
        files[one.name] = {.name = one.name, .a = a.find(one.name), .b = &one};
    }
    std::vector<ReleaseDiffView::File> found;
    for (auto& [name, file] : files) {
        const bool is_same = file.a != nullptr && file.b != nullptr &&
                             file.a->blake3 == file.b->blake3 && file.a->size == file.b->size;
        if (!is_same) {
            found.push_back(std::move(file));
        }
    }
    return found;
}

Outcome<ReleaseDiffView::Part> compare(const char* name, const std::string& a,
                                       const std::string& b) {
    CLI_TRY_ASSIGN(auto diff, or_fail(report::structural_diff(a, b),
                                      std::string("Failed to compare: ") + name));
    return ReleaseDiffView::Part{.name = name, .diff = std::move(diff)};
}

Outcome<Ending> run_diff(Context& context, const DiffArguments& arguments) {
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    std::vector<release::Bundle> bundles;
    std::vector<release::ReleaseReport> reports;
    for (const std::string& folder : arguments.folders) {
        CLI_TRY_ASSIGN(release::Bundle bundle, read_release(context, folder));
        // Of what nobody sealed there is nothing to compare; files are not what is compared.
        release::ReleaseReport report = release::judge_release(bundle, registry);
        if (!report.failed().empty()) {
            present(context.console, arguments.format,
                    ReleaseVerdictView{folder, report, registry});
            return Ending::invalid;
        }
        bundles.push_back(std::move(bundle));
        reports.push_back(std::move(report));
    }
    ReleaseDiffView view{.a = {arguments.folders[0], reports[0]},
                         .b = {arguments.folders[1], reports[1]},
                         .files = differing(*reports[0].manifest, *reports[1].manifest),
                         .parts = {}};
    for (const auto& [name, part] : {std::pair("aibom", &release::Bundle::aibom),
                                     std::pair("provenance", &release::Bundle::provenance)}) {
        CLI_TRY_ASSIGN(auto compared, compare(name, bundles[0].*part, bundles[1].*part));
        view.parts.push_back(std::move(compared));
    }
    present(context.console, arguments.format, view);
    return Ending::success;
}

void diff_options(Options& options, DiffArguments& into) {
    options.text("A", into.folders[0], "A", "Folder of a release")->required();
    options.text("B", into.folders[1], "B", "Folder of another one")->required();
    options.registry(into.registry)->required();
    options.format(into.format);
    options.footer(
        "Both are judged first, and compared only if all that they say was signed; their files "
        "are not looked at. Exit code 0: compared; 1: one of them is INVALID.");
    options.example("What came with version 1.1",
                    "for version in 1.0 1.1; do\n"
                    "    aion release seal --primary policy.yaml --model-name policy \\\n"
                    "      --model-version $version --builder-id https://ci.example/1 --author "
                    "1001 \\\n"
                    "      --key 1001 --out-dir release-$version\n"
                    "  done\n"
                    "  aion release diff release-1.0 release-1.1 --registry registry.json");
}

}  // namespace

void declare_release_comparison(const Declared& release) {
    add_command(release, "diff", "Show what differs between two releases", diff_options, run_diff);
}

}  // namespace aion::cli
