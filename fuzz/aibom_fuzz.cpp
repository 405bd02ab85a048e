// SPDX-License-Identifier: MIT OR Apache-2.0
// Bills of materials from anywhere: each is refused, or read, written in every format and read as
// the same. Licence expressions, URIs and CPE names are what texts in them may be.
//
// Input: which kind of document (its first byte modulo 5), then the document.
#include <cstdint>
#include <string>
#include <vector>

#include "aion/supply/aibom.hpp"
#include "aion/supply/aibom_cyclonedx.hpp"
#include "aion/supply/aibom_spdx.hpp"
#include "aion/supply/model_card.hpp"
#include "supply/spdx_expression.hpp"
#include "support/require.hpp"

namespace {

using aion::as_text;
using aion::ByteView;
using aion::fuzz::require;
using namespace aion::supply;

void check_aibom_everywhere(const AiBom& aibom) {
    std::vector<std::string> unknown;
    const auto again = aibom_from_json(to_json(aibom), &unknown);
    require(again.has_value() && *again == aibom && unknown.empty());
    static_cast<void>(to_canonical_json(aibom));
    static_cast<void>(check_aibom(aibom));
    for (const CycloneDxVersion version : {CycloneDxVersion::v1_6, CycloneDxVersion::v1_7}) {
        const std::string text = to_cyclonedx(aibom, {.version = version});
        const auto back = aibom_from_cyclonedx(text);
        require(is_cyclonedx(text) && back.has_value() && back->aibom == aibom);
        require(back->lost.empty() && back->assumed.empty());
    }
    const auto text = to_spdx(aibom, {.supplier = "s"});
    require(text.has_value() && is_spdx(*text));
    const auto back = aibom_from_spdx(*text);
    require(back.has_value() && back->aibom == aibom && back->assumed.empty());
}

void check_texts(std::string_view text) {
    const SpdxExpression expression = parse_spdx_expression(text);
    require(expression.is_valid || !expression.is_compound);
    require(!is_spdx_license(text) || expression.is_valid);
    static_cast<void>(spdx_license_like(text));
    require(!is_cpe23(text) || text.starts_with("cpe:2.3:"));
    require(!is_uri(text) || text.find(':') != std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view text = as_text(ByteView(data, size).subspan(1));
    switch (data[0] % 5) {
        case 0:
            if (const auto aibom = aibom_from_json(text)) {
                check_aibom_everywhere(*aibom);
            }
            break;
        case 1:
            if (const auto read = aibom_from_cyclonedx(text)) {
                check_aibom_everywhere(read->aibom);
            }
            break;
        case 2:
            if (const auto read = aibom_from_spdx(text)) {
                check_aibom_everywhere(read->aibom);
            }
            break;
        case 3: {
            AiBom aibom;
            if (add_model_card(aibom, text)) {
                check_aibom_everywhere(aibom);
            }
            break;
        }
        default:
            check_texts(text);
    }
    return 0;
}
