// SPDX-License-Identifier: MIT OR Apache-2.0
// Registries from elsewhere and for others: import, export (docs/cli-registry.md).
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "aion/base/counted.hpp"
#include "aion/base/hex.hpp"
#include "aion/trust/allowed_signers.hpp"
#include "aion/trust/author_in_words.hpp"
#include "commands/registry/chain.hpp"
#include "commands/registry/founding.hpp"
#include "commands/registry/parts.hpp"
#include "shell/author_choice.hpp"
#include "shell/decimal.hpp"
#include "shell/file_output.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"
#include "table/command_table.hpp"
#include "views/record_text.hpp"

namespace aion::cli {
namespace {

enum class Exchange : std::uint8_t { json, allowed_signers };

struct ImportArguments {
    std::string file;
    Exchange from = Exchange::json;
    FoundingArguments founding;
    std::vector<std::string> names;
    bool any_namespace = false;
};

struct ExportArguments {
    std::string registry;
    Format format = Format::json;  // text: allowed_signers
    std::optional<AuthorChoice> pem;
    OutputChoice output;
};

constexpr const char* imported = "imported";

using Names = std::map<AuthorId, std::string>;

// `ID=NAME` each.
Outcome<Names> parse_names(const std::vector<std::string>& texts) {
    Names names;
    for (const std::string& text : texts) {
        const std::size_t sign = text.find('=');
        const auto id = parse_decimal(std::string_view(text).substr(0, sign), UINT64_MAX);
        if (sign == std::string::npos || !id) {
            return fail_with("Invalid value for --name: " + text, "Such as --name 1001=alice");
        }
        const std::string name = text.substr(sign + 1);
        if (const auto is_name = trust::check_author_name(name); !is_name) {
            return fail_with("Invalid name for author " + text.substr(0, sign), is_name.error());
        }
        if (!names.emplace(AuthorId{*id}, name).second) {
            return fail_with("--name names an author twice: " + text.substr(0, sign));
        }
    }
    return names;
}

// --- From the reference's JSON -------------------------------------------------------------------

Outcome<> add_epochs(Founder& founder, AuthorId id, const trust::Registry::Author& author) {
    for (std::size_t i = 0; i < author.epochs.size(); ++i) {
        const trust::EpochRecord& epoch = author.epochs[i];
        if (epoch.rotation && i + 1 < author.epochs.size()) {
            CLI_TRY(founder.add(
                trust::EpochRotation{
                    .author = id,
                    .from_epoch = epoch.epoch,
                    .to_public_key = author.epochs[i + 1].public_key,
                    .until = {.unlisted = epoch.rotation->effective_from, .listed = {}}},
                imported));
        }
        if (epoch.revocation) {
            CLI_TRY(founder.add(
                trust::EpochRevocation{
                    .author = id,
                    .epoch = epoch.epoch,
                    .reason = epoch.revocation->reason,
                    .until = {.unlisted = epoch.revocation->effective_from, .listed = {}}},
                imported));
        }
    }
    return {};
}

Outcome<> add_author(Founder& founder, AuthorId id, const trust::Registry::Author& author,
                     const std::string& name) {
    CLI_TRY(
        founder.add(trust::AuthorRegistration{.author = id,
                                              .name = name,
                                              .contact = {},
                                              .master_key = author.master_key,
                                              .operational_key = author.epochs.front().public_key,
                                              .active_from = author.epochs.front().active_from},
                    imported));
    return add_epochs(founder, id, author);
}

// Nothing is imported that would mean something else.
Outcome<> check_same_meaning(const trust::RegistryChain& chain, const trust::Registry& source) {
    for (const auto& [id, author] : source.authors()) {
        if (chain.unlisted(chain.authors().at(id)) != author) {
            return fail_with(
                fmt::format("A chain cannot say what the file says of author {}", to_string(id)),
                "Its epochs begin elsewhere than where those before them end");
        }
    }
    return {};
}

Outcome<trust::RegistryChain> chain_from_json(Context& context, const ImportArguments& arguments,
                                              const Names& names, Founder& founder) {
    CLI_TRY_ASSIGN(const trust::Registry source, load_registry(context, arguments.file));
    if (source.chain() != nullptr) {
        return fail_with("The registry has a chain already: " + arguments.file,
                         "Copy the file: the copy proves itself as well");
    }
    for (const auto& [id, name] : names) {
        if (source.find(id) == nullptr) {
            return fail_with(fmt::format("The file has no author {}, who is to be called {}",
                                         to_string(id), name));
        }
    }
    CLI_TRY(founder.check_is_complete());
    for (const auto& [id, author] : source.authors()) {
        const auto name = names.find(id);
        CLI_TRY(
            add_author(founder, id, author, name == names.end() ? std::string() : name->second));
    }
    CLI_TRY_ASSIGN(trust::RegistryChain chain, founder.chain());
    CLI_TRY(check_same_meaning(chain, source));
    return chain;
}

// --- From allowed_signers ------------------------------------------------------------------------

// The id that a line says, or that --name has for its name, or the next free one.
class Ids {
  public:
    Ids(const Names& names, const std::vector<trust::AllowedSigner>& signers) {
        for (const auto& [id, name] : names) {
            by_name_.emplace(name, id);
            taken_.insert(id);
        }
        for (const trust::AllowedSigner& signer : signers) {
            if (signer.author) {
                taken_.insert(*signer.author);
            }
        }
    }

