// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/base/files.hpp"
#include "aion/base/hex.hpp"
#include "aion/base/spool.hpp"
#include "aion/base/utf8.hpp"
#include "shell/decimal.hpp"
#include "shell/file_magic.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

constexpr std::uint64_t max_key_file_size = 4096;

std::string_view without_space(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(space);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

Outcome<trust::RegistryFile> registry_on_standard_input(Context& context) {
    CLI_TRY_ASSIGN(const Input input,
                   read_standard_input_as(context, "the registry", trust::Registry::max_json_size));
    const std::string_view text = as_text(input.bytes());
    if (const auto fault = find_utf8_fault(text)) {
        return fail_with("Failed to read the registry from stdin",
                         error_because(ErrorCode::invalid_utf8, describe(*fault)));
    }
    CLI_TRY_ASSIGN(trust::Registry registry, or_fail(trust::Registry::from_json(text),
                                                     "Failed to parse the registry on stdin"));
    return trust::RegistryFile{std::move(registry),
                               Bytes(input.bytes().begin(), input.bytes().end())};
}

// What to do about what somebody took for a registry; nothing if that is no help.
std::string remedy_for_no_registry(Context& context, const std::string& path) {
    switch (magic_at(context.env, path)) {
        case Magic::aion_file:
            return shown(path) +
                   " is an .aion file, not a registry: put the file behind the command "
                   "and the registry behind --registry";
        case Magic::stored_key:
        case Magic::exported_key:
            return shown(path) + " is a key, not a registry: `aion registry init` makes a registry";
        case Magic::none:
            break;
    }
    return {};
}

}  // namespace

Outcome<> claim_standard_input(Context& context, const std::string& what) {
    if (!context.standard_input_is.empty()) {
        return fail_with(fmt::format("Standard input can be read only once: it is {} already, and "
                                     "cannot be {}, too",
                                     context.standard_input_is, what),
                         "Name a file for one of them");
    }
    context.standard_input_is = what;
    return {};
}

namespace {

// Claims standard input for `what` and hands all of it to `take`, piece by piece. A device never
// gives more than `max_stream_size`.
template <class Take>
Outcome<> take_standard_input(Context& context, const std::string& what, std::uint64_t max_size,
                              const Take& take) {
    CLI_TRY(claim_standard_input(context, what));
    if (context.host.input_is_terminal()) {
        context.console.hint(fmt::format("Reading {} from the terminal; end with Ctrl-D", what));
    }
    const std::uint64_t limit =
        context.host.input_may_be_endless() ? std::min(max_size, max_stream_size) : max_size;
    Bytes piece(std::size_t{64} << 10U);
    std::uint64_t left = limit;
    while (true) {
        CLI_TRY_ASSIGN(const std::size_t count, context.host.read_input(what, piece));
        if (count == 0) {
            return {};
        }
        if (count > left) {
            return fail_with(
                fmt::format("Standard input is larger than the limit of {} bytes for {}", limit,
                            what),
                limit == max_stream_size ? "A file may be larger: name it" : "");
        }
        left -= count;
        CLI_TRY(take(ByteView(piece).first(count)));
    }
}

}  // namespace

Outcome<std::unique_ptr<ReadableFile>> spool_standard_input(Context& context,
                                                            const std::string& what) {
    Spool spool(context.env);
    CLI_TRY(take_standard_input(context, what, UINT64_MAX, [&](ByteView piece) {
        return or_fail(spool.append(piece), fmt::format("Failed to keep {} from stdin", what));
    }));
    return spool.finish("standard input");
}

Outcome<Input> read_standard_input_as(Context& context, const std::string& what,
                                      std::uint64_t max_size) {
    Bytes bytes;
    CLI_TRY(take_standard_input(context, what, std::min(max_size, max_stream_size),
                                [&](ByteView piece) -> Outcome<> {
                                    bytes.insert(bytes.end(), piece.begin(), piece.end());
                                    return {};
                                }));
    return Input(std::move(bytes));
}

Outcome<Input> read_input(Context& context, const std::string& path, const std::string& what,
                          const std::string& failure, std::uint64_t max_size) {
    if (path == "-") {
        return read_standard_input_as(context, what, max_size);
    }
    const Progress progress = context.progress("Reading", path);
    CLI_TRY_ASSIGN(auto content,
                   or_fail_with_cause(context.env.read(path, {.max_size = max_size}), failure));
    return Input(std::move(content));
}

