// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/supply/manifest_file.hpp"

#include <utility>

#include "commands/supply/envelope_file.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

constexpr std::string_view canonical_beginning = "AION_V2_MANIFEST_V1";

std::string_view without_blanks(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

Result<ManifestFile> from_envelope(supply::Envelope envelope) {
    if (envelope.payload_type != supply::manifest_type) {
        return std::unexpected(
            error_because(ErrorCode::invalid_argument,
                          "the payload of the envelope is of the type " + envelope.payload_type));
    }
    auto manifest = supply::Manifest::from_payload(as_text(envelope.payload));
    if (!manifest) {
        return std::unexpected(std::move(manifest).error());
    }
    return ManifestFile{*std::move(manifest), std::move(envelope)};
}

Result<ManifestFile> from_bytes(ByteView bytes) {
    const std::string_view text = as_text(bytes);
    if (text.starts_with(canonical_beginning)) {
        auto manifest = supply::Manifest::from_canonical_bytes(bytes);
        return manifest ? Result<ManifestFile>(ManifestFile{*std::move(manifest), std::nullopt})
                        : std::unexpected(std::move(manifest).error());
    }
    auto envelope = supply::envelope_from_json(text);
    if (envelope) {
        return from_envelope(*std::move(envelope));
    }
    // What begins as a payload is told of as one.
    if (without_blanks(text).starts_with(R"({"_type")")) {
        auto manifest = supply::Manifest::from_payload(text);
        return manifest ? Result<ManifestFile>(ManifestFile{*std::move(manifest), std::nullopt})
                        : std::unexpected(std::move(manifest).error());
    }
    return std::unexpected(std::move(envelope).error());
}

}  // namespace

Outcome<ManifestFile> read_manifest(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, path, "the manifest", "Failed to read manifest: " + path,
                              supply::Manifest::max_payload_size));
    auto read = from_bytes(input.bytes());
    if (!read) {
        return about_file(fail_with("Failed to read manifest: " + path, read.error()), path);
    }
    return *std::move(read);
}

void symlinks_option(Options& options, supply::Symlinks& into) {
    options.choice("--symlinks", into,
                   {{"refuse", supply::Symlinks::refuse},
                    {"skip", supply::Symlinks::skip},
                    {"follow", supply::Symlinks::follow}},
                   "POLICY",
                   "What becomes of symbolic links: an error (the default), left out, or the file "
                   "that they lead to");
}

Outcome<std::vector<FileInfo::Identity>> identities_of(Context& context,
                                                       std::span<const std::string> paths) {
    std::vector<FileInfo::Identity> identities;
    for (const std::string& path : paths) {
        if (path.empty() || path == "-") {
            continue;
        }
        CLI_TRY_ASSIGN(const auto info, context.env.info(path));
        if (info) {
            identities.push_back(info->identity);
        }
    }
    return identities;
}

Outcome<supply::ArtifactFile> artifact_file(Context& context, std::string name,
                                            const std::string& path) {
    CLI_TRY_ASSIGN(const auto info, or_fail(context.env.info(path), "Failed to look at " + path));
    if (!info) {
        return fail_not_found(error_at_path(ErrorCode::file_not_found, path), path);
    }
    if (info->kind != FileKind::regular) {
        return fail_with(path + " is no regular file");
    }
    return supply::ArtifactFile{.name = std::move(name), .path = path, .size = info->size};
}

Outcome<std::vector<supply::Artifact>> hash_all(Context& context,
                                                std::span<const supply::ArtifactFile> files,
                                                supply::HashOptions options) {
    std::uint64_t total = 0;
    for (const supply::ArtifactFile& file : files) {
        total += file.size;
    }
    HashingProgress progress(context, total);
    options.progress = [&progress](std::uint64_t done, std::uint64_t bytes) {
        progress(done, bytes);
    };
    auto hashed = supply::hash_artifacts(context.env, files, options);
    std::vector<supply::Artifact> artifacts;
    artifacts.reserve(hashed.size());
    for (std::size_t i = 0; i < hashed.size(); ++i) {
        if (!hashed[i]) {
            const std::string path = files[i].path.string();
            return about_file(fail_with("Failed to hash " + path, hashed[i].error()), path);
        }
        artifacts.push_back(*std::move(hashed[i]));
    }
    return artifacts;
}

}  // namespace aion::cli
