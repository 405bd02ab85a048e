// SPDX-License-Identifier: MIT OR Apache-2.0
// Layers as files of a folder.
#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/base/interrupt.hpp"
#include "aion/supply/oci_transfer.hpp"
#include "base/names.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/oci_files.hpp"
#include "supply/oci_json.hpp"
#include "supply/oci_work.hpp"

namespace aion::supply {
namespace {

constexpr NameTable action_names(std::to_array<Named<PullAction>>({
    {PullAction::fetched, "fetched"},
    {PullAction::resumed, "resumed"},
    {PullAction::same, "same"},
    {PullAction::replaced, "replaced"},
}));

constexpr std::size_t longest_title = 4095;
constexpr std::string_view unpack_annotation = "io.deis.oras.content.unpack";
constexpr auto archive_words = std::to_array<std::string_view>({"tar", "gzip", "zstd", "zip"});
// How names end that files have while they are written.
constexpr auto reserved_ends =
    std::to_array<std::string_view>({partial_suffix, ".tmp", ".aion-lock"});

// --- names ---------------------------------------------------------------------------------------

bool is_control(char c) noexcept {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte < 0x20 || byte == 0x7f;
}

bool is_reserved(std::string_view title) noexcept {
    const std::string_view last = title.substr(title.rfind('/') + 1);
    return last.starts_with('.') && std::ranges::any_of(reserved_ends, [&](std::string_view end) {
               return last.ends_with(end);
           });
}

std::string_view problem_of(std::string_view title) {
    if (title.size() > longest_title) {
        return "it is longer than a path can be";
    }
    if (!check_artifact_name(title)) {
        return "it could lead out of the folder, or is none";
    }
    if (title.size() > 1 && is_ascii_letter(title[0]) && title[1] == ':') {
        return "elsewhere it names a drive";
    }
    if (std::ranges::any_of(title, is_control)) {
        return "it has control characters";
    }
    if (is_reserved(title)) {
        return "files have such names while they are written";
    }
    return {};
}

std::string name_of_layer(const OciDescriptor& layer) {
    if (const std::string* const title = layer.annotation(oci_title)) {
        return *title;
    }
    std::string name(layer.digest.algorithm());
    name += '-';
    name += layer.digest.hex();
    return name;
}

// Whether a folder on the way to `name` is a file of `names`.
bool is_below_a_file(std::string_view name, const std::set<std::string, std::less<>>& names) {
    for (std::size_t slash = name.find('/'); slash != std::string_view::npos;
         slash = name.find('/', slash + 1)) {
        if (names.contains(name.substr(0, slash))) {
            return true;
        }
    }
    return false;
}

bool is_archive(const OciDescriptor& layer) {
    const std::string* const unpack = layer.annotation(unpack_annotation);
    return (unpack != nullptr && *unpack == "true") ||
           std::ranges::any_of(archive_words, [&](std::string_view word) {
               return layer.media_type.ends_with(word);
           });
}

// --- files ---------------------------------------------------------------------------------------

class Puller {
  public:
    Puller(Env& env, OciStore& store, const std::filesystem::path& folder,
           const PullOptions& options, PullReport& report)
        : env_(env), store_(store), folder_(folder), options_(options), files_(report.files) {}

    Result<> run() {
        AION_TRY_ASSIGN(const auto info, env_.info(folder_));
        if (info) {
            AION_TRY_ASSIGN(top_.directory, env_.open_directory(folder_));
            top_.path = folder_;
            AION_TRY(for_each_until_error(&env_, thread_limit(0), files_.size(),
                                          [this](std::size_t i) { return look(files_[i]); }));
        } else {
            AION_TRY_ASSIGN(top_.directory, env_.create_directories(folder_, 0777));
            top_.path = folder_;
        }
        return for_each_until_error(&env_, store_.concurrency(), files_.size(),
                                    [this](std::size_t i) { return fetch(files_[i]); });
    }

  private:
    // Where a file is or will be; nothing where a folder on the way is not there.
    Result<std::optional<Place>> place_of(const std::string& name, Missing missing) {
        Folder folder = top_;
        std::size_t at = 0;
        for (std::size_t slash = name.find('/'); slash != std::string::npos;
             slash = name.find('/', at)) {
            AION_TRY_ASSIGN(folder, folder_in(env_, folder, name.substr(at, slash - at), missing));
            if (folder.directory == nullptr) {
                return std::nullopt;
            }
            at = slash + 1;
        }
        std::string last = name.substr(at);
        auto shown = folder.path / last;
        return Place{std::move(folder.directory), std::move(last), std::move(shown)};
    }