    AuthorId of(const trust::AllowedSigner& signer) {
        if (signer.author) {
            return *signer.author;
        }
        if (const auto known = by_name_.find(signer.name); known != by_name_.end()) {
            return known->second;
        }
        while (taken_.contains(next_)) {
            ++next_.value;
        }
        taken_.insert(next_);
        return next_;
    }

  private:
    std::map<std::string, AuthorId> by_name_;
    std::set<AuthorId> taken_;
    AuthorId next_{1};
};

// A name that is given to nobody is a typing error.
Outcome<> check_names(const Names& names, const std::vector<trust::AllowedSigner>& signers) {
    std::set<std::string> seen;
    for (const auto& [id, name] : names) {
        const bool is_known = std::ranges::any_of(signers, [&](const trust::AllowedSigner& one) {
            return !one.author && one.name == name;
        });
        if (!is_known) {
            return fail_with(fmt::format("The file has no key of {}, who is to be author {}", name,
                                         to_string(id)));
        }
        if (!seen.insert(name).second) {
            return fail_with("--name gives an author two ids: " + name);
        }
    }
    return {};
}

Outcome<trust::RegistryChain> chain_from_signers(Context& context, const ImportArguments& arguments,
                                                 const Names& names, Founder& founder) {
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, arguments.file, "the keys",
                              "Failed to read keys: " + arguments.file, trust::max_signers_size));
    CLI_TRY_ASSIGN(const trust::AllowedSigners read,
                   or_fail(trust::read_allowed_signers(as_text(input.bytes()),
                                                       {.any_namespace = arguments.any_namespace}),
                           "Failed to read keys: " + arguments.file));
    for (const trust::SignerRemark& remark : read.remarks) {
        context.console.warn(fmt::format("line {}{}: {}", remark.line,
                                         remark.is_left_out ? " is left out" : "", remark.message));
    }
    if (read.signers.empty()) {
        return fail_with("No key to import in: " + arguments.file,
                         "A line such as: alice ssh-ed25519 AAAA…");
    }
    CLI_TRY(check_names(names, read.signers));
    CLI_TRY(founder.check_is_complete());
    Ids ids(names, read.signers);
    for (const trust::AllowedSigner& signer : read.signers) {
        CLI_TRY(founder.add(trust::AuthorRegistration{.author = ids.of(signer),
                                                      .name = signer.name,
                                                      .contact = signer.contact,
                                                      .master_key = signer.key,
                                                      .operational_key = signer.key,
                                                      .active_from = VersionNumber{0}},
                            imported));
    }
    CLI_TRY_ASSIGN(trust::RegistryChain chain, founder.chain());
    context.console.hint(
        "Each master key is the signing key itself, as there is no other: aion registry rekey "
        "gives authors one of their own");
    return chain;
}

// --- import, export ------------------------------------------------------------------------------

Outcome<Ending> run_import(Context& context, const ImportArguments& arguments) {
    CLI_TRY_ASSIGN(const Names names, parse_names(arguments.names));
    CLI_TRY_ASSIGN(const std::string path, path_of_new_registry(context, arguments.founding));
    CLI_TRY_ASSIGN(Founder founder, Founder::from(context, arguments.founding));
    CLI_TRY_ASSIGN(const trust::RegistryChain chain,
                   arguments.from == Exchange::json
                       ? chain_from_json(context, arguments, names, founder)
                       : chain_from_signers(context, arguments, names, founder));
    CLI_TRY(write_new_registry(context, path, chain));
    context.console.success(fmt::format("Imported {} from {} into a registry with a chain",
                                        counted(chain.authors().size(), "author"),
                                        shown(arguments.file)));
    context.console.out().write(fmt::format("  Records: {}\n  Digest: {}\n  Registry: {}\n",
                                            chain.records().size(), to_hex(chain.head()),
                                            shown(path)));
    return Ending::success;
}

