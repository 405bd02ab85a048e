// SPDX-License-Identifier: MIT OR Apache-2.0
// OCI documents and references from anywhere: each is refused, or read, written and read as the
// same; and no title of a layer leads out of a folder.
//
// Input: which kind (its first byte modulo 4), then the text.
#include <cstdint>
#include <string>

#include "aion/supply/manifest.hpp"
#include "aion/supply/oci.hpp"
#include "aion/supply/oci_transfer.hpp"
#include "support/require.hpp"

namespace {

using aion::as_text;
using aion::ByteView;
using aion::fuzz::require;
using namespace aion::supply;

void check_manifest(std::string_view text) {
    const auto manifest = oci_manifest_from_json(text);
    if (!manifest) {
        return;
    }
    const std::string written = to_json(*manifest);
    // Written without white space, but with what was escaped otherwise.
    if (written.size() <= max_oci_document) {
        require(oci_manifest_from_json(written) == *manifest);
        require(!oci_index_from_json(written));
    }
    const auto names = file_names(*manifest);
    if (!names) {
        return;
    }
    require(names->size() == manifest->layers.size());
    for (const std::string& name : *names) {
        require(check_artifact_name(name).has_value());
    }
}

void check_index(std::string_view text) {
    const auto index = oci_index_from_json(text);
    if (!index) {
        return;
    }
    const std::string written = to_json(*index);
    if (written.size() <= max_oci_document) {
        require(oci_index_from_json(written) == *index);
        require(!oci_manifest_from_json(written));
    }
}

void check_reference(std::string_view text) {
    const auto reference = OciReference::parse(text);
    if (!reference) {
        return;
    }
    require(OciReference::parse(reference->text()) == *reference);
    require(reference->text() == text);
    require(reference->tag.empty() || is_oci_tag(reference->tag));
    require(reference->is_layout() == reference->repository.empty());
}

void check_digest(std::string_view text) {
    const auto digest = OciDigest::parse(text);
    require(!digest || digest->text() == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view text = as_text(ByteView(data, size).subspan(1));
    switch (data[0] % 4) {
        case 0:
            check_manifest(text);
            break;
        case 1:
            check_index(text);
            break;
        case 2:
            check_reference(text);
            break;
        default:
            check_digest(text);
    }
    return 0;
}
