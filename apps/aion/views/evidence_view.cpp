// SPDX-License-Identifier: MIT OR Apache-2.0
#include "views/evidence_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/twins.hpp"
#include "views/verdict_text_view.hpp"

namespace aion::cli {

void write_text(Console& console, const EvidenceView& view) {
    Stream& out = console.out();
    std::size_t width = 0;
    for (const std::string& file : view.files) {
        width = std::max(width, columns_of(shown(file)));
    }
    for (std::size_t i = 0; i < view.files.size(); ++i) {
        write_row(out, VerdictView{view.reports[i], view.files[i]}, width);
    }
    out.write(fmt::format("Evidence on {}, {} written to: {}\n", counted(view.files.size(), "file"),
                          counted(view.evidence.items().size(), "item"), shown(view.output)));
}

void write(DocumentWriter& out, const EvidenceView& view) {
    out.begin_object().member("output", view.output).key("files").begin_array();
    for (std::size_t i = 0; i < view.files.size(); ++i) {
        write(out, VerdictView{view.reports[i], view.files[i]});
    }
    out.end_array().key("items").begin_array();
    for (const report::Evidence::Item& item : view.evidence.items()) {
        Twins twins(out);
        out.begin_object().member("name", item.name);
        twins.number("size", item.content->info().size);
        out.member("sha256", to_hex(item.digests.sha256))
            .member("blake3", to_hex(item.digests.blake3));
        twins.end_object();
    }
    out.end_array().end_object();
}

}  // namespace aion::cli