// The authors as they stand in the file, and nothing behind them.
Outcome<std::string> without_chain(const trust::Registry& registry) {
    std::string text = registry.to_json();
    if (registry.chain() != nullptr) {
        text.resize(std::min(text.rfind(",\n  \"chain\": ["), text.size()));
        text += "\n}";
    }
    // What is cut out is read again, so that nothing else was cut.
    CLI_TRY_ASSIGN(const trust::Registry plain,
                   or_fail(trust::Registry::from_json(text), "Failed to leave out the chain"));
    return plain.to_json();
}

Outcome<std::string> key_in_pem(const AuthorChoice& choice, const trust::Registry& registry) {
    CLI_TRY_ASSIGN(const AuthorId author, resolve_author(choice, registry));
    return or_fail(trust::to_public_key_pem(registry, author),
                   "No key to write of author " + to_text(choice));
}

Outcome<std::string> exported(const ExportArguments& arguments, const trust::Registry& registry) {
    if (arguments.pem) {
        return key_in_pem(*arguments.pem, registry);
    }
    if (arguments.format == Format::json) {
        return without_chain(registry);
    }
    return trust::to_allowed_signers(registry);
}

Outcome<Ending> run_export(Context& context, const ExportArguments& arguments) {
    const bool is_json = arguments.format == Format::json && !arguments.pem;
    CLI_TRY_ASSIGN(const trust::Registry registry, load_registry(context, arguments.registry));
    OutputChoice choice = arguments.output;
    choice.path = choice.path.empty() ? "-" : choice.path;
    choice.is_plain_registry = is_json;
    CLI_TRY_ASSIGN(Output output, Output::open(context, choice, {}, arguments.registry));
    CLI_TRY_ASSIGN(std::string text, exported(arguments, registry));
    // A file of JSON is as the reference would write it: without an end of its last line.
    text += is_json && output.is_stream() ? "\n" : "";
    CLI_TRY(write_output(context, output, as_bytes(text), arguments.pem ? "Key" : "Registry"));
    return Ending::success;
}

// --- Options -------------------------------------------------------------------------------------

void import_options(Options& options, ImportArguments& into) {
    options.text("FILE", into.file, "FILE", "Registry without a chain, or allowed_signers")
        ->required();
    options.choice<Exchange>(
        "--from", into.from,
        {{"json", Exchange::json}, {"allowed-signers", Exchange::allowed_signers}}, "FORM",
        "What FILE is: registry JSON, or allowed_signers of OpenSSH");
    founding_options(options, into.founding);
    options.texts("--name", into.names, "ID=NAME",
                  "Name of an author; of allowed_signers, the id of a name; several times");
    options.flag("--any-namespace", into.any_namespace,
                 "Of allowed_signers: also keys that are for other purposes only");
    options.footer(
        "Whoever has the root keys says all of it anew and signs it; who said it before, nobody "
        "knows.");
    options.example("A chain for a registry that has none",
                    "aion registry import registry.json --root-key 9000 --name 1001=alice \\\n"
                    "      --output proven.json");
}

void export_options(Options& options, ExportArguments& into) {
    options.registry(into.registry)->required();
    CLI::Option* const format = options.format(
        "-f,--format", into.format, {{"json", Format::json}, {"allowed-signers", Format::text}});
    options
        .author("--pem", into.pem,
                "Only this author's newest key, for OpenSSL, cosign and slsa-verifier")
        ->excludes(format);
    options.text("-o,--output", into.output.path, "OUTPUT_FILE",
                 "File to write (default: standard output)");
    options.flag("--force", into.output.force,
                 "Replace an existing file; of registries only, by JSON, one without a chain");
    options.footer("The JSON never lets a key sign more than the registry does: docs/registry.md.");
    options.example("For ssh-keygen -Y verify",
                    "aion registry export --format allowed-signers --registry chain.json");
}

}  // namespace

void declare_exchange(const Declared& registry) {
    add_command(registry, "import", "Make a registry with a chain of one without, or of SSH keys",
                import_options, run_import);
    add_command(registry, "export", "Write a registry for other programs", export_options,
                run_export);
}

}  // namespace aion::cli
