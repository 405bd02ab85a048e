// SPDX-License-Identifier: MIT OR Apache-2.0
// aion attest: signatures of others beside a file (docs/cli-attest.md).
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aion/attest/quorum.hpp"
#include "aion/attest/signing_policy.hpp"
#include "aion/attest/version_statement.hpp"
#include "aion/base/hex.hpp"
#include "aion/policy/attestation_verdict.hpp"
#include "commands/supply/supply.hpp"
#include "shell/attestations.hpp"
#include "shell/author_choice.hpp"
#include "shell/file_output.hpp"
#include "shell/judged.hpp"
#include "shell/output_guard.hpp"
#include "shell/signer_advice.hpp"
#include "shell/signing_key.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "table/judge_options.hpp"
#include "table/output_options.hpp"
#include "views/attest_view.hpp"
#include "views/author_text.hpp"
#include "views/document_writer.hpp"

namespace aion::cli {
namespace {

struct AddArguments {
    JudgeArguments judging;
    AuthorChoice author;
    std::string key;
    std::optional<VersionNumber> version;
    std::string attestations;
};

struct ListArguments {
    std::string file;
    Format format = Format::text;
};

struct CheckArguments {
    JudgeArguments judging;
    std::string attestations;
    Format format = Format::text;
};

struct PolicyArguments {
    std::string requirement;
    std::string registry;
    AuthorChoice author;
    std::string key;
    OutputChoice output;
};

// --- add -----------------------------------------------------------------------------------------

// What would count for nothing is not made.
Result<> check_signer(const policy::Examination& file, const policy::Attestation& made,
                      VersionNumber version) {
    const trust::EpochRecord* const epoch = file.seen().active_epoch(made.signer, version);
    if (epoch == nullptr) {
        return fail(unauthorized_signer(made.signer, version));
    }
    if (epoch->public_key != made.public_key) {
        return fail(key_mismatch(made.signer, epoch->epoch));
    }
    const auto finding =
        policy::judge_attestations(file.version_record(version.value - 1), {&made, 1}, file.seen());
    if (finding.front() != policy::AttestationFinding::counts) {
        return fail(error_because(
            ErrorCode::invalid_argument,
            "the attestation would not count: " + std::string(name_of(finding.front()))));
    }
    return {};
}

Outcome<VersionNumber> version_to_attest(const AddArguments& arguments,
                                         const policy::Examination& file) {
    const std::uint64_t last = file.version_count();
    const VersionNumber version = arguments.version.value_or(VersionNumber{last});
    if (version.value == 0 || version.value > last) {
        return about_file(fail_with(fmt::format("{} has no version {}: the last one is {}",
                                                arguments.judging.file, to_string(version), last)),
                          arguments.judging.file);
    }
    return version;
}

/// A version that may be attested, and who does.
struct Attesting {
    Judged judged;
    crypto::SigningKey key;
    AuthorId author;
    VersionNumber version;

    [[nodiscard]] const format::VersionRecord& record() const noexcept {
        return judged.file.version_record(version.value - 1);
    }
};

// The file is verified first, and what its author may not sign is not attested.
Outcome<Attesting> prepare(Context& context, const AddArguments& arguments) {
    const std::string& path = arguments.judging.file;
    CLI_TRY_ASSIGN(crypto::SigningKey key, load_author_key(context, arguments.key));
    CLI_TRY_ASSIGN(Judged judged, judge(context, arguments.judging));
    if (!judged.report().is_valid()) {
        advise(context, arguments.judging, judged);
        return about_file(
            fail_with("Not attested: " + path,
                      error_because(ErrorCode::verdict_invalid, judged.report().summary())),
            path);
    }
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, judged.by->registry));
    CLI_TRY_ASSIGN(const VersionNumber version, version_to_attest(arguments, judged.file));
    return Attesting{std::move(judged), std::move(key), author, version};
}

Outcome<policy::Attestation> attest_version(Context& context, const AddArguments& arguments,
                                            Attesting& attesting) {
    const std::string failed = "Failed to attest: " + arguments.judging.file;
    CLI_TRY_ASSIGN(
        const policy::Attestation made,
        or_fail(policy::attest(attesting.record(), attesting.author, attesting.key), failed));
    if (const auto may = check_signer(attesting.judged.file, made, attesting.version); !may) {
        return fail_to_sign(context, failed, may.error(), attesting.judged.by->registry,
                            attesting.author, arguments.judging.registry);
    }
    return made;
}

std::string done_text(const AddArguments& arguments, const Attesting& attesting) {
    return fmt::format("version {} of {} is attested by {}", to_string(attesting.version),
                       arguments.judging.file,
                       author_text(attesting.judged.by->registry, attesting.author));
}

