// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/judged.hpp"

#include <cerrno>
#include <utility>

#include "shell/file_magic.hpp"
#include "shell/repair_advice.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

Outcome<policy::Examination> told(Result<policy::Examination> examined) {
    if (!examined) {
        return fail_with(examined.error());
    }
    return *std::move(examined);
}

Outcome<policy::Examination> examine(Context& context, const std::string& path,
                                     const trust::Registry& registry,
                                     const policy::ExamineOptions& how) {
    if (path == "-") {
        CLI_TRY_ASSIGN(auto input, spool_standard_input(context, "the file"));
        return told(policy::examine(context.env, std::move(input), registry, how));
    }
    const Progress progress = context.progress("Verifying", path);
    auto examined = policy::examine(context.env, path, registry, how);
    if (!examined && examined.error().os_error() == ENOENT) {
        return fail_not_found(examined.error(), path);
    }
    return told(std::move(examined));
}

}  // namespace

Outcome<policy::Examination> judge_by(Context& context, const std::string& path,
                                      const trust::Registry& registry,
                                      const policy::ExamineOptions& how) {
    auto examined = examine(context, path, registry, how);
    if (!examined) {
        return about_file(failure_of(std::move(examined).error()), path);
    }
    return examined;
}

Outcome<Judged> judge(Context& context, const JudgeArguments& arguments,
                      policy::ExamineOptions how) {
    CLI_TRY_ASSIGN(how.verify.pins, parse_pins(arguments.pins));
    how.verify.events = context.events;
    auto by = std::make_unique<trust::RegistryFile>();
    const bool has_registry = !arguments.registry.empty() || !arguments.no_verify;
    if (has_registry) {
        CLI_TRY_ASSIGN(*by, load_registry_file(context, arguments.registry,
                                               {arguments.pins.max_registry_age}));
    }
    Pins known;
    if (!arguments.no_verify) {
        CLI_TRY_ASSIGN(known, open_pins(context, arguments.pin_file));
        known.ask_in(how.verify, policy::PinUse::record);
    }
    CLI_TRY_ASSIGN(auto order, open_log_order(context, arguments.order));
    how.verify.log = order.get();
    if (has_registry) {
        CLI_TRY(demand_signers(context, arguments.pins, by->registry, how.verify));
    }
    CLI_TRY_ASSIGN(auto examined, judge_by(context, arguments.file, by->registry, how));
    return Judged{std::move(by),    has_registry,          std::move(known),
                  std::move(order), std::move(how.verify), std::move(examined)};
}

Ending ending_of(const Judged& judged, const JudgeArguments& arguments) noexcept {
    return arguments.no_verify ? Ending::success : ending_of(judged.report());
}

void advise(Context& context, const policy::VerificationReport& report,
            const policy::VerifyOptions& options, const std::string& file,
            const std::string& registry, const std::string& pins) {
    if (report.is_valid()) {
        return;
    }
    std::string advice = advice_on_signers(report, options, file, registry);
    if (advice.empty()) {
        advice = advice_on_refused(report, options, file, registry, pins);
    }
    if (advice.empty()) {
        advice = advice_on_no_aion_file(context.env, file);
    }
    if (advice.empty()) {
        advice = advice_on_repair(report, file, registry);
    }
    if (!advice.empty()) {
        context.console.hint(advice);
    }
}

void advise(Context& context, const JudgeArguments& arguments, const Judged& judged) {
    if (!arguments.no_verify) {
        advise(context, judged.report(), judged.options, arguments.file, arguments.registry,
               arguments.pin_file);
    }
}

}  // namespace aion::cli
