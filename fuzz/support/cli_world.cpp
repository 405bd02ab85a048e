// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/cli_world.hpp"

#include "shell/input.hpp"
#include "shell/password.hpp"
#include "shell/signing_key.hpp"
#include "shell/standard_input.hpp"
#include "support/world.hpp"

namespace aion::fuzz {

StandardInput& standard_input() {
    static StandardInput here;
    return here;
}

}  // namespace aion::fuzz

namespace aion::cli {
namespace {

// As the keystore would: the private half of a key whose id is known.
Outcome<crypto::SigningKey> load(const std::string& key_id) {
    const auto id = parse_key_id(key_id);
    if (!id) {
        return std::unexpected(id.error());
    }
    if (id->value < 1001 || id->value > 1003) {
        return fail_with("Failed to load key '" + key_id + "' from keystore");
    }
    const crypto::SigningKey& known = id->value == 1001   ? fuzz::author_key()
                                      : id->value == 1002 ? fuzz::colleague_key()
                                                          : fuzz::master_key();
    return *crypto::SigningKey::from_seed(known.seed());
}

}  // namespace

bool standard_input_is_terminal() noexcept {
    return fuzz::standard_input().is_terminal;
}

Outcome<Bytes> read_standard_input(std::string_view /*what*/) {
    return fuzz::standard_input().content;
}

std::string read_answer() {
    const std::string_view text = as_text(fuzz::standard_input().content);
    return std::string(text.substr(0, text.find('\n')));
}

Outcome<crypto::SecretBytes> obtain_password(const PasswordSource& /*source*/,
                                             Purpose /*purpose*/) {
    return fail_with("Failed to read password");  // Deriving keys from one takes too long.
}

Outcome<crypto::SigningKey> load_author_key(Context& /*context*/, const std::string& key_id) {
    return load(key_id);
}

Outcome<crypto::SigningKey> load_registry_key(Context& /*context*/, const std::string& key_id) {
    return load(key_id);
}

}  // namespace aion::cli
