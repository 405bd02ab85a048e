// SPDX-License-Identifier: MIT OR Apache-2.0
// One file that a command shows, judged first: for commands that tell of INVALID files, too.
#pragma once

#include <memory>
#include <string>

#include "aion/policy/examine.hpp"
#include "aion/trust/registry.hpp"
#include "shell/context.hpp"
#include "shell/expectations.hpp"
#include "shell/input.hpp"
#include "shell/log_order.hpp"
#include "shell/outcome.hpp"
#include "shell/pins.hpp"

namespace aion::cli {

/// Which file, and what it is judged by.
struct JudgeArguments {
    std::string file;  ///< `-`: standard input.
    std::string registry;
    PinTexts pins;
    std::string pin_file;
    OrderTexts order;
    /// The verdict is nobody's business: a registry need not be named, and if none is, signatures
    /// mean nothing.
    bool no_verify = false;
};

/// A file and the verdict on it. All that is shown of the file comes from the bytes judged.
struct Judged {
    std::unique_ptr<trust::RegistryFile> by;  ///< Empty if none was named under `no_verify`.
    bool has_registry = false;                ///< One was named.
    Pins known;
    std::unique_ptr<trust::LogOrder> order;
    policy::VerifyOptions options;
    policy::Examination file;

    [[nodiscard]] const policy::VerificationReport& report() const noexcept {
        return file.report();
    }
};

/// Reads and judges, showing progress. `how.verify` is filled in from `arguments`.
/// Fails where there is no verdict; a file that is INVALID, or no `.aion` file, is a result.
[[nodiscard]] Outcome<Judged> judge(Context& context, const JudgeArguments& arguments,
                                    policy::ExamineOptions how = {});

/// Judges one of several files, `-` for standard input, by a registry that was read already and
/// outlives the result. Fails as `judge` does.
[[nodiscard]] Outcome<policy::Examination> judge_by(Context& context, const std::string& path,
                                                    const trust::Registry& registry,
                                                    const policy::ExamineOptions& how);

/// How a command ends that showed all of `judged`: by the verdict, unless nobody asked for one.
[[nodiscard]] Ending ending_of(const Judged& judged, const JudgeArguments& arguments) noexcept;

/// What to do about an INVALID verdict on `file`, as a hint on standard error, if there is
/// something to be done: the pins that refuse it, a file that is no `.aion` file, one that can be
/// repaired. `options`: under which it was reached. `registry`, `pins`: paths as given.
void advise(Context& context, const policy::VerificationReport& report,
            const policy::VerifyOptions& options, const std::string& file,
            const std::string& registry, const std::string& pins);
/// The same, unless the verdict is nobody's business.
void advise(Context& context, const JudgeArguments& arguments, const Judged& judged);

}  // namespace aion::cli
