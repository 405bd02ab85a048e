// SPDX-License-Identifier: MIT OR Apache-2.0
// Artefacts in a folder.
#include "aion/supply/oci_layout.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "aion/base/files.hpp"
#include "base/json_reader.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/layout_state.hpp"
#include "supply/oci_json.hpp"

namespace aion::supply {
namespace {

constexpr std::string_view layout_name = "oci-layout";
constexpr std::string_view layout_content = R"({"imageLayoutVersion":"1.0.0"})";
constexpr std::string_view layout_version = "1.";  // Of any minor version.
constexpr std::string_view index_name = "index.json";
constexpr std::string_view blobs_name = "blobs";
constexpr std::size_t most_layout_size = 4096;
constexpr std::uint32_t lock_wait_ms = 10'000;
constexpr int most_attempts = 5;

Error not_a_layout(const std::filesystem::path& folder, std::string_view why) {
    return invalid<SupplyDetail::oci_bad_layout>(folder.string(), why);
}

// `{"imageLayoutVersion": "1.0.0"}`
Result<> check_layout_file(const Folder& root) {
    auto content = root.directory->read(std::string(layout_name),
                                        {.max_size = most_layout_size, .regular_only = true});
    if (!content) {
        if (content.error().os_error() == ENOENT) {
            return fail(not_a_layout(root.path, "it has no file oci-layout"));
        }
        return fail(std::move(content).error());
    }
    const std::string_view text = as_text((*content)->bytes());
    AION_TRY_ASSIGN(const json::Document document,
                    json::parse(text, {.error_prefix = "oci-layout: "}));
    AION_TRY_ASSIGN(const json::ObjectReader object,
                    json::ObjectReader::root(document, "oci-layout: "));
    AION_TRY_ASSIGN(const std::string_view version, object.text("imageLayoutVersion"));
    if (!version.starts_with(layout_version)) {
        return fail(not_a_layout(root.path, "it is of version " + excerpt(version)));
    }
    return {};
}

// What a layout has that was not finished, or what others put there.
bool may_be_in_a_new_one(std::string_view name) {
    return name == layout_name || name == index_name || name == blobs_name || name == "ingest" ||
           name.starts_with('.');
}

Result<> write_once(Env& env, const Folder& root, std::string_view name, std::string_view text) {
    const ByteView piece = as_bytes(text);
    const auto written = write_file_atomically(
        env, Place{root.directory, std::string(name), root.path / name}, {&piece, 1}, {});
    // Somebody else was faster.
    if (!written && written.error().code() != ErrorCode::file_exists &&
        written.error().code() != ErrorCode::conflict) {
        return fail(written.error());
    }
    return {};
}

const std::string& tag_of(const OciDescriptor& entry) {
    static const std::string none;
    const std::string* const tag = entry.annotation(oci_ref_name);
    return tag == nullptr ? none : *tag;
}

// Puts an entry for `descriptor` into `index`: under `tag`, which another may have had, or, when it
// has none yet, without one. False: all is as it should be.
bool enter(OciIndex& index, const OciDescriptor& descriptor, std::string_view artifact_type,
           std::string_view tag) {
    auto& entries = index.manifests;
    const auto is_same = [&](const OciDescriptor& entry) {
        return entry.digest == descriptor.digest;
    };
    OciDescriptor entry{.media_type = descriptor.media_type,
                        .digest = descriptor.digest,
                        .size = descriptor.size,
                        .artifact_type = std::string(artifact_type)};
    if (tag.empty()) {
        if (std::ranges::any_of(entries, is_same)) {
            return false;
        }
        entries.push_back(std::move(entry));
        return true;
    }
    const auto has_tag = [&](const OciDescriptor& old) { return tag_of(old) == tag; };
    if (const auto first = std::ranges::find_if(entries, has_tag);
        first != entries.end() && is_same(*first) && std::ranges::count_if(entries, has_tag) == 1) {
        return false;
    }
    std::vector<OciDescriptor> untagged;
    std::erase_if(entries, [&](OciDescriptor& old) {
        if (has_tag(old)) {
            if (!is_same(old)) {
                untagged.push_back(std::move(old));
            }
            return true;
        }
        return is_same(old) && tag_of(old).empty();
    });
    // What loses its only tag is still there.
    std::set<OciDigest> listed;
    for (const OciDescriptor& other : entries) {
        listed.insert(other.digest);
    }
    for (OciDescriptor& old : untagged) {
        if (listed.insert(old.digest).second) {
            old.annotations.erase(std::string(oci_ref_name));
            entries.push_back(std::move(old));
        }
    }
    entry.annotations.emplace(oci_ref_name, tag);
    entries.push_back(std::move(entry));
    return true;
}

}  // namespace

// --- state ---------------------------------------------------------------------------------------

Result<Folder> OciLayout::State::blobs(std::string_view algorithm, Missing missing) {
    const std::scoped_lock lock(mutex);
    Folder& kept = algorithm == "sha256" ? sha256 : sha512;
    if (kept.directory == nullptr) {
        AION_TRY_ASSIGN(const Folder all, folder_in(env, root, std::string(blobs_name), missing));
        if (all.directory == nullptr) {
            return Folder();
        }
        AION_TRY_ASSIGN(kept, folder_in(env, all, std::string(algorithm), missing));
    }
    return kept;
}

Result<std::optional<Place>> OciLayout::State::find(const OciDigest& digest, Missing missing) {
    AION_TRY_ASSIGN(const Folder folder, blobs(digest.algorithm(), missing));
    if (folder.directory == nullptr) {
        return std::nullopt;
    }
    std::string name(digest.hex());
    auto shown = folder.path / name;
    return Place{folder.directory, std::move(name), std::move(shown)};
}

Result<std::unique_ptr<ReadableFile>> OciLayout::State::open_blob(const OciDigest& digest) {
    AION_TRY_ASSIGN(const auto place, find(digest, Missing::none));
    if (!place) {
        return nullptr;
    }
    auto file = place->directory->open(place->name, {.regular_only = true});
    if (!file && file.error().os_error() == ENOENT) {
        return nullptr;
    }
    return file;
}

Result<std::string> OciLayout::State::read_document(const OciDescriptor& descriptor) {
    AION_TRY_ASSIGN(const auto file, open_blob(descriptor.digest));
    if (file == nullptr) {
        return fail(error_at_path(ErrorCode::file_not_found, descriptor.digest.text()));
    }
    BlobCheck check(descriptor);
    std::string text;
    AION_TRY(read_pieces_until_error(
        *file, 0, std::min<std::uint64_t>(file->info().size, max_oci_document + 1),
        [&](ByteView bytes) -> Result<> {
            AION_TRY(check.take(bytes));
            text += as_text(bytes);
            return {};
        }));
    AION_TRY(check.finish());
    return text;
}

Result<std::pair<OciIndex, FileInfo::Identity>> OciLayout::State::read_index() {
    AION_TRY_ASSIGN(const auto content,
                    root.directory->read(std::string(index_name),
                                         {.max_size = max_layout_index, .regular_only = true}));
    AION_TRY_ASSIGN(OciIndex index, oci_index_from_json(as_text(content->bytes()),
                                                        {max_layout_index, max_layout_manifests}));
    return std::pair(std::move(index), content->info().identity);
}

// --- opening -------------------------------------------------------------------------------------

OciLayout::OciLayout(std::unique_ptr<State> state) : state_(std::move(state)) {}

OciLayout::~OciLayout() = default;

Result<std::unique_ptr<OciLayout>> OciLayout::open(Env& env, const std::filesystem::path& folder) {
    AION_TRY_ASSIGN(auto directory, env.open_directory(folder));
    auto state = std::make_unique<State>(env, Folder{std::move(directory), folder});
    AION_TRY(check_layout_file(state->root));
    return std::make_unique<OciLayout>(std::move(state));
}

Result<std::unique_ptr<OciLayout>> OciLayout::create(Env& env,
                                                     const std::filesystem::path& folder) {
    AION_TRY_ASSIGN(auto directory, env.create_directories(folder, 0777));
    auto state = std::make_unique<State>(env, Folder{std::move(directory), folder});
    bool has_others = false;
    bool is_layout = false;
    AION_TRY(state->root.directory->each_entry(
        [&](std::string_view name, std::optional<FileKind> /*kind*/) {
            has_others = has_others || !may_be_in_a_new_one(name);
            is_layout = is_layout || name == layout_name;
        }));
    if (!is_layout && has_others) {
        return fail(not_a_layout(folder, "it has no file oci-layout, but others"));
    }
    if (!is_layout) {
        AION_TRY(state->blobs("sha256", Missing::create));
        AION_TRY(write_once(env, state->root, layout_name, layout_content));
    }
    AION_TRY(check_layout_file(state->root));
    AION_TRY_ASSIGN(const auto index, state->root.directory->info(std::string(index_name)));
    if (!index) {
        AION_TRY(write_once(env, state->root, index_name, to_json(OciIndex())));
    }
    return std::make_unique<OciLayout>(std::move(state));
}

std::string OciLayout::name() const {
    return "oci:" + state_->root.path.string();
}

unsigned OciLayout::concurrency() const noexcept {
    return thread_limit(0);
}

Result<OciIndex> OciLayout::index() {
    AION_TRY_ASSIGN(auto read, state_->read_index());
    return std::move(read.first);
}

const std::filesystem::path& OciLayout::folder() const noexcept {
    return state_->root.path;
}

// --- reading -------------------------------------------------------------------------------------

Result<OciDescriptor> OciLayout::do_resolve(std::string_view tag_or_digest) {
    AION_TRY_ASSIGN(const auto read, state_->read_index());
    const auto& entries = read.first.manifests;
    if (tag_or_digest.empty()) {
        return state_->only_one(entries);
    }
    const bool is_digest = tag_or_digest.contains(':');
    const auto found = std::ranges::find_if(entries, [&](const OciDescriptor& entry) {
        return (is_digest ? entry.digest.text() : tag_of(entry)) == tag_or_digest;
    });
    if (found != entries.end()) {
        return *found;
    }
    if (is_digest) {
        AION_TRY_ASSIGN(const OciDigest digest, OciDigest::parse(tag_or_digest));
        AION_TRY_ASSIGN(auto unlisted, state_->describe(digest));
        if (unlisted) {
            return *std::move(unlisted);
        }
    }
    return fail(not_found(tag_or_digest));
}

// One with a tag comes before those without, and what is about another is not meant.
Result<OciDescriptor> OciLayout::State::only_one(const std::vector<OciDescriptor>& entries) {
    std::set<OciDigest> tagged;
    for (const OciDescriptor& entry : entries) {
        if (!tag_of(entry).empty()) {
            tagged.insert(entry.digest);
        }
    }
    const OciDescriptor* found = nullptr;
    std::set<OciDigest> seen;
    std::size_t count = 0;
    for (const OciDescriptor& entry : entries) {
        if (count > 1 || !seen.insert(entry.digest).second) {
            continue;
        }
        if (tagged.empty() ? !is_about_another(entry) : tagged.contains(entry.digest)) {
            found = &entry;
            ++count;
        }
    }
    if (found == nullptr || count > 1) {
        return fail(error_because(
            ErrorCode::invalid_argument,
            found == nullptr ? "there is nothing in oci:" + root.path.string()
                             : "there is more than one artefact in oci:" + root.path.string() +
                                   ": name a tag or digest"));
    }
    return *found;
}

bool OciLayout::State::is_about_another(const OciDescriptor& entry) {
    const auto document = read_document(entry);
    return document && subject_in(entry.media_type, *document).has_value();
}

// What is no entry of the index may be one of an index inside it.
Result<std::optional<OciDescriptor>> OciLayout::State::describe(const OciDigest& digest) {
    AION_TRY_ASSIGN(const auto file, open_blob(digest));
    if (file == nullptr || file->info().size > max_oci_document) {
        return std::nullopt;
    }
    OciDescriptor descriptor{.media_type = {}, .digest = digest, .size = file->info().size};
    AION_TRY_ASSIGN(const std::string text, read_document(descriptor));
    if (const auto manifest = oci_manifest_from_json(text)) {
        descriptor.media_type = manifest->media_type.empty()
                                    ? oci_manifest_type
                                    : std::string_view(manifest->media_type);
        return descriptor;
    }
    if (const auto index = oci_index_from_json(text)) {
        descriptor.media_type =
            index->media_type.empty() ? oci_index_type : std::string_view(index->media_type);
        return descriptor;
    }
    return std::nullopt;
}

Result<> OciLayout::do_read_document(const OciDescriptor& descriptor, const BlobSink& sink) {
    return do_read_blob(descriptor, 0, sink);
}

Result<bool> OciLayout::do_has(const OciDescriptor& descriptor) {
    AION_TRY_ASSIGN(const auto place, state_->find(descriptor.digest, Missing::none));
    if (!place) {
        return false;
    }
    AION_TRY_ASSIGN(const auto info, place->directory->info(place->name));
    return info && info->kind == FileKind::regular && info->size == descriptor.size;
}

Result<> OciLayout::do_read_blob(const OciDescriptor& descriptor, std::uint64_t offset,
                                 const BlobSink& sink) {
    AION_TRY_ASSIGN(const auto file, state_->open_blob(descriptor.digest));
    if (file == nullptr) {
        return fail(not_found(descriptor.digest.text()));
    }
    return read_pieces_until_error(*file, offset, file->info().size, sink);
}

// --- writing -------------------------------------------------------------------------------------

Result<> OciLayout::do_write_blob(const OciDescriptor& descriptor, BlobSource& source) {
    AION_TRY_ASSIGN(const auto place, state_->find(descriptor.digest, Missing::create));
    // One of another size that has the name is damaged.
    AION_TRY_ASSIGN(const auto there, place->directory->info(place->name));
    const auto written = write_blob_file(
        state_->env, *place, descriptor,
        [&](BlobCheck& check, const BlobSink& sink) { return source.go_on(check, sink); },
        there ? Replace::always : Replace::never);
    if (!written && written.error().code() != ErrorCode::file_exists &&
        written.error().code() != ErrorCode::conflict) {
        return fail(written.error());
    }
    return {};
}

Result<> OciLayout::do_write_document(const OciDescriptor& descriptor, std::string_view bytes,
                                      std::string_view tag) {
    AION_TRY_ASSIGN(const bool is_there, do_has(descriptor));
    if (!is_there) {
        BytesSource source(bytes);
        AION_TRY(write_blob(descriptor, source));
    }
    const auto manifest = oci_manifest_from_json(bytes);
    const std::string artifact_type = manifest ? manifest->artifact_type : std::string();
    for (int attempt = 1;; ++attempt) {
        auto done = state_->update_index(
            [&](OciIndex& index) { return enter(index, descriptor, artifact_type, tag); });
        // Others may replace the index without our lock.
        if (done || done.error().code() != ErrorCode::conflict || attempt == most_attempts) {
            return done;
        }
    }
}

Result<> OciLayout::State::update_index(const std::function<bool(OciIndex&)>& change) {
    const Place place{root.directory, std::string(index_name), root.path / index_name};
    AION_TRY_ASSIGN(const auto lock, root.directory->lock(place.name, lock_wait_ms));
    AION_TRY_ASSIGN(const auto content, lock->read(max_layout_index));
    AION_TRY_ASSIGN(OciIndex index, oci_index_from_json(as_text(content->bytes()),
                                                        {max_layout_index, max_layout_manifests}));
    if (!change(index)) {
        return {};
    }
    const std::string text = to_json(index);
    if (text.size() > max_layout_index || index.manifests.size() > max_layout_manifests) {
        return fail(error_because(ErrorCode::resource_exhausted,
                                  "more manifests than the index of a layout may have"));
    }
    const ByteView piece = as_bytes(text);
    AION_TRY(write_file_atomically(
        env, place, {&piece, 1},
        {.replace = Replace::always, .expected = content->info().identity, .lock = lock.get()}));
    return {};
}

// --- referrers -----------------------------------------------------------------------------------

std::optional<OciDescriptor> subject_in(std::string_view media_type, std::string_view text) {
    if (is_oci_index_type(media_type)) {
        auto index = oci_index_from_json(text);
        return index ? std::move(index->subject) : std::nullopt;
    }
    auto manifest = oci_manifest_from_json(text);
    return manifest ? std::move(manifest->subject) : std::nullopt;
}

// What an entry of the index, or of an index inside it, leads to. What is not there or cannot be
// read is nobody's referrer; `check_layout` tells of it.
void OciLayout::State::add_subjects(const OciDescriptor& entry, unsigned depth,
                                    std::set<OciDigest>& seen) {  // NOLINT(misc-no-recursion)
    if (depth == max_oci_depth || !is_oci_document_type(entry.media_type) ||
        !seen.insert(entry.digest).second || entry.size > max_oci_document) {
        return;
    }
    const auto text = read_document(entry);
    if (!text) {
        return;
    }
    const auto add = [&](const std::optional<OciDescriptor>& subject, std::string artifact_type,
                         OciAnnotations annotations) {
        if (subject) {
            subjects.emplace(subject->digest,
                             OciDescriptor{.media_type = entry.media_type,
                                           .digest = entry.digest,
                                           .size = entry.size,
                                           .annotations = std::move(annotations),
                                           .artifact_type = std::move(artifact_type)});
        }
    };
    if (is_oci_index_type(entry.media_type)) {
        if (const auto index = oci_index_from_json(*text)) {
            add(index->subject, index->artifact_type, index->annotations);
            for (const OciDescriptor& inner : index->manifests) {
                add_subjects(inner, depth + 1, seen);
            }
        }
    } else if (const auto manifest = oci_manifest_from_json(*text)) {
        add(manifest->subject, manifest->kind(), manifest->annotations);
    }
}

Result<> OciLayout::do_referrers(const OciDescriptor& subject, std::string_view /*artifact_type*/,
                                 const DescriptorSink& sink) {
    AION_TRY_ASSIGN(const auto read, state_->read_index());
    if (state_->subjects_of != read.second) {
        state_->subjects.clear();
        std::set<OciDigest> seen;
        for (const OciDescriptor& entry : read.first.manifests) {
            state_->add_subjects(entry, 0, seen);
        }
        state_->subjects_of = read.second;
    }
    const auto [begin, end] = state_->subjects.equal_range(subject.digest);
    for (auto at = begin; at != end; ++at) {
        AION_TRY(sink(at->second));
    }
    return {};
}

}  // namespace aion::supply
