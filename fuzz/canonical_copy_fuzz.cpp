// SPDX-License-Identifier: MIT OR Apache-2.0
// Any text as JSON to be made canonical: in one go and by way of an index it becomes the same,
// which is its own canonical form, or is refused with the same words.
#include <cstdint>
#include <string>
#include <vector>

#include "aion/base/bytes.hpp"
#include "aion/supply/canonical_json.hpp"
#include "base/json_reader.hpp"
#include "supply/canonical_copy.hpp"
#include "supply/sorted_json.hpp"
#include "support/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aion;  // NOLINT(google-build-using-namespace): one short program
    // Small, so that they are met.
    constexpr supply::CanonicalJsonLimits limits{.size = 4096, .depth = 12, .values = 300};
    const std::string_view text = as_text({data, size});
    const auto document = json::parse(text, {.error_prefix = "",
                                             .max_size = limits.size,
                                             .max_depth = limits.depth,
                                             .max_values = limits.values});
    Result<std::string> indexed =
        document ? supply::sorted_json(document->root(), text, supply::SortedForm::canonical)
                 : fail(document.error());
    std::vector<char> room(supply::canonical_room(text.size()));
    const auto copied = supply::copy_canonical(text, limits, room);
    const auto found = supply::canonical_json(text, limits);
    fuzz::require(found.has_value() == indexed.has_value());
    if (!found) {
        fuzz::require(!copied);
        fuzz::require(found.error().full_message() == indexed.error().full_message());
        return 0;
    }
    fuzz::require(*found == *indexed);
    fuzz::require(!copied || std::string_view(room.data(), *copied) == *found);
    // It may be longer than the text, and so than what is allowed.
    const auto again = supply::canonical_json(*found);
    fuzz::require(again && *again == *found);
    return 0;
}
