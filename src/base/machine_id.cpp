// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/machine_id.hpp"

#include "aion/base/utf8.hpp"

namespace aion {
namespace {

/// `value` if it is UTF-8.
std::optional<std::string> text_of(const std::optional<std::string>& value) {
    return value && !find_utf8_fault(*value) ? value : std::nullopt;
}

std::string user_at_host(const MachineFacts& facts) {
    const std::string user =
        text_of(facts.user).value_or(text_of(facts.username).value_or("aion-user"));
    return user + "@" + to_valid_utf8(facts.host.value_or("localhost"));
}

}  // namespace

Result<std::string> machine_id_from(const MachineFacts& facts) {
    const std::optional<std::string> file = text_of(facts.machine_id_file);
    if (!file) {
        return user_at_host(facts);
    }
    std::string id{trim_white_space(*file)};
    if (id.empty()) {
        return fail(
            error_because(ErrorCode::invalid_private_key,
                          "/etc/machine-id is empty, so stored keys would be protected by nothing; "
                          "fill it with `systemd-machine-id-setup` (as root) and try again"));
    }
    return id;
}

}  // namespace aion
