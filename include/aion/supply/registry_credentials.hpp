// SPDX-License-Identifier: MIT OR Apache-2.0
// Who we are to a registry: what `docker login` and its kin have left, read as they read it.
//
// Nothing here is ever part of a message, a log or a command line.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "aion/base/env.hpp"
#include "aion/base/result.hpp"

namespace aion::supply {

/// The most of a credentials file that is read, in bytes.
inline constexpr std::size_t max_credentials_file = std::size_t{1} << 20U;
/// The most that a credential helper may say, in bytes.
inline constexpr std::size_t max_helper_answer = std::size_t{64} << 10U;

struct RegistryCredentials {
    std::string user;
    std::string password;
    std::string identity_token;  ///< Instead of both: to be exchanged for an access token.
    std::string access_token;    ///< Instead of all: to be sent as it is.
};

class CredentialSource {
  public:
    CredentialSource() = default;
    virtual ~CredentialSource() = default;
    CredentialSource(const CredentialSource&) = delete;
    CredentialSource& operator=(const CredentialSource&) = delete;
    CredentialSource(CredentialSource&&) = delete;
    CredentialSource& operator=(CredentialSource&&) = delete;

    /// What is known for `registry`, a host with its port if it has one, or nothing. Errors:
    /// `transfer_failed` with `registry_bad_credentials`; of reading.
    [[nodiscard]] virtual Result<std::optional<RegistryCredentials>> find(
        const std::string& registry) = 0;
};

/// Nobody.
class NoCredentials final : public CredentialSource {
  public:
    [[nodiscard]] Result<std::optional<RegistryCredentials>> find(
        const std::string& /*registry*/) override {
        return std::nullopt;
    }
};

/// `transfer_failed` with `registry_bad_credentials`: `where` it was looked for, and what is wrong.
[[nodiscard]] Error unusable_credentials(std::string_view where, std::string_view why);

/// A credential helper that ended.
struct HelperAnswer {
    int exit_code = 0;
    std::string output;  ///< What it wrote to standard output.
};

/// Runs the program of that plain name, found as the shell finds it, with the argument `get` and
/// `input` as its standard input. Error: it cannot be run, or says more than `max_helper_answer`.
using RunHelper =
    std::function<Result<HelperAnswer>(const std::string& program, std::string_view input)>;

/// A docker configuration file: `credHelpers` and `credsStore` name helpers
/// (`docker-credential-NAME`), `auths` has what is stored in the file itself. The helper of a
/// registry comes first, then the store, then the file.
class DockerCredentials final : public CredentialSource {
  public:
    /// `file`: usually config.json in the folder that DOCKER_CONFIG names, or in ~/.docker; it need
    /// not be there, and is read when it is asked for. `env` must outlive this.
    DockerCredentials(Env& env, std::filesystem::path file, RunHelper run_helper)
        : env_(&env), file_(std::move(file)), run_helper_(std::move(run_helper)) {}

    [[nodiscard]] Result<std::optional<RegistryCredentials>> find(
        const std::string& registry) override;

  private:
    Env* env_;
    std::filesystem::path file_;
    RunHelper run_helper_;
};

}  // namespace aion::supply
