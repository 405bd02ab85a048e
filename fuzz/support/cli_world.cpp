// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/cli_world.hpp"

#include <algorithm>
#include <cerrno>

#include "support/world.hpp"

namespace aion::fuzz {

std::optional<std::string> PlayHost::variable(const std::string& name) const {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
}

cli::Outcome<std::size_t> PlayHost::read_input(std::string_view /*what*/, MutableByteView out) {
    const ByteView left = ByteView(input).subspan(input_read);
    const ByteView piece = left.first(std::min(left.size(), out.size()));
    std::ranges::copy(piece, out.begin());
    input_read += piece.size();
    return piece.size();
}

std::optional<int> PlayHost::descriptor_named(const std::string& path) const {
    return path == "/dev/stdout" ? std::optional(1)
           : path == "/dev/fd/9" ? std::optional(9)
                                 : std::nullopt;
}

// None is open.
cli::Outcome<std::unique_ptr<cli::OutputStream>> PlayHost::open_stream(const std::string& path) {
    return cli::fail_with_cause("Failed to write to: " + path, cli::os_error(EBADF));
}

std::optional<std::string> PlayHost::read_answer() {
    if (input.empty()) {
        return std::nullopt;
    }
    const std::string_view text = as_text(input);
    return std::string(text.substr(0, text.find('\n')));
}

// Deriving keys from a password takes too long.
cli::Outcome<crypto::SecretBytes> PlayHost::password(const cli::PasswordSource& /*source*/,
                                                     cli::Purpose /*purpose*/) {
    return cli::fail_with("Failed to read password");
}

// As the keystore would: the private half of a key whose id is known.
Result<crypto::SigningKey> PlayHost::signing_key(const trust::Keystore& /*store*/,
                                                 trust::KeyId id) {
    if (id.value < 1001 || id.value > 1003) {
        return fail(key_not_found(id.value, "not here"));
    }
    const crypto::SigningKey& known = id.value == 1001   ? author_key()
                                      : id.value == 1002 ? colleague_key()
                                                         : master_key();
    return *crypto::SigningKey::from_seed(known.seed());
}

Result<std::unique_ptr<policy::PinStore>> PlayHost::open_pins(Env& /*env*/,
                                                              const std::filesystem::path& path,
                                                              archive::PinFileMode mode) {
    if (mode == archive::PinFileMode::existing) {
        return fail(error_at_path(ErrorCode::file_not_found, path.string()));
    }
    return std::make_unique<policy::PinMemory>();
}

archive::ResultCache PlayHost::open_cache(Env& /*env*/, const std::filesystem::path& /*path*/,
                                          const std::filesystem::path& /*key*/,
                                          const trust::Registry& /*registry*/,
                                          const policy::VerifyOptions& /*options*/) {
    return archive::ResultCache::none("nothing is kept here");
}

}  // namespace aion::fuzz