Outcome<crypto::SecretBytes> read_password(Context& context, const PasswordSource& source,
                                           Purpose purpose) {
    PasswordSource resolved = source;
    if (resolved.file == "-") {
        resolved = {.file = std::nullopt, .descriptor = 0};
    }
    if (resolved.descriptor == 0U) {
        CLI_TRY(claim_standard_input(context, "the password"));
    }
    return context.host.password(resolved, purpose);
}

namespace {

// By their beginning: a key is a small file.
Outcome<> refuse_key(ReadableFile& rules, const std::string& name, const std::string& failure) {
    Bytes head(std::min<std::uint64_t>(rules.info().size, key_head_size));
    CLI_TRY(or_fail_with_cause(rules.read_at(0, head), failure));
    if (const Magic key = key_in(head); key != Magic::none) {
        return fail_with(
            fmt::format("The rules {} are {}, which must never be published",
                        name == "-" ? "on standard input" : "in " + name, name_of(key)),
            "Name the file with the rules: --rules RULES_FILE. The key that signs is "
            "named by --key KEY_ID");
    }
    return {};
}

// A small file is read once, so that what is looked at is what is taken.
Outcome<std::unique_ptr<ReadableFile>> read_if_small(Context& context,
                                                     std::unique_ptr<ReadableFile> file,
                                                     const std::string& name,
                                                     const std::string& failure) {
    if (file->info().size >= Spool::most_in_memory) {
        return file;
    }
    CLI_TRY_ASSIGN(const Bytes all, or_fail_with_cause(read_all(*file), failure));
    Spool held(context.env);
    CLI_TRY(or_fail_with_cause(held.append(all), failure));
    return held.finish(name);
}

}  // namespace

Outcome<std::unique_ptr<ReadableFile>> open_rules(Context& context,
                                                  const std::optional<std::string>& path) {
    if (!path && context.host.input_is_terminal()) {
        return fail_with(
            "No rules: standard input is a terminal",
            "Name a file with --rules FILE, pipe the rules in, or type them with --rules -");
    }
    const std::string name = path.value_or("-");
    const std::string failure = "Failed to read rules from: " + name;
    const Progress progress =
        name == "-" ? Progress() : context.progress("Reading", name);  // who types knows
    CLI_TRY_ASSIGN(auto rules, name == "-"
                                   ? spool_standard_input(context, "the rules")
                                   : or_fail_with_cause(context.env.open(name, {}), failure));
    if (rules->info().size == 0 && rules->info().kind != FileKind::regular) {
        return fail_with(name == "-"
                             ? "The rules on standard input are empty"
                             : "The rules in " + name + ", which is no regular file, are empty",
                         "To commit an empty policy, name an empty file with --rules FILE");
    }
    CLI_TRY_ASSIGN(rules, read_if_small(context, std::move(rules), name, failure));
    CLI_TRY(refuse_key(*rules, name, failure));
    return rules;
}

Outcome<trust::KeyId> parse_key_id(std::string_view text) {
    const auto value = parse_decimal(text, UINT64_MAX);
    if (!value) {
        auto failure = fail_with(fmt::format("Invalid key ID '{}': must be a number", text));
        failure.error().messages.emplace_back(value.error());
        return failure;
    }
    return trust::KeyId{*value};
}

Outcome<trust::Keystore> open_keystore(Context& context) {
    if (const auto directory = context.host.setting("AION_KEYSTORE_DIR")) {
        return trust::Keystore(context.env, *directory, context.events);
    }
    const auto home = context.host.home();
    if (!home) {
        return fail_with(
            "No home directory: neither HOME nor /etc/passwd names one by an absolute path",
            "Set AION_KEYSTORE_DIR to the folder where keys are kept");
    }
    return trust::Keystore(context.env, *home / ".aion" / "keys", context.events);
}

