// SPDX-License-Identifier: MIT OR Apache-2.0
#include "shell/output_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include "aion/base/ascii.hpp"
#include "aion/trust/registry.hpp"
#include "shell/file_magic.hpp"
#include "shell/input.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

constexpr std::string_view another_name = "Choose another name";

bool is_same_file(const FileInfo& a, const FileInfo& b) noexcept {
    return a.identity.device == b.identity.device && a.identity.inode == b.identity.inode;
}

// Whether `path` is another name of the file `existing`. One that cannot be looked at is none: who
// reads it says so.
bool names_file(Context& context, const std::string& path, const FileInfo& existing) {
    const auto info = context.env.info(path == "-" ? "/dev/stdin" : path);
    return info && *info && is_same_file(**info, existing);
}

std::unexpected<Failure> never_replaced(const std::string& path, std::string_view kind) {
    return fail_with(fmt::format("{} is {}: aion never replaces one", path, kind),
                     std::string(another_name));
}

// A name that the keystore gives its files, whether one is there or not.
bool is_name_of_a_key(std::string_view name) noexcept {
    return name.starts_with("author-") && (name.ends_with(".key") || name.ends_with(".pub"));
}

Outcome<> refuse_name_of_a_key(Context& context, const std::filesystem::path& path) {
    if (!is_name_of_a_key(path.filename().string())) {
        return {};
    }
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const auto here = context.env.info(folder);
    const auto store = open_keystore(context);
    if (!store) {
        return {};  // no keystore, no keys in it
    }
    const auto keys = context.env.info(store->directory());
    if (here && *here && keys && *keys && is_same_file(**here, **keys)) {
        return fail_with(path.string() + " is where the keystore keeps a stored key",
                         std::string(another_name));
    }
    return {};
}

bool is_plain_registry(Env& env, const std::string& path) {
    const auto registry = trust::Registry::load(env, path);
    return registry && registry->chain() == nullptr;
}

// What it is of which nobody has a second, by the content of the file; nothing for anything else.
Result<std::string_view> precious_content(Env& env, const std::string& path,
                                          const OutputRules& rules) {
    auto file = env.open(path, {.regular_only = true});
    if (!file) {
        return aion::fail(std::move(file).error());
    }
    const auto magic = magic_of(**file);
    if (!magic) {
        return aion::fail(magic.error());
    }
    if (*magic == Magic::stored_key) {
        return name_of(*magic);
    }
    const auto registry = looks_like_a_registry(**file);
    if (!registry) {
        return aion::fail(registry.error());
    }
    const bool may_go = !*registry || (rules.is_plain_registry && is_plain_registry(env, path));
    return may_go ? std::string_view() : "a registry";
}

// By what it is used for, or by what it holds.
Outcome<> refuse_precious(Context& context, const std::string& path, const FileInfo& existing,
                          const OutputRules& rules) {
    const auto is_this = [&](const std::string& other) {
        return !other.empty() && names_file(context, other, existing);
    };
    if (std::ranges::any_of(rules.inputs, is_this)) {
        return fail_with(path + " is the file being read", std::string(another_name));
    }
    if (is_this(rules.registry) || is_this(context.host.setting("AION_REGISTRY").value_or(""))) {
        return never_replaced(path, "a registry");
    }
    CLI_TRY_ASSIGN(const std::string_view precious,
                   or_fail_with_cause(precious_content(context.env, path, rules),
                                      "Failed to look at the file that is there: " + path));
    if (!precious.empty()) {
        return never_replaced(path, precious);
    }
    const bool is_called_so =
        ascii_lowered(std::filesystem::path(path).extension().string()) == ".aion";
    if (!rules.is_aion_file && (is_called_so || magic_at(context.env, path) == Magic::aion_file)) {
        return never_replaced(path, name_of(Magic::aion_file));
    }
    return {};
}

}  // namespace

std::unexpected<Failure> already_exists(const std::string& path) {
    return fail_because(error_at_path(ErrorCode::file_exists, path), "File already exists: " + path,
                        "Use --force to replace it");
}

Outcome<std::optional<FileInfo>> check_output(Context& context, const std::string& path,
                                              const OutputRules& rules) {
    CLI_TRY(refuse_name_of_a_key(context, path));
    CLI_TRY_ASSIGN(const std::optional<FileInfo> existing,
                   or_fail_with_cause(context.env.info(path), "Failed to write to: " + path));
    if (!existing || existing->kind != FileKind::regular) {
        return existing;
    }
    CLI_TRY(refuse_precious(context, path, *existing, rules));
    if (!rules.force) {
        return already_exists(path);
    }
    return existing;
}

Outcome<> check_registry_to_change(Context& context, const std::string& path) {
    CLI_TRY(require_a_file(context, path, "a registry"));
    CLI_TRY(refuse_name_of_a_key(context, path));
    const auto existing = context.env.info(path);
    if (existing && *existing && (*existing)->kind == FileKind::other) {
        return fail_with(path + " is a pipe or a device, and a registry is a file",
                         std::string(another_name));
    }
    const Magic magic = magic_at(context.env, path);
    if (magic != Magic::none) {
        return fail_with(fmt::format("{} is {}, not a registry", path, name_of(magic)),
                         std::string(another_name));
    }
    return {};  // what else is wrong with it, the change says
}

Outcome<> require_a_file(Context& context, const std::string& path, std::string_view what) {
    if (path == "-") {
        return fail_with(
            fmt::format("- is standard input or output, and {} is replaced as a whole", what),
            "./- is a file of that name");
    }
    if (context.host.descriptor_named(path)) {
        return fail_with(
            fmt::format("{} names an open descriptor, and {} is replaced as a whole", path, what),
            "Name the file itself");
    }
    context.host.announce_change();
    return {};
}

}  // namespace aion::cli
