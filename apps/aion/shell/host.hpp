// SPDX-License-Identifier: MIT OR Apache-2.0
// What a command finds around it besides files, the clock (Env) and the screen (Console): the
// process's variables, standard input, secrets, and the user's home.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aion/archive/pin_file.hpp"
#include "aion/archive/result_cache.hpp"
#include "aion/base/bytes.hpp"
#include "aion/crypto/secret.hpp"
#include "aion/crypto/signing.hpp"
#include "aion/policy/pin_store.hpp"
#include "aion/supply/http.hpp"
#include "aion/supply/oci_store.hpp"
#include "aion/tlog/shared_ledger.hpp"
#include "aion/trust/keystore.hpp"
#include "shell/listener.hpp"
#include "shell/outcome.hpp"
#include "shell/output_stream.hpp"
#include "shell/pager.hpp"
#include "shell/password.hpp"
#include "shell/registry_choice.hpp"

namespace aion::cli {

/// One implementation is the process; whoever runs commands elsewhere gives another.
class Host {
  public:
    Host() = default;
    virtual ~Host() = default;
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    Host(Host&&) = delete;
    Host& operator=(Host&&) = delete;

    /// The value of an environment variable, nothing if it is unset.
    [[nodiscard]] virtual std::optional<std::string> variable(const std::string& name) const = 0;
    /// The user's home directory, an absolute path: `HOME`, else what /etc/passwd says.
    /// Nothing if neither says one: secrets never go into whatever the current directory is.
    [[nodiscard]] virtual std::optional<std::filesystem::path> home() const = 0;

    /// Whether a person would have to type standard input.
    [[nodiscard]] virtual bool input_is_terminal() const noexcept = 0;
    /// Reads what comes in at standard input into `out`, waiting for it: how many bytes, 0 at its
    /// end. `what` completes `Failed to read {what} from stdin`.
    [[nodiscard]] virtual Outcome<std::size_t> read_input(std::string_view what,
                                                          MutableByteView out) = 0;
    /// Whether standard input may never end, as a device may.
    [[nodiscard]] virtual bool input_may_be_endless() const noexcept = 0;
    /// One line of standard input without its end; nothing if there is none. For answers, not
    /// secrets.
    [[nodiscard]] virtual std::optional<std::string> read_answer() = 0;

    /// The open descriptor that `path` names, see `descriptor_named_by`.
    [[nodiscard]] virtual std::optional<int> descriptor_named(const std::string& path) const = 0;
    /// See `open_output_stream`.
    [[nodiscard]] virtual Outcome<std::unique_ptr<OutputStream>> open_stream(
        const std::string& path) = 0;

    /// A password from where `source` says, see `obtain_password`.
    [[nodiscard]] virtual Outcome<crypto::SecretBytes> password(const PasswordSource& source,
                                                                Purpose purpose) = 0;
    /// The private key that `store` holds under `id`.
    [[nodiscard]] virtual Result<crypto::SigningKey> signing_key(const trust::Keystore& store,
                                                                 trust::KeyId id) = 0;

    /// The current directory, an absolute path; nothing if it is gone.
    [[nodiscard]] virtual std::optional<std::filesystem::path> current_directory() const = 0;
    /// The pins at `path`, see `archive::open_pin_file`.
    [[nodiscard]] virtual Result<std::unique_ptr<policy::PinStore>> open_pins(
        Env& env, const std::filesystem::path& path, archive::PinFileMode mode) = 0;
    /// The remembered verdicts at `path`, see `archive::ResultCache::open`.
    [[nodiscard]] virtual archive::ResultCache open_cache(Env& env,
                                                          const std::filesystem::path& path,
                                                          const std::filesystem::path& key,
                                                          const trust::Registry& registry,
                                                          const policy::VerifyOptions& options) = 0;

    /// A repository of a registry, for a program that talks to networks. Another hands its command
    /// line over to one that does, before anything is read or written, and returns only to say that
    /// there is none.
    [[nodiscard]] virtual Outcome<std::unique_ptr<supply::OciStore>> open_registry(
        Env& env, const supply::OciReference& reference, const RegistryChoice& choice);

    /// Sends requests to logs and witnesses, likewise.
    [[nodiscard]] virtual Outcome<std::unique_ptr<supply::HttpClient>> open_http(
        Env& env, const RegistryChoice& choice);
    /// Listens for requests, likewise.
    [[nodiscard]] virtual Outcome<std::unique_ptr<Listener>> listen(const ListenChoice& choice);
    /// What several machines agree by that write the log `origin`, for a program that listens.
    [[nodiscard]] virtual Outcome<std::unique_ptr<tlog::SharedLedger>> open_ledger(
        const std::string& where, const std::string& origin);

    /// See `start_pager_process`. Null: there is no pager.
    [[nodiscard]] virtual std::unique_ptr<PagerProcess> start_pager(const PagerChoice& /*choice*/) {
        return nullptr;
    }

    /// Notes that the command is about to change something, and has not yet: whoever interrupts it
    /// wants to know.
    virtual void announce_change() noexcept {}

    /// As `variable`, but nothing if it is empty, too.
    [[nodiscard]] std::optional<std::string> setting(const std::string& name) const;
};

/// The process that we are. It has no state: any number of them are the same.
class ProcessHost : public Host {
  public:
    [[nodiscard]] std::optional<std::string> variable(const std::string& name) const override;
    [[nodiscard]] std::optional<std::filesystem::path> home() const override;
    [[nodiscard]] bool input_is_terminal() const noexcept override;
    [[nodiscard]] Outcome<std::size_t> read_input(std::string_view what,
                                                  MutableByteView out) override;
    [[nodiscard]] bool input_may_be_endless() const noexcept override;
    [[nodiscard]] std::optional<std::string> read_answer() override;
    [[nodiscard]] std::optional<int> descriptor_named(const std::string& path) const override;
    [[nodiscard]] Outcome<std::unique_ptr<OutputStream>> open_stream(
        const std::string& path) override;
    [[nodiscard]] Outcome<crypto::SecretBytes> password(const PasswordSource& source,
                                                        Purpose purpose) override;
    [[nodiscard]] Result<crypto::SigningKey> signing_key(const trust::Keystore& store,
                                                         trust::KeyId id) override;
    [[nodiscard]] std::optional<std::filesystem::path> current_directory() const override;
    [[nodiscard]] Result<std::unique_ptr<policy::PinStore>> open_pins(
        Env& env, const std::filesystem::path& path, archive::PinFileMode mode) override;
    [[nodiscard]] archive::ResultCache open_cache(Env& env, const std::filesystem::path& path,
                                                  const std::filesystem::path& key,
                                                  const trust::Registry& registry,
                                                  const policy::VerifyOptions& options) override;
    [[nodiscard]] Outcome<std::unique_ptr<supply::OciStore>> open_registry(
        Env& env, const supply::OciReference& reference, const RegistryChoice& choice) override;
    [[nodiscard]] Outcome<std::unique_ptr<supply::HttpClient>> open_http(
        Env& env, const RegistryChoice& choice) override;
    [[nodiscard]] Outcome<std::unique_ptr<Listener>> listen(const ListenChoice& choice) override;
    [[nodiscard]] std::unique_ptr<PagerProcess> start_pager(const PagerChoice& choice) override;
    void announce_change() noexcept override;
};

}  // namespace aion::cli
