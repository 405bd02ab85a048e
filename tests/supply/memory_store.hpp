// SPDX-License-Identifier: MIT OR Apache-2.0
// A store in memory, which lies as it is told.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "aion/supply/oci_store.hpp"

namespace aion::test {

class MemoryStore final : public supply::OciStore {
  public:
    std::map<std::string, std::string> blobs;  ///< By digest.
    std::map<std::string, supply::OciDescriptor> tags;
    std::vector<supply::OciDescriptor> about;  ///< What `referrers` says of anything.
    /// Reading breaks off behind so many bytes, once.
    std::optional<std::uint64_t> breaks_at;
    bool is_endless = false;      ///< Content does not end.
    bool repeats_itself = false;  ///< The same referrer for ever.
    std::uint64_t bytes_read = 0;

    supply::OciDescriptor put(std::string_view media_type, const std::string& bytes) {
        supply::OciDescriptor descriptor = supply::describe_bytes(media_type, bytes);
        blobs[descriptor.digest.text()] = bytes;
        return descriptor;
    }

    [[nodiscard]] std::string name() const override { return "memory"; }

  private:
    Result<supply::OciDescriptor> do_resolve(std::string_view tag_or_digest) override {
        const auto found = tags.find(std::string(tag_or_digest));
        if (found == tags.end()) {
            return fail(not_found(tag_or_digest));
        }
        return found->second;
    }

    Result<> do_read_document(const supply::OciDescriptor& descriptor,
                              const supply::BlobSink& sink) override {
        return do_read_blob(descriptor, 0, sink);
    }

    Result<bool> do_has(const supply::OciDescriptor& descriptor) override {
        return blobs.contains(descriptor.digest.text());
    }

    Result<> do_read_blob(const supply::OciDescriptor& descriptor, std::uint64_t offset,
                          const supply::BlobSink& sink) override {
        const auto found = blobs.find(descriptor.digest.text());
        if (found == blobs.end()) {
            return fail(not_found(descriptor.digest.text()));
        }
        constexpr std::size_t piece = 1000;
        const std::string& all = found->second;
        for (std::uint64_t at = offset; at < all.size() || is_endless; at += piece) {
            if (breaks_at && at >= *breaks_at) {
                breaks_at.reset();
                return fail(error_at_path(ErrorCode::file_read_error, "connection"));
            }
            const std::string part =
                at < all.size() ? all.substr(at, piece) : std::string(piece, 'e');
            bytes_read += part.size();
            if (auto done = sink(as_bytes(part)); !done) {
                return done;
            }
        }
        return {};
    }

    Result<> do_write_blob(const supply::OciDescriptor& descriptor,
                           supply::BlobSource& source) override {
        std::string bytes;
        auto done = source.read(0, [&](ByteView piece) -> Result<> {
            bytes += as_text(piece);
            return {};
        });
        if (done) {
            blobs[descriptor.digest.text()] = bytes;
        }
        return done;
    }

    Result<> do_write_document(const supply::OciDescriptor& descriptor, std::string_view bytes,
                               std::string_view tag) override {
        blobs[descriptor.digest.text()] = bytes;
        if (!tag.empty()) {
            tags[std::string(tag)] = descriptor;
        }
        return {};
    }

    Result<> do_referrers(const supply::OciDescriptor& /*subject*/,
                          std::string_view /*artifact_type*/,
                          const supply::DescriptorSink& sink) override {
        std::uint64_t number = 0;
        do {
            for (const supply::OciDescriptor& one : about) {
                supply::OciDescriptor descriptor = one;
                if (repeats_itself) {
                    descriptor.digest =
                        supply::OciDigest::of_bytes(as_bytes(std::to_string(++number)));
                }
                if (auto done = sink(descriptor); !done) {
                    return done;
                }
            }
        } while (repeats_itself);
        return {};
    }
};

}  // namespace aion::test
