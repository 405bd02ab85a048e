// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/input.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "aion/base/base64.hpp"
#include "aion/base/hex.hpp"
#include "shell/decimal.hpp"
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

// What somebody took for a registry, by its first bytes; nothing if that is no help.
std::string remedy_for_no_registry(Context& context, const std::string& path) {
    const auto content = context.env.read(path, {});
    const std::string_view text = content ? as_text((*content)->bytes()) : std::string_view();
    if (text.starts_with("AION")) {
        return shown(path) +
               " is an .aion file, not a registry: put the file behind the command "
               "and the registry behind --registry";
    }
    if (text.starts_with("AFKY") || text.starts_with("AKEY")) {
        return shown(path) + " is a key, not a registry: `aion registry pin` makes a registry";
    }
    return {};
}

}  // namespace

Outcome<Bytes> read_rules(Context& context, const std::optional<std::string>& path) {
    if (!path || *path == "-") {
        if (context.host.input_is_terminal()) {
            if (!path) {
                return fail_with("No rules: standard input is a terminal",
                                 "Name a file with --rules FILE, pipe the rules in, or type them "
                                 "with --rules -");
            }
            context.console.hint("Reading rules from the terminal; end with Ctrl-D");
        }
        return context.host.read_input("rules");
    }
    const auto content = context.env.read(*path, {});
    if (!content) {
        return fail_with_cause("Failed to read rules from: " + *path, content.error());
    }
    const ByteView bytes = (*content)->bytes();
    return Bytes(bytes.begin(), bytes.end());
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

trust::Keystore open_keystore(Context& context) {
    const auto directory = context.host.setting("AION_KEYSTORE_DIR");
    return {context.env,
            directory ? std::filesystem::path(*directory) : context.host.home() / ".aion" / "keys",
            context.events};
}

Outcome<PublicKey> read_public_key(Context& context, const std::string& text) {
    if (const auto key = octets_from_hex<PublicKey>(text)) {
        return *key;
    }
    const auto content = context.env.read(text, {.max_size = max_key_file_size});
    if (!content) {
        return fail_with_cause(
            fmt::format("'{}' is neither a public key (64 hex digits) nor a file with one", text),
            content.error());
    }
    const std::string_view inside = without_space(as_text((*content)->bytes()));
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

Outcome<trust::Registry> load_registry_silently(Context& context, const std::string& path) {
    if (path.empty()) {
        return fail_with("No registry given", "Pass --registry FILE or set AION_REGISTRY");
    }
    auto registry = trust::Registry::load(context.env, path);
    if (!registry) {
        return with_remedy(about_file(fail_with(registry.error()), path),
                           remedy_for_no_registry(context, path));
    }
    return *std::move(registry);
}

Outcome<trust::Registry> load_registry(Context& context, const std::string& path) {
    CLI_TRY_ASSIGN(trust::Registry registry, load_registry_silently(context, path));
    const trust::UnknownKeys& unknown = registry.unknown_keys();
    if (unknown.count != 0) {
        context.console.warn(
            fmt::format("{} has fields that aion does not know and that have no effect: {}",
                        shown(path), shown(unknown.text())));
    }
    return registry;
}

Outcome<std::shared_ptr<const FileContent>> read_aion_file(Context& context,
                                                           const std::string& path) {
    auto content = context.env.read(path, {});
    if (!content && content.error().os_error() == ENOENT) {
        return fail_because(content.error(), "File not found: " + path);
    }
    if (!content) {
        return fail_with(content.error());
    }
    return *std::move(content);
}

Outcome<policy::Pins> parse_pins(const PinTexts& texts) {
    policy::Pins pins;
    pins.min_version = texts.min_version;
    if (texts.file_id) {
        CLI_TRY_ASSIGN(pins.file_id, parse_file_id(*texts.file_id));
    }
    if (texts.head) {
        const auto head = octets_from_hex<Hash>(*texts.head);
        if (!head) {
            return fail_with(fmt::format("Invalid head '{}': expected 64 hex digits", *texts.head),
                             head.error());
        }
        pins.head = *head;
    }
    return pins;
}

}  // namespace aion::cli
