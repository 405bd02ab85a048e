// SPDX-License-Identifier: MIT OR Apache-2.0
// Writing the trusted registry file's JSON byte for byte as the reference does
// (docs/registry.md#writing-it).
#include <algorithm>
#include <ranges>

#include "aion/base/base64.hpp"
#include "aion/base/json_writer.hpp"
#include "aion/trust/registry.hpp"
#include "aion/trust/registry_chain.hpp"
#include "trust/registry_text.hpp"

namespace aion::trust {
namespace {

void write_epochs(DocumentWriter& out, const std::vector<EpochRecord>& epochs) {
    out.key("epochs").begin_array();
    for (const EpochRecord& epoch : epochs) {
        out.begin_object()
            .member("epoch", epoch.epoch.value)
            .member("public_key", to_base64(epoch.public_key.view()))
            .member("active_from_version", epoch.active_from.value)
            .member("status", name_of(epoch.status()))
            .end_object();
    }
    out.end_array();
}

void write_revocations(DocumentWriter& out, const std::vector<EpochRecord>& epochs) {
    const auto is_revoked = [](const EpochRecord& epoch) { return epoch.revocation.has_value(); };
    if (std::ranges::none_of(epochs, is_revoked)) {
        return;
    }
    out.key("revocations").begin_array();
    for (const EpochRecord& epoch : epochs | std::views::filter(is_revoked)) {
        out.begin_object()
            .member("epoch", epoch.epoch.value)
            .member("reason", name_of(epoch.revocation->reason))
            .member("effective_from_version", epoch.revocation->effective_from.value)
            .end_object();
    }
    out.end_array();
}

void write_author(DocumentWriter& out, AuthorId id, const Registry::Author& author) {
    out.begin_object()
        .member("author_id", id.value)
        .member("master_key", to_base64(author.master_key.view()));
    write_epochs(out, author.epochs);
    write_revocations(out, author.epochs);
    out.end_object();
}

// The rest of the array of authors, and the records behind it.
void write_chain(DocumentWriter& out, const RegistryChain& chain) {
    for (const auto& [id, author] : chain.authors()) {
        write_author(out, id, chain.projected(author));
    }
    out.end_array().key("chain").begin_array();
    for (const RegistryRecord& record : chain.records()) {
        out.text(to_base64(encode(record)));
    }
    out.end_array();
}

}  // namespace

std::string_view name_of(EpochStatus status) noexcept {
    return epoch_statuses.name(status);
}

std::string Registry::to_json() const {
    std::string text;
    JsonWriter out(text, JsonStyle::pretty);
    out.begin_object().member("version", registry_file_version).key("authors").begin_array();
    if (chain_) {
        write_chain(out, *chain_);
    } else {
        for (const auto& [id, author] : authors_) {
            write_author(out, id, author);
        }
        out.end_array();
    }
    out.end_object();
    return text;
}

}  // namespace aion::trust
