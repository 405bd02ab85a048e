// SPDX-License-Identifier: MIT OR Apache-2.0
// aion jcs: JSON in its canonical form (docs/cli-supply.md#aion-jcs).
#include <optional>

#include "aion/supply/canonical_json.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"

namespace aion::cli {
namespace {

struct JcsArguments {
    std::string file = "-";
    OutputChoice output;
};

Outcome<Ending> run_jcs(Context& context, const JcsArguments& arguments) {
    std::optional<Output> output;
    if (!arguments.output.path.empty()) {
        CLI_TRY_ASSIGN(output, Output::open(context, arguments.output, {&arguments.file, 1}));
    }
    CLI_TRY_ASSIGN(const Input input, read_input(context, arguments.file, "the JSON text",
                                                 "Failed to read JSON: " + arguments.file,
                                                 supply::CanonicalJsonLimits{}.size));
    auto canonical = supply::canonical_json(as_text(input.bytes()));
    if (!canonical) {
        return about_file(fail_with("No canonical form: " + arguments.file, canonical.error()),
                          arguments.file);
    }
    if (output) {
        CLI_TRY(write_output(context, *output, as_bytes(*canonical), "Canonical JSON"));
        return Ending::success;
    }
    Stream& out = context.console.out();
    out.write(out.is_terminal() ? shown_exactly(*canonical) + "\n" : *canonical);
    return Ending::success;
}

void jcs_options(Options& options, JcsArguments& into) {
    options.text("FILE", into.file, "FILE", "JSON text; - or absent: standard input");
    options.text("-o,--output", into.output.path, "OUTPUT_FILE",
                 "Write exactly the bytes to a file, or to standard output for -");
    options.flag("--force", into.output.force, "Replace an existing file");
    options.footer(
        "RFC 8785: texts that say the same have the same bytes, and no end of line. A text that "
        "two readers may take for different values is refused: keys that are there twice, integers "
        "beyond 2^53, lone surrogates.");
    options.example("The digest of a document, whoever wrote it",
                    "aion jcs registry.json | sha256sum");
}

}  // namespace

Declare declare_jcs;

void declare_jcs(const Declared& root) {
    add_command(root, "jcs", "Write JSON in its canonical form", jcs_options, run_jcs);
}

}  // namespace aion::cli
