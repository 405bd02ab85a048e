// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/machine_id.hpp"

#include "aion/base/utf8.hpp"

namespace aion {
namespace {

bool is_text(const std::optional<std::string>& value) {
    return value.has_value() && !find_utf8_fault(*value).has_value();
}

std::string user_at_host(const MachineFacts& facts) {
    std::string user = "aion-user";
    if (is_text(facts.user)) {
        user = *facts.user;
    } else if (is_text(facts.username)) {
        user = *facts.username;
    }
    return user + "@" + (facts.host ? to_valid_utf8(*facts.host) : "localhost");
}

}  // namespace

Result<std::string> machine_id_from(const MachineFacts& facts) {
    if (!is_text(facts.machine_id_file)) {
        return user_at_host(facts);
    }
    std::string id{trim_white_space(*facts.machine_id_file)};
    if (id.empty()) {
        return fail(
            error_because(ErrorCode::invalid_private_key,
                          "/etc/machine-id is empty, so stored keys would be protected by nothing; "
                          "fill it with `systemd-machine-id-setup` (as root) and try again"));
    }
    return id;
}

}  // namespace aion