Outcome<PublicKey> read_public_key(Context& context, const std::string& text) {
    if (const auto key = octets_from_hex<PublicKey>(text)) {
        return *key;
    }
    CLI_TRY_ASSIGN(
        const Input content,
        read_input(
            context, text, "the public key",
            fmt::format("'{}' is neither a public key (64 hex digits) nor a file with one", text),
            max_key_file_size));
    const std::string_view inside = without_space(as_text(content.bytes()));
    if (const auto key = octets_from_hex<PublicKey>(inside)) {
        return *key;
    }
    if (const auto bytes = from_base64(inside)) {
        if (const auto key = PublicKey::from(*bytes)) {
            return *key;
        }
    }
    return fail_with("No public key in: " + text, "Expected 64 hex digits or 44 of base64");
}

namespace {

Outcome<trust::RegistryFile> read_registry(Context& context, const std::string& path) {
    if (path.empty()) {
        return fail_with("No registry given", "Pass --registry FILE or set AION_REGISTRY");
    }
    if (path == "-") {
        return registry_on_standard_input(context);
    }
    auto registry = trust::read_registry_file(context.env, path);
    if (!registry && registry.error().os_error() == ENOENT) {
        return fail_because(registry.error(), "Registry file not found: " + path,
                            "Name another with --registry FILE or AION_REGISTRY, or make one with "
                            "`aion registry init`");
    }
    if (!registry) {
        return with_remedy(about_file(fail_with(registry.error()), path),
                           remedy_for_no_registry(context, path));
    }
    return *std::move(registry);
}

// Age is no part of a verdict, which would depend on a clock: whoever asks for it gets none.
Outcome<> check_age(Context& context, const trust::Registry& registry, const std::string& path,
                    const trust::FreshnessRule& rule) {
    const Timestamp now = context.env.now();
    const auto staleness = trust::find_staleness(registry, now, rule);
    if (!staleness) {
        return {};
    }
    const std::string why = trust::describe(*staleness, registry, now, rule);
    if (rule.max_age) {
        auto failure = fail_with(fmt::format("No verdict under the registry {}: {}", path, why),
                                 "Get the newest one from whoever publishes it");
        return about_file(std::move(failure), path);
    }
    if (*staleness == trust::Staleness::expired) {
        context.console.warn(fmt::format("{}: {}", shown(path), shown(why)));
    }
    return {};
}

}  // namespace

Outcome<trust::Registry> load_registry_silently(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(trust::RegistryFile file, read_registry(context, path));
    return std::move(file.registry);
}

Outcome<trust::RegistryFile> load_registry_file(Context& context, const std::string& path,
                                                const trust::FreshnessRule& rule) {
    CLI_TRY_ASSIGN(trust::RegistryFile file, read_registry(context, path));
    const trust::UnknownKeys& unknown = file.registry.unknown_keys();
    if (unknown.count != 0) {
        context.console.warn(
            fmt::format("{} has fields that aion does not know and that have no effect: {}",
                        shown(path), shown(unknown.text())));
    }
    CLI_TRY(check_age(context, file.registry, path, rule));
    return file;
}

Outcome<trust::Registry> load_registry(Context& context, const std::string& path,
                                       const trust::FreshnessRule& rule) {
    CLI_TRY_ASSIGN(trust::RegistryFile file, load_registry_file(context, path, rule));
    return std::move(file.registry);
}

Outcome<Input> read_aion_file(Context& context, const std::string& path) {
    if (path == "-") {
        return read_standard_input_as(context, "the file");
    }
    const Progress progress = context.progress("Reading", path);
    auto content = context.env.read(path, {});
    if (!content && content.error().os_error() == ENOENT) {
        return fail_not_found(content.error(), path);
    }
    if (!content) {
        return fail_with(content.error());
    }
    return Input(*std::move(content));
}

Outcome<FileId> parse_file_id(const std::string& text) {
    if (text.starts_with("0x") && text.size() == 18) {
        if (const auto bytes = from_hex(std::string_view(text).substr(2))) {
            std::uint64_t value = 0;
            for (const std::uint8_t byte : *bytes) {
                value = value << 8U | byte;
            }
            return FileId{value};
        }
    } else if (const auto value = parse_decimal(text, UINT64_MAX)) {
        return FileId{*value};
    }
    return fail_with(fmt::format(
        "Invalid file ID '{}': expected 0x and 16 hex digits, or a decimal number", text));
}

}  // namespace aion::cli
