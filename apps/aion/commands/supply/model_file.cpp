// SPDX-License-Identifier: MIT OR Apache-2.0
#include "commands/supply/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "shell/input.hpp"
#include "shell/try.hpp"

namespace aion::cli {
namespace {

// Straight into memory that is wiped.
Outcome<crypto::SecretBytes> read_private_pem(Context& context, const std::string& path) {
    const std::string failure = "Failed to read private key: " + path;
    CLI_TRY_ASSIGN(
        const auto file,
        or_fail_with_cause(context.env.open(path, {.max_size = crypto::max_pem_size}), failure));
    constexpr std::uint32_t others = 077;
    const FileInfo& info = file->info();
    if (info.kind == FileKind::regular && (info.mode & others) != 0) {
        context.console.warn(fmt::format("{} can be read by others (mode {:04o}): chmod 600 it",
                                         shown(path), info.mode & 07777U));
    }
    crypto::SecretBytes pem(static_cast<std::size_t>(info.size));
    CLI_TRY(or_fail_with_cause(file->read_at(0, pem.view()), failure));
    return pem;
}

}  // namespace

void passphrase_options(Options& options, PasswordSource& into) {
    CLI::Option* const file =
        options.text("--passphrase-file", into.file, "FILE",
                     "Read the passphrase of the key from a file (one line end is dropped)");
    options
        .number("--passphrase-fd", into.descriptor, "N",
                "Read the passphrase of the key from an open descriptor")
        ->excludes(file);
}

void private_key_options(Options& options, PrivateKeyChoice& into) {
    options
        .text("--private-key", into.path, "PEM_FILE",
              "ECDSA key (P-256, P-384, P-521) in PEM; a passphrase is asked for, or taken from "
              "AION_KEY_PASSWORD, where it needs one")
        ->required();
    passphrase_options(options, into.passphrase);
}

Outcome<crypto::EcSigningKey> load_private_key(Context& context, const PrivateKeyChoice& choice) {
    CLI_TRY_ASSIGN(const crypto::SecretBytes pem, read_private_pem(context, choice.path));
    crypto::SecretBytes passphrase;
    if (crypto::EcSigningKey::is_encrypted(pem.view())) {
        CLI_TRY_ASSIGN(passphrase, read_password(context, choice.passphrase, Purpose::give));
    }
    auto key = crypto::EcSigningKey::from_pem(pem.view(), std::as_const(passphrase).view());
    if (!key) {
        return about_file(fail_with("Failed to read private key: " + choice.path, key.error()),
                          choice.path);
    }
    return *std::move(key);
}

Outcome<crypto::EcPublicKey> load_public_key(Context& context, const std::string& path) {
    const std::string failure = "Failed to read public key: " + path;
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, path, "the public key", failure, crypto::max_pem_size));
    auto key = crypto::EcPublicKey::from_pem(as_text(input.bytes()));
    if (!key) {
        return about_file(fail_with(failure, key.error()), path);
    }
    return *std::move(key);
}

Outcome<supply::ModelBundle> read_model_bundle(Context& context, const std::string& path) {
    const std::string failure = "Failed to read signature: " + path;
    CLI_TRY_ASSIGN(const Input input,
                   read_input(context, path, "the signature", failure, supply::max_envelope_size));
    auto bundle = supply::model_bundle_from_json(as_text(input.bytes()));
    if (!bundle) {
        return about_file(fail_with(failure, bundle.error()), path);
    }
    return *std::move(bundle);
}

Outcome<std::vector<std::string>> ignored_paths(std::span<const std::string> given) {
    std::vector<std::string> paths;
    for (std::string path : given) {
        if (path.ends_with('/')) {
            path.pop_back();
        }
        if (path.find_first_of("*?[") != std::string::npos) {
            return fail_with("'" + path + "' is a pattern, and --ignore takes paths");
        }
        if (const auto fits = supply::check_artifact_name(path); !fits) {
            return with_remedy(fail_with(fits.error()),
                               "Name what is ignored relative to the model, as in --ignore "
                               "cache/old.bin");
        }
        paths.push_back(std::move(path));
    }
    std::ranges::sort(paths);
    return paths;
}

}  // namespace aion::cli
