// SPDX-License-Identifier: MIT OR Apache-2.0
#include "policy/two_verdicts.hpp"

#include <utility>

#include "base/try.hpp"
#include "policy/authority.hpp"
#include "policy/judge.hpp"

namespace aion::policy {

Result<TwoVerdicts> judge_under_both(Env& env, const std::filesystem::path& path,
                                     const trust::Registry& before, const trust::Registry& after,
                                     const VerifyOptions& options, const ReadOptions& read) {
    VerifyOptions judging;
    judging.threads = options.threads;
    judging.key_cache = options.key_cache;
    AION_TRY_ASSIGN(std::unique_ptr<ReadableFile> opened, env.open(path, read));
    AION_TRY_ASSIGN(PrivateFile file, PrivateFile::copy_of(std::move(opened), hold_for(judging)));
    const Subject subject(file);
    TwoVerdicts verdicts;
    verdicts.before = judge(subject, before, env.now(), judging, Keep::nothing).report;
    AION_TRY(file.finish());
    verdicts.after = verdicts.before;
    std::erase_if(verdicts.after.findings,
                  [](const Finding& finding) { return finding.gate == Gate::signatures; });
    SignatureOutcome signatures = signature_gate(subject, seen_by(subject, after), judging);
    verdicts.after.signatures_valid = signatures.valid;
    std::move(signatures.outcome).tell(verdicts.after);
    return verdicts;
}

}  // namespace aion::policy
