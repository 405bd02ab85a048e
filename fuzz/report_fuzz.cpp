// SPDX-License-Identifier: MIT OR Apache-2.0
// Any bytes as a file, reported on in every form: text that cannot drive a terminal, documents
// that parse, and a page that stays the page that it is.
//
// Input: a byte (bits 0 and 1: fuzz::Repair; 2 and 3: the framework; 4: the profile), the length of
// a path in a byte, the path, the file.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "aion/aion.hpp"
#include "aion/base/utf8.hpp"
#include "aion/policy/examine.hpp"
#include "aion/report/compliance.hpp"
#include "support/fuzz_input.hpp"
#include "support/repair.hpp"
#include "support/require.hpp"
#include "support/screen.hpp"
#include "support/world.hpp"
#include "support/xml_page.hpp"

namespace {

using namespace aion;  // NOLINT(google-build-using-namespace): one short program
using fuzz::require;

std::string written(void (*write)(const TextSink&, const report::Report&),
                    const report::Report& report) {
    std::string text;
    write([&](std::string_view piece) { text += piece; }, report);
    require(!find_utf8_fault(text));
    return text;
}

bool is_asserted(const report::Report& report) {
    return std::ranges::any_of(report.sections, [](const report::Section& section) {
        return std::ranges::any_of(section.statements, [](const report::Statement& statement) {
            return statement.standing == report::Standing::holds;
        });
    });
}

// The parser knows only elements and attributes that pages are made of: anything that came out of
// the file as markup is a fault.
void check_page(const report::Report& report) {
    const test::XmlPage page(written(report::write_html, report));
    if (!page.fault().empty()) {
        std::fprintf(stderr, "%s\n", page.fault().c_str());
    }
    require(page.fault().empty());
    const auto words = page.all("p", "word");
    require(words.size() == 1);
    require((words[0]->text == "VALID") == report.file->report().is_valid());
    require(report.file->report().is_valid() || page.all("circle", "proven").empty());
    require(page.all("h1").size() == 1 && page.all("style").size() == 1);
    const std::uint64_t shown = std::min<std::uint64_t>(report.file->version_count(), 500);
    require(page.all("div", "message").size() == shown);
}

void check(const report::Report& report) {
    require(fuzz::is_harmless(written(report::write_text, report), false));
    require(fuzz::is_harmless(written(report::write_markdown, report), false));
    std::string document;
    JsonWriter json(document, JsonStyle::pretty);
    write(json, report);
    require(!find_utf8_fault(document) && nlohmann::json::accept(document));
    check_page(report);
    require(report.file->report().is_valid() || !is_asserted(report));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t flags = input.byte();
    const std::string path(as_text(input.bytes(input.byte())));
    const ByteView rest = input.rest();
    Bytes file(rest.begin(), rest.end());
    fuzz::repair(file, static_cast<fuzz::Repair>(flags & 3U));
    policy::ExamineOptions options{.digests = true};
    options.verify.threads = 1;
    if ((flags & 16U) != 0) {
        options.verify.profile = policy::Profile::reference;
    }
    const auto examined = policy::examine(file, fuzz::registry(), fuzz::now, options);
    require(examined.has_value());
    check(report::make_report(*examined, static_cast<report::Framework>(flags >> 2U & 3U),
                              {.tool = "aion",
                               .generated_at = fuzz::now,
                               .file_path = path,
                               .registry_path = path,
                               .registry_digests = {},
                               .pins_path = path}));
    return 0;
}