    // What of a file is there already.
    Result<> look(PullReport::File& file) {
        AION_TRY_ASSIGN(const auto place, place_of(file.name, Missing::none));
        if (!place) {
            return {};
        }
        AION_TRY_ASSIGN(const auto info, place->directory->info(place->name));
        if (!info) {
            return {};
        }
        if (info->kind != FileKind::regular) {
            return fail(error_at_path(ErrorCode::file_write_error, place->shown.string(),
                                      info->kind == FileKind::symlink ? ELOOP : EISDIR));
        }
        AION_TRY_ASSIGN(const bool is_same, has_content(*place, *info, file.layer));
        if (!is_same && !options_.force) {
            return fail(error_at_path(ErrorCode::file_exists, place->shown.string()));
        }
        file.action = is_same ? PullAction::same : PullAction::replaced;
        return {};
    }

    Result<bool> has_content(const Place& place, const FileInfo& info, const OciDescriptor& layer) {
        if (info.size != layer.size) {
            return false;
        }
        AION_TRY_ASSIGN(const auto file, place.directory->open(place.name, {.regular_only = true}));
        if (file->info().size != layer.size) {
            return false;
        }
        BlobCheck check(layer);
        AION_TRY(read_pieces_until_error(*file, 0, layer.size, [&](ByteView bytes) -> Result<> {
            if (Interrupt* const interrupt = env_.interrupt();
                interrupt != nullptr && interrupt->requested()) {
                return fail(error_at_path(ErrorCode::interrupted, place.shown.string()));
            }
            return check.take(bytes);
        }));
        return check.finish().has_value();
    }

    Result<> fetch(PullReport::File& file) {
        if (file.action == PullAction::same) {
            tell(1, file.layer.size);
            return {};
        }
        AION_TRY_ASSIGN(const auto place, place_of(file.name, Missing::create));
        const auto read = [&](BlobCheck& check, const BlobSink& sink) {
            return store_.read_blob(file.layer, check, [&](ByteView bytes) -> Result<> {
                AION_TRY(sink(bytes));
                tell(0, bytes.size());
                return {};
            });
        };
        AION_TRY_ASSIGN(const FetchedBlob fetched,
                        write_blob_file(env_, *place, file.layer, read,
                                        file.action == PullAction::replaced ? Replace::always
                                                                            : Replace::never));
        file.resumed_from = fetched.resumed_from;
        if (fetched.resumed_from > 0 && file.action == PullAction::fetched) {
            file.action = PullAction::resumed;
        }
        tell(1, 0);
        return {};
    }

    void tell(std::uint64_t files, std::uint64_t bytes) const {
        if (options_.progress) {
            options_.progress(files, bytes);
        }
    }

    Env& env_;
    OciStore& store_;
    const std::filesystem::path& folder_;
    const PullOptions& options_;
    std::vector<PullReport::File>& files_;
    Folder top_;
};

}  // namespace

std::string_view name_of(PullAction action) noexcept {
    return action_names.name(action);
}

Result<std::vector<std::string>> file_names(const OciManifest& manifest) {
    std::vector<std::string> names;
    std::set<std::string, std::less<>> lowered;
    names.reserve(manifest.layers.size());
    for (const OciDescriptor& layer : manifest.layers) {
        std::string name = name_of_layer(layer);
        if (const std::string_view problem = problem_of(name); !problem.empty()) {
            return fail(invalid<SupplyDetail::oci_bad_title>(excerpt(name), problem));
        }
        if (!lowered.insert(ascii_lowered(name)).second) {
            return fail(invalid<SupplyDetail::oci_bad_title>(
                excerpt(name), "another layer has it, perhaps in upper and lower case"));
        }
        names.push_back(std::move(name));
    }
    for (const std::string& name : names) {
        if (is_below_a_file(ascii_lowered(name), lowered)) {
            return fail(invalid<SupplyDetail::oci_bad_title>(
                excerpt(name), "another layer is a file where it needs a folder"));
        }
    }
    return names;
}

Result<PullReport> pull_files(Env& env, OciStore& store, const OciDescriptor& root,
                              const std::filesystem::path& folder, const PullOptions& options) {
    if (is_oci_index_type(root.media_type)) {
        return fail(error_because(ErrorCode::invalid_argument,
                                  "an index has no files: name one of its manifests by digest"));
    }
    AION_TRY_ASSIGN(const std::string text, store.read_document(root));
    PullReport report;
    AION_TRY_ASSIGN(report.manifest, oci_manifest_from_json(text));
    AION_TRY_ASSIGN(auto names, file_names(report.manifest));
    for (std::size_t i = 0; i < names.size(); ++i) {
        const OciDescriptor& layer = report.manifest.layers[i];
        report.files.push_back(
            {.name = std::move(names[i]), .layer = layer, .is_archive = is_archive(layer)});
    }
    AION_TRY(Puller(env, store, folder, options, report).run());
    return report;
}

}  // namespace aion::supply
