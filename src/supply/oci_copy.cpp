// SPDX-License-Identifier: MIT OR Apache-2.0
// From store to store, and what is about an artefact.
#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <utility>

#include "aion/base/interrupt.hpp"
#include "aion/supply/oci_layout.hpp"
#include "aion/supply/oci_transfer.hpp"
#include "base/threads.hpp"
#include "base/try.hpp"
#include "supply/details.hpp"
#include "supply/oci_work.hpp"

namespace aion::supply {
namespace {

class Copier {
  public:
    Copier(OciStore& from, OciStore& to, const CopyOptions& options)
        : from_(from), to_(to), options_(options) {}

    Result<> copy(const OciDescriptor& document, std::string_view tag,
                  unsigned depth) {  // NOLINT(misc-no-recursion): bounded
        if (!seen_.insert(document.digest).second) {
            return {};
        }
        if (depth > max_oci_depth) {
            return fail(invalid<SupplyDetail::oci_too_deep>(document.digest.text(), max_oci_depth));
        }
        if (seen_.size() > max_oci_documents) {
            return fail(error_because(
                ErrorCode::resource_exhausted,
                "more than " + std::to_string(max_oci_documents) + " manifests in one copy"));
        }
        AION_TRY_ASSIGN(const std::string text, from_.read_document(document));
        if (is_oci_index_type(document.media_type)) {
            AION_TRY_ASSIGN(const OciIndex index, oci_index_from_json(text));
            for (const OciDescriptor& inner : index.manifests) {
                AION_TRY(copy(inner, {}, depth + 1));
            }
        } else {
            AION_TRY_ASSIGN(const OciManifest manifest, oci_manifest_from_json(text));
            AION_TRY(copy_blobs(manifest));
        }
        AION_TRY(to_.write_document(document, text, tag));
        ++report_.manifests;
        if (!options_.referrers) {
            return {};
        }
        AION_TRY_ASSIGN(const auto referrers, from_.referrers(document));
        for (const OciDescriptor& referrer : referrers) {
            AION_TRY(copy(referrer, {}, depth + 1));
        }
        return {};
    }

    [[nodiscard]] const CopyReport& report() const noexcept { return report_; }

  private:
    Result<> copy_blobs(const OciManifest& manifest) {
        std::vector<const OciDescriptor*> blobs;
        const auto add = [&](const OciDescriptor& blob) {
            if (blobs_.insert(blob.digest).second) {
                blobs.push_back(&blob);
            }
        };
        add(manifest.config);
        std::ranges::for_each(manifest.layers, add);
        std::atomic<std::uint64_t> copied = 0;
        std::atomic<std::uint64_t> bytes = 0;
        AION_TRY(for_each_until_error(nullptr, std::min(from_.concurrency(), to_.concurrency()),
                                      blobs.size(), [&](std::size_t i) -> Result<> {
                                          const OciDescriptor& blob = *blobs[i];
                                          AION_TRY_ASSIGN(const bool is_there, to_.has(blob));
                                          if (is_there) {
                                              return {};
                                          }
                                          StoreSource source(from_, blob);
                                          AION_TRY(to_.write_blob(blob, source));
                                          ++copied;
                                          bytes += blob.size;
                                          if (options_.progress) {
                                              options_.progress(1, blob.size);
                                          }
                                          return {};
                                      }));
        report_.blobs += copied;
        report_.bytes += bytes;
        report_.already += blobs.size() - copied;
        return {};
    }

    OciStore& from_;
    OciStore& to_;
    const CopyOptions& options_;
    std::set<OciDigest> seen_;
    std::set<OciDigest> blobs_;
    CopyReport report_;
};

class Discovery {
  public:
    explicit Discovery(OciStore& store) : store_(store) {}

    Result<> look(const OciDescriptor& subject, std::string_view artifact_type,
                  unsigned depth) {  // NOLINT(misc-no-recursion): bounded
        AION_TRY_ASSIGN(auto referrers, store_.referrers(subject, artifact_type));
        for (OciDescriptor& referrer : referrers) {
            if (found_.size() == max_oci_referrers) {
                return fail(error_because(
                    ErrorCode::resource_exhausted,
                    "more than " + std::to_string(max_oci_referrers) + " referrers, all together"));
            }
            const bool is_cut = !seen_.insert(referrer.digest).second || depth == max_oci_depth;
            const OciDescriptor about = referrer;
            found_.push_back({std::move(referrer), depth, is_cut});
            if (!is_cut) {
                AION_TRY(look(about, {}, depth + 1));
            }
        }
        return {};
    }

    std::vector<Referrer> run_out() && { return std::move(found_); }

    void saw(const OciDigest& digest) { seen_.insert(digest); }

  private:
    OciStore& store_;
    std::set<OciDigest> seen_;
    std::vector<Referrer> found_;
};

}  // namespace

Result<> for_each_until_error(Env* env, unsigned threads, std::size_t count,
                              const std::function<Result<>(std::size_t)>& work) {
    std::vector<std::optional<Error>> errors(count);
    std::atomic<bool> has_failed = false;
    Interrupt* const interrupt = env == nullptr ? nullptr : env->interrupt();
    for_each_piece(std::max(threads, 1U), count, [&](std::size_t i) {
        if (has_failed) {
            return;
        }
        auto done = interrupt != nullptr && interrupt->requested()
                        ? fail(error_at_path(ErrorCode::interrupted, "the rest"))
                        : work(i);
        if (!done) {
            errors[i] = std::move(done).error();
            has_failed = true;
        }
    });
    for (std::optional<Error>& error : errors) {
        if (error) {
            return fail(*std::move(error));
        }
    }
    return {};
}

Result<CopyReport> copy_artifact(OciStore& from, OciStore& to, const OciDescriptor& root,
                                 const CopyOptions& options) {
    Copier copier(from, to, options);
    AION_TRY(copier.copy(root, options.tag, 0));
    return copier.report();
}

Result<OciDescriptor> attach(OciStore& store, const OciDescriptor& subject, const OciDigest& digest,
                             std::uint64_t size, BlobSource& blob, const AttachOptions& options) {
    const OciDescriptor layer{.media_type = options.artifact_type,
                              .digest = digest,
                              .size = size,
                              .annotations = options.layer_annotations};
    const OciManifest manifest =
        make_referrer(options.artifact_type, layer, subject, options.annotations);
    BytesSource empty(oci_empty_blob);
    AION_TRY(store.write_blob(manifest.config, empty));
    AION_TRY(store.write_blob(layer, blob));
    const std::string text = to_json(manifest);
    OciDescriptor descriptor = describe_bytes(oci_manifest_type, text);
    AION_TRY(store.write_document(descriptor, text, options.tag));
    descriptor.artifact_type = options.artifact_type;
    return descriptor;
}

Result<std::vector<Referrer>> discover(OciStore& store, const OciDescriptor& root,
                                       std::string_view artifact_type) {
    Discovery discovery(store);
    discovery.saw(root.digest);
    AION_TRY(discovery.look(root, artifact_type, 1));
    return std::move(discovery).run_out();
}

}  // namespace aion::supply