Outcome<Ending> run_add(Context& context, const AddArguments& arguments) {
    CLI_TRY_ASSIGN(const std::string container,
                   container_of(arguments.judging.file, arguments.attestations));
    CLI_TRY(require_a_file(context, container, "attestations"));
    CLI_TRY_ASSIGN(Attesting attesting, prepare(context, arguments));
    CLI_TRY_ASSIGN(const policy::Attestation made, attest_version(context, arguments, attesting));
    const Hash head = format::version_hash(attesting.record());
    const auto added = attest::add_to_file(context.env, container,
                                           {.file = attesting.judged.report().file_id,
                                            .number = attesting.version,
                                            .hash = head,
                                            .entry = {.attestation = made, .reserved = {}}});
    if (!added) {
        return about_file(fail_with_cause("Failed to write to: " + container, added.error()),
                          container);
    }
    const std::string done = done_text(arguments, attesting);
    if (!added->is_new) {
        context.console.success(done + ", as it was before");
        return Ending::success;
    }
    context.console.deed(container + " was written");
    warn_about(context.console, added->written, container);
    context.console.success(done);
    context.console.out().write(fmt::format("  Head: {}\n  Attestations: {} in {}\n", to_hex(head),
                                            added->entries, shown(container)));
    return Ending::success;
}

// --- envelope ------------------------------------------------------------------------------------

struct EnvelopeArguments {
    AddArguments attesting;
    OutputChoice output;
    bool reference = false;
};

Outcome<Ending> run_envelope(Context& context, const EnvelopeArguments& arguments) {
    const JudgeArguments& judging = arguments.attesting.judging;
    CLI_TRY_ASSIGN(Output output,
                   Output::open(context, arguments.output, {&judging.file, 1}, judging.registry));
    CLI_TRY_ASSIGN(Attesting attesting, prepare(context, arguments.attesting));
    // What the registry does not let the author attest is no use in an envelope either.
    CLI_TRY(attest_version(context, arguments.attesting, attesting));
    const std::string statement = attest::version_statement(attesting.record(), attesting.author);
    CLI_TRY_ASSIGN(
        const supply::Envelope envelope,
        or_fail(supply::sign_envelope(supply::version_attestation_type, as_bytes(statement),
                                      attesting.author, attesting.key),
                "Failed to attest: " + judging.file));
    return write_envelope(context, output, envelope, arguments.reference);
}

// --- list, verify --------------------------------------------------------------------------------

Outcome<Ending> run_list(Context& context, const ListArguments& arguments) {
    CLI_TRY_ASSIGN(const attest::Container container, load_container(context, arguments.file));
    present(context.console, arguments.format, ContainerView{arguments.file, container});
    return Ending::success;
}

Outcome<Ending> run_verify(Context& context, const CheckArguments& arguments) {
    const std::string& file = arguments.judging.file;
    CLI_TRY_ASSIGN(const std::string path, container_of(file, arguments.attestations));
    CLI_TRY_ASSIGN(const attest::Container container, load_container(context, path));
    const std::vector<policy::Attestation> attestations = attest::attestations_in(container);
    policy::ExamineOptions how;
    how.verify.attestations = attestations;
    CLI_TRY_ASSIGN(const Judged judged, judge(context, arguments.judging, how));
    const policy::VerificationReport& report = judged.report();
    std::vector<attest::Entry> entries;
    attest::Quorum quorum;
    if (const std::uint64_t count = judged.file.version_count(); count > 0) {
        const format::VersionRecord& head = judged.file.version_record(count - 1);
        entries = attest::entries_for(container, head, judged.file.seen());
        quorum = attest::judge_quorum(head, entries, judged.file.seen(),
                                      {.require = judged.options.require,
                                       .author_counts = judged.file.signature_state(count - 1) ==
                                                        policy::SignatureState::valid});
    }
    if (report.is_valid() && container.file_id() != report.file_id) {
        return about_file(
            fail_with(fmt::format("{} has attestations of the file {}, and not of {}, which is {}",
                                  path, to_string(container.file_id()), file,
                                  to_string(report.file_id))),
            path);
    }
    const bool is_valid = report.is_valid() && quorum.is_met();
    present(context.console, arguments.format,
            QuorumView{.path = file,
                       .attestations = path,
                       .file = judged.file,
                       .entries = entries,
                       .quorum = quorum,
                       .elsewhere = container.size() - std::min(container.size(), entries.size()),
                       .is_valid = is_valid});
    return is_valid ? Ending::success : Ending::invalid;
}

// --- policy --------------------------------------------------------------------------------------

Outcome<Ending> run_policy(Context& context, const PolicyArguments& arguments) {
    CLI_TRY_ASSIGN(Output output, Output::open(context, arguments.output, {}, arguments.registry));
    CLI_TRY_ASSIGN(crypto::SigningKey key, load_author_key(context, arguments.key));
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(arguments.author, registry));
    CLI_TRY_ASSIGN(const policy::Requirement requirement,
                   or_fail(policy::requirement_from_text(arguments.requirement, registry),
                           "Invalid requirement"));
    CLI_TRY_ASSIGN(const supply::Envelope envelope, attest::sign_policy(requirement, author, key));
    const std::string text = envelope_text(envelope);
    // Whoever could not be believed is told now, and not whoever asks later.
    if (const auto opened = attest::open_policy(text, registry, {.authors = {author}}); !opened) {
        return fail_with("The registry does not let this key speak for the author", opened.error());
    }
    CLI_TRY(write_output(context, output, as_bytes(text), attest::describe(requirement)));
    return Ending::success;
}

