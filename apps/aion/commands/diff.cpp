// SPDX-License-Identifier: MIT OR Apache-2.0
// aion diff: how two files stand to each other (docs/diff.md).
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "aion/report/diff.hpp"
#include "shell/judged.hpp"
#include "shell/pins.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/pager_options.hpp"
#include "table/pin_options.hpp"
#include "views/diff_view.hpp"
#include "views/paged.hpp"

namespace aion::cli {
namespace {

struct DiffArguments {
    std::string a;
    std::string b;
    std::string registry;
    std::string pin_file;
    bool payload = false;
    bool structural = false;
    bool markers = false;
    std::optional<std::uint64_t> context;
    Format format = Format::text;
    bool no_pager = false;

    [[nodiscard]] bool wants_payload() const {
        return payload || structural || markers || context.has_value();
    }
};

constexpr std::uint64_t usual_context = 3;

Outcome<> check(const DiffArguments& arguments) {
    if (arguments.a == "-" && arguments.b == "-") {
        return fail_with("Only one of the two files can be standard input");
    }
    if (arguments.structural && (arguments.markers || arguments.context)) {
        return fail_with("--structural compares no lines: leave out --markers and -U");
    }
    if (arguments.markers && arguments.context) {
        return fail_with("--markers shows all lines: leave out -U");
    }
    return {};
}

std::string label_of(const std::string& path, const policy::Examination& file) {
    const std::uint64_t count = file.version_count();
    return count == 0 ? path
                      : fmt::format("{} (version {})", path,
                                    VersionNumber{file.version_record(count - 1).number}.value);
}

Outcome<PayloadDiffView> payload_view(const DiffArguments& arguments, const policy::Examination& a,
                                      const policy::Examination& b) {
    PayloadDiffView view{.form = arguments.markers ? PayloadForm::markers : PayloadForm::lines,
                         .context = arguments.context.value_or(usual_context),
                         .a_label = label_of(arguments.a, a),
                         .b_label = label_of(arguments.b, b),
                         .a = a,
                         .b = b,
                         .structure = {}};
    if (arguments.structural && a.payload() && b.payload()) {
        view.form = PayloadForm::structure;
        auto structure = report::structural_diff(as_text(*a.payload()), as_text(*b.payload()));
        if (!structure) {
            return with_remedy(
                fail_with("The payloads cannot be compared by structure", structure.error()),
                "Compare their lines: --payload");
        }
        view.structure = *std::move(structure);
    }
    if (const auto comparable = check_payloads(view); !comparable) {
        return with_remedy(
            fail_with("The payloads cannot be compared line by line", comparable.error()),
            "Take each out and compare them with another tool: aion show rules FILE -o RULES");
    }
    return view;
}

Outcome<Ending> run_diff(Context& context, const DiffArguments& arguments) {
    CLI_TRY(check(arguments));
    CLI_TRY_ASSIGN(const trust::RegistryFile by, load_registry_file(context, arguments.registry));
    policy::ExamineOptions how;
    how.verify.events = context.events;
    how.max_payload = arguments.wants_payload() ? largest_payload : 0;
    CLI_TRY_ASSIGN(const Pins known, open_pins(context, arguments.pin_file));
    known.ask_in(how.verify, policy::PinUse::record);
    CLI_TRY_ASSIGN(const auto a, judge_by(context, arguments.a, by.registry, how));
    CLI_TRY_ASSIGN(const auto b, judge_by(context, arguments.b, by.registry, how));
    const report::Comparison compared = report::compare(a, b);
    DiffView view{.a_path = arguments.a,
                  .b_path = arguments.b,
                  .a = a,
                  .b = b,
                  .compared = compared,
                  .conflict = report::detect_conflict(a, b, compared),
                  .by_reference = report::detect_like_reference(a, b, compared),
                  .payload = {}};
    if (arguments.wants_payload()) {
        CLI_TRY_ASSIGN(auto payload, payload_view(arguments, a, b));
        view.payload.emplace(std::move(payload));
    }
    rehearse(arguments.format, view);
    present_paged(context, arguments.format, arguments.no_pager, view);
    advise(context, a.report(), how.verify, arguments.a, arguments.registry, arguments.pin_file);
    advise(context, b.report(), how.verify, arguments.b, arguments.registry, arguments.pin_file);
    return std::max(ending_of(a.report()), ending_of(b.report()));
}

void diff_options(Options& options, DiffArguments& into) {
    options.text("A", into.a, "A", "The first file; - for standard input")->required();
    options.text("B", into.b, "B", "The second file; - for standard input")->required();
    options.registry(into.registry);
    options.format(into.format);
    options.flag("-p,--payload", into.payload,
                 "Also what differs in the payloads, line by line: a unified diff");
    options.flag("--structural", into.structural,
                 "Also what differs in the payloads, JSON or YAML, by path");
    options.flag("--markers", into.markers,
                 "Also both payloads in one text, with conflict markers where they differ");
    options.number("-U,--unified", into.context, "N",
                   "Equal lines around each change; implies --payload [default: 3]");
    options.pins(into.pin_file, pins_help);
    pager_options(options, into.no_pager);
    options.footer(
        "Both files are verified first, under one registry, which is required. Versions are the "
        "same if their version hashes are; the common ancestor also has valid signatures in both. "
        "A terminal gets control characters of payloads escaped, everything else the exact bytes, "
        "which patch(1) takes. The exit code is 0 also if the files differ, 1 if one of them is "
        "INVALID, which is shown all the same, and 2 if there is no verdict.");
    options.example("What each added since they were one file",
                    "aion diff policy.aion copy.aion --registry registry.json");
    options.example("What that means for the policy",
                    "aion diff policy.aion copy.aion --registry registry.json --structural");
}

}  // namespace

Declare declare_diff;

void declare_diff(const Declared& root) {
    add_command(root, "diff", "Compare two files: histories, and payloads if asked for",
                diff_options, run_diff);
}

}  // namespace aion::cli
