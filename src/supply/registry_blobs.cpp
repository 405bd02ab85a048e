// SPDX-License-Identifier: MIT OR Apache-2.0
// Blobs of a repository: fetched from where they broke off, uploaded likewise.
#include <algorithm>
#include <string>
#include <utility>

#include "base/try.hpp"
#include "supply/registry_details.hpp"
#include "supply/registry_lists.hpp"
#include "supply/registry_repository.hpp"

namespace aion::supply {
namespace {

// A try that got so far is no failure in a row with the one before.
constexpr std::uint64_t is_progress = std::uint64_t{1} << 20U;
constexpr std::string_view blob_type = "application/octet-stream";

std::string with_digest(std::string target, const OciDigest& digest) {
    target += target.find('?') == std::string::npos ? '?' : '&';
    return target + "digest=" + percent_encoded(digest.text());
}

// Whether an answer is the blob, from where it was asked for or from its beginning.
Result<bool> is_blob(const HttpResponse& head, std::uint64_t at, std::uint64_t size,
                     std::string_view what) {
    if (head.status != 200 && head.status != 206) {
        return false;
    }
    std::uint64_t expected = size;
    if (head.status == 206) {
        const auto range = content_range(head.header("content-range").value_or(""));
        if (!range || range->first != at || range->last != size - 1 ||
            range->size.value_or(size) != size) {
            return fail(transfer_error<RegistryDetail::registry_bad_answer>(
                what, "another part than the one that was asked for"));
        }
        expected = size - at;
    }
    const auto length = head.number("content-length");
    if (length && *length != expected) {
        return fail(transfer_error<RegistryDetail::registry_bad_answer>(
            what, "it is said to have " + std::to_string(*length) + " bytes instead of " +
                      std::to_string(expected)));
    }
    return true;
}

}  // namespace

// --- Downloads -----------------------------------------------------------------------------------

struct RegistryStore::Impl::Download {
    const OciDescriptor& descriptor;
    const BlobSink& sink;
    std::string what;
    std::uint64_t at = 0;           // So much has gone to the sink.
    std::uint64_t skip = 0;         // What the registry sends though it was not asked for.
    bool has_sink_refused = false;  // Whatever the error is, another try changes nothing.
};

Result<HttpResponse> RegistryStore::Impl::read_from(Download& download) {
    const OciDescriptor& blob = download.descriptor;
    HttpRequest request{.method = HttpMethod::get, .url = url("blobs/" + blob.digest.text())};
    if (download.at != 0) {
        request.headers.push_back({"Range", "bytes=" + std::to_string(download.at) + "-" +
                                                std::to_string(blob.size - 1)});
    }
    request.streams = [&](const HttpResponse& head) -> Result<bool> {
        AION_TRY_ASSIGN(const bool is_it, is_blob(head, download.at, blob.size, download.what));
        download.skip = head.status == 200 ? download.at : 0;
        return is_it;
    };
    request.take = [&](ByteView piece) -> Result<> {
        const std::uint64_t skipped = std::min<std::uint64_t>(download.skip, piece.size());
        download.skip -= skipped;
        piece = piece.subspan(skipped);
        if (piece.empty()) {
            return {};
        }
        auto taken = download.sink(piece);
        download.has_sink_refused = !taken;
        download.at += taken ? piece.size() : 0;
        return taken;
    };
    return session_.send_once(request, download.what);
}

Result<bool> RegistryStore::Impl::read_blob(const OciDescriptor& descriptor, std::uint64_t offset,
                                            const BlobSink& sink) {
    if (offset >= descriptor.size) {
        return true;  // there is nothing that could be asked for
    }
    Download download{.descriptor = descriptor,
                      .sink = sink,
                      .what = shown(descriptor.digest.text()),
                      .at = offset};
    for (unsigned failures = 1;; ++failures) {
        const std::uint64_t before = download.at;
        auto response = read_from(download);
        if (response && (response->status == 200 || response->status == 206)) {
            return true;
        }
        if (response && response->status == 404) {
            return false;
        }
        if (download.has_sink_refused) {
            return fail(std::move(response).error());
        }
        if (download.at - before >= is_progress) {
            failures = 1;
        }
        AION_TRY_ASSIGN(const bool is_again, session_.wait_after(response, failures));
        if (!is_again) {
            AION_TRY_ASSIGN(const HttpResponse last, std::move(response));
            return fail(error_of(last, download.what));
        }
    }
}

// --- Uploads -------------------------------------------------------------------------------------

struct RegistryStore::Impl::Upload {
    const OciDescriptor& descriptor;
    BlobSource& source;
    std::string what;
    HttpUrl location;
    std::uint64_t at = 0;            // So much the registry has.
    bool has_source_failed = false;  // Whatever the error is, another try changes nothing.