// --- Options -------------------------------------------------------------------------------------

void attestations_option(Options& options, std::string& into) {
    options.text("--attestations", into, "FILE", "Attestations instead of FILE.att");
}

void add_options(Options& options, AddArguments& into) {
    judge_options(options, into.judging, "File to attest", "--expect-author");
    options.author("-a,--author", into.author, "Who attests: id or name")->required();
    options.text("-k,--key", into.key, "KEY_ID", "Stored key that signs")->required();
    options.number("--at-version", into.version, "N", "Attest this version instead of the last");
    attestations_option(options, into.attestations);
    options.footer(
        "The file is verified first; what is INVALID is not attested (exit code 1). What others "
        "attested stays; the same attestation again changes nothing.");
    options.example("Bob signs what Alice wrote, too",
                    "aion key generate --id 9002\n"
                    "  aion registry pin --author 1002 --key 1002 --master 9002 \\\n"
                    "      --output registry.json\n"
                    "  aion attest add policy.aion --author 1002 --key 1002 \\\n"
                    "      --registry registry.json");
}

void envelope_options(Options& options, EnvelopeArguments& into) {
    AddArguments& attesting = into.attesting;
    judge_options(options, attesting.judging, "File to attest", "--expect-author");
    options.author("-a,--author", attesting.author, "Who attests: id or name")->required();
    options.text("-k,--key", attesting.key, "KEY_ID", "Stored key that signs")->required();
    options.number("--at-version", attesting.version, "N",
                   "Attest this version instead of the last");
    output_options(options, into.output, "Where the envelope goes; - for standard output");
    options.flag("--reference", into.reference,
                 "Write base64 without padding, as aion-context has it");
    options.footer(
        "For whoever collects envelopes: `aion dsse verify --type attestation` reads it. `aion "
        "verify` counts what `aion attest add` writes.");
    options.example("An attestation for a store of envelopes",
                    "aion attest envelope policy.aion --author 1001 --key 1001 \\\n"
                    "      --registry registry.json --output policy.dsse");
}

void list_options(Options& options, ListArguments& into) {
    options.text("FILE", into.file, "FILE", "Attestations, e.g. policy.aion.att")->required();
    options.format(into.format);
    options.footer("Nothing is judged: `aion attest verify` does.");
}

void verify_options(Options& options, CheckArguments& into) {
    judge_options(options, into.judging, "File that was attested");
    attestations_option(options, into.attestations);
    options.format(into.format);
    options.footer(
        "Exit code 0: the file is VALID, and as many as --require or --require-file says signed "
        "its last version, or without them anybody of the registry attested it; 1: not so; 2: no "
        "verdict. Attestations that do not count are told of, and do no harm.");
    options.example("Have both signed it?",
                    "aion key generate --id 9002\n"
                    "  aion registry pin --author 1002 --key 1002 --master 9002 \\\n"
                    "      --output registry.json\n"
                    "  aion attest add policy.aion --author 1002 --key 1002 \\\n"
                    "      --registry registry.json\n"
                    "  aion attest verify policy.aion --registry registry.json \\\n"
                    "      --require 'all of 1001,1002'");
}

void policy_options(Options& options, PolicyArguments& into) {
    options
        .text("REQUIREMENT", into.requirement, "REQUIREMENT",
              "How many of whom, as in 'any 2 of alice,bob,carol'")
        ->required();
    options.registry(into.registry)->required();
    options.author("-a,--author", into.author, "Who says so: id or name")->required();
    options.text("-k,--key", into.key, "KEY_ID", "Stored key that signs")->required();
    output_options(options, into.output, "Where the envelope goes, - for standard output");
    options.footer(
        "A signed document for --require-file. One in an .aion file has a history, and --pins "
        "keeps it from going back; an envelope does not.");
}

}  // namespace

Declare declare_attest;

void declare_attest(const Declared& root) {
    const Declared group = add_group(root, "attest", "Sign what others wrote, and ask who signed");
    add_command(group, "add", "Attest a version of a file", add_options, run_add);
    add_command(group, "envelope", "Attest a version in an envelope", envelope_options,
                run_envelope);
    add_command(group, "list", "List attestations without judging them", list_options, run_list);
    add_command(group, "verify", "Verify a file and its attestations", verify_options, run_verify);
    add_command(group, "policy", "Say how many of whom must sign, as a signed document",
                policy_options, run_policy);
}

}  // namespace aion::cli
