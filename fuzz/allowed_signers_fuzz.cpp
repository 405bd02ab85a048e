// SPDX-License-Identifier: MIT OR Apache-2.0
// Any text as allowed signers: every line is read or remarked, nobody and no key is there twice,
// and a registry of those who are is written as a text that is read as the same.
//
// Input: flags (1: keys of any namespace), then the text.
#include <cstdint>
#include <set>

#include "aion/base/ascii.hpp"
#include "aion/trust/allowed_signers.hpp"
#include "aion/trust/registry_record.hpp"
#include "support/require.hpp"

namespace {

using aion::fuzz::require;
using namespace aion::trust;

void check_lines(const AllowedSigners& all) {
    std::set<aion::PublicKey> keys;
    std::set<std::string> names;
    std::set<aion::AuthorId> authors;
    for (const AllowedSigner& signer : all.signers) {
        require(signer.line > 0);
        require(keys.insert(signer.key).second);
        require(signer.contact.size() <= max_contact);
        if (signer.author) {
            require(signer.name.empty() && authors.insert(*signer.author).second);
        } else {
            require(check_author_name(signer.name).has_value());
            require(names.insert(aion::ascii_lowered(signer.name)).second);
        }
    }
    std::size_t before = 0;
    for (const SignerRemark& remark : all.remarks) {
        require(remark.line >= before && !remark.message.empty());
        require(remark.message.find('\n') == std::string::npos);
        before = remark.line;
    }
}

void check_written(const AllowedSigners& all) {
    Registry registry;
    std::set<aion::PublicKey> pinned;
    for (const AllowedSigner& signer : all.signers) {
        const auto done = registry.pin(signer.author.value_or(aion::AuthorId{signer.line}),
                                       signer.key, signer.key);
        if (done == Applied::changed) {
            pinned.insert(signer.key);
        }
    }
    const auto again = read_allowed_signers(to_allowed_signers(registry));
    require(again.has_value() && again->remarks.empty());
    require(again->signers.size() == pinned.size());
    for (const AllowedSigner& signer : again->signers) {
        require(pinned.contains(signer.key) && signer.author.has_value());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const auto all = read_allowed_signers(aion::as_text(aion::ByteView(data, size).subspan(1)),
                                          {.any_namespace = (data[0] & 1) != 0});
    if (!all) {
        require(all.error().code() == aion::ErrorCode::resource_exhausted);
        return 0;
    }
    check_lines(*all);
    check_written(*all);
    return 0;
}