    // What the registry does not have yet.
    [[nodiscard]] HttpBody rest() {
        return {.size = descriptor.size - at, .give = [this](const HttpSink& sink) -> Result<> {
                    bool has_stopped = false;
                    auto given = source.read(at, [&](ByteView piece) {
                        auto taken = sink(piece);
                        has_stopped = !taken;
                        return taken;
                    });
                    has_source_failed = !given && !has_stopped;
                    return given;
                }};
    }
};

Result<HttpUrl> RegistryStore::Impl::location_in(const HttpResponse& response, const HttpUrl& base,
                                                 std::string_view what) const {
    const auto location = response.header("location");
    if (!location) {
        return fail(transfer_error<RegistryDetail::registry_bad_answer>(
            what, "it does not say where to upload to"));
    }
    AION_TRY_ASSIGN(HttpUrl url, http_url(base, *location));
    AION_TRY(session_.check_target(url));
    return url;
}

Result<HttpUrl> RegistryStore::Impl::begin_upload(const std::string& what) {
    const HttpRequest request{.method = HttpMethod::post, .url = url("blobs/uploads/")};
    AION_TRY_ASSIGN(const HttpResponse response, session_.send(request, what));
    if (response.status != 202) {
        return fail(error_of(response, what));
    }
    return location_in(response, request.url, what);
}

Result<HttpResponse> RegistryStore::Impl::finish_upload(Upload& upload, bool with_content) {
    HttpRequest request{.method = HttpMethod::put,
                        .url = upload.location,
                        .headers = {{"Content-Type", std::string(blob_type)}}};
    request.url.target = with_digest(request.url.target, upload.descriptor.digest);
    if (with_content) {
        request.body = upload.rest();
    }
    return session_.send_once(request, upload.what);
}

Result<> RegistryStore::Impl::upload_at_once(Upload& upload) {
    for (unsigned failures = 1;; ++failures) {
        AION_TRY_ASSIGN(upload.location, begin_upload(upload.what));
        upload.at = 0;
        auto response = finish_upload(upload, true);
        if (response && response->status == 201) {
            return check_said_digest(*response, upload.descriptor.digest);
        }
        if (upload.has_source_failed) {
            return fail(std::move(response).error());
        }
        AION_TRY_ASSIGN(const bool is_again, session_.wait_after(response, failures));
        if (!is_again) {
            AION_TRY_ASSIGN(const HttpResponse last, std::move(response));
            return fail(error_of(last, upload.what));
        }
    }
}

// Asks the registry how much it has; where it does not know, the upload begins anew.
Result<> RegistryStore::Impl::find_offset(Upload& upload) {
    const HttpRequest request{.method = HttpMethod::get, .url = upload.location};
    AION_TRY_ASSIGN(const HttpResponse response, session_.send(request, upload.what));
    const auto has = response.status == 204 ? uploaded_bytes(response.header("range").value_or(""))
                                            : std::nullopt;
    if (has && *has <= upload.descriptor.size) {
        if (response.header("location")) {
            AION_TRY_ASSIGN(upload.location, location_in(response, request.url, upload.what));
        }
        upload.at = *has;
        return {};
    }
    AION_TRY_ASSIGN(upload.location, begin_upload(upload.what));
    upload.at = 0;
    return {};
}

Result<> RegistryStore::Impl::upload_resumably(Upload& upload) {
    AION_TRY_ASSIGN(upload.location, begin_upload(upload.what));
    const std::uint64_t size = upload.descriptor.size;
    for (unsigned failures = 1;; ++failures) {
        const std::uint64_t before = upload.at;
        const bool is_all_there = before == size;
        HttpRequest request{.method = HttpMethod::patch,
                            .url = upload.location,
                            .headers = {{"Content-Type", std::string(blob_type)},
                                        {"Content-Range",
                                         std::to_string(before) + "-" + std::to_string(size - 1)}}};
        if (!is_all_there) {
            request.body = upload.rest();
        }
        auto response =
            is_all_there ? finish_upload(upload, false) : session_.send_once(request, upload.what);
        if (upload.has_source_failed) {
            return fail(std::move(response).error());
        }
        if (response && response->status == 201 && is_all_there) {
            return check_said_digest(*response, upload.descriptor.digest);
        }
        if (response && response->status == 202 && !is_all_there) {
            AION_TRY_ASSIGN(upload.location, location_in(*response, request.url, upload.what));
            upload.at = size;
            failures = 0;
            continue;
        }
        // Some take a blob only as a whole.
        constexpr int not_allowed = 405;
        if (response && response->status == not_allowed && before == 0) {
            return upload_at_once(upload);
        }
        AION_TRY_ASSIGN(const bool is_again, session_.wait_after(response, failures));
        if (!is_again) {
            AION_TRY_ASSIGN(const HttpResponse last, std::move(response));
            return fail(error_of(last, upload.what));
        }
        // The answer may have been lost, and not the blob.
        if (is_all_there) {
            AION_TRY_ASSIGN(const bool is_there, has(upload.descriptor));
            if (is_there) {
                return {};
            }
        }
        AION_TRY(find_offset(upload));
        if (upload.at >= before + is_progress) {
            failures = 0;
        }
    }
}

Result<> RegistryStore::Impl::write_blob(const OciDescriptor& descriptor, BlobSource& source) {
    Upload upload{.descriptor = descriptor,
                  .source = source,
                  .what = shown(descriptor.digest.text()),
                  .location = {}};
    return descriptor.size < resumable_upload_size ? upload_at_once(upload)
                                                   : upload_resumably(upload);
}

}  // namespace aion::supply
