// SPDX-License-Identifier: MIT OR Apache-2.0
// What the command line finds around it where the fuzzer plays: variables and standard input as
// set here, no terminal to ask on, no passwords, and the signing keys 1001, 1002 and 1003 (the
// master). Nothing of the real process is touched.
#pragma once

#include <map>
#include <string>

#include "aion/base/bytes.hpp"
#include "shell/host.hpp"

namespace aion::fuzz {

class PlayHost final : public cli::Host {
  public:
    std::map<std::string, std::string> variables;
    Bytes input;
    std::size_t input_read = 0;
    bool is_terminal = false;

    [[nodiscard]] std::optional<std::string> variable(const std::string& name) const override;

    [[nodiscard]] std::optional<std::filesystem::path> home() const override { return "/home"; }

    [[nodiscard]] bool input_is_terminal() const noexcept override { return is_terminal; }

    [[nodiscard]] cli::Outcome<std::size_t> read_input(std::string_view what,
                                                       MutableByteView out) override;

    [[nodiscard]] bool input_may_be_endless() const noexcept override { return is_terminal; }

    [[nodiscard]] std::optional<std::string> read_answer() override;

    [[nodiscard]] std::optional<int> descriptor_named(const std::string& path) const override;
    [[nodiscard]] cli::Outcome<std::unique_ptr<cli::OutputStream>> open_stream(
        const std::string& path) override;
    [[nodiscard]] cli::Outcome<crypto::SecretBytes> password(const cli::PasswordSource& source,
                                                             cli::Purpose purpose) override;
    [[nodiscard]] Result<crypto::SigningKey> signing_key(const trust::Keystore& store,
                                                         trust::KeyId id) override;

    [[nodiscard]] std::optional<std::filesystem::path> current_directory() const override {
        return "/work";
    }

    /// Pins in memory, new ones each time: nothing of the machine is touched.
    [[nodiscard]] Result<std::unique_ptr<policy::PinStore>> open_pins(
        Env& env, const std::filesystem::path& path, archive::PinFileMode mode) override;
    [[nodiscard]] archive::ResultCache open_cache(Env& env, const std::filesystem::path& path,
                                                  const std::filesystem::path& key,
                                                  const trust::Registry& registry,
                                                  const policy::VerifyOptions& options) override;
};

}  // namespace aion::fuzz
