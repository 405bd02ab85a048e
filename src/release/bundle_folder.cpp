// SPDX-License-Identifier: MIT OR Apache-2.0
// Releases as they lie in a folder.
#include <algorithm>
#include <cerrno>

#include "aion/base/counted.hpp"
#include "aion/base/files.hpp"
#include "aion/release/verdict.hpp"
#include "base/try.hpp"

namespace aion::release {
namespace {

using supply::ArtifactFile;
using Row = supply::ManifestCheck::Row;

// What vouches for the names of files.
constexpr std::array gates_of_names = {Gate::signer, Gate::manifest_signature,
                                       Gate::manifest_envelope, Gate::manifest};

Result<std::vector<ArtifactFile>> other_files(Env& env, const std::filesystem::path& folder) {
    auto found = supply::find_artifacts(env, folder, {.keep_going = true});
    if (!found && found.error().os_error() == ENOENT) {
        return std::vector<ArtifactFile>();
    }
    return found;
}

// The files that a manifest's artefacts should be, in the order of their names.
Result<std::vector<ArtifactFile>> files_of(Env& env, const std::filesystem::path& folder,
                                           const supply::Manifest& manifest,
                                           std::vector<Row>& extra) {
    const supply::Artifact& model = manifest.artifacts().front();
    std::vector<ArtifactFile> files;
    if (manifest.artifacts().size() > 1) {
        AION_TRY_ASSIGN(files, other_files(env, folder / artifacts_name));
    }
    const auto twin = std::ranges::find(files, model.name, &ArtifactFile::name);
    if (twin != files.end()) {  // The model is primary.bin, and nowhere else.
        extra.push_back({.name = std::string(artifacts_name) + "/" + model.name,
                         .finding = supply::ArtifactFinding::extra,
                         .found_size = twin->size});
        files.erase(twin);
    }
    const std::filesystem::path path = folder / primary_name;
    AION_TRY_ASSIGN(const auto info, env.info(path));
    if (info) {
        ArtifactFile file{.name = model.name, .path = path, .size = info->size};
        if (info->kind != FileKind::regular) {
            file.error = error_at_path(ErrorCode::file_read_error, path.string(),
                                       info->kind == FileKind::symlink ? ELOOP : EINVAL);
        }
        files.insert(std::ranges::lower_bound(files, file.name, {}, &ArtifactFile::name),
                     std::move(file));
    }
    return files;
}

}  // namespace

Result<Bundle> read_bundle(Env& env, const std::filesystem::path& folder) {
    AION_TRY_ASSIGN(const Bytes text, read_file(env, folder / document_name, max_document_size));
    return bundle_from_json(as_text(text));
}

Result<ReleaseReport> verify_release(Env& env, const Bundle& bundle,
                                     const std::filesystem::path& folder,
                                     const trust::Registry& registry, const JudgeOptions& options,
                                     const supply::HashOptions& hashing) {
    ReleaseReport report = judge_release(bundle, registry, options);
    GateResult& gate = report.gates[static_cast<std::size_t>(Gate::artifacts)];
    const bool are_vouched_for = std::ranges::all_of(gates_of_names, [&](Gate one) {
        return report.at(one).state == policy::GateState::passed;
    });
    if (!are_vouched_for) {
        gate.reason = "no file was looked at, as nobody vouches for their names";
        return report;
    }
    AION_TRY_ASSIGN(const auto files, files_of(env, folder, *report.manifest, report.differences));
    AION_TRY_ASSIGN(const supply::ManifestCheck check,
                    supply::check_files(env, *report.manifest, files, {.hashing = hashing}));
    report.differences.insert(report.differences.end(), check.rows.begin(), check.rows.end());
    report.files = check.same;
    const std::size_t count = report.differences.size();
    gate.state = count == 0 ? policy::GateState::passed : policy::GateState::failed;
    gate.reason = count == 0 ? ""
                             : counted(count, "file", Digits::grouped) +
                                   (count == 1 ? " is" : " are") + " not as the manifest says";
    return report;
}

}  // namespace aion::release
